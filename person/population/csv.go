package population

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
	"time"
	"unicode"
	"unicode/utf8"

	"gapura/person/nik"
)

// columns are SIAK's names, in the order in which WriteCSV writes them.
var columns = []string{
	"NIK", "NO_KK", "NAMA_LGKP", "JENIS_KLMIN", "TMPT_LHR", "TGL_LHR", "STAT_KWN", "JENIS_PKRJN", "ALAMAT", "NO_RT", "NO_RW",
	"NO_PROP", "NO_KAB", "NO_KEC", "NO_KEL", "FLAG_STATUS",
}

// A RowError is a row that cannot be read. It names the place and never the value.
type RowError struct {
	Line    int
	Column  string
	Problem string // Indonesian
}

func (e *RowError) Error() string {
	return fmt.Sprintf("baris %d, kolom %s: %s", e.Line, e.Column, e.Problem)
}

const maxText = 200 // characters of a text column

// ReadCSV reads persons from CSV with SIAK column names in any order and case; further columns are passed over, the delimiter is a comma or
// a semicolon, and a byte order mark may stand first. A bad row yields a *RowError and reading goes on; any other error (header, reader)
// ends it. No error holds a value of the file, apart from the reader's own.
func ReadCSV(r io.Reader) iter.Seq2[Person, error] {
	return func(yield func(Person, error) bool) {
		br := bufio.NewReaderSize(r, 1<<16)
		if bom, _ := br.Peek(3); bytes.Equal(bom, []byte("\ufeff")) {
			br.Discard(3)
		}
		cr := csv.NewReader(br)
		cr.ReuseRecord, cr.FieldsPerRecord = true, -1
		first, _ := br.Peek(4096)
		if head, _, _ := bytes.Cut(first, []byte("\n")); bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
			cr.Comma = ';'
		}
		header, err := cr.Read()
		if err != nil {
			yield(Person{}, fmt.Errorf("baris judul tidak terbaca: %w", err))
			return
		}
		at := map[string]int{}
		for i, h := range header {
			name := strings.ToUpper(strings.TrimSpace(h))
			if _, twice := at[name]; twice && slices.Contains(columns, name) {
				yield(Person{}, fmt.Errorf("kolom %s ada dua kali", name))
				return
			}
			at[name] = i
		}
		places := make([]int, len(columns))
		for i, c := range columns {
			var ok bool
			if places[i], ok = at[c]; !ok {
				yield(Person{}, fmt.Errorf("kolom %s tidak ada", c))
				return
			}
		}
		width, row := len(header), row{fields: make([]string, len(columns))}
		for {
			rec, err := cr.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			var bad *csv.ParseError
			switch {
			case errors.As(err, &bad):
				problem := "susunan CSV rusak"
				if bad.Line > bad.StartLine {
					// A quote that is not closed takes the following rows with it; say how many, so that their loss is seen.
					problem = fmt.Sprintf("tanda kutip tidak ditutup; baris %d sampai %d tidak terbaca", bad.StartLine, bad.Line)
				}
				err = &RowError{bad.StartLine, "?", problem}
			case err != nil:
				yield(Person{}, fmt.Errorf("membaca CSV: %w", err))
				return
			default:
				row.line, _ = cr.FieldPos(0)
				if len(rec) != width {
					err = &RowError{row.line, "?", "jumlah kolom tidak sama dengan baris judul"}
					break
				}
				for i, at := range places {
					row.fields[i] = rec[at]
				}
				var p Person
				if p, err = row.person(); err == nil {
					if !yield(p, nil) {
						return
					}
					continue
				}
			}
			if !yield(Person{}, err) {
				return
			}
		}
	}
}

type row struct {
	line   int
	fields []string // in the order of columns
	err    error
}

func (r *row) fail(i int, problem string) {
	if r.err == nil {
		r.err = &RowError{r.line, columns[i], problem}
	}
}

func (r *row) person() (Person, error) {
	r.err = nil
	p := Person{
		FamilyNo: r.digits(1, 16), Name: r.text(2), Sex: r.sex(3), BirthPlace: r.text(4), BirthDate: r.date(5), Marital: coded(r.text(6),
			maritals),
		Occupation: coded(r.text(7), occupations), Address: r.text(8), RT: r.padded(9, 3), RW: r.padded(10, 3), Status: r.status(15),
	}
	p.Village = r.region()
	var err error
	if p.NIK, err = nik.Parse(r.fields[0]); err != nil {
		r.fail(0, "bukan NIK yang sesuai format")
	}
	if p.Name == "" {
		r.fail(2, "kosong")
	}
	return p, r.err
}

