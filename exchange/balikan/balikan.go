// Package balikan takes data balikan, what an agency owes for every service that it gave with the provider's data (PKS 2(2)b, 3(1)b; Juknis
// III), and holds it against the lookups: each looked-up person expects data balikan, or a reason why there is none, within the agreement's
// days (F3).
package balikan

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gapura/agreement/agreement"
	"gapura/exchange/wire"
	"gapura/internal/told"
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
	// Reason is the key of one of Reasons instead of values: no service was given, and what lookups of this person expect is answered by
	// that.
	Reason string
}

// NewReason is the item of a person who was given no service. n is the item's number for problems.
func NewReason(n int, digits, reason string) (Item, error) {
	i := Item{Reason: reason}
	var err error
	if i.NIK, err = nik.Parse(digits); err != nil {
		return i, unfit(n, "nik", "tidak sesuai format")
	}
	if _, known := ReasonLabel(reason); !known {
		return i, unfit(n, "reason", "tidak dikenal")
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

// unfit says what is wrong with an item, by its number from 1 (0: it stands alone) and its field; it repeats no value.
func unfit(item int, field, text string) *told.Error {
	where := ""
	if item > 0 {
		where = fmt.Sprintf("data ke-%d", item)
	}
	if field != "" {
		where = strings.TrimPrefix(where+", field "+field, ", ")
	}
	return told.Wrong(field, strings.TrimPrefix(where+": "+text, ": "))
}

// NewItem checks the values of one person against the agreement's fields. Keys are compared without case and underscores; other keys are
// not kept, because only what the agreement names may be. n is the item's number for problems.
func NewItem(n int, digits string, params []map[string]string, spec agreement.Balikan) (Item, error) {
	i := Item{Incomplete: true}
	var err error
	if i.NIK, err = nik.Parse(digits); err != nil {
		return i, unfit(n, "nik", "tidak sesuai format")
	}
	if len(params) > maxParams {
		return i, unfit(n, "param", fmt.Sprintf("lebih dari %d", maxParams))
	}
	for _, given := range params {
		values := map[string]string{}
		for key, value := range given {
			at := slices.IndexFunc(spec.Fields, func(f string) bool { return Key(f) == Key(key) })
			if value = strings.TrimSpace(value); at < 0 || value == "" {
				continue
			}
			if len(value) > maxValue || !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool {
				return r < ' ' ||
					r == 0x7f
			}) {
				return i, unfit(n, spec.Fields[at], fmt.Sprintf("harus teks sampai %d byte tanpa karakter kendali", maxValue))
			}
			values[spec.Fields[at]] = value
		}
		if len(values) == 0 {
			continue
		}
		for _, f := range spec.Fields {
			if values[f] == "" {
				return i, unfit(n, f, "harus diisi")
			}
		}
		i.Params, i.Incomplete = append(i.Params, values), false
	}
	return i, nil
}

// wholeItem is NewItem for a door that takes no empty values.
func wholeItem(n int, digits string, params []map[string]string, spec agreement.Balikan) (Item, error) {
	i, err := NewItem(n, digits, params, spec)
	if err == nil && i.Incomplete {
		err = unfit(n, spec.Fields[0], "harus diisi")
	}
	return i, err
}

// ReadOne is Parcel.Read for one person's values, as a form has them.
func ReadOne(digits string, values map[string]string) func(agreement.Balikan) (Content, error) {
	return func(spec agreement.Balikan) (Content, error) {
		i, err := wholeItem(0, digits, []map[string]string{values}, spec)
		return Content{Items: []Item{i}}, err
	}
}

// A Given is an item as a program sends it: values, or a reason.
type Given struct {
	NIK    string              `json:"nik"`
	Param  []map[string]string `json:"param"`
	Reason string              `json:"reason"`
}

var deliveryKey = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// ReadGiven checks a program's items, under a key that must be fit.
func ReadGiven(key string, list []Given, spec agreement.Balikan) (Content, error) {
	c := Content{Key: key, Items: make([]Item, len(list))}
	switch {
	case !deliveryKey.MatchString(key):
		return c, unfit(0, "key", "harus 8 sampai 64 huruf, angka, garis bawah, atau tanda hubung")
	case len(list) == 0:
		return c, unfit(0, "items", "harus diisi")
	case len(list) > MaxItems:
		return c, unfit(0, "items", fmt.Sprintf("lebih dari %d data dalam satu kiriman", MaxItems))
	}
	for n, g := range list {
		var err error
		if c.Items[n], err = g.item(n+1, spec); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (g Given) item(n int, spec agreement.Balikan) (Item, error) {
	switch {
	case g.Reason != "" && len(g.Param) > 0:
		return Item{}, unfit(n, "reason", "tidak boleh bersama param")
	case g.Reason != "":
		return NewReason(n, g.NIK, g.Reason)
	}
	i, err := NewItem(n, g.NIK, g.Param, spec)
	if err == nil && i.Incomplete {
		err = unfit(n, "param", "harus diisi, atau reason")
	}
	return i, err
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

// A Repeat is how a store says that the very same delivery is there since At, and nothing was taken now; see Intake.Take.
type Repeat struct{ At time.Time }

func (*Repeat) Error() string { return "the delivery was already sent" }

// Why a delivery is not taken, although nothing is wrong with an item.
var (
	ErrRepeated = told.Refuse("Data sudah pernah dikirim")
	ErrKey      = told.Refuse("kunci kiriman sudah dipakai untuk isi yang lain")
)

// A Sender is the institution that a token belongs to, as it names itself.
type Sender struct {
	Agency   int64
	ID, Name string // id_lembaga, nama_lembaga
}

// Reasons are why there may be no data balikan for a lookup, with the key that is kept.
var Reasons = []Reason{
	{"tidak-memenuhi", "Tidak memenuhi syarat"}, {"mundur", "Pemohon mengundurkan diri"}, {"berkas-kurang", "Berkas tidak lengkap"},
	{"belum-diputus", "Permohonan belum diputus"}, {"salah-cari", "Salah memasukkan NIK"},
	{"dilaporkan", "Sudah dilaporkan dengan cara lain"},
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

// Percent is the share of the expected that was answered, 0 to 100; ok is false when nothing was expected, of which there is no share.
func (r Rate) Percent() (share int, ok bool) {
	if r.Opened == 0 {
		return 0, false
	}
	return r.Answered() * 100 / r.Opened, true
}

// Share is Percent in words; a dash when nothing was expected.
func (r Rate) Share() string {
	if p, ok := r.Percent(); ok {
		return strconv.Itoa(p) + " %"
	}
	return "—"
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

// Covers reports whether a lookup belongs to what an earlier one expects: that one still waits, or it is the same application within its
// days.
func Covers(open bool, due time.Time, reference string, at time.Time, same string) bool {
	return open || (reference == same && at.Before(due))
}

// Store is what the pages read.
type Store interface {
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
