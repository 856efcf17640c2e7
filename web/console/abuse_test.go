package console

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/guard"
	"gapura/agreement/agreement"
	"gapura/demo"
	"gapura/office/procedure"
	"gapura/store/storetest"
	"gapura/web/agency"
)

// An administrator sees why a user was stopped without seeing a NIK, and lets the user go on only with a second one.
func TestStopIsSeenAndEndedByTwo(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	r.gate.Watch = guard.New(r.store.Guard, r.office)
	user := func() access.Who {
		u, _, err := r.store.Users.UserByLogin(t.Context(), "petugas.dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		return access.Known(u.ID)
	}
	ask := func(number string) access.Code {
		r.now = r.now.Add(time.Minute)
		a, err := r.gate.Lookup(t.Context(), access.Request{
			Who: user(), Method: agreement.Portal, Address: netip.MustParseAddr("127.0.0.1"), NIK: number, Purpose: demo.Purpose,
			Reference: "P-1",
		})
		if err != nil {
			t.Fatal(err)
		}
		return a.Code
	}
	last := ""
	for n := range 20 {
		last = fmt.Sprintf("330301150587%04d", n+1)
		if ask(last) == access.Abuse {
			break
		}
	}
	admin, admin2 := r.session("admin"), r.session("admin2")
	page := r.do(admin, "GET", "/konsol/pengawasan", nil, "").Body.String()
	if !strings.Contains(page, "petugas.dinpertan") || !strings.Contains(page, "Sedang dihentikan") {
		t.Fatal(page)
	}
	page = r.do(admin, "GET", "/konsol/pengawasan/dinpertan/petugas.dinpertan", nil, "").Body.String()
	if !strings.Contains(page, `name="prosedur" value="pemulihan-user"><input type="hidden" name="pengguna" value="petugas.dinpertan">`) {
		t.Error("the restoration does not begin with the user chosen")
	}
	if !strings.Contains(page, "<circle class=\"bad\"") || !strings.Contains(page, "Langkah yang sama") && !strings.Contains(page,
		"NIK berdekatan") || strings.Contains(page, last) {
		t.Error(page)
	}
	if n := r.do(admin, "GET", "/pemberitahuan", nil, "").Body.String(); !strings.Contains(n, "petugas.dinpertan dihentikan") {
		t.Error(n)
	}

	// The case: one proposes, another decides.
	path := r.post(admin, "/konsol/berkas", url.Values{"instansi": {"dinpertan"}, "prosedur": {"pemulihan-user"}}).Header().Get("Location")
	step := func(session string, values map[string]string) int { return r.multipart(session, path, values, "").Code }
	if code := step(admin, map[string]string{"langkah": "0", "f.pengguna": "petugas.dinpertan", "f.hasil": "keliru",
		"f.alasan": "Satu kelompok tani dari satu sekolah"}); code != http.StatusSeeOther {
		t.Fatal(code)
	}
	if code := step(admin, map[string]string{"langkah": "1", "keputusan": "approve"}); code == http.StatusSeeOther {
		t.Error("the own proposal was decided")
	}
	if ask(r.found[0]) != access.Abuse {
		t.Error("answered before the decision")
	}
	if code := step(admin2, map[string]string{"langkah": "1", "keputusan": "approve"}); code != http.StatusSeeOther {
		t.Fatal(code)
	}
	if code := ask(r.found[0]); code != access.Found {
		t.Error(code)
	}
	if page = r.do(admin, "GET", "/konsol/pengawasan/dinpertan/petugas.dinpertan", nil, "").Body.String(); !strings.Contains(page,
		"peringatan keliru") {
		t.Error("the false alarm is not shown")
	}

	// One click with a reason stops again.
	stop := "/konsol/pengawasan/dinpertan/petugas.dinpertan/hentikan"
	if w := r.post(admin, stop, url.Values{"alasan": {" "}}); w.Code != http.StatusUnprocessableEntity {
		t.Error(w.Code)
	}
	if w := r.post(admin, stop, url.Values{"alasan": {"Laporan penduduk"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	if code := ask(r.found[1]); code != access.Abuse {
		t.Error(code)
	}
}

func TestDecoysAndSettingsOfTheWatch(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	admin := r.session("admin")
	before, _ := r.store.Guard.Decoys(t.Context())
	plant := url.Values{"kecamatan": {"33.03.02"}, "jumlah": {"4"}, "catatan": {"daftar bantuan lama"}, "alasan": {"uji"}}
	if w := r.post(admin, "/konsol/umpan", plant); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	after, err := r.store.Guard.Decoys(t.Context())
	if err != nil || len(after) != len(before)+4 {
		t.Fatal(len(after), err)
	}
	for key, bad := range map[string]string{"kecamatan": "99.99.99", "jumlah": "51", "catatan": "", "alasan": ""} {
		form := url.Values{}
		for k, v := range plant {
			form[k] = v
		}
		form.Set(key, bad)
		if w := r.post(admin, "/konsol/umpan", form); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", key, w.Code)
		}
	}
	drop := r.post(admin, "/konsol/umpan", url.Values{"cabut": {after[0].NIK.Digits()}, "alasan": {"uji"}})
	if list, err := r.store.Guard.Decoys(t.Context()); err != nil || len(list) != len(after) {
		t.Error("a decoy was taken away by one person:", len(list), err)
	}
	if page := r.do(admin, "GET", drop.Header().Get("Location"), nil, "").Body.String(); strings.Contains(page, after[0].NIK.Digits()) {
		t.Error("the case shows the decoy's number")
	}
	r.settle(drop)
	if list, err := r.store.Guard.Decoys(t.Context()); err != nil || len(list) != len(after)-1 {
		t.Error(len(list), err)
	}

	form := url.Values{"hentikan": {"120"}, "buka": {"07.30"}, "tutup": {"21.00"}, "menit": {"6,5"}, "alasan": {"loket malam"}}
	for _, x := range agency.Rules {
		if x[0] != "hours" {
			form.Set("aturan-"+x[0], "ya")
		}
	}
	stale := r.post(admin, "/konsol/instansi/dinpertan/pengawasan", form)
	r.settle(r.post(admin, "/konsol/instansi/dinpertan/pengawasan", form))
	if w := r.multipart(r.session("admin2"), stale.Header().Get("Location"), map[string]string{"langkah": "1",
		"keputusan": procedure.Approve}, ""); w.Code == http.StatusSeeOther {
		t.Error("a proposal from before another change was carried out")
	}
	i, _, _, _ := r.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
	s, err := r.store.Guard.AbuseSettings(t.Context(), i.ID)
	if err != nil || s.SuspendAt != 120 || s.Opens != 450 || s.Closes != 1260 || s.PerMinute != 6.5 || len(s.Off) != 1 ||
		s.Off[0] != "hours" {
		t.Errorf("%+v %v", s, err)
	}
	list, err := r.store.Journal.Changes(t.Context(), i.ID, 0, 1)
	if err != nil || !strings.Contains(list[0].After, "hentikan 120") || list[0].Reason != "Perubahan pengaturan instansi: loket malam" {
		t.Errorf("%+v %v", list, err)
	}
	for key, bad := range map[string]string{"hentikan": "20", "menit": "x", "buka": "22.00", "alasan": ""} {
		was := form.Get(key)
		form.Set(key, bad)
		if w := r.post(admin, "/konsol/instansi/dinpertan/pengawasan", form); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", key, w.Code)
		}
		form.Set(key, was)
	}
}
