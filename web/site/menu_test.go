package site

import (
	"testing"

	"gapura/access/access"
	"gapura/agreement/party"
)

// Every page of the console shows in which of the six places it lies, and a place leads back to its section.
func TestThePagesOfTheConsoleLieInSixPlaces(t *testing.T) {
	v := &Visitor{Standing: &access.Standing{User: party.User{Role: party.Auditor}}}
	for path, want := range map[string]string{
		"/konsol": "Beranda", "/konsol/instansi": "Instansi", "/konsol/instansi/dinsos/pengawasan": "Instansi",
		"/konsol/kewajiban/dinsos": "Instansi",
		"/konsol/balikan/dinsos":   "Instansi", "/konsol/evaluasi/dinsos": "Instansi", "/konsol/evaluasi": "Laporan & evaluasi",
		"/konsol/laporan/dinsos/2026-1": "Laporan & evaluasi", "/konsol/dasbor": "Laporan & evaluasi", "/konsol/berkas/7": "Berkas",
		"/konsol/lembar": "Berkas", "/konsol/pengawasan/dinsos/a": "Pengawasan", "/konsol/umpan": "Pengawasan",
		"/konsol/jurnal/dinsos": "Pengawasan",
		"/konsol/kepatuhan":     "Pengawasan", "/konsol/surat/nda": "Pengaturan", "/konsol/bagian/pengaturan": "Pengaturan", "/akun": "",
	} {
		here := ""
		nav := menu(path, v)
		for _, l := range nav {
			if l.Here {
				here += l.Label
			}
		}
		if here != want || len(nav) != 6 {
			t.Errorf("%s lies in %q of %d, want %q", path, here, len(nav), want)
		}
	}
	if crumb, _ := around("/konsol/kalender", v); crumb == nil || crumb.Path != "/konsol/bagian/pengaturan" {
		t.Errorf("the calendar leads back to %v", crumb)
	}
	if crumb, beside := around("/konsol/pengguna", v); crumb != nil || beside == nil || len(beside.Links) != 4 || !beside.Links[1].Here {
		t.Errorf("users stand beside %v", beside)
	}
	if crumb, beside := around("/konsol/instansi/dinsos", v); crumb != nil || beside != nil {
		t.Error("an agency's page, which has tabs of its own, gets others")
	}
	section := Listed()[0]
	if n := len(section.For(v)); n != len(section.Places)-1 {
		t.Errorf("an auditor is shown %d places, residents' requests too", n)
	}
}
