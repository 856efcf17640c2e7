package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
)

// decoded is the file as UTF-8: UTF-16 by its mark, or by its zero bytes where it has none; what is not UTF-8 throughout is Windows-1252,
// in which older programs write.
func decoded(r io.ReaderAt, size int64) (text func() io.Reader, err error) {
	whole := func() io.Reader { return io.NewSectionReader(r, 0, size) }
	start := make([]byte, 1024)
	n, err := r.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read table: %w", err)
	}
	start = start[:n]
	by := func(e encoding.Encoding) func() io.Reader {
		return func() io.Reader { return transform.NewReader(whole(), e.NewDecoder()) }
	}
	even, odd := zeros(start)
	switch {
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), odd > len(start)/4 && even == 0:
		return by(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)), nil
	case bytes.HasPrefix(start, []byte{0xfe, 0xff}), even > len(start)/4 && odd == 0:
		return by(unicode.UTF16(unicode.BigEndian, unicode.UseBOM)), nil
	case bytes.IndexByte(start, 0) >= 0:
		return nil, ErrFormat
	}
	switch _, err := io.Copy(io.Discard, transform.NewReader(whole(), encoding.UTF8Validator)); {
	case errors.Is(err, encoding.ErrInvalidUTF8):
		return by(charmap.Windows1252), nil
	case err != nil:
		return nil, fmt.Errorf("read table: %w", err)
	}
	return by(unicode.UTF8BOM), nil
}

func zeros(b []byte) (even, odd int) {
	for i, c := range b {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	return even, odd
}

// readCSV reads rows; the separator is what "sep=" says, or that of ; , tab and | which the heading holds most of outside quotes.
// It holds one row at a time, and no row that is longer than the limits allow.
func readCSV(text func() io.Reader, most Limits) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		r := lines(bufio.NewReaderSize(text(), 1<<16))
		skipped, sep := separator(r)
		from := &near{r: r, most: int64(most.Columns) * int64(most.Cell), why: ErrRow, keeps: true}
		cr := csv.NewReader(from)
		cr.Comma, cr.FieldsPerRecord, cr.ReuseRecord = sep, -1, true
		for {
			began := from.at
			cells, err := cr.Read()
			line := 0
			var bad *csv.ParseError
			switch {
			case err == nil:
				line, _ = cr.FieldPos(0)
			case errors.As(err, &bad):
				line = bad.StartLine
				if errors.Is(err, csv.ErrBareQuote) { // ="…", as spreadsheets' texts are exported, or a quote within a text
					cells, err = loose(from.from(began)[:cr.InputOffset()-began], sep, err)
				}
			}
			from.at = cr.InputOffset()
			if errors.Is(err, io.EOF) {
				return
			}
			switch {
			case errors.As(err, &bad):
				row := Row{Line: bad.StartLine + skipped, Broken: "susunan CSV rusak"}
				if bad.Line > bad.StartLine {
					// A quote that is not closed takes the following rows with it; say how many, so that their loss is seen.
					row.Broken = fmt.Sprintf("tanda kutip tidak ditutup; baris %d sampai %d tidak terbaca", row.Line, bad.Line+skipped)
				}
				if !yield(row, nil) {
					return
				}
			case err != nil:
				yield(Row{}, fmt.Errorf("read CSV: %w", err))
				return
			default:
				row := Row{Line: line + skipped, Cells: append([]string(nil), cells...)}
				for i, c := range row.Cells {
					if len(c) > 0 && c[0] == '#' && errorTexts[c] {
						row.Cells[i], row.Faults = "", withFault(row.Faults, i, errorCell)
					}
				}
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// errorTexts are error cells of spreadsheets in a CSV, apart from #N/A, which also stands for no value.
var errorTexts = map[string]bool{"#REF!": true, "#NAME?": true, "#VALUE!": true, "#DIV/0!": true, "#NUM!": true, "#NULL!": true}

// loose reads one row in which quotes stand within cells; why is returned for what is none.
func loose(row []byte, sep rune, why error) ([]string, error) {
	cr := csv.NewReader(bytes.NewReader(row))
	cr.Comma, cr.FieldsPerRecord, cr.LazyQuotes = sep, -1, true
	cells, err := cr.Read()
	lines := slices.ContainsFunc(cells, func(c string) bool { return strings.Contains(c, "\n") })
	if err != nil || lines || cr.InputOffset() < int64(len(row)) {
		return nil, why
	}
	return cells, nil
}

// lines ends lines as everybody does where they end in a carriage return alone (Excel's CSV for Macintosh).
func lines(r *bufio.Reader) *bufio.Reader {
	start, err := r.Peek(r.Size())
	if bytes.IndexByte(start, '\n') >= 0 || bytes.IndexByte(start, '\r') < 0 || err != nil && !errors.Is(err, io.EOF) {
		return r // what is wrong with reading is met again
	}
	return bufio.NewReaderSize(transform.NewReader(r, runes.Map(func(c rune) rune {
		if c == '\r' {
			return '\n'
		}
		return c
	})), r.Size())
}

// separator takes a first line "sep=;" off, and says how many lines it took.
func separator(r *bufio.Reader) (skipped int, sep rune) {
	first := firstLine(r)
	if rest, ok := strings.CutPrefix(strings.ToLower(strings.Trim(strings.TrimSpace(first), `"`)), "sep="); ok &&
		oneRune(rest) { // Excel adds separators when it saves the file again: sep=;;;
		r.ReadString('\n') // its bytes are there: they were peeked at
		if sep, _ = utf8.DecodeRuneInString(rest); rest == "" {
			sep = '\t' // a tab is a blank, too
		}
		return 1, sep
	}
	count, quoted := map[rune]int{}, false
	for _, c := range first {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted && strings.ContainsRune(";,\t|", c):
			count[c]++
		}
	}
	sep = ','
	for _, c := range ";\t|" {
		if count[c] > count[sep] {
			sep = c
		}
	}
	return 0, sep
}

// oneRune reports whether a text is of one rune alone, however often, or empty.
func oneRune(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return strings.Trim(s, string(first)) == ""
}

// firstLine is the first line that holds something, as far as the buffer reaches.
func firstLine(r *bufio.Reader) string {
	for n := 512; ; n *= 2 {
		b, err := r.Peek(n)
		text := strings.TrimLeft(string(b), "\r\n")
		if i := strings.IndexAny(text, "\r\n"); i >= 0 {
			return text[:i]
		}
		if err != nil || n >= 1<<16 {
			return text
		}
	}
}
