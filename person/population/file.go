package population

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"gapura/internal/table"
)

// Kind is what a file of residents is.
type Kind string

// The kinds of files.
const (
	Full    Kind = "full"    // all residents: who is not in it is one no longer
	Changes Kind = "changes" // what happened to some of them
)

// protected are elements that no agreement may grant and that therefore never come into the registry (UU 24/2013 art. 84): physical and
// mental disability, fingerprint, iris, signature. Each by words that stand in names of columns.
var protected = []string{
	"CACAT", "CCT", "DISABIL", "DIFABEL", "SIDIK", "JARI", "FINGER", "MINUTIA", "BIOMETRI", "IRIS", "RETINA", "TANDA_TANGAN", "TANDATANGAN",
	"TTD", "SIGNATURE",
}

// A File of residents that is being read.
type File struct {
	how    Reading
	table  *table.Table
	places []int
	// Dropped are columns of protected elements, Further those that the registry has no place for. Nothing of either is read.
	Dropped, Further []string
}

// Why a file is not of the kind that it was given as.
var (
	errIsChanges = errors.New("berkas memuat kolom JENIS_PERUBAHAN, jadi berisi perubahan dan bukan seluruh penduduk: gunakan --changes")
)

// Open reads a file (CSV or XLSX) up to its heading: SIAK column names in any order and case. Further columns are passed over and named.
// No error holds a value of the file, apart from the reader's own.
func (how Reading) Open(r io.ReaderAt, size int64) (*File, error) {
	t, err := table.Open(r, size, bounds, table.Choice{Sheet: how.Sheet})
	if err != nil {
		return nil, fmt.Errorf("baris judul tidak terbaca: %w", err)
	}
	f := &File{how: how, table: t}
	if f.places, err = places(t.Heading, how.Kind); err != nil {
		return nil, err
	}
	for _, h := range t.Heading {
		name := heading(h)
		switch {
		case name == "" || slices.Contains(columns, name):
		case slices.ContainsFunc(protected, func(word string) bool { return strings.Contains(name, word) }):
			f.Dropped = append(f.Dropped, name)
		default:
			f.Further = append(f.Further, name)
		}
	}
	return f, nil
}

// heading is a column's name: upper case, blanks of any kind in it as one line below.
func heading(h string) string { return strings.ToUpper(strings.Join(strings.Fields(h), "_")) }

// places are where the columns stand in a heading; -1 for a further one that is missing.
func places(titles []string, kind Kind) ([]int, error) {
	at := map[string]int{}
	for i, h := range titles {
		name := heading(h)
		if _, twice := at[name]; twice && slices.Contains(columns, name) {
			return nil, fmt.Errorf("kolom %s ada dua kali", name)
		}
		at[name] = i
	}
	if _, ok := at[columns[change]]; ok && kind != Changes {
		return nil, errIsChanges
	}
	out := make([]int, len(columns))
	for i, c := range columns {
		place, ok := at[c]
		must := i < needed
		if kind == Changes {
			must = i == 0 || i >= ofPerson
		}
		if !ok && must {
			return nil, fmt.Errorf("kolom %s tidak ada", c)
		}
		if out[i] = place; !ok {
			out[i] = -1
		}
	}
	return out, nil
}

// Rows are the file's, to be read once. A bad row yields a *RowError and reading goes on; any other error ends it.
func (f *File) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		row := row{how: f.how, fields: make([]string, len(columns)), known: map[spelling]readAs{}}
		for line, err := range f.table.Rows() {
			if err != nil {
				yield(Row{}, fmt.Errorf("membaca tabel: %w", err))
				return
			}
			if !yield(row.take(line, f.places, len(f.table.Heading))) {
				return
			}
		}
	}
}

// Left says, after the rows were read, what of the file was left out: further sheets and hidden rows.
func (f *File) Left() []string { return f.table.Left() }
