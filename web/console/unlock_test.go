package console

import (
	"net/http"
	"strings"
	"testing"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/store/storetest"
)

// Whoever waits after failed sign-ins is shown to the office, of an agency and of its own staff, and let try again by one person with a
// reason that is recorded and told; nobody does it for oneself.
func TestTheOfficeUnlocksWhoWaitsAfterFailedSignIns(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r := open(t, engine)
		const form, page, staff = "application/x-www-form-urlencoded", "/konsol/instansi/dinpertan/pengguna", "/konsol/pengguna"
		body := func(login, path string) string { return r.do(r.session(login), "GET", path, nil, "").Body.String() }
		for _, p := range []string{page, staff} {
			if strings.Contains(body("admin", p), "Masuk tertahan") {
				t.Fatalf("%s: somebody is held already", p)
			}
		}
		for _, login := range []string{"petugas.dinpertan", "operator"} {
			u, _, err := r.store.Users.UserByLogin(t.Context(), login)
			if err == nil {
				err = r.store.Accounts.Count(t.Context(), u.ID, admission.Strangers, start, 20)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range []struct {
			page, login, unlock string
			log                 int64
		}{{page, "petugas.dinpertan", page + "/petugas.dinpertan/buka", 1}, {staff, "operator", staff + "/operator/buka", party.Provider}} {
			for who, may := range map[string]bool{"admin": true, "auditor": false} {
				got := body(who, x.page)
				if !strings.Contains(got, "Masuk tertahan") || strings.Contains(got, x.unlock) != may {
					t.Errorf("%s by %s: who is held is not shown, or the way out is not as it may", x.page, who)
				}
			}
			empty := strings.NewReader("alasan=")
			if w := r.do(r.session("admin"), "POST", x.unlock, empty, form); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s without a reason: %d", x.unlock, w.Code)
			}
			if w := r.do(r.session("auditor"), "POST", x.unlock, strings.NewReader("alasan=x"), form); w.Code != http.StatusForbidden {
				t.Errorf("%s by the auditor: %d", x.unlock, w.Code)
			}
			if !strings.Contains(body("admin", x.page), "Masuk tertahan") {
				t.Fatalf("%s: unlocked by what was refused", x.page)
			}
			if x.login == "operator" {
				if w := r.do(r.session("operator"), "POST", x.unlock, strings.NewReader("alasan=saya"), form); w.Code/100 != 4 ||
					strings.Contains(body("operator", x.page), x.unlock) || !strings.Contains(body("operator", x.page), "Masuk tertahan") {
					t.Errorf("somebody unlocks oneself: %d", w.Code)
				}
			}
			const reason = "alasan=Datang+ke+kantor+dengan+kartu+pegawai"
			if w := r.do(r.session("admin"), "POST", x.unlock, strings.NewReader(reason), form); w.Code != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", x.unlock, w.Code, w.Body)
			}
			if strings.Contains(body("admin", x.page), "Masuk tertahan") {
				t.Errorf("%s: still held", x.page)
			}
			list, err := r.store.Journal.Changes(t.Context(), x.log, 0, 1)
			if err != nil || len(list) != 1 || list[0].After != "dibuka kembali" ||
				list[0].Reason != "dibuka oleh Dinas Dukcapil: Datang ke kantor dengan kartu pegawai" {
				t.Errorf("%s: recorded as %+v %v", x.unlock, list, err)
			}
			told, err := r.store.Notices.Notices(t.Context(), x.log, 0, 5)
			if err != nil || len(told) == 0 || !strings.Contains(told[0].Text, x.login+" dapat mencoba masuk lagi") ||
				!strings.Contains(told[0].Text, "Datang ke kantor") {
				t.Errorf("%s: told is %+v %v", x.unlock, told, err)
			}
		}
		if w := r.do(r.session("admin"), "POST", "/konsol/instansi/dinsos/pengguna/petugas.dinpertan/buka",
			strings.NewReader("alasan=x"), form); w.Code != http.StatusNotFound {
			t.Errorf("by another agency's page: %d", w.Code)
		}
	})
}
