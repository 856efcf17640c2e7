package balikan

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gapura/agreement/agreement"
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
	t, err := ReadTable(content, spec)
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

func TestRate(t *testing.T) {
	if _, ok := (Rate{}).Percent(); ok || (Rate{}).Share() != "—" {
		t.Error("a share of nothing is", (Rate{}).Share())
	}
	r := Rate{Opened: 3, Met: 1, Excused: 1}
	if p, ok := r.Percent(); r.Open() != 1 || p != 66 || !ok || r.Share() != "66 %" {
		t.Errorf("%+v", r)
	}
}
