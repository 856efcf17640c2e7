package console

import (
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/demo"
	"gapura/exchange/balikan"
	"gapura/exchange/wire"
	"gapura/person/nik"
	"gapura/store/storetest"
)

// A path of the legacy wire is configured, changed and taken away, each with its record; a path belongs to one agency.
func TestPathsOfTheLegacyWireAreConfigured(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		admin := r.session("admin")
		at := "/konsol/instansi/dinpertan/layanan-lama"
		form := func(pairs ...string) map[string][]string {
			f := map[string][]string{"jalur": {"33-03/dinpertan/cek_petani"}, "jenis": {"data"}, "dialek": {"D2"}, "tujuan": {demo.Purpose},
				"alasan": {"Permintaan instansi"}, "teks-13": {"Tidak ada"}}
			for i := 0; i < len(pairs); i += 2 {
				f[pairs[i]] = []string{pairs[i+1]}
			}
			return f
		}
		for _, wrong := range []struct{ field, value, says string }{
			{"jalur", "cek", "Jalur harus berbentuk"}, {"alasan", " ", "Alasan perubahan harus diisi"},
			{"dialek", "D9", "Dialek harus dipilih"}, {"tujuan", "", "Tujuan pemanfaatan harus dipilih"},
		} {
			if w := r.post(admin, at, form(wrong.field, wrong.value)); w.Code != http.StatusUnprocessableEntity ||
				!strings.Contains(w.Body.String(), wrong.says) {
				t.Errorf("%s: %d", wrong.field, w.Code)
			}
		}
		r.settle(r.post(admin, at, form("nik-teks", "ya")))
		page := r.do(admin, "GET", at+"?jalur=33-03/dinpertan/cek_petani", nil, "").Body.String()
		for _, says := range []string{"cek_petani", `value="Tidak ada"`, `name="nik-teks" value="ya" checked`, "Hapus profil"} {
			if !strings.Contains(page, says) {
				t.Errorf("the page lacks %q", says)
			}
		}
		if w := r.post(admin, "/konsol/instansi/dinkes/layanan-lama", form()); w.Code != http.StatusUnprocessableEntity ||
			!strings.Contains(w.Body.String(), "sudah dipakai instansi lain") {
			t.Errorf("another agency's path: %d", w.Code)
		}
		if w := r.post(r.session("operator"), at, form()); w.Code != http.StatusForbidden {
			t.Errorf("an operator configured: %d", w.Code)
		}
		r.settle(r.post(admin, at, form("hapus", "ya")))
		if page := r.do(admin, "GET", at, nil, "").Body.String(); strings.Contains(page, "jalur=33-03/dinpertan/cek_petani") {
			t.Error("the path is still there")
		}
		i, _, _, err := r.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		changes, err := r.store.Journal.Changes(t.Context(), i.ID, 0, 2)
		if err != nil || len(changes) != 2 || changes[0].Reason != "Perubahan pengaturan instansi: Permintaan instansi" ||
			!strings.Contains(changes[0].Subject,
				"cek_petani") || !strings.Contains(changes[1].Subject, "cek_petani") {
			t.Errorf("%+v, %v", changes, err)
		}
	})
}

