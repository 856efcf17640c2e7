package desk

import (
	"errors"
	"net/http"
	"strconv"

	"gapura/desk/client"
	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/internal/told"
	"gapura/web/site"
)

// A comparison is the page that shows the provider's values. It is written once and kept nowhere.
type comparison struct {
	ID      int64
	Number  string
	Message string // of a notice
	Warning string
	Lines   []line
	Others  []pair // granted values that the papers say nothing of
	Record  string
	AsOf    string // day of the data; empty: not known
	Same    bool
	Blank   int
	Login   string
	Clock   string
	Mark    []struct{}
}

type line struct {
	Label         string
	Paper, Answer []desk.Span
	Verdict       verdictRow
}

// ready finds what a cross-check needs: an open application whose turn it is, and the officer's own token. An error that the officer
// may see is about the application, which comes with it.
func (d *Desk) ready(w http.ResponseWriter, r *http.Request, v *site.Visitor) (a deskdb.Application, s desk.Service, token string,
	err error) {
	f, err := d.Form(w, r, "keadaan")
	if err != nil {
		return a, s, "", err
	}
	if a, s, err = d.found(r); err != nil {
		return a, s, "", err
	}
	// The application's turn is looked at before the provider is asked, so that no lookup is made for nothing; it is looked at again when
	// the check is kept.
	if a.State != desk.State(f["keadaan"]) || a.State != desk.Checked && a.State != desk.Matched && a.State != desk.Mismatched {
		return a, s, "", desk.ErrAct
	}
	token, err = d.DB.Token(r.Context(), v.User.ID)
	if errors.Is(err, deskdb.ErrNone) {
		err = errNoToken
	}
	return a, s, token, err
}

var errNoToken = told.Refuse("Token Dukcapil Anda belum diisi. Isi token pada halaman Akun, Token Dukcapil, lebih dahulu.")

func question(a deskdb.Application, s desk.Service) client.Question {
	return client.Question{NIK: a.Papers.NIK().Digits(), Purpose: s.Purpose, Reference: a.Number}
}

// failed answers a call to the provider that came to nothing: the application waits as it is.
func (d *Desk) failed(w http.ResponseWriter, r *http.Request, v *site.Visitor, id int64, err error) error {
	if text, ok := d.trouble(err); ok {
		return d.writeApplication(w, r, v, http.StatusBadGateway, id, applicationPage{Problem: text, Waits: errors.Is(err, client.ErrDown)})
	}
	return err
}

// crossCheck asks for verdicts alone, which is enough where the papers are read well (data minimisation).
func (d *Desk) crossCheck(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	a, s, token, err := d.ready(w, r, v)
	if err != nil {
		return d.moved(w, r, v, a.ID, err, "")
	}
	claims := desk.Claims(s, a.Papers)
	ans, err := d.Provider.Match(r.Context(), token, question(a, s), claims, s.Threshold)
	if err != nil {
		return d.failed(w, r, v, a.ID, err)
	}
	c := check(ans, desk.ByVerdict)
	for key := range claims {
		// The papers have the street as "alamat"; its verdict stands beside those of RT and village, or alone when nothing else was
		// claimed.
		asked := key
		if key == "alamat" {
			asked = "alamat.alamat"
		}
		got, known := ans.Verdicts[asked]
		if !known && key == "alamat" {
			got, known = ans.Verdicts["alamat"]
		}
		if ans.Found() {
			if !known {
				got.Reason = desk.NotGranted
			}
			c.Verdicts = append(c.Verdicts, desk.Verdict{Key: key, Match: got.Match, Reason: got.Reason, Score: got.Score})
		}
	}
	desk.SortVerdicts(c.Verdicts)
	return d.move(w, r, v, a.ID, deskdb.Move{Act: c.Act(), Seen: a.State, Check: &c}, "krosscek")
}

func check(ans client.Answer, mode desk.Mode) desk.Check {
	return desk.Check{Mode: mode, Outcome: ans.Outcome, Message: ans.Message, Record: ans.Record, AsOf: ans.AsOf}
}

// show asks for the data and puts it beside the papers: a deliberate act, in one page that blanks. The check is kept before anything is
// shown.
func (d *Desk) show(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	a, s, token, err := d.ready(w, r, v)
	if err != nil {
		return d.moved(w, r, v, a.ID, err, "")
	}
	ans, err := d.Provider.Lookup(r.Context(), token, question(a, s))
	if err != nil {
		return d.failed(w, r, v, a.ID, err)
	}
	defer ans.Person.Forget()
	c := check(ans, desk.BySight)
	p := comparison{ID: a.ID, Number: a.Number, Message: ans.Message, Warning: ans.Warning, Record: ans.Record, AsOf: dataDay(ans.AsOf),
		Blank: int(d.Blank.Seconds()), Login: v.User.Login, Clock: d.when(d.Now())}
	if ans.Found() {
		claims := desk.Claims(s, a.Papers)
		for _, x := range desk.Compare(claims, ans.Person.Get, s.Threshold) {
			c.Verdicts = append(c.Verdicts, x.Verdict)
			p.Lines = append(p.Lines, line{x.Label, x.Paper, x.Answer, verdictOf(x.Verdict)})
		}
		for _, f := range desk.PaperFields() {
			key := f.Key
			if key == "alamat" {
				key = "alamat.alamat"
			}
			if value, granted := ans.Person.Get(key); granted && claims[f.Key] == "" {
				p.Others = append(p.Others, pair{f.Label, shown(f.Kind, value)})
			}
		}
		p.Mark = make([]struct{}, 40) // who looked and when, over and over behind the values: a photograph of the screen tells it
	}
	p.Same = c.Same()
	// Kept before it is shown: when this fails, nothing of the answer leaves memory.
	m := deskdb.Move{Act: c.Act(), Seen: a.State, Check: &c, Role: v.User.Role, By: v.User.ID, At: d.Now()}
	if err := d.DB.Applications.Move(r.Context(), a.ID, m); err != nil {
		return d.moved(w, r, v, a.ID, err, "")
	}
	page := d.Page(r, v, "Krosscek "+a.Number, p)
	page.Blank, page.Leave, page.Script = p.Blank, "/permohonan/"+strconv.FormatInt(a.ID, 10), "loket.js"
	return d.Show(w, r, http.StatusOK, "banding", page)
}
