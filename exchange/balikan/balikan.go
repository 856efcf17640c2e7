// Package balikan takes data balikan, what an agency owes for every service that it gave with the provider's data (PKS 2(2)b, 3(1)b; Juknis III), and holds it
// against the lookups: each looked-up person expects data balikan, or a reason why there is none, within the agreement's days (F3).
package balikan

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gapura/agreement/agreement"
	"gapura/exchange/wire"
	"gapura/person/nik"
)

// The ways by which data balikan comes.
const (
	ByWire   = "wire"
	ByPortal = "portal"
	ByUpload = "upload"
	ByAPI    = "api"
)

// An Item is data balikan for one person: one object of values for each aid, by the agreement's keys.
type Item struct {
	NIK        nik.NIK
	Params     []map[string]string
	Incomplete bool // no values: kept, and flagged
	// Reason is the key of one of Reasons instead of values: no service was given, and what lookups of this person expect is answered by that.
	Reason string
}

// NewReason is the item of a person who was given no service. n is the item's number for problems.
func NewReason(n int, digits, reason string) (Item, error) {
	i := Item{Reason: reason}
	var err error
	if i.NIK, err = nik.Parse(digits); err != nil {
		return i, &Problem{n, "nik", "tidak sesuai format"}
	}
	if _, known := ReasonLabel(reason); !known {
		return i, &Problem{n, "reason", "tidak dikenal"}
	}
	return i, nil
}

// MaxItems bounds a batch.
const MaxItems = 10_000

// maxValue is the longest value, in bytes; maxParams how many aids one person's item names.
const (
	maxValue  = 300
	maxParams = 50
)

// Digest recognises a repeat: the same person with the same values. It is only kept keyed (see store).
func (i Item) Digest() [32]byte {
	text, err := json.Marshal(i.Params) // keys come sorted
	if err != nil {
		panic(err) // texts always encode
	}
	return sha256.Sum256(append([]byte(i.NIK.Digits()+"\n"), text...))
}

// A Problem says what is wrong with an item, by its number from 1 and its field; it repeats no value.
type Problem struct {
	Item  int
	Field string
	Text  string
}

func (p *Problem) Error() string {
	where := ""
	if p.Item > 0 {
		where = fmt.Sprintf("data ke-%d", p.Item)
	}
	if p.Field != "" {
		where = strings.TrimPrefix(where+", field "+p.Field, ", ")
	}
	return strings.TrimPrefix(where+": "+p.Text, ": ")
}

// NewItem checks the values of one person against the agreement's fields. Keys are compared without case and underscores; other keys are not kept, because only what
// the agreement names may be. n is the item's number for problems.
func NewItem(n int, digits string, params []map[string]string, spec agreement.Balikan) (Item, error) {
	i := Item{Incomplete: true}
	var err error
	if i.NIK, err = nik.Parse(digits); err != nil {
		return i, &Problem{n, "nik", "tidak sesuai format"}
	}
	if len(params) > maxParams {
		return i, &Problem{n, "param", fmt.Sprintf("lebih dari %d", maxParams)}
	}
	for _, given := range params {
		values := map[string]string{}
		for key, value := range given {
			at := slices.IndexFunc(spec.Fields, func(f string) bool { return Key(f) == Key(key) })
			if value = strings.TrimSpace(value); at < 0 || value == "" {
				continue
			}
			if len(value) > maxValue || !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				return i, &Problem{n, spec.Fields[at], fmt.Sprintf("harus teks sampai %d byte tanpa karakter kendali", maxValue)}
			}
			values[spec.Fields[at]] = value
		}
		if len(values) == 0 {
			continue
		}
		for _, f := range spec.Fields {
			if values[f] == "" {
				return i, &Problem{n, f, "harus diisi"}
			}
		}
		i.Params, i.Incomplete = append(i.Params, values), false
	}
	return i, nil
}

// Key folds a field's key: without case, underscores and blanks, as headings of tables have them.
func Key(key string) string { return strings.ReplaceAll(wire.Key(key), " ", "") }

// A Delivery is a batch of one agency: all of it is taken, or nothing.
type Delivery struct {
	Agency int64
	By     int64 // user; 0: by the institution's token
	At     time.Time
	Via    string
	Items  []Item
	// Key is the sender's own name of the delivery, so that it may be repeated after an answer was lost; empty: it has none.
	Key string
}

