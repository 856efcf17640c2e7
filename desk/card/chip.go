package card

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"gapura/desk/pcsc"
)

// A Transmitter sends a command APDU to a card and returns the answer with its status word; pcsc.Card is one. A card that left is
// pcsc.ErrRemoved.
type Transmitter interface {
	Transmit(ctx context.Context, command []byte) ([]byte, error)
}

// A Layout says where the files lie that a KTP-el shows to every reader. It is configuration, because there is no public specification of
// it.
//
// Known from public sources: the chip is contactless after ISO/IEC 14443 type A or B and takes commands after ISO/IEC 7816-4 (Permendagri
// 6/2011); the biodata, the fingerprints and the signature open only after mutual authentication with a SAM and encrypted messages.
// Assumed, from experiments that owners of cards have published and never tried here on a real card: the identifiers of DefaultLayout, that
// the photograph is read without authentication, and that two bytes with its length (big-endian) stand before it. A card that answers
// otherwise is ErrNotKTP or ErrNeedsSAM, not a guess.
type Layout struct {
	Folder uint16 `toml:"folder"` // identifier of the dedicated file
	Photo  uint16 `toml:"photo"`  // identifier of the photograph in it; 0 leaves the photograph unread
}

// DefaultLayout leaves the photograph unread: no form asks for it, and what is not read need not be protected.
var DefaultLayout = Layout{Folder: 0x7F0A}

// PhotoFile is the identifier under which experiments have found the photograph.
const PhotoFile = 0x6FF2

const (
	chunk    = 0xF0   // bytes a command reads; fits the frames of every reader
	maxPhoto = 0x7FFF // a short offset reaches no further (ISO/IEC 7816-4, READ BINARY)
)

// ReadChip reads what the chip shows without a SAM: its UID and, if the layout says so, the photograph. There is no NIK in the record and
// no other field.
//
// The errors are those of t and ErrNotKTP, ErrNeedsSAM, ErrChip. With an error nothing of what was already read is returned, and it is
// wiped.
func ReadChip(ctx context.Context, t Transmitter, layout Layout) (Record, error) {
	c := new(content)
	r := newRecord(Origin{}, c)
	if err := c.readChip(ctx, t, layout); err != nil {
		r.Wipe()
		return Record{}, err
	}
	return r, nil
}

func (c *content) readChip(ctx context.Context, t Transmitter, layout Layout) error {
	uid, status, err := send(ctx, t, 0xFF, 0xCA, 0x00, 0x00, 0x00) // to the reader, not the card: PC/SC part 3, 3.2.2.1.3
	switch {
	case err != nil:
		return err
	case status == 0x9000:
		c.uid = uid
	case status == 0x6A81 || status == 0x6D00 || status == 0x6E00: // a reader that cannot tell it
	default:
		return unexpected("UID", status)
	}
	if err := choose(ctx, t, layout.Folder); err != nil {
		return err
	}
	if layout.Photo == 0 {
		return nil
	}
	if err := choose(ctx, t, layout.Photo); err != nil {
		return err
	}
	head, err := binaryAt(ctx, t, 0, 2)
	if err != nil {
		return err
	}
	end := 2 + int(binary.BigEndian.Uint16(head))
	if end > maxPhoto {
		return fmt.Errorf("%w: photograph of %d bytes", ErrChip, end)
	}
	c.photo = make([]byte, 0, end) // of its full size, so that Wipe reaches every byte
	for at := 2; at < end; {
		part, err := binaryAt(ctx, t, at, min(chunk, end-at))
		if err != nil {
			return err
		}
		c.photo = append(c.photo, part...)
		at += len(part)
		clear(part)
	}
	return nil
}

// choose selects a file by its identifier.
func choose(ctx context.Context, t Transmitter, id uint16) error {
	_, status, err := send(ctx, t, 0x00, 0xA4, 0x00, 0x00, 0x02, byte(id>>8), byte(id))
	switch {
	case err != nil:
		return err
	case status == 0x9000 || status>>8 == 0x61: // 61: a description could be asked for
		return nil
	case status == 0x6982:
		return fmt.Errorf("file %04X: %w", id, ErrNeedsSAM)
	case status == 0x6A82 || status == 0x6A81 || status == 0x6A86 || status == 0x6D00 || status == 0x6E00:
		return fmt.Errorf("file %04X: %w", id, ErrNotKTP)
	}
	return unexpected(fmt.Sprintf("file %04X", id), status)
}

// binaryAt reads 1 to n bytes of the selected file.
func binaryAt(ctx context.Context, t Transmitter, at, n int) ([]byte, error) {
	data, status, err := send(ctx, t, 0x00, 0xB0, byte(at>>8), byte(at), byte(n))
	switch {
	case err != nil:
		return nil, err
	case status == 0x6982:
		return nil, fmt.Errorf("read: %w", ErrNeedsSAM)
	case status != 0x9000 && status != 0x6282: // 6282: the end came before n bytes
		clear(data)
		return nil, unexpected("read", status)
	case len(data) == 0 || len(data) > n || at == 0 && len(data) < n:
		clear(data)
		return nil, fmt.Errorf("%w: %d bytes of %d", ErrChip, len(data), n)
	}
	return data, nil
}

func send(ctx context.Context, t Transmitter, command ...byte) (data []byte, status uint16, err error) {
	answer, err := t.Transmit(ctx, command)
	if err != nil {
		return nil, 0, err
	}
	if len(answer) < 2 {
		return nil, 0, fmt.Errorf("%w: no status", ErrChip)
	}
	end := len(answer) - 2
	return answer[:end], binary.BigEndian.Uint16(answer[end:]), nil
}

func unexpected(what string, status uint16) error {
	return fmt.Errorf("%w: %s: status %04X", ErrChip, what, status)
}

// Direct reads the chip through the machine's PC/SC service.
type Direct struct {
	Reader string        `toml:"reader"` // as the service names it; empty for whichever has a card first
	Layout Layout        `toml:"layout"` // see there; mostly DefaultLayout
	Wait   time.Duration `toml:"wait"`   // how long to wait for a card and its answers; 0 is 30 seconds
}

// Read waits for a card, reads it and lets it go. Its errors are those of package pcsc and of ReadChip; no card within the time is
// pcsc.ErrNoCard.
func (d Direct) Read(ctx context.Context) (Record, error) {
	waiting, cancel := context.WithTimeout(ctx, orDefault(d.Wait))
	defer cancel()
	session, err := pcsc.Establish(waiting)
	if err != nil {
		return Record{}, err
	}
	defer session.Close()
	slot, err := session.WaitCard(waiting, d.Reader)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			err = pcsc.ErrNoCard
		}
		return Record{}, err
	}
	c, err := session.Connect(waiting, slot.Name)
	if err != nil {
		return Record{}, err
	}
	defer c.Close()
	r, err := ReadChip(waiting, c, d.Layout)
	if err != nil {
		return Record{}, err
	}
	r.content().atr = c.Reader().ATR
	return r, nil
}

func orDefault(d time.Duration) time.Duration {
	if d <= 0 {
		return 30 * time.Second
	}
	return d
}
