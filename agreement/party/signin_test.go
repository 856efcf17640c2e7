package party

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"gapura/internal/told"
)

// accounts are one user, "ratna" with id 7, one session and one token, in memory; writes are counted by their kind.
type accounts struct {
	account Account
	writes  map[string]int
	token   Hash
	session *Session
	link    Hash
	version int64
	unsound error // of reads
}

func (a *accounts) Account(_ context.Context, login string) (Account, bool, error) {
	if login != "ratna" {
		return Account{}, false, a.unsound
	}
	return a.account, true, a.unsound
}

func (a *accounts) CountFailure(_ context.Context, user int64, at time.Time) error {
	a.writes["failure"]++
	a.account.Failures++
	a.account.FailedAt = at
	return nil
}

func (a *accounts) ClearFailures(context.Context, int64) error {
	a.writes["clear"]++
	a.account.Failures = 0
	return nil
}

func (a *accounts) CountStranger(context.Context, time.Time) error {
	a.writes["stranger"]++
	return nil
}

func (a *accounts) TokenUser(_ context.Context, h Hash) (int64, bool, error) {
	if h != a.token {
		return 0, false, a.unsound
	}
	return 7, true, a.unsound
}

func (a *accounts) OpenSession(_ context.Context, _ Hash, s Session) error {
	a.session = &s
	return nil
}

func (a *accounts) Session(context.Context, Hash) (Session, bool, error) {
	if a.session == nil {
		return Session{}, false, a.unsound
	}
	return *a.session, true, a.unsound
}

func (a *accounts) TouchSession(_ context.Context, _ Hash, seen time.Time) error {
	a.writes["touch"]++
	a.session.LastSeen = seen
	return nil
}

func (a *accounts) CloseSession(context.Context, Hash) error { a.session = nil; return nil }

func (a *accounts) Version(context.Context) (int64, error) { return a.version, a.unsound }

func (a *accounts) Link(_ context.Context, h Hash, _ time.Time) (User, bool, error) {
	return User{ID: 7}, h == a.link, a.unsound
}

func (a *accounts) UseLink(_ context.Context, _ Hash, hash string, _ time.Time) (bool, error) {
	a.account.PasswordHash = hash
	return true, nil
}

// one returns the user's accounts and a SignIn over them, whose clock the test moves.
func one(t *testing.T) (*accounts, *SignIn, *time.Time) {
	t.Helper()
	hash, err := HashPassword(t.Context(), "sebuah kata sandi")
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	a := &accounts{
		account: Account{User: 7, PasswordHash: hash},
		writes:  map[string]int{},
		token:   HashSecret("token"),
		link:    HashSecret("link"),
	}
	return a, NewSignIn(a, func() time.Time { return clock }), &clock
}

// TestEveryFailedSignInWritesOnce: a durable write takes time, so that one more or less would tell whether the user exists. What a hash costs is held by
// TestFailedSignInTellsNobodyWhetherTheUserExists over real stores.
func TestEveryFailedSignInWritesOnce(t *testing.T) {
	long := string(make([]byte, 4*MaxPassword+1))
	for name, c := range map[string]struct {
		login, password string
		failures        int
		want            string
	}{
		"wrong password":          {"ratna", "bukan", 0, "failure"},
		"fifth wrong password":    {"ratna", "bukan", 4, "failure"},
		"unknown user":            {"tidak.ada", "bukan", 0, "stranger"},
		"held, wrong password":    {"ratna", "bukan", 5, "stranger"},
		"held, its own password":  {"ratna", "sebuah kata sandi", 5, "stranger"},
		"password of many pages":  {"ratna", long, 0, "stranger"},
		"user id of a whole page": {long, "sebuah kata sandi", 0, "stranger"},
	} {
		a, in, clock := one(t)
		a.account.Failures, a.account.FailedAt = c.failures, *clock
		user, err := in.Password(t.Context(), c.login, c.password)
		if err != nil || user != 0 || len(a.writes) != 1 || a.writes[c.want] != 1 {
			t.Errorf("%s: user %d, %v, writes %v", name, user, err, a.writes)
		}
	}
}

func TestHeldAccountIsFreeAtTheEndOfItsDelay(t *testing.T) {
	a, in, clock := one(t)
	a.account.Failures, a.account.FailedAt = 6, *clock
	*clock = clock.Add(time.Minute - 1)
	if user, err := in.Password(t.Context(), "ratna", "sebuah kata sandi"); user != 0 || err != nil {
		t.Fatal("held for less than its delay", err)
	}
	*clock = clock.Add(1)
	if user, err := in.Password(t.Context(), "ratna", "sebuah kata sandi"); user != 7 || err != nil || a.account.Failures != 0 ||
		a.writes["clear"] != 1 {
		t.Fatal(user, err, a.account.Failures, a.writes)
	}
}

