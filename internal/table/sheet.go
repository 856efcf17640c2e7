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
	open    func() (io.ReadCloser, error)
	strings []string
	dates   []dateStyle // by cell style
	epoch   int         // days from 1899-12-30 to the day 0 of the workbook
	most    Limits
	choice  Choice

	names  []string // of all sheets
	others []string
	hidden []int
}

type dateStyle struct {
	date, time bool
	zeros      int // digits that a format of zeros shows
}

// openSheet finds the chosen sheet, or the first that is shown, and reads what its cells refer to.
func openSheet(r io.ReaderAt, size int64, most Limits, choice Choice) (*sheet, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, ErrFormat
	}
	var unpacked uint64
	files := map[string]*zip.File{}
	for _, f := range z.File {
		unpacked += f.UncompressedSize64
		files[strings.TrimPrefix(f.Name, "/")] = f
	}
	if unpacked > uint64(most.Unpacked) {
		return nil, ErrUnpacked
	}
	s := &sheet{most: most, choice: choice}
	file, err := s.workbook(files)
	if err != nil {
		return nil, err
	}
	if err := s.shared(files["xl/sharedStrings.xml"]); err != nil {
		return nil, err
	}
	if err := s.styles(files["xl/styles.xml"]); err != nil {
		return nil, err
	}
	s.open = func() (io.ReadCloser, error) { return limited(file) }
	return s, nil
}

// limited reads no more than the archive says the file unpacks to, because that is what was counted.
func limited(f *zip.File) (io.ReadCloser, error) {
	r, err := f.Open()
	if err != nil {
		return nil, ErrFormat
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, int64(f.UncompressedSize64)), r}, nil
}

// each decodes the elements of a name, wherever they stand.
func each[T any](f *zip.File, name string, do func(T)) error {
	if f == nil {
		return nil
	}
	r, err := limited(f)
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return ErrFormat
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == name {
			var v T
			if d.DecodeElement(&v, &start) != nil {
				return ErrFormat
			}
			do(v)
		}
	}
}

// workbook finds the file of the sheet and names the others.
func (s *sheet) workbook(files map[string]*zip.File) (*zip.File, error) {
	book := files["xl/workbook.xml"]
	if book == nil {
		return nil, ErrFormat
	}
	targets := map[string]string{}
	type relation struct {
		ID     string `xml:"Id,attr"`
		Target string `xml:"Target,attr"`
	}
	err := each(files["xl/_rels/workbook.xml.rels"], "Relationship", func(r relation) { targets[r.ID] = r.Target })
	if err != nil {
		return nil, err
	}
	type properties struct {
		Date1904 string `xml:"date1904,attr"`
	}
	err = each(book, "workbookPr", func(p properties) {
		if p.Date1904 == "1" || p.Date1904 == "true" {
			s.epoch = 1462
		}
	})
	if err != nil {
		return nil, err
	}
	type entry struct {
		Name  string `xml:"name,attr"`
		State string `xml:"state,attr"`
		ID    string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
	}
	var list []entry
	if err := each(book, "sheet", func(e entry) { list = append(list, e) }); err != nil {
		return nil, err
	}
	at := slices.IndexFunc(list, func(e entry) bool {
		return s.choice.Sheet == e.Name || s.choice.Sheet == "" && (e.State == "" || e.State == "visible")
	})
	if at < 0 {
		return nil, ErrSheet
	}
	for i, e := range list {
		s.names = append(s.names, e.Name)
		if i != at {
			s.others = append(s.others, e.Name)
		}
	}
	target := targets[list[at].ID]
	if after, ok := strings.CutPrefix(target, "/"); ok {
		target = after
	} else {
		target = path.Join("xl", target)
	}
	if f := files[target]; f != nil {
		return f, nil
	}
	return nil, ErrFormat
}

// shared reads the texts that cells refer to; parts of a text in several formats are one.
func (s *sheet) shared(f *zip.File) error {
	type run struct {
		Text string `xml:"t"`
	}
	type item struct {
		Text string `xml:"t"`
		Runs []run  `xml:"r"`
	}
	return each(f, "si", func(i item) {
		text := i.Text
		for _, r := range i.Runs {
			text += r.Text
		}
		s.strings = append(s.strings, text)
	})
}