// Digest tells whether two deliveries hold the same. It is only kept keyed (see store).
func (d Delivery) Digest() [32]byte {
	h := sha256.New()
	for _, i := range d.Items {
		one := i.Digest()
		h.Write(one[:])
		h.Write([]byte(i.Reason + "\n"))
	}
	return [32]byte(h.Sum(nil))
}

// A Repeat says that a delivery's key is there already and nothing was taken now. Same: with the same content, so that all of it is there since At.
type Repeat struct {
	At   time.Time
	Same bool
}

func (*Repeat) Error() string { return "the delivery was already sent" }

// ErrRepeated says that some of a delivery was there already, and nothing was taken.
var ErrRepeated = errors.New("some of the data was already sent")

// A Sender is the institution that a token belongs to, as it names itself.
type Sender struct {
	Agency   int64
	ID, Name string // id_lembaga, nama_lembaga
}

// Reasons are why there may be no data balikan for a lookup, with the key that is kept.
var Reasons = []Reason{
	{"tidak-memenuhi", "Tidak memenuhi syarat"}, {"mundur", "Pemohon mengundurkan diri"}, {"berkas-kurang", "Berkas tidak lengkap"},
	{"belum-diputus", "Permohonan belum diputus"}, {"salah-cari", "Salah memasukkan NIK"}, {"dilaporkan", "Sudah dilaporkan dengan cara lain"},
}

// A Reason is one of them.
type Reason struct{ Key, Label string }

// ReasonLabel is the label of a key; false when there is no such reason.
func ReasonLabel(key string) (string, bool) {
	for _, r := range Reasons {
		if r.Key == key {
			return r.Label, true
		}
	}
	return "", false
}

// A Rate sums up what lookups of some months expected.
type Rate struct {
	Opened, Met, Late, Excused int // Late of those met, after their day
}

// Answered are those with data balikan or a reason.
func (r Rate) Answered() int { return r.Met + r.Excused }

// Open are those that still expect an answer.
func (r Rate) Open() int { return r.Opened - r.Met - r.Excused }

// Percent is the share of the expected that was answered, 0 to 100; 100 when nothing was expected.
func (r Rate) Percent() int {
	if r.Opened == 0 {
		return 100
	}
	return r.Answered() * 100 / r.Opened
}

// A UserRate is the rate of one user's lookups.
type UserRate struct {
	User  int64
	Login string
	Rate
}

// An Expectation is a person whose data was looked up and for whom nothing has come yet.
type Expectation struct {
	Seq       int64 // of the lookup in the agency's log
	Opened    time.Time
	Due       time.Time
	Login     string
	Reference string
	NIK       nik.NIK // zero when it was destroyed
}

// Late reports whether the days are over.
func (e Expectation) Late(now time.Time) bool { return !now.Before(e.Due) }

// A Received is one item as it lies in the store.
type Received struct {
	At         time.Time
	Via        string
	Item       Item
	Incomplete bool
	Unmatched  bool // nobody had looked this person up
}

// Covers reports whether a lookup belongs to what an earlier one expects: that one still waits, or it is the same application within its days.
func Covers(open bool, due time.Time, reference string, at time.Time, same string) bool {
	return open || (reference == same && at.Before(due))
}

// Store is what the pages and the wire need. TakeBalikan is durable when it returns nil: all items, or ErrRepeated or *Repeat and none.
type Store interface {
	Sender(ctx context.Context, token string) (Sender, bool, error)
	TakeBalikan(ctx context.Context, d Delivery) error
	// Sent tells of each item whether the very same is there already.
	Sent(ctx context.Context, agency int64, items []Item) ([]bool, error)
	// Excuse keeps why nothing comes for a lookup; false when nothing is open for it any more.
	Excuse(ctx context.Context, agency, seq, by int64, at time.Time, reason string) (bool, error)
	Rates(ctx context.Context, agency int64, from, to time.Time) ([]UserRate, error)
	AllRates(ctx context.Context, from, to time.Time) (map[int64]Rate, error)
	Overdue(ctx context.Context, agency int64, now time.Time) (int, error)
	Outstanding(ctx context.Context, q OutstandingQuery) ([]Expectation, error)
	Unmatched(ctx context.Context, agency int64) (int, error)
	Received(ctx context.Context, agency int64, before time.Time, unmatched bool, most int) ([]Received, error)
}

// An OutstandingQuery asks for persons for whom nothing has come, in the order of their days.
type OutstandingQuery struct {
	Agency   int64
	Before   time.Time // only those due before; zero: all
	AfterDue time.Time // after this place; zero: from the beginning
	AfterSeq int64
	Limit    int
}
