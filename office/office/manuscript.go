package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/document"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/manuscript"
	"gapura/office/procedure"
)

// A ManuscriptRegister draws up agreements and guidelines and keeps their versions.
type ManuscriptRegister struct{ o *Office }

// ManuscriptsOf is an office's.
func ManuscriptsOf(o *Office) ManuscriptRegister { return ManuscriptRegister{o} }

// A Subject is what a manuscript is of: an agreement, or the case that prepares one.
type Subject struct {
	Agency, Agreement, Case int64 // Agreement or Case is 0
}

var errNoSubject = &told.Error{Kind: told.Missing, Text: "Perjanjian tidak ditemukan."}

// List are an agency's, oldest first.
func (reg ManuscriptRegister) List(ctx context.Context, agency int64) ([]manuscript.Manuscript, error) {
	return reg.o.Store.Manuscripts.Manuscripts(ctx, agency)
}

// Find finds one of an agency's manuscripts.
func (reg ManuscriptRegister) Find(ctx context.Context, agency, id int64) (manuscript.Manuscript, error) {
	all, err := reg.List(ctx, agency)
	if err != nil {
		return manuscript.Manuscript{}, err
	}
	i := slices.IndexFunc(all, func(m manuscript.Manuscript) bool { return m.ID == id })
	if i < 0 {
		return manuscript.Manuscript{}, &told.Error{Kind: told.Missing, Text: "Naskah tidak ditemukan."}
	}
	return all[i], nil
}

// Blank is the form by which a manuscript is drawn up: what the newest version of either kind has, what the case knows, what is usual.
func (reg ManuscriptRegister) Blank(ctx context.Context, of Subject) (map[string]string, procedure.Facts, error) {
	x, err := reg.o.Store.Cases.Facts(ctx, of.Agency, reg.o.Now())
	if err != nil {
		return nil, x, err
	}
	s, err := reg.source(ctx, of, manuscript.PKS, x)
	if err != nil {
		return nil, x, err
	}
	all, err := reg.List(ctx, of.Agency)
	if err != nil {
		return nil, x, err
	}
	var before map[string]string
	for _, m := range all {
		if m.Of(of.Agreement, of.Case) || before == nil {
			before = m.Content.Filled
		}
	}
	return s.Initially(before), x, nil
}

// DrawUp makes the next version of a document from what is known now and what was filled in. Errors that the user must see are *told.Error
// and told.Errors.
func (reg ManuscriptRegister) DrawUp(ctx context.Context, who Actor, of Subject, k manuscript.Kind, typed map[string]string) error {
	if who.Role != party.Administrator && who.Role != party.Operator {
		return procedure.ErrReadOnly
	}
	if !slices.Contains(manuscript.Kinds, k) {
		return told.Wrong("jenis", "Pilih naskah yang disusun.")
	}
	x, err := reg.o.Store.Cases.Facts(ctx, of.Agency, reg.o.Now())
	if err != nil {
		return err
	}
	filled, faults := procedure.ReadFields(manuscript.Fields, typed, x)
	if err := faults.Err(); err != nil {
		return err
	}
	_, err = reg.draw(ctx, who.User, of, k, filled, x, occasion{})
	return err
}

// An occasion is why a version is drawn up without anybody asking for it; the zero occasion: somebody did.
type occasion struct {
	reason       string
	app, appCase int64 // an application that was registered, and by which case
}

// draw keeps the next version; with a reason, only when it says something else than the one before, and people are told.
func (reg ManuscriptRegister) draw(ctx context.Context, by int64, of Subject, k manuscript.Kind, filled map[string]string,
	x procedure.Facts,
	why occasion) (bool, error) {
	s, err := reg.source(ctx, of, k, x)
	if err != nil {
		return false, err
	}
	t, _, err := reg.o.Text(ctx, string(k))
	if err != nil {
		return false, err
	}
	values := s.Values(filled)
	clauses, err := document.Clauses(t, fill(t, values))
	if err != nil {
		return false, fmt.Errorf("draw up %s: %w", k, err)
	}
	all, err := reg.List(ctx, of.Agency)
	if err != nil {
		return false, err
	}
	last, found := manuscript.Last(all, k, of.Agreement, of.Case)
	if why.reason != "" { // a template that was changed revises nothing: what would it say with the values of then?
		was, err := document.Clauses(t, fill(t, last.Content.Values))
		if err != nil || !found || manuscript.Same(was, clauses) {
			return false, err
		}
	}
	m := manuscript.Manuscript{Agency: of.Agency, Agreement: of.Agreement, Case: of.Case, Kind: k, Version: last.Version + 1,
		Reason: why.reason, By: by, At: x.Now,
		Content: manuscript.Content{Filled: filled, Values: values, Clauses: clauses, App: why.app, AppCase: why.appCase}}
	pdf, err := document.RenderAll(t, reg.o.head(), originals(t, m, values), x.Now)
	if err != nil {
		return false, fmt.Errorf("render %s: %w", k, err)
	}
	f := procedure.File{Agency: of.Agency, Agreement: of.Agreement, Kind: string(k), Media: "application/pdf", Content: pdf,
		Title: fmt.Sprintf("Naskah %s versi %d", strings.ToLower(k.Name()), m.Version), Number: s.Agreement.ProviderNumber, By: by,
		At: x.Now}
	var notices []procedure.Notice
	if why.reason != "" {
		notices = []procedure.Notice{{Agency: party.Provider, At: x.Now, Path: "/konsol/naskah/" + x.Institution.Code,
			Text: fmt.Sprintf("%s %s: versi %d disusun, menunggu paraf. %s.", k.Name(), x.Institution.Name, m.Version, why.reason)}}
	}
	_, err = reg.o.Store.Manuscripts.KeepManuscript(ctx, journal.Change{At: x.Now, By: by, Reason: why.reason,
		Subject: manuscriptName(m, s.Agreement), After: fmt.Sprintf("versi %d disusun, SHA-256 %x", m.Version, sha256.Sum256(pdf))},
		m, f, notices)
	return err == nil, err
}

