package console

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
	"gapura/office/manuscript"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

type manuscriptsPage struct {
	site.Tabs
	Faults   told.Errors
	Subjects []manuscriptSubject
	MayFile  bool
	Sides    []procedure.Option
	Today    string
	Typed    typedInitial
}

// A typedInitial is what was typed for the initials of a version and could not be recorded.
type typedInitial struct {
	ID                        int64
	Side, Name, Position, Day string
}

// A manuscriptSubject is an agreement, or the case that prepares one, with its manuscripts by kind.
type manuscriptSubject struct {
	Title, Link, Draw string // Draw is the page that draws up the next version; empty: none can be
	State             site.Tag
	Kinds             []manuscriptKind
}

type manuscriptKind struct {
	Name string
	Rows []manuscriptRow
}

type manuscriptRow struct {
	ID                             int64
	Version                        int
	At, By, Reason, SHA256, File   string
	Compare                        string   // page that compares it with the version before; empty: it is the first
	Initials                       []string // in words
	Missing                        []procedure.Option
	Scan, ScanSHA256               string
	Newest                         bool
	State                          site.Tag
	TypedSide, TypedName, TypedJob string
	TypedDay                       string
}

func (c *Agencies) manuscripts(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeManuscripts(w, r, v, typedInitial{}, nil)
}

// writeManuscripts shows an agency's manuscripts; after a form that was not complete with what was typed and what is wrong.
func (c *Agencies) writeManuscripts(w http.ResponseWriter, r *http.Request, v *site.Visitor, typed typedInitial, faults told.Errors) error {
	i, agreements, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	all, err := office.ManuscriptsOf(c.Office).List(r.Context(), i.ID)
	if err != nil {
		return err
	}
	open, err := c.Store.Cases(r.Context(), i.ID, procedure.Open, 0, site.PerPage)
	if err != nil {
		return err
	}
	today := i.Zone.Day(v.Now)
	p := manuscriptsPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "naskah"}, Faults: faults, MayFile: v.May(access.ToFile),
		Sides: manuscript.Sides, Today: today.Format(time.DateOnly), Typed: typed}
	draw := func(key string, id int64) string {
		return site.Link("/konsol/naskah/"+i.Code+"/susun", key, site.ID(id))
	}
	for _, x := range open {
		// the terms are filled in
		if of, ok := procedure.Find(c.Office.Procedures, x.Procedure); ok && of.Makes("sign-agreement") && x.Steps > 1 {
			p.Subjects = append(p.Subjects, manuscriptSubject{Title: "Perjanjian yang disiapkan", Link: "/konsol/berkas/" + site.ID(x.ID),
				Draw: draw("berkas", x.ID), State: site.Tag{Label: "Belum ditandatangani", Kind: "mid"},
				Kinds: manuscriptKinds(i, all, 0, x.ID, typed, v)})
		}
	}
	for _, a := range slices.Backward(agreements) {
		g := a.At(v.Now, today)
		s := manuscriptSubject{Title: "Perjanjian " + a.ProviderNumber, Link: "/konsol/perjanjian/" + i.Code + "/" + site.ID(a.ID),
			State: agency.AgreementTags[g.State], Kinds: manuscriptKinds(i, all, a.ID, 0, typed, v)}
		if g.State.Works() || g.State == agreement.Suspended || g.State == agreement.Draft {
			s.Draw = draw("perjanjian", a.ID)
		}
		p.Subjects = append(p.Subjects, s)
	}
	status := http.StatusOK
	if len(faults) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return c.Show(w, r, status, "naskah", c.Page(r, v, "Naskah "+i.Name, p))
}

// manuscriptKinds puts each version beside the one before it, so that what changed can be compared.
func manuscriptKinds(i party.Institution, all []manuscript.Manuscript, agreement, id int64, typed typedInitial,
	v *site.Visitor) (kinds []manuscriptKind) {
	for _, k := range manuscript.Kinds {
		n := manuscriptKind{Name: k.Name()}
		var before int64
		for _, m := range all {
			if m.Kind != k || !m.Of(agreement, id) {
				continue
			}
			row := manuscriptRow{ID: m.ID, Version: m.Version, At: site.Clock(m.At, v), By: m.ByName, Reason: m.Reason,
				SHA256: fmt.Sprintf("%x", m.File.SHA256), File: "/konsol/dokumen/" + site.ID(m.File.ID),
				State: site.Tag{Label: "Menunggu paraf", Kind: "mid"}, TypedDay: i.Zone.Day(v.Now).Format(time.DateOnly)}
			if row.By == "" {
				row.By = "Sistem"
			}
			if before != 0 {
				row.Compare = site.Link("/konsol/naskah/"+i.Code+"/banding", "dari", site.ID(before), "ke", site.ID(m.ID))
			}
			before = m.ID
			for _, s := range manuscript.Sides {
				at := slices.IndexFunc(m.Initials, func(x manuscript.Initial) bool { return x.Side == s.Value })
				if at < 0 {
					row.Missing = append(row.Missing, s)
					continue
				}
				x := m.Initials[at]
				row.Initials = append(row.Initials, s.Label+": "+x.Name+", "+x.Position+", "+bahasa.Date(x.On))
			}
			if m.Initialled() {
				row.State = site.Tag{Label: "Sudah diparaf", Kind: "ok"}
			}
			if m.Scan.ID != 0 {
				row.State = site.Tag{Label: "Ditandatangani", Kind: "ok"}
				row.Scan, row.ScanSHA256 = "/konsol/dokumen/"+site.ID(m.Scan.ID), fmt.Sprintf("%x", m.Scan.SHA256)
			}
			if typed.ID == m.ID {
				row.TypedSide, row.TypedName, row.TypedJob, row.TypedDay = typed.Side, typed.Name, typed.Position, typed.Day
			}
			n.Rows = append(n.Rows, row)
		}
		slices.Reverse(n.Rows)
		for at := range n.Rows {
			if n.Rows[at].Newest = at == 0; at > 0 && n.Rows[at].Scan == "" {
				n.Rows[at].State = site.Tag{Label: "Digantikan", Kind: "mid"}
			}
		}
		kinds = append(kinds, n)
	}
	return kinds
}

