package access

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/person/nik"
)

// Readers are the agencies' card readers.
type Readers interface {
	Devices(ctx context.Context, agency int64) ([]reader.Device, error)
}

// A CardRead is what a desk tells of one reading of a KTP-el, whatever came of it (Juknis IV.G). It holds no value of the card but its NIK.
type CardRead struct {
	Who         Who
	Address     netip.Addr // the real peer, never a claim
	Certificate string     // SHA-256 of the one that the peer proved to have; empty: none
	Key         string     // the desk's own name of the reading, by which it may be told again
	NIK         nik.NIK    // zero: the chip gave none
	Reader      string     // serial number
	Purpose     string
	Reference   string
	At          time.Time // when it was read; not after now
}

// ErrCardKey says that a reading's key stands for another one.
var ErrCardKey = told.Refuse("kunci pembacaan sudah dipakai untuk pembacaan yang lain")

// Card decides and records a reading that a desk tells of; the Answer's code is CardRead, or why it should not have been: its record holds
// it all the same. repeated says that it had been told before, and that nothing was written now. A reading asks nothing of the population
// source and never charges a hit.
func (g *Gate) Card(ctx context.Context, r CardRead) (a Answer, repeated bool, err error) {
	r.At = r.At.UTC().Truncate(time.Microsecond)
	for range maxStale {
		a, repeated, err := g.card(ctx, r)
		if errors.Is(err, journal.ErrKey) {
			return Answer{}, false, ErrCardKey
		}
		if !errors.Is(err, journal.ErrStale) {
			return a, repeated, err
		}
		g.Rights.Forget()
	}
	return Answer{}, false, fmt.Errorf("decide reading: %w", journal.ErrStale)
}

func (g *Gate) card(ctx context.Context, r CardRead) (Answer, bool, error) {
	p, err := g.begin(ctx, Request{Who: r.Who, Act: journal.ActCard, Method: agreement.API, Address: r.Address, Certificate: r.Certificate,
		Purpose: r.Purpose, Reference: r.Reference})
	switch {
	case err != nil:
		return Answer{}, false, err
	case p.summed:
		return p.unrecorded(), false, nil
	}
	f := &p.facts
	f.NIK, f.ReadAt = r.NIK, r.At
	if f.Standing != nil {
		list, err := g.Readers.Devices(ctx, f.Standing.Institution.ID)
		if err != nil {
			return Answer{}, false, fmt.Errorf("read readers: %w", err)
		}
		if n := slices.IndexFunc(list, func(x reader.Device) bool { return x.Serial == r.Reader }); n >= 0 {
			f.Reader, _ = list[n].At(r.At, f.Now)
		}
	}
	p.verdict = Decide(*f)
	p.entry.Decide = func(int) journal.Record { return record(*f, p.verdict) }
	if p.verdict.judged {
		p.entry.Key, p.entry.Digest = r.Key, r.digest()
	}
	if err := g.Log.Append(ctx, &p.entry); err != nil {
		return Answer{}, false, fmt.Errorf("record reading: %w", err)
	}
	w := p.entry.Written
	return Answer{Record: w.ID, At: w.At, Code: Code(w.Outcome), Basis: w.Basis}, p.entry.Repeated, nil
}

// digest tells whether two tellings are of the same reading.
func (r CardRead) digest() [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %d", r.NIK.Digits(), r.Reader, r.Purpose, r.Reference, r.At.UnixMicro()))
}

// decideCard is Decide for a reading that is told: who tells it must be somebody now, and what was read must have been allowed when it was
// read, because a desk may tell it days later, when its line is back (Juknis IV.E, IV.G).
func decideCard(f Facts) Verdict {
	s := f.Standing
	now, _ := agreement.Current(s.Agreements, f.Now, s.Institution.Zone.Day(f.Now))
	if code := f.attempt().authorise(now); code != "" {
		return Verdict{Code: code}
	}
	v := Verdict{judged: true}
	grant, _ := agreement.Current(s.Agreements, f.ReadAt, s.Institution.Zone.Day(f.ReadAt))
	if grant != nil {
		v.Grant, v.Basis = *grant, grant.Basis
	}
	v.App, _ = s.Application(f.Application, agreement.API, f.Now)
	through := v.App
	if through.Since.After(f.ReadAt) {
		through = party.App{} // nobody knew of it then
	}
	switch {
	case grant == nil || !grant.Opens():
		v.Code = InstitutionInactive
	case !grant.Allows(agreement.Reader) || !slices.Contains(s.User.Methods, agreement.Reader):
		v.Code = Method
	case !f.Reader.Works(true):
		v.Code = Device
	case !slices.Contains(s.User.Through(&through).Serves(grant.Purposes), f.Purpose) || !ValidReference(f.Reference):
		v.Code = Purpose
	default:
		v.Code = Card
	}
	return v
}
