package party

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// A Kind is what a credential is.
type Kind string

// The kinds. Tokens belong to an application; the others to a person alone.
const (
	Password     Kind = "password"
	TOTP         Kind = "totp"
	Passkey      Kind = "passkey"
	RecoveryCode Kind = "recovery"
	APIToken     Kind = "api"     // opens the JSON API
	BalikanToken Kind = "balikan" // opens the data balikan service of the ministry's wire
	DeskToken    Kind = "desk"    // an officer's own, with which the agency's desk asks the JSON API
	OpenSession  Kind = "session"
)

// Token reports whether the kind is a token for programs.
func (k Kind) Token() bool { return k == APIToken || k == BalikanToken || k == DeskToken }

// Second reports whether the kind is a second factor.
func (k Kind) Second() bool { return k == TOTP || k == Passkey || k == RecoveryCode }

// Label is the kind in Indonesian, as pages, letters and records name it.
func (k Kind) Label() string {
	switch k {
	case Password:
		return "Kata sandi"
	case TOTP:
		return "Kode verifikasi"
	case Passkey:
		return "Kunci sandi"
	case RecoveryCode:
		return "Kode pemulihan"
	case APIToken:
		return "Token API"
	case BalikanToken:
		return "Token data balikan"
	case DeskToken:
		return "Token loket"
	case OpenSession:
		return "Sesi"
	}
	return string(k)
}

// Lives and overlaps. A rotated token works Overlap longer, so that a program can be changed over without an outage.
const (
	TokenLife = 365 * 24 * time.Hour
	Overlap   = 7 * 24 * time.Hour
	// MostTokenLife bounds what a letter may ask for.
	MostTokenLife = 2 * 365 * 24 * time.Hour
	// UsedEvery is how exactly the last use is kept: a write an hour and credential.
	UsedEvery = time.Hour
	// OwedAfterEnd is for how long a token outlives its agreement for what is still owed (data balikan, own log); it opens no lookup then.
	OwedAfterEnd = 90 * 24 * time.Hour
)

// An Activity is something that was done with a user's ways in, as the page of the own account shows it.
type Activity struct {
	At   time.Time
	Text string // Indonesian
	From string // address; empty: not known
}

// A Credential is one way in, without its secret: who has it, from when until when, and when it was used. Instants are UTC; zero: not.
type Credential struct {
	ID          int64
	Kind        Kind
	Agency      int64
	Owner       int64
	OwnerLogin  string // when read
	Application int64  // of a token; else 0
	AppName     string // when read
	Agreement   int64  // that a token was issued under; else 0
	Fingerprint string // of a token; see Fingerprint
	Label       string // of a passkey, as its owner named it; of a session, the browser; of a token, what it is for
	Letter      string // case or letter that it rests on
	IssuedBy    int64  // user id; 0: from the command line

	Issued    time.Time // of a token: when its owner took it; zero: it waits for that
	FirstUsed time.Time
	LastUsed  time.Time // to UsedEvery
	Expires   time.Time // zero: does not by itself
	Rotated   time.Time // when another took its place; it works until Expires, which was drawn near then
	Revoked   time.Time
}

// A State is where a credential stands in its life.
type State string

// The states.
const (
	Prepared  State = "prepared" // named by its fingerprint, but not in anybody's hands yet
	Live      State = "live"
	Replaced  State = "replaced" // rotated, still within the overlap
	Expired   State = "expired"
	IsRevoked State = "revoked"
)

// Label is the state in Indonesian.
func (s State) Label() string {
	return map[State]string{Prepared: "menunggu diambil pemiliknya", Live: "berlaku", Replaced: "diganti, masih berlaku sementara",
		Expired: "lewat masa berlaku", IsRevoked: "dicabut"}[s]
}

// At is the credential's state at an instant.
func (c Credential) At(now time.Time) State {
	switch {
	case !c.Revoked.IsZero() && !now.Before(c.Revoked):
		return IsRevoked
	case c.Issued.IsZero():
		return Prepared
	case !c.Expires.IsZero() && !now.Before(c.Expires):
		return Expired
	case !c.Rotated.IsZero():
		return Replaced
	}
	return Live
}

// A Ground is what a token stands on besides itself: its life ends with each of them.
type Ground struct {
	User      User
	App       App
	Agreement int64     // of the agency that decides now; 0: none
	Ended     time.Time // when the token's own agreement ended or was terminated; zero: it has not
}

// Stands reports whether the token opens its door at the instant: it is live, its owner was neither deactivated nor reset since it was
// issued, its application is in use, and its agreement has not ended. After that end it goes on for OwedAfterEnd, for what is still owed,
// unless another agreement took the place; lookups are refused by the agreement itself (E1). An agency's token that names no agreement is
// of before tokens did: it has the end that the upgrade gave it, and none without. The office's own, a citizen portal's, rest on none.
func (c Credential) Stands(g Ground, now time.Time) bool { return c.Barred(g, now) == "" }

// A Listed token is one in a list.
type Listed struct {
	Credential
	Barred string // why it opens nothing, in Indonesian; empty: it does
}

// Barred is why the token opens nothing at the instant, in Indonesian; "": it stands.
func (c Credential) Barred(g Ground, now time.Time) string {
	if s := c.At(now); s != Live && s != Replaced {
		return s.Label()
	}
	switch u := g.User; {
	case !u.Deactivated.IsZero() && !now.Before(u.Deactivated):
		return "pemiliknya dinonaktifkan"
	case !u.Reset.IsZero() && !c.Issued.After(u.Reset):
		return "kredensial pemiliknya diatur ulang"
	case !g.App.Ended.IsZero() && !now.Before(g.App.Ended):
		return "aplikasinya diakhiri"
	case c.Agreement == 0 && c.Agency != Provider && c.Expires.IsZero():
		return "tidak terikat pada perjanjian"
	case c.Agreement == 0 || g.Ended.IsZero() || g.Agreement == c.Agreement && now.Before(g.Ended.Add(OwedAfterEnd)):
		return ""
	}
	return "perjanjiannya berakhir"
}

// Rotate is the credential after another took its place: it works overlap longer, never longer than it would have.
func (c Credential) Rotate(now time.Time, overlap time.Duration) Credential {
	c.Rotated = now
	if end := now.Add(overlap); c.Expires.IsZero() || end.Before(c.Expires) {
		c.Expires = end
	}
	return c
}

// Used is the credential after a use, and whether that is worth a write: the first use always, the others to UsedEvery.
func (c Credential) Used(now time.Time) (_ Credential, write bool) {
	if c.FirstUsed.IsZero() {
		c.FirstUsed, write = now, true
	}
	if now.Sub(c.LastUsed) >= UsedEvery {
		c.LastUsed, write = now, true
	}
	return c, write
}

// Fingerprint names a secret of NewSecret without telling it: ten hexadecimal digits of its hash, "3FA09-77C1E". It stands in letters,
// lists and records.
func Fingerprint(h Hash) string {
	s := strings.ToUpper(hex.EncodeToString(h[:5]))
	return s[:5] + "-" + s[5:]
}

// ParseFingerprint reads a fingerprint as a person types it, with or without the dash.
func ParseFingerprint(s string) (string, error) {
	s = strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), "-", ""))
	if b, err := hex.DecodeString(s); err != nil || len(b) != 5 {
		return "", fmt.Errorf("a fingerprint has ten hexadecimal digits, as in 3FA09-77C1E")
	}
	return s[:5] + "-" + s[5:], nil
}
