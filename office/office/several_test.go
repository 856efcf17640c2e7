package office_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"gapura/agreement/party"
	"gapura/internal/document/pdftest"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// several is a request for an officer, a program with its tokens, and another officer like the first.
func several() map[string]string {
	v := maps.Clone(request)
	maps.Copy(v, map[string]string{
		"nik-2": "3303014812880001", "nama-2": "Rekaan Pranata", "nip-2": "19881208 201503 2 001", "status_kepegawaian-2": "pppk",
		"jabatan-2": "Pranata Komputer", "surel-2": "pranata@dinpertan.example", "user_id-2": "antrean.dinpertan", "peran-2": "application",
		"metode_pengguna-2": "api", "token-2": "api\nbalikan", "aplikasi-2": "Antrean Tani", "kegunaan-2": "verifikasi pemohon",
		"nik-3": "3303010203700003", "nama-3": "Rekaan Ketiga", "nip-3": "19700302 199503 1 001", "status_kepegawaian-3": "pns",
		"jabatan-3": "Petugas Lapangan", "user_id-3": "petugas3.dinpertan", "peran-3": "officer", "surel-3": "ketiga@dinpertan.example",
	})
	return v
}

// papers are those of a case by their kind, as they are read.
func (w *world) papers(id int64) map[string]string {
	w.Helper()
	list, err := w.store.Files.FilesOfCase(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range list {
		if f.Kind == "scan" {
			continue
		}
		content, err := w.store.Files.FileContent(w.Context(), f.ID)
		if err != nil {
			w.Fatal(err)
		}
		out[f.Kind] = pdftest.Text(w, content)
	}
	return out
}

// One letter of an agency asks for several people: each has a form of their own to sign, one decision makes all user ids, one BAST lists
// them with their tokens' fingerprints, each signs an NDA, and each gets a slip of their own whose second half goes to their own address.
func TestOneLetterAsksForSeveralUserIDs(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		own := w.actor("admin.dinpertan")
		taken := several()
		taken["user_id-3"] = "petugas.dinsos"
		if _, err := office.RequestsOf(w.office).Ask(t.Context(), own, "user-id", procedure.Input{Values: taken}); !strings.Contains(
			told.Invalids(err).Of("user_id-3"), "sudah dipakai") {
			t.Fatal("the third takes a user id of another agency's:", err)
		}
		id, err := office.RequestsOf(w.office).Ask(t.Context(), own, "user-id", procedure.Input{Values: several()})
		if err != nil {
			t.Fatal(err)
		}
		pdf, err := office.RequestsOf(w.office).Form(t.Context(), own, id)
		if err != nil {
			t.Fatal(err)
		}
		forms := strings.Split(strings.TrimSuffix(pdftest.Text(t, pdf), "\f"), "\f")
		if len(forms) != 3 {
			t.Fatalf("%d forms for three people", len(forms))
		}
		for i, says := range [][]string{{"3303014507900002", "Rekaan Baru", "PNS", "Petugas Loket", "petugas2.dinpertan"},
			{"3303014812880001", "Rekaan Pranata", "PPPK", "Pranata Komputer", "Antrean Tani", "Jalan Contoh Nomor 1", "33.03"},
			{"3303010203700003", "Rekaan Ketiga", "Petugas Lapangan", "Web portal", "Jalan Contoh Nomor 1"}} {
			for _, want := range says {
				if !strings.Contains(forms[i], want) {
					t.Errorf("form %d does not say %q", i+1, want)
				}
			}
			if other := []string{"Rekaan Ketiga", "Rekaan Baru", "Rekaan Pranata"}[i]; strings.Contains(forms[i], other) {
				t.Errorf("form %d names %s", i+1, other)
			}
		}
		if _, err := w.step(own, id, letter); err != nil {
			t.Fatal(err)
		}
		for _, login := range []string{"petugas2.dinpertan", "antrean.dinpertan", "petugas3.dinpertan"} {
			if _, ok, _ := w.store.Users.UserByLogin(t.Context(), login); ok {
				t.Error("before the decision there is", login)
			}
		}
		if _, err := w.step(admin, id, procedure.Input{Verdict: procedure.Approve}); err != nil {
			t.Fatal(err)
		}
		x, err := w.store.Cases.Facts(t.Context(), own.Agency, w.now)
		if err != nil {
			t.Fatal(err)
		}
		papers := w.papers(id)
		bast, nda := strings.Join(strings.Fields(papers["bast-user-id"]), " "), papers["nda"]
		prepared := 0
		for _, c := range x.Tokens {
			if c.At(w.now) == party.Prepared {
				prepared++
				if !strings.Contains(strings.ReplaceAll(bast, " ", ""), c.Fingerprint) {
					t.Errorf("the BAST does not name the token %s", c.Fingerprint)
				}
			}
		}
		if prepared != 2 {
			t.Errorf("%d tokens wait for their owner", prepared)
		}
		squeezed := strings.ReplaceAll(bast, " ", "")
		for _, want := range []string{"petugas2.dinpertan", "antrean.dinpertan", "petugas3.dinpertan", "Rekaan", "Pranata", "Ketiga",
			"Ir.WiratmajaSunarya"} {
			if !strings.Contains(squeezed, want) {
				t.Errorf("the BAST does not say %q:\n%s", want, papers["bast-user-id"])
			}
		}
		for _, name := range []string{"Rekaan Baru", "Rekaan Pranata", "Rekaan Ketiga"} {
			if n := strings.Count(nda, name); n != 2 { // in its head and under its signature
				t.Errorf("the NDAs name %s %d times", name, n)
			}
		}
		// The second could not come: theirs is signed later, and their slip is theirs all the same.
		if _, err := w.step(operator, id, procedure.Input{Values: map[string]string{"nda_ditandatangani": "2026-09-16",
			"nda_ditandatangani-2": "", "nda_ditandatangani-3": "2026-09-16", "nda_formulir": "FR.01"}}); err != nil {
			t.Fatal(err)
		}
		if out, err := w.step(admin, id, procedure.Input{Verdict: procedure.Approve}); err != nil || out.State != procedure.Done {
			t.Fatal(out, err)
		}
		day := party.WIB.Day(w.now)
		for login, want := range map[string]party.UserState{"petugas2.dinpertan": party.Unactivated, "antrean.dinpertan": party.NoNDA,
			"petugas3.dinpertan": party.Unactivated} {
			if got := w.user(login).At(w.now, day); got != want {
				t.Errorf("%s is %v, want %v", login, got, want)
			}
		}
		if u := w.user("petugas3.dinpertan"); !slices.Equal(u.Methods, []string{"portal"}) || u.Position != "Petugas Lapangan" {
			t.Errorf("%+v", u)
		}
		slips, err := w.store.Credentials.OpenSlips(t.Context(), own.Agency, w.now)
		if err != nil {
			t.Fatal(err)
		}
		codes := map[string]string{}
		for _, s := range slips {
			code, _, err := w.store.Credentials.PrintSlip(t.Context(), journal.Change{At: w.now, By: admin.User}, s.ID)
			if err != nil {
				t.Fatal(err)
			}
			codes[s.OwnerLogin] = code
		}
		mails, err := w.store.Mails.MailList(t.Context(), 0, 50)
		if err != nil {
			t.Fatal(err)
		}
		for login, address := range map[string]string{"petugas2.dinpertan": "baru@dinpertan.example",
			"antrean.dinpertan": "pranata@dinpertan.example", "petugas3.dinpertan": "ketiga@dinpertan.example"} {
			var half string
			for _, m := range mails {
				if _, after, ok := strings.Cut(m.Body, "Kode kedua Anda: "); ok && m.To == address {
					half = after[:14]
				}
			}
			got, ok, err := w.store.Credentials.Redeem(t.Context(), codes[login], half, "hash", w.now)
			if err != nil || !ok || (len(got) == 2) != (login == "antrean.dinpertan") {
				t.Errorf("%s: %v, %d tokens: %v", login, ok, len(got), err)
			}
		}
		w.formOfChange()
	})
}

