package party

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"time"
)

// Limits of sessions, links and failures.
const (
	SessionIdle     = 15 * time.Minute
	SessionAbsolute = 9 * time.Hour // an office day
	LinkLife        = 72 * time.Hour
	freeFailures    = 5 // before the delay starts
	firstDelay      = 30 * time.Second
	longestDelay    = time.Hour
	remembered      = 5 * time.Minute // a verified password or token
)

// A Hash is the SHA-256 of a random secret (session token, API token, activation link); the secret itself is never stored.
type Hash [32]byte

// An Account is what a sign-in is checked against.
type Account struct {
	User         int64
	PasswordHash string
	Failures     int
	FailedAt     time.Time
}

// A Session is a signed-in browser.
type Session struct {
	User             int64
	Opened, LastSeen time.Time
}

// Accounts is the storage that sign-in needs. Every method that writes is durable when it returns. Safe for concurrent use.
type Accounts interface {
	// Account finds a user id by its login, without case. Found is false when there is none.
	Account(ctx context.Context, login string) (a Account, found bool, err error)
	// CountFailure adds one failure at the instant; ClearFailures forgets them.
	CountFailure(ctx context.Context, user int64, at time.Time) error
	ClearFailures(ctx context.Context, user int64) error
	// CountStranger notes a failure that counts against no account, at the cost of CountFailure: by its time, one durable write more or less can be told.
	CountStranger(ctx context.Context, at time.Time) error
	// TokenUser finds the user of an API token that is not revoked.
	TokenUser(ctx context.Context, h Hash) (user int64, found bool, err error)
	OpenSession(ctx context.Context, h Hash, s Session) error
	Session(ctx context.Context, h Hash) (s Session, found bool, err error)
	TouchSession(ctx context.Context, h Hash, seen time.Time) error
	CloseSession(ctx context.Context, h Hash) error
	// CredentialVersion changes whenever any right or password changes.
	Version(ctx context.Context) (int64, error)
	// Link finds the user whom an unused, unexpired activation link belongs to.
	Link(ctx context.Context, h Hash, now time.Time) (u User, found bool, err error)
	// UseLink sets the password and spends the link, or reports false when it is no longer good.
	UseLink(ctx context.Context, h Hash, passwordHash string, now time.Time) (bool, error)
}

// SignIn checks who a caller is. Safe for concurrent use.
type SignIn struct {
	accounts Accounts
	now      func() time.Time
	key      [32]byte // of this process; a remembered credential is a keyed hash, useless outside

	mu      sync.Mutex
	version int64                 // guarded by mu: the rights version that known rests on
	known   map[[32]byte]verified // guarded by mu
}

type verified struct {
	user  int64
	until time.Time
}

// NewSignIn returns a SignIn over the accounts.
func NewSignIn(a Accounts, now func() time.Time) *SignIn {
	s := &SignIn{accounts: a, now: now, known: map[[32]byte]verified{}}
	rand.Read(s.key[:])
	return s
}

// maxKnown bounds the memory of remembered credentials.
const maxKnown = 10_000

// Password returns the user whom login and password belong to, or 0. An unknown login, a wrong password and an account that is held
// after repeated failures take the same time and give the same result (A3, B6).
func (s *SignIn) Password(ctx context.Context, login, password string) (int64, error) {
	mark := s.mark("password", login, password)
	if user, ok := s.recall(ctx, mark); ok {
		return user, nil
	}
	if len(login) > 100 || len(password) > 4*MaxPassword {
		login, password = "", ""
	}
	a, found, err := s.accounts.Account(ctx, login)
	if err != nil {
		return 0, err
	}
	now := s.now()
	held := found && now.Before(a.FailedAt.Add(Delay(a.Failures)))
	ok, err := CheckHash(ctx, password, a.PasswordHash)
	if err != nil {
		return 0, err
	}
	switch {
	case !found || held:
		return 0, s.accounts.CountStranger(ctx, now)
	case !ok:
		return 0, s.accounts.CountFailure(ctx, a.User, now)
	}
	if a.Failures > 0 {
		if err := s.accounts.ClearFailures(ctx, a.User); err != nil {
			return 0, err
		}
	}
	s.remember(mark, a.User)
	return a.User, nil
}