// text is a copy of its own, because the CSV reader uses its memory again.
func (r *row) text(i int) string {
	s := strings.TrimSpace(r.fields[i])
	if !utf8.ValidString(s) {
		r.fail(i, "bukan UTF-8")
	} else if utf8.RuneCountInString(s) > maxText {
		r.fail(i, "lebih dari 200 karakter")
	} else if strings.ContainsFunc(s, unicode.IsControl) {
		r.fail(i, "memuat karakter kendali")
	}
	return strings.Clone(s)
}

func (r *row) digits(i, n int) string {
	s := strings.TrimSpace(r.fields[i])
	if s != "" && (len(s) != n || strings.Trim(s, "0123456789") != "") {
		r.fail(i, fmt.Sprintf("bukan %d angka", n))
	}
	return strings.Clone(s)
}

// padded reads a small number to a fixed count of digits; empty and zero are unknown.
func (r *row) padded(i, n int) string {
	s := strings.TrimLeft(strings.TrimSpace(r.fields[i]), "0")
	if s == "" {
		return ""
	}
	if len(s) > n || strings.Trim(s, "0123456789") != "" {
		r.fail(i, fmt.Sprintf("bukan angka sampai %d digit", n))
		return ""
	}
	return strings.Repeat("0", n-len(s)) + s
}

func (r *row) region() string {
	code := ""
	for i, n := range []int{2, 2, 2, 4} {
		part := r.padded(11+i, n)
		if part == "" {
			r.fail(11+i, "kosong")
		}
		code += part
	}
	return code
}

func (r *row) sex(i int) Sex {
	s, ok := parseSex(r.fields[i])
	if !ok {
		r.fail(i, "bukan 1 atau 2")
	}
	return s
}

var joiners = strings.NewReplacer(" ", "", "-", "")

// parseSex reads SIAK's number, the letter or the word; blank is unknown.
// ReadSex reads a sex as any door or service writes it; unknown when it is none.
func ReadSex(s string) Sex {
	x, _ := parseSex(s)
	return x
}

func parseSex(s string) (Sex, bool) {
	switch strings.ToUpper(joiners.Replace(s)) {
	case "":
		return SexUnknown, true
	case "1", "L", "LAKILAKI":
		return Male, true
	case "2", "P", "PEREMPUAN":
		return Female, true
	}
	return SexUnknown, false
}

func (r *row) date(i int) time.Time {
	s := strings.TrimSpace(r.fields[i])
	if s == "" {
		return time.Time{}
	}
	t, ok := parseDate(s)
	if !ok || t.Before(epoch) || t.After(latest) {
		r.fail(i, "bukan tanggal YYYY-MM-DD, DD-MM-YYYY atau DD/MM/YYYY tahun 1800 sampai 2099")
	}
	return t
}

func parseDate(s string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02", "02-01-2006", "02/01/2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func (r *row) status(i int) LifeStatus {
	switch s := strings.TrimSpace(r.fields[i]); s {
	case "":
		return Alive
	case "0", "1", "2", "3":
		return LifeStatus(s[0] - '0')
	}
	r.fail(i, "bukan 0 sampai 3")
	return Alive
}

var maritals = map[string]string{"1": "BELUM KAWIN", "2": "KAWIN", "3": "CERAI HIDUP", "4": "CERAI MATI"}

// coded turns SIAK's number into its word; any other text stays as it is.
func coded(s string, words map[string]string) string {
	if w, ok := words[strings.TrimLeft(s, "0")]; ok {
		return w
	}
	return s
}

// WriteCSV writes persons with SIAK columns, as ReadCSV reads them: marital status and occupation in words, dates as YYYY-MM-DD.
func WriteCSV(w io.Writer, people iter.Seq[Person]) error {
	bw := bufio.NewWriterSize(w, 1<<16)
	cw := csv.NewWriter(bw)
	if err := cw.Write(columns); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	rec := make([]string, len(columns))
	for p := range people {
		born, v := "", fmt.Sprintf("%-10s", p.Village)
		if !p.BirthDate.IsZero() {
			born = p.BirthDate.Format("2006-01-02")
		}
		copy(rec, []string{
			p.NIK.Digits(), p.FamilyNo, p.Name, string('0' + byte(p.Sex)), p.BirthPlace, born, p.Marital, p.Occupation, p.Address, p.RT,
			p.RW,
			strings.TrimSpace(v[:2]), strings.TrimSpace(v[2:4]), strings.TrimSpace(v[4:6]), strings.TrimSpace(v[6:10]),
			string('0' + byte(p.Status)),
		})
		if p.Sex == SexUnknown {
			rec[3] = ""
		}
		if err := cw.Write(rec); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	cw.Flush()
	return errors.Join(cw.Error(), bw.Flush())
}
