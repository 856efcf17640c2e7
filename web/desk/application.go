package desk

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/exchange/balikan"
	"gapura/internal/bahasa"
	"gapura/person/nik"
	"gapura/web/site"
	"gapura/web/ui"
)

type applicationPage struct {
	ID                                  int64
	Number, Service, State, Class, Next string
	Seen                                desk.State
	Queue                               int
	Identity, CardNote                  string
	Papers, Answers                     []pair
	Steps                               []stepRow
	Guide                               []string // what the officer looks at
	Documents                           []documentRow
	Missing                             []string
	Checks                              []checkRow
	Letter                              *letterRow
	Acts                                []actForm
	CanCross, NoToken, Waits            bool // the cross-check's turn; the officer has no token; the line is down
	Down                                string
	Repair                              *newPage // the form of steps 8 and 9
	Reasons                             []balikan.Reason
	Done, Problem                       string
	Sent                                string // when the data balikan was accepted
}

type pair struct{ Label, Value string }

type stepRow struct{ Number, Text, Act, When, By, Note string }

type documentRow struct {
	desk.Document
	File  int64
	Image bool
	Size  string
	When  string
}

type checkRow struct {
	ID                                   int64
	When, By, Mode, Text, Record, Result string
	AsOf                                 string // day of the data; empty: not known
	Class                                string
	Receipt                              bool
	Verdicts                             []verdictRow
}

type verdictRow struct{ Label, Text, Class string }

type letterRow struct {
	Number, When, Check string
	Revoked, Why        string // when and by whom; empty: valid
	MayRevoke           bool
}

type actForm struct {
	Act     desk.Act
	Label   string
	Note    string // label of the reason; empty: none is asked
	Reasons bool
	Danger  bool
	Main    bool
}

var actTexts = map[desk.Act]struct{ label, note string }{
	desk.Whole:      {"Dokumen lengkap", ""},
	desk.Incomplete: {"Belum lengkap, minta perbaikan", "Apa yang harus dilengkapi"},
	desk.Accept:     {"Nyatakan sesuai dengan alasan", "Mengapa perbedaan dapat diterima"},
	desk.Return:     {"Kembalikan untuk perbaikan", "Apa yang harus diperbaiki"},
	desk.Approve:    {"Setujui dan terbitkan surat", ""},
	desk.Reject:     {"Tolak", "Alasan penolakan"},
	desk.HandOver:   {"Surat telah diserahkan", ""},
}

// application tells by the address what was done, so that loading the page anew does nothing twice.
func (d *Desk) application(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	done := map[string]string{
		"terima": "Permohonan telah diterima dan bernomor.", "langkah": "Langkah telah dicatat.", "krosscek": "Krosscek telah dicatat.",
		"lengkapi": "Perbaikan telah dicatat.", "cabut": "Surat telah dicabut.",
	}[r.URL.Query().Get("selesai")]
	if id, ok := number(r, "id"); ok {
		return d.writeApplication(w, r, v, http.StatusOK, id, applicationPage{Done: done})
	}
	return site.ErrNotFound
}

// found reads the application of a path with its kind of aid.
func (d *Desk) found(r *http.Request) (a deskdb.Application, s desk.Service, err error) {
	id, ok := number(r, "id")
	err = deskdb.ErrNone
	if ok {
		a, err = d.DB.Applications.Application(r.Context(), id)
	}
	if err == nil {
		s, err = d.DB.Services.Service(r.Context(), a.Service, a.Version)
	}
	if errors.Is(err, deskdb.ErrNone) {
		err = site.ErrNotFound
	}
	return a, s, err
}

// when is an instant with its day; "–" for none.
func (d *Desk) when(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return bahasa.Date(t.In(d.Zone.Location())) + ", " + ui.Clock(t, d.Zone)
}

