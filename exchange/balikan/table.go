package balikan

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gapura/agreement/agreement"
	"gapura/internal/table"
	"gapura/internal/told"
	"gapura/person/value"
)

// MaxTable is the largest file, in bytes; MaxRows the longest table.
const (
	MaxTable = 5 << 20
	MaxRows  = 5_000
)

// bounds keep a small file from filling the memory.
var bounds = table.Limits{Rows: MaxRows, Columns: 100, Cell: 4_000, Unpacked: 64 << 20}

// A Row is a line of a table: an item, or what is wrong with it.
type Row struct {
	Line    int // from 1, the heading included
	Item    Item
	Problem *told.Error
}

// A Table is what was read of a file.
type Table struct {
	Rows []Row
	Left []string // what of the file was left out, in words
	// Sheets are those of a workbook, also when the one that was read is no such table.
	Sheets []string
}

// Why a table as a whole cannot be read.
var (
	ErrTable   = told.Wrong("", "berkas bukan tabel CSV atau XLSX yang dapat dibaca")
	ErrHeading = told.Wrong("", "baris pertama harus memuat judul kolom NIK dan setiap kolom data balikan, masing-masing satu kali")
	ErrRows    = told.Wrong("", "tabel memuat lebih dari 5.000 baris")
)

// ReadTable reads a CSV or an XLSX, whose first row names the columns: NIK and the agreement's fields, in any order; other columns are left
// out and told. Empty lines are skipped, and a line that repeats another is a problem. Which sheet is read, and whether hidden rows are,
// is the sender's choice.
func ReadTable(content []byte, spec agreement.Balikan, choice table.Choice) (Table, error) {
	var out Table
	t, err := table.Open(bytes.NewReader(content), int64(len(content)), bounds, choice)
	if t != nil {
		out.Sheets = t.Sheets
	}
	if err != nil {
		return out, unreadable(err)
	}
	number, columns, err := headings(t.Heading, spec)
	if err != nil {
		return out, err
	}
	seen := map[[32]byte]bool{}
	for line, err := range t.Rows() {
		if err != nil {
			return Table{}, unreadable(err)
		}
		row := Row{Line: line.Line}
		row.Item, row.Problem = item(line, t.Heading, number, columns, spec)
		if row.Problem == nil {
			if d := row.Item.Digest(); seen[d] {
				row.Problem = unfit(0, "", "sama dengan baris sebelumnya")
			} else {
				seen[d] = true
			}
		}
		out.Rows = append(out.Rows, row)
	}
	out.Left = t.Left()
	for i, h := range t.Heading {
		if _, taken := columns[i]; i != number && !taken && h != "" {
			out.Left = append(out.Left, fmt.Sprintf("kolom ke-%d, yang tidak disebut perjanjian", i+1))
		}
	}
	return out, nil
}

// unreadable tells why a file as a whole is refused.
func unreadable(err error) error {
	switch {
	case errors.Is(err, table.ErrRows):
		return ErrRows
	case errors.Is(err, table.ErrEmpty):
		return ErrHeading
	case errors.Is(err, table.ErrFormat):
		return ErrTable
	case errors.Is(err, table.ErrColumns), errors.Is(err, table.ErrSheet), errors.Is(err, table.ErrCell), errors.Is(err, table.ErrUnpacked),
		errors.Is(err, table.ErrRow), errors.Is(err, table.ErrSheets):
		return told.Wrong("", err.Error())
	}
	return err
}

// headings are where the NIK and the agreement's fields stand; a column that stands twice would leave open which one counts, and one that
// is missing is named.
func headings(heading []string, spec agreement.Balikan) (number int, columns map[int]string, err error) {
	columns = map[int]string{}
	named := map[string]bool{}
	for i, h := range heading {
		at := slices.IndexFunc(spec.Fields, func(f string) bool { return Key(f) == Key(h) })
		switch {
		case Key(h) == "nik":
			number = i
		case at >= 0:
			columns[i] = spec.Fields[at]
		default:
			continue
		}
		if named[Key(h)] {
			return number, nil, ErrHeading
		}
		named[Key(h)] = true
	}
	missing := []string{}
	for _, f := range append([]string{"NIK"}, spec.Fields...) {
		if !named[Key(f)] {
			missing = append(missing, f)
		}
	}
	if len(missing) > 0 {
		return number, nil, fmt.Errorf("%w; kolom %s tidak ada", ErrHeading, strings.Join(missing, ", "))
	}
	return number, columns, nil
}

// item reads one row; a cell that a spreadsheet has spoilt is told by its column.
func item(line table.Row, heading []string, number int, columns map[int]string, spec agreement.Balikan) (Item, *told.Error) {
	if line.Broken != "" {
		return Item{}, unfit(0, "", line.Broken)
	}
	if fault, ok := line.Faults[number]; ok {
		return Item{}, unfit(0, "NIK", fault)
	}
	values, digits := map[string]string{}, ""
	for i, v := range line.Cells {
		if (i >= len(heading) || heading[i] == "") && !value.None(v) {
			return Item{}, unfit(0, "", "memuat isian di luar kolom yang berjudul")
		}
		if i == number {
			digits = strings.TrimSpace(v)
		} else if f, ok := columns[i]; ok {
			if fault, ok := line.Faults[i]; ok {
				return Item{}, unfit(0, f, fault)
			}
			values[f] = v
		}
	}
	out, err := wholeItem(0, digits, []map[string]string{values}, spec)
	if bad, ok := errors.AsType[*told.Error](err); ok {
		return Item{}, bad
	}
	return out, nil
}

// Good are the items of the rows that nothing is wrong with.
func Good(rows []Row) []Item {
	items := make([]Item, 0, len(rows))
	for _, r := range rows {
		if r.Problem == nil {
			items = append(items, r.Item)
		}
	}
	return items
}

// WriteRows writes items as a CSV that ReadTable takes.
func WriteRows(items []Item, spec agreement.Balikan) (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = ';'
	err := w.Write(append([]string{"NIK"}, spec.Fields...))
	for _, i := range items {
		for _, p := range i.Params {
			line := []string{i.NIK.Digits()}
			for _, f := range spec.Fields {
				line = append(line, p[f])
			}
			err = errors.Join(err, w.Write(line))
		}
	}
	w.Flush()
	return b.String(), errors.Join(err, w.Error())
}
