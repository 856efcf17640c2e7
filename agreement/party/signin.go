package party

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"
)

// Limits of sessions and failures.
const (
	SessionIdle     = 15 * time.Minute
	SessionAbsolute = 9 * time.Hour // an office day
	freeFailures    = 5             // before the delay starts
	firstDelay      = 30 * time.Second
	longestDelay    = time.Hour
)

// A Hash is the SHA-256 of a random secret (session, token, code of a slip); the secret itself is never stored.
type Hash [32]byte

// A Session is a browser with a sign-in that has come as far as its stage.
type Session struct {
	Hash             Hash
	User             int64
	Stage            Stage
	Opened, LastSeen time.Time
	Source           string // address that it was opened from
	Agent            string // browser, as it names itself
	Question         []byte // that the browser is to answer with a passkey; nil: none
}

// Live reports whether the session still counts at an instant: neither idle for too long nor too old; before Signed it has StageLife.
func (s Session) Live(now time.Time) bool {
	if s.Stage != Signed {
		return now.Sub(s.Opened) <= StageLife
	}
	return now.Sub(s.LastSeen) <= SessionIdle && now.Sub(s.Opened) <= SessionAbsolute
}

// Sessions keeps sessions. Every method that writes is durable when it returns. Safe for concurrent use.
type Sessions interface {
	OpenSession(ctx context.Context, s Session) error
	Session(ctx context.Context, h Hash) (s Session, found bool, err error)
	TouchSession(ctx context.Context, h Hash, seen time.Time) error
	// CloseSession forgets a session that has run out or has not come as far as Signed.
	CloseSession(ctx context.Context, h Hash) error
	// EndSession closes a session at Signed, with the record that its user ended it; one that is closed already ends once.
	EndSession(ctx context.Context, s Session, at time.Time) error
	// AskSession keeps a question; TakeQuestion hands it out once.
	AskSession(ctx context.Context, h Hash, question []byte) error
	TakeQuestion(ctx context.Context, h Hash) (question []byte, err error)
	SessionsOf(ctx context.Context, user int64, since time.Time) ([]Session, error)
}

// SignIn looks after sessions; who somebody is says access/admission. Safe for concurrent use.
type SignIn struct {
	sessions Sessions
	now      func() time.Time
}

// NewSignIn returns a SignIn over the sessions.
func NewSignIn(s Sessions, now func() time.Time) *SignIn { return &SignIn{s, now} }

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

// Waiting says Delay in words. Whoever is refused reads it, whatever was wrong, so that it tells nothing of accounts.
func Waiting() string {
	return fmt.Sprintf("Setelah %d kali keliru berturut-turut, percobaan tidak diperiksa selama %d detik, lalu dua kali lebih lama setiap "+
		"kali keliru lagi, paling lama %d menit, juga bila kata sandinya benar. Mencoba lebih cepat tidak memperpanjangnya.", freeFailures,
		int(firstDelay.Seconds()), int(longestDelay.Minutes()))
}

// Open starts a session of a user at a stage and returns its token for the cookie. Each stage is a session of its own, so that nobody takes
// over the one before it.
func (s *SignIn) Open(ctx context.Context, n Session) (string, error) {
	token := NewSecret()
	n.Hash, n.Opened = HashSecret(token), s.now()
	n.LastSeen = n.Opened
	if len(n.Agent) > 200 {
		n.Agent = n.Agent[:200]
	}
	return token, s.sessions.OpenSession(ctx, n)
}

// Session returns the session of a token that is signed in, and notes its use.
func (s *SignIn) Session(ctx context.Context, token string) (Session, bool, error) {
	ses, ok, err := s.live(ctx, token)
	if err != nil || !ok || ses.Stage != Signed {
		return Session{}, false, err
	}
	if now := s.now(); now.Sub(ses.LastSeen) > time.Minute { // a write a minute is exact enough
		if err := s.sessions.TouchSession(ctx, ses.Hash, now); err != nil {
			return Session{}, false, err
		}
	}
	return ses, true, nil
}

// Pending returns the session of a token whose sign-in has not come to its end: AskCode or Enrol.
func (s *SignIn) Pending(ctx context.Context, token string) (Session, bool, error) {
	ses, ok, err := s.live(ctx, token)
	return ses, ok && ses.Stage != Signed, err
}

func (s *SignIn) live(ctx context.Context, token string) (Session, bool, error) {
	if token == "" {
		return Session{}, false, nil
	}
	h := HashSecret(token)
	ses, found, err := s.sessions.Session(ctx, h)
	if err != nil || !found {
		return Session{}, false, err
	}
	if !ses.Live(s.now()) {
		return Session{}, false, s.sessions.CloseSession(ctx, h)
	}
	return ses, true, nil
}

// Close ends the session of a token, if there is one. Of a session that is signed in its end is recorded.
func (s *SignIn) Close(ctx context.Context, token string) error {
	x, found, err := s.sessions.Session(ctx, HashSecret(token))
	if err != nil || !found {
		return err
	}
	return s.end(ctx, x)
}

func (s *SignIn) end(ctx context.Context, x Session) error {
	now := s.now()
	if x.Stage != Signed || !x.Live(now) {
		return s.sessions.CloseSession(ctx, x.Hash)
	}
	return s.sessions.EndSession(ctx, x, now)
}

// Ask keeps a question that the session's browser is to answer; Asked hands it out once.
func (s *SignIn) Ask(ctx context.Context, x Session, question []byte) error {
	return s.sessions.AskSession(ctx, x.Hash, question)
}

// Asked returns the question of Ask, once; nil: there is none.
func (s *SignIn) Asked(ctx context.Context, x Session) ([]byte, error) {
	return s.sessions.TakeQuestion(ctx, x.Hash)
}

// List is a user's live sessions, newest first; Fingerprint of their Hash names them.
func (s *SignIn) List(ctx context.Context, user int64) (out []Session, err error) {
	now := s.now()
	all, err := s.sessions.SessionsOf(ctx, user, now.Add(-SessionAbsolute))
	for _, x := range all {
		if x.Stage == Signed && x.Live(now) {
			out = append(out, x)
		}
	}
	return out, err
}

// End ends one of the user's own sessions by its fingerprint; false when there is none.
func (s *SignIn) End(ctx context.Context, user int64, fingerprint string) (bool, error) {
	all, err := s.sessions.SessionsOf(ctx, user, s.now().Add(-SessionAbsolute))
	for _, x := range all {
		if Fingerprint(x.Hash) == fingerprint {
			return true, s.end(ctx, x)
		}
	}
	return false, err
}

// EndOthers ends all sessions of the user but one.
func (s *SignIn) EndOthers(ctx context.Context, user int64, keep Hash) error {
	all, err := s.sessions.SessionsOf(ctx, user, s.now().Add(-SessionAbsolute))
	for _, x := range all {
		if err == nil && x.Hash != keep {
			err = s.end(ctx, x)
		}
	}
	return err
}

// NewSecret returns 32 random bytes as URL-safe text.
func NewSecret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// HashSecret is the form in which a secret of NewSecret is stored; it is random, so a plain hash is enough.
func HashSecret(secret string) Hash { return sha256.Sum256([]byte(secret)) }