func manuscriptName(m manuscript.Manuscript, a agreement.Agreement) string {
	if a.ProviderNumber == "" {
		return fmt.Sprintf("Naskah %s (berkas %d)", strings.ToLower(m.Kind.Name()), m.Case)
	}
	return "Naskah " + strings.ToLower(m.Kind.Name()) + " " + a.ProviderNumber
}

// originals are the two that are signed (PKS 10): the first bears the stamp at the second party, the other one at the first.
func originals(t document.Template, m manuscript.Manuscript, values map[string]string) (all []map[string]string) {
	for n, stamp := range []string{"2", "1"} {
		v := fill(t, values)
		v["meterai"] = stamp
		v["nomor"] = fmt.Sprintf("%s, versi %d, rangkap %d dari 2", m.Kind.Name(), m.Version, n+1)
		all = append(all, v)
	}
	return all
}

// source reads what a manuscript is drawn up from. An agreement is printed with the terms as it was signed; its guideline with those of
// today.
func (reg ManuscriptRegister) source(ctx context.Context, of Subject, k manuscript.Kind, x procedure.Facts) (s manuscript.Source,
	err error) {
	d := reg.o.Details
	s = manuscript.Source{Government: d.Government, Office: d.Name, Address: d.Address, Place: d.Place, Official: d.Official,
		OfficialPosition: d.OfficialPosition, OfficialID: d.OfficialID, Email: d.Email, URL: d.URL, Institution: x.Institution,
		Head: x.Head(), Bandwidth: x.Connection.Bandwidth}
	if s.Contacts, err = reg.o.Store.Institutions.Contacts(ctx, of.Agency); err != nil {
		return s, err
	}
	if s.Applications, err = reg.o.Store.Manuscripts.Applications(ctx, of.Agency); err != nil {
		return s, err
	}
	if of.Agreement == 0 {
		return s, reg.proposed(ctx, of, x, &s)
	}
	st, err := reg.o.Store.Rights.Everyone(ctx)
	if err != nil {
		return s, err
	}
	i := slices.IndexFunc(st, func(st access.Standing) bool { return st.Institution.ID == of.Agency })
	if i < 0 {
		return s, errNoSubject
	}
	n := slices.IndexFunc(st[i].Agreements, func(a agreement.Agreement) bool { return a.ID == of.Agreement })
	if n < 0 {
		return s, errNoSubject
	}
	s.Agreement = st[i].Agreements[n]
	s.Grant = s.Agreement.At(x.Now, x.Today)
	if k == manuscript.PKS {
		signed := s.Agreement
		signed.Addenda = nil
		s.Grant = signed.At(x.Now, x.Today)
	}
	return s, nil
}

// proposed reads the agreement that a case prepares, once its terms are fixed.
func (reg ManuscriptRegister) proposed(ctx context.Context, of Subject, x procedure.Facts, s *manuscript.Source) error {
	c, found, err := reg.o.Store.Cases.Case(ctx, of.Case, reg.o.Procedures)
	if err != nil {
		return err
	}
	if !found || c.Agency != of.Agency || c.Procedure.Key != "pks" || c.State != procedure.Open {
		return errNoSubject
	}
	if s.Agreement, err = c.Proposed(x); err != nil {
		if _, refused := told.Text(err); refused {
			return told.Refuse("Ketentuan perjanjian pada berkas ini belum diisi.")
		}
		return err
	}
	a := s.Agreement
	s.Grant = a.At(x.Now, x.Today)
	named, err := c.Contacts(x)
	if err != nil {
		return err
	}
	if len(named) > 0 {
		s.Contacts = named
	}
	s.Known = map[string]string{"nomor_persetujuan": c.Value("nomor_persetujuan"), "tanggal_persetujuan": c.Value("tanggal_persetujuan")}
	return nil
}

