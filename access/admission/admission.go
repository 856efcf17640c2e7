// Package admission is the one way in for credentials, at every door: it says who somebody is, and who may try how often. An attempt is
// counted before anything is computed. A stranger's guessing never holds an account at a source that its owner signed in from before. A
// flood of strangers costs a bounded queue, one record a minute and source, and bounded memory; what it does not get is told at once that
// it is busy.
//
// What must hold over several processes and a restart (failures of accounts, known sources) is in Accounts; in memory is only what is under
// way.
package admission

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"hash"
	"net/netip"
	"sync"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
)

// A Door is where an attempt is made.
type Door string

// The doors. Pages are for people, the others for programs.
const (
	Portal  Door = "portal" // portal and console
	Desk    Door = "desk"
	API     Door = "api"
	Legacy  Door = "legacy"
	Balikan Door = "balikan"
)

// pages reports whether the door is for people, who can be asked for a second factor.
func (d Door) pages() bool { return d == Portal || d == Desk }

// opens reports whether a kind of token opens the door.
func (d Door) opens(k party.Kind) bool {
	switch d {
	case API:
		return k == party.APIToken || k == party.DeskToken
	case Balikan:
		return k == party.BalikanToken
	}
	return false
}

// An Attempt is one try to be let in: by login and password, or by a token.
type Attempt struct {
	Door   Door
	Kind   party.Kind // of a token: Secret is one, of any kind, and Login is empty; else Secret is a password
	Login  string
	Secret string
	Source netip.Addr // the real peer, never a claim
}

// A Result says who it is. User 0: the attempt failed, for whatever reason; doors answer it as they answer a login that nobody has (A3).
type Result struct {
	User       int64
	Stage      party.Stage // what is still missing; always party.Signed at doors of programs
	Credential int64       // the token's; 0 with a password
	Agency     int64       // of a token
	// of a token: the application that it belongs to
	Application int64
}

// An Account is what a password is checked against.
type Account struct {
	User    int64
	Role    party.Role
	Hash    string // of the password; empty: none is set
	Factors party.Factors
	Lanes   map[Lane]Hold // Strangers, and each known source
}

// A Token is a token with what it stands on.
type Token struct {
	party.Credential
	Ground party.Ground
}

// Accounts keeps what admission rests on. What writes is durable when it returns. Safe for concurrent use, by several processes.
type Accounts interface {
	// Account finds a user id that is not deactivated by its login, without case.
	Account(ctx context.Context, login string) (a Account, found bool, err error)
	// Reserve counts an attempt on a lane by Hold.Reserve, in one transaction; Count adds n by Hold.Count.
	Reserve(ctx context.Context, user int64, lane Lane, now time.Time) (ok bool, err error)
	Count(ctx context.Context, user int64, lane Lane, now time.Time, n int) error
	// Admit ends the failures of the lane and remembers the source as known; an empty source is not remembered.
	Admit(ctx context.Context, user int64, lane, source Lane, now time.Time) error
	// Stranger notes a failure that counts against no account, at the cost of Reserve: by its time, one durable write more or less can be
	// told.
	Stranger(ctx context.Context, now time.Time) error
	// TokenByHash finds a token by its hash, whatever its state, with what it stands on at the instant.
	TokenByHash(ctx context.Context, h party.Hash, now time.Time) (t Token, found bool, err error)
	// Use notes a token's use. The first one is recorded.
	Use(ctx context.Context, c party.Credential) error
	// Version changes whenever any right or credential changes.
	Version(ctx context.Context) (int64, error)
}

// ErrBusy says that no hash is computed now. Doors answer 503.
var ErrBusy = &told.Error{Kind: told.Busy, After: 5,
	Text: "Layanan sedang menerima terlalu banyak percobaan masuk. Silakan coba lagi beberapa " +
		"saat lagi."}

// Limits of what is remembered.
const (
	remembered     = 5 * time.Minute // a credential that was good
	mostRemembered = 10_000
)

// An Admission is shared by all doors of a process.
type Admission struct {
	accounts Accounts
	now      func() time.Time
	macs     sync.Pool // of HMACs under a key of this process: a remembered credential is a keyed hash, useless outside
	queue    queue
	sources  budget
	flying   flights
	calls    calls

	mu    sync.Mutex
	known map[mark]verified // guarded by mu
}

// A mark stands for a credential at a door from a source: what was good from one source says nothing to guesses from another.
type mark [32]byte

// verified is a credential that was good, as of a version of the rights.
type verified struct {
	Result
	version int64
	until   time.Time
	hash    string // of a password; when rights have changed it is good as long as this is the account's
	token   Token  // of a token
}

