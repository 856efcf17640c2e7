package console

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"gapura/agreement/party"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// Each procedure about one user id stands in the table of what a row offers: a new one is found by this.
func TestEveryProcedureAboutAUserIsOfferedInItsRow(t *testing.T) {
	offered := map[string]bool{}
	for _, a := range userActs {
		if _, there := procedure.Find(procedure.Defaults(), a.key); !there {
			t.Errorf("%s is offered and not there", a.key)
		}
		offered[a.key] = true
	}
	for _, p := range procedure.Defaults() {
		for _, f := range p.Steps[0].Fields {
			if f.Key == "pengguna" && (f.Kind == "user" || f.Kind == "former-user") && !p.OwnPage && !offered[p.Key] {
				t.Errorf("%s is about a user id, and no row offers it", p.Key)
			}
		}
	}
}

var rowForm = regexp.MustCompile(`(?s)<form class="acts" method="post" action="/konsol/berkas">` +
	`<input type="hidden" name="instansi" value="([^"]*)"><input type="hidden" name="pengguna" value="([^"]*)">(.*?)</form>`)

// Whoever acts on a user id begins in its row: what fits its state is offered, and the case begins with that user id chosen and with what
// it has now. Who may only look is offered nothing.
func TestARowLeadsToTheCaseWithItsUserChosen(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	operator := r.session("operator")
	rows := func(session, page string) map[string]string {
		t.Helper()
		w := r.do(session, "GET", page, nil, "")
		if w.Code != http.StatusOK {
			t.Fatal(page, w.Code)
		}
		all := map[string]string{}
		for _, m := range rowForm.FindAllStringSubmatch(w.Body.String(), -1) {
			all[m[2]] = m[3]
		}
		return all
	}
	const page = "/konsol/instansi/dinpertan/pengguna"
	if got := rows(r.session("auditor"), page); len(got) != 0 {
		t.Error("an auditor is offered", got)
	}
	has := func(list, key string, want bool) {
		t.Helper()
		if strings.Contains(list, `value="`+key+`"`) != want {
			t.Errorf("%s offered: %v; %s", key, !want, list)
		}
	}
	officer := rows(operator, page)["petugas.dinpertan"]
	for _, key := range []string{"perubahan-user", "token", "tautan", "atur-ulang", "penonaktifan-user"} {
		has(officer, key, true)
	}
	for _, key := range []string{"pengaktifan-user", "nda", "pemulihan-user", "peran-staf"} {
		has(officer, key, false)
	}
	begin := func(agency, key, login string) (path, body string) {
		t.Helper()
		w := r.post(operator, "/konsol/berkas", map[string][]string{"instansi": {agency}, "prosedur": {key}, "pengguna": {login}})
		path = w.Header().Get("Location")
		if w.Code != http.StatusSeeOther {
			t.Fatal(key, w.Code, w.Body)
		}
		return strings.Split(path, "?")[0], html.UnescapeString(r.do(operator, "GET", path, nil, "").Body.String())
	}
	chosen := func(body, login string) {
		t.Helper()
		if !regexp.MustCompile(`<option value="` + regexp.QuoteMeta(login) + `" selected`).MatchString(body) {
			t.Errorf("%s is not chosen", login)
		}
	}
	end, body := begin("dinpertan", "penonaktifan-user", "petugas.dinpertan")
	chosen(body, "petugas.dinpertan")
	r.step(operator, end, 0, map[string]string{"surat": "800/1", "tanggal_surat": "2026-09-10", "f.pengguna": "petugas.dinpertan",
		"f.alasan": "pindah tugas"}, "")
	again := rows(operator, page)["petugas.dinpertan"]
	has(again, "pengaktifan-user", true)
	has(again, "penonaktifan-user", false)
	_, body = begin("dinpertan", "pengaktifan-user", "petugas.dinpertan")
	chosen(body, "petugas.dinpertan")
	u, _, err := r.store.Users.UserByLogin(t.Context(), "petugas.dinkes")
	if err != nil || len(u.Methods) == 0 || u.Role != party.Officer {
		t.Fatal(u, err)
	}
	_, body = begin("dinkes", "perubahan-user", u.Login)
	chosen(body, u.Login)
	for _, m := range u.Methods {
		if !regexp.MustCompile(`name="f.metode_pengguna" value="` + m + `"[^>]*checked`).MatchString(body) {
			t.Errorf("method %s is not what the form begins with", m)
		}
	}
	if got := rows(operator, "/konsol/pengguna?cari=admin2")["admin2"]; !strings.Contains(got, "peran-staf") ||
		strings.Contains(got, "perubahan-user") {
		t.Error("of the staff:", got)
	}
	if got := rows(operator, "/konsol/pengguna?cari=petugas.dinkes")["petugas.dinkes"]; !strings.Contains(got, "perubahan-user") {
		t.Error("in the list of all:", got)
	}
	_, body = begin("dinpertan", "perubahan-user", "tidak.ada")
	if !strings.Contains(body, "Mulai dari hak yang berlaku bagi") {
		t.Error("a form without a chosen user does not offer one")
	}
}
