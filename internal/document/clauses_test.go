package document

import (
	"os"
	"slices"
	"strings"
	"testing"

	"gapura/internal/document/pdftest"
)

// readClauses reads a table of clauses: [key of a template], then one clause a line.
func readClauses(t *testing.T, name string) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	clauses, key := map[string][]string{}, ""
	for line := range strings.Lines(string(raw)) {
		switch line = strings.TrimSpace(line); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			key = strings.Trim(line, "[]")
		default:
			clauses[key] = append(clauses[key], line)
		}
	}
	return clauses
}

// piecesOf are what a letter says: its statements, and each line of another kind (title, field, table, signatures, …) as it is written.
func piecesOf(t *testing.T, tpl Template) (statements, lines []string) {
	t.Helper()
	blocks, err := parse(tpl.Text)
	if err != nil {
		t.Fatal(tpl.Key, err)
	}
	for _, b := range blocks {
		if b.kind == paragraph || b.kind == item {
			statements = append(statements, strings.Join(strings.Fields(b.parts[0]), " "))
		}
	}
	for line := range strings.Lines(tpl.Text) {
		line = strings.Join(strings.Fields(line), " ")
		if !begins(line) && !strings.HasPrefix(line, "> ") || numbered.MatchString(line) {
			continue
		}
		if rest, is := strings.CutPrefix(line, "# "); is { // which begins a comment in the table
			line = "judul: " + rest
		} else if rest, is := strings.CutPrefix(line, "## "); is {
			line = "subjudul: " + rest
		}
		lines = append(lines, line)
	}
	return statements, lines
}

// TestEveryLetterSaysAllItsClauses holds each letter of the office's own against testdata/clauses.txt: whoever cuts a statement, a field, a
// table, a signature or another line out of a letter, or adds one, has to say so there.
func TestEveryLetterSaysAllItsClauses(t *testing.T) {
	clauses, agreed := readClauses(t, "clauses.txt"), readClauses(t, "agreement.txt")
	for _, tpl := range Defaults() {
		if (clauses[tpl.Key] == nil) == (agreed[tpl.Key] == nil) {
			t.Errorf("%s must stand in one of the two tables of clauses", tpl.Key)
		}
		if agreed[tpl.Key] != nil {
			continue
		}
		statements, lines := piecesOf(t, tpl)
		held := map[string]bool{}
		for _, c := range clauses[tpl.Key] {
			found := slices.Contains(lines, c)
			held[c] = found
			for _, s := range statements {
				if strings.Contains(s, c) {
					found, held[s] = true, true
				}
			}
			if !found {
				t.Errorf("%s no longer says %q", tpl.Key, c)
			}
		}
		for _, s := range append(statements, lines...) {
			if !held[s] {
				t.Errorf("%s says what is not among its clauses: %q", tpl.Key, s)
			}
		}
	}
}

