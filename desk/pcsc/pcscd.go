//go:build !windows

package pcsc

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// The protocol of pcscd's socket, after winscard_msg.h and eventhandler.h of pcsc-lite 1.9.9 (4:4) and 2.3.3 (4:5, which only adds a
// command). A message is a header of two words, the length of what follows and the command, and a struct in the machine's byte order; the
// answer is the same struct without a header. Each connection has a thread of its own in pcscd, which frees cards and context when the
// connection ends.
const (
	cmdEstablish  = 0x01
	cmdRelease    = 0x02
	cmdConnect    = 0x04
	cmdDisconnect = 0x06
	cmdTransmit   = 0x09
	cmdVersion    = 0x11
	cmdStates     = 0x12
	cmdWait       = 0x13
	cmdStopWait   = 0x14

	versionMajor = 4

	maxReaders    = 16
	maxReaderName = 128
	stateSize     = 184 // of one reader; 16 of them are sent always
	flagPresent   = 0x0004
	statesLimit   = 5 * time.Second // pcscd answers at once, but not before its readers have started
	pciLength     = 16              // two words of C's unsigned long, whose value pcscd only hands on
)

// versionMinors are the versions spoken here, the commonest first. pcscd accepts its own alone and answers every other with it.
var versionMinors = []uint32{4, 5}

var order = binary.NativeEndian

type handle = uint32

// A link is a connection to pcscd. Once an exchange was cut off, what the next bytes mean is unknown, and the link is closed for good.
type link struct {
	conn    net.Conn
	context uint32
	closed  bool
}

func socket() string {
	if s := os.Getenv("PCSCLITE_CSOCK_NAME"); s != "" {
		return s
	}
	return "/run/pcscd/pcscd.comm"
}

func dial(ctx context.Context) (*link, error) {
	minor := versionMinors[0]
	for range versionMinors {
		l, its, err := dialVersion(ctx, minor)
		if !errors.Is(err, ErrVersion) {
			return l, err
		}
		if minor == its || its < versionMinors[0] || its > versionMinors[len(versionMinors)-1] {
			return nil, fmt.Errorf("%w: %d:%d", ErrVersion, versionMajor, its)
		}
		minor = its
	}
	return nil, ErrVersion
}

// dialVersion opens a link that speaks one version; with ErrVersion comes the minor version that pcscd speaks.
func dialVersion(ctx context.Context, minor uint32) (*link, uint32, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socket())
	if err != nil {
		if ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		return nil, 0, fmt.Errorf("%w: %v", ErrNoService, errors.Unwrap(err)) // without the socket's path, which says nothing to an officer
	}
	l := &link{conn: conn}
	answer, err := l.call(ctx, cmdVersion, words(versionMajor, minor, 0))
	if err == nil && (word(answer, 0) != versionMajor || word(answer, 1) != minor || word(answer, 2) != codeOK) {
		err = ErrVersion
		if word(answer, 0) == versionMajor {
			minor = word(answer, 1)
		}
	}
	if err == nil {
		answer, err = l.call(ctx, cmdEstablish, words(scopeSystem, 0, 0))
	}
	if err == nil {
		l.context, err = word(answer, 1), failure("establish context", word(answer, 2))
	}
	if err != nil {
		l.close()
		return nil, minor, err
	}
	return l, minor, nil
}

func (l *link) close() error {
	l.closed = true
	return l.conn.Close()
}

func (l *link) release() error {
	if l.closed {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	l.call(ctx, cmdRelease, words(l.context, 0)) // pcscd releases at the end of the connection, too
	if l.closed {
		return nil
	}
	return l.close()
}

func (l *link) readers(ctx context.Context) ([]Reader, error) {
	states, err := l.exchange(ctx, exchangeLimit, cmdStates, nil, maxReaders*stateSize)
	if err != nil {
		return nil, err
	}
	return parseStates(states), nil
}

// parseStates reads pcscd's table of readers: name, event counter, state, sharing, ATR, its length, protocol. Empty names are free places.
func parseStates(states []byte) []Reader {
	var out []Reader
	for ; len(states) >= stateSize; states = states[stateSize:] {
		name, _, _ := bytes.Cut(states[:maxReaderName], []byte{0})
		if len(name) == 0 {
			continue
		}
		r := Reader{Name: string(name), Card: order.Uint32(states[132:])&flagPresent != 0}
		if n := order.Uint32(states[176:]); r.Card && n <= 33 { // more says that the card is not yet powered
			r.ATR = bytes.Clone(states[140 : 140+n])
		}
		out = append(out, r)
	}
	return out
}

// watch hands each state of the readers to done, the present one first, until done says true. pcscd registers for the next event before it
// sends the states, so that no change is missed between two.
func (l *link) watch(ctx context.Context, done func([]Reader) bool) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		// The states come at once, and are taken even when ctx ends just now, so that waiting can always be given up without losing the
		// link.
		states, err := l.exchange(context.WithoutCancel(ctx), statesLimit, cmdWait, nil, maxReaders*stateSize)
		if err != nil {
			return err
		}
		if done(parseStates(states)) {
			return l.unwatch()
		}
		event := make([]byte, 8)
		n, err := l.read(ctx, 0, event)
		if err != nil {
			if n == 0 && ctx.Err() != nil {
				l.unwatch()
			} else {
				l.close()
			}
			return err
		}
		if err := failure("wait for a reader's change", word(event, 1)); err != nil {
			return err
		}
	}
}

