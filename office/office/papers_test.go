package office_test

import (
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/document"
	"gapura/internal/document/pdftest"
	"gapura/journal/journal"
	"gapura/office/manuscript"
	"gapura/office/office"
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
		for _, part := range []string{numbers, "selama Perjanjian Kerja Sama berlaku",
			"berlaku sampai dengan Addendum Perjanjian Kerja Sama " +
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

// filled is the form of a manuscript as somebody fills it in.
var filled = map[string]string{"urusan": "pertanian", "singkatan": "DINPERTAN", "layanan": "verifikasi penerima bantuan",
	"peraturan_daerah": "Peraturan Bupati Rekaan Nomor 12 Tahun 2016", "nomor_persetujuan": "400.8/1/Dukcapil",
	"tanggal_persetujuan": "2025-07-25", "titik": "1", "bandwidth": "1 Mbps", "tersambung": "minggu ke-3 bulan September 2026",
	"url_balikan": "https://gapura.rekaan.example/api/v1/balikan"}

// The agreement and its guideline are drawn up from what is known, as two originals with the stamp at one party each; versions, initials
// and the signed scan are kept with checksums and recorded; the guideline is revised by itself when an addendum has taken effect, once
// (E14).
func TestAgreementAndGuidelineAreDrawnUpAndRevised(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, g := w.agency("dinpertan")
		of := office.Subject{Agency: i.ID, Agreement: g.Agreement}
		ctx := t.Context()
		if err := office.ManuscriptsOf(w.office).DrawUp(ctx, operator, of, manuscript.PKS, map[string]string{"titik": "1"}); err == nil {
			t.Error("drawn up with an empty form")
		}
		if err := office.ManuscriptsOf(w.office).DrawUp(ctx, office.Actor{User: 9, Role: party.Auditor}, of, manuscript.PKS,
			filled); !errors.Is(err,
			procedure.ErrReadOnly) {
			t.Errorf("an auditor: %v", err)
		}
		if err := office.ManuscriptsOf(w.office).DrawUp(ctx, operator, office.Subject{Agency: i.ID, Agreement: 10_000}, manuscript.PKS,
			filled); err == nil {
			t.Error("drawn up for an agreement that there is not")
		}
		for _, k := range manuscript.Kinds {
			if err := office.ManuscriptsOf(w.office).DrawUp(ctx, operator, of, k, filled); err != nil {
				t.Fatal(k, err)
			}
		}
		list := func() []manuscript.Manuscript {
			t.Helper()
			all, err := office.ManuscriptsOf(w.office).List(ctx, i.ID)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		all := list()
		if len(all) != 2 || all[0].Version != 1 || all[1].Kind != manuscript.Juknis || all[0].File.Kind != "pks" {
			t.Fatalf("%d manuscripts", len(all))
		}
		pdf, err := w.store.Files.FileContent(ctx, all[0].File.ID)
		if err != nil || sha256.Sum256(pdf) != all[0].File.SHA256 {
			t.Fatal("the checksum", err)
		}
		said := pdftest.Text(t, pdf)
		for _, part := range []string{"rangkap 1 dari 2", "rangkap 2 dari 2", "Pasal 10", "Peraturan Bupati Rekaan Nomor 12 Tahun 2016"} {
			if !strings.Contains(said, part) {
				t.Errorf("the agreement does not say %q", part)
			}
		}
		if n := strings.Count(said, "Meterai 10.000"); n != 2 {
			t.Errorf("%d places for stamps on two originals", n)
		}

		w.initials(i, all[0])
		scan := procedure.File{Media: "application/pdf", Content: []byte("%PDF-1.7 ditandatangani")}
		if err := office.ManuscriptsOf(w.office).KeepSigned(ctx, operator, i.ID, all[0].ID, []procedure.File{scan}); err != nil {
			t.Fatal(err)
		}
		if err := office.ManuscriptsOf(w.office).KeepSigned(ctx, operator, i.ID, all[0].ID, []procedure.File{scan}); err == nil {
			t.Error("a second signed scan took the place of the first")
		}
		other, _ := w.agency("dinsos")
		if err := office.ManuscriptsOf(w.office).KeepSigned(ctx, operator, other.ID, all[1].ID, []procedure.File{scan}); err == nil {
			t.Error("another agency's manuscript")
		}
		if m := list()[0]; m.Scan.ID == 0 || m.Scan.SHA256 != sha256.Sum256(scan.Content) || !m.Initialled() {
			t.Errorf("%+v", m.Scan)
		}

		look := func() {
			t.Helper()
			if err := office.RemindersOf(w.office).Look(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if look(); len(list()) != 2 {
			t.Fatal("revised without a change")
		}
		text, _ := document.Default("juknis")
		change := procedure.ChangeSetting{Institution: party.Provider, Kind: procedure.SettingTemplate, Subject: "Templat juknis",
			After: "versi 1", Text: text.Text + "\n\nTambahan.", Value: `{"Key":"juknis","Version":0}`}
		if _, err := w.store.Rights.Apply(ctx, journal.Change{At: w.now, By: 1, Reason: "uji"}, change); err != nil {
			t.Fatal(err)
		}
		if look(); len(list()) != 2 {
			t.Fatal("revised because the template was changed")
		}
		x, err := w.store.Cases.Facts(ctx, i.ID, w.now)
		if err != nil {
			t.Fatal(err)
		}
		quota := 777
		add := procedure.AddAddendum{Agreement: *x.Agreement, Was: *x.Grant, Addendum: agreement.Addendum{Number: "A-9",
			EffectiveOn: x.Today.AddDate(0, 0, 3), Change: agreement.Change{Quota: &quota}}}
		if _, err := w.store.Rights.Apply(ctx, journal.Change{At: w.now, By: 1, Reason: "uji"}, add); err != nil {
			t.Fatal(err)
		}
		if look(); len(list()) != 2 {
			t.Error("revised before the addendum took effect")
		}
		w.now = w.now.AddDate(0, 0, 3)
		look()
		look()
		all = list()
		if len(all) != 3 || all[2].Kind != manuscript.Juknis || all[2].Version != 2 || all[2].By != 0 || all[2].Reason == "" {
			t.Fatalf("%d manuscripts after the addendum", len(all))
		}
		changed := 0
		for _, r := range manuscript.Compare(all[1].Content.Clauses, all[2].Content.Clauses) {
			if r.Changed {
				changed++
			}
		}
		if changed != 2 { // the quota, and what was added to the template
			t.Errorf("%d clauses differ", changed)
		}
		if !slices.ContainsFunc(w.notices(party.Provider), func(n procedure.Notice) bool {
			return strings.Contains(n.Text, "versi 2 disusun") && n.Path == "/konsol/naskah/dinpertan"
		}) {
			t.Error("nobody is told of the revision")
		}
	})
}

// The registration of an application revises the guideline at once: the new version is of the case, names the application, and stands in
// the letter; the look that comes after draws up nothing more (Juknis II.D.3). Without a guideline there is nothing to revise.
func TestANewApplicationRevisesTheGuidelineAtOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, g := w.agency("dinkes")
		list := func() []manuscript.Manuscript {
			t.Helper()
			all, err := office.ManuscriptsOf(w.office).List(t.Context(), i.ID)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		register := func(name string) string {
			t.Helper()
			id := w.begin(i.ID, "aplikasi", procedure.Input{Letter: "470/3/REKAAN", LetterDay: i.Zone.Day(w.now),
				Values: map[string]string{"nama_aplikasi": name, "jenis_aplikasi": "program", "metode_aplikasi": "api",
					"penanggung_jawab": "Rekaan, Kepala Bidang", "uraian_aplikasi": "uji"}})
			w.take(chief, id, nil, "")
			c, _, err := w.store.Cases.Case(t.Context(), id, w.office.Procedures)
			if err != nil || c.State != procedure.Done {
				t.Fatal(c.State, err)
			}
			if m, ok := manuscript.ForCase(list(), id); ok != (len(list()) > 0) || ok && !strings.Contains(m.Reason, name) {
				t.Errorf("revised for the case: %v, %q", ok, m.Reason)
			}
			return w.letterOf(id)
		}
		if got := register("Aplikasi Awal"); !strings.Contains(got, "disusun berikutnya") || len(list()) != 0 {
			t.Errorf("%d manuscripts, %s", len(list()), got)
		}
		if err := office.ManuscriptsOf(w.office).DrawUp(t.Context(), operator, office.Subject{Agency: i.ID, Agreement: g.Agreement},
			manuscript.Juknis,
			filled); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Hour)
		if got := register("Aplikasi Kedua"); !strings.Contains(got, "menjadi versi 2, yang memuat aplikasi tersebut") {
			t.Error(got)
		}
		all := list()
		x, err := w.store.Cases.Facts(t.Context(), i.ID, w.now)
		if err != nil || len(all) != 2 {
			t.Fatal(len(all), err)
		}
		n := slices.IndexFunc(x.Apps, func(a party.App) bool { return a.Name == "Aplikasi Kedua" })
		if all[1].Content.App != x.Apps[n].ID || !strings.Contains(all[1].Content.Values["daftar_aplikasi"], "Aplikasi Kedua") {
			t.Errorf("of application %d: %q", all[1].Content.App, all[1].Content.Values["daftar_aplikasi"])
		}
		if err := office.RemindersOf(w.office).Look(t.Context()); err != nil || len(list()) != 2 {
			t.Errorf("the next look: %d manuscripts, %v", len(list()), err)
		}
	})
}

