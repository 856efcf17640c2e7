package desk

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gapura/internal/document/pdftest"
)

func TestTheLetterHoldsTheCheckedNIKAndItsCode(t *testing.T) {
	s := DefaultServices()[0]
	p := Papers{Values: map[string]string{"nik": "3303010101800001", "nama_lengkap": "SITI AMINAH", "tempat_lahir": "PURBALINGGA",
		"tanggal_lahir": "1980-01-01", "alamat": "JL. CONTOH 1", "alamat.rt": "001"},
		Answers: map[string]string{"luas": "0,75"}}
	o := Office{Government: "PEMERINTAH KABUPATEN", Name: "Dinas Pertanian", Place: "Purbalingga", URL: "https://loket.example/"}
	pdf, err := Letter(o, s, p, "520/0001/2026", "KODEPERIKSA", "PB-20261124-001", Check{At: at, Record: "1-7"}, "Ratnasari", at)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Fatal("no PDF")
	}
	if keep := os.Getenv("GAPURA_SHOTS"); keep != "" {
		os.WriteFile(filepath.Join(keep, "surat.pdf"), pdf, 0o600)
	}
	text := pdftest.Text(t, pdf)
	for _, want := range []string{s.Title, "520/0001/2026", "3303 0101 0180 0001", "SITI AMINAH", "1 Januari 1980", "0,75", "1-7",
		"PB-20261124-001", "https://loket.example/periksa/KODEPERIKSA", "Ratnasari"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the letter:\n%s", want, text)
		}
	}
}
