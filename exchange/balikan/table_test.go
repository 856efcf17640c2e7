package balikan

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gapura/agreement/agreement"
	"gapura/internal/table"
	"gapura/internal/told"
)

const number = "3303010101800001"

// One table in the forms that offices have.
func TestTablesOfEveryForm(t *testing.T) {
	xlsx := sheet(t, map[string]any{"A1": "Jenis Bantuan", "B1": "nik", "C1": "NOMOR", "D1": "Catatan", "A2": "Pupuk", "B2": number,
		"C2": 7, "D2": "x"})
	for name, content := range map[string]string{
		"commas": "NIK,NOMOR,JENIS_BANTUAN\n" + number + ",7,Pupuk\n", "semicolons, mark, CRLF": "\ufeffNIK;NOMOR;JENIS_BANTUAN\r\n" +
			number + ";7;Pupuk\r\n\r\n",
		"tabs":                  "nik\tnomor\tjenis bantuan\n" + number + "\t7\tPupuk",
		"quotes, other columns": "Ket,Jenis_Bantuan,NIK,Nomor\n\"a,b\",\"Pupuk\",\"" + number + "\",7\n",
		"dashes in a heading":   "NIK;Nomor;Jenis-Bantuan\n" + number + ";7;Pupuk\n",
		"blanks in the number":  "NIK;NOMOR;JENIS_BANTUAN\n 3303 0101 0180 0001 ;7;Pupuk\n", "xlsx": string(xlsx),
	} {
		rows, err := readRows([]byte(content), agreement.DefaultBalikan)
		if err != nil || len(rows) != 1 || rows[0].Problem != nil {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
			continue
		}
		if i := rows[0].Item; rows[0].Line != 2 || i.NIK.Digits() != number ||
			fmt.Sprint(i.Params) != "[map[JENIS_BANTUAN:Pupuk NOMOR:7]]" {
			t.Errorf("%s: line %d, %v", name, rows[0].Line, i.Params)
		}
		again, err := WriteRows([]Item{rows[0].Item}, agreement.DefaultBalikan)
		if err != nil {
			t.Fatal(err)
		}
		if again != "NIK;NOMOR;JENIS_BANTUAN\n"+number+";7;Pupuk\n" {
			t.Errorf("%s: written as %q", name, again)
		}
		back, err := readRows([]byte(again), agreement.DefaultBalikan)
		if err != nil || len(back) != 1 || back[0].Item.Digest() != rows[0].Item.Digest() {
			t.Errorf("%s: what was written is not what is read, %v", name, err)
		}
	}
}

func TestWrongRowsAreNamedAndRepeatNoValue(t *testing.T) {
	rows, err := readRows(
		[]byte("NIK;NOMOR;JENIS_BANTUAN\n"+number+";7;Pupuk\n"+number+";7;Pupuk\nRAHASIA;7;Pupuk\n\n"+
			number+";;Pupuk\n"+number+";8;"+strings.Repeat("R", maxValue+1)+"\n"+number+"\n"), agreement.DefaultBalikan)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		line int
		says string
	}{{2, ""}, {3, "sama dengan baris sebelumnya"}, {4, "field nik"}, {6, "field NOMOR"}, {7, "field JENIS_BANTUAN"}, {8, "harus diisi"}}
	if len(rows) != len(want) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, w := range want {
		problem := ""
		if rows[i].Problem != nil {
			problem = rows[i].Problem.Error()
		}
		if rows[i].Line != w.line || (w.says == "") != (problem == "") || !strings.Contains(problem, w.says) || strings.Contains(problem,
			"RAHASIA") || strings.Contains(problem, "RRR") {
			t.Errorf("row %d: line %d, %q", i, rows[i].Line, problem)
		}
	}
}

