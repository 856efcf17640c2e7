package bahasa

import (
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	for n, want := range map[int]string{
		0: "nol", 11: "sebelas", 12: "dua belas", 20: "dua puluh", 21: "dua puluh satu", 100: "seratus", 111: "seratus sebelas",
		219: "dua ratus sembilan belas", 1000: "seribu",
		1945: "seribu sembilan ratus empat puluh lima", 2025: "dua ribu dua puluh lima",
		999_999:   "sembilan ratus sembilan puluh sembilan ribu sembilan ratus sembilan puluh sembilan",
		1_000_000: "1000000", -1: "-1",
	} {
		if got := Words(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

func TestDates(t *testing.T) {
	day := time.Date(2025, 9, 16, 0, 0, 0, 0, time.UTC)
	if Date(day) != "16 September 2025" || Date(time.Time{}) != "-" {
		t.Error(Date(day))
	}
	if got := DateInWords(day); got != "Selasa tanggal enam belas bulan September tahun dua ribu dua puluh lima" {
		t.Error(got)
	}
}

func TestNumbers(t *testing.T) {
	for v, want := range map[any]string{0: "0", 999: "999", 1000: "1.000", -1234567: "-1.234.567", int64(1 << 40): "1.099.511.627.776",
		1234.5: "1.234,5", 0.005: "0,01", "x": ""} {
		if got := Number(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}
