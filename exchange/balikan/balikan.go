// Package balikan takes data balikan, what an agency owes for every service that it gave with the provider's data (PKS 2(2)b, 3(1)b;
// Juknis III), and holds it against the lookups: each looked-up person expects data balikan, or a reason why there is none, within the
// agreement's days (F3).
package balikan

import (
	"context"
	"crypto/sha256"
	"strconv"
	"time"

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

// A Delivery is a batch of one agency: all of it is taken, or nothing.
type Delivery struct {
	Agency int64
	By     int64 // user; 0: by the institution's token
	At     time.Time
	Via    string
	Items  []Item // no two of them the same
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
		if i.Reading != "" {
			h.Write([]byte(i.Reading + "\n"))
		}
	}
	return [32]byte(h.Sum(nil))
}

// A Receipt is what a store did with a delivery.
type Receipt struct {
	// Repeated: the very same delivery is there since At, and nothing was taken now.
	Repeated bool
	At       time.Time
	// Unmatched are the items, by their place in the delivery, that are about somebody whom nobody of the agency had looked up.
	Unmatched []int
}

// AlreadySent refuses a delivery because of what is there already; it is ErrRepeated.
type AlreadySent struct {
	Items []int // a store's: places in the delivery, from 0; what Opening.Take returns: numbers in the order of the body, from 1
}

func (*AlreadySent) Error() string { return ErrRepeated.Error() }
func (*AlreadySent) Unwrap() error { return ErrRepeated }

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
	{"dilaporkan", "Sudah dilaporkan dengan cara lain"}, {"kartu-tanpa-data", "KTP-el dibaca, tetapi tidak memberikan data"},
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
	At        time.Time
	Via       string
	Item      Item
	Unmatched bool // nobody had looked this person up
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
	// Incomplete is what came without values for persons for whom none have come since.
	Incomplete(ctx context.Context, agency int64, most int) ([]Received, error)
}

// An OutstandingQuery asks for persons for whom nothing has come, in the order of their days.
type OutstandingQuery struct {
	Agency   int64
	Before   time.Time // only those due before; zero: all
	AfterDue time.Time // after this place; zero: from the beginning
	AfterSeq int64
	Limit    int
}