// New returns the admission over accounts.
func New(a Accounts, now func() time.Time) *Admission {
	x := &Admission{accounts: a, now: now, known: map[mark]verified{}, queue: queue{free: places}}
	key := make([]byte, 32)
	rand.Read(key)
	x.macs.New = func() any { return hmac.New(sha256.New, key) }
	return x
}

// Authenticate says who an attempt is from. Errors are ErrBusy and faults of the store; a failed attempt is a Result without user.
func (a *Admission) Authenticate(ctx context.Context, t Attempt) (Result, error) {
	if t.Kind.Token() {
		return a.token(ctx, t)
	}
	m := a.mark(t)
	if r, ok, err := a.recall(ctx, m, t); ok || err != nil {
		return r, err
	}
	return a.calls.do(ctx, m, func(ctx context.Context, joined func() int) (Result, error) {
		return a.password(ctx, m, t, joined)
	})
}

// password checks a password that is not remembered. Whatever fails ends in the strangers' queue, so that a known and an unknown login take
// the same time, idle or flooded (A3).
func (a *Admission) password(ctx context.Context, m mark, t Attempt, joined func() int) (Result, error) {
	if len(t.Login) > 100 || len(t.Secret) > 4*party.MaxPassword {
		return Result{}, a.refuse(ctx, t.Source, false)
	}
	version, err := a.accounts.Version(ctx) // before the account is read: what changes after is seen as a change
	if err != nil {
		return Result{}, err
	}
	acc, found, err := a.accounts.Account(ctx, t.Login)
	if err != nil {
		return Result{}, err
	}
	if !found || !t.Door.pages() && acc.Role.SecondFactorCompulsory() {
		return Result{}, a.refuse(ctx, t.Source, false)
	}
	source, lane, p := Source(t.Source), Strangers, account
	if _, known := acc.Lanes[source]; known {
		lane, p = source, trusted
	}
	now := a.now()
	f, ok := a.flying.begin(flightKey{acc.User, lane}, acc.Lanes[lane], now)
	if !ok {
		return Result{}, a.refuse(ctx, t.Source, false)
	}
	good, err := a.check(ctx, p, acc, lane, t.Secret, now)
	together := a.flying.end(f, err == nil)
	r := Result{User: acc.User, Stage: party.AfterPassword(acc.Role, acc.Factors)}
	good = good && (t.Door.pages() || r.Stage == party.Signed)
	if !good {
		together += joined() // each of them was a guess
	}
	if err == nil && together > 0 {
		err = a.accounts.Count(ctx, acc.User, lane, now, together)
	}
	if err != nil {
		return Result{}, err
	}
	if !good {
		return Result{}, a.refuse(ctx, t.Source, true)
	}
	if r.Stage != party.Signed {
		source = "" // it is known when the second factor has passed
	}
	if err := a.accounts.Admit(ctx, acc.User, lane, source, now); err != nil {
		return Result{}, err
	}
	a.remember(m, verified{version: version, until: now.Add(remembered), hash: acc.Hash, Result: r})
	return r, nil
}

// check computes the hash in its turn. The durable reservation runs beside it and must hold before the outcome counts: so a known login
// does not show by its time.
func (a *Admission) check(ctx context.Context, p priority, acc Account, lane Lane, secret string, at time.Time) (bool, error) {
	if err := a.queue.take(ctx, p); err != nil {
		return false, err
	}
	defer a.queue.give(p)
	type reserved struct {
		ok  bool
		err error
	}
	durable := make(chan reserved, 1)
	go func() {
		ok, err := a.accounts.Reserve(ctx, acc.User, lane, at)
		durable <- reserved{ok, err}
	}()
	good, err := party.CheckHash(ctx, secret, acc.Hash)
	r := <-durable
	if err == nil {
		err = r.err
	}
	return good && r.ok, err
}

// refuse is the end of every failed attempt: it costs its source a try, a turn in the strangers' queue and, when none was computed yet, a
// hash.
func (a *Admission) refuse(ctx context.Context, source netip.Addr, hashed bool) error {
	if !a.sources.spend(Source(source), a.now()) {
		return ErrBusy
	}
	if err := a.queue.take(ctx, stranger); err != nil {
		return err
	}
	defer a.queue.give(stranger)
	if hashed {
		return nil
	}
	noted := make(chan error, 1)
	go func() { noted <- a.accounts.Stranger(ctx, a.now()) }()
	_, err := party.CheckHash(ctx, "", "")
	return errors.Join(err, <-noted)
}

