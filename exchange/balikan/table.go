package balikan

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"gapura/agreement/agreement"
	"gapura/internal/told"
)

// MaxTable is the largest file, in bytes; MaxRows the longest table.
const (
	MaxTable = 5 << 20
	MaxRows  = 5_000
)

// A Row is a line of a table: an item, or what is wrong with it.
type Row struct {
	Line    int // from 1, the heading included
	Item    Item
	Problem *told.Error
}

// Why a table as a whole cannot be read.
var (
	ErrTable   = told.Wrong("", "berkas bukan tabel CSV atau XLSX yang dapat dibaca")
	ErrHeading = told.Wrong("", "baris pertama harus memuat judul kolom NIK dan setiap kolom data balikan")
	ErrRows    = told.Wrong("", "tabel memuat lebih dari 5.000 baris")
)

// ReadTable reads a CSV (comma, semicolon or tab) or an XLSX, whose first row names the columns: NIK and the agreement's fields, in any
// order; other columns are left alone. Empty lines are skipped, and a line that repeats another is a problem.
func ReadTable(content []byte, spec agreement.Balikan) ([]Row, error) {
	var lines []line
	var err error
	if bytes.HasPrefix(content, []byte("PK\x03\x04")) {
		lines, err = readSheet(content)
	} else {
		lines, err = readCSV(content)
	}
	if err != nil {
		return nil, ErrTable
	}
	if len(lines) == 0 {
		return nil, ErrHeading
	}
	number := -1
	columns := map[int]string{}
	named := map[string]bool{} // a column that stands twice would leave open which one counts
	for i, heading := range lines[0].cells {
		at := slices.IndexFunc(spec.Fields, func(f string) bool { return Key(f) == Key(heading) })
		if Key(heading) == "nik" {
			number = i
		} else if at >= 0 {
			columns[i] = spec.Fields[at]
		} else {
			continue
		}
		if named[Key(heading)] {
			return nil, ErrHeading
		}
		named[Key(heading)] = true
	}
	if number < 0 || len(columns) < len(spec.Fields) {
		return nil, ErrHeading
	}
	if len(lines) > MaxRows+1 {
		return nil, ErrRows
	}
	var out []Row
	seen := map[[32]byte]bool{}
	for _, l := range lines[1:] {
		row := Row{Line: l.number}
		values := map[string]string{}
		digits := ""
		for i, v := range l.cells {
			if i == number {
				digits = strings.TrimSpace(v)
			} else if f, ok := columns[i]; ok {
				values[f] = v
			}
		}
		row.Item, err = wholeItem(0, digits, []map[string]string{values}, spec)
		if bad, ok := errors.AsType[*told.Error](err); ok {
			row.Problem = bad
		} else if d := row.Item.Digest(); seen[d] {
			row.Problem = unfit(0, "", "sama dengan baris sebelumnya")
		} else {
			seen[d] = true
		}
		out = append(out, row)
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

// A line is one that is not empty, by its number in the file.
type line struct {
	number int
	cells  []string
}

func blank(cells []string) bool { return strings.TrimSpace(strings.Join(cells, "")) == "" }

func readCSV(content []byte) ([]line, error) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return nil, ErrTable
	}
	heading, _, _ := bytes.Cut(bytes.TrimLeft(content, "\r\n"), []byte("\n"))
	r := csv.NewReader(bytes.NewReader(content))
	for _, sep := range []rune{';', '\t', ','} {
		if bytes.ContainsRune(heading, sep) {
			r.Comma = sep
			break
		}
	}
	r.FieldsPerRecord = -1
	var out []line
	for len(out) <= MaxRows+1 {
		cells, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if number, _ := r.FieldPos(0); !blank(cells) {
			out = append(out, line{number, cells})
		}
	}
	return out, nil
}

// maxUnpacked bounds what an XLSX may become, so that a small file cannot fill the memory.
const maxUnpacked = 64 << 20

func readSheet(content []byte) ([]line, error) {
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked,
		RawCellValue: true})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []line
	for number := 1; len(out) <= MaxRows+1 && rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		if !blank(cells) {
			out = append(out, line{number, cells})
		}
	}
	return out, rows.Error()
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
