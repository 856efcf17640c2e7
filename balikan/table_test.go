package balikan

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gapura/agreement"
)

const a, b = "3303010101800001", "3303014202810002"

func rows(t *testing.T, content []byte) []Row {
	t.Helper()
	list, err := ReadTable(content, agreement.DefaultBalikan)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func sheet(t *testing.T, lines ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, line := range lines {
		if err := f.SetSheetRow("Sheet1", "A"+strconv.Itoa(i+1), &line); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// One table in each of the forms that offices' programs write it in.
func TestTablesInEveryForm(t *testing.T) {
	text := "NIK,NOMOR,JENIS_BANTUAN\n" + a + ",12/2026,Benih\n" + b + ",13/2026,Pupuk\n"
	for name, content := range map[string][]byte{
		"comma": []byte(text), "semicolon": []byte(strings.ReplaceAll(text, ",", ";")), "tab": []byte(strings.ReplaceAll(text, ",", "\t")),
		"BOM": []byte("\ufeff" + strings.ReplaceAll(text, ",", ";")), "CRLF": []byte(strings.ReplaceAll(text, "\n", "\r\n")), "empty lines": []byte(strings.ReplaceAll(text, "\n", "\n,,\n\n")),
		"other order and columns": []byte("Nama;jenis bantuan;nik;Nomor\nX;Benih; " + a + " ;12/2026\nY;Pupuk;" + b + ";13/2026\n"),
		"XLSX":                    sheet(t, []any{"NIK", "NOMOR", "JENIS_BANTUAN"}, []any{a, "12/2026", "Benih"}, []any{b, "13/2026", "Pupuk"}),
		"XLSX with an empty line": sheet(t, []any{"Jenis Bantuan", "NIK", "Nomor"}, []any{"Benih", a, "12/2026"}, []any{}, []any{"Pupuk", b, "13/2026"}),
	} {
		t.Run(name, func(t *testing.T) {
			list := rows(t, content)
			if len(list) != 2 {
				t.Fatalf("%d rows", len(list))
			}
			for i, want := range []struct{ nik, number, kind string }{{a, "12/2026", "Benih"}, {b, "13/2026", "Pupuk"}} {
				r := list[i]
				if r.Problem != nil || r.Item.NIK.Digits() != want.nik || r.Item.Params[0]["NOMOR"] != want.number || r.Item.Params[0]["JENIS_BANTUAN"] != want.kind {
					t.Errorf("row %d is not as written, problem %v", i, r.Problem)
				}
			}
		})
	}
}

// Each bad line is named by its number and field, without its values, and the good ones stay.
func TestBadRowsAreNamed(t *testing.T) {
	list := rows(t, []byte("NIK;NOMOR;JENIS_BANTUAN\n"+a+";1;Benih\n33030101;RAHASIA;Benih\n"+a+";;Benih\n"+a+";;\n"+a+";"+strings.Repeat("x", maxValue+1)+";Benih\n"+a+";1;Benih\n"+b+"\n"+b+";1;Benih;lebih\n"))
	want := []string{"", "field nik: tidak sesuai format", "field NOMOR: harus diisi", "field NOMOR: harus diisi", "field NOMOR: harus teks sampai 300 byte tanpa karakter kendali",
		"sama dengan baris sebelumnya", "field NOMOR: harus diisi", ""}
	if len(list) != len(want) {
		t.Fatalf("%d rows", len(list))
	}
	for i, r := range list {
		got := ""
		if r.Problem != nil {
			got = r.Problem.Error()
		}
		if got != want[i] || r.Line != i+2 {
			t.Errorf("line %d: %q, want %q", r.Line, got, want[i])
		}
	}
}

// Empty lines count for the numbers that are shown and not for the length, and none after them is lost.
func TestEmptyLinesMoveNoNumberAndHideNothing(t *testing.T) {
	many := strings.Repeat(";;\n\n", MaxRows)
	for name, content := range map[string][]byte{
		"CSV":  []byte("\nNIK;NOMOR;JENIS_BANTUAN\n\n\n" + a + ";1;\"dua\nbaris\"\n;;\nx;1;Benih\n"),
		"XLSX": sheet(t, []any{}, []any{"NIK", "NOMOR", "JENIS_BANTUAN"}, []any{}, []any{}, []any{a, "", "Benih"}, []any{}, []any{}, []any{"x", "1", "Benih"}),
	} {
		list := rows(t, content)
		if len(list) != 2 || list[0].Line != 5 || list[1].Line != 8 || list[0].Problem == nil || list[1].Problem == nil {
			t.Errorf("%s: %d rows", name, len(list))
		}
	}
	if list := rows(t, []byte("NIK;NOMOR;JENIS_BANTUAN\n"+many+a+";1;Benih\n")); len(list) != 1 || list[0].Line != 2*MaxRows+2 {
		t.Errorf("%d rows", len(list))
	}
}

func TestWhatIsNoTable(t *testing.T) {
	heading := "NIK;NOMOR;JENIS_BANTUAN\n"
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{
		"empty": {nil, ErrHeading}, "BOM alone": {[]byte("\ufeff"), ErrHeading}, "no NIK": {[]byte("NOMOR;JENIS_BANTUAN\n1;x\n"), ErrHeading},
		"a field is missing": {[]byte("NIK;NOMOR\n" + a + ";1\n"), ErrHeading}, "no heading": {[]byte(a + ";1;Benih\n"), ErrHeading},
		"a field twice":    {[]byte("NIK;NOMOR;NOMOR\n" + a + ";1;Benih\n"), ErrHeading},
		"NIK twice":        {[]byte("NIK;nik;NOMOR;JENIS_BANTUAN\n" + a + ";" + b + ";1;Benih\n"), ErrHeading},
		"not UTF-8":        {[]byte(heading + "\xff\xfe;1;2\n"), ErrTable},
		"binary":           {[]byte("MZ\x00\x00"), ErrTable},
		"open quote":       {[]byte(heading + `"` + a + ";1;2\n"), ErrTable},
		"broken XLSX":      {[]byte("PK\x03\x04 no archive"), ErrTable},
		"truncated XLSX":   {sheet(t, []any{"NIK", "NOMOR", "JENIS_BANTUAN"})[:400], ErrTable},
		"empty XLSX":       {sheet(t), ErrHeading},
		"one row too many": {[]byte(heading + strings.Repeat(a+";1;x\n", MaxRows+1)), ErrRows},
		"far too many":     {[]byte(heading + strings.Repeat(a+";1;x\n", 10*MaxRows)), ErrRows},
	} {
		t.Run(name, func(t *testing.T) {
			if list, err := ReadTable(c.content, agreement.DefaultBalikan); !errors.Is(err, c.want) {
				t.Errorf("%d rows, %v, want %v", len(list), err, c.want)
			}
		})
	}
	if list := rows(t, []byte(heading)); len(list) != 0 {
		t.Error("a table of a heading alone has rows")
	}
	if list := rows(t, []byte(heading+strings.Repeat(a+";1;x\n", MaxRows))); len(list) != MaxRows {
		t.Errorf("%d rows of the longest table", len(list))
	}
}

func TestWrittenRowsAreReadAgain(t *testing.T) {
	var items []Item
	for _, r := range rows(t, []byte("NIK;NOMOR;JENIS_BANTUAN\n"+a+";\"1;2\";\"Benih \"\"unggul\"\"\"\n"+b+";3;Pupuk, organik\n")) {
		items = append(items, r.Item)
	}
	text, err := WriteRows(items, agreement.DefaultBalikan)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows(t, []byte(text)) {
		if r.Problem != nil || r.Item.Digest() != items[i].Digest() {
			t.Errorf("row %d: %v", i, r.Problem)
		}
	}
}