// writeApplication shows only what may be done now and by whom: desk.May decides it again when it is sent. Without a token the cross-check
// is shown with the way to one, because the officer cannot guess why it is missing.
func (d *Desk) writeApplication(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, id int64, p applicationPage) error {
	a, s, err := d.found(r)
	if err != nil {
		return err
	}
	names, err := d.DB.Names(r.Context())
	if err != nil {
		return err
	}
	p.ID, p.Number, p.Service, p.State, p.Class, p.Next, p.Seen, p.Queue = id, a.Number, s.Name, a.State.Label(), class(a.State),
		a.State.Next(), a.State, a.Queue
	p.Guide, p.Reasons = s.Steps, balikan.Reasons
	p.papers(a, s)
	d.history(&p, a, s, names)
	if a.Document != nil {
		x := a.Document
		p.Letter = &letterRow{Number: x.Number, When: d.when(x.At), Check: desk.CheckAddress(d.Office.URL, x.Code),
			MayRevoke: x.Revoked.IsZero() && desk.For(desk.ToRevoke, v.User.Role)}
		if !x.Revoked.IsZero() {
			p.Letter.Revoked, p.Letter.Why = d.when(x.Revoked)+" oleh "+names[x.RevokedBy], x.Why
		}
	}
	if a.State == desk.Done && a.Document == nil {
		p.State, p.Class = "Selesai, ditolak", "bad"
	}
	if !a.Sent.IsZero() {
		p.Sent = d.when(a.Sent)
	}
	p.CanCross = a.State == desk.Checked || a.State == desk.Matched || a.State == desk.Mismatched
	if p.CanCross {
		_, err := d.DB.Token(r.Context(), v.User.ID)
		if p.NoToken = errors.Is(err, deskdb.ErrNone); err != nil && !p.NoToken {
			return err
		}
	}
	p.Down = d.lineDown()
	for _, act := range desk.May(s, a.Facts(), v.User.Role) {
		if act == desk.Complete {
			p.Repair = &newPage{}
			p.Repair.fill(s, a.Papers, nil)
			continue
		}
		t := actTexts[act]
		p.Acts = append(p.Acts, actForm{Act: act, Label: t.label, Note: t.note, Reasons: act == desk.Reject, Danger: act == desk.Reject,
			Main: t.note == ""})
	}
	return d.Show(w, r, status, "permohonan", d.Page(r, v, "Permohonan "+a.Number, p))
}

// papers are what the applicant brought and answered.
func (p *applicationPage) papers(a deskdb.Application, s desk.Service) {
	p.Identity, p.CardNote = a.Papers.Identity.Label(), a.Papers.Note
	for _, f := range desk.PaperFields() {
		if value := a.Papers.Values[f.Key]; value != "" {
			p.Papers = append(p.Papers, pair{f.Label, shown(f.Kind, value)})
		}
	}
	if a.Papers.Phone != "" {
		p.Papers = append(p.Papers, pair{"Telepon", a.Papers.Phone})
	}
	for _, q := range s.Questions {
		if value := a.Papers.Answers[q.Key]; value != "" {
			p.Answers = append(p.Answers, pair{q.Label, shown(q.Kind, value)})
		}
	}
}

// history is what was done with an application: its steps, scans and cross-checks, the newest cross-check first.
func (d *Desk) history(p *applicationPage, a deskdb.Application, s desk.Service, names map[int64]string) {
	for _, x := range a.Steps {
		by := names[x.By]
		if x.By == 0 {
			by = "Program"
		}
		p.Steps = append(p.Steps, stepRow{x.Number, desk.StepText(x.Number), x.Act.Label(), d.when(x.At), by, x.Note})
	}
	have := map[string]bool{}
	for _, k := range s.Documents {
		row := documentRow{Document: k}
		for _, f := range a.Files {
			if f.Document == k.Key {
				row.File, row.Image, row.Size, row.When, have[k.Key] = f.ID, strings.HasPrefix(f.Media, "image/"),
					fmt.Sprintf("%s KB", bahasa.Number((f.Size+1023)/1024)), d.when(f.At), true
			}
		}
		p.Documents = append(p.Documents, row)
	}
	for _, k := range s.Missing(have) {
		p.Missing = append(p.Missing, k.Name)
	}
	for i := len(a.Checks) - 1; i >= 0; i-- {
		p.Checks = append(p.Checks, d.checkRow(a.Checks[i], names))
	}
}

// shown is a paper's value as an officer compares it with the card: a NIK in its groups of digits, a date in words.
func shown(kind, value string) string {
	switch kind {
	case "nik":
		return nik.Group(value)
	case "date":
		if t, err := time.Parse(time.DateOnly, value); err == nil {
			return bahasa.Date(t)
		}
	}
	return value
}

