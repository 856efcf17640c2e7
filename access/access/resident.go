package access

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
)

// A Use is one time that an agency asked for a resident's data.
type Use struct {
	journal.Record
	Salt         journal.Salt // opens the record's commitment in the log
	Agency, Code string
}

var useActs = map[string]string{
	journal.ActLookup: "Data dilihat", journal.ActMatch: "Data dicocokkan",
	journal.ActCard: "KTP-el dibaca dengan perangkat pembaca", journal.ActTell: "Riwayat diberikan kepada penduduk",
	journal.ActSearch: "Jurnal diperiksa auditor",
}

// Words are what was done and what came of it, as a resident is told; elements are those that were shown, in words, or "".
func (u Use) Words() (act, result, elements string) {
	act = useActs[u.Act]
	switch code := Code(u.Outcome); {
	case u.Outcome == OutcomeTold:
		return act, "Disampaikan", ""
	case u.Outcome == OutcomeNoted:
		return "Pemberitahuan lewat surel diatur", "Dicatat", ""
	case code == Found:
		return act, "Ditampilkan", strings.Join(population.Labels(u.Elements.Strings()), ", ")
	default:
		return act, "Tidak ditampilkan: " + code.Text(), ""
	}
}

// A UsesQuery asks for the uses of one NIK.
type UsesQuery struct {
	NIK           nik.NIK
	From, To      time.Time // From is the first instant, To the first one after; zero: open
	Withheld      bool      // also those that a lawful order withholds from the resident
	Today         time.Time // day on which orders must still be in force
	Offset, Limit int
}

// Uses finds the records that ask for a NIK, newest first, with their total. Nothing that was answered before the call is missing.
type Uses interface {
	Uses(ctx context.Context, q UsesQuery) (list []Use, total int, err error)
}

// A Disclosure shows who asked for a resident's data: to the resident (UU 27/2022, K4), or to an auditor. It never shows who asked about
// relatives: only records of this NIK are found. Safe for concurrent use.
type Disclosure struct {
	Uses   Uses
	Log    Log
	Rights versioned
	Now    func() time.Time
}

// A DisclosureRequest is one disclosure, decoded by a door.
type DisclosureRequest struct {
	User      int64 // of the provider
	Method    string
	Address   netip.Addr
	Reference string // letter or application behind it
	NIK       string // as typed
	From, To  time.Time
	Offset    int
	Limit     int  // 0: MaxUses
	Audit     bool // by an auditor: withheld uses too
}

// Told is what a disclosure tells.
type Told struct {
	Uses    []Use
	Total   int
	Delayed int // uses that a lawful order withholds from the resident for now
}

// MaxUses is how many uses are told at once.
const MaxUses = 1000

// OutcomeTold is the outcome of a disclosure's own record, OutcomeNoted that of a record that telling by e-mail was begun or ended.
const (
	OutcomeTold  = "told"
	OutcomeNoted = "noted"
)

// MethodMail is the method of what is told by e-mail, or changed by the link in it.
const MethodMail = "mail"

// ErrNIK says that the number is not well-formed.
var ErrNIK = errors.New("not a well-formed NIK")

// Tell records the disclosure in the provider's log, by whom and for which letter, and only then returns what it tells. ErrNIK when the
// typed number is none.
func (d *Disclosure) Tell(ctx context.Context, r DisclosureRequest) (id journal.ID, t Told, err error) {
	n, err := nik.Parse(r.NIK)
	if err != nil {
		return id, t, ErrNIK
	}
	now := d.Now()
	q := UsesQuery{NIK: n, From: r.From, To: r.To, Withheld: r.Audit, Today: party.WIB.Day(now), Offset: r.Offset, Limit: r.Limit}
	if q.Limit == 0 {
		q.Limit = MaxUses
	}
	all := 0
	if !r.Audit { // that something is withheld is never hidden, only what
		counted := q
		counted.Withheld, counted.Offset, counted.Limit = true, 0, 1
		if _, all, err = d.Uses.Uses(ctx, counted); err != nil {
			return id, t, err
		}
	}
	if t.Uses, t.Total, err = d.Uses.Uses(ctx, q); err != nil {
		return id, Told{}, err
	}
	t.Delayed = max(0, all-t.Total)
	act, purpose := journal.ActTell, "riwayat penduduk"
	if r.Audit {
		act, purpose = journal.ActSearch, "pemeriksaan jurnal"
	}
	if id, err = d.record(ctx, r, n, act, purpose, OutcomeTold); err != nil {
		return id, Told{}, err
	}
	return id, t, nil
}

func (d *Disclosure) record(ctx context.Context, r DisclosureRequest, n nik.NIK, act, purpose, outcome string) (journal.ID, error) {
	id, err := note(ctx, d.Log, d.Rights, party.Provider, journal.Record{
		At: d.Now(), Act: act, User: r.User, Method: r.Method, Purpose: purpose, Reference: r.Reference, Address: r.Address, NIK: n,
		Outcome: outcome,
	})
	if err != nil {
		err = fmt.Errorf("record disclosure: %w", err)
	}
	return id, err
}

// News are the uses of a time that an e-mail would tell the resident of, and how many are withheld for now. Of the e-mails' own records
// there is none in it: else each would be followed by another. Nothing is recorded; Note follows before anything is told.
func (d *Disclosure) News(ctx context.Context, n nik.NIK, from, to time.Time) (t Told, err error) {
	q := UsesQuery{NIK: n, From: from, To: to, Today: party.WIB.Day(d.Now()), Limit: MaxUses}
	list, total, err := d.Uses.Uses(ctx, q)
	if err != nil {
		return Told{}, err
	}
	for _, u := range list {
		if u.ID.Log == party.Provider && (u.Method == MethodMail || u.Outcome == OutcomeNoted) {
			total--
			continue
		}
		t.Uses = append(t.Uses, u)
	}
	q.Withheld, q.Limit = true, 1
	_, all, err := d.Uses.Uses(ctx, q)
	t.Total, t.Delayed = total, max(0, all-total-(len(list)-len(t.Uses)))
	return t, err
}

// Note records that a resident is told by e-mail (OutcomeTold), or that this was begun or ended (OutcomeNoted).
func (d *Disclosure) Note(ctx context.Context, r DisclosureRequest, purpose, outcome string) error {
	n, err := nik.Parse(r.NIK)
	if err != nil {
		return ErrNIK
	}
	_, err = d.record(ctx, r, n, journal.ActTell, purpose, outcome)
	return err
}

// A versioned tells the version of the rights.
type versioned interface {
	Version(ctx context.Context) (int64, error)
	Forget()
}

// note records what is no decision on rights, and so stands with every version of them.
func note(ctx context.Context, l Log, rights versioned, log int64, r journal.Record) (journal.ID, error) {
	for range maxStale {
		version, err := rights.Version(ctx)
		if err != nil {
			return journal.ID{}, err
		}
		e := &journal.Entry{Log: log, Day: party.WIB.Day(r.At), Rights: version, Decide: func(int) journal.Record { return r }}
		if err = l.Append(ctx, e); !errors.Is(err, journal.ErrStale) {
			return e.Written.ID, err
		}
		rights.Forget()
	}
	return journal.ID{}, journal.ErrStale
}
