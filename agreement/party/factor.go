package party

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Factors are the second factors that a user has.
type Factors struct {
	TOTP     bool
	Passkeys int
	Recovery int // codes that are left
}

// Any reports whether there is one that can be asked for; recovery codes alone are none, they stand in for one that was lost.
func (f Factors) Any() bool { return f.TOTP || f.Passkeys > 0 }

// SecondFactorCompulsory reports whether the role may not sign in with a password alone: the provider's people, at every door that takes
// their password (B6).
func (r Role) SecondFactorCompulsory() bool { return r.OfProvider() && r != CitizenPortal }

// A Stage is how far a sign-in has come. It is kept with its session; only Signed opens pages.
type Stage int64

// The stages.
const (
	Signed  Stage = iota // signed in
	AskCode              // the password was right; a second factor is asked for
	// the password was right; the role needs a second factor and has none: it sets one up first, and can do nothing else
	Enrol
	// everything was right, but the password is older than the office lets one become: another is chosen first, nothing else can be done
	Renew
)

// AfterPassword is the stage that the right password leads to.
func AfterPassword(r Role, f Factors) Stage {
	switch {
	case f.Any():
		return AskCode
	case r.SecondFactorCompulsory():
		return Enrol
	}
	return Signed
}

// StageLife is how long a sign-in may stay in a stage before Signed.
const StageLife = 10 * time.Minute

// RecoveryCodes is how many are given out at once; new ones end the old ones.
const RecoveryCodes = 10

// NewRecoveryCodes returns codes for a user who has lost the second factor, each good once. They are shown to their owner once;
// HashRecovery is what is kept.
func NewRecoveryCodes() []string {
	out := make([]string, RecoveryCodes)
	for i := range out {
		out[i] = randomLetters(12)
	}
	return out
}

// HashRecovery is the form in which a recovery code is kept: bound to its user, and of 60 random bits, so that a plain hash is enough.
func HashRecovery(user int64, code string) Hash {
	b := binary.BigEndian.AppendUint64([]byte("gapura recovery\x00"), uint64(user))
	return sha256.Sum256(append(b, Typed(code)...))
}
