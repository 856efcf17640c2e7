// Package journal holds the access record and how it becomes durable: an append-only log per agency, in one order, written by one
// goroutine in group commits. A record is in the log before any element of a person leaves (K1).
package journal

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"gapura/person/nik"
	"gapura/person/population"
)

// The acts that are recorded.
const (
	ActSignIn = "sign_in"
	ActLookup = "lookup"
	ActMatch  = "match"
	ActTell   = "tell"   // a resident was told who asked for the resident's data (K4)
	ActSearch = "search" // an auditor searched the journal for a NIK
	ActCard   = "card"   // a desk told of a KTP-el that its reader read (Juknis IV.G)
)

// An ID names a record: the agency's log and the place in it, counted from 0. Written "7-1284".
type ID struct{ Log, Seq int64 }

// String is the form shown to people and programs.
func (id ID) String() string {
	return strconv.FormatInt(id.Log, 10) + "-" + strconv.FormatInt(id.Seq, 10)
}

// ParseID reads the form of String.
func ParseID(s string) (ID, error) {
	a, b, ok := strings.Cut(s, "-")
	log, err1 := strconv.ParseInt(a, 10, 64)
	seq, err2 := strconv.ParseInt(b, 10, 64)
	if !ok || err1 != nil || err2 != nil || log < 0 || seq < 0 {
		return ID{}, fmt.Errorf("not a record number")
	}
	return ID{log, seq}, nil
}

// A Record is one access or one refused attempt. The NIK is encrypted where it is kept, with a blind index beside it.
type Record struct {
	ID        ID
	At        time.Time
	Act       string
	User      int64 // 0: nobody was authenticated
	Agreement int64 // 0: none
	Basis     string
	Method    string
	// of the agency's register; 0: the portal, or none
	Application int64
	Purpose     string
	Reference   string
	Address     netip.Addr
	NIK         nik.NIK // zero: none, or not well-formed (what was typed instead is not kept)
	Outcome     string
	Hit         bool
	Elements    population.Elements // that left, or that a match compared; none with a notice or a refusal
	Reader      string              // serial number of the agency's reader that read a card; empty: none
	ReadAt      time.Time           // when the card was read; At is when that was told
}

// A Change records a change of a right: who, when, why, by which letter, from what to what (invariant 7).
type Change struct {
	ID            ID
	At            time.Time
	By            int64  // user id; 0: set up from the command line
	ByName        string // of By, when read
	Subject       string
	Reason        string
	Letter        string
	Before, After string

	// Rights are the rows that it changed of those that the institution's standings rest on; Whole: they are all that there are, of a log
	// that begins to tell of rights. State is the digest of what it leads to; empty in entries from before rights were told.
	Rights []Right
	Whole  bool
	State  []byte
}

// An Entry is a record to be written. Decide is called inside the durable transaction with the hits that the agency has used on Day, in the
// order in which they are charged, and returns the record; it must be pure, because a transaction that is repeated calls it again.
type Entry struct {
	Log    int64     // agency id
	Day    time.Time // the agency's calendar day
	Rights int64     // version of the rights that Decide rests on
	Set    int64     // of residents that Decide rests on; 0: none
	Decide func(hits int) Record
	// Application is the one that a hit is charged to; Together tells whose hits of the day are counted for Decide. Nil: its own alone.
	Application int64
	Together    func(application int64) bool // pure, as Decide

	// Key is the sender's own name of what it tells, so that it may be told again after an answer was lost: what was written under it in
	// this log is then returned, and nothing is written. Digest tells whether it is the same. Empty: each telling is new.
	Key      string
	Digest   [32]byte
	Repeated bool // set before Append returns nil

	Written Record // set before Append returns nil
	Hits    int    // counted on Day after this record
	err     error
	done    chan struct{}
}

// Hits are the hits of a day by application.
type Hits map[int64]int

// Counted are the hits that count for the entry.
func (e *Entry) Counted(h Hits) int {
	if e.Together == nil {
		return h[e.Application]
	}
	return h.Of(e.Together)
}

// Of is the sum over the applications that count; nil: all do.
func (h Hits) Of(counts func(application int64) bool) (sum int) {
	for a, n := range h {
		if counts == nil || counts(a) {
			sum += n
		}
	}
	return sum
}

// A Store writes entries in one durable transaction: for each log the next places and the day's hits are taken, Decide is called, the
// record is inserted and a hit charged. When it returns nil all of them survive a crash of the machine. An entry whose Rights version is
// not today's, or whose Set is older than one that a record rests on, gets ErrStale by Fail and is not written. Called by one
// goroutine at a time in a process, by several processes at once.
type Store interface {
	AppendRecords(ctx context.Context, entries []*Entry) error
}

// Fail marks one entry as not written while the others of its transaction are.
func (e *Entry) Fail(err error) { e.err = err }

// Err is why an entry was not written; nil when it was.
func (e *Entry) Err() error { return e.err }
