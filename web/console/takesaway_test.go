package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gapura/store/storetest"
)

// takesAway are the routes by which something is deleted, refused, stopped or withdrawn, each with a form that is right but for its reason.
// Those of "kept" are tried by the tests of their own pages, because they need something to be there.
var takesAway = map[string]struct {
	path string
	form url.Values
}{
	"POST /konsol/kalender": {"/konsol/kalender", url.Values{"hari": {"2026-12-25"}, "jenis": {"libur"}, "nama": {"Hari Raya Natal"},
		"dasar": {"SKB"}, "hapus": {"ya"}}},
	"POST /konsol/umpan":               {"/konsol/umpan", url.Values{"cabut": {"3303010101800001"}}},
	"POST /konsol/gangguan/{id}/tarik": {"/konsol/gangguan/1/tarik", url.Values{}},
	"POST /konsol/instansi/{code}/layanan-lama": {"/konsol/instansi/dinpertan/layanan-lama", url.Values{"jalur": {"dinpertan/call_nik"},
		"hapus": {"ya"}}},
	"POST /konsol/instansi/{code}/loket":              {"/konsol/instansi/dinpertan/loket", url.Values{"cabut": {"ya"}}},
	"POST /konsol/instansi/{code}/orang-uji":          {"/konsol/instansi/dinpertan/orang-uji", url.Values{"cabut": {"ya"}}},
	"POST /konsol/pengawasan/{code}/{login}/hentikan": {"/konsol/pengawasan/dinpertan/petugas.dinpertan/hentikan", url.Values{}},
	"POST /konsol/jurnal/{code}/selesai":              {"/konsol/jurnal/dinpertan/selesai", url.Values{}},
	"POST /konsol/bukti/{id}":                         {"", url.Values{"keputusan": {"tolak"}, "kode": {"dinpertan"}}},
	"POST /konsol/berkas/{id}":                        {"", url.Values{"langkah": {"1"}, "keputusan": {"refuse"}}},
	"POST /konsol/berkas/{id}/tarik":                  {"", url.Values{"langkah": {"0"}}},
	"POST /konsol/penduduk/surel": {"/konsol/penduduk/surel", url.Values{"pilihan": {"hentikan"}, "identitas": {"ya"},
		"nik": {"3303010101800001"}}},
}

// takesNothing are all others: they add, fill in, read, or drop what only its author saw.
var takesNothing = strings.Fields(`/konsol/instansi/{code}/pengguna/{login}/buka /konsol/perjanjian/{code}/{id}/konfirmasi
/konsol/naskah/{code}/susun /konsol/naskah/{code}/{id}/paraf /konsol/naskah/{code}/{id}/pindaian /konsol/pengguna/{login}/buka
/konsol/berkas /konsol/berkas/{id}/konsep /konsol/berkas/{id}/konsep/buang /konsol/berkas/{id}/perbaiki /konsol/kewajiban/{code}
/konsol/penerusan/{code} /konsol/lembar/{id} /konsol/lembar/{id}/cetak /konsol/evaluasi /konsol/evaluasi/{code} /konsol/jurnal/cari/nik
/konsol/jurnal/jangkar/persetujuan /konsol/jurnal/{code}/periksa /konsol/instansi/{code}/pengawasan /konsol/insiden /konsol/insiden/{id}
/konsol/insiden/{id}/surat /konsol/insiden/{id}/akses /konsol/penduduk /konsol/penduduk/surat /konsol/penduduk/keberatan
/konsol/kalender/keputusan /konsol/kata-sandi /konsol/surat/{key} /konsol/data-penduduk /konsol/gangguan
/konsol/tanpa-dasar/{id} /konsol/instansi/{code}/tanpa-dasar`)

