// Package reader holds card readers (perangkat pembaca KTP-el) with their SAM cards, and the states that they pass through from the request
// in SIFILMA to their return (Juknis IV). A SAM works only while the agreement is in force: whatever the register says, Reader.Works asks
// for both (H3).
package reader

import (
	"slices"
	"time"
)

// A State of a reader with its SAM card (H1).
type State string

// The states, in the order of a reader's life.
const (
	Requested    State = "requested"    // asked for in SIFILMA
	Personalised State = "personalised" // the SAM was written
	Active       State = "active"
	Deactivated  State = "deactivated"
	Returned     State = "returned" // the SAM is back, with its BAST
)

// States are all states in their order.
var States = []State{Requested, Personalised, Active, Deactivated, Returned}

var next = map[State][]State{
	Requested:    {Personalised, Deactivated},
	Personalised: {Active, Deactivated},
	Active:       {Deactivated},
	Deactivated:  {Returned, Requested}, // a later agreement can bring it back (E8)
	Returned:     {Requested},
}

// May reports whether a reader in state s may come into state t.
func (s State) May(t State) bool { return slices.Contains(next[s], t) }

// Label is the state in Indonesian.
func (s State) Label() string {
	switch s {
	case Requested:
		return "Diajukan"
	case Personalised:
		return "Dipersonalisasi"
	case Active:
		return "Aktif"
	case Deactivated:
		return "Nonaktif"
	case Returned:
		return "Dikembalikan"
	}
	return string(s)
}

// A Reader is one device with its SAM card, as it stands at an instant.
type Reader struct {
	Serial string // of the device, unique over all agencies
	Model  string // checked against the technical specification (H2)
	SAM    string // serial number of the card; empty until personalised
	State  State
	Since  time.Time // from which it is in the state; of a move that is to be recorded, zero: from its record on
}

// A Move is one word of the records: a reader is in a state from an instant on. Whoever records it later than that says what is known
// since Known, and of what was believed before nothing changes (E2).
type Move struct {
	State State
	From  time.Time
	Known time.Time
}

// A Device is a reader with all that the records say of it, in their order.
type Device struct {
	Serial, Model, SAM string
	Moves              []Move
}

// At is the reader as it stood at an instant, by what was recorded until known: the last word that had begun by then. False: it was not
// registered.
func (d Device) At(at, known time.Time) (r Reader, ok bool) {
	for _, m := range d.Moves {
		if !m.From.After(at) && !m.Known.After(known) {
			r, ok = Reader{d.Serial, d.Model, d.SAM, m.State, m.From}, true
		}
	}
	return r, ok
}

// At are those of the devices that were registered, as Device.At has them.
func At(list []Device, at, known time.Time) (out []Reader) {
	for _, d := range list {
		if r, ok := d.At(at, known); ok {
			out = append(out, r)
		}
	}
	return out
}

// A Use is a device and how it was used.
type Use struct {
	Device
	Last  time.Time // when it last read a card that was told; zero: never, or so long ago that the records lie in the archive
	Reads int       // of the period that was asked for
}

// Works reports whether the reader may read: it is active and the agency's agreement is in force (Juknis IV.E).
func (r Reader) Works(inForce bool) bool { return r.State == Active && inForce }
