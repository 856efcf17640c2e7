//go:build !windows

package pcsc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// service plays a pcscd of some version, for what the installed one cannot be made to do. Every connection is handed to serve.
func service(t *testing.T, serve func(net.Conn)) {
	path := filepath.Join(t.TempDir(), "s")
	t.Setenv("PCSCLITE_CSOCK_NAME", path)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
			c.Close()
		}
	}()
}

// next reads one message: its command and struct.
func next(c net.Conn) (command uint32, body []byte, ok bool) {
	head := make([]byte, 8)
	if _, err := io.ReadFull(c, head); err != nil {
		return 0, nil, false
	}
	body = make([]byte, word(head, 0))
	_, err := io.ReadFull(c, body)
	return word(head, 1), body, err == nil
}

// speaking answers as pcscd does: any version but its own with its own and an error.
func speaking(major, minor uint32) func(net.Conn) {
	return func(c net.Conn) {
		for {
			command, body, ok := next(c)
			if !ok {
				return
			}
			switch command {
			case cmdVersion:
				rv := uint32(codeOK)
				if word(body, 0) != major || word(body, 1) != minor {
					rv = codeServiceStopped
				}
				c.Write(words(major, minor, rv))
			case cmdEstablish:
				c.Write(words(scopeSystem, 7, codeOK))
			case cmdStates:
				c.Write(states("A", "B"))
			default:
				c.Write(body)
			}
		}
	}
}

func states(names ...string) []byte {
	out := make([]byte, maxReaders*stateSize)
	for i, n := range names {
		copy(out[i*stateSize:], n)
	}
	return out
}

func TestEachKnownVersionIsSpoken(t *testing.T) {
	for _, minor := range versionMinors {
		service(t, speaking(4, minor))
		s, err := Establish(t.Context())
		if err != nil {
			t.Fatal(minor, err)
		}
		if r, err := s.Readers(t.Context()); err != nil || len(r) != 2 || r[1].Name != "B" {
			t.Error(r, err)
		}
		for range 2 {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	for _, v := range [][2]uint32{{4, 3}, {4, 6}, {5, 4}, {3, 0}} {
		service(t, speaking(v[0], v[1]))
		if _, err := Establish(t.Context()); !errors.Is(err, ErrVersion) {
			t.Error(v, err)
		}
	}
}

func TestServiceThatBreaksOff(t *testing.T) {
	for name, serve := range map[string]func(net.Conn){
		"at once":         func(net.Conn) {},
		"after a command": func(c net.Conn) { next(c) },
		"in an answer":    func(c net.Conn) { next(c); c.Write([]byte{4}) },
		"after version":   func(c net.Conn) { next(c); c.Write(words(4, 4, 0)) },
	} {
		service(t, serve)
		if _, err := Establish(t.Context()); !errors.Is(err, ErrNoService) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestServiceThatSaysNothing(t *testing.T) {
	service(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Establish(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// The service may say that more comes than an answer can hold.
func TestAnswerOfImpossibleLength(t *testing.T) {
	service(t, func(c net.Conn) {
		for {
			command, body, ok := next(c)
			switch {
			case !ok:
				return
			case command == cmdVersion:
				c.Write(words(4, 4, 0))
			case command == cmdEstablish:
				c.Write(words(scopeSystem, 7, codeOK))
			default:
				copy(body[24:], words(1<<31, codeOK))
				io.ReadFull(c, make([]byte, 5))
				c.Write(body)
			}
		}
	})
	s, err := Establish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	card := &Card{session: s}
	if _, err := card.Transmit(ctx, make([]byte, 5)); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Error("waits for it:", err)
	}
	if _, err := s.Readers(t.Context()); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestAnyTableOfReadersIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), maxReaders*stateSize, maxReaders*stateSize).Draw(t, "states")
		for _, r := range parseStates(raw) {
			if r.Name == "" || len(r.Name) > maxReaderName || len(r.ATR) > 33 || bytes.ContainsRune([]byte(r.Name), 0) {
				t.Fatalf("%+v", r)
			}
		}
	})
}
