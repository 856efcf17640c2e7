package desk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/internal/told"
	"gapura/person/nik"
	"gapura/web/site"
)

type newPage struct {
	Services   []desk.Service
	Service    *desk.Service // nil: one is to be chosen
	Fields     []formField
	Questions  []formField
	Documents  []desk.Document
	Identity   desk.Identity
	Identities []identityOption
	Phone      string
	Consent    int64  // of a card that was read; 0: none
	CardNote   string // how it was read
	Faults     told.Errors
	Cards      bool // cards can be read here
	Earlier    []earlierRow
}

// An earlierRow is what the desk already has for the applicant.
type earlierRow struct {
	ID                          int64
	Number, Service, What, When string
}

type identityOption struct {
	Value  desk.Identity
	Label  string
	Chosen bool
}

type formField struct {
	desk.PaperField
	Name, Value, Fault string
	Focus              bool
}

// fill lays out papers and questions with what was typed and what is wrong with it.
func (p *newPage) fill(s desk.Service, papers desk.Papers, faults told.Errors) {
	p.Service, p.Documents, p.Faults, p.Phone, p.Identity = &s, s.Documents, faults, papers.Phone, papers.Identity
	for _, f := range desk.PaperFields() {
		p.Fields = append(p.Fields, formField{PaperField: f, Name: f.Key, Value: papers.Values[f.Key], Fault: faults.Of(f.Key),
			Focus: f.Key == "nik"})
	}
	for _, q := range s.Questions {
		f := desk.PaperField{Key: q.Key, Label: q.Label, Kind: q.Kind, Options: q.Options, Required: !q.Optional, Hint: q.Hint}
		p.Questions = append(p.Questions, formField{PaperField: f, Name: "t." + q.Key, Value: papers.Answers[q.Key],
			Fault: faults.Of("t." + q.Key)})
	}
	for _, i := range []desk.Identity{desk.KTP, desk.IKD} {
		p.Identities = append(p.Identities, identityOption{i, i.Label(), i == papers.Identity})
	}
}

// papersOf reads the papers' part of a form.
func papersOf(values map[string]string, s desk.Service) desk.Papers {
	p := desk.Papers{Identity: desk.Identity(values["identitas"]), Phone: values["telepon"], Values: map[string]string{},
		Answers: map[string]string{}}
	for _, f := range desk.PaperFields() {
		p.Values[f.Key] = values[f.Key]
	}
	for _, q := range s.Questions {
		p.Answers[q.Key] = values["t."+q.Key]
	}
	return p
}

// open finds a kind of aid that takes applications.
func (d *Desk) open(r *http.Request, key string) (s desk.Service, ok bool, err error) {
	s, err = d.DB.Services.Service(r.Context(), key, 0)
	if errors.Is(err, deskdb.ErrNone) {
		return s, false, nil
	}
	return s, err == nil && !s.Closed, err
}

func (d *Desk) newForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := newPage{Cards: d.Way != nil}
	s, ok, err := d.open(r, r.URL.Query().Get("layanan"))
	if err == nil && ok {
		p.fill(s, desk.Papers{Identity: desk.KTP}, nil)
	} else if err == nil {
		p.Services, err = d.DB.Services.Services(r.Context())
		p.Services = slices.DeleteFunc(p.Services, func(s desk.Service) bool { return s.Closed })
	}
	if err != nil {
		return err
	}
	return d.Show(w, r, http.StatusOK, "baru", d.Page(r, v, "Permohonan baru", p))
}

func (d *Desk) take(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := d.read(w, r)
	if err != nil {
		return err
	}
	s, ok, err := d.open(r, f.values["layanan"])
	if err != nil {
		return err
	}
	if !ok {
		return d.Redirect(w, r, "/permohonan/baru")
	}
	papers := papersOf(f.values, s)
	consent, _ := strconv.ParseInt(f.values["persetujuan"], 10, 64)
	if consent > 0 {
		papers.Identity = desk.Card
	}
	typed := papers // what is shown again is what was typed: CheckPapers brings values into their stored form
	faults := append(desk.CheckPapers(s, &papers, d.today()), f.faults...)
	for _, x := range f.files {
		if !slices.ContainsFunc(s.Documents, func(k desk.Document) bool { return k.Key == x.Document }) {
			faults.Add("d."+x.Document, "Berkas tidak diminta oleh layanan ini.")
		}
	}
	if len(faults) > 0 {
		p := newPage{Consent: max(0, consent), Cards: d.Way != nil}
		p.fill(s, typed, faults)
		return d.Show(w, r, http.StatusUnprocessableEntity, "baru", d.Page(r, v, "Permohonan baru", p))
	}
	if f.values["tetap"] == "" {
		earlier, err := d.earlier(r, papers.NIK(), s)
		if err != nil {
			return err
		}
		if len(earlier) > 0 {
			p := newPage{Consent: max(0, consent), Cards: d.Way != nil, Earlier: earlier}
			p.fill(s, typed, nil)
			return d.Show(w, r, http.StatusConflict, "baru", d.Page(r, v, "Permohonan baru", p))
		}
	}
	id, err := d.DB.Applications.Take(r.Context(), deskdb.New{Service: s, Papers: papers, Files: f.files, By: v.User.ID, At: d.Now(),
		Day: d.today(), Consent: consent})
	if errors.Is(err, deskdb.ErrNone) {
		return &site.Problem{Status: http.StatusConflict, Message: site.Message{Heading: "Persetujuan pembacaan kartu tidak berlaku",
			Advice: []string{"Persetujuan ini sudah dipakai untuk permohonan lain. Baca kembali kartunya dengan persetujuan pemohon, " +
				"atau isi formulir dari dokumen yang diperlihatkan."}}}
	}
	if err != nil {
		return err
	}
	return d.Redirect(w, r, "/permohonan/"+strconv.FormatInt(id, 10)+"?selesai=terima")
}

// earlier is what the desk already has for a person: it is told before another application is begun.
func (d *Desk) earlier(r *http.Request, n nik.NIK, s desk.Service) (out []earlierRow, err error) {
	list, err := d.DB.Applications.Earlier(r.Context(), n, s.Key)
	if err != nil {
		return nil, err
	}
	services, err := d.DB.Services.Services(r.Context())
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		row := earlierRow{ID: e.ID, Number: e.Number, Service: e.Service, When: d.when(e.Created),
			What: "belum selesai: " + e.State.Label()}
		if i := slices.IndexFunc(services, func(s desk.Service) bool { return s.Key == e.Service }); i >= 0 {
			row.Service = services[i].Name
		}
		if e.Letter != "" {
			row.What = "sudah ada surat " + e.Letter
		}
		out = append(out, row)
	}
	return out, nil
}
