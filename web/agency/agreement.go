package agency

import (
	"net/http"
	"slices"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/office/manuscript"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

type agreementsPage struct {
	Here       string
	Head       party.Head
	Helpers    []party.Person
	Agreements []agreementView // newest first
	Contacts   []party.Contact
	Today      time.Time
	Network    []party.Dated[party.Connection] // newest first
	Names      []party.Dated[party.Particulars]
	NoneOf     string // whose contact person is missing; empty: of nobody, or of both
	Readers    []reader.Reader
	Documents  []fileGroup
	More       bool // documents that are older than those
	Papers     []PaperView
	Fault      string // why a paper was not confirmed
}

// An agreementView is one agreement of the agency with all that was added to it.
type agreementView struct {
	agreement.Agreement
	Grant    agreement.Grant // as of today
	Ends     time.Time       // the last day on which it works
	State    site.Tag
	Rows     [][2]string // its terms as of today, in words
	Timeline []Event
	Open     bool // the one that decides
}

// A fileGroup are the agency's documents of one kind of procedure, newest first.
type fileGroup struct {
	Name string
	Rows []FileRow
}

// mostDocuments is how many documents the page of the agreement shows; older ones stand with their cases.
const mostDocuments = 500

// ownAgreement shows the agency its agreements with addenda, terms, dates, contact persons, readers and documents (B10, E12, E14).
func (c *Agency) ownAgreement(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeAgreement(w, r, v, http.StatusOK, "")
}

// writeAgreement is the page, after a confirmation that was refused with the reason.
func (c *Agency) writeAgreement(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, fault string) error {
	ctx, id := r.Context(), v.Institution.ID
	p := agreementsPage{Here: "perjanjian", Fault: fault, Head: v.Institution.Head(v.Today()), Helpers: v.Institution.Helpers,
		Today: v.Today()}
	for _, a := range slices.Backward(v.Agreements) {
		g := a.At(v.Now, v.Today())
		one := agreementView{Agreement: a, Grant: g, Ends: g.LastDay(v.Zone()), State: AgreementTags[g.State], Timeline: Timeline(a, v.Apps,
			v.Now, v.Today()),
			Open: v.Grant != nil && v.Grant.Agreement == a.ID}
		for _, row := range g.Rows() {
			one.Rows = append(one.Rows, [2]string{row[0], row[1]})
		}
		p.Agreements = append(p.Agreements, one)
	}
	var err error
	if p.Contacts, err = c.Store.Contacts(ctx, id); err != nil {
		return err
	}
	of := map[string]bool{}
	for _, x := range p.Contacts {
		of[x.Side] = true
	}
	switch {
	case of["agency"] && !of["provider"]:
		p.NoneOf = "Narahubung Dinas Dukcapil"
	case of["provider"] && !of["agency"]:
		p.NoneOf = "Narahubung instansi Anda"
	}
	past, err := c.Store.Past(ctx, id)
	if err != nil {
		return err
	}
	p.Network, p.Names = past.Connections, past.Particulars
	slices.Reverse(p.Network)
	slices.Reverse(p.Names)
	devices, err := c.Store.Devices(ctx, id)
	if err != nil {
		return err
	}
	p.Readers = reader.At(devices, v.Now, v.Now)
	if p.Documents, p.More, err = c.documents(r, v); err != nil {
		return err
	}
	papers, err := office.PapersOf(c.Office).List(ctx, id)
	if err != nil {
		return err
	}
	var script string
	if p.Papers, script, err = PaperViews(c.Site, r, papers, v, "/instansi/perjanjian/konfirmasi"); err != nil {
		return err
	}
	page := c.Page(r, v, "Perjanjian instansi", p)
	page.Script = script
	return c.Show(w, r, status, "instansi-perjanjian", page)
}

// documents are the letters and scans of the agency's cases that its people see, by the groups of procedures.
func (c *Agency) documents(r *http.Request, v *site.Visitor) (out []fileGroup, more bool, err error) {
	cases, err := c.Store.Cases(r.Context(), v.Institution.ID, "", 0, 1<<30)
	if err != nil {
		return nil, false, err
	}
	group := map[int64]string{}
	for _, x := range cases {
		if p, ok := procedure.Find(c.Office.Procedures, x.Procedure); ok && p.SeenByAgency(x.State) {
			group[x.ID] = p.Group
		}
	}
	files, err := c.Store.Files(r.Context(), v.Institution.ID, 0, mostDocuments+1)
	if err != nil {
		return nil, false, err
	}
	if more = len(files) > mostDocuments; more {
		files = files[:mostDocuments]
	}
	drawn, err := c.ownManuscripts(r, v)
	if err != nil {
		return nil, false, err
	}
	if len(drawn.Rows) > 0 {
		out = append(out, drawn)
	}
	for _, g := range procedure.Groups(c.Office.Procedures) {
		one := fileGroup{Name: g.Name}
		for _, f := range files {
			if name, seen := group[f.Case]; seen && name == g.Name {
				one.Rows = append(one.Rows, FileRowOf(f, v))
			}
		}
		if len(one.Rows) > 0 {
			out = append(out, one)
		}
	}
	return out, more, nil
}

// ownManuscripts are the agreements and guidelines of the agency as documents, with what was signed, newest first.
func (c *Agency) ownManuscripts(r *http.Request, v *site.Visitor) (fileGroup, error) {
	g := fileGroup{Name: "Naskah perjanjian dan petunjuk teknis"}
	all, err := office.ManuscriptsOf(c.Office).List(r.Context(), v.Institution.ID)
	for _, m := range slices.Backward(all) {
		for _, f := range []procedure.File{m.Scan, m.File} {
			if f.ID != 0 {
				g.Rows = append(g.Rows, FileRowOf(f, v))
			}
		}
	}
	return g, err
}

// isManuscript reports whether a file is one of the agency's agreements and guidelines as documents, or what was signed of them.
func (c *Agency) isManuscript(r *http.Request, f procedure.File) (bool, error) {
	all, err := office.ManuscriptsOf(c.Office).List(r.Context(), f.Agency)
	return slices.ContainsFunc(all, func(m manuscript.Manuscript) bool { return f.ID == m.File.ID || f.ID == m.Scan.ID }), err
}

// document sends a letter or scan of one of the agency's own cases, or an own agreement; that it was read is a record.
func (c *Agency) document(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.Send(c.Store, w, r, v, access.ToOversee, func(f procedure.File) error {
		if err := c.Allow(r, v, access.ToOversee, f.Agency); err != nil {
			return err
		}
		if own, err := c.isManuscript(r, f); own || err != nil {
			return err
		}
		cs, found, err := c.Store.Case(r.Context(), f.Case, c.Office.Procedures)
		if err == nil && (!found || cs.Agency != f.Agency || !cs.Procedure.SeenByAgency(cs.State)) {
			err = site.ErrNotFound
		}
		return err
	})
}
