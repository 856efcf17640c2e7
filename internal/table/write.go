package table

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// A CSV is a table on its way to an Excel of Indonesian settings: UTF-8 by its mark, columns by the semicolon, lines by CRLF. No cell is
// read as a formula, and no number of many digits as one that loses its last.
type CSV struct {
	w *csv.Writer
}

// NewCSV begins a table with its heading.
func NewCSV(w io.Writer, heading ...string) *CSV {
	c := &CSV{csv.NewWriter(w)}
	c.w.Comma, c.w.UseCRLF = ';', true
	cells := anys(heading)
	cells[0] = "\ufeff" + heading[0]
	c.Row(cells...)
	return c
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// Row writes a row: texts, whole numbers, and days (time.Time, shown as 31/12/2026). The first error is kept for End.
func (c *CSV) Row(cells ...any) {
	row := make([]string, len(cells))
	for i, v := range cells {
		switch v := v.(type) {
		case string:
			row[i] = harmless(v)
		case time.Time:
			if !v.IsZero() {
				row[i] = v.Format("02/01/2006")
			}
		default:
			row[i] = fmt.Sprint(v)
		}
	}
	_ = c.w.Write(row) // told by End
}

// End writes what is left and tells the first error.
func (c *CSV) End() error {
	c.w.Flush()
	if err := c.w.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// harmless is a text that a spreadsheet shows as it is: an apostrophe before what begins a formula, a formula that gives the text for
// digits beyond those that a number keeps.
func harmless(s string) string {
	if s == "" {
		return s
	}
	if strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	if len(s) > exact && strings.Trim(s, "0123456789") == "" {
		return `="` + s + `"`
	}
	return s
}

// Form is an empty workbook to be filled in: its columns are text, so that a spreadsheet changes nothing of what is typed.
func Form(heading ...string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	const sheet, rows = "Sheet1", 1000
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	last, err := excelize.CoordinatesToCellName(len(heading), rows)
	if err == nil {
		err = f.SetCellStyle(sheet, "A1", last, text)
	}
	if err == nil {
		cells := anys(heading)
		err = f.SetSheetRow(sheet, "A1", &cells)
	}
	if err == nil {
		err = f.SetColWidth(sheet, "A", strings.TrimRight(last, "0123456789"), 24)
	}
	if err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return out.Bytes(), nil
}