// TestRememberedCredentialEnds: a verified password or token is remembered for five minutes and not beyond a change of any right.
func TestRememberedCredentialEnds(t *testing.T) {
	for name, enter := range map[string]func(*SignIn) (int64, error){
		"password": func(in *SignIn) (int64, error) {
			return in.Password(context.Background(), "ratna", "sebuah kata sandi")
		},
		"token": func(in *SignIn) (int64, error) { return in.Token(context.Background(), "token") },
	} {
		a, in, clock := one(t)
		want := func(what string, user int64) {
			t.Helper()
			if got, err := enter(in); err != nil || got != user {
				t.Fatalf("%s, %s: user %d, %v", name, what, got, err)
			}
		}
		want("right", 7)
		if a.writes["clear"] != 0 {
			t.Errorf("%s: a sign-in without failures before it wrote %v", name, a.writes)
		}
		hash := a.account.PasswordHash
		a.account.PasswordHash, a.token = "", Hash{} // taken away, unseen by the version
		*clock = clock.Add(remembered - 1)
		want("remembered", 7)
		*clock = clock.Add(1)
		want("forgotten after its time", 0)
		a.account.PasswordHash, a.token = hash, HashSecret("token")
		a.account.Failures = 0
		want("right again", 7)
		a.account.PasswordHash, a.token = "", Hash{}
		a.version++
		want("forgotten with a change of rights", 0)
	}
}

func TestSessionEndsWhenIdleOrOld(t *testing.T) {
	for name, c := range map[string]struct {
		seen, opened time.Duration // ago
		lives        bool
	}{
		"fresh": {0, 0, true}, "idle to the last instant": {SessionIdle, SessionIdle, true}, "idle": {SessionIdle + 1, SessionIdle + 1, false},
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
	if _, err := in.Open(t.Context(), 7); err != nil || *a.session != (Session{7, *clock, *clock}) {
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
	if err := in.Close(t.Context(), "x"); err != nil || a.session != nil {
		t.Error("a closed session lives on")
	}
	if _, ok, err := in.Session(t.Context(), "x"); ok || err != nil {
		t.Error("a session out of nothing")
	}
}

func TestActivationSetsThePasswordOfItsLinkOnly(t *testing.T) {
	a, in, _ := one(t)
	if ok, err := in.Activate(t.Context(), "link", "sembilan!"); ok || told.Invalids(err) == nil {
		t.Error("nine characters", ok, err)
	}
	before := a.account.PasswordHash
	if ok, err := in.Activate(t.Context(), "lain", "sebuah kata baru"); ok || err != nil || a.account.PasswordHash != before {
		t.Error("a foreign link", ok, err)
	}
	if u, ok, err := in.Invited(t.Context(), "link"); !ok || err != nil || u.ID != 7 {
		t.Error(u, ok, err)
	}
	if ok, err := in.Activate(t.Context(), "link", "sebuah kata baru"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if user, err := in.Password(t.Context(), "ratna", "sebuah kata baru"); user != 7 || err != nil {
		t.Error("the new password is not the user's", user, err)
	}
}

// TestUnreadableAccountsAreAFault: a database that cannot be read is no wrong password.
func TestUnreadableAccountsAreAFault(t *testing.T) {
	a, in, _ := one(t)
	a.unsound = errors.New("disk")
	if _, err := in.Password(t.Context(), "ratna", "sebuah kata sandi"); err == nil {
		t.Error("password")
	}
	if _, err := in.Token(t.Context(), "token"); err == nil {
		t.Error("token")
	}
	if _, _, err := in.Session(t.Context(), "x"); err == nil {
		t.Error("session")
	}
	if _, err := in.Activate(t.Context(), "link", "sebuah kata baru"); err == nil {
		t.Error("activation")
	}
	a, in, _ = one(t)
	if user, err := in.Token(t.Context(), "lain"); user != 0 || err != nil {
		t.Error("an unknown token is nobody's, and no fault", user, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range cap(slots) {
		slots <- struct{}{}
	}
	if _, err := in.Password(ended, "ratna", "bukan"); err == nil || len(a.writes) != 0 {
		t.Error("who left before the hash is counted as a failure", a.writes)
	}
	for range cap(slots) {
		<-slots
	}
}

func TestPasswordIsTenToAHundredAndTwentyEightCharacters(t *testing.T) {
	for n, fit := range map[int]bool{0: false, 9: false, 10: true, 128: true, 129: false} {
		var p []rune
		rng := rand.New(rand.NewPCG(1, 2))
		for range n {
			p = append(p, rune('à'+rng.IntN(24))) // two bytes: characters count, not bytes
		}
		if (CheckPassword(string(p), About{}) == nil) != fit {
			t.Errorf("%d characters", n)
		}
	}
}
