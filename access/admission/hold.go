package admission

import (
	"net/netip"
	"time"

	"gapura/agreement/party"
)

// A Hold is how attempts on one lane of an account stand. It is reserved before anything is checked, and ends with a success.
type Hold struct {
	Failures int       // attempts without a success since
	At       time.Time // of the last one
}

// forgotten is after how long without an attempt failures no longer count.
const forgotten = 24 * time.Hour

// Until is when the lane is open again.
func (h Hold) Until() time.Time { return h.At.Add(party.Delay(h.Failures)) }

// Reserve counts an attempt at an instant and says whether it may be checked. On a lane that is held it takes no count, so that an
// impatient owner does not make the time longer; see Count for attempts that come together.
func (h Hold) Reserve(now time.Time) (_ Hold, ok bool) {
	if now.Sub(h.At) >= forgotten {
		h = Hold{}
	}
	if now.Before(h.Until()) {
		return h, false
	}
	return Hold{h.Failures + 1, now}, true
}

// Count adds attempts that came while others were being checked: all of them count, also those that were turned away.
func (h Hold) Count(now time.Time, n int) Hold { return Hold{h.Failures + n, now} }

// A Lane is where an account's attempts are counted: a source that it signed in from before, the strangers' together, or its second factor.
type Lane string

// The lanes that are no source.
const (
	Strangers Lane = ""
	Codes     Lane = "code"
)

// Known says for how long a source is remembered after its last success, MostKnown how many an account may have; the oldest gives way.
const (
	Known     = 90 * 24 * time.Hour
	MostKnown = 32
)

// Source is an address as it is counted: an IPv4 address, or the /64 of an IPv6 address, which one host has to itself.
func Source(a netip.Addr) Lane {
	a = a.Unmap()
	if !a.IsValid() {
		return "unknown"
	}
	if a.Is4() {
		return Lane(a.String())
	}
	p, _ := a.WithZone("").Prefix(64) // every IPv6 address has one
	return Lane(p.String())
}