// unwatch takes the link off the list of those that wait. Whether pcscd answers it or the event came first, 8 bytes follow, never 16.
func (l *link) unwatch() error {
	_, err := l.exchange(context.Background(), statesLimit, cmdStopWait, nil, 8)
	return err
}

func (l *link) connect(ctx context.Context, reader string) (handle, uint32, error) {
	if len(reader) >= maxReaderName {
		return 0, 0, fmt.Errorf("connect: %w", ErrNoReader)
	}
	name := make([]byte, maxReaderName)
	copy(name, reader)
	answer, err := l.call(ctx, cmdConnect, append(append(words(l.context), name...), words(shareExclusive, protocolT0|protocolT1, 0, 0,
		0)...))
	if err != nil {
		return 0, 0, err
	}
	rest := answer[4+maxReaderName:]
	return word(rest, 2), word(rest, 3), failure("connect", word(rest, 4))
}

func (l *link) transmit(ctx context.Context, h handle, protocol uint32, command []byte) ([]byte, error) {
	head := words(h, protocol, pciLength, uint32(len(command)), protocolT0|protocolT1, pciLength, maxAnswer, 0)
	answer, err := l.exchange(ctx, exchangeLimit, cmdTransmit, head, len(head), command...)
	if err != nil {
		return nil, err
	}
	if err := failure("transmit", word(answer, 7)); err != nil {
		return nil, err
	}
	n := word(answer, 6)
	if n > maxAnswer {
		l.close()
		return nil, fmt.Errorf("transmit: answer of %d bytes", n)
	}
	data := make([]byte, n)
	if _, err := l.read(ctx, exchangeLimit, data); err != nil {
		clear(data)
		l.close()
		return nil, err
	}
	return data, nil
}

func (l *link) disconnect(ctx context.Context, h handle) error {
	answer, err := l.call(ctx, cmdDisconnect, words(h, resetCard, 0))
	if err != nil {
		return err
	}
	return failure("disconnect", word(answer, 2))
}

// call sends a command whose answer is the same struct.
func (l *link) call(ctx context.Context, command uint32, body []byte) ([]byte, error) {
	return l.exchange(ctx, exchangeLimit, command, body, len(body))
}

// exchange sends a command, with what follows its struct, and reads an answer of so many bytes.
func (l *link) exchange(ctx context.Context, limit time.Duration, command uint32, body []byte, answer int, follows ...byte) ([]byte,
	error) {
	if l.closed {
		return nil, ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err // before anything is sent, so that the link lives on
	}
	message := append(append(words(uint32(len(body)), command), body...), follows...)
	defer clear(message)
	out := make([]byte, answer)
	err := l.within(ctx, limit, func() error {
		_, err := l.conn.Write(message)
		if err == nil {
			_, err = io.ReadFull(l.conn, out)
		}
		return err
	})
	if err != nil {
		l.close()
		return nil, err
	}
	return out, nil
}

func (l *link) read(ctx context.Context, limit time.Duration, out []byte) (n int, err error) {
	err = l.within(ctx, limit, func() (err error) { n, err = io.ReadFull(l.conn, out); return err })
	return n, err
}

// within runs one use of the connection until ctx ends or the limit, if any, has passed. A connection that broke is the end of the service.
func (l *link) within(ctx context.Context, limit time.Duration, use func() error) error {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	past := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { l.conn.SetDeadline(time.Unix(1, 0)); close(past) })
	err := use()
	if !stop() {
		<-past // the deadline is set by now, and taken back below for who comes next
		l.conn.SetDeadline(time.Time{})
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		return fmt.Errorf("%w: connection ended", ErrNoService)
	}
}

func words(values ...uint32) []byte {
	out := make([]byte, 0, 4*len(values))
	for _, v := range values {
		out = order.AppendUint32(out, v)
	}
	return out
}

func word(b []byte, i int) uint32 { return order.Uint32(b[4*i:]) }
