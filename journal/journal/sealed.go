package journal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"gapura/person/nik"
)

// A Salt hides a NIK, or a text, in its commitment: NIKs are few enough to be tried. Who holds the salt and the NIK can open the
// commitment; destroying the salt closes it for ever, and the log goes on verifying.
type Salt [16]byte

// NewSalt is a random salt.
func NewSalt() (s Salt) {
	rand.Read(s[:])
	return s
}

// A Commitment stands in the log for what is sealed beside it: HMAC-SHA-256 with the salt as key over the 16 digits of a NIK, or over the
// bytes of a text.
type Commitment [32]byte

// Commit makes the commitment of a NIK.
func Commit(s Salt, n nik.NIK) Commitment { return CommitText(s, []byte(n.Digits())) }

// CommitText makes the commitment of a text as SealedText or Change.SealedText give it.
func CommitText(s Salt, text []byte) (c Commitment) {
	h := hmac.New(sha256.New, s[:])
	h.Write(text)
	h.Sum(c[:0])
	return c
}

// text is base64 as it stands in a leaf; empty: none.
func (c *Commitment) text() string {
	if c == nil {
		return ""
	}
	return base64Text(c[:])
}

func parseCommitment(text string) (*Commitment, error) {
	if text == "" {
		return nil, nil
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != len(Commitment{}) {
		return nil, errLeaf
	}
	return (*Commitment)(b), nil
}

// Closed is what an entry says of its parts that lie sealed beside it.
type Closed struct {
	Period    Period      // whose key they are sealed under; zero: an entry of version 1, whose texts are open
	NIK, Text *Commitment // nil: it has none
}

func (c Closed) version() int64 {
	if c.Period == 0 {
		return leafClear
	}
	return leafSealed
}

// A Period is a calendar month in UTC, year*100 + month. What was recorded within it is sealed under a key of its own, which can be
// destroyed (K7). Zero: none.
type Period int64

// PeriodOf is the period of an entry by its instant.
func PeriodOf(at time.Time) Period {
	at = at.UTC()
	return Period(at.Year()*100 + int(at.Month()))
}

// String is YYYY-MM; empty for none.
func (p Period) String() string {
	if p == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", p/100, p%100)
}

// ParsePeriod reads the form of String.
func ParsePeriod(s string) (Period, error) {
	at, err := time.Parse("2006-01", s)
	if err != nil {
		return 0, errLeaf
	}
	return PeriodOf(at), nil
}

// recordText and changeText are the texts that are sealed, as they are committed to: JSON without blanks, keys in this order.
type recordText struct {
	Reference string `json:"reference"`
}

type changeText struct {
	Before string `json:"before"`
	After  string `json:"after"`
	Reason string `json:"reason"`
	Letter string `json:"letter"`
	// of a change of rights: the rows as it leaves them, and whether they are all that there are
	Whole  bool    `json:"whole,omitempty"`
	Rights []Right `json:"rights,omitempty"`
}

// SealedText is what a record seals beside its NIK; nil: nothing.
func (r *Record) SealedText() []byte {
	if r.Reference == "" {
		return nil
	}
	return encode(recordText{r.Reference})
}

// OpenText puts back what SealedText gave.
func (r *Record) OpenText(text []byte) error {
	var t recordText
	if json.Unmarshal(text, &t) != nil {
		return errLeaf
	}
	r.Reference = t.Reference
	return nil
}

// SealedText is what a change seals; nil: nothing. Its subject stays open: it names an object of the register and is what changes are
// searched by.
func (c *Change) SealedText() []byte {
	if c.Before+c.After+c.Reason+c.Letter == "" && len(c.Rights) == 0 && !c.Whole {
		return nil
	}
	return encode(changeText{c.Before, c.After, c.Reason, c.Letter, c.Whole, c.Rights})
}

// OpenText puts back what SealedText gave.
func (c *Change) OpenText(text []byte) error {
	var t changeText
	if json.Unmarshal(text, &t) != nil {
		return errLeaf
	}
	c.Before, c.After, c.Reason, c.Letter, c.Whole, c.Rights = t.Before, t.After, t.Reason, t.Letter, t.Whole, t.Rights
	return nil
}
