package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

type casesPage struct {
	Search   caseSearch
	States   []site.Option
	Agencies []site.Option
	Kinds    []site.Option
	Rows     []caseRow
	Older    string
	CSV      string
	Anyhow   string // the same search over all states, when nothing is found in one
	MayFile  bool
	Error    string
}

// A caseSearch is the form of a search, as it was typed.
type caseSearch struct{ Number, Agency, Kind, Letter, From, To, State string }

// allStates and ownOffice are choices of the form that are no key: every state, and the cases of the office itself.
const (
	allStates = "semua"
	ownOffice = "-"
)

func caseSearchOf(r *http.Request) caseSearch {
	q := r.URL.Query()
	of := func(key string) string { return strings.TrimSpace(q.Get(key)) }
	s := caseSearch{of("nomor"), of("instansi"), of("jenis"), of("surat"), of("dari"), of("sampai"), of("keadaan")}
	if s.State == "" && !q.Has("keadaan") {
		s.State = string(procedure.Open)
	}
	return s
}

func (s caseSearch) link(path string, more ...string) string {
	return site.Link(path, append([]string{"nomor", s.Number, "instansi", s.Agency, "jenis", s.Kind, "surat", s.Letter, "dari", s.From,
		"sampai", s.To, "keadaan", s.State}, more...)...)
}

// filter is the search as the store takes it; wrong says what cannot be read, and nothing is found then. A day that cannot be read is
// emptied: a browser's field shows none.
func (s *caseSearch) filter(all []access.Standing, zone party.Zone) (f procedure.CaseFilter, wrong string) {
	f = procedure.CaseFilter{Agency: -1, Procedure: s.Kind, Letter: s.Letter}
	if s.State != allStates {
		f.State = procedure.State(s.State)
	}
	if s.Number != "" { // there is one case of a number, in whatever state
		if f.Number, f.State = site.Number(s.Number), ""; f.Number == 0 {
			return f, "Nomor berkas terdiri atas angka saja."
		}
	}
	switch i := slices.IndexFunc(all, func(st access.Standing) bool { return st.Institution.Code == s.Agency }); {
	case s.Agency == ownOffice:
		f.Agency = party.Provider
	case i >= 0:
		f.Agency = all[i].Institution.ID
	case s.Agency != "":
		return f, "Instansi tidak dikenal."
	}
	for _, d := range []struct {
		typed *string
		to    *time.Time
		more  int
	}{{&s.From, &f.From, 0}, {&s.To, &f.To, 1}} {
		if *d.typed == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, *d.typed, zone.Location())
		if err != nil {
			*d.typed = ""
			return f, "Tanggal tidak dapat dibaca. Silakan isi kembali."
		}
		*d.to = day.AddDate(0, 0, d.more)
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		return f, "Tanggal akhir mendahului tanggal awal. Silakan isi kembali."
	}
	return f, ""
}

// cases lists cases by what is looked for: a number, an agency, a kind, a letter, days, a state.
func (c *Cases) cases(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	all, err := c.Store.Everyone(r.Context())
	if err != nil {
		return err
	}
	p := casesPage{Search: caseSearchOf(r), MayFile: v.May(access.ToFile)}
	p.options(all, c.Office.Procedures)
	f, wrong := p.Search.filter(all, v.Zone())
	if p.Error = wrong; wrong != "" {
		return c.Show(w, r, http.StatusUnprocessableEntity, "berkas-semua", c.Page(r, v, "Berkas", p))
	}
	list, err := c.Store.FindCases(r.Context(), f, site.Number(r.URL.Query().Get("sebelum")), site.PerPage+1)
	if err != nil {
		return err
	}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = p.Search.link("/konsol/berkas", "sebelum", site.ID(list[site.PerPage-1].ID))
	}
	p.Rows = caseRows(c.Office.Procedures, list, v)
	p.CSV = p.Search.link("/konsol/berkas.csv")
	if anyhow := p.Search; len(list) == 0 && f.State != "" {
		anyhow.State = allStates
		p.Anyhow = anyhow.link("/konsol/berkas")
	}
	return c.Show(w, r, http.StatusOK, "berkas-semua", c.Page(r, v, "Berkas", p))
}

