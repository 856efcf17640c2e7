package party

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"
)

// sessions are one session in memory; writes are counted by their kind.
type sessions struct {
	session *Session
	writes  map[string]int
	unsound error // of reads
}

func (a *sessions) OpenSession(_ context.Context, s Session) error {
	a.session = &s
	return nil
}

func (a *sessions) Session(context.Context, Hash) (Session, bool, error) {
	if a.session == nil {
		return Session{}, false, a.unsound
	}
	return *a.session, true, a.unsound
}

func (a *sessions) TouchSession(_ context.Context, _ Hash, seen time.Time) error {
	a.writes["touch"]++
	a.session.LastSeen = seen
	return nil
}

func (a *sessions) CloseSession(context.Context, Hash) error { a.session = nil; return nil }

func (a *sessions) EndSession(context.Context, Session, time.Time) error {
	a.writes["end"]++
	a.session = nil
	return nil
}

func (a *sessions) AskSession(_ context.Context, _ Hash, q []byte) error {
	a.session.Question = q
	return nil
}

func (a *sessions) TakeQuestion(context.Context, Hash) ([]byte, error) {
	q := a.session.Question
	a.session.Question = nil
	return q, nil
}

func (a *sessions) SessionsOf(context.Context, int64, time.Time) ([]Session, error) {
	if a.session == nil {
		return nil, nil
	}
	return []Session{*a.session}, nil
}

// one returns sessions and a SignIn over them, whose clock the test moves.
func one(t *testing.T) (*sessions, *SignIn, *time.Time) {
	t.Helper()
	clock := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	a := &sessions{writes: map[string]int{}}
	return a, NewSignIn(a, func() time.Time { return clock }), &clock
}

func TestSessionEndsWhenIdleOrOld(t *testing.T) {
	for name, c := range map[string]struct {
		seen, opened time.Duration // ago
		lives        bool
	}{
		"fresh": {0, 0, true}, "idle to the last instant": {SessionIdle, SessionIdle, true}, "idle": {SessionIdle + 1, SessionIdle + 1,
			false},
		"old to the last instant": {time.Second, SessionAbsolute, true}, "old": {time.Second, SessionAbsolute + 1, false},
	} {
		a, in, clock := one(t)
		a.session = &Session{User: 7, Opened: clock.Add(-c.opened), LastSeen: clock.Add(-c.seen)}
		s, ok, err := in.Session(t.Context(), "x")
		if err != nil || ok != c.lives || ok && s.User != 7 || (a.session != nil) != c.lives {
			t.Errorf("%s: %+v %v %v, kept %v", name, s, ok, err, a.session)
		}
	}
	a, in, clock := one(t)
	if _, err := in.Open(t.Context(), Session{User: 7, Source: "10.1.2.3"}); err != nil || a.session.User != 7 ||
		a.session.Opened != *clock || a.session.LastSeen != *clock || a.session.Source != "10.1.2.3" {
		t.Fatal(a.session, err)
	}
	began := *clock
	for after, writes := range map[time.Duration]int{time.Minute: 0, time.Minute + 1: 1} {
		a.session.LastSeen, a.writes["touch"] = began, 0
		*clock = began.Add(after)
		if _, ok, err := in.Session(t.Context(), "x"); !ok || err != nil || a.writes["touch"] != writes {
			t.Errorf("seen after %v: %v %v %v", after, ok, err, a.writes)
		}
	}
	a.writes["end"] = 0
	if err := in.Close(t.Context(), "x"); err != nil || a.session != nil || a.writes["end"] != 1 {
		t.Error("a closed session lives on, or its end is not recorded")
	}
	for name, s := range map[string]Session{"pending": {User: 7, Stage: AskCode, Opened: *clock},
		"run out": {User: 7, Opened: clock.Add(-SessionAbsolute - 1), LastSeen: *clock}} {
		a.session = &s
		if err := in.Close(t.Context(), "x"); err != nil || a.session != nil || a.writes["end"] != 1 {
			t.Errorf("%s: it lives on, or is recorded as ended by its user", name)
		}
	}
	if _, ok, err := in.Session(t.Context(), "x"); ok || err != nil {
		t.Error("a session out of nothing")
	}
}

func TestAPendingSignInOpensNothingAndEndsSoon(t *testing.T) {
	a, in, clock := one(t)
	for _, stage := range []Stage{AskCode, Enrol} {
		token, err := in.Open(t.Context(), Session{User: 7, Stage: stage})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok, err := in.Session(t.Context(), token); ok || err != nil || a.session == nil {
			t.Errorf("stage %d is signed in: %v %v", stage, ok, err)
		}
		if s, ok, err := in.Pending(t.Context(), token); !ok || err != nil || s.Stage != stage {
			t.Errorf("stage %d is not pending: %+v %v %v", stage, s, ok, err)
		}
		if list, err := in.List(t.Context(), 7); len(list) != 0 || err != nil {
			t.Errorf("stage %d is listed as a session", stage)
		}
		*clock = clock.Add(StageLife + 1)
		if _, ok, _ := in.Pending(t.Context(), token); ok || a.session != nil {
			t.Errorf("stage %d lives on", stage)
		}
	}
	if _, err := in.Open(t.Context(), Session{User: 7}); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := in.Pending(t.Context(), "x"); ok {
		t.Error("a session that is signed in is pending")
	}
}

func TestAnOwnerEndsASessionByItsFingerprint(t *testing.T) {
	a, in, _ := one(t)
	token, err := in.Open(t.Context(), Session{User: 7})
	if err != nil {
		t.Fatal(err)
	}
	list, err := in.List(t.Context(), 7)
	if err != nil || len(list) != 1 || list[0].Hash != HashSecret(token) {
		t.Fatal(list, err)
	}
	if ok, err := in.End(t.Context(), 7, "00000-00000"); ok || err != nil || a.session == nil {
		t.Error("another session's fingerprint", ok, err)
	}
	if ok, err := in.End(t.Context(), 7, Fingerprint(list[0].Hash)); !ok || err != nil || a.session != nil || a.writes["end"] != 1 {
		t.Error("the session lives on, or its end is not recorded", ok, err, a.writes)
	}
}

// TestUnreadableSessionsAreAFault: a database that cannot be read signs nobody out.
func TestUnreadableSessionsAreAFault(t *testing.T) {
	a, in, _ := one(t)
	a.unsound = errors.New("disk")
	if _, _, err := in.Session(t.Context(), "x"); err == nil {
		t.Error("session")
	}
	if _, _, err := in.Pending(t.Context(), "x"); err == nil {
		t.Error("pending")
	}
}

func TestPasswordIsTenToAHundredAndTwentyEightCharacters(t *testing.T) {
	for n, fit := range map[int]bool{0: false, 9: false, 10: true, 128: true, 129: false} {
		var p []rune
		rng := rand.New(rand.NewPCG(1, 2))
		for range n {
			p = append(p, rune('à'+rng.IntN(24))) // two bytes: characters count, not bytes
		}
		if ((Policy{}).Check(string(p), About{}) == nil) != fit {
			t.Errorf("%d characters", n)
		}
	}
}
