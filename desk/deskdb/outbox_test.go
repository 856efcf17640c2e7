package deskdb_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/desk/client"
	"gapura/desk/courier"
	"gapura/desk/desk"
	"gapura/desk/deskdb"
)

// A line is a provider that fails as it is told to, and otherwise takes each key once.
type line struct {
	err   error
	lost  bool // the answer is lost after the delivery was taken
	taken map[string]int
	cards []client.CardRead

	restored client.Restored
}

func (l *line) Deliver(_ context.Context, token string, d client.Delivery) (client.Taken, error) {
	if l.err != nil {
		return client.Taken{}, l.err
	}
	if token == "" {
		return client.Taken{}, &client.Refused{Status: 401, Code: "login"}
	}
	repeated := l.taken[d.Key] > 0
	l.taken[d.Key]++
	if l.lost {
		l.lost = false
		return client.Taken{}, client.ErrDown
	}
	return client.Taken{Key: d.Key, Accepted: len(d.Items), At: now, Repeated: repeated}, nil
}

func (l *line) TellCard(_ context.Context, _ string, r client.CardRead) (client.Taken, error) {
	l.cards = append(l.cards, r)
	switch {
	case l.err != nil:
		return client.Taken{}, l.err
	case l.lost:
		l.lost = false
		return client.Taken{}, client.ErrDown
	}
	return client.Taken{Key: r.Key, At: now, Record: "1-7"}, nil
}

func (l *line) Ping(context.Context) (client.Restored, error) { return l.restored, l.err }
func (l *line) DownSince() time.Time                          { return time.Time{} }

func (l *line) Receipt(context.Context, string, string) ([]byte, error) {
	if l.err != nil {
		return nil, l.err
	}
	return []byte("kuitansi"), nil
}

func TestTheOutboxWaitsForTheLineAndDeliversOnce(t *testing.T) {
	c := open(t)
	id := c.approved()
	at := now
	l := &line{err: client.ErrDown, taken: map[string]int{}}
	k := courier.New(c.DB, l, func() time.Time { return at }, slog.New(slog.DiscardHandler))
	round := func() {
		t.Helper()
		c.must(k.Round(t.Context()))
	}
	letter := func() deskdb.Letter {
		t.Helper()
		list, err := c.Outbox.Letters(t.Context(), false, 10)
		c.must(err)
		if len(list) != 1 {
			t.Fatalf("%d letters wait", len(list))
		}
		return list[0]
	}
	round() // nobody has a token
	if x := letter(); !strings.Contains(x.Trouble, "token") || x.Tries != 1 {
		t.Errorf("%+v", x)
	}
	c.must(c.SetToken(t.Context(), c.officer, "T", now))
	for want := 2; want <= 4; want++ {
		at = letter().Next
		round()
		if x := letter(); x.Tries != want || !strings.Contains(x.Trouble, "terputus") || x.Next.Sub(at) < 10*time.Second<<(want-1) {
			t.Errorf("try %d: next after %s, %s", want, x.Next.Sub(at), x.Trouble)
		}
		round() // too early
		if x := letter(); x.Tries != want {
			t.Errorf("tried too early: %d", x.Tries)
		}
	}
	l.err, l.lost = nil, true
	key := letter().Key
	at = letter().Next
	round()
	at = letter().Next
	round()
	if n, _ := c.Outbox.Waiting(t.Context()); n != 0 {
		t.Error("still waits")
	}
	if len(l.taken) != 1 {
		t.Errorf("%d keys", len(l.taken))
	}
	round()
	a, err := c.Applications.Application(t.Context(), id)
	c.must(err)
	if a.State != desk.Issued || a.Sent.IsZero() || a.Steps[len(a.Steps)-1].Number != "6" || !a.Checks[0].Receipt {
		t.Errorf("%s, receipt %v", a.State, a.Checks[0].Receipt)
	}
	steps := len(a.Steps)
	c.must(c.Outbox.Delivered(t.Context(), deskdb.Letter{Application: id, Key: key}, client.Taken{At: at}, at))
	if again, _ := c.Applications.Application(t.Context(), id); len(again.Steps) != steps || !again.Sent.Equal(a.Sent) {
		t.Error("noted twice")
	}
	c.must(c.move(id, desk.Issued, deskdb.Move{Act: desk.HandOver}))
	if a, _ = c.Applications.Application(t.Context(), id); a.State != desk.Done || a.Steps[len(a.Steps)-1].Number != "7" {
		t.Errorf("after handing over: %s", a.State)
	}
	if r, err := c.Outbox.Receipt(t.Context(), id, a.Checks[0].ID); err != nil || string(r) != "kuitansi" {
		t.Errorf("receipt %q %v", r, err)
	}
}

// When the line is back nothing waits for the next try that was set while it was down.
func TestTheCourierHurriesWhenTheLineIsBack(t *testing.T) {
	c := open(t)
	c.approved()
	c.must(c.SetToken(t.Context(), c.officer, "T", now))
	at := now
	l := &line{err: client.ErrDown, taken: map[string]int{}}
	k := courier.New(c.DB, l, func() time.Time { return at }, slog.New(slog.DiscardHandler))
	for range 8 {
		c.must(k.Round(t.Context()))
		list, err := c.Outbox.Letters(t.Context(), false, 1)
		c.must(err)
		at = list[0].Next
	}
	c.must(k.Round(t.Context()))
	l.err, at = nil, at.Add(5*time.Second) // the next try would be a quarter of an hour away
	c.must(k.Round(t.Context()))
	if n, _ := c.Outbox.Waiting(t.Context()); n != 0 || len(l.taken) != 1 {
		t.Errorf("%d wait though the line is back", n)
	}
}