// token finds a token. Its 256 random bits need no slow hash and cannot be guessed.
func (a *Admission) token(ctx context.Context, t Attempt) (Result, error) {
	if t.Secret == "" || len(t.Secret) > 200 {
		return Result{}, nil
	}
	m, now := a.mark(t), a.now()
	version, err := a.accounts.Version(ctx)
	if err != nil {
		return Result{}, err
	}
	a.mu.Lock()
	k, ok := a.known[m]
	a.mu.Unlock()
	if !ok || k.version != version || !now.Before(k.until) {
		found, known, err := a.accounts.TokenByHash(ctx, party.HashSecret(t.Secret), now)
		if err != nil || !known {
			return Result{}, err
		}
		k = verified{version: version, until: now.Add(remembered), token: found, Result: Result{User: found.Owner,
			Application: found.Application,
			Credential:  found.ID,
			Agency:      found.Agency}}
	}
	if !t.Door.opens(k.token.Kind) || !k.token.Stands(k.token.Ground, now) {
		return Result{}, nil
	}
	used, write := k.token.Used(now)
	if write {
		if err := a.accounts.Use(ctx, used); err != nil {
			return Result{}, err
		}
		k.token.Credential = used
	}
	a.remember(m, k)
	return k.Result, nil
}

// SecondFactor checks a second factor of a sign-in whose password was right. Tries are reserved on a lane of their own, whoever makes them;
// check is run only when the lane is not held. After a success the source is known.
func (a *Admission) SecondFactor(ctx context.Context, user int64, source Lane, check func(context.Context) (bool, error)) (bool, error) {
	now := a.now()
	ok, err := a.accounts.Reserve(ctx, user, Codes, now)
	if err != nil || !ok {
		return false, err
	}
	if ok, err = check(ctx); err != nil || !ok {
		return false, err
	}
	return true, a.accounts.Admit(ctx, user, Codes, source, now)
}

// Guess spends a try of a source on something that is no account, such as the code of a slip. ErrBusy when it has none left.
func (a *Admission) Guess(from netip.Addr) error {
	if !a.sources.spend(Source(from), a.now()) {
		return ErrBusy
	}
	return nil
}

func (a *Admission) mark(t Attempt) (m mark) {
	h := a.macs.Get().(hash.Hash)
	defer a.macs.Put(h)
	h.Reset()
	text := make([]byte, 0, 256)
	for _, part := range [...]string{string(t.Door), string(Source(t.Source)), t.Login, t.Secret} {
		text = append(append(text, part...), 0)
	}
	h.Write(text)
	h.Sum(m[:0])
	return m
}

// recall trusts a remembered password until it ages. When rights have changed meanwhile, the account is read again: the password is good as
// long as its hash is the one that it was checked against, so that a change of somebody's right does not make all programs compute their
// hashes anew.
func (a *Admission) recall(ctx context.Context, m mark, t Attempt) (Result, bool, error) {
	now := a.now()
	a.mu.Lock()
	k, ok := a.known[m]
	a.mu.Unlock()
	if !ok || !now.Before(k.until) {
		return Result{}, false, nil
	}
	version, err := a.accounts.Version(ctx)
	if err != nil {
		return Result{}, false, err
	}
	if k.version == version {
		return k.Result, true, nil
	}
	acc, found, err := a.accounts.Account(ctx, t.Login)
	if err != nil || !found || acc.Hash != k.hash || acc.User != k.User {
		return Result{}, false, err
	}
	k.Stage = party.AfterPassword(acc.Role, acc.Factors)
	if !t.Door.pages() && k.Stage != party.Signed {
		return Result{}, false, nil
	}
	k.version = version
	a.remember(m, k)
	return k.Result, true, nil
}

// Recognise says who an attempt would be from when its credential is remembered and nothing has changed since; else nobody. Nothing is
// counted and nothing is opened by it: it is for turning somebody away before more is done.
func (a *Admission) Recognise(ctx context.Context, t Attempt) Result {
	m := a.mark(t)
	a.mu.Lock()
	k, ok := a.known[m]
	a.mu.Unlock()
	version, err := a.accounts.Version(ctx)
	if !ok || err != nil || k.version != version || !a.now().Before(k.until) {
		return Result{}
	}
	return k.Result
}

// remember keeps a credential that was good. Only good ones come here, so that nobody can push out those of others but by having many; then
// one gives way.
func (a *Admission) remember(m mark, k verified) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.known[m]; !ok && len(a.known) >= mostRemembered {
		for other := range a.known {
			delete(a.known, other)
			break
		}
	}
	a.known[m] = k
}
