package population

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"gapura/internal/table"
	"gapura/person/nik"
	"gapura/person/value"
)

// columns are SIAK's names, in the order in which WriteCSV writes them; those from further on may be missing.
var columns = []string{
	"NIK", "NO_KK", "NAMA_LGKP", "JENIS_KLMIN", "TMPT_LHR", "TGL_LHR", "STAT_KWN", "JENIS_PKRJN", "ALAMAT", "NO_RT", "NO_RW",
	"NO_PROP", "NO_KAB", "NO_KEC", "NO_KEL", "FLAG_STATUS",
	"AGAMA", "GOL_DRH", "PDDK_AKH", "STAT_HBKEL", "NAMA_LGKP_AYAH", "NAMA_LGKP_IBU", "DUSUN", "KODE_POS",
	"JENIS_PERUBAHAN", "TGL_BERLAKU",
}

// needed is the count of columns that a full set must have, ofPerson that of all of a person; the two behind them are of a change file.
const (
	needed   = 16
	ofPerson = 24
	change   = 24
	since    = 25
)

// Reading is how a file of residents is read.
type Reading struct {
	Kind  Kind
	Sheet string    // of an XLSX; empty: the first that is shown
	Today time.Time // no birth is after it
	// EmptyStatus is what an empty FLAG_STATUS means for the whole file; nil: a row without it is refused, because nobody is taken for
	// living unasked.
	EmptyStatus *LifeStatus
	// Unread is told of a value that cannot be read and becomes none, by column; nil: nobody is told. What a person needs (NIK, name, birth
	// date, life status) is never among them.
	Unread func(column string)
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

// bounds are those of a file that an administrator of the office brings: a province's residents.
var bounds = table.Limits{Rows: 60_000_000, Columns: 200, Cell: 2_000, Unpacked: 8 << 30}

// take reads one row. A sheet leaves empty cells at a row's end out; a CSV that does so has lost something.
func (r *row) take(line table.Row, places []int, width int) (Row, error) {
	r.line = line.Line
	switch {
	case line.Broken != "":
		return Row{}, &RowError{line.Line, "?", line.Broken}
	case len(line.Cells) > width || len(line.Cells) < width && !line.Sheet:
		return Row{}, &RowError{line.Line, "?", "jumlah kolom tidak sama dengan baris judul"}
	}
	for i, at := range places {
		if r.fields[i] = ""; at >= 0 && at < len(line.Cells) {
			r.fields[i] = line.Cells[at]
		}
	}
	out, err := r.read()
	for i, at := range places { // a cell's own fault tells more than what comes of it
		if fault, ok := line.Faults[at]; ok && at >= 0 {
			return Row{}, &RowError{line.Line, columns[i], fault}
		}
	}
	return out, err
}

type row struct {
	how    Reading
	line   int
	fields []string // in the order of columns
	err    error
	known  map[spelling]readAs // of kinds of which a file holds few
}

// A spelling is a value as a file writes it, a readAs what comes of it.
type (
	spelling struct {
		kind value.Kind
		text string
	}
	readAs struct {
		form string
		err  error
	}
)

// maxKnown bounds the spellings that are remembered.
const maxKnown = 1 << 16

func (r *row) fail(i int, problem string) {
	if r.err == nil {
		r.err = &RowError{r.line, columns[i], problem}
	}
}

func (r *row) person() (Person, error) {
	r.err = nil
	p := Person{
		FamilyNo: r.form(1, value.FamilyNo), Name: r.name(2), Sex: sexes[r.form(3, value.Sex)], BirthPlace: r.text(4, value.BirthPlace),
		BirthDate: r.date(5),
		Marital:   r.text(6, value.Marital), Occupation: r.text(7, value.Occupation), Address: r.text(8, value.Street),
		RT: padded(r.form(9, value.RT)),
		RW: padded(r.form(10, value.RW)), Village: r.region(), Status: r.status(15), Religion: r.text(16, value.Religion),
		Blood: r.form(17, value.Blood), Education: r.text(18, value.Education), Relation: r.text(19, value.Relation),
		Father: r.text(20, value.Name),
		Mother: r.text(21, value.Name), Hamlet: r.text(22, value.Hamlet), PostCode: r.form(23, value.PostCode),
	}
	var err error
	if p.NIK, err = nik.Parse(r.fields[0]); err != nil {
		r.fail(0, value.ErrNIK.Error())
	}
	return p, r.err
}

// form is a value in the form in which it is compared; what cannot be read is none.
func (r *row) form(i int, k value.Kind) string {
	as, known := spelling{k, r.fields[i]}, false
	var got readAs
	if got, known = r.known[as]; !known {
		got.form, got.err = k.Read(as.text, r.how.Today)
		if k != value.FamilyNo && len(r.known) < maxKnown {
			as.text = strings.Clone(as.text) // not all of its row
			r.known[as] = got
		}
	}
	if got.err != nil {
		r.unread(i)
	}
	return got.form
}

// text is a value as the registry writes it, a number of SIAK's lists as its word; what cannot be read is none. It is a copy of its own,
// because the CSV reader uses its memory again.
func (r *row) text(i int, k value.Kind) string {
	held := false
	if k == value.Street || k == value.Name || k == value.Hamlet { // nearly each is another, so that remembering them helps nothing
		var err error
		if held, err = k.Held(r.fields[i], r.how.Today); err != nil {
			r.unread(i)
		}
	} else {
		held = r.form(i, k) != ""
	}
	if !held {
		return ""
	}
	return k.Word(tidy(r.fields[i]))
}

func (r *row) unread(i int) {
	if r.how.Unread != nil {
		r.how.Unread(columns[i])
	}
}

// tidy is a text with single blanks, a copy of its own.
func tidy(s string) string {
	for i := range len(s) {
		blank := s[i] == ' ' && (i == 0 || i == len(s)-1 || s[i+1] == ' ')
		if blank || s[i] < ' ' || s[i] >= utf8.RuneSelf {
			return strings.Join(strings.Fields(s), " ")
		}
	}
	return strings.Clone(s) // as nearly every text is
}

func (r *row) name(i int) string {
	held, err := value.Name.Held(r.fields[i], r.how.Today)
	switch {
	case err != nil:
		r.fail(i, err.Error())
	case !held:
		r.fail(i, "kosong")
	}
	return tidy(r.fields[i])
}

func (r *row) date(i int) time.Time {
	t, err := value.Date(r.fields[i], r.how.Today)
	switch {
	case err != nil:
		r.fail(i, err.Error())
	case t.IsZero():
		r.fail(i, "kosong")
	}
	return t
}

// padded is a number of three digits, as a KTP-el prints it.
func padded(s string) string {
	if s == "" {
		return ""
	}
	return strings.Repeat("0", 3-len(s)) + s
}

// region is the village's code, or as much of it as can be read.
func (r *row) region() string {
	code := ""
	for i, n := range []int{2, 2, 2, 4} {
		s := strings.TrimLeft(strings.TrimSpace(r.fields[11+i]), "0")
		if value.None(s) {
			break
		}
		if len(s) > n || strings.Trim(s, "0123456789") != "" {
			r.unread(11 + i)
			break
		}
		code += strings.Repeat("0", n-len(s)) + s
	}
	return code
}

var sexes = map[string]Sex{"1": Male, "2": Female}

// ReadSex reads a sex as any door or service writes it; unknown when it is none.
func ReadSex(s string) Sex {
	form, _ := value.Sex.Read(s, time.Time{}) // unknown when it cannot be read
	return sexes[form]
}

func (r *row) status(i int) LifeStatus {
	s := strings.TrimSpace(r.fields[i])
	switch {
	case value.None(s) && r.how.EmptyStatus != nil:
		return *r.how.EmptyStatus
	case value.None(s):
		r.fail(i, "kosong; tentukan artinya dengan --empty-status")
	case len(s) == 1 && s >= "0" && s <= "3":
		return LifeStatus(s[0] - '0')
	default:
		r.fail(i, "bukan 0 sampai 3")
	}
	return Inactive
}

// fieldsOf are a person's values in the order of columns, as Reading reads them.
func fieldsOf(p Person) []string {
	born, v, sex := "", fmt.Sprintf("%-10s", p.Village), ""
	if !p.BirthDate.IsZero() {
		born = p.BirthDate.Format(time.DateOnly)
	}
	if p.Sex != SexUnknown {
		sex = string('0' + byte(p.Sex))
	}
	return []string{
		p.NIK.Digits(), p.FamilyNo, p.Name, sex, p.BirthPlace, born, p.Marital, p.Occupation, p.Address, p.RT, p.RW,
		strings.TrimSpace(v[:2]), strings.TrimSpace(v[2:4]), strings.TrimSpace(v[4:6]), strings.TrimSpace(v[6:10]),
		string('0' + byte(p.Status)), p.Religion, p.Blood, p.Education, p.Relation, p.Father, p.Mother, p.Hamlet, p.PostCode,
	}
}

// WriteCSV writes persons with SIAK columns, as Reading reads them: marital status and occupation in words, dates as YYYY-MM-DD.
func WriteCSV(w io.Writer, people iter.Seq[Person]) error {
	bw := bufio.NewWriterSize(w, 1<<16)
	cw := csv.NewWriter(bw)
	if err := cw.Write(columns[:ofPerson]); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	for p := range people {
		if err := cw.Write(fieldsOf(p)); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	cw.Flush()
	return errors.Join(cw.Error(), bw.Flush())
}