// agreed are the values with which the papers of the agreement say what testdata/agreement.txt holds.
func agreed(t Template) map[string]string {
	v := sample(t)
	for name, value := range map[string]string{
		"dinas_singkat": "Dinas Dukcapil Kabupaten Rekaan", "singkatan": "DINPERTAN", "daerah": "Kabupaten Rekaan", "urusan": "pertanian",
		"kepala_jabatan": "Kepala Dinas Pertanian Kabupaten Rekaan", "pks_nomor": "400.12/1001/2025",
		"pks_nomor_instansi": "470.1/2002/2025",
		"pks_tanggal":        "16 September 2025",
		"pks_tentang": "Pemanfaatan Nomor Induk Kependudukan, Data Kependudukan, dan Kartu Tanda " +
			"Penduduk Elektronik dalam Lingkup Tugas Dinas Pertanian Kabupaten Rekaan",
		"hari_penandatanganan": "Selasa tanggal enam belas bulan September tahun dua ribu dua puluh lima",
		"berakhir_kata":        "enam belas bulan September tahun dua ribu dua puluh tujuh",
		"peraturan_daerah": "Peraturan Bupati Rekaan Nomor 12 Tahun 2016 tentang Kedudukan, Susunan Organisasi, Tugas dan Fungsi, serta " +
			"Tata Kerja Dinas Kependudukan dan Pencatatan Sipil Kabupaten Rekaan",
		"persetujuan_nomor": "400.8.1.2/1234/Dukcapil", "persetujuan_tanggal": "25 Juli 2025",
		"layanan": "verifikasi dan validasi data penerima bantuan", "elemen_jumlah": "8 (delapan)",
		"elemen_kata": "NIK, nama lengkap, jenis kelamin, tempat lahir, tanggal/bulan/tahun lahir, status perkawinan, jenis pekerjaan, " +
			"dan alamat sekarang",
		"daftar_elemen": "NIK;\nNama Lengkap;\nJenis Kelamin;\nTempat Lahir;\nTanggal/Bulan/Tahun Lahir;\nStatus Perkawinan;\n" +
			"Jenis Pekerjaan; dan\nAlamat Sekarang (alamat, Nama Provinsi, Nama Kabupaten/Kota, Kode Kecamatan, Nama Kecamatan, " +
			"Nama Desa/Kelurahan, RT, RW).",
		"metode_kata": "web portal", "metode_kapital": "WEB PORTAL", "titik_jaringan": "1 (satu)",
		"balikan_kata": "nomor/keterangan penerima bantuan dan jenis bantuan yang diterima", "kuota": "200", "bandwidth": "1 Mbps",
		"daftar_balikan": "NIK;\nnomor/keterangan penerima bantuan; dan\njenis bantuan yang diterima.",
		"tersambung":     "minggu ke-3 bulan September 2025", "jaringan": "10.33.4.0/24",
		"url_balikan": "https://balikan.rekaan.example/public",
		"url_sifilma": "https://sifilma.rekaan.example", "surel_dinas": "dukcapil@rekaan.example", "juknis_nomor": "400.12/1003/2025",
		"dinas_alamat": "Jalan Contoh Nomor 1", "daftar_pic_dinas": "Rekaan Satu", "daftar_pic_instansi": "Rekaan Dua",
		"daftar_aplikasi": "Aplikasi Bantuan", "permohonan": "Perjanjian Kerja Sama",
		"dinas_kapital":    "DINAS KEPENDUDUKAN DAN PENCATATAN SIPIL KABUPATEN REKAAN",
		"instansi_kapital": "DINAS PERTANIAN KABUPATEN REKAAN", "tentang_kapital": "PEMANFAATAN NOMOR INDUK KEPENDUDUKAN",
		"permohonan_nomor":   "470/1111",
		"permohonan_tanggal": "3 Juni 2024", "permohonan_hal": "Permohonan Akses Data Nasional Bagi Organisasi Perangkat Daerah",
		"pemberi_izin": "Dinas Kependudukan dan Pencatatan Sipil Kabupaten Rekaan", "meterai": "2",
	} {
		v[name] = value
	}
	return v
}

// TestThePapersOfTheAgreementSayEachOfItsClauses holds what the agreement encloses, and the agreement itself, against its own words
// (testdata/agreement.txt): each clause stands in the printed paper, whole and in order, and the paper says nothing else.
func TestThePapersOfTheAgreementSayEachOfItsClauses(t *testing.T) {
	for key, clauses := range readClauses(t, "agreement.txt") {
		t.Run(key, func(t *testing.T) {
			tpl, ok := Default(key)
			if !ok {
				t.Fatal("no template")
			}
			said, err := Clauses(tpl, agreed(tpl))
			if err != nil {
				t.Fatal(err)
			}
			at := 0
			for _, c := range said {
				switch {
				case at < len(clauses) && c.Text == clauses[at]:
					at++
				case at < len(clauses):
					t.Fatalf("clause %d\nmust be %q\nbut is  %q", at+1, clauses[at], c.Text)
				default:
					t.Errorf("after the last clause it says %q", c.Text)
				}
			}
			if at < len(clauses) {
				t.Fatalf("it no longer says %q", clauses[at])
			}
			pdf, err := Render(tpl, head, agreed(tpl), made)
			if err != nil {
				t.Fatal(err)
			}
			if pages := strings.Count(pdftest.Text(t, pdf), "\f"); strings.Contains(tpl.Text, "\nformulir:") && pages != 1 {
				t.Errorf("the form is %d sheets", pages)
			}
			for page := range strings.SplitSeq(pdftest.Text(t, pdf), "\f") {
				if strings.Contains(page, "Mengetahui:") && strings.Count(page, "Kontak person D") != 2 {
					t.Errorf("who signs stands apart: %s", page)
				}
			}
			foot := 18.0
			if strings.Contains(tpl.Text, "\nparaf:") {
				foot += initialsRoom
			}
			printed := strings.Join(strings.Fields(pdftest.Body(t, pdf, 16, foot)), "")
			printed = strings.ReplaceAll(printed, "No.KRITERIAPETUNJUK", "") // stands on each page
			for n, c := range clauses {
				c = strings.Join(strings.Fields(c), "")
				i := strings.Index(printed, c)
				if i < 0 {
					t.Fatalf("clause %d is not printed in its place: %q", n+1, clauses[n])
				}
				printed = printed[i+len(c):]
			}
		})
	}
}