// What a path without a profile was called with is shown by names of keys, and a click leads to the form, filled in; the kind of client is
// chosen by its name, and a second administrator decides.
func TestAPathIsGivenAProfileByAClick(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	admin := r.session("admin")
	dinpertan, _, _, err := r.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []wire.Call{
		{Agency: dinpertan.ID, Path: "33-03/pertanian/cek", Keys: []string{"nik", "userId"}, Query: []string{"password"}, Count: 1,
			Last: start},
		{Path: "dinkes/cek", Keys: []string{"NIK", "TRESHOLD"}, Count: 1, Last: start}, {Path: "rsud/cek", Count: 1, Last: start},
	} {
		if err := r.store.Wire.Note(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(page string, texts ...string) {
		t.Helper()
		for _, x := range texts {
			if !strings.Contains(page, x) {
				t.Errorf("the page lacks %q", x)
			}
		}
	}
	at := "/konsol/instansi/dinpertan/layanan-lama?jalur=33-03%2Fpertanian%2Fcek"
	holds(r.do(admin, "GET", "/konsol/bagian/pengaturan", nil, "").Body.String(), `href="/konsol/layanan-lama"`)
	holds(r.do(admin, "GET", "/konsol/layanan-lama", nil, "").Body.String(), `href="`+at+`#profil"`, "nik, userId", "pada alamat: password",
		`href="/konsol/instansi/dinkes/layanan-lama?jalur=dinkes%2Fcek#profil"`, `href="/konsol/layanan-lama?jalur=rsud`)
	holds(r.do(admin, "GET", "/konsol/layanan-lama?jalur=rsud/cek", nil, "").Body.String(), "milik instansi mana", `value="rsud/cek"`)
	if w := r.do(admin, "GET", "/konsol/layanan-lama?jalur=rsud/cek&instansi=DINKES", nil, ""); w.Code != http.StatusSeeOther ||
		w.Header().Get("Location") != "/konsol/instansi/dinkes/layanan-lama?jalur=rsud%2Fcek#profil" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	holds(r.do(admin, "GET", "/konsol/layanan-lama?jalur=rsud/cek&instansi=tidakada", nil, "").Body.String(), "dengan kode itu tidak ada")
	holds(r.do(admin, "GET", at, nil, "").Body.String(), `name="jalur" value="33-03/pertanian/cek"`, `name="query" value="ya" checked`,
		"<option selected>D2</option>")
	holds(r.do(admin, "GET", at, nil, "").Body.String(), "user ID berperan Aplikasi dengan kata sandi yang ditentukan pemiliknya",
		`href="/konsol/berkas/baru?instansi=dinpertan">Permohonan user ID</a>; token data balikan diminta pada berkas yang sama`,
		`href="/konsol/instansi/dinpertan/kredensial">Kredensial</a>. Jalur`)
	holds(r.do(admin, "GET", "/konsol/instansi/dinpertan/loket", nil, "").Body.String(), "memerlukan token loket sendiri",
		`href="/konsol/berkas/baru?instansi=dinpertan">Permohonan user ID</a> (metode akses Web service)`, "“Token aplikasi”",
		`tercantum pada <a href="/konsol/instansi/dinpertan/kredensial">Kredensial</a>`)
	holds(r.do(admin, "GET", "/konsol/instansi/dinkes/layanan-lama?jalur=dinkes/cek", nil, "").Body.String(), `value="verifikasi" selected`,
		"<option selected>D3</option>")
	chosen := r.do(admin, "GET", at+"&bentuk=simrs-query", nil, "").Body.String()
	holds(chosen, `value="simrs-query" selected`, "<option selected>D1</option>", `value="IP Client  Tidak terdaftar"`,
		`name="query" value="ya" checked`, "<details open>")
	form := map[string][]string{"jalur": {"33-03/pertanian/cek"}, "jenis": {"data"}, "dialek": {"D1"}, "tujuan": {demo.Purpose},
		"alasan": {"Aplikasi rumah sakit"}, "teks-13": {"Data Tidak Ditemukan"}, "query": {"ya"}, "huruf-kecil": {"ya"},
		"semua-kunci":   {"ya"},
		"nomor-wilayah": {"ya"}, "tanpa-nilai": {"ya"}, "asal": {"https://rs.example https://rs.example:8443"}}
	wrong := maps.Clone(form)
	wrong["asal"] = []string{"rs.example"}
	if w := r.post(admin, "/konsol/instansi/dinpertan/layanan-lama", wrong); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an origin that is none: %d", w.Code)
	}
	r.settle(r.post(admin, "/konsol/instansi/dinpertan/layanan-lama", form))
	p, found, err := r.store.Wire.Profile(t.Context(), "33-03/pertanian/cek")
	if err != nil || !found || !p.Query || !p.Lower || !p.Full || !p.Codes || !p.Differs || p.Verify || p.EchoNIK ||
		len(p.Origins) != 2 || p.Texts["13"] != "Data Tidak Ditemukan" || p.Agency != dinpertan.ID {
		t.Errorf("%+v %v", p, err)
	}
	if page := r.do(admin, "GET", "/konsol/layanan-lama", nil, "").Body.String(); strings.Contains(page, "pertanian") {
		t.Error("a path with a profile is still among those without")
	}
}

// The provider sees by agency and user what is answered, late and without a lookup, and no NIK.
func TestBalikanIsSeenByTheProvider(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		officer, _, err := r.store.Users.UserByLogin(t.Context(), "petugas.dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		for n := range 3 {
			a, err := r.gate.Lookup(t.Context(), access.Request{
				Who: access.Known(officer.ID), Method: agreement.Portal, Address: netip.MustParseAddr("127.0.0.1"), NIK: r.found[n],
				Purpose: demo.Purpose, Reference: fmt.Sprintf("P-%d", n),
			})
			if err != nil || a.Code != access.Found {
				t.Fatal(a.Code, err)
			}
		}
		for _, n := range []int{0, 7} { // 7 was not looked up
			number, err := nik.Parse(r.found[n])
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.store.Balikan.TakeBalikan(t.Context(), balikan.Delivery{Agency: officer.Institution, By: officer.ID, At: r.now,
				Via: balikan.ByPortal, Items: []balikan.Item{
					{NIK: number, Params: []map[string]string{{"NOMOR": "1", "JENIS_BANTUAN": "Pupuk"}}},
				}})
			if err != nil {
				t.Fatal(err)
			}
		}
		r.now = start.AddDate(0, 0, 31)
		admin := r.session("admin")
		board := r.do(admin, "GET", "/konsol/balikan", nil, "").Body.String()
		page := r.do(admin, "GET", "/konsol/balikan/dinpertan", nil, "").Body.String()
		for _, says := range []string{"petugas.dinpertan", "33 %", "P-1", "P-2", "16 Oktober 2026", "••••"} {
			if !strings.Contains(page, says) {
				t.Errorf("the page lacks %q", says)
			}
		}
		if !strings.Contains(board, "33 %") || strings.Contains(page, "P-0") {
			t.Error("the board misses the rate, or what is met is called late")
		}
		for _, n := range r.found[:8] {
			if strings.Contains(page, n) {
				t.Error("a NIK is shown")
			}
		}
		if earlier := r.do(admin, "GET", "/konsol/balikan/dinpertan?semester=2026-1", nil, "").Body.String(); strings.Contains(earlier,
			"33 %") {
			t.Error("lookups of this half-year are counted in the one before")
		}
		if r.log.Len() > 0 {
			t.Error(r.log)
		}
	})
}
