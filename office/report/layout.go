package report

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gapura/internal/setting"
	"gapura/internal/told"
)

// A Layout is what the workbook consists of: a TOML text that an office changes without a release (I6).
type Layout struct {
	Sheets []Sheet `toml:"lembar"`
}

// A Sheet is one table of figures. Columns are pairs of a heading and what it holds; so are Rows, of the table "ringkasan" alone.
type Sheet struct {
	Name    string     `toml:"nama"`
	Of      string     `toml:"isi"`
	Width   float64    `toml:"lebar"` // of the first column, in characters
	Columns [][]string `toml:"kolom"`
	Rows    [][]string `toml:"baris"`
}

// DefaultLayout is the text that comes with the program.
//
//go:embed tata-buku-kerja.toml
var DefaultLayout string

// A Content is a table that a sheet can hold, with what its columns can.
type Content struct {
	Key     string
	About   string // Indonesian
	Columns []string
	Rows    []string // of "ringkasan"
}

// counted are the figures of a line, as Columns.
var counted = []string{"nama", "data", "verifikasi", "pemberitahuan", "ditolak", "permintaan", "kuota"}

// Contents are all tables.
var Contents = []Content{
	{"ringkasan", "Identitas laporan, jumlah, dan uraian; setiap baris ditulis pada “baris”", []string{"uraian", "nilai"}, summaryKeys()},
	{"bulanan", "Setiap bulan pada periode", counted, nil},
	{"pengguna", "Setiap pengguna", counted, nil},
	{"tujuan", "Setiap tujuan pemanfaatan", counted, nil},
	{"metode", "Setiap metode akses", counted, nil},
	{"hasil", "Setiap hasil permintaan", counted, nil},
	{"user_id", "User ID dan NDA-nya", []string{"user_id", "nama", "peran", "keadaan", "tanggal_nda", "nomor_nda"}, nil},
	{"data_balikan", "Data balikan setiap pengguna", []string{"user_id", "wajib", "diterima", "terlambat", "alasan", "belum", "kepatuhan"},
		nil},
	{"pembaca", "Perangkat pembaca menurut keadaannya", []string{"keadaan", "jumlah"}, nil},
	{"kewajiban", "Kewajiban perjanjian", []string{"kewajiban", "dasar", "jatuh_tempo", "keadaan"}, nil},
	{"insiden", "Insiden pada periode", []string{"insiden", "jumlah"}, nil},
}

// LoadLayout reads a layout and says, in Indonesian, what is wrong with it.
func LoadLayout(text string) (Layout, error) {
	var l Layout
	if _, err := setting.Decode(text, &l); err != nil {
		return l, err
	}
	if len(l.Sheets) == 0 {
		return l, told.Wrong("teks", "Buku kerja harus mempunyai paling sedikit satu [[lembar]].")
	}
	var names []string
	for n, s := range l.Sheets {
		name := strings.ToLower(s.Name)
		wrong := s.wrong()
		if slices.Contains(names, name) {
			wrong = "namanya sudah dipakai lembar lain"
		}
		if wrong != "" {
			return l, told.Wrong("teks", fmt.Sprintf("Lembar ke-%d “%s”: %s.", n+1, s.Name, wrong))
		}
		names = append(names, name)
	}
	return l, nil
}

// wrong is what is wrong with a sheet; empty: nothing.
func (s Sheet) wrong() string {
	i := slices.IndexFunc(Contents, func(c Content) bool { return c.Key == s.Of })
	switch {
	case strings.TrimSpace(s.Name) == "" || utf8.RuneCountInString(s.Name) > 31 || strings.ContainsAny(s.Name, `[]:*?/\'`):
		return `nama harus 1 sampai 31 karakter tanpa [ ] : * ? / \ '`
	case i < 0:
		return fmt.Sprintf("isi “%s” tidak dikenal", s.Of)
	case s.Width < 1 || s.Width > 200:
		return "lebar harus 1 sampai 200"
	case len(s.Columns) == 0 || len(s.Columns) > 50:
		return "kolom harus 1 sampai 50"
	case (len(s.Rows) > 0) != (Contents[i].Rows != nil):
		return "baris ditulis pada lembar yang berisi ringkasan, dan hanya di sana"
	}
	for _, pairs := range []struct {
		kind  string
		list  [][]string
		known []string
	}{{"kolom", s.Columns, Contents[i].Columns}, {"baris", s.Rows, Contents[i].Rows}} {
		for _, x := range pairs.list {
			if len(x) != 2 || strings.TrimSpace(x[0]) == "" {
				return "setiap " + pairs.kind + " ditulis sebagai [judul, isi]"
			}
			if !slices.Contains(pairs.known, x[1]) {
				return fmt.Sprintf("isi %s “%s” tidak dikenal; yang dikenal: %s", pairs.kind, x[1], strings.Join(pairs.known, ", "))
			}
		}
	}
	return ""
}
