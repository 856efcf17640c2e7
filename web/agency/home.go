package agency

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/bahasa"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
	"gapura/web/ui"
)

// The first page of an agency's head and administrator: what waits for them, and how the agency stands (B10).

type homePage struct {
	Name   string
	Todo   []todo
	Live   tiles
	Grant  *agreement.Grant
	Ends   time.Time // its last day
	Quota  string    // what is left of it today
	Near   bool      // little is left
	State  site.Tag
	Duties []dutyRow
	Cases  []ownCase
	Manage bool
}

// A todo is one thing that waits for the agency, with where it is done.
type todo struct{ Text, Link, Kind string }

func (c *Agency) home(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := homePage{Name: v.Institution.Name, Grant: v.Grant, State: NoAgreement, Manage: v.May(access.ToManage)}
	if v.Grant != nil {
		p.Ends = v.Grant.LastDay(v.Zone())
		p.State, p.Quota, p.Near = AgreementTags[v.Grant.State], site.Quota(v.Left, true), v.Left.Warn()
	}
	n, err := c.waiting(r, v)
	if err != nil {
		return err
	}
	p.Todo, p.Cases = n.todo(v, p.Manage), n.cases
	for _, d := range n.duties {
		if d.State == obligation.Overdue || d.State == obligation.Soon {
			p.Duties = append(p.Duties, dutyRow{Name: d.Rule.Name, Period: d.Period, Clause: d.Rule.Clause, Due: d.Due,
				State: DutyTags[d.State]})
		}
	}
	p.Duties = p.Duties[:min(len(p.Duties), 5)]
	p.Live = tiles{List: n.tiles(), Taken: ui.Clock(v.Now, v.Zone())}
	return c.Show(w, r, http.StatusOK, "instansi-beranda", c.Page(r, v, "Beranda", p))
}

// A standing is what an agency's first page is made from.
type standing struct {
	cases                     []ownCase
	papers                    []office.Paper // for the visitor to confirm
	duties                    []obligation.Duty
	withoutNDA, stopped, held int
	desks, incidents, balikan int
	readers, active           int
}

