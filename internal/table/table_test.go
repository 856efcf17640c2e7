package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

var wide = Limits{Rows: 1000, Columns: 50, Cell: 1000, Unpacked: 8 << 20}

// read is a file as its heading and its rows, a row on a line with | between; faults stand in place of their cells.
func read(content []byte, choice Choice) (heading string, rows []string, left []string, err error) {
	t, err := Open(bytes.NewReader(content), int64(len(content)), wide, choice)
	if err != nil {
		return "", nil, nil, err
	}
	for row, err := range t.Rows() {
		if err != nil {
			return "", rows, nil, err
		}
		cells := slices.Clone(row.Cells)
		for i, f := range row.Faults {
			cells[i] = "!" + f
		}
		if row.Broken != "" {
			cells = []string{"!" + row.Broken}
		}
		rows = append(rows, fmt.Sprint(row.Line)+": "+strings.Join(cells, "|"))
	}
	return strings.Join(t.Heading, "|"), rows, t.Left(), nil
}

func encoded(t *testing.T, e interface{ String(string) (string, error) }, s string) []byte {
	t.Helper()
	out, err := e.String(s)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(out)
}

// TestOneTableInAllItsWritings: encodings, separators and line ends make no difference.
func TestOneTableInAllItsWritings(t *testing.T) {
	lines := [][]string{{"NIK", " NOMOR\u00a0", "NAMA"}, {"1030250305850001", "KT-1", "RENÉ; atau, | itu"}, {"", "", ""},
		{"1030250305850002", "KT-2", ""}}
	for _, sep := range []string{",", ";", "\t", "|"} {
		for _, end := range []string{"\n", "\r\n", "\r"} {
			var b strings.Builder
			for _, l := range lines {
				for i, c := range l {
					if i > 0 {
						b.WriteString(sep)
					}
					if strings.ContainsAny(c, ";,|") {
						c = `"` + c + `"`
					}
					b.WriteString(c)
				}
				b.WriteString(end)
			}
			text := b.String()
			le, be := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
			for name, content := range map[string][]byte{
				"UTF-8": []byte(text), "UTF-8 with mark": []byte("\ufeff" + text), "sep=": []byte("sep=" + sep + end + text),
				"UTF-16LE":    encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), text),
				"UTF-16BE":    encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(), text),
				"LE, no mark": encoded(t, le.NewEncoder(), text), "BE, no mark": encoded(t, be.NewEncoder(), text),
				"Windows-1252": encoded(t, charmap.Windows1252.NewEncoder(), text),
			} {
				heading, rows, _, err := read(content, Choice{})
				shift := map[bool]int{true: 1}[name == "sep="]
				want := []string{fmt.Sprintf("%d: 1030250305850001|KT-1|RENÉ; atau, | itu", 2+shift),
					fmt.Sprintf("%d: 1030250305850002|KT-2|", 4+shift)}
				if err != nil || heading != "NIK|NOMOR|NAMA" || !slices.Equal(rows, want) {
					t.Errorf("%s, %q, %q: %s %q %v", name, sep, end, heading, rows, err)
				}
			}
		}
	}
}

func TestRowsLostToAQuoteAreTold(t *testing.T) {
	_, rows, _, err := read([]byte("A;B\n1;2\n3;\"x\n5;6\n7;8\n"), Choice{})
	if err != nil || len(rows) != 2 || !strings.Contains(rows[1], "baris 3 sampai") {
		t.Error(rows, err)
	}
}

// TestCellsOfACSVAsSpreadsheetsWriteThem: a text that was kept as one, quotes within a text, error cells, and a separator that was told
// and saved again.
func TestCellsOfACSVAsSpreadsheetsWriteThem(t *testing.T) {
	for content, want := range map[string]string{
		"A;B\n=\"001\";2\n3;4\n": `2: ="001"|2,3: 3|4`, "A;B\n1;Pupuk \"Urea\" 50 kg\n3;4\n": `2: 1|Pupuk "Urea" 50 kg,3: 3|4`,
		"A;B\n1;#REF!\n": "2: 1|!" + errorCell, "A;B\n#DIV/0!;#N/A\n": "2: !" + errorCell + "|#N/A", "A;B\n1;#1\n": "2: 1|#1",
		"sep=;;;\nA;B\n1;2\n": "3: 1|2", "sep=;x\nA;B\n1;2\n": "2: A|B,3: 1|2",
	} {
		_, rows, _, err := read([]byte(content), Choice{})
		if err != nil || strings.Join(rows, ",") != want {
			t.Errorf("%q: %q %v", content, rows, err)
		}
	}
}