// initials are put once by each party, not before the version was there, and not ahead.
func (w *world) initials(i party.Institution, m manuscript.Manuscript) {
	w.Helper()
	today := i.Zone.Day(w.now)
	for n, x := range []struct {
		side string
		day  time.Time
		good bool
	}{{"agency", today.AddDate(0, 0, -1), false}, {"agency", today.AddDate(0, 0, 1), false}, {"sendiri", today, false},
		{"agency", today, true}, {"agency", today, false}, {"provider", today, true}} {
		err := office.ManuscriptsOf(w.office).PutInitial(w.Context(), operator, i.ID, m.ID, manuscript.Initial{Side: x.side,
			Name:     "Rekaan Dua",
			Position: "Kepala Bidang", On: x.day})
		if (err == nil) != x.good {
			w.Errorf("initials %d: %v", n, err)
		}
	}
}

// drafted are the terms of an agreement as the second step of its case asks for them.
func (w *world) drafted(i party.Institution) map[string]string {
	today := i.Zone.Day(w.now)
	return map[string]string{"nomor_persetujuan": "400.8/7/Dukcapil",
		"tanggal_persetujuan": today.Format(time.DateOnly), "tentang": "Uji naskah", "elemen": "nik\nnama_lengkap", "metode": "portal",
		"kuota": "200", "jaringan": "10.9.0.0/16", "tujuan": "uji", "berlaku_sampai": today.AddDate(2, 0, 0).Format(time.DateOnly)}
}