type drawUpPage struct {
	site.Tabs
	Agreement, Case int64
	Fields          []site.FieldView
	Faults          told.Errors
}

// subject is what a manuscript is drawn up for: the agreement or the case of the form, else the agency's last agreement.
func subject(i party.Institution, all access.Agreements, agreement, id string) office.Subject {
	of := office.Subject{Agency: i.ID, Agreement: site.Number(agreement)}
	switch {
	case of.Agreement != 0:
	case id != "":
		of.Case = site.Number(id)
	case len(all) > 0:
		of.Agreement = all[len(all)-1].ID
	}
	return of
}

// drawUpForm begins with what is known, so that a clerk types what is new and nothing twice.
func (c *Agencies) drawUpForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, all, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	of := subject(i, all, r.URL.Query().Get("perjanjian"), r.URL.Query().Get("berkas"))
	typed, _, err := office.ManuscriptsOf(c.Office).Blank(r.Context(), of)
	if err != nil {
		return err
	}
	return c.writeDrawUp(w, r, v, i, of, typed, nil)
}

func (c *Agencies) writeDrawUp(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, of office.Subject,
	typed map[string]string, faults told.Errors) error {
	p := drawUpPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "naskah"}, Agreement: of.Agreement, Case: of.Case, Faults: faults}
	for _, f := range manuscript.Fields {
		p.Fields = append(p.Fields, site.FieldView{Field: f, Value: typed[f.Key], Fault: faults.Of(f.Key)})
	}
	status := http.StatusOK
	if len(faults) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return c.Show(w, r, status, "naskah-susun", c.Page(r, v, "Susun naskah "+i.Name, p))
}

// drawUp takes agreement and case from the form, not from the path, because a manuscript may be drawn up before its agreement is there.
func (c *Agencies) drawUp(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, all, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	names := []string{"perjanjian", "berkas", "jenis"}
	for _, f := range manuscript.Fields {
		names = append(names, "f."+f.Key)
	}
	form, err := c.Form(w, r, names...)
	if err != nil {
		return err
	}
	typed := map[string]string{}
	for _, f := range manuscript.Fields {
		typed[f.Key] = form["f."+f.Key]
	}
	of := subject(i, all, form["perjanjian"], form["berkas"])
	err = office.ManuscriptsOf(c.Office).DrawUp(r.Context(), v.Actor(), of, manuscript.Kind(form["jenis"]), typed)
	if faults := told.Invalids(err); faults != nil {
		return c.writeDrawUp(w, r, v, i, of, typed, faults)
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/naskah/"+i.Code)
}

// putInitial records the initials of one party on a version.
func (c *Agencies) putInitial(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "pihak", "nama", "jabatan", "tanggal")
	if err != nil {
		return err
	}
	id := site.Number(r.PathValue("id"))
	on, _ := time.Parse(time.DateOnly, f["tanggal"]) // what cannot be read is the zero day, which is refused
	err = office.ManuscriptsOf(c.Office).PutInitial(r.Context(), v.Actor(), i.ID, id, manuscript.Initial{Side: f["pihak"], Name: f["nama"],
		Position: f["jabatan"], On: on})
	if faults := told.Invalids(err); faults != nil {
		return c.writeManuscripts(w, r, v, typedInitial{id, f["pihak"], f["nama"], f["jabatan"], f["tanggal"]}, faults)
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/naskah/"+i.Code)
}

// keepSigned keeps the scan of a signed version.
func (c *Agencies) keepSigned(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	_, scans, err := c.Upload(w, r)
	if err == nil {
		err = office.ManuscriptsOf(c.Office).KeepSigned(r.Context(), v.Actor(), i.ID, site.Number(r.PathValue("id")), scans)
	}
	if faults := told.Invalids(err); faults != nil {
		return c.writeManuscripts(w, r, v, typedInitial{}, faults)
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/naskah/"+i.Code)
}

type comparePage struct {
	site.Tabs
	Old, New manuscript.Manuscript
	Rows     []manuscript.Row
	Changed  int
	All      []site.Option // versions of the kind, to choose the older one from
}

// compareManuscripts shows two versions beside each other; without two of them, that there is nothing to compare.
func (c *Agencies) compareManuscripts(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	p := comparePage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "naskah"}}
	all, err := office.ManuscriptsOf(c.Office).List(r.Context(), i.ID)
	if err != nil {
		return err
	}
	for _, m := range all {
		switch m.ID {
		case site.Number(r.URL.Query().Get("dari")):
			p.Old = m
		case site.Number(r.URL.Query().Get("ke")):
			p.New = m
		}
	}
	if p.Old.Kind != p.New.Kind {
		return site.ErrNotFound
	}
	p.Rows = manuscript.Compare(p.Old.Content.Clauses, p.New.Content.Clauses)
	for _, row := range p.Rows {
		if row.Changed {
			p.Changed++
		}
	}
	for _, m := range all {
		if m.Kind == p.New.Kind && m.ID != p.New.ID {
			p.All = append(p.All, site.Option{Value: site.ID(m.ID), Chosen: m.ID == p.Old.ID,
				Label: fmt.Sprintf("Versi %d, %s", m.Version, site.Clock(m.At, v))})
		}
	}
	return c.Show(w, r, http.StatusOK, "naskah-banding", c.Page(r, v, "Perbandingan naskah "+i.Name, p))
}