// TestAQuoteFarInIsReadInItsOwnRow: what is kept of a long file is the row that is read.
func TestAQuoteFarInIsReadInItsOwnRow(t *testing.T) {
	var b strings.Builder
	b.WriteString("A;B\n")
	for i := range 900 {
		fmt.Fprintf(&b, "=\"%d\";%s\n", i, strings.Repeat("x", i))
	}
	_, rows, _, err := read([]byte(b.String()), Choice{})
	if err != nil || len(rows) != 900 {
		t.Fatal(len(rows), err)
	}
	for i, r := range rows {
		if r != fmt.Sprintf(`%d: ="%d"|%s`, i+2, i, strings.Repeat("x", i)) {
			t.Fatalf("row %d: %q", i, r)
		}
	}
}

// book writes an XLSX by the library that offices' workbooks come nearest to.
func book(t *testing.T, make func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	make(f)
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func set(t *testing.T, f *excelize.File, at string, v any, format string) {
	t.Helper()
	if err := f.SetCellValue("Sheet1", at, v); err != nil {
		t.Fatal(err)
	}
	if format != "" {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil || f.SetCellStyle("Sheet1", at, at, id) != nil {
			t.Fatal(err)
		}
	}
}

// TestCellsAreTakenAsTheyAreShown: numbers, days, leading zeros, formulas' texts; what a spreadsheet has spoilt is a fault and never a
// value.
func TestCellsAreTakenAsTheyAreShown(t *testing.T) {
	for _, c := range []struct {
		value  any
		format string
		want   string
	}{
		{"1030250305850001", "", "1030250305850001"}, {12, "", "12"}, {1.5, "", "1.5"}, {0.1 + 0.2, "", "0.3"}, {7, "000", "007"},
		{-3, "", "-3"},
		{123456789012345.0, "", "123456789012345"}, {1030250305850010.0, "", "!" + lostDigits}, {6.01301000000012e15, "0", "!" +
			lostDigits},
		{time.Date(1985, 3, 5, 0, 0, 0, 0, time.UTC), "dd/mm/yyyy", "1985-03-05"}, {time.Date(1985, 3, 5, 0, 0, 0, 0, time.UTC),
			"[$-421]dd mmmm yyyy", "1985-03-05"},
		{time.Date(1985, 3, 5, 10, 30, 0, 0, time.UTC), "dd/mm/yyyy hh:mm", "1985-03-05 10:30:00"}, {1234.5, `#,##0.00 "d y"`, "1234.5"},
		{true, "", "TRUE"},
	} {
		content := book(t, func(f *excelize.File) {
			set(t, f, "A1", "KEPALA", "")
			set(t, f, "A2", c.value, c.format)
		})
		if _, rows, _, err := read(content, Choice{}); err != nil || len(rows) != 1 || rows[0] != "2: "+c.want {
			t.Errorf("%v as %q: %q %v, want %s", c.value, c.format, rows, err, c.want)
		}
	}
	content := book(t, func(f *excelize.File) {
		set(t, f, "A1", "KEPALA", "")
		rich := []excelize.RichTextRun{{Text: "SATU "}, {Text: "DUA", Font: &excelize.Font{Bold: true}}}
		if f.SetCellRichText("Sheet1", "A2", rich) != nil {
			t.Fatal("rich text")
		}
	})
	content = replaced(t, content, "xl/worksheets/sheet1.xml", "</sheetData>",
		`<row r="5"><c r="A5" t="e"><v>#N/A</v></c><c r="C5" t="str"><f>A1</f><v>isi</v></c></row></sheetData>`)
	if _, rows, _, err := read(content, Choice{}); err != nil || !slices.Equal(rows, []string{"2: SATU DUA", "5: !" + errorCell +
		"||isi"}) {
		t.Errorf("%q %v", rows, err)
	}
}

func TestWhatIsLeftOutIsNamed(t *testing.T) {
	content := book(t, func(f *excelize.File) {
		for i := 1; i <= 4; i++ {
			set(t, f, fmt.Sprintf("A%d", i), fmt.Sprintf("baris %d", i), "")
		}
		if _, err := f.NewSheet("Tambahan"); err != nil || f.SetCellValue("Tambahan", "A1", "lain") != nil || f.SetCellValue("Tambahan",
			"A2", "isi") != nil ||
			f.SetRowVisible("Sheet1", 3, false) != nil {
			t.Fatal(err)
		}
	})
	_, rows, left, err := read(content, Choice{})
	if err != nil || !slices.Equal(rows, []string{"2: baris 2", "4: baris 4"}) || !slices.Equal(left,
		[]string{"1 baris tersembunyi (mulai baris 3)", `lembar "Tambahan"`}) {
		t.Errorf("%q %q %v", rows, left, err)
	}
	if _, rows, left, err := read(content, Choice{Hidden: true}); err != nil || len(rows) != 3 || len(left) != 1 {
		t.Errorf("%q %q %v", rows, left, err)
	}
	if heading, rows, left, err := read(content, Choice{Sheet: "Tambahan"}); err != nil || heading != "lain" || !slices.Equal(rows,
		[]string{"2: isi"}) || len(left) != 1 {
		t.Errorf("%s %q %q %v", heading, rows, left, err)
	}
	if _, _, _, err := read(content, Choice{Sheet: "Tidak ada"}); err != ErrSheet {
		t.Error(err)
	}
}

// TestWorkIsBounded: whatever the file holds, a bound ends the work with its own words.
func TestWorkIsBounded(t *testing.T) {
	long := strings.Repeat("x", wide.Cell+1)
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{
		"rows":    {[]byte("A\n" + strings.Repeat("1\n", wide.Rows+1)), ErrRows},
		"columns": {[]byte("A\n" + strings.Repeat(";", 3) + "\n" + strings.Repeat("x,", wide.Columns+1) + "\n"), ErrColumns},
		"cell":    {[]byte("A\n" + long + "\n"), ErrCell},
		"nothing": {nil, ErrEmpty}, "blanks": {[]byte("\n\n \n"), ErrEmpty}, "no text": {[]byte("A\x00\x01\x02\x03B\n"), ErrFormat},
		"half a zip": {[]byte("PK\x03\x04zzz"), ErrFormat},
		"unpacked": {book(t, func(f *excelize.File) {
			for i := range 900 {
				set(t, f, fmt.Sprintf("A%d", i+1), strings.Repeat(string(rune('a'+i%26)), 12_000)+fmt.Sprint(i), "")
			}
		}), ErrUnpacked},
		"far away": {replaced(t, book(t, func(f *excelize.File) { set(t, f, "A1", "A", "") }), "xl/worksheets/sheet1.xml", "</sheetData>",
			`<row r="2"><c r="XFD2"><v>1</v></c></row></sheetData>`), ErrColumns},
	} {
		began := time.Now()
		if _, _, _, err := read(c.content, Choice{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if d := time.Since(began); d > 10*time.Second {
			t.Errorf("%s took %s", name, d)
		}
	}
}

// replaced changes the text of one file in a zip.
func replaced(t *testing.T, content []byte, name, from, to string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if f.Name == name {
			if text = strings.Replace(text, from, to, 1); text == b.String() {
				t.Fatalf("%s holds no %s", name, from)
			}
		}
		part, err := w.Create(f.Name)
		if err == nil {
			_, err = part.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("sep=;\nNIK;A\n1;2\n"))
	f.Add([]byte("NIK\t\"A\n"))
	f.Add([]byte{0xff, 0xfe, 'N', 0})
	f.Add([]byte("PK\x03\x04"))
	rng := rand.New(rand.NewPCG(1, 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, rows, _, err := read(b, Choice{Hidden: rng.IntN(2) == 0}); err == nil && len(rows) > wide.Rows {
			t.Error(len(rows))
		}
	})
}
