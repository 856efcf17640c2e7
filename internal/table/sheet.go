package table

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A sheet is one of an XLSX, read as a stream: excelize, which writes our workbooks, tells neither a number from a text nor a hidden row
// before it holds the whole sheet, and a small file can unpack to gigabytes.
type sheet struct {
	file    *zip.File
	strings []string
	dates   []dateStyle // by cell style
	epoch   int         // days from 1899-12-30 to the day 0 of the workbook
	most    Limits
	choice  Choice

	names               []string // of all sheets
	others              []string
	hidden, firstHidden int // how many rows, and the line of the first
}

type dateStyle struct {
	date, time bool
	zeros      int // digits that a format of zeros shows
}

// Bounds of a workbook that Excel has, too.
const (
	maxSheets = 255
	maxName   = 255 // bytes of a sheet's name and characters of a number format
	maxStyles = 65_490
	minShared = 1 << 20 // texts that a workbook may always hold, in whatever sheet
)

// openSheet finds the chosen sheet, or the first that is shown, and reads what its cells refer to.
func openSheet(r io.ReaderAt, size int64, most Limits, choice Choice) (*sheet, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, ErrFormat
	}
	left := uint64(most.Unpacked)
	files := map[string]*zip.File{}
	for _, f := range z.File {
		if f.UncompressedSize64 > left {
			return nil, ErrUnpacked
		}
		left -= f.UncompressedSize64
		if name := folded(f.Name); strings.HasPrefix(name, "xl/") {
			files[name] = f
		}
	}
	s := &sheet{most: most, choice: choice}
	if s.file, err = s.workbook(files); err != nil {
		return nil, err
	}
	if err := s.shared(files["xl/sharedstrings.xml"]); err != nil {
		return nil, err
	}
	return s, s.styles(files["xl/styles.xml"])
}