// options are the choices of the form.
func (p *casesPage) options(all []access.Standing, kinds []*procedure.Procedure) {
	for _, o := range []procedure.State{procedure.Open, procedure.Done, procedure.Refused, procedure.Withdrawn} {
		p.States = append(p.States, site.Option{Value: string(o), Label: o.Label(), Chosen: string(o) == p.Search.State})
	}
	p.States = append(p.States, site.Option{Value: allStates, Label: "Semua", Chosen: p.Search.State == allStates})
	p.Agencies = append(p.Agencies, site.Option{Value: ownOffice, Label: "Dinas Dukcapil sendiri", Chosen: p.Search.Agency == ownOffice})
	for _, st := range all {
		p.Agencies = append(p.Agencies, site.Option{Value: st.Institution.Code, Label: st.Institution.Name,
			Chosen: st.Institution.Code == p.Search.Agency})
	}
	for _, k := range kinds {
		p.Kinds = append(p.Kinds, site.Option{Value: k.Key, Label: k.Name, Chosen: k.Key == p.Search.Kind})
	}
	slices.SortFunc(p.Kinds, func(a, b site.Option) int { return strings.Compare(a.Label, b.Label) })
}

// exportBatch is how many rows are read at once where all are.
const exportBatch = 1000

// casesCSV is every case of a search as a table. Who takes it along is recorded. A download that cannot be finished is broken off, so that
// it is not taken for the whole.
func (c *Cases) casesCSV(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	all, err := c.Store.Everyone(r.Context())
	if err != nil {
		return err
	}
	s := caseSearchOf(r)
	f, wrong := s.filter(all, v.Zone())
	if wrong != "" {
		return &site.Problem{Status: http.StatusUnprocessableEntity, Message: site.Message{Heading: "Isian tidak dapat dibaca",
			Advice: []string{wrong}}}
	}
	list, err := c.Store.FindCases(r.Context(), f, 0, exportBatch)
	if err != nil {
		return err
	}
	if err := c.Reads(r, v, access.ToLook, "ekspor berkas"); err != nil {
		return err
	}
	c.Unhurried(w)
	out := site.Table(w, "berkas-"+v.Today().Format(time.DateOnly)+".csv", "Nomor berkas", "Jenis", "Instansi", "Kode instansi", "Surat",
		"Keadaan", "Langkah sekarang", "Dimulai", "Berubah")
	for len(list) > 0 {
		for n, row := range caseRows(c.Office.Procedures, list, v) {
			out.Row(site.ID(row.ID), row.Procedure, row.Agency, row.Code, row.Letter, row.State.Label, row.Next,
				bahasa.Date(list[n].Opened.In(v.Zone().Location())), bahasa.Date(list[n].Changed.In(v.Zone().Location())))
		}
		if len(list) < exportBatch {
			break
		}
		if list, err = c.Store.FindCases(r.Context(), f, list[len(list)-1].ID, exportBatch); err != nil {
			c.Log.ErrorContext(r.Context(), "console: export of cases broken off", "err", err)
			panic(http.ErrAbortHandler)
		}
	}
	return out.End()
}

// cover is the cover of a case for the shelf.
func (c *Cases) cover(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	id := site.Number(r.PathValue("id"))
	cs, found, err := c.Store.Case(r.Context(), id, c.Office.Procedures)
	if err != nil {
		return err
	}
	if !found {
		return site.ErrNotFound
	}
	files, err := c.Store.FilesOfCase(r.Context(), id)
	if err != nil {
		return err
	}
	pdf, err := office.Cover(r.Context(), c.Office, &cs, files, v.Zone())
	if err != nil {
		return err
	}
	if err := c.Reads(r, v, access.ToLook, "sampul berkas "+site.ID(id)); err != nil {
		return err
	}
	return site.Download(w, "sampul-berkas-"+site.ID(id)+".pdf", site.PDF, pdf)
}
