package population

import (
	"slices"
	"strings"
	"time"

	"gapura/person/nik"
	"gapura/person/value"
)

// Change is what a row tells about a resident.
type Change byte

// The changes; each row of a full set is an addition.
const (
	Add     Change = iota // TAMBAH: born, moved in, newly registered
	Correct               // UBAH: what the row holds takes the place of what was registered; what it leaves empty stays
	Die                   // MATI
	Move                  // PINDAH: to the row's address; without one, or to another regency, away
	Remove                // HAPUS: was registered wrongly
)

// changeWords are as a change file writes them (JENIS_PERUBAHAN).
var changeWords = []string{"TAMBAH", "UBAH", "MATI", "PINDAH", "HAPUS"}

// String is the word of a change file.
func (c Change) String() string { return changeWords[c] }

// A Row is one of a file of residents.
type Row struct {
	Line   int
	NIK    nik.NIK
	Change Change
	On     time.Time // day from which the change holds; zero in a full set

	person Person   // of an addition
	fields []string // of another change, in the order of columns
	how    Reading
}

// RowOf is a row that adds a person.
func RowOf(line int, p Person) Row { return Row{Line: line, NIK: p.NIK, Change: Add, person: p} }

// Errors of a change against what is registered.
const (
	notThere = "NIK tidak terdaftar"
	isThere  = "sudah terdaftar dengan isi lain; gunakan UBAH"
	twice    = "NIK sudah ada pada baris lain dengan isi berbeda"
)

// Twice is the fault of a row whose resident another row of a full set has already told otherwise.
func (r Row) Twice() *RowError { return &RowError{r.Line, columns[0], twice} }

// Onto is what the row makes of a resident: before and the result are nil when there is none. It returns before itself when nothing
// changes. An error is a *RowError.
func (r Row) Onto(before *Person) (*Person, error) {
	switch {
	case r.Change == Add && before == nil:
		return &r.person, nil
	case r.Change == Add && *before == r.person:
		return before, nil
	case r.Change == Add:
		return nil, &RowError{r.Line, columns[0], isThere}
	case before == nil:
		return nil, &RowError{r.Line, columns[0], notThere}
	case r.Change == Remove:
		return nil, nil
	}
	after := *before
	var err error
	switch r.Change {
	case Die:
		after.Status = Deceased
	case Move:
		after, err = r.moved(*before)
	default:
		after, err = r.over(*before, 1, ofPerson)
	}
	if err != nil {
		return nil, err
	}
	if after == *before {
		return before, nil
	}
	return &after, nil
}

// The columns of an address.
var address = []int{8, 9, 10, 11, 12, 13, 14, 22, 23}

// moved is a resident at the row's address. Who leaves the regency, or leaves no address, is not its resident any more, unless the row
// says otherwise.
func (r Row) moved(p Person) (Person, error) {
	stated := !value.None(r.fields[15])
	if !slices.ContainsFunc(address, func(i int) bool { return !value.None(r.fields[i]) }) && !stated {
		p.Status = Inactive
		return p, nil
	}
	after, err := r.over(p, 8, 16)
	if err == nil && !stated && regency(after) != regency(p) {
		after.Status = Inactive
	}
	return after, err
}

func regency(p Person) string { return p.Village[:min(4, len(p.Village))] }

// over is a resident with what the row holds in columns from…to-1 and, for a new address, in its further ones.
func (r Row) over(p Person, from, to int) (Person, error) {
	merged := row{how: r.how, line: r.Line, fields: fieldsOf(p), known: map[spelling]readAs{}}
	for i, v := range r.fields[:ofPerson] {
		if !value.None(v) && (i >= from && i < to || slices.Contains(address, i)) {
			merged.fields[i] = v
		}
	}
	return merged.person()
}

// read reads a row's fields.
func (r *row) read() (Row, error) {
	if r.how.Kind != Changes {
		p, err := r.person()
		return RowOf(r.line, p), err
	}
	r.err = nil
	out := Row{Line: r.line, how: r.how}
	word := strings.ToUpper(strings.TrimSpace(r.fields[change]))
	if i := slices.Index(changeWords, word); i >= 0 {
		out.Change = Change(i)
	} else {
		r.fail(change, "bukan "+strings.Join(changeWords[:4], ", ")+", atau "+changeWords[4])
	}
	out.On = r.date(since)
	var err error
	if out.NIK, err = nik.Parse(r.fields[0]); err != nil {
		r.fail(0, value.ErrNIK.Error())
	}
	if r.err != nil {
		return Row{}, r.err
	}
	if out.Change == Add {
		out.person, err = r.person()
		return out, err
	}
	out.fields = slices.Clone(r.fields)
	return out, nil
}