// formOfChange holds that the form by which rights are changed says all seven of Juknis II.A.3.a of each person who is listed.
func (w *world) formOfChange() {
	w.Helper()
	own := w.actor("admin.dinpertan")
	id, err := office.RequestsOf(w.office).Ask(w.Context(), own, "perubahan-user", procedure.Input{Values: map[string]string{
		"pengguna": "petugas2.dinpertan", "metode_pengguna": "portal", "hak_data": "match", "status_kepegawaian": "pppk",
		"kode_wilayah": "33.03", "kantor": "Kantor Rekaan, Jalan Contoh 1",
		"pengguna-2": "petugas3.dinpertan", "status_kepegawaian-2": "lainnya", "kantor-2": "UPTD Rekaan, Jalan Contoh 2"}})
	if err != nil {
		w.Fatal(err)
	}
	pdf, err := office.RequestsOf(w.office).Form(w.Context(), own, id)
	if err != nil {
		w.Fatal(err)
	}
	forms := strings.Split(strings.TrimSuffix(pdftest.Text(w, pdf), "\f"), "\f")
	if len(forms) != 2 {
		w.Fatalf("%d forms for two", len(forms))
	}
	for n, want := range [][]string{
		{request["nik"], request["nama"], request["nip"], "PPPK", w.user("petugas2.dinpertan").Position, "33.03",
			"Kantor Rekaan, Jalan Contoh 1"},
		{"3303010203700003", w.user("petugas3.dinpertan").Name, "19700302 199503 1 001", "Lainnya", w.user("petugas3.dinpertan").Position,
			"33.03", "UPTD Rekaan, Jalan Contoh 2"},
	} {
		said := strings.Join(strings.Fields(forms[n]), " ")
		for i, text := range want {
			if text == "" || !strings.Contains(said, text) {
				w.Errorf("the form of person %d lacks field %d) of Juknis II.A.3.a, %q", n+1, i+1, text)
			}
		}
		if strings.Contains(said, "………………………… ") {
			w.Errorf("the form of person %d has a blank", n+1)
		}
	}
}

