package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/person/nik"
	"gapura/store/storetest"
)

// decided takes a case of two steps by pages: one fills in, another decides.
func (w *walk) decided(procedure string, values map[string]string) {
	w.Helper()
	one, two := w.actor("admin"), w.actor("admin2")
	all := map[string]string{"surat": "1", "tanggal_surat": w.at.Format("2006-01-02")}
	for k, v := range values {
		all["f."+k] = v
	}
	path := w.form(one, "/konsol/berkas", false, map[string][]string{"prosedur": {procedure}}).Header().Get("Location")
	if got := w.takes(one, path, 0, all); got != http.StatusSeeOther {
		w.Fatalf("%s: the form is not taken: %d", procedure, got)
	}
	if got := w.takes(one, path, 1, map[string]string{"keputusan": "approve"}); got == http.StatusSeeOther {
		w.Errorf("%s is decided by whoever filled it in", procedure)
	}
	if got := w.takes(two, path, 1, map[string]string{"keputusan": "approve"}); got != http.StatusSeeOther {
		w.Fatalf("%s is not decided: %d", procedure, got)
	}
}

// A person whose data are protected by a case of two is shown and compared to nobody, at no door; each try is told to the watcher, who is
// not told whom it was about; it costs no hit; and it ends by another case of two.
func TestAProtectedPersonIsShownToNobody(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		w := newWalkOn(t, where)
		number := w.out.Sample.Found[0]
		w.create(party.User{Login: "pengawas", Role: party.Operator, Email: "pengawas@dukcapil.example"})
		officer, program := w.actor("petugas.dinpertan"), w.actor("aplikasi.dinpertan")
		asks := func() map[string]string {
			t.Helper()
			out := map[string]string{"portal": w.send(officer, "POST", "/cari", w.place(true), 0).Body.String(),
				"old wire": w.legacy("dinpertan/call_nik", "aplikasi.dinpertan", w.out.Logins[0].Password, w.place(true))}
			for _, route := range []string{"/api/v1/lookups", "/api/v1/matches"} {
				out[route] = w.send(program, "POST", route, w.place(true), 0).Body.String()
			}
			return out
		}
		open := asks()
		w.decided("perlindungan", map[string]string{"nomor_perintah": "P-9", "pemberi_perintah": "Pengadilan Rekaan", "nik": number,
			"pengawas": "pengawas"})
		before, _ := w.p.store.Rights.Hits(t.Context(), officer.Institution, w.at)
		name := w.nameOf(number)
		for door, said := range asks() {
			if said == open[door] || strings.Contains(said, name) || strings.Contains(said, `"verdict`) {
				t.Errorf("%s answers: %s", door, said)
			}
		}
		after, _ := w.p.store.Rights.Hits(t.Context(), officer.Institution, w.at)
		if fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("a refused lookup costs a hit: %v, %v", before, after)
		}
		for _, a := range []actor{officer, program} {
			rows, _, err := w.p.store.Journal.Records(t.Context(), access.HistoryQuery{Agency: a.Institution, User: a.ID, Limit: 1})
			if err != nil || len(rows) != 1 || rows[0].Outcome != string(access.Protected) || rows[0].Hit || rows[0].Elements != 0 {
				t.Errorf("record of %s: %+v, %v", a.Login, rows, err)
			}
		}
		w.betrays(number, name)
		w.decided("perlindungan-berakhir", map[string]string{"nomor_perintah": "P-9", "nik": number, "alasan": "Dicabut."})
		if got := w.send(program, "POST", "/api/v1/lookups", w.place(true), 0); !strings.Contains(got.Body.String(), name) {
			t.Errorf("after the end: %s", got.Body)
		}
	})
}

// nameOf is a resident's name.
func (w *walk) nameOf(number string) string {
	w.Helper()
	n, err := nik.Parse(number)
	if err != nil {
		w.Fatal(err)
	}
	found, err := w.p.store.Registry.Find(w.Context(), n)
	if err != nil || !found.Known {
		w.Fatal(err)
	}
	return found.Person.Name
}

// betrays looks for whom it was about in all that was told, on pages and by mail.
func (w *walk) betrays(number, name string) {
	w.Helper()
	mails, err := w.p.store.Mails.MailList(w.Context(), 1<<60, 1000)
	if err != nil {
		w.Fatal(err)
	}
	told := 0
	for _, m := range mails {
		if strings.Contains(m.Subject, "dilindungi") {
			told++
			if m.To != "pengawas@dukcapil.example" || strings.Contains(m.Body, number) || strings.Contains(m.Body, name) {
				w.Errorf("the mail to %s names the person: %s", m.To, m.Body)
			}
		}
	}
	if told != 2 { // of the officer's lookup and the program's: what follows in the minute stands in the records
		w.Errorf("the watcher got %d mails, want one for each user", told)
	}
	operator := w.actor("operator")
	if page := w.send(operator, "GET", "/pemberitahuan", w.place(true), 0).Body.String(); !strings.Contains(page, "data yang dilindungi") {
		w.Error("no notice tells of it")
	}
	for _, path := range []string{"/pemberitahuan", "/konsol/riwayat", "/konsol/berkas?keadaan=semua", "/konsol/menunggu"} {
		page := w.send(operator, "GET", path, w.place(true), 0).Body.String()
		if strings.Contains(page, number) || strings.Contains(page, name) {
			w.Errorf("%s names the person", path)
		}
	}
	for _, path := range []string{"/instansi/permohonan", "/pemberitahuan", "/untuk-penduduk"} {
		page := w.send(w.actor("kepala.dinpertan"), "GET", path, w.place(true), 0).Body.String()
		if strings.Contains(page, "erlindungan data penduduk") || strings.Contains(page, "P-9") {
			w.Errorf("%s tells the agency", path)
		}
	}
}

// Who takes a protection out of the database, or makes it another's, without the key, opens nothing: nobody is answered until it is mended.
func TestAProtectionThatIsTakenAwayOpensNothing(t *testing.T) {
	for _, attack := range []string{"DELETE FROM protections", "UPDATE protections SET until = '2000-01-01'",
		"UPDATE protections SET nik_index = X'00'"} {
		x := intrude(t, "")
		w := x.w
		w.decided("perlindungan", map[string]string{"nomor_perintah": "P-9", "pemberi_perintah": "Pengadilan Rekaan",
			"nik": w.out.Sample.Found[0], "pengawas": "operator"})
		program := w.actor("aplikasi.dinpertan")
		x.exec(t, attack)
		x.exec(t, "UPDATE rights SET version = version + 1") // so that nothing is answered from memory
		if err := w.p.store.Rights.LookAround(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if got := w.send(program, "POST", "/api/v1/lookups", w.place(true), 0); got.Code < 500 || strings.Contains(got.Body.String(),
			w.nameOf(w.out.Sample.Found[0])) {
			t.Errorf("%s: %d %s", attack, got.Code, got.Body)
		}
		if !strings.Contains(fmt.Sprint(w.p.store.Rights.Unexplained()), "protections ") {
			t.Errorf("%s is not told", attack)
		}
	}
}
