package table

import (
	"bytes"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// TestAnExportOpensInAnIndonesianExcel: its mark, semicolons, no formula, no number that loses digits; and this program reads it again.
func TestAnExportOpensInAnIndonesianExcel(t *testing.T) {
	var b bytes.Buffer
	c := NewCSV(&b, "NIK", "CATATAN", "JUMLAH", "HARI")
	c.Row("1030250305850001", "=HYPERLINK(\"http://contoh\")", 12, time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC))
	c.Row("", "+62; -", -3, time.Time{})
	c.Row("123", "@SUM(A1)", 0, time.Time{})
	if err := c.End(); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	want := "\ufeffNIK;CATATAN;JUMLAH;HARI\r\n" + `"=""1030250305850001""";"'=HYPERLINK(""http://contoh"")";12;31/12/2026` + "\r\n" +
		`;"'+62; -";-3;` + "\r\n" + "123;'@SUM(A1);0;\r\n"
	if text != want {
		t.Errorf("%q, want %q", text, want)
	}
	heading, rows, _, err := read([]byte(text), Choice{})
	if err != nil || heading != "NIK|CATATAN|JUMLAH|HARI" || len(rows) != 3 {
		t.Error(heading, rows, err)
	}
	c = NewCSV(broken{}, "A")
	if c.End() == nil {
		t.Error("a table that was not written is called written")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, bytes.ErrTooLarge }

// TestAFormKeepsWhatIsTyped: its cells are text, so that a spreadsheet makes no number of a NIK.
func TestAFormKeepsWhatIsTyped(t *testing.T) {
	content, err := Form("NIK", "Jenis bantuan")
	if err != nil {
		t.Fatal(err)
	}
	heading, rows, _, err := read(content, Choice{})
	if err != nil || heading != "NIK|Jenis bantuan" || len(rows) != 0 {
		t.Error(heading, rows, err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, cell := range []string{"A2", "B1000"} {
		id, err := f.GetCellStyle("Sheet1", cell)
		if err != nil {
			t.Fatal(err)
		}
		if style, err := f.GetStyle(id); err != nil || style.NumFmt != 49 {
			t.Errorf("%s: format %+v, %v", cell, style, err)
		}
	}
}
