package party

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"time"
)

// A Slip is how a secret reaches its owner alone: two halves that travel apart, of which neither is of use without the other. The code is
// printed on the slip (or stands in a link); the second code goes to the e-mail address that the case fixed before its decision, or is
// drawn by another person than the one who issued the slip. Whoever redeems it with both chooses the password, or sees the token once. Of
// both halves only hashes are kept. The code is made when the slip is printed; printing it again makes another one, and the sheet before is
// waste paper.
type Slip struct {
	ID          int64
	For         Kind // Password: activation; or a kind of token
	Owner       int64
	OwnerLogin  string // when read
	Agency      int64
	Application int64         // of a token
	Agreement   int64         // of a token
	Life        time.Duration // of the token; 0: TokenLife
	Overlap     time.Duration // for which a token that it replaces works on; 0: Overlap
	Letter      string
	IssuedBy    int64 // who printed it; 0: from the command line
	AddressBy   int64 // when read: who named the address that its second half goes to; 0: it goes to none, or that is not kept

	Issued  time.Time
	Printed time.Time // last; zero: not yet, and nobody can know its code
	Until   time.Time // last instant at which it can be redeemed
	Code    Hash      // of the first half
	Second  Hash      // of both halves together; zero: not drawn yet
	DrawnBy int64     // who drew the second half; 0 with Mailed
	Mailed  bool      // the second half went to the owner's address
	Tries   int       // wrong second halves
	Spent   time.Time // redeemed, or taken back; zero: neither
}

// SlipLife is how long a slip can be redeemed, MostTries how many wrong second halves end it.
const (
	SlipLife  = 14 * 24 * time.Hour
	MostTries = 5
)

// letters are base32 without what is mistaken for another (Crockford).
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewSlipCode is a first half: 16 letters in groups of four (80 bits).
func NewSlipCode() string { return randomLetters(firstLetters) }

// NewSecondCode is a second half: 12 letters (60 bits), so that even a copy of the database beside the slip does not tell it in a slip's
// life.
func NewSecondCode() string { return randomLetters(12) }

// firstLetters is how many letters a first half has.
const firstLetters = 16

// WholeSlip is one code of both halves, for a slip whose halves come from one hand anyway: the command line's, while nobody else is there.
func WholeSlip(first, second string) string { return first + "-" + second }

// Halves are a code's first half and, of a whole slip, its second; empty: that one comes another way.
func Halves(code string) (first, second string) {
	if whole := Typed(code); len(whole) > firstLetters {
		return whole[:firstLetters], whole[firstLetters:]
	}
	return code, ""
}

func randomLetters(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return Letters(b)
}

// Letters writes each byte's low five bits as a letter that is not mistaken for another, in groups of four.
func Letters(b []byte) string {
	var out strings.Builder
	for i, c := range b {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(letters[c%32])
	}
	return out.String()
}

// Typed is a code as it was meant: people write small letters, blanks, O for 0 and I or L for 1.
func Typed(half string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		switch r {
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		case '-', ' ', '\t', '\u00a0':
			return -1
		}
		return r
	}, strings.TrimSpace(half))
}

// HashSlip is the form in which a first half is kept and found again.
func HashSlip(code string) Hash { return sha256.Sum256([]byte("gapura slip\x00" + Typed(code))) }

// hashSecond is bound to the slip by its code's hash.
func hashSecond(code Hash, second string) Hash {
	return sha256.Sum256(append(append([]byte("gapura slip second\x00"), code[:]...), Typed(second)...))
}

// Draw sets the second half.
func (s Slip) Draw(second string, by int64, mailed bool) Slip {
	s.Second, s.DrawnBy, s.Mailed = hashSecond(s.Code, second), by, mailed
	return s
}

// MayDraw reports whether a person may draw the second half: only once, while the slip is open, and never the one who issued it.
func (s Slip) MayDraw(by int64, now time.Time) bool {
	return s.Open(now) && !s.Printed.IsZero() && s.Second == Hash{} && by != 0 && by != s.IssuedBy
}

// Unseen reports whether the first half was printed at the command line. Who did so is not known but is of the office, so that nobody of
// the office draws the second one: an agency's own people do.
func (s Slip) Unseen() bool { return s.IssuedBy == 0 && !s.Printed.IsZero() }

// Open reports whether the slip can still be redeemed.
func (s Slip) Open(now time.Time) bool {
	return s.Spent.IsZero() && !now.After(s.Until) && s.Tries < MostTries
}

// Redeem tries both halves. When they fit, the slip is spent; when the second does not, the try is counted, and MostTries of them end the
// slip.
func (s Slip) Redeem(code, second string, now time.Time) (_ Slip, ok bool) {
	if !s.Open(now) || s.Code != HashSlip(code) {
		return s, false
	}
	want, got := s.Second, hashSecond(s.Code, second)
	if want == (Hash{}) || subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
		s.Tries++
		return s, false
	}
	s.Spent = now
	return s, true
}

// A Handed token is shown once, to who redeems its slip.
type Handed struct {
	Credential
	Token string
}
