package portal

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/web/site"
	"gapura/web/ui"
)

const (
	perPage   = 50
	maxOffset = 1_000_000
)

type historyPage struct {
	Whole        bool // the agency's records, not only the user's own
	Filter       filter
	Kind         string // the figure in words, when it is filtered by
	Outcomes     []choice
	Rows         []historyRow
	Filtered     bool
	First        int // number of the first row, from 1
	Last         int
	Newer, Older string // paths of the pages beside this one
	CSV          string
	Error        string
}

// A filter is what the form holds, as texts.
type filter struct {
	Login, From, To, Outcome string
	Figure, Method, Purpose  string // of a report
	Oldest                   bool
}

type choice struct {
	Code, Label string
	Chosen      bool
}

type historyRow struct {
	Record, Date, Clock, Login, Act, NIK, Purpose, Reference, Outcome, Tag string
	App, Method                                                            string
	Hit                                                                    bool
}

// outcomes are those of an agency's log: a failed sign-in stands in the provider's.
var outcomes = slices.DeleteFunc(slices.Clone(access.Codes), func(c access.Code) bool { return c == access.Login })

func outcomeLabel(c access.Code) string {
	switch c {
	case access.Found:
		return "Data ditemukan"
	case access.Entered:
		return "Masuk ke portal"
	case access.Card:
		return "Kartu dibaca"
	}
	return c.Text()
}

func (p *Portal) history(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, b, q, some, err := p.historyQuery(r, v)
	if err != nil {
		return err
	}
	q.Limit = perPage
	if n, err := strconv.Atoi(r.URL.Query().Get("mulai")); err == nil && n > 0 && n <= maxOffset {
		q.Offset = n
	}
	var rows []access.HistoryRow
	var more bool
	if some {
		var err error
		if rows, more, err = p.History.Records(r.Context(), q); err != nil {
			return err
		}
	}
	if b.Whole { // also an empty answer tells of colleagues
		if err := p.Reads(r, v, access.ToReview, "riwayat akses instansi"); err != nil {
			return err
		}
	}
	for _, rec := range rows {
		b.Rows = append(b.Rows, showRecord(rec, v.Institution.Zone))
	}
	b.First, b.Last = q.Offset+1, q.Offset+len(rows)
	if q.Offset > 0 {
		b.Newer = f.path("/riwayat", max(0, q.Offset-perPage))
	}
	if more {
		b.Older = f.path("/riwayat", q.Offset+perPage)
	}
	b.CSV = f.path("/riwayat.csv", 0)
	status := http.StatusOK
	if b.Error != "" {
		status = http.StatusBadRequest
	}
	return p.Show(w, r, status, "riwayat", p.Page(r, v, "Riwayat akses", b))
}

// historyQuery reads the filter. some is false when the filter cannot match anything.
func (p *Portal) historyQuery(r *http.Request, v *site.Visitor) (f filter, b historyPage, q access.HistoryQuery, some bool, err error) {
	in := r.URL.Query()
	f = filter{
		Login: clean(in.Get("user")), From: clean(in.Get("dari")), To: clean(in.Get("sampai")), Outcome: clean(in.Get("hasil")),
		Oldest: in.Get("urut") == "lama",
		Figure: clean(in.Get("angka")), Method: clean(in.Get("metode")), Purpose: clean(in.Get("tujuan")),
	}
	q = access.HistoryQuery{Agency: v.Institution.ID, User: v.User.ID, Oldest: f.Oldest, Figure: access.Figure(f.Figure), Method: f.Method,
		Purpose: f.Purpose}
	b.Kind = q.Figure.Label()
	some = f.Figure == "" || b.Kind != ""
	b.Whole = access.Answers(v.User.Role)
	loc := v.Institution.Zone.Location()
	var wrong bool
	if q.From, wrong = day(f.From, loc, 0); wrong {
		f.From, b.Error = "", "Tanggal awal tidak dapat dibaca. Silakan isi kembali."
	}
	if q.To, wrong = day(f.To, loc, 1); wrong {
		f.To, b.Error = "", "Tanggal akhir tidak dapat dibaca. Silakan isi kembali."
	}
	if !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		b.Error = "Tanggal akhir mendahului tanggal awal. Silakan isi kembali."
		some = false
	}
	if slices.Contains(outcomes, access.Code(f.Outcome)) {
		q.Outcome = access.Code(f.Outcome)
	} else {
		f.Outcome = ""
	}
	for _, c := range outcomes {
		b.Outcomes = append(b.Outcomes, choice{string(c), outcomeLabel(c), string(c) == f.Outcome})
	}
	if b.Whole {
		q.User = 0
		if f.Login != "" && some {
			u, found, err := p.History.UserByLogin(r.Context(), strings.ToLower(f.Login))
			if err != nil {
				return f, b, q, false, err
			}
			q.User, some = u.ID, found && u.Institution == v.Institution.ID
		}
	} else {
		f.Login = ""
	}
	b.Filter, b.Filtered = f, f != filter{Oldest: f.Oldest}
	return f, b, q, some, nil
}

// clean keeps a filter's text only when it can be shown and sought.
func clean(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 100 || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return ""
	}
	return s
}

// day reads a date field as the instant at which the day, plus some days, begins.
func day(s string, loc *time.Location, plus int) (t time.Time, wrong bool) {
	if s == "" {
		return time.Time{}, false
	}
	t, err := time.ParseInLocation(time.DateOnly, s, loc)
	if err != nil {
		return time.Time{}, true
	}
	return t.AddDate(0, 0, plus), false
}

// path is a history path with this filter.
func (f filter) path(to string, offset int) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("user", f.Login)
	set("dari", f.From)
	set("sampai", f.To)
	set("hasil", f.Outcome)
	set("angka", f.Figure)
	set("metode", f.Method)
	set("tujuan", f.Purpose)
	if f.Oldest {
		q.Set("urut", "lama")
	}
	if offset > 0 {
		q.Set("mulai", strconv.Itoa(offset))
	}
	if len(q) == 0 {
		return to
	}
	return to + "?" + q.Encode()
}

func showRecord(r access.HistoryRow, zone party.Zone) historyRow {
	c := access.Code(r.Outcome)
	h := historyRow{
		Record: r.ID.String(), Date: bahasa.Date(r.At.In(zone.Location())), Clock: ui.Clock(r.At, zone), Login: r.Login,
		Act: access.Act(r.Act).Label(),
		NIK: "-", Purpose: r.Purpose, Reference: r.Reference, Outcome: outcomeLabel(c), Hit: r.Hit, Tag: "bad",
		App: cmp.Or(r.App, "-"), Method: cmp.Or(agreement.MethodLabels([]string{r.Method})[0], "-"),
	}
	if !r.NIK.IsZero() {
		h.NIK = r.NIK.Masked()
	}
	switch {
	case c == access.Found || c == access.Entered || c == access.Card:
		h.Tag = "ok"
	case c.Notice():
		h.Tag = "mid"
	}
	return h
}