// Delay is how long an account is held after so many failures in a row: nothing for the first four, then 30 s, doubled up to an hour.
func Delay(failures int) time.Duration {
	if failures < freeFailures {
		return 0
	}
	d := firstDelay
	for range failures - freeFailures {
		if d *= 2; d >= longestDelay {
			return longestDelay
		}
	}
	return d
}

// Token returns the user whom an API token belongs to, or 0.
func (s *SignIn) Token(ctx context.Context, token string) (int64, error) {
	mark := s.mark("token", "", token)
	if user, ok := s.recall(ctx, mark); ok {
		return user, nil
	}
	user, found, err := s.accounts.TokenUser(ctx, HashSecret(token))
	if err != nil || !found {
		return 0, err
	}
	s.remember(mark, user)
	return user, nil
}

// Open starts a session and returns its token for the cookie.
func (s *SignIn) Open(ctx context.Context, user int64) (string, error) {
	token := NewSecret()
	now := s.now()
	return token, s.accounts.OpenSession(ctx, HashSecret(token), Session{User: user, Opened: now, LastSeen: now})
}

// Session returns the session of a token, if it is neither idle for too long nor too old, and notes its use.
func (s *SignIn) Session(ctx context.Context, token string) (Session, bool, error) {
	h := HashSecret(token)
	ses, found, err := s.accounts.Session(ctx, h)
	if err != nil || !found {
		return Session{}, false, err
	}
	now := s.now()
	if now.Sub(ses.LastSeen) > SessionIdle || now.Sub(ses.Opened) > SessionAbsolute {
		return Session{}, false, s.accounts.CloseSession(ctx, h)
	}
	if now.Sub(ses.LastSeen) > time.Minute { // a write a minute is exact enough
		if err := s.accounts.TouchSession(ctx, h, now); err != nil {
			return Session{}, false, err
		}
	}
	return ses, true, nil
}

// Close ends the session of a token.
func (s *SignIn) Close(ctx context.Context, token string) error {
	return s.accounts.CloseSession(ctx, HashSecret(token))
}

// Invited returns the user whom an activation link is for.
func (s *SignIn) Invited(ctx context.Context, link string) (User, bool, error) {
	return s.accounts.Link(ctx, HashSecret(link), s.now())
}

// Activate sets the password of the user whom the link is for and spends the link (B1). The error is a *told.Error for an unfit password; false means that the link is
// unknown, spent or too old.
func (s *SignIn) Activate(ctx context.Context, link, password string) (bool, error) {
	u, found, err := s.Invited(ctx, link)
	if err != nil || !found {
		return false, err
	}
	if err := CheckPassword(password, About{Login: u.Login, Name: u.Name}); err != nil {
		return false, err
	}
	hash, err := HashPassword(ctx, password)
	if err != nil {
		return false, err
	}
	return s.accounts.UseLink(ctx, HashSecret(link), hash, s.now())
}

// NewSecret returns 32 random bytes as URL-safe text.
func NewSecret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// HashSecret is the form in which a secret of NewSecret is stored; it is random, so a plain hash is enough.
func HashSecret(secret string) Hash { return sha256.Sum256([]byte(secret)) }

func (s *SignIn) mark(kind, login, secret string) (m [32]byte) {
	h := hmac.New(sha256.New, s.key[:])
	for _, part := range []string{kind, login, secret} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	h.Sum(m[:0])
	return m
}

// recall trusts a remembered credential only until it ages or anything about rights or passwords changes; with the same version
// there is no way that it was revoked.
func (s *SignIn) recall(ctx context.Context, mark [32]byte) (int64, bool) {
	v, err := s.accounts.Version(ctx)
	if err != nil {
		return 0, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if v != s.version {
		clear(s.known)
		s.version = v
	}
	k, ok := s.known[mark]
	return k.user, ok && s.now().Before(k.until)
}

func (s *SignIn) remember(mark [32]byte, user int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) >= maxKnown {
		clear(s.known)
	}
	s.known[mark] = verified{user, s.now().Add(remembered)}
}
