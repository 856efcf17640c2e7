package document

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/internal/bahasa"
	"gapura/internal/document/pdftest"
)

var made = time.Date(2026, 9, 16, 2, 0, 0, 0, time.UTC)

var head = Letterhead{Government: "Pemerintah Kabupaten Rekaan", Office: "Dinas Kependudukan dan Pencatatan Sipil",
	Address: "Jalan Contoh Nomor 1"}

// sample gives every field a value like those of life.
func sample(t Template) map[string]string {
	known := map[string]string{
		"nomor": "400.12/0042/2026", "tanggal": "16 September 2026", "hari_tanggal": bahasa.DateInWords(made), "tempat": "Rekaan",
		"instansi": "Dinas Pertanian Kabupaten Rekaan",
		"dinas":    "Dinas Kependudukan dan Pencatatan Sipil Kabupaten Rekaan", "pejabat": "Dra. Kusumaningrum Adiwinata",
		"pejabat_jabatan": "Kepala Dinas Kependudukan dan Pencatatan Sipil",
		"pejabat_ttd":     "Kepala Dinas Kependudukan dan Pencatatan Sipil",
		"pejabat_nip":     "19700101 199503 2 001", "kepala": "Ir. Wiratmaja Sunarya", "kepala_jabatan": "Kepala Dinas Pertanian",
		"nama": "Ratnasari Puspaningtyas", "penerima": "Ratnasari Puspaningtyas",
		"penerima_nip": "19900705 201503 2 002", "penerima_jabatan": "Petugas Loket", "jabatan": "Petugas Loket",
		"user_id": "petugas.dinpertan", "metode": "Web portal", "pks_nomor": "400.12/2001/2025",
		"pks_nomor_instansi": "470/301/2025", "pks_tanggal": "12 Agustus 2025",
		"pks_tentang":  "Pemanfaatan NIK, Data Kependudukan, dan KTP-el dalam layanan Dinas Pertanian",
		"pks_berakhir": "12 Agustus 2027",
		"nomor_surat":  "470/14/2026", "tanggal_surat": "10 September 2026", "instansi_alamat": "Jalan Contoh Nomor 2",
		"alasan": "Data balikan semester pertama belum disampaikan", "keputusan": "disetujui",
		"daftar": "1\tRDR-01\tSAM-01\tTipe A\n2\tRDR-02\tSAM-02\tTipe A", "perubahan": "Elemen\tNIK, Nama Lengkap, Jenis Pekerjaan, " +
			"Alamat Sekarang\tNIK, Nama Lengkap, Alamat Sekarang\nKuota\t200 per hari\t500 per hari",
		"daftar_nilai":    "Data balikan\t30 %\t92\nLaporan semester\t10 %\t100",
		"daftar_akses":    "Dinas Pertanian\t16 September 2026 09.00 WIB\tverifikasi penerima bantuan",
		"daftar_instansi": "Dinas Pertanian\t12.345\t92 %\t88 (A)\tDilanjutkan\nDinas Sosial\t1.024\t64 %\t61 (C)\tDiperingatkan",
		"berlaku_sampai":  "12 Agustus 2029", "berlaku_sampai_kata": bahasa.DateInWords(time.Date(2029, 8, 12, 0, 0, 0, 0, time.UTC)),
		"grafik_bulanan": "Juli 2026\t120\nAgustus 2026\t80", "grafik_hasil": "Data ditemukan\t150\nKuota akses hari ini telah habis\t50",
	}
	v := map[string]string{}
	for _, f := range t.Fields() {
		if v[f] = known[f]; v[f] == "" {
			v[f] = "nilai " + f
		}
	}
	return v
}

// text reads a PDF with another program and returns its words with single blanks, and how many pages it has.
func text(t *testing.T, pdf []byte) (words string, pages int) {
	t.Helper()
	all := pdftest.Text(t, pdf)
	return strings.Join(strings.Fields(all), " "), strings.Count(all, "\f")
}

