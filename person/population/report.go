package population

import (
	"iter"
	"slices"
	"time"
)

// A Set is the state of the registry that one import made. Sets follow one another by their numbers.
type Set struct {
	Number int64     // 0: not counted, for instance because another service was asked
	AsOf   time.Time // UTC midnight of the day of the data; zero: not known
}

// A Finding is what a source knows of a NIK.
type Finding struct {
	Person Person // when Known
	Known  bool
	Set    Set // that the finding rests on, also when nobody was found
}

// An Effect is what an import did to a resident.
type Effect string

// The effects.
const (
	Added     Effect = "ditambahkan"
	Corrected Effect = "diperbarui"
	Died      Effect = "meninggal"
	Moved     Effect = "pindah"
	Removed   Effect = "dihapus"
	Same      Effect = "tetap"
)

// Effects are all of them, in the order in which they are told.
var Effects = []Effect{Added, Corrected, Died, Moved, Removed, Same}

// samples is how many lines a report names of each effect.
const samples = 10

// A Report tells what an import changed, by counts and lines of the file and by no value of a person.
type Report struct {
	Kind    Kind             `json:"kind"`
	By      string           `json:"by"`
	Hash    string           `json:"hash"` // SHA-256 of the file, hexadecimal
	Rows    int              `json:"rows"` // that were taken
	Bad     int              `json:"bad"`  // that were left out
	Repeats int              `json:"repeats"`
	Total   int              `json:"total"` // residents after it
	Counts  map[Effect]int   `json:"counts"`
	Lines   map[Effect][]int `json:"lines"` // the first of each effect
	// Unread counts values that could not be read and became none, by column.
	Unread map[string]int `json:"unread,omitempty"`
	// Dropped are columns of protected elements, Left what else of the file was left out, in words.
	Dropped []string `json:"dropped,omitempty"`
	Left    []string `json:"left,omitempty"`
	// First and Last are the days from which the changes of a change file hold, YYYY-MM-DD.
	First string `json:"first,omitempty"`
	Last  string `json:"last,omitempty"`
}

// Note counts what a row did.
func (r *Report) Note(row Row, e Effect) {
	if r.Counts == nil {
		r.Counts, r.Lines = map[Effect]int{}, map[Effect][]int{}
	}
	if r.Counts[e]++; e != Same {
		r.keep(row.Line, e)
	}
	if day := row.On.Format(time.DateOnly); !row.On.IsZero() {
		if r.First == "" || day < r.First {
			r.First = day
		}
		r.Last = max(r.Last, day)
	}
}

// keep keeps the lowest lines of an effect, in their order: rows come in that of the registry.
func (r *Report) keep(line int, e Effect) {
	list := r.Lines[e]
	if len(list) == samples && line > list[samples-1] {
		return
	}
	at, _ := slices.BinarySearch(list, line)
	list = slices.Insert(list, at, line)
	r.Lines[e] = list[:min(samples, len(list))]
}

// EffectOf tells what a change did.
func EffectOf(c Change, before, after *Person) Effect {
	switch {
	case before == nil:
		return Added
	case after == nil:
		return Removed
	case *before == *after:
		return Same
	case c == Die:
		return Died
	case c == Move:
		return Moved
	}
	return Corrected
}

// An Import is a file on its way into the registry.
type Import struct {
	Report   Report    // who brings which file, of which kind; the import fills in what it did
	AsOf, At time.Time // day of the data; now
	Rows     iter.Seq2[Row, error]
	// Skip is told of a bad row and whether the import goes on without it; nil: it does not.
	Skip func(error) bool
	// Progress, if not nil, is called now and then with the number of rows taken so far.
	Progress func(rows int)
	// MayRemove is asked before a full set takes residents away of whom it says nothing; nil: it may.
	MayRemove func(gone, before int) error
	// Older takes data of an earlier day than that of the registry.
	Older bool
	// Left, if not nil, tells after the rows were read what else of the file was left out.
	Left func() []string
}

// A Run is an import as others see it while it runs and after.
type Run struct {
	Began, Seen time.Time // Seen: when it last told how far it is
	Ended       bool
	By          string
	Kind        Kind
	Rows        int    // taken so far
	Set         int64  // that it made; 0: none
	Problem     string // why it made none
}

// silence is after how long without a word an import counts as killed.
const silence = 30 * time.Second

// Running reports whether it goes on.
func (r Run) Running(now time.Time) bool { return !r.Ended && now.Sub(r.Seen) < silence }

// Made is a set with what the import that made it reported.
type Made struct {
	Set    Set
	At     time.Time
	Report Report
}

// Gone counts residents whom a full set said nothing of.
func (r *Report) Gone(n int) {
	if n > 0 {
		if r.Counts == nil {
			r.Counts = map[Effect]int{}
		}
		r.Counts[Removed] += n
	}
}

// Rows are persons as a file of additions brings them.
func Rows(people iter.Seq[Person]) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		line := 1
		for p := range people {
			if line++; !yield(RowOf(line, p), nil) {
				return
			}
		}
	}
}
