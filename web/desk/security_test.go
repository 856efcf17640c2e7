package desk_test

import (
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/internal/told"
)

func TestTheHeadReadsTheSecurityLogAndNobodyElse(t *testing.T) {
	c := newCounter(t)
	x := c.person()
	for range 3 { // two of them are one sum
		x.post("/masuk", url.Values{"user": {"3303010101800001"}, "password": {"kata sandi orang lain"}})
	}
	c.at = c.at.Add(time.Minute)
	x.post("/masuk", url.Values{"user": {"petugas"}, "password": {"kata sandi orang lain"}})
	x.expect(403, "Gagal masuk", "30 detik")
	for range 12 {
		x.post("/masuk", url.Values{"user": {"petugas"}, "password": {"kata sandi orang lain"}})
	}
	head := c.signedIn("kepala")
	head.post("/pengguna", url.Values{"user": {"baru"}, "nama": {"Sri Rahayuningsih"}, "peran": {"officer"}})
	head.post("/pengguna/3/peran", nil)
	head.expect(200, "Peran baru sekarang Kepala Instansi")
	head.post("/pengguna/2/peran", nil)
	head.expect(409, "Peran sendiri tidak dapat diubah")
	head.get("/keamanan")
	head.expect(200, "Masuk gagal: user ID tidak dikenal", "2 percobaan masuk gagal lain", "Percobaan masuk ditahan",
		"User ID dibuat sebagai Petugas", "Peran diubah dari Petugas menjadi Kepala Instansi",
		"Lembar rahasia diterbitkan", "Token Dukcapil disimpan", "semuanya berangkai")
	for _, never := range []string{"3303010101800001", "orang lain", "Rahayuningsih"} {
		if strings.Contains(head.body, never) {
			t.Errorf("%q is in the log", never)
		}
	}
	head.get("/keamanan?jenis=peran&dari=2026-11-01&sampai=2026-11-30")
	if strings.Contains(head.body, "Masuk gagal:") || !strings.Contains(head.body, "Peran diubah") {
		t.Error("the filter does not narrow")
	}
	head.get("/keamanan.csv?jenis=peran")
	if lines := strings.Split(strings.TrimSpace(head.body), "\n"); len(lines) != 2 || !strings.Contains(lines[1], ";kepala;baru;") {
		t.Errorf("%q", head.body)
	}
	officer := c.person()
	c.at = c.at.Add(25 * time.Hour) // the officer's lane is free again
	officer.post("/masuk", url.Values{"user": {"petugas"}, "password": {password}})
	for _, path := range []string{"/keamanan", "/keamanan.csv"} {
		officer.get(path)
		if officer.code != 403 {
			t.Errorf("%s by an officer: %d", path, officer.code)
		}
	}
}

// Who came in, which paper was opened, and with which key the desk is enrolled stand in the log too; what the paper held does not.
func TestTheSecurityLogTellsWhoOpenedAPaper(t *testing.T) {
	c := newCounter(t)
	o := c.signedIn("petugas")
	_, form := c.resident(0)
	o.send("/permohonan/baru", form, "ktp")
	paper := regexp.MustCompile(`/permohonan/(\d+)/berkas/(\d+)`).FindStringSubmatch(o.body)
	if paper == nil {
		t.Fatalf("no paper on %s: %s", o.path, main(o.body))
	}
	o.get(paper[0])
	o.expect(200, "pindaian ktp")
	if err := c.db.Enrolment.SetCosigner(t.Context(), "kunci-uji", party.Policy{}, c.at); err != nil {
		t.Fatal(err)
	}
	head := c.signedIn("kepala")
	for kind, want := range map[string]string{
		"masuk":       ";Masuk;petugas;petugas;127.0.0.1;Masuk",
		"berkas":      "Pindaian " + paper[2] + " permohonan " + paper[1] + " dibuka",
		"pendaftaran": "Loket terdaftar pada Dukcapil dengan kunci kunci-uji",
	} {
		head.get("/keamanan.csv?jenis=" + kind)
		if !strings.Contains(head.body, want) {
			t.Errorf("%s: no %q in %s", kind, want, head.body)
		}
	}
	head.get("/keamanan")
	head.expect(200, "Pindaian "+paper[2]+" permohonan "+paper[1]+" dibuka", "Loket terdaftar pada Dukcapil")
}

// Whose source has used up its tries is told so at sign-in and at Akun, with the seconds after which to come again.
func TestTheDeskTellsWhenToComeAgain(t *testing.T) {
	c := newCounter(t)
	o, tries := c.signedIn("petugas"), 0
	for c.desk.Entry.Admission.Guess(netip.MustParseAddr("127.0.0.1")) == nil {
		if tries++; tries > 1000 {
			t.Fatal("a source's tries never end")
		}
	}
	text, _ := told.Text(admission.ErrBusy)
	for path, fields := range map[string]url.Values{"/masuk": {"user": {"kepala"}, "password": {"bukan kata sandinya"}},
		"/akun/sandi": {"lama": {"bukan kata sandinya"}, "password": {"kuda lumping hijau"}}} {
		o.post(path, fields)
		o.expect(503, text)
		if after := o.head.Get("Retry-After"); after != strconv.Itoa(admission.ErrBusy.After) {
			t.Errorf("%s: Retry-After %q", path, after)
		}
	}
}
