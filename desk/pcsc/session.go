package pcsc

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Session is one program's line to the service.
type Session struct{ link *link }

// Establish opens a session. ErrNoService says that no service listens, ErrVersion that its protocol is not one of those known here.
//
// On Linux the service's socket is the one that PCSCLITE_CSOCK_NAME names, as for every other program, else /run/pcscd/pcscd.comm.
func Establish(ctx context.Context) (*Session, error) {
	l, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	return &Session{l}, nil
}

// Close releases the session and the cards connected in it. It may be called twice.
func (s *Session) Close() error { return s.link.release() }

// Readers lists the readers, in the service's order; none is ErrNoReader.
func (s *Session) Readers(ctx context.Context) ([]Reader, error) {
	readers, err := s.link.readers(ctx)
	if err == nil && len(readers) == 0 {
		err = ErrNoReader
	}
	return readers, err
}

// WaitCard waits until a card lies in the reader of that name; an empty name means any reader. A reader that is missing or is pulled out is
// ErrNoReader; the end of ctx is its error.
func (s *Session) WaitCard(ctx context.Context, reader string) (Reader, error) {
	return s.wait(ctx, reader, func(r Reader) bool { return r.Card })
}

// WaitGone waits until the reader of that name is empty, as WaitCard waits for a card.
func (s *Session) WaitGone(ctx context.Context, reader string) error {
	_, err := s.wait(ctx, reader, func(r Reader) bool { return !r.Card })
	return err
}

func (s *Session) wait(ctx context.Context, name string, want func(Reader) bool) (Reader, error) {
	var found Reader
	var missing error
	err := s.link.watch(ctx, func(readers []Reader) bool {
		var ok bool
		found, ok, missing = pick(readers, name, want)
		return ok || missing != nil
	})
	if err == nil {
		err = missing
	}
	if err != nil {
		return Reader{}, err
	}
	return found, nil
}

// pick finds the reader of that name, or with an empty name the first one that is wanted; ok is false while none is. Without such a reader
// the error is ErrNoReader.
func pick(readers []Reader, name string, want func(Reader) bool) (r Reader, ok bool, err error) {
	known := false
	for _, r := range readers {
		if name != "" && r.Name != name {
			continue
		}
		if known = true; want(r) {
			return r, true, nil
		}
	}
	if !known {
		err = ErrNoReader
		if name != "" {
			err = fmt.Errorf("%q: %w", name, ErrNoReader)
		}
	}
	return Reader{}, false, err
}

// A Card is a connection to the card in a reader, for this program alone.
type Card struct {
	session  *Session
	reader   Reader
	handle   handle
	protocol uint32
	closed   bool
}

// Connect powers the card in the reader of that name and keeps other programs off it, so that no command of theirs comes between those of
// one read. It waits up to 3 seconds for a program that uses the card, then says ErrBusy. No card in the reader is ErrNoCard.
func (s *Session) Connect(ctx context.Context, reader string) (*Card, error) {
	c := &Card{session: s, reader: Reader{Name: reader}}
	limit := time.Now().Add(busyLimit)
	for {
		var err error
		c.handle, c.protocol, err = s.link.connect(ctx, reader)
		if err == nil {
			break
		}
		if !errors.Is(err, ErrBusy) || time.Now().After(limit) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(busyPause):
		}
	}
	readers, err := s.link.readers(ctx)
	if err == nil {
		c.reader, _, err = pick(readers, reader, func(Reader) bool { return true })
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Reader is the reader that the card lies in, with the card's ATR.
func (c *Card) Reader() Reader { return c.reader }

// Transmit sends a command APDU (ISO/IEC 7816-4) and returns the card's answer with its two status bytes, whatever they say. The answer
// belongs to the caller, who wipes it.
//
// A card that was pulled out is ErrRemoved. Services say for a moment only that the card was not reached; Transmit then looks for up to a
// second whether the reader has become empty, and says ErrMute when it has not.
func (c *Card) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if c.closed {
		return nil, ErrClosed
	}
	answer, err := c.session.link.transmit(ctx, c.handle, c.protocol, command)
	if err == nil && len(answer) < 2 { // some drivers answer nothing for a card that left
		err = fmt.Errorf("transmit: %w", ErrMute)
	}
	switch {
	case errors.Is(err, ErrNoCard):
		err = fmt.Errorf("transmit: %w", ErrRemoved)
	case errors.Is(err, ErrMute):
		look, cancel := context.WithTimeout(ctx, removalLimit)
		defer cancel()
		if gone := c.session.WaitGone(look, c.reader.Name); gone == nil || errors.Is(gone, ErrNoReader) {
			err = fmt.Errorf("transmit: %w", ErrRemoved)
		}
	}
	if err != nil {
		clear(answer)
		return nil, err
	}
	return answer, nil
}

// Close resets the card and leaves it to other programs. It may be called twice; a card that is gone meanwhile is no error.
func (c *Card) Close() error {
	if c.closed {
		return nil
	}
	c.closed = true
	ctx, cancel := context.WithTimeout(context.Background(), exchangeLimit)
	defer cancel()
	err := c.session.link.disconnect(ctx, c.handle)
	for _, harmless := range []error{ErrRemoved, ErrNoCard, ErrMute, ErrNoReader, ErrReset, ErrClosed} {
		if errors.Is(err, harmless) {
			return nil
		}
	}
	return err
}