// folded is a name within a workbook in the one form of all that programs write.
func folded(name string) string {
	return strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(name, `\`, "/")), "/")
}

// workbook finds the file of the sheet and names the others.
func (s *sheet) workbook(files map[string]*zip.File) (*zip.File, error) {
	book := files["xl/workbook.xml"]
	if book == nil {
		return nil, ErrFormat
	}
	chosen, id := -1, ""
	err := each(book, func(_ *part, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			if yes(attribute(e, "date1904")) {
				s.epoch = 1462
			}
		case "sheet":
			name, state := attribute(e, "name"), attribute(e, "state")
			if len(s.names) == maxSheets || len(name) > maxName {
				return ErrSheets
			}
			if chosen < 0 && (s.choice.Sheet == name || s.choice.Sheet == "" && (state == "" || state == "visible")) {
				chosen, id = len(s.names), attribute(e, "id") // of the relationship; that of the sheet is its sheetId
			}
			s.names = append(s.names, name)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case chosen < 0:
		return nil, ErrSheet
	}
	s.others = slices.Delete(slices.Clone(s.names), chosen, chosen+1)
	var found *zip.File
	err = each(files["xl/_rels/workbook.xml.rels"], func(_ *part, e xml.StartElement) error {
		if e.Name.Local == "Relationship" && attribute(e, "Id") == id {
			target := attribute(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", strings.ReplaceAll(target, `\`, "/"))
			}
			found = files[folded(target)]
		}
		return nil
	})
	if err == nil && found == nil {
		err = ErrFormat
	}
	return found, err
}

// yes reads a flag.
func yes(text string) bool { return text == "1" || text == "true" }

// shared reads the texts that cells refer to; parts of a text in several formats are one.
func (s *sheet) shared(f *zip.File) error {
	most := max(minShared, s.most.Rows*s.most.Columns)
	return each(f, func(p *part, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		if len(s.strings) == most {
			return ErrUnpacked
		}
		text, err := p.text(s.most.Cell)
		s.strings = append(s.strings, text)
		return err
	})
}

// styles reads which cell styles show a number as a date, and which with leading zeros.
func (s *sheet) styles(f *zip.File) error {
	codes, list := map[int]string{}, ""
	return each(f, func(_ *part, e xml.StartElement) error {
		id, err := strconv.Atoi(attribute(e, "numFmtId"))
		if err != nil {
			id = 0 // General
		}
		switch e.Name.Local {
		case "numFmts", "cellStyleXfs", "cellXfs", "dxfs":
			list = e.Name.Local
		case "numFmt":
			if code := attribute(e, "formatCode"); list == "numFmts" && len(code) <= maxName {
				codes[id] = code
			}
		case "xf":
			if list == "cellXfs" {
				s.dates = append(s.dates, styleOf(id, codes[id]))
			}
		}
		if len(codes) > maxStyles || len(s.dates) > maxStyles {
			return ErrFormat
		}
		return nil
	})
}

// styleOf reads a number format: the built-in numbers of dates, or a code that has letters of a date outside quotes and brackets.
func styleOf(id int, code string) dateStyle {
	switch {
	case id >= 14 && id <= 17 || id >= 27 && id <= 31 || id >= 50 && id <= 58:
		return dateStyle{date: true}
	case id == 22:
		return dateStyle{date: true, time: true}
	case code == "" || strings.EqualFold(code, "General"):
		return dateStyle{}
	case strings.Trim(code, "0") == "":
		return dateStyle{zeros: len(code)}
	}
	bare, quoted, bracket := "", false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '"':
			quoted = !quoted
		case c == '[' || c == ']':
			bracket = c == '['
		case c == ';' && !quoted && !bracket: // the other sections are of negative numbers, zero and text
			i = len(code)
		case !quoted && !bracket:
			bare += strings.ToLower(string(c))
		}
	}
	return dateStyle{date: strings.ContainsAny(bare, "yd"), time: strings.ContainsAny(bare, "hs")}
}

func (s *sheet) leftOut() (out []string) {
	if s.hidden > 0 {
		out = append(out, fmt.Sprintf("%d baris tersembunyi (mulai baris %d)", s.hidden, s.firstHidden))
	}
	for _, name := range s.others {
		out = append(out, fmt.Sprintf("lembar %q", name))
	}
	return out
}

// rows reads the sheet from its first row to its last.
func (s *sheet) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		number := 0
		s.hidden = 0
		err := each(s.file, func(p *part, e xml.StartElement) error {
			if e.Name.Local != "row" {
				return nil
			}
			number++
			if n, err := strconv.Atoi(attribute(e, "r")); err == nil && n >= number {
				number = n
			}
			row := Row{Line: number, Sheet: true}
			if err := s.cells(p, &row); err != nil {
				return err
			}
			if yes(attribute(e, "hidden")) && !s.choice.Hidden {
				if s.hidden++; s.hidden == 1 {
					s.firstHidden = number
				}
				return nil
			}
			if !yield(row, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Row{}, err)
		}
	}
}

// errEnough says that nobody wants the rest.
var errEnough = errors.New("enough")

// cells reads those of one row, up to its end.
func (s *sheet) cells(p *part, row *Row) error {
	for until := p.depth - 1; p.depth > until; {
		token, err := p.next()
		if errors.Is(err, io.EOF) {
			err = ErrFormat
		}
		if err != nil {
			return err
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "c" {
			continue
		}
		at := len(row.Cells)
		if ref := attribute(e, "r"); ref != "" {
			at = column(ref)
		}
		if at < 0 || at >= s.most.Columns {
			return ErrColumns
		}
		for len(row.Cells) <= at {
			row.Cells = append(row.Cells, "")
		}
		held, err := p.text(s.most.Cell)
		if err != nil {
			return err
		}
		text, fault := s.shown(e, held)
		if row.Cells[at] = text; fault != "" {
			row.Faults = withFault(row.Faults, at, fault)
		}
	}
	return nil
}

func withFault(all map[int]string, at int, fault string) map[int]string {
	if all == nil {
		all = map[int]string{}
	}
	all[at] = fault
	return all
}

// column is the place of a cell by its letters: A is 0.
func column(ref string) int {
	n := 0
	for _, r := range ref {
		if r < 'A' || r > 'Z' || n > 1<<20 {
			break
		}
		n = n*26 + int(r-'A') + 1
	}
	return n - 1
}

// Why a cell cannot be taken.
const (
	lostDigits = "disimpan sebagai angka sehingga digit terakhirnya hilang; format kolom sebagai teks, lalu ketik ulang"
	errorCell  = "memuat galat rumus, misalnya #N/A"
)

// shown is a cell as it is shown, and what it holds.
func (s *sheet) shown(e xml.StartElement, held string) (text, fault string) {
	switch attribute(e, "t") {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(held)); err == nil && i >= 0 && i < len(s.strings) {
			return s.strings[i], ""
		}
		return "", "tidak dapat dibaca"
	case "inlineStr", "str":
		return held, ""
	case "e":
		return "", errorCell
	case "b":
		return map[string]string{"1": "TRUE", "0": "FALSE"}[strings.TrimSpace(held)], ""
	case "d":
		day, _, _ := strings.Cut(held, "T")
		return day, ""
	}
	if held = strings.TrimSpace(held); held == "" {
		return "", ""
	}
	var style dateStyle
	if i, err := strconv.Atoi(attribute(e, "s")); err == nil && i >= 0 && i < len(s.dates) {
		style = s.dates[i]
	}
	return numberText(held, style, s.epoch)
}