// waiting reads how the agency stands.
func (c *Agency) waiting(r *http.Request, v *site.Visitor) (n standing, err error) {
	ctx, id := r.Context(), v.Institution.ID
	if n.cases, _, err = (Requests{c}).ownCases(ctx, v, procedure.Open, 0); err != nil {
		return n, err
	}
	papers, err := office.PapersOf(c.Office).List(ctx, id)
	if err != nil {
		return n, err
	}
	n.papers = papersToConfirm(papers, v)
	if n.duties, err = c.Duties().dutiesOf(r, v, v.Institution, v.Today()); err != nil {
		return n, err
	}
	users, err := c.Store.UsersOfAgency(ctx, id, "", 1<<30)
	if err != nil {
		return n, err
	}
	held, err := c.Store.HeldOf(ctx, id, v.Now)
	if err != nil {
		return n, err
	}
	for _, u := range users {
		s := u.At(v.Now, v.Today())
		n.withoutNDA += count(s == party.NoNDA)
		n.stopped += count(s == party.Stopped)
		n.held += count(!held[u.ID].IsZero() && s != party.Deactivated)
	}
	desk, err := ViewDesk(ctx, c.Desks, v.Institution, v, "")
	if err != nil {
		return n, err
	}
	for _, d := range desk.Requests {
		n.desks += count(d.MayApprove)
	}
	open, err := c.Incidents.Incidents(ctx, id, true, 0, site.PerPage)
	if err != nil {
		return n, err
	}
	n.incidents = len(open)
	if n.balikan, err = c.Balikan.Overdue(ctx, id, v.Now); err != nil {
		return n, err
	}
	list, err := c.Store.Devices(ctx, id)
	n.readers = len(list)
	for _, x := range reader.At(list, v.Now, v.Now) {
		n.active += count(x.State == reader.Active)
	}
	return n, err
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// todo is what waits for the agency, the most urgent first; each leads to a page that its people may open.
func (n standing) todo(v *site.Visitor, manage bool) (out []todo) {
	add := func(kind, link, text string, args ...any) {
		out = append(out, todo{Text: fmt.Sprintf(text, args...), Link: link, Kind: kind})
	}
	some := func(count int, kind, link, text string) {
		if count > 0 {
			add(kind, link, text, bahasa.Number(count))
		}
	}
	if why := NotServed(v.Grant); why != "" {
		add("bad", "/instansi/perjanjian", "Instansi Anda tidak dilayani. %s", why)
	}
	late, soon := CountDuties(n.duties)
	some(n.desks, "bad", "/loket", "%s komputer meminta menjadi loket dan menunggu persetujuan Anda.")
	some(late, "bad", "/kewajiban", "%s kewajiban terlambat.")
	some(n.incidents, "bad", "/insiden?terbuka=ya", "%s insiden belum ditutup.")
	some(n.stopped, "bad", "/instansi/pengguna", "Pencarian %s pengguna dihentikan. Jelaskan kejadiannya kepada Dinas Dukcapil.")
	some(n.balikan, "bad", "/balikan", "%s penduduk yang dicari belum ada data balikannya dan telah lewat batas.")
	for _, x := range n.cases {
		switch {
		case x.Mine && x.Asks && manage:
			add("mid", requestPath(x.ID), "%s, nomor %d, belum dikirim. Kirimkan bersama surat kepala instansi.", x.Name, x.ID)
		case x.Mine && x.Answers:
			add("bad", requestPath(x.ID), "%s, nomor %d: %s diminta Dinas Dukcapil%s.", x.Name, x.ID, x.Next, x.Until)
		case x.Mine:
			add("mid", requestPath(x.ID), "%s, nomor %d, menunggu surat instansi Anda.", x.Name, x.ID)
		}
	}
	for _, x := range n.papers {
		add("mid", "/instansi/perjanjian#konfirmasi", "Cocokkan sidik %s dengan dokumen yang Anda simpan dan konfirmasi, paling lambat %s.",
			x.Name, bahasa.Date(x.Due.In(v.Zone().Location())))
	}
	some(n.withoutNDA, "mid", "/instansi/pengguna", "%s pengguna belum menandatangani NDA, sehingga user ID-nya belum bekerja.")
	some(n.held, "mid", "/instansi/pengguna", "%s pengguna tertahan setelah gagal masuk. Pastikan pemiliknya yang mencoba, lalu buka.")
	some(soon, "mid", "/kewajiban", "%s kewajiban segera jatuh tempo.")
	asked := slices.ContainsFunc(n.duties, func(d obligation.Duty) bool { return d.Rule.Kind == "extension" })
	if g := v.Grant; asked && g != nil && g.State.Works() && !v.Today().Before(g.EndsOn.AddDate(0, -6, 0)) {
		add("mid", "/instansi/perjanjian", "Perjanjian berakhir %s. Surat permohonan perpanjangan paling lambat %s.", bahasa.Date(g.EndsOn),
			bahasa.Date(g.EndsOn.AddDate(0, -2, 0)))
	}
	return out
}

// tiles are the agency's figures of today, each with the page behind it.
func (n standing) tiles() []tile {
	late, _ := CountDuties(n.duties)
	return []tile{Counted("Kewajiban terlambat", late, "bad", "/kewajiban"),
		Counted("Pengguna tanpa NDA", n.withoutNDA, "mid", "/instansi/pengguna"),
		{Label: "Pembaca KTP-el aktif", Value: bahasa.Number(n.active) + " dari " + bahasa.Number(n.readers),
			Link: "/instansi/pembaca"},
		{Label: "Berkas berjalan", Value: bahasa.Number(len(n.cases)), Link: "/instansi/permohonan"}}
}