// Whatever takes something away asks for a reason, without which nothing happens; each route of the console stands in one of two lists.
func TestWhatTakesAwayAsksForAReason(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	operator, admin := r.session("operator"), r.session("admin")
	list, there := map[string]bool{}, 0
	for _, p := range takesNothing {
		list["POST "+p] = true
	}
	for _, route := range r.routes {
		if !strings.HasPrefix(route.Pattern, "POST /konsol/") {
			continue
		}
		there++
		if _, takes := takesAway[route.Pattern]; takes == list[route.Pattern] {
			t.Errorf("%s stands in none or both of the lists", route.Pattern)
		}
	}
	if there != len(takesAway)+len(takesNothing) {
		t.Errorf("%d routes, %d in the lists", there, len(takesAway)+len(takesNothing))
	}
	step := r.begin(operator, "dinkop", "pejabat")
	r.step(operator, step, 0, map[string]string{"surat": "800/17/2026", "tanggal_surat": "2026-09-10", "f.kepala": "Rekaan Empat",
		"f.kepala_jabatan": "Kepala Dinas", "f.kepala_sejak": "2026-09-16"}, signedScan)
	open := r.begin(operator, "dinkes", "pertemuan")
	evidence := r.evidence()
	for pattern, c := range takesAway {
		switch pattern {
		case "POST /konsol/bukti/{id}":
			c.path = evidence
		case "POST /konsol/berkas/{id}":
			fields := map[string]string{}
			for k, v := range c.form {
				fields[k] = v[0]
			}
			if w := r.multipart(admin, step, fields, ""); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s without a reason: %d", pattern, w.Code)
			}
			continue
		case "POST /konsol/penduduk/surel": // the reason is the resident's own letter
			if w := r.post(operator, c.path, c.form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(),
				"Nomor surat") {
				t.Errorf("%s without a letter: %d", pattern, w.Code)
			}
			continue
		case "POST /konsol/berkas/{id}/tarik":
			c.path = open + "/tarik"
		}
		if w := r.post(admin, c.path, c.form); w.Code == http.StatusSeeOther || w.Code >= 500 || w.Code == http.StatusNotFound ||
			!strings.Contains(w.Body.String(), "lasan") {
			t.Errorf("%s without a reason: %d", pattern, w.Code)
		}
	}
}

// evidence is delivered by the head of dinkop; the path by which it is judged.
func (r *room) evidence() string {
	r.Helper()
	head := r.session("kepala.dinkop")
	_, duty, there := strings.Cut(r.do(head, "GET", "/kewajiban", nil, "").Body.String(), `value="sosialisasi|2026|`)
	if !there {
		r.Fatal("nothing is owed")
	}
	duty, _, _ = strings.Cut(duty, `"`)
	fields := map[string]string{"kewajiban": "sosialisasi|2026|" + duty, "tanggal": "2026-09-01", "keterangan": "Siaran radio"}
	if w := r.multipart(head, "/kewajiban", fields, signedScan); w.Code != http.StatusSeeOther {
		r.Fatal(w.Code, w.Body)
	}
	_, id, _ := strings.Cut(r.do(r.session("admin"), "GET", "/konsol/kewajiban/dinkop", nil, "").Body.String(), `action="/konsol/bukti/`)
	id, _, _ = strings.Cut(id, `"`)
	return "/konsol/bukti/" + id
}

// Why evidence was refused stays beside it for both sides; why a holiday is to go stands in the case that decides it.
func TestTheReasonOfARefusalIsKept(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		admin := r.session("admin")
		if w := r.post(admin, r.evidence(), map[string][]string{"keputusan": {"tolak"}, "kode": {"dinkop"},
			"alasan": {"Foto kegiatan buram"}}); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		for session, path := range map[string]string{admin: "/konsol/kewajiban/dinkop", r.session("kepala.dinkop"): "/kewajiban"} {
			if body := r.do(session, "GET", path, nil, "").Body.String(); !strings.Contains(body, "Foto kegiatan buram") {
				t.Errorf("%s does not tell why", path)
			}
		}
		w := r.post(admin, "/konsol/kalender", map[string][]string{"hari": {"2026-12-25"}, "jenis": {"libur"}, "nama": {"Hari Raya Natal"},
			"hapus": {"ya"}, "alasan": {"Keputusan bersama diubah"}})
		if body := r.do(admin, "GET", w.Header().Get("Location"), nil, "").Body.String(); !strings.Contains(body,
			"Penghapusan dari kalender: Keputusan bersama diubah") {
			t.Error(w.Code, w.Header(), "the case does not say why")
		}
	})
}