func TestWhatIsNoTable(t *testing.T) {
	long := "NIK;NOMOR;JENIS_BANTUAN\n" + strings.Repeat(number+";7;Pupuk\n", MaxRows+1)
	for name, c := range map[string]struct {
		content string
		want    error
	}{
		"empty": {"", ErrHeading}, "no NIK": {"NOMOR;JENIS_BANTUAN\n1;2\n", ErrHeading}, "a field is missing": {"NIK;NOMOR\n1;2\n",
			ErrHeading},
		"zeros": {"NIK;\x00", ErrTable}, "broken quotes": {"NIK;\"NOMOR;JENIS_BANTUAN\n1;2", ErrTable},
		"no sheet": {"PK\x03\x04 nothing", ErrTable}, "too long": {long, ErrRows},
	} {
		if _, err := readRows([]byte(c.content), agreement.DefaultBalikan); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// readRows are the rows of a table.
func readRows(content []byte, spec agreement.Balikan) ([]Row, error) {
	t, err := ReadTable(content, spec, table.Choice{})
	return t.Rows, err
}

// Empty lines count for the numbers that are shown and not for the length, and no row after them is lost.
func TestEmptyLinesMoveNoNumberAndHideNothing(t *testing.T) {
	far := sheet(t, map[string]any{"A2": "NIK", "B2": "NOMOR", "C2": "JENIS_BANTUAN", "A5": number, "C5": "Pupuk", "A" +
		strconv.Itoa(2*MaxRows): "x"})
	for name, c := range map[string]struct {
		content []byte
		last    int
	}{
		"lines": {[]byte("\nNIK;NOMOR;JENIS_BANTUAN\n\n\n" + number + ";1;\"dua\nbaris\"\n;;\nx;1;Benih\n"), 8},
		"many lines": {[]byte("\nNIK;NOMOR;JENIS_BANTUAN\n\n\n" + number + ";;Benih\n" + strings.Repeat(";;\n\n", MaxRows) +
			"x;1;Benih\n"), 2*MaxRows + 6},
		"sheet of lines": {far, 2 * MaxRows},
	} {
		rows, err := readRows(c.content, agreement.DefaultBalikan)
		if err != nil || len(rows) != 2 || rows[0].Line != 5 || rows[1].Line != c.last || rows[0].Problem == nil || rows[1].Problem == nil {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
	}
}

func TestAColumnStandsOnce(t *testing.T) {
	for _, heading := range []string{"NIK;nik;NOMOR;JENIS_BANTUAN", "NIK;NOMOR;Nomor;JENIS_BANTUAN", "NIK;NOMOR;NOMOR"} {
		if _, err := readRows([]byte(heading+"\n"+number+";1;2;3\n"), agreement.DefaultBalikan); !errors.Is(err, ErrHeading) {
			t.Errorf("%s: %v", heading, err)
		}
	}
}

// sheet is an XLSX with these cells.
func sheet(t *testing.T, cells map[string]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for cell, value := range cells {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestGoodRowsAreThoseWithoutAProblem, in their order.
func TestGoodRowsAreThoseWithoutAProblem(t *testing.T) {
	rows, err := readRows([]byte("NIK;NOMOR;JENIS_BANTUAN\n"+number+";1;Pupuk\n330;2;Pupuk\n"+number+";3;Pupuk\n"),
		agreement.DefaultBalikan)
	if good := Good(rows); err != nil || len(good) != 2 || good[0].Params[0]["NOMOR"] != "1" || good[1].Params[0]["NOMOR"] != "3" {
		t.Errorf("%v, %v", good, err)
	}
}

// TestATableIsBounded: its columns and cells, those included that no agreement asks for; the reader's reason is told, a fault
// of ours is not.
func TestATableIsBounded(t *testing.T) {
	wide := func(columns int) string {
		more := strings.Repeat(";x", columns-3) + "\n"
		return "NIK;NOMOR;JENIS_BANTUAN" + more + number + ";7;Pupuk" + more
	}
	for name, c := range map[string]struct {
		content string
		want    error
	}{
		"100 columns": {wide(100), nil}, "101 columns": {wide(101), table.ErrColumns},
		"a long cell": {"NIK;NOMOR;JENIS_BANTUAN;X\n" + number + ";7;Pupuk;" + strings.Repeat("x", 4_001) + "\n", table.ErrCell},
	} {
		_, err := readRows([]byte(c.content), agreement.DefaultBalikan)
		if (c.want == nil) != (err == nil) || err != nil && err.Error() != c.want.Error() {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, reason := range []error{table.ErrRows, table.ErrEmpty, table.ErrFormat, table.ErrColumns, table.ErrCell, table.ErrUnpacked} {
		if _, ok := errors.AsType[*told.Error](unreadable(reason)); !ok {
			t.Errorf("%v is not told", reason)
		}
	}
	if fault := errors.New("disk"); unreadable(fault) != fault {
		t.Error("a fault is told as if the file were wrong")
	}
}

// TestWhatStandsAloneHasNoNumber: an item is counted among others only, and a whole is told by what it lacks.
func TestWhatStandsAloneHasNoNumber(t *testing.T) {
	spec, digits := agreement.DefaultBalikan, number
	given := func(key string, list ...Given) error {
		_, err := ReadGiven(key, list, spec)
		return err
	}
	row := func(text string) error {
		rows, err := readRows([]byte("NIK;NOMOR;JENIS_BANTUAN\n"+digits+";7;Pupuk\n"+text+"\n"), spec)
		if err != nil || len(rows) != 2 {
			t.Fatal(len(rows), err)
		}
		return rows[1].Problem
	}
	_, one := ReadOne(digits, map[string]string{"NOMOR": "", "JENIS_BANTUAN": ""}, spec)
	_, notJSON := members([]byte("7"), 3)
	for want, err := range map[string]error{
		"field NOMOR: harus diisi":       one,
		"sama dengan baris sebelumnya":   row(digits + ";7;Pupuk"),
		"field nik: tidak sesuai format": row("330;7;Pupuk"),
		"field key: harus 8 sampai 64 huruf, angka, garis bawah, atau tanda hubung": given("x", Given{NIK: digits}),
		"field items: harus diisi":                              given("kiriman-1"),
		"field items: lebih dari 10000 data dalam satu kiriman": given("kiriman-1", make([]Given, MaxItems+1)...),
		"data ke-2, field nik: tidak sesuai format": given("kiriman-1", Given{NIK: digits, Reason: "mundur"},
			Given{NIK: "330", Reason: "mundur"}),
		"isi permintaan bukan JSON yang sah": notJSON,
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestRate(t *testing.T) {
	if p, ok := (Rate{}).Percent(); p != 0 || ok || (Rate{}).Share() != "—" {
		t.Error("a share of nothing is", (Rate{}).Share())
	}
	r := Rate{Opened: 3, Met: 1, Excused: 1}
	if p, ok := r.Percent(); r.Open() != 1 || p != 66 || !ok || r.Share() != "66 %" {
		t.Errorf("%+v", r)
	}
}

// TestAPreviewNamesTheColumnsThatAreLeftOut by their place: a heading may be anything.
func TestAPreviewNamesTheColumnsThatAreLeftOut(t *testing.T) {
	got, err := ReadTable([]byte("NIK;CATATAN;NOMOR;JENIS_BANTUAN;\n"+number+";x;7;Pupuk;\n"), agreement.DefaultBalikan, table.Choice{})
	if err != nil || len(got.Rows) != 1 || strings.Join(got.Left, "|") != "kolom ke-2, yang tidak disebut perjanjian" {
		t.Errorf("%v %v", got.Left, err)
	}
}

// TestNoCellIsDroppedForItsPlace: a value beyond the headings, or under an empty one, is a problem of its row.
func TestNoCellIsDroppedForItsPlace(t *testing.T) {
	got, err := ReadTable([]byte("NIK;NOMOR;JENIS_BANTUAN;\n"+number+";7;Pupuk;lebih\n"+number+";8;Pupuk;-;\n"+number+";9;Pupuk;;lebih\n"),
		agreement.DefaultBalikan, table.Choice{})
	if err != nil || len(got.Rows) != 3 {
		t.Fatal(got, err)
	}
	for i, want := range []bool{true, false, true} {
		if (got.Rows[i].Problem != nil) != want {
			t.Errorf("line %d: %v", got.Rows[i].Line, got.Rows[i].Problem)
		}
	}
}
