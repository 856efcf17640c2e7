package life

import "testing"

// What a letter leaves empty is found, and what is written by hand on paper is not taken for it.
func TestGapsOfALetterAreFound(t *testing.T) {
	for _, said := range []string{
		"Catatan     :   ……………", "  Catatan     :\n", "  Token    :  -\n", "Perjanjian Kerja Sama Nomor tanggal 3 Maret 2025",
		"Nomor 400.12/1/2025 tanggal antara Dinas A dan Dinas B", "antara Dinas Dukcapil dan .", "Rekaan Satu\nNIP\n", "NIP Rekaan",
		"Kepala, , bertindak", "berlaku sampai dengan <nil>", "hari {{.mulai}}", "Nomor ……… dan Nomor ……… tanggal 3 Maret 2025",
		"Yth.\ndi tempat",
		"sampai 1 Januari 1", "Tanggal : sampai .",
	} {
		if len(Gaps(said, false)) == 0 {
			t.Errorf("%q: nothing found", said)
		}
	}
	for _, said := range []string{
		"Pada hari ini ……… tanggal ……… bulan ……… tahun ………, bertempat di Purbalingga", "Purbalingga, ………\nYang menyatakan,",
		"Nomor    : 400.12/0001/2025    Purbalingga, 3 Maret 2025\nLampiran : -\nHal : Jawaban", "NIP 19700101 199503 2 001",
		"Saya yang bertanda tangan di bawah ini:", "Tembusan:\n1. Direktur Jenderal",
		"Berlaku sejak : 6 Oktober 2025 Sejak tanggal surat ini",
	} {
		if gaps := Gaps(said, false); len(gaps) > 0 {
			t.Errorf("%q: %q", said, gaps)
		}
	}
	if said := "Nomor ……… dan Nomor ……… tanggal ……… tentang"; len(Gaps(said, true)) > 0 || len(Gaps(said, false)) == 0 {
		t.Error("numbers that are not known before the signing")
	}
}