// What a provider may have lost by going on from a backup is sent again, once, with the key of the first time.
func TestADeskSendsAgainWhatARestoredProviderMayHaveLost(t *testing.T) {
	c := open(t)
	id := c.approved()
	c.must(c.SetToken(t.Context(), c.officer, "T", now))
	at := now
	l := &line{taken: map[string]int{}}
	k := courier.New(c.DB, l, func() time.Time { return at }, slog.New(slog.DiscardHandler))
	c.must(k.Round(t.Context()))
	before, err := c.Applications.Application(t.Context(), id)
	c.must(err)
	later := func(r client.Restored) int {
		t.Helper()
		l.restored, at = r, at.Add(6*time.Minute)
		c.must(k.Round(t.Context()))
		c.must(k.Round(t.Context()))
		n := 0
		for _, times := range l.taken {
			n += times
		}
		return n
	}
	if n := later(client.Restored{}); n != 1 || before.Sent.IsZero() {
		t.Fatalf("taken %d times", n)
	}
	if n := later(client.Restored{At: at, Since: now.Add(time.Hour)}); n != 1 {
		t.Errorf("what the backup holds was sent %d times", n)
	}
	r := client.Restored{At: at.Add(time.Hour), Since: now.Add(-time.Hour)}
	if n := later(r); n != 2 || len(l.taken) != 1 {
		t.Errorf("taken %d times under %d keys, want twice under one", n, len(l.taken))
	}
	if n := later(r); n != 2 {
		t.Errorf("sent %d times for one restoration", n)
	}
	after, err := c.Applications.Application(t.Context(), id)
	c.must(err)
	if after.State != before.State || len(after.Steps) != len(before.Steps) {
		t.Errorf("sending again moved the application: %s, %d steps", after.State, len(after.Steps))
	}
}

// After a restore no number is given out that may have been given out since the backup.
func TestNumbersJumpAfterARestore(t *testing.T) {
	c := open(t)
	first := c.take()
	a, err := c.Applications.Application(t.Context(), first)
	c.must(err)
	one, err := c.Applications.Consent(t.Context(), c.officer, now, "R-1")
	c.must(err)
	c.must(c.Resume(t.Context(), now.AddDate(0, 0, -2), now))
	b, err := c.Applications.Application(t.Context(), c.take())
	c.must(err)
	two, err := c.Applications.Consent(t.Context(), c.officer, now, "R-1")
	c.must(err)
	if b.Queue < a.Queue+1000 || two < one+1000 {
		t.Errorf("queue %d after %d, consent %d after %d", b.Queue, a.Queue, two, one)
	}
	if c.approved(); c.letter != "520/3001/2026" {
		t.Errorf("letter %s", c.letter)
	}
	if _, _, err := c.Security.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestARejectionOwesItsReasonOnlyAfterALookup(t *testing.T) {
	c := open(t)
	id := c.take()
	c.must(c.move(id, desk.Submitted, deskdb.Move{Act: desk.Reject, Note: "bukan petani", Reason: "tidak-memenuhi"}))
	a, err := c.Applications.Application(t.Context(), id)
	c.must(err)
	if n, _ := c.Outbox.Waiting(t.Context()); n != 0 || a.State != desk.Done || a.Steps[len(a.Steps)-1].Number != "11" {
		t.Errorf("without a lookup: %d wait, %s", n, a.State)
	}
	id = c.take()
	c.must(c.move(id, desk.Submitted, deskdb.Move{Act: desk.Whole}))
	c.must(c.move(id, desk.Checked, deskdb.Move{Act: desk.CrossDiff, Check: &desk.Check{Outcome: "found", Record: "1-9"}}))
	c.must(c.move(id, desk.Mismatched, deskdb.Move{Act: desk.Reject, Note: "bukan petani", Reason: "tidak-memenuhi"}))
	list, err := c.Outbox.Due(t.Context(), now, 10)
	c.must(err)
	if len(list) != 1 || list[0].Delivery.Items[0].Reason != "tidak-memenuhi" || list[0].Delivery.Items[0].NIK != number {
		t.Errorf("%d letters", len(list))
	}
}

func TestNothingOfACardIsKeptWithoutItsConsent(t *testing.T) {
	c := open(t)
	n := deskdb.New{Service: c.service, Papers: papers(), By: c.officer, At: now, Day: party.WIB.Day(now)}
	n.Papers.Identity = desk.Card
	if _, err := c.Applications.Take(t.Context(), n); !errors.Is(err, deskdb.ErrNone) {
		t.Errorf("without consent: %v", err)
	}
	var err error
	n.Consent, err = c.Applications.Consent(t.Context(), c.officer, now, "RDR-1")
	c.must(err)
	c.must(c.Applications.CardRead(t.Context(), n.Consent, "Keaslian kartu tidak diperiksa.", c.officer, client.CardRead{Reader: "RDR-1",
		ReadAt: now}))
	id, err := c.Applications.Take(t.Context(), n)
	c.must(err)
	if a, err := c.Applications.Application(t.Context(), id); err != nil || a.Papers.Note != "Keaslian kartu tidak diperiksa." ||
		a.Queue != 1 {
		t.Errorf("queue %d, note %q, %v", a.Queue, a.Papers.Note, err)
	}
	if _, err := c.Applications.Take(t.Context(), n); !errors.Is(err, deskdb.ErrNone) {
		t.Errorf("one consent for two: %v", err)
	}
}