// One letter changes the rights of several: a form for each, a BAST that lists all, and no right is other before that is signed.
func TestOneLetterChangesTheRightsOfSeveral(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		own := w.actor("admin.dinpertan")
		id, err := office.RequestsOf(w.office).Ask(t.Context(), own, "perubahan-user", procedure.Input{Values: map[string]string{
			"pengguna": "petugas.dinpertan", "metode_pengguna": "portal", "hak_data": "match", "status_kepegawaian": "pppk",
			"kode_wilayah": "33.03", "kantor": "Kantor Rekaan, Jalan Contoh 1",
			"pengguna-2": "aplikasi.dinpertan", "metode_pengguna-2": "api", "hak_data-2": "full", "status_kepegawaian-2": "lainnya",
			"kantor-2": "UPTD Rekaan, Jalan Contoh 2"}})
		if err != nil {
			t.Fatal(err)
		}
		pdf, err := office.RequestsOf(w.office).Form(t.Context(), own, id)
		if err != nil {
			t.Fatal(err)
		}
		forms := strings.Split(strings.TrimSuffix(pdftest.Text(t, pdf), "\f"), "\f")
		if len(forms) != 2 || !strings.Contains(forms[0], "Pencocokan saja") || !strings.Contains(forms[0], "petugas.dinpertan") ||
			!strings.Contains(forms[1], "Data lengkap") || !strings.Contains(forms[1], "aplikasi.dinpertan") {
			t.Errorf("forms:\n%s", strings.Join(forms, "\n---\n"))
		}
		if _, err := w.step(own, id, letter); err != nil {
			t.Fatal(err)
		}
		if _, err := w.step(admin, id, procedure.Input{Verdict: procedure.Approve}); err != nil {
			t.Fatal(err)
		}
		bast := strings.Join(strings.Fields(w.papers(id)["bast-user-id"]), "")
		for _, want := range []string{"petugas.dinpertan", "aplikasi.dinpertan", "Pencocokansaja", "Ir.WiratmajaSunarya"} {
			if !strings.Contains(bast, want) {
				t.Errorf("the BAST does not say %q:\n%s", want, bast)
			}
		}
		if w.user("petugas.dinpertan").MatchOnly {
			t.Error("changed before the BAST is signed")
		}
		if out, err := w.step(operator, id, procedure.Input{}); err != nil || out.State != procedure.Done {
			t.Fatal(out, err)
		}
		u, p := w.user("petugas.dinpertan"), w.user("aplikasi.dinpertan")
		if !u.MatchOnly || !slices.Equal(u.Methods, []string{"portal"}) ||
			p.MatchOnly || !slices.Equal(p.Methods, []string{"api"}) {
			t.Errorf("%+v %+v", u, p)
		}
	})
}
