// Package pcsc speaks to smart cards through the machine's PC/SC service: pcscd's socket on Linux, winscard.dll on Windows. It is the few
// calls that reading a card at a counter needs, in pure Go, so that the program stays one static file. (H7)
//
// A Session and its Cards belong to one goroutine at a time. Every call ends when its context does; a call that is cut off in the middle of
// an exchange with a card leaves the session unusable, and the caller opens another.
//
// Errors say what happened and name readers, never what was sent or received: an answer of a card can hold personal data.
package pcsc

import (
	"errors"
	"fmt"
	"time"
)

// What can go wrong, for errors.Is. Every error of the service that is none of these carries its code in hexadecimal.
var (
	ErrNoService = errors.New("smart card service is not running")
	ErrNoReader  = errors.New("no such card reader")
	ErrNoCard    = errors.New("no card in the reader")
	ErrRemoved   = errors.New("card was removed")
	ErrReset     = errors.New("card was reset by another program")
	ErrBusy      = errors.New("another program uses the card")
	ErrMute      = errors.New("card does not answer")
	ErrVersion   = errors.New("smart card service speaks an unknown version")
	ErrClosed    = errors.New("session is closed")
)

// A Reader is a slot for one card, as the service lists it.
type Reader struct {
	Name string // as the service calls it, "Virtual PCD 00 00"; at most 127 bytes
	Card bool   // whether a card lies in it
	// answer to reset of that card, up to 33 bytes; readers of contactless cards make one up from the ATS (PC/SC part 3, 3.1.3.2.3)
	ATR []byte
}

const (
	// exchangeLimit ends an exchange whose context has no earlier end. Cards may ask for more time again and again, but nobody waits longer
	// at a counter.
	exchangeLimit = 30 * time.Second
	// busyLimit is how long Connect waits for another program. The system's own programs look at each new card for a moment.
	busyLimit = 3 * time.Second
	busyPause = 50 * time.Millisecond
	// removalLimit is how long Transmit looks whether a card that was not reached is gone. pcscd looks into its readers every 400 ms.
	removalLimit = time.Second

	// maxAnswer is the longest answer to an APDU: 65,536 bytes and the status word.
	maxAnswer = 1<<16 + 2
)

// Numbers of the interface, the same on both systems ([MS-ERREF] 2.2, winscard.h, pcsclite.h).
const (
	codeOK             = 0
	codeUnknownReader  = 0x80100009
	codeSharing        = 0x8010000B
	codeNoCard         = 0x8010000C
	codeProtoMismatch  = 0x8010000F
	codeNotTransacted  = 0x80100016
	codeUnavailable    = 0x80100017
	codeNoService      = 0x8010001D
	codeServiceStopped = 0x8010001E
	codeNoReaders      = 0x8010002E
	codeDataLost       = 0x8010002F
	codeUnresponsive   = 0x80100066
	codeUnpowered      = 0x80100067
	codeReset          = 0x80100068
	codeRemoved        = 0x80100069

	scopeSystem    = 2
	shareExclusive = 1
	protocolT0     = 1
	protocolT1     = 2
	resetCard      = 1
)

// failure makes the error of a call from the service's code; nil for success.
func failure(call string, code uint32) error {
	var known error
	switch code {
	case codeOK:
		return nil
	case codeNoService, codeServiceStopped:
		known = ErrNoService
	case codeUnknownReader, codeUnavailable, codeNoReaders:
		known = ErrNoReader
	case codeNoCard:
		known = ErrNoCard
	case codeRemoved:
		known = ErrRemoved
	case codeReset:
		known = ErrReset
	case codeSharing:
		known = ErrBusy
	case codeUnresponsive, codeUnpowered, codeProtoMismatch, codeNotTransacted, codeDataLost:
		known = ErrMute
	default:
		return fmt.Errorf("%s: smart card service answered 0x%08X", call, code)
	}
	return fmt.Errorf("%s: %w", call, known)
}