// dataDay is the day of the data in words; empty when it is not known.
func dataDay(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return bahasa.Date(day)
}

// checkRow is a cross-check as it was kept: verdicts, never a value of the registry.
func (d *Desk) checkRow(c desk.Check, names map[int64]string) checkRow {
	row := checkRow{ID: c.ID, When: d.when(c.At), By: names[c.By], Mode: "Putusan saja", Text: c.Message, Record: c.Record,
		Receipt: c.Receipt, AsOf: dataDay(c.AsOf), Result: "Tidak sesuai", Class: "bad"}
	if c.Mode == desk.BySight {
		row.Mode = "Data diperlihatkan"
	}
	if c.Same() {
		row.Result, row.Class = "Sesuai", "ok"
	}
	for _, x := range c.Verdicts {
		row.Verdicts = append(row.Verdicts, verdictOf(x))
	}
	return row
}

// verdictOf tells apart what differs and what could not be compared: only the first speaks against the applicant.
func verdictOf(x desk.Verdict) verdictRow {
	label, _ := desk.PaperLabel(x.Key)
	row := verdictRow{label, "Tidak sesuai", "bad"}
	switch {
	case x.None || x.Reason == desk.NotGranted:
		row.Text, row.Class = "Tidak diperbandingkan", "mid"
	case x.Reason != "":
		row.Text, row.Class = "Tidak dapat dibandingkan; periksa pada berkas", "mid"
	case x.Match:
		row.Text, row.Class = "Sesuai", "ok"
	}
	if x.Score != nil && x.Compared() {
		row.Text += " (" + strconv.Itoa(*x.Score) + ")"
	}
	return row
}

// file sends a scan of the applicant's own papers to who is signed in.
func (d *Desk) file(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	id, ok1 := number(r, "id")
	file, ok2 := number(r, "file")
	f, err := deskdb.File{}, deskdb.ErrNone
	if ok1 && ok2 {
		f, err = d.DB.Applications.Content(r.Context(), id, file)
	}
	if err == nil { // noted before it is shown
		err = d.seen(r, "Pindaian "+site.ID(file)+" permohonan "+site.ID(id))
	}
	return d.send(w, r, f.Media, "berkas-"+strconv.FormatInt(f.ID, 10), f.Content, err)
}

// seen notes in the security log that the visitor opened a paper of somebody's, which is named by its number.
func (d *Desk) seen(r *http.Request, what string) error {
	return d.DB.Security.Note(r.Context(), deskdb.Entry{At: d.Now(), Kind: deskdb.PaperSeen, Text: what + " dibuka"})
}

// letter is noted in the security log before it is sent, as every paper that names somebody is.
func (d *Desk) letter(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	x, err := deskdb.Issued{}, deskdb.ErrNone
	if id, ok := number(r, "id"); ok {
		x, err = d.DB.Applications.Document(r.Context(), id)
	}
	if err == nil {
		err = d.seen(r, "Surat "+x.Number)
	}
	return d.send(w, r, site.PDF, "surat-"+strings.ReplaceAll(x.Number, "/", "-")+".pdf", x.Content, err)
}

// receipt proves that a record of the check stands in the provider's log; it holds no value of the registry.
func (d *Desk) receipt(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	id, ok1 := number(r, "id")
	check, ok2 := number(r, "check")
	content, err := []byte(nil), deskdb.ErrNone
	if ok1 && ok2 {
		content, err = d.DB.Outbox.Receipt(r.Context(), id, check)
	}
	if err == nil {
		err = d.seen(r, "Kuitansi krosscek "+site.ID(check)+" permohonan "+site.ID(id))
	}
	return d.send(w, r, site.Text, "kuitansi-"+strconv.FormatInt(check, 10)+".txt", content, err)
}

// send answers a file: images in the page, everything else as a download.
func (d *Desk) send(w http.ResponseWriter, r *http.Request, media, name string, content []byte, err error) error {
	switch {
	case errors.Is(err, deskdb.ErrNone):
		return site.ErrNotFound
	case err != nil:
		return err
	}
	if !strings.HasPrefix(media, "image/") {
		return site.Download(w, name, media, content)
	}
	w.Header().Set("Content-Type", media)
	w.Write(content)
	return nil
}