// The letter that asks for an agreement may be corrected by who wrote it down, before the next step; the SPTJM that is printed then names
// the letter as it was corrected.
func TestTheSPTJMNamesTheRequestAsItWasCorrected(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, _ := w.agency("dinsos")
		in := procedure.Input{Letter: "470/9/KELIRU", LetterDay: i.Zone.Day(w.now)}
		id := w.begin(i.ID, "pks", in)
		in.Letter = "470/10/BENAR"
		if _, err := w.office.Correct(t.Context(), operator, id, 1, in, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := w.step(operator, id, procedure.Input{Values: w.drafted(i)}); err != nil {
			t.Fatal(err)
		}
		said, want := w.letterOf(id), "surat permohonan Perjanjian Kerja Sama Nomor 470/10/BENAR tanggal"
		if !strings.Contains(said, want) || strings.Contains(said, "KELIRU") {
			t.Error(said)
		}
	})
}

// What is drawn up while an agreement is prepared, before it has numbers, becomes the agreement's when that is signed.
func TestManuscriptsOfACaseBecomeTheAgreements(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, _ := w.agency("dinsos")
		today := i.Zone.Day(w.now).Format(time.DateOnly)
		id := w.begin(i.ID, "pks", procedure.Input{Letter: "470/9/REKAAN", LetterDay: i.Zone.Day(w.now)})
		of := office.Subject{Agency: i.ID, Case: id}
		if err := office.ManuscriptsOf(w.office).DrawUp(t.Context(), operator, of, manuscript.PKS, filled); err == nil {
			t.Error("drawn up before the terms are known")
		}
		scan := []procedure.File{{Title: "persetujuan.pdf", Media: "application/pdf", Content: []byte("%PDF-1.7 rekaan")}}
		take := func(who office.Actor, saw int, in procedure.Input) {
			t.Helper()
			if _, err := w.office.Take(t.Context(), who, id, saw, in, scan); err != nil {
				t.Fatal(err)
			}
		}
		take(operator, 1, procedure.Input{Values: w.drafted(i)})
		form, _, err := office.ManuscriptsOf(w.office).Blank(t.Context(), of)
		if err != nil || form["nomor_persetujuan"] != "400.8/7/Dukcapil" || form["layanan"] != "uji" {
			t.Fatalf("the form begins as %v: %v", form, err)
		}
		if err := office.ManuscriptsOf(w.office).DrawUp(t.Context(), operator, of, manuscript.PKS, filled); err != nil {
			t.Fatal(err)
		}
		take(operator, 2, procedure.Input{Values: map[string]string{"nomor_dinas": "400.12/77", "nomor_instansi": "470/77",
			"ditandatangani": today}})
		take(office.Actor{User: 1, Role: party.Administrator}, 3, procedure.Input{Verdict: procedure.Approve})
		_, g := w.agency("dinsos")
		all, err := office.ManuscriptsOf(w.office).List(t.Context(), i.ID)
		if err != nil || len(all) != 1 {
			t.Fatal(len(all), err)
		}
		if all[0].Agreement == 0 || g == nil || !all[0].Of(all[0].Agreement, 0) {
			t.Errorf("it is of agreement %d, case %d", all[0].Agreement, all[0].Case)
		}
	})
}
