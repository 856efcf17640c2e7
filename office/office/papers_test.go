package office_test

import (
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/internal/document/pdftest"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// begin opens a case and takes its first step.
func (w *world) begin(agency int64, key string, in procedure.Input, scans ...procedure.File) int64 {
	w.Helper()
	id, err := w.office.Open(w.Context(), operator, agency, key)
	if err == nil {
		_, err = w.office.Take(w.Context(), operator, id, 0, in, scans)
	}
	if err != nil {
		w.Fatal(key, err)
	}
	return id
}

// letterOf is what the last letter of a case says.
func (w *world) letterOf(id int64) string {
	w.Helper()
	files, err := w.store.Files.FilesOfCase(w.Context(), id)
	if err != nil || len(files) == 0 {
		w.Fatal(len(files), err)
	}
	pdf, err := w.store.Files.FileContent(w.Context(), files[len(files)-1].ID)
	if err != nil {
		w.Fatal(err)
	}
	return strings.Join(strings.Fields(pdftest.Text(w, pdf)), " ")
}

// The SPTJM names both numbers of the agreement and the letter by which was asked for it; while an extension is asked for it is the form of
// the extension, with that letter. Its end is the signing of the addendum (Juknis VI.D).
func TestTheSPTJMFollowsTheStateOfTheAgreement(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, g := w.agency("dinpertan")
		x, err := w.store.Cases.Facts(t.Context(), i.ID, w.now)
		if err != nil {
			t.Fatal(err)
		}
		numbers := "Nomor " + x.Agreement.ProviderNumber + " dan Nomor " + x.Agreement.AgencyNumber
		first := w.letterOf(w.begin(i.ID, "sptjm", procedure.Input{}))
		for _, part := range []string{numbers, "selama Perjanjian Kerja Sama berlaku", "berlaku sampai dengan Addendum Perjanjian Kerja Sama " +
			"ditandatangani", "Kartu Tanda Penduduk terlampir", "Sesuaikan status PKS-nya", "FR.01-SOP-08/DITJEN-DUKCAPIL"} {
			if !strings.Contains(first, part) {
				t.Errorf("the first form does not say %q:\n%s", part, first)
			}
		}
		if strings.Contains(first, "selama proses perpanjangan") {
			t.Error("nobody has asked for an extension")
		}
		w.now = g.EndsOn.AddDate(0, -3, 0)
		w.begin(i.ID, "perpanjangan", procedure.Input{Letter: "470/77/REKAAN", LetterDay: i.Zone.Day(w.now).AddDate(0, 0, -1),
			Values: map[string]string{"berlaku_sampai": g.EndsOn.AddDate(2, 0, 0).Format(time.DateOnly),
				"mulai": g.EndsOn.AddDate(0, 0, 1).Format(time.DateOnly)}},
			procedure.File{Title: "surat.pdf", Media: "application/pdf", Content: []byte("%PDF-1.7 rekaan")})
		second := w.letterOf(w.begin(i.ID, "sptjm", procedure.Input{}))
		for _, part := range []string{numbers, "surat permohonan Perpanjangan Perjanjian Kerja Sama Nomor 470/77/REKAAN tanggal",
			"Bertanggung jawab atas akses selama proses perpanjangan berlangsung"} {
			if !strings.Contains(second, part) {
				t.Errorf("the form of the extension does not say %q:\n%s", part, second)
			}
		}
	})
}

// Who may permit what the NDA keeps secret is a term of the agreement; without one it is the provider's office.
func TestTheNDANamesWhoMayPermit(t *testing.T) {
	w := open(t, storetest.SQLite(t))
	i, _ := w.agency("dinpertan")
	x, err := w.store.Cases.Facts(t.Context(), i.ID, w.now)
	if err != nil {
		t.Fatal(err)
	}
	nda := func() string {
		return w.letterOf(w.begin(i.ID, "nda", procedure.Input{Values: map[string]string{"pengguna": x.Users[0].Login}}))
	}
	if said := nda(); !strings.Contains(said, "tanpa izin tertulis dari Dinas Rekaan, baik selama") {
		t.Error(said)
	}
	change, err := agreement.Amend(func(field string) string { return map[string]string{"pemberi_izin": "Sekretariat Rekaan"}[field] },
		*x.Grant)
	if err != nil {
		t.Fatal(err)
	}
	add := procedure.AddAddendum{Agreement: *x.Agreement, Was: *x.Grant, Addendum: agreement.Addendum{Number: "A-1", Change: change,
		EffectiveOn: x.Today}}
	if _, err := w.store.Rights.Apply(t.Context(), journal.Change{At: w.now, By: 1, Reason: "uji"}, add); err != nil {
		t.Fatal(err)
	}
	if said := nda(); !strings.Contains(said, "tanpa izin tertulis dari Sekretariat Rekaan, baik selama") {
		t.Error(said)
	}
}
