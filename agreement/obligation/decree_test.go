package obligation

import (
	"strings"
	"testing"
	"time"

	"gapura/internal/told"
)

func TestDecreeIsReadAsPeopleWriteIt(t *testing.T) {
	got, err := ReadDecree("\ufefftanggal;jenis;nama\r\n 1 Januari 2027 ; Libur Nasional ; Tahun Baru\n# catatan\n\n"+
		"2027-03-12\tcuti\tCuti bersama\n"+
		"17/8/2027;libur;Proklamasi\n05-02-2027;CUTI BERSAMA;Imlek\n1 Januari 2027;cuti;Tahun Baru", 2027, "SKB 1")
	if err != nil || len(got) != 5 {
		t.Fatal(got, err)
	}
	for n, want := range []string{"2027-01-01 libur Tahun Baru", "2027-01-01 cuti Tahun Baru", "2027-02-05 cuti Imlek",
		"2027-03-12 cuti Cuti bersama", "2027-08-17 libur Proklamasi"} {
		h := got[n]
		if s := h.Day.Format(time.DateOnly) + " " + h.Kind + " " + h.Name; s != want || h.Source != "SKB 1" || h.Estimated {
			t.Errorf("%q, want %q", s, want)
		}
	}
}

func TestEveryFaultOfADecreeNamesItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"31 Februari 2027;libur;A":                        "Baris 1: tanggal tidak dapat dibaca",
		"1 Januarius 2027;libur;A":                        "Baris 1: tanggal tidak dapat dibaca",
		"esok;libur;A":                                    "Baris 1: tanggal tidak dapat dibaca",
		"2027-01-01;libur;A\n2026-01-02;libur;B":          "Baris 2: tanggal bukan pada tahun 2027",
		"2027-01-01;merah;A":                              "Baris 1: jenis harus libur atau cuti",
		"2027-01-01;libur; ":                              "Baris 1: nama hari harus diisi",
		"2027-01-01;libur;" + strings.Repeat("a", 201):    "paling panjang 200",
		"2027-01-01;libur;A\n2027-01-01;libur;B":          "Baris 2: hari itu sudah disebut",
		"2027-01-01;A":                                    "Baris 1: tulis tanggal; jenis; nama hari",
		"2027-01-01;libur;A;B":                            "Baris 1: tulis tanggal; jenis; nama hari",
		"\n# tidak ada\n":                                 "satu hari pada setiap baris",
		"salah\n2027-01-01;libur;A\n2027-02-01;merah;Dua": "Baris 3: jenis",
		"2027-01-01;libur;A\ntanggal;jenis;nama":          "Baris 2: tanggal tidak dapat dibaca",
	} {
		_, err := ReadDecree(text, 2027, "SKB")
		if err == nil || !strings.Contains(err.Error()+"\n"+told.Invalids(err).Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if got, err := ReadDecree("2027-12-31;libur;"+strings.Repeat("é", 200), 2027, ""); err != nil || len(got) != 1 {
		t.Errorf("200 characters: %v", err)
	}
}

// A decree takes the place of a whole year's estimates, and due dates of the year rest on it from then on.
func TestADecreeTakesThePlaceOfItsYear(t *testing.T) {
	before := []Holiday{{Day: d("2026-12-31"), Kind: "libur", Name: "Tutup"},
		{Day: d("2027-01-05"), Kind: "libur", Name: "Isra", Estimated: true},
		{Day: d("2027-01-01"), Kind: "libur", Name: "Baru", Estimated: true}, {Day: d("2028-01-01"), Kind: "libur", Name: "Baru"}}
	decreed, err := ReadDecree("2027-01-01;libur;Baru\n2027-01-04;cuti;Baru\n2027-12-31;cuti;Tutup", 2027, "SKB")
	if err != nil {
		t.Fatal(err)
	}
	var changes []string
	for _, x := range Differences(before, decreed, 2027) {
		changes = append(changes, x.Day.Format("01-02")+" "+x.Before+">"+x.New)
	}
	if got := strings.Join(changes, "; "); got != "01-04 >Baru (cuti bersama); 01-05 Isra (libur)>; 12-31 >Tutup (cuti bersama)" {
		t.Error(got)
	}
	after := Decreed(before, decreed, 2027)
	c := NewCalendar(after)
	if len(after) != 5 || c.IsWorkday(d("2027-01-04")) || !c.IsWorkday(d("2027-01-05")) || c.IsWorkday(d("2026-12-31")) ||
		!c.Decreed(2027) || NewCalendar(before).Decreed(2027) {
		t.Errorf("%+v", after)
	}
	if len(before) != 4 || before[1].Name != "Isra" {
		t.Error("the calendar was written over")
	}
}
