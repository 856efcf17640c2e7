//go:build linux

package pcsc_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"gapura/desk/pcsc"
	"gapura/desk/pcsc/pcsctest"
)

var uidCommand = []byte{0xFF, 0xCA, 0, 0, 0}

func limit(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func session(t *testing.T) *pcsc.Session {
	t.Helper()
	s, err := pcsc.Establish(limit(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func connect(t *testing.T, s *pcsc.Session) *pcsc.Card {
	t.Helper()
	if _, err := s.WaitCard(limit(t), pcsctest.Reader); err != nil {
		t.Fatal(err)
	}
	c, err := s.Connect(limit(t), pcsctest.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func want(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("error %v, want %v", err, target)
	}
}

func TestCardIsFoundAndAnswers(t *testing.T) {
	d := pcsctest.Start(t)
	s := session(t)
	readers, err := s.Readers(limit(t))
	if err != nil || len(readers) != 2 || readers[0].Name != pcsctest.Reader || readers[0].Card {
		t.Fatal(readers, err)
	}
	_, err = s.Connect(limit(t), pcsctest.Reader)
	want(t, err, pcsc.ErrNoCard)
	_, err = s.Connect(limit(t), "Another")
	want(t, err, pcsc.ErrNoReader)
	_, err = s.WaitCard(limit(t), "Another")
	want(t, err, pcsc.ErrNoReader)

	uid := []byte{4, 1, 2, 3, 4, 5, 6}
	found := make(chan error)
	go func() {
		r, err := s.WaitCard(limit(t), "")
		if err == nil && r.Name != pcsctest.Reader {
			err = errors.New(r.Name)
		}
		found <- err
	}()
	pull := d.Insert(&pcsctest.Chip{UID: uid})
	if err := <-found; err != nil {
		t.Fatal(err)
	}
	c := connect(t, s)
	if !bytes.Equal(c.Reader().ATR, []byte{0x3B, 0x80, 0x80, 1, 1}) {
		t.Errorf("ATR % X", c.Reader().ATR)
	}
	answer, err := c.Transmit(limit(t), uidCommand)
	if err != nil || !bytes.Equal(answer, slices.Concat(uid, []byte{0x90, 0})) {
		t.Fatalf("% X %v", answer, err)
	}

	other := session(t)
	_, err = other.Connect(limit(t), pcsctest.Reader)
	want(t, err, pcsc.ErrBusy)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = c.Transmit(limit(t), uidCommand)
	want(t, err, pcsc.ErrClosed)
	free, err := other.Connect(limit(t), pcsctest.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pull()
	if err := s.WaitGone(limit(t), pcsctest.Reader); err != nil {
		t.Fatal(err)
	}
	_, err = free.Transmit(limit(t), uidCommand)
	want(t, err, pcsc.ErrRemoved)
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestLongAnswerComesWhole(t *testing.T) {
	d := pcsctest.Start(t)
	long := bytes.Repeat([]byte{0xA5}, 60000)
	d.Insert(&pcsctest.Chip{UID: long})
	answer, err := connect(t, session(t)).Transmit(limit(t), uidCommand)
	if err != nil || len(answer) != len(long)+2 {
		t.Fatal(len(answer), err)
	}
}

func TestCardPulledInTheMiddleIsRemoved(t *testing.T) {
	d := pcsctest.Start(t)
	d.Insert(&pcsctest.Chip{UID: []byte{1}, Before: func(n int, _ []byte) bool { return n < 3 }})
	s := session(t)
	c := connect(t, s)
	for range 2 {
		if _, err := c.Transmit(limit(t), uidCommand); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		_, err := c.Transmit(limit(t), uidCommand)
		want(t, err, pcsc.ErrRemoved)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	d.Insert(&pcsctest.Chip{UID: []byte{2}})
	if answer, err := connect(t, s).Transmit(limit(t), uidCommand); err != nil || answer[0] != 2 {
		t.Fatal("the next card is not read:", err)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	d := pcsctest.Start(t)
	s := session(t)
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		_, err := s.WaitCard(ctx, "")
		want(t, err, context.Canceled)
	}
	d.Insert(&pcsctest.Chip{UID: []byte{1}}) // the session is of use after it
	if _, err := connect(t, s).Transmit(limit(t), uidCommand); err != nil {
		t.Fatal(err)
	}
}

func TestSilentCardDoesNotHoldTheCaller(t *testing.T) {
	d := pcsctest.Start(t)
	release := make(chan struct{})
	pull := d.Insert(&pcsctest.Chip{UID: []byte{1}, Before: func(int, []byte) bool { <-release; return true }})
	t.Cleanup(pull)
	t.Cleanup(func() { close(release) })
	s := session(t)
	c := connect(t, s)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := c.Transmit(ctx, uidCommand)
	want(t, err, context.DeadlineExceeded)
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("held for %v", d)
	}
	_, err = s.Readers(limit(t))
	want(t, err, pcsc.ErrClosed)
}

func TestServiceAbsentAndRestarted(t *testing.T) {
	d := pcsctest.Start(t)
	s := session(t)
	waits := make(chan error)
	go func() { _, err := s.WaitCard(limit(t), ""); waits <- err }()
	d.Kill()
	want(t, <-waits, pcsc.ErrNoService)
	_, err := s.Readers(limit(t))
	want(t, err, pcsc.ErrClosed)
	_, err = pcsc.Establish(limit(t))
	want(t, err, pcsc.ErrNoService)
	d.Run()
	d.Insert(&pcsctest.Chip{UID: []byte{1}})
	if _, err := connect(t, session(t)).Transmit(limit(t), uidCommand); err != nil {
		t.Fatal(err)
	}
}

func TestNoReader(t *testing.T) {
	pcsctest.StartBare(t)
	s := session(t)
	_, err := s.Readers(limit(t))
	want(t, err, pcsc.ErrNoReader)
	_, err = s.WaitCard(limit(t), "")
	want(t, err, pcsc.ErrNoReader)
	_, err = s.WaitCard(limit(t), pcsctest.Reader)
	want(t, err, pcsc.ErrNoReader)
}
