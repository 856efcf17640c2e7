// Package card reads a KTP-el at the counter, so that a form need not be typed (H7): the chip itself through PC/SC, as far as it opens
// without a SAM, or through the local service of a reader's vendor, which has the SAM.
//
// What is read is in memory only. Nothing here writes a file, a log line or a record: who reads asks the resident first, records the
// consent with its time and officer, and only then keeps something of the Record; without consent it is wiped (Juknis IV.F, H4). Errors and
// logs name fields, never values.
//
// Nothing here is ever called verified. That a card is genuine only a SAM can establish, and what a vendor's service says of its SAM is
// kept as what it is: a statement of that service (Origin.Note).
package card

import (
	"context"
	"errors"

	"gapura/agreement/reader"
)

// What can go wrong, besides the errors of package pcsc and the end of a context. Message turns all of them into words for the officer.
var (
	ErrInactive  = errors.New("reader or SAM is not active under an agreement in force")
	ErrNotKTP    = errors.New("card has not the files of a KTP-el")
	ErrNeedsSAM  = errors.New("file opens only to a SAM")
	ErrChip      = errors.New("chip answered unexpectedly")
	ErrService   = errors.New("local service of the reader cannot be reached")
	ErrAnswer    = errors.New("local service gave an answer that cannot be read")
	ErrTooLarge  = errors.New("local service gave too large an answer")
	ErrNoRecord  = errors.New("local service read no card")
	ErrAmbiguous = errors.New("local service answered with more than one person")
	ErrConfig    = errors.New("card reading is not configured rightly")
)

// A Way is one of the ways to a card: Direct or Service. Read returns the whole of what was read, or an error and nothing of it. It ends
// with ctx, is safe for concurrent use as far as the device is, and keeps nothing.
type Way interface {
	Read(ctx context.Context) (Record, error)
}

// Read reads one card by a device of the register. A device that is not active, or whose agency has no agreement in force, is refused with
// ErrInactive before anything is sent to it (Juknis IV.E, H3).
func Read(ctx context.Context, way Way, device reader.Reader, agreementInForce bool) (Record, error) {
	if !device.Works(agreementInForce) {
		return Record{}, ErrInactive
	}
	return way.Read(ctx)
}
