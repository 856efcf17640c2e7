package desk_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestTheHeadReadsTheSecurityLogAndNobodyElse(t *testing.T) {
	c := newCounter(t)
	x := c.person()
	for range 3 { // two of them are one sum
		x.post("/masuk", url.Values{"user": {"3303010101800001"}, "password": {"kata sandi orang lain"}})
	}
	c.at = c.at.Add(time.Minute)
	x.post("/masuk", url.Values{"user": {"petugas"}, "password": {"kata sandi orang lain"}})
	x.expect(403, "Gagal masuk")
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
