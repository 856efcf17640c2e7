package desk

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/desk/deskdb"
	"gapura/web/site"
	"gapura/web/ui"
)

// security are the page of the security log, and what the pages themselves add to it.
type security struct{ *Desk }

// named lets the security log name the visitor in whatever a page does.
func (d security) named(routes []site.Route) []site.Route {
	for i, route := range routes {
		if route.Handle == nil {
			continue
		}
		routes[i].Handle = func(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
			return route.Handle(w, r.WithContext(deskdb.As(r.Context(), v.User.ID, d.Peer(r).String())), v)
		}
	}
	return routes
}

// failed notes a sign-in that failed: the first of a minute, source and user id at once, those that follow as one sum with the next failure
// after it.
func (d security) failed(r *http.Request, user int64, held bool) error {
	kind, text := deskdb.NotIn, "Masuk gagal"
	switch {
	case held:
		kind, text = deskdb.HeldOff, "Percobaan masuk ditahan setelah beberapa kali gagal"
	case user == 0:
		text = "Masuk gagal: user ID tidak dikenal"
	}
	now, from := d.Now(), d.Peer(r)
	for _, sum := range d.failures.Over(now) {
		k, about, _ := strings.Cut(sum.Method, " ")
		id, _ := strconv.ParseInt(about, 10, 64) // of what is summed over everybody: nobody's
		e := deskdb.Entry{At: now, Kind: deskdb.Kind(k), About: id, Text: fmt.Sprintf("%d percobaan masuk gagal lain dalam menit %s",
			sum.Count, ui.Clock(sum.Minute, d.Zone))}
		if k == "" {
			e.Kind = deskdb.NotIn
		}
		if sum.Source != (netip.Addr{}) {
			e.Source = sum.Source.String()
		}
		if err := d.DB.Security.Note(r.Context(), e); err != nil {
			return err
		}
	}
	if !d.failures.First(fmt.Sprintf("%s %d", kind, user), from, now) {
		return nil
	}
	return d.DB.Security.Note(r.Context(), deskdb.Entry{At: now, Kind: kind, About: user, Source: from.String(), Text: text})
}

// missed notes that a second step was refused.
func (d security) missed(r *http.Request, st *access.Standing) error {
	return d.DB.Security.Note(r.Context(), deskdb.Entry{At: d.Now(), Kind: deskdb.NotIn, About: st.User.ID, Source: d.Peer(r).String(),
		Text: "Langkah kedua gagal"})
}

type securityPage struct {
	Rows                 []securityRow
	Users                []deskdb.User
	Kinds                any
	Kind                 deskdb.Kind
	User                 int64
	From, Until          string
	Older, Export        string
	Broken, End, Problem string
	Size                 int64
}

type securityRow struct{ Number, At, Kind, By, About, From, Text string }

// securityRows is how many entries a page shows, securityMost how many an export.
const (
	securityRows = 50
	securityMost = 100_000
)

func (d security) page(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p, f := d.filter(r)
	f.Most = securityRows + 1
	rows, users, err := d.rows(r, f)
	if err != nil {
		return err
	}
	if len(rows) > securityRows {
		rows = rows[:securityRows]
		p.Older = d.link("/keamanan", p, rows[securityRows-1].Number)
	}
	p.Rows, p.Users, p.Kinds, p.Export = rows, users, deskdb.Kinds(), d.link("/keamanan.csv", p, "")
	p.Size, p.End, err = d.DB.Security.Check(r.Context())
	broken, is := errors.AsType[*deskdb.ErrBroken](err)
	switch {
	case is:
		p.Broken = broken.Error()
	case err != nil:
		return err
	}
	return d.Show(w, r, http.StatusOK, "keamanan", d.Page(r, v, "Catatan keamanan", p))
}

func (d security) link(path string, p securityPage, before string) string {
	pairs := []string{"jenis", string(p.Kind), "dari", p.From, "sampai", p.Until, "sebelum", before}
	if p.User != 0 {
		pairs = append(pairs, "pengguna", site.ID(p.User))
	}
	return site.Link(path, pairs...)
}

// filter reads the query; what cannot be read does not narrow, and is told.
func (d security) filter(r *http.Request) (p securityPage, f deskdb.SecurityFilter) {
	q := r.URL.Query()
	p.Kind, p.User, p.From, p.Until = deskdb.Kind(q.Get("jenis")), site.Number(q.Get("pengguna")), q.Get("dari"), q.Get("sampai")
	f.Kind, f.User, f.Before = p.Kind, p.User, site.Number(q.Get("sebelum"))
	day := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			p.Problem = "Tanggal tidak dapat dibaca; saringan tanggal tidak dipakai."
			return time.Time{}
		}
		return d.Zone.Begin(t)
	}
	f.From = day(p.From)
	if until := day(p.Until); !until.IsZero() {
		f.Until = until.Add(24 * time.Hour)
	}
	return p, f
}

func (d security) rows(r *http.Request, f deskdb.SecurityFilter) ([]securityRow, []deskdb.User, error) {
	list, err := d.DB.Security.Entries(r.Context(), f)
	if err != nil {
		return nil, nil, err
	}
	users, err := d.DB.Users(r.Context())
	if err != nil {
		return nil, nil, err
	}
	logins, kinds := map[int64]string{0: "–"}, map[deskdb.Kind]string{}
	for _, u := range users {
		logins[u.ID] = u.Login
	}
	for _, k := range deskdb.Kinds() {
		kinds[k.Kind] = k.Label
	}
	var out []securityRow
	for _, e := range list {
		out = append(out, securityRow{strconv.FormatInt(e.Seq, 10), d.when(e.At), kinds[e.Kind], logins[e.By], logins[e.About],
			e.Source, e.Text})
	}
	return out, users, nil
}

// export is the filtered log as an Indonesian Excel opens it.
func (d security) export(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	_, f := d.filter(r)
	f.Most = securityMost
	rows, _, err := d.rows(r, f)
	if err != nil {
		return err
	}
	c := site.Table(w, "catatan-keamanan-"+d.today().Format(time.DateOnly)+".csv", "Nomor", "Waktu", "Jenis", "Oleh", "Tentang",
		"Alamat", "Uraian")
	for _, x := range rows {
		c.Row(x.Number, x.At, x.Kind, x.By, x.About, x.From, x.Text)
	}
	return c.End()
}