// styles reads which cell styles show a number as a date, and which with leading zeros.
func (s *sheet) styles(f *zip.File) error {
	codes := map[int]string{}
	type format struct {
		ID   int    `xml:"numFmtId,attr"`
		Code string `xml:"formatCode,attr"`
	}
	if err := each(f, "numFmt", func(n format) { codes[n.ID] = n.Code }); err != nil {
		return err
	}
	type cellFormats struct {
		List []format `xml:"xf"`
	}
	return each(f, "cellXfs", func(c cellFormats) {
		for _, x := range c.List {
			s.dates = append(s.dates, styleOf(x.ID, codes[x.ID]))
		}
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
	if n := len(s.hidden); n > 0 {
		out = append(out, fmt.Sprintf("%d baris tersembunyi (mulai baris %d)", n, s.hidden[0]))
	}
	for _, name := range s.others {
		out = append(out, fmt.Sprintf("lembar %q", name))
	}
	return out
}

// A cell is one as the file holds it.
type cell struct {
	Ref    string `xml:"r,attr"`
	Type   string `xml:"t,attr"`
	Style  int    `xml:"s,attr"`
	Value  string `xml:"v"`
	Inline struct {
		Text string `xml:"t"`
		Runs []struct {
			Text string `xml:"t"`
		} `xml:"r"`
	} `xml:"is"`
}

// rows reads the sheet from its first row to its last.
func (s *sheet) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		r, err := s.open()
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer r.Close()
		d := xml.NewDecoder(r)
		number := 0
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Row{}, ErrFormat)
				return
			}
			start, ok := token.(xml.StartElement)
			if !ok || start.Name.Local != "row" {
				continue
			}
			hidden := false
			number++
			for _, a := range start.Attr {
				switch a.Name.Local {
				case "r":
					if n, err := strconv.Atoi(a.Value); err == nil && n >= number {
						number = n
					}
				case "hidden":
					hidden = a.Value == "1" || a.Value == "true"
				}
			}
			row := Row{Line: number, Sheet: true}
			if err := s.cells(d, &row); err != nil {
				yield(Row{}, err)
				return
			}
			if hidden && !s.choice.Hidden {
				s.hidden = append(s.hidden, number)
				continue
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// cells reads those of one row, up to its end.
func (s *sheet) cells(d *xml.Decoder, row *Row) error {
	for {
		token, err := d.Token()
		if err != nil {
			return ErrFormat
		}
		switch v := token.(type) {
		case xml.EndElement:
			if v.Name.Local == "row" {
				return nil
			}
		case xml.StartElement:
			if v.Name.Local != "c" {
				if d.Skip() != nil {
					return ErrFormat
				}
				continue
			}
			var c cell
			if d.DecodeElement(&c, &v) != nil {
				return ErrFormat
			}
			at := len(row.Cells)
			if c.Ref != "" {
				at = column(c.Ref)
			}
			if at < 0 || at >= s.most.Columns {
				return ErrColumns
			}
			for len(row.Cells) <= at {
				row.Cells = append(row.Cells, "")
			}
			text, fault := s.text(c)
			if row.Cells[at] = text; fault != "" {
				if row.Faults == nil {
					row.Faults = map[int]string{}
				}
				row.Faults[at] = fault
			}
		}
	}
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

// text is a cell as it is shown.
func (s *sheet) text(c cell) (text, fault string) {
	switch c.Type {
	case "s":
		if i, err := strconv.Atoi(c.Value); err == nil && i >= 0 && i < len(s.strings) {
			return s.strings[i], ""
		}
		return "", "tidak dapat dibaca"
	case "inlineStr":
		text = c.Inline.Text
		for _, r := range c.Inline.Runs {
			text += r.Text
		}
		return text, ""
	case "str":
		return c.Value, ""
	case "e":
		return "", errorCell
	case "b":
		return map[string]string{"1": "TRUE", "0": "FALSE"}[c.Value], ""
	case "d":
		day, _, _ := strings.Cut(c.Value, "T")
		return day, ""
	}
	if c.Value == "" {
		return "", ""
	}
	var style dateStyle
	if c.Style >= 0 && c.Style < len(s.dates) {
		style = s.dates[c.Style]
	}
	return numberText(c.Value, style, s.epoch)
}