func TestEveryTemplateIsPrintedWithItsValues(t *testing.T) {
	if len(Defaults()) < 14 {
		t.Fatalf("%d templates", len(Defaults()))
	}
	for _, tpl := range Defaults() {
		t.Run(tpl.Key, func(t *testing.T) {
			if err := tpl.Check(); err != nil || tpl.Name == "" {
				t.Fatal(tpl.Name, err)
			}
			values := sample(tpl)
			pdf, err := Render(tpl, head, values, made)
			if err != nil {
				t.Fatal(err)
			}
			if dir := os.Getenv("GAPURA_SHOTS"); dir != "" {
				os.WriteFile(filepath.Join(dir, tpl.Key+".pdf"), pdf, 0o600)
			}
			words, pages := text(t, pdf)
			if !strings.Contains(words, fmt.Sprintf("Halaman 1 dari %d", pages)) && !strings.Contains(words, fmt.Sprintf("1 dari %d",
				pages)) {
				t.Errorf("no page numbers on %d pages", pages)
			}
			squeezed := strings.ReplaceAll(words, " ", "")
			for name, v := range values {
				if name == "tautan_periksa" { // which a QR code alone holds
					continue
				}
				for part := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == '\n' || r == '\t' }) {
					for word := range strings.FieldsSeq(part) { // a line may break between words
						if !strings.Contains(squeezed, word) {
							t.Errorf("%s: %q is not in the text", name, word)
						}
					}
				}
			}
			if again, err := Render(tpl, head, values, made); err != nil || !bytes.Equal(again, pdf) {
				t.Error("the same input gives other bytes", err)
			}
		})
	}
}

func TestValuesAreNeverMarkup(t *testing.T) {
	tpl := Template{Key: "x", Name: "X", Text: "# JUDUL\n- Nama : {{.nama}}\n\nIsi {{.isi}} akhir.\n\ntabel: daftar | A | B\nttd: " +
		"Kepala / {{.nama}}"}
	for _, hostile := range []string{"{{.isi}}", "# ttd: A / B", "| a | b |", "a\nkop: ya\nb", "\x00\x07bel", "😀 emoji", "\u202eterbalik",
		strings.Repeat("panjang ", 600), "<b>tebal</b>", strings.Repeat("x", 5000), "\xff\xfe"} {
		pdf, err := Render(tpl, head, map[string]string{"nama": hostile, "isi": hostile, "daftar": "x\t" + strings.ReplaceAll(hostile, "\n",
			" ")}, made)
		if err != nil {
			t.Errorf("%.20q: %v", hostile, err)
			continue
		}
		words, _ := text(t, pdf)
		if !strings.Contains(words, "JUDUL") || !strings.Contains(words, "akhir.") || strings.Contains(words, "PEMERINTAH") {
			t.Errorf("%.20q changed the letter: %.200s", hostile, words)
		}
	}
	if _, err := Render(tpl, head, map[string]string{"nama": "a", "isi": "b"}, made); err == nil || !strings.Contains(err.Error(),
		"daftar") {
		t.Errorf("a missing value: %v", err)
	}
}

func TestLongTablesRepeatTheirHeadAndKeepSignaturesWhole(t *testing.T) {
	var rows []string
	for i := range 90 {
		rows = append(rows, fmt.Sprintf("%d\tRDR-%d\tSAM-%d\t%s", i+1, i, i, strings.Repeat("Tipe panjang ", i%9)))
	}
	tpl, _ := Default("bast-sam")
	values := sample(tpl)
	values["daftar"] = strings.Join(rows, "\n")
	pdf, err := Render(tpl, head, values, made)
	if err != nil {
		t.Fatal(err)
	}
	words, pages := text(t, pdf)
	if n := strings.Count(words, "Nomor seri"); pages < 4 || n < pages-1 {
		t.Errorf("%d heads on %d pages", n, pages)
	}
	for i := range 90 {
		if !strings.Contains(words, fmt.Sprintf("RDR-%d ", i)) {
			t.Errorf("row %d is lost", i)
		}
	}
	last := words[strings.LastIndex(words, "Demikian"):]
	if !strings.Contains(last, values["pejabat"]) || !strings.Contains(last, values["kepala"]) {
		t.Error("signatures are apart from the text")
	}
}

func TestCheckNamesTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"# A\nkopi: ya":                    "baris 2: perintah “kopi” tidak dikenal",
		"# A\n\nIsi {{.Nama}}":             "baris 3",
		"Isi {{if .x}}":                    "baris 1",
		"a\nb {{.nama":                     "baris 2",
		"- tanpa titik dua":                "baris 1",
		"formulir: satu | dua":             "baris 1",
		"tabel: daftar":                    "baris 1",
		"ttd: a / b || c / d || e / f":     "baris 1",
		"":                                 "kosong",
		"kop: mungkin":                     "baris 1",
		"bagan: A | B\n> 3 | lajur":        "baris 2: langkah harus berbentuk",
		"bagan: A\n> 1 | a | b | 1 | 2":    "baris 2: langkah harus berbentuk",
		"bagan: A\n> 1 | a\n> 1 | b | | 2": "baris 3: panah harus berasal dari langkah yang mendahuluinya",
		"bagan: A\n> 1 | a\n> 1 | b | | 0": "baris 3: panah harus berasal",
	} {
		if err := (Template{Text: text}).Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestABranchOfAFlowIsDrawn: the arrow of a step that names where it comes from goes around the boxes between, from page to page it is told
// by its label.
func TestABranchOfAFlowIsDrawn(t *testing.T) {
	draw := func(last string, between int) ([]byte, string) {
		pdf, err := Render(Template{Key: "x", Name: "X", Text: "# ALUR\n\nbagan: Pemohon | Dinas | Pusat\n> 3 | Periksa\n" +
			strings.Repeat("> 2 | Antara\n", between) + last + "\n"}, head, nil, made)
		if err != nil {
			t.Fatal(err)
		}
		return pdf, pdftest.Text(t, pdf)
	}
	straight, _ := draw("> 1 | Perbaiki | tidak sesuai", 2)
	for _, lane := range []string{"1", "2", "3"} {
		branch, said := draw("> "+lane+" | Perbaiki | tidak sesuai | 1", 2)
		if bytes.Equal(branch, straight) || !strings.Contains(said, "tidak sesuai") {
			t.Errorf("lane %s: %s", lane, said)
		}
	}
	_, said := draw("> 1 | Perbaiki | tidak sesuai | 1", 30)
	pages := strings.Split(said, "\f")
	if last := pages[len(pages)-2]; len(pages) < 3 || !strings.Contains(last, "tidak sesuai") || !strings.Contains(last, "Pemohon") {
		t.Errorf("on another page: %s", last)
	}
}

// TestATableBreaksNoWord that fits with smaller letters: a form's number and a user id are read whole.
func TestATableBreaksNoWord(t *testing.T) {
	row := []string{"petugas.dinpertan", "Ratnasari Puspaningtyas", "Petugas", "Nonaktif", "2 Juni 2022 FR.01-SOP-08/DITJEN-DUKCAPIL",
		"1.204"}
	tpl := Template{Key: "x", Name: "X", Text: "# TABEL\n\ntabel: daftar | User ID | Nama | Peran | Keadaan | NDA | NIK\n\nSesudahnya."}
	pdf, err := Render(tpl, head, map[string]string{"daftar": strings.Join(row, "\t")}, made)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Fields(pdftest.Text(t, pdf))
	for _, word := range strings.Fields(strings.Join(row, " ")) {
		if !slices.Contains(said, word) {
			t.Errorf("%q is broken: %q", word, said)
		}
	}
}

func TestFieldsAreThoseOfTheText(t *testing.T) {
	got := Template{Text: "; {{.bukan}}\n# {{.b}} {{ .a }}\ntabel: daftar | A\n{{.b}}"}.Fields()
	if strings.Join(got, " ") != "a b daftar" {
		t.Error(got)
	}
}

func FuzzRender(f *testing.F) {
	f.Add("# A\n- B : {{.c}}\nttd: A / B", "nilai")
	for _, t := range Defaults() {
		f.Add(t.Text, "nilai | # {{.x}}\n- a : b")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		if len(text) > 5000 || len(value) > 2000 {
			return
		}
		tpl := Template{Name: "x", Text: text}
		if tpl.Check() != nil {
			return
		}
		values := map[string]string{}
		for _, name := range tpl.Fields() {
			values[name] = value
		}
		pdf, err := Render(tpl, head, values, made)
		if err != nil || !regexp.MustCompile(`^%PDF-`).Match(pdf) {
			t.Fatalf("%v", err)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	tpl, _ := Default("nda")
	values := sample(tpl)
	for b.Loop() {
		if _, err := Render(tpl, head, values, made); err != nil {
			b.Fatal(err)
		}
	}
}

// A heading stands on the page of what it heads, and figures stand below each other.
func TestHeadingsStayWithWhatFollows(t *testing.T) {
	for lines := range 60 {
		text := "# Judul\n\n" + strings.Repeat("## Baris\n\n", lines) + "## Bagian akhir\n\ntabel: daftar | Nama | Jumlah\n"
		pdf, err := Render(Template{Key: "x", Name: "X", Text: text}, head, map[string]string{"daftar": "satu\t1.200\ndua\t30"}, made)
		if err != nil {
			t.Fatal(err)
		}
		words := pdftest.Text(t, pdf)
		at, from := strings.Index(words, "Bagian akhir"), strings.Index(words, "Jumlah")
		if at < 0 || from < 0 || strings.Contains(words[at:from], "\f") {
			t.Fatalf("after %d headings one stands alone at the end of a page", lines)
		}
	}
	if got := alignments([][]string{{"1", "1.200", "SN-1", "", "12345"}, {"2", "30 %", "7", "", "1"}}); !slices.Equal(got,
		[]string{"L", "R", "L", "", "L"}) {
		t.Errorf("%q", got)
	}
}

// Letters to many people are one document, each beginning on a page of its own under the letterhead, with its own person only.
func TestLettersToManyPeople(t *testing.T) {
	tpl, ok := Default("insiden-penduduk")
	if !ok {
		t.Fatal("no template")
	}
	var all []map[string]string
	for n := range 3 {
		v := sample(tpl)
		v["penduduk"] = fmt.Sprintf("ORANG-REKAAN-%d", n)
		all = append(all, v)
	}
	pdf, err := RenderAll(tpl, head, all, made)
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(pdftest.Text(t, pdf), "\f")
	letters := 0
	for _, page := range pages {
		if strings.Contains(page, "Yth.") {
			if !strings.Contains(page, fmt.Sprintf("ORANG-REKAAN-%d", letters)) || strings.Count(page, "ORANG-REKAAN") != 1 ||
				!strings.Contains(page, "Halaman 1") || !strings.Contains(page, strings.ToUpper(head.Office)) {
				t.Errorf("letter %d: %s", letters, page)
			}
			letters++
		}
	}
	if letters != 3 {
		t.Errorf("%d letters", letters)
	}
	if _, err := RenderAll(tpl, head, nil, made); err == nil {
		t.Error("no letter is no document")
	}
}

// What nobody has to fill in is left out, whole; a field of any other kind stays with its room to write.
func TestAFieldWithoutAValueIsLeftOut(t *testing.T) {
	tpl := Template{Key: "uji", Name: "Uji", Text: "-? Catatan : {{.catatan}}\n- Nama : {{.nama}}"}
	for value, printed := range map[string]bool{"": false, "…………": false, "-": false, "Ada": true} {
		pdf, err := Render(tpl, head, map[string]string{"catatan": value, "nama": "………"}, made)
		if err != nil {
			t.Fatal(err)
		}
		said := pdftest.Text(t, pdf)
		if strings.Contains(said, "Catatan") != printed || !strings.Contains(said, "Nama") {
			t.Errorf("%q: %s", value, said)
		}
	}
}

// Signatures stand together on one page, also when a name takes two lines.
func TestSignaturesStandTogetherWhateverTheNames(t *testing.T) {
	long := "Puspitaningrum Arumdalu aplikasi.dinperla" // two lines, but in bold alone
	for lines := range 30 {
		tpl := Template{Key: "uji", Name: "Uji", Text: strings.Repeat("Sebaris.\n\n", 15) + strings.Repeat("- Butir : satu\n", lines+1) +
			"ttd: PIHAK KEDUA / {{.nama}} / NIP 1 || PIHAK KESATU / Rekaan / NIP 2"}
		pdf, err := Render(tpl, head, map[string]string{"nama": long}, made)
		if err != nil {
			t.Fatal(err)
		}
		for page := range strings.SplitSeq(pdftest.Text(t, pdf), "\f") {
			if strings.Contains(page, "PIHAK KEDUA") != strings.Contains(page, "NIP 1") ||
				strings.Contains(page, "NIP 1") != strings.Contains(page, "NIP 2") {
				t.Fatalf("after %d fields they are torn apart:\n%s", lines, page)
			}
		}
	}
}