// PutInitial records the initials of one party on the pages of a version.
func (reg ManuscriptRegister) PutInitial(ctx context.Context, who Actor, agency, id int64, i manuscript.Initial) error {
	m, err := reg.manuscriptToMark(ctx, who, agency, id)
	if err != nil {
		return err
	}
	x, err := reg.o.Store.Cases.Facts(ctx, agency, reg.o.Now())
	if err != nil {
		return err
	}
	var faults told.Errors
	i.Name, i.Position = strings.Join(strings.Fields(i.Name), " "), strings.Join(strings.Fields(i.Position), " ")
	n := slices.IndexFunc(manuscript.Sides, func(s procedure.Option) bool { return s.Value == i.Side })
	if n < 0 {
		faults.Add("pihak", "Pilih pihak yang membubuhkan paraf.")
	}
	if i.Name == "" || i.Position == "" || len(i.Name) > 200 || len(i.Position) > 200 {
		faults.Add("nama", "Nama dan jabatan pembubuh paraf harus diisi, masing-masing paling panjang 200 karakter.")
	}
	if i.On.Before(x.Institution.Zone.Day(m.At)) || i.On.After(x.Today) {
		faults.Add("tanggal", "Tanggal paraf harus diisi, sejak naskah disusun dan tidak di masa depan.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	i.By, i.At = who.User, x.Now
	return reg.o.Store.Manuscripts.AddInitial(ctx, journal.Change{At: i.At, By: i.By, Subject: m.File.Title,
		After: "paraf " + manuscript.Sides[n].Label + " dibubuhkan"}, m, i)
}

// KeepSigned keeps the scan of the signed version.
func (reg ManuscriptRegister) KeepSigned(ctx context.Context, who Actor, agency, id int64, scans []procedure.File) error {
	m, err := reg.manuscriptToMark(ctx, who, agency, id)
	if err != nil {
		return err
	}
	if len(scans) != 1 {
		return told.Wrong("pindaian", "Unggah satu berkas pindaian naskah yang sudah ditandatangani.")
	}
	f := scans[0]
	f.Agency, f.Agreement, f.Kind, f.By, f.At = m.Agency, m.Agreement, "scan", who.User, reg.o.Now()
	f.Title, f.Number = m.File.Title+", ditandatangani", m.File.Number
	return reg.o.Store.Manuscripts.KeepScan(ctx, journal.Change{At: f.At, By: f.By, Subject: m.File.Title,
		After: fmt.Sprintf("pindaian bertanda tangan disimpan, SHA-256 %x", sha256.Sum256(f.Content))}, m, f)
}

func (reg ManuscriptRegister) manuscriptToMark(ctx context.Context, who Actor, agency, id int64) (manuscript.Manuscript, error) {
	if who.Role != party.Administrator && who.Role != party.Operator {
		return manuscript.Manuscript{}, procedure.ErrReadOnly
	}
	return reg.Find(ctx, agency, id)
}

// revise draws up the next version of an agency's guideline when what it says has changed: terms by an addendum on its day, applications,
// contact persons (Juknis II.D.3). It follows from the data, so that looking twice draws up nothing twice.
func (reg ManuscriptRegister) revise(ctx context.Context, st access.Standing, now time.Time, why occasion) error {
	all, err := reg.List(ctx, st.Institution.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	x, err := reg.o.Store.Cases.Facts(ctx, st.Institution.ID, now)
	if err != nil {
		return err
	}
	var errs []error
	for _, a := range st.Agreements {
		last, ok := manuscript.Last(all, manuscript.Juknis, a.ID, 0)
		if !ok || !a.At(now, x.Today).State.Works() {
			continue
		}
		_, err := reg.draw(ctx, 0, Subject{Agency: a.Agency, Agreement: a.ID}, manuscript.Juknis, last.Content.Filled, x, why)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// registeredApp revises the guideline at once when a step has registered an application (Juknis II.D.3). What fails here is drawn up by the
// next look, because it follows from the data.
func (reg ManuscriptRegister) registeredApp(ctx context.Context, c *procedure.Case, r procedure.Result, made []Applied,
	x procedure.Facts) error {
	for n, e := range r.Effects {
		app, ok := e.(procedure.RegisterApplication)
		if !ok || x.Agreement == nil {
			continue
		}
		st := access.Standing{Institution: x.Institution, Agreements: access.Agreements{*x.Agreement}}
		if err := reg.revise(ctx, st, x.Now, occasion{fmt.Sprintf("Aplikasi %s didaftarkan (berkas %d)", app.App.Name, c.ID), made[n].ID,
			c.ID}); err != nil {
			return fmt.Errorf("revise the guideline for application %d: %w", made[n].ID, err)
		}
	}
	return nil
}

// revisedFor says in the letter of a registration what became of the guideline.
func (reg ManuscriptRegister) revisedFor(ctx context.Context, c *procedure.Case) (string, error) {
	all, err := reg.List(ctx, c.Agency)
	if m, ok := manuscript.ForCase(all, c.ID); ok {
		return fmt.Sprintf("Dokumen Petunjuk Teknis diubah menjadi versi %d, yang memuat aplikasi tersebut dan dibubuhi paraf kedua pihak.",
			m.Version), err
	}
	return "Aplikasi tersebut dimuat dalam dokumen Petunjuk Teknis yang disusun berikutnya.", err
}
