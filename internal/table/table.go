// Package table reads what people send as a table: CSV in the encodings and with the separators that offices' programs write, and XLSX as
// Excel and LibreOffice write it. It gives texts as they are shown, tells what it left out, and does bounded work whatever the file holds.
package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"gapura/internal/blank"
)

// Limits bound the work for one file.
type Limits struct {
	Rows     int   // below the heading
	Columns  int   //
	Cell     int   // bytes of one cell
	Unpacked int64 // bytes of what an XLSX unpacks to
}

// What a file as a whole can be refused for. The words are for people and repeat nothing of the file.
var (
	ErrFormat   = errors.New("berkas bukan tabel CSV atau XLSX yang dapat dibaca")
	ErrEmpty    = errors.New("tabel tidak memuat baris judul")
	ErrRows     = errors.New("tabel memuat terlalu banyak baris")
	ErrColumns  = errors.New("tabel memuat terlalu banyak kolom")
	ErrCell     = errors.New("tabel memuat sel yang terlalu panjang")
	ErrRow      = errors.New("tabel memuat baris yang terlalu panjang, misalnya karena tanda kutip yang tidak ditutup")
	ErrSheets   = errors.New("berkas memuat terlalu banyak lembar")
	ErrUnpacked = errors.New("isi berkas XLSX terlalu besar")
	ErrSheet    = errors.New("lembar yang dipilih tidak ada di dalam berkas")
)

// A Choice is what a person chose after seeing what would be left out.
type Choice struct {
	Sheet  string // empty: the first that is shown
	Hidden bool   // take hidden rows too
}

// A Row is one below the heading. A cell that cannot be taken as it is stands in Faults by its place, with the reason in words.
type Row struct {
	Line   int // in the file, from 1
	Cells  []string
	Faults map[int]string
	Broken string // why the row as a whole cannot be read
	Sheet  bool   // of a workbook, which leaves empty cells at a row's end out
}

// A Table is a file that is being read.
type Table struct {
	Heading []string // blanks of any kind around them taken off
	Line    int      // of the heading
	Sheets  []string // of a workbook, in their order, so that another can be chosen
	left    func() []string
	rows    iter.Seq2[Row, error]
}

// Rows are those below the heading, in their order; rows without any text are passed over. An error ends them.
func (t *Table) Rows() iter.Seq2[Row, error] { return t.rows }

// Left says, after the rows were read, what of the file was left out: further sheets, hidden rows.
func (t *Table) Left() []string {
	if t.left == nil {
		return nil
	}
	return t.left()
}

// Open reads a file up to its heading. size is that of the whole. With ErrEmpty the table tells the sheets.
func Open(r io.ReaderAt, size int64, most Limits, choice Choice) (*Table, error) {
	start := make([]byte, 4)
	n, err := r.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read table: %w", err)
	}
	var raw iter.Seq2[Row, error]
	t := &Table{}
	if bytes.Equal(start[:n], []byte("PK\x03\x04")) {
		s, err := openSheet(r, size, most, choice)
		if err != nil {
			return nil, err
		}
		raw, t.left, t.Sheets = s.rows(), s.leftOut, s.names
	} else {
		text, err := decoded(r, size)
		if err != nil {
			return nil, err
		}
		raw = readCSV(text, most)
	}
	all := bounded(raw, most)
	for head, err := range all {
		switch {
		case err != nil:
			return nil, err
		case head.Broken != "":
			return nil, ErrFormat
		}
		t.Line = head.Line
		for _, h := range head.Cells {
			t.Heading = append(t.Heading, tidy(h))
		}
		t.rows = behind(all)
		return t, nil
	}
	return t, ErrEmpty
}

// behind are the rows without the first.
func behind(all iter.Seq2[Row, error]) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		heading := true
		for row, err := range all {
			if heading {
				heading = false
			} else if !yield(row, err) {
				return
			}
		}
	}
}

// bounded passes rows over that hold nothing, and ends where a bound is passed.
func bounded(raw iter.Seq2[Row, error], most Limits) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		count := -1 // the heading
		for row, err := range raw {
			if err != nil {
				yield(Row{}, err)
				return
			}
			if row.Broken == "" && len(row.Faults) == 0 && !slices.ContainsFunc(row.Cells, says) {
				continue
			}
			if err := fits(row, most); err != nil {
				yield(Row{}, err)
				return
			}
			if count++; count > most.Rows {
				yield(Row{}, ErrRows)
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// says reports whether a cell holds anything that is seen.
func says(cell string) bool {
	return strings.ContainsFunc(cell, func(r rune) bool { return !blank.Is(r) })
}

func fits(row Row, most Limits) error {
	if len(row.Cells) > most.Columns {
		return ErrColumns
	}
	for _, c := range row.Cells {
		if len(c) > most.Cell {
			return ErrCell
		}
	}
	return nil
}

// tidy takes blanks of any kind off both ends, the invisible ones too.
func tidy(s string) string {
	return strings.TrimFunc(s, blank.Is)
}
