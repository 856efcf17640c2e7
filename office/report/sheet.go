package report

import (
	"bytes"
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"gapura/access/access"
	"gapura/exchange/balikan"
	"gapura/internal/bahasa"
)

// XLSX is the report as a workbook of the layout, whose figures are numbers and whose dates are dates, so that an office can go on
// calculating. Each figure of use leads to its records in the list at the URL; empty: no links.
func (r Report) XLSX(l Layout, records string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	w := book{File: f, records: records}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1,
		Color: []string{"DCE6F5"}}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return nil, err
	}
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		return nil, err
	}
	w.bold, w.day = bold, day
	const blank = "\u00a0" // the library's own first sheet, under a name that no layout has
	w.do(f.SetSheetName("Sheet1", blank))
	for _, s := range l.Sheets {
		heads := make([]string, len(s.Columns))
		for i, c := range s.Columns {
			heads[i] = c[0]
		}
		w.sheet(s.Name, s.Width, heads...)
		for _, row := range r.table(s) {
			cells := make([]any, len(s.Columns))
			for i, c := range s.Columns {
				cells[i] = row[c[1]].value
			}
			w.row(cells...)
			for i, c := range s.Columns {
				if x := row[c[1]]; x.figure != nil {
					w.link(i+1, x.in, *x.figure, x.of)
				}
			}
		}
	}
	w.do(f.DeleteSheet(blank))
	if w.err != nil {
		return nil, fmt.Errorf("write workbook: %w", w.err)
	}
	f.SetActiveSheet(0)
	if err := f.SetDocProps(&excelize.DocProperties{
		Title: "Laporan " + r.Period.Words() + " " + r.Agency, Creator: "Gapura", Created: r.Made.UTC().Format(time.RFC3339),
		Modified: r.Made.UTC().Format(time.RFC3339),
	}); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if _, err := f.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return out.Bytes(), nil
}

// percent is a rate as a number, or a dash when there is nothing to measure.
func percent(r balikan.Rate) any {
	if p, ok := r.Percent(); ok {
		return p
	}
	return r.Share()
}

// A book writes sheets row by row and keeps the first error.
type book struct {
	*excelize.File
	records   string // URL of the list that figures lead to
	name      string
	line      int
	bold, day int
	err       error
}

// link makes a figure of the last row lead to its records.
func (w *book) link(column int, in Period, f access.Figure, of Part) {
	query, ok := in.Query(f, of)
	if !ok || w.records == "" {
		return
	}
	cell, err := excelize.CoordinatesToCellName(column, w.line)
	w.do(err)
	w.do(w.SetCellHyperLink(w.name, cell, w.records+"?"+query, "External"))
}

func (w *book) do(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *book) sheet(name string, first float64, heads ...string) {
	_, err := w.NewSheet(name)
	w.do(err)
	w.name, w.line = name, 0
	cells := make([]any, len(heads))
	for i, h := range heads {
		cells[i] = h
	}
	w.row(cells...)
	last, err := excelize.ColumnNumberToName(len(heads))
	w.do(err)
	w.do(w.SetColWidth(name, "A", "A", first))
	w.do(w.SetColWidth(name, "B", max(last, "B"), 20))
	w.do(w.SetCellStyle(name, "A1", last+"1", w.bold))
	w.do(w.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}

func (w *book) row(cells ...any) {
	w.line++
	for i, c := range cells {
		cell, err := excelize.CoordinatesToCellName(i+1, w.line)
		w.do(err)
		switch x := c.(type) {
		case time.Time:
			if x.IsZero() {
				c = bahasa.Date(x)
				break
			}
			c = time.Date(x.Year(), x.Month(), x.Day(), 0, 0, 0, 0, time.UTC)
			defer func() { w.do(w.SetCellStyle(w.name, cell, cell, w.day)) }()
		case string:
			c = x // a text that looks like a formula stays a text: SetCellValue never makes one
		}
		w.do(w.SetCellValue(w.name, cell, c))
	}
}
