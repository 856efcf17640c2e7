package journal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"gapura/internal/quote"
	"gapura/person/nik"
	"gapura/person/population"
)

// A Salt hides a NIK in its commitment: NIKs are few enough to be tried. Who holds the salt and the NIK can open the commitment; destroying
// the salt closes it for ever, and the log goes on verifying.
type Salt [16]byte

// NewSalt is a random salt.
func NewSalt() (s Salt) {
	rand.Read(s[:])
	return s
}

// A Commitment stands in the log for a NIK: HMAC-SHA-256 with the salt as key over the 16 digits.
type Commitment [32]byte

// Commit makes the commitment of a NIK.
func Commit(s Salt, n nik.NIK) (c Commitment) {
	h := hmac.New(sha256.New, s[:])
	h.Write([]byte(n.Digits()))
	h.Sum(c[:0])
	return c
}

// An access record's leaf. The encoding is JSON without blanks, keys in this order; once written it never changes, a new one gets a new
// version.
type accessLeaf struct {
	V         int      `json:"v"` // 1
	Log       int64    `json:"log"`
	Seq       int64    `json:"seq"`
	At        string   `json:"at"`  // RFC 3339 in UTC, microseconds
	Act       string   `json:"act"` // "lookup", "match", "sign_in", "card"
	User      int64    `json:"user"`
	Agreement int64    `json:"agreement"`
	Basis     string   `json:"basis"`
	Method    string   `json:"method"`
	Purpose   string   `json:"purpose"`
	Reference string   `json:"reference"`
	Address   string   `json:"address"`
	NIK       string   `json:"nik"` // commitment in base64; empty: none
	Outcome   string   `json:"outcome"`
	Hit       bool     `json:"hit"`
	Elements  []string `json:"elements"` // keys of the elements that left, or that a match compared
	// of the agency's register; left out: the portal, or none. Entries from before the register have none
	Application int64 `json:"application,omitempty"`
	// of a card that was read; left out in all other entries
	Reader string `json:"reader,omitempty"`
	ReadAt string `json:"read_at,omitempty"`
}

// The leaf of a change of a right; the act is always "change".
type changeLeaf struct {
	V       int    `json:"v"`
	Log     int64  `json:"log"`
	Seq     int64  `json:"seq"`
	At      string `json:"at"`
	Act     string `json:"act"`
	User    int64  `json:"user"`
	Subject string `json:"subject"`
	Before  string `json:"before"`
	After   string `json:"after"`
	Reason  string `json:"reason"`
	Letter  string `json:"letter"`
}

const (
	leafVersion = 1
	actChange   = "change"
	leafTime    = "2006-01-02T15:04:05.000000Z"
)

// maxLeaf is the longest leaf that an entry bundle can hold (C2SP tlog-tiles).
const maxLeaf = 1<<16 - 1

// EncodeRecord is the leaf of an access record; the commitment is nil when no NIK was asked for. It is accessLeaf as encoding/json writes it,
// appended by hand, because it is made for every lookup.
func EncodeRecord(r Record, c *Commitment) []byte {
	b := make([]byte, 0, 640)
	number := func(key string, n int64) { b = strconv.AppendInt(append(b, key...), n, 10) }
	text := func(key, s string) { b = leafText(append(b, key...), s) }
	instant := func(key string, t time.Time) {
		b = append(t.UTC().Truncate(time.Microsecond).AppendFormat(append(append(b, key...), '"'), leafTime), '"')
	}
	number(`{"v":`, leafVersion)
	number(`,"log":`, r.ID.Log)
	number(`,"seq":`, r.ID.Seq)
	instant(`,"at":`, r.At)
	text(`,"act":`, r.Act)
	number(`,"user":`, r.User)
	number(`,"agreement":`, r.Agreement)
	text(`,"basis":`, r.Basis)
	text(`,"method":`, r.Method)
	text(`,"purpose":`, r.Purpose)
	text(`,"reference":`, r.Reference)
	b = append(b, `,"address":"`...)
	if r.Address.IsValid() {
		b = r.Address.AppendTo(b)
	}
	b = append(b, `","nik":"`...)
	if c != nil {
		b = base64.StdEncoding.AppendEncode(b, c[:])
	}
	text(`","outcome":`, r.Outcome)
	b = strconv.AppendBool(append(b, `,"hit":`...), r.Hit)
	b = append(b, `,"elements":[`...)
	for el := range r.Elements.All() {
		if b[len(b)-1] != '[' {
			b = append(b, ',')
		}
		b = leafText(b, el.String())
	}
	b = append(b, ']')
	if r.Application != 0 {
		number(`,"application":`, r.Application)
	}
	if r.Reader != "" {
		text(`,"reader":`, r.Reader)
	}
	if !r.ReadAt.IsZero() {
		instant(`,"read_at":`, r.ReadAt)
	}
	return append(b, '}')
}

// leafText appends a JSON string with everything escaped that encoding/json escapes.
func leafText(b []byte, s string) []byte {
	if strings.ContainsAny(s, "<>&") {
		return append(b, encode(s)...)
	}
	return quote.Text(b, s)
}

// DecodeRecord reads the leaf of an access record; the NIK stays zero. ok is false when it is the leaf of a change.
func DecodeRecord(entry []byte) (r Record, c *Commitment, ok bool, err error) {
	var l accessLeaf
	if err := json.Unmarshal(entry, &l); err != nil || l.V != leafVersion {
		return r, nil, false, errLeaf
	}
	if l.Act == actChange {
		return r, nil, false, nil
	}
	r = Record{
		ID: ID{l.Log, l.Seq}, Act: l.Act, User: l.User, Agreement: l.Agreement, Basis: l.Basis, Method: l.Method, Purpose: l.Purpose,
		Reference: l.Reference,
		Outcome:   l.Outcome, Hit: l.Hit, Application: l.Application, Reader: l.Reader,
	}
	var err1, err2, err3, err4 error
	r.At, err1 = time.Parse(leafTime, l.At)
	r.Elements, err2 = population.ParseElements(l.Elements)
	if l.Address != "" {
		r.Address, err3 = netip.ParseAddr(l.Address)
	}
	if l.ReadAt != "" {
		r.ReadAt, err4 = time.Parse(leafTime, l.ReadAt)
	}
	if l.NIK != "" {
		b, err := base64.StdEncoding.DecodeString(l.NIK)
		if err != nil || len(b) != len(Commitment{}) {
			return r, nil, false, errLeaf
		}
		c = (*Commitment)(b)
	}
	if errors.Join(err1, err2, err3, err4) != nil {
		return r, nil, false, errLeaf
	}
	return r, c, true, nil
}

var errLeaf = errors.New("entry is not of a known form")

// EncodeChange is the leaf of a change of a right.
func EncodeChange(c Change) []byte {
	return encode(changeLeaf{
		V: leafVersion, Log: c.ID.Log, Seq: c.ID.Seq, At: leafInstant(c.At), Act: actChange, User: c.By, Subject: c.Subject,
		Before: c.Before, After: c.After,
		Reason: c.Reason, Letter: c.Letter,
	})
}

// leafInstant is as exact as the database keeps instants.
func leafInstant(t time.Time) string { return t.UTC().Truncate(time.Microsecond).Format(leafTime) }

func encode(leaf any) []byte {
	b, err := json.Marshal(leaf)
	if err != nil {
		panic(err) // plain fields always encode
	}
	return b
}

// LeafHash is the hash of a leaf.
func LeafHash(entry []byte) Hash { return tlog.RecordHash(entry) }

// place reads where a leaf says that it stands.
func place(entry []byte) (ID, error) {
	var l struct {
		V        int
		Log, Seq *int64
	}
	if err := json.Unmarshal(entry, &l); err != nil || l.V != leafVersion || l.Log == nil || l.Seq == nil {
		return ID{}, errLeaf
	}
	return ID{*l.Log, *l.Seq}, nil
}
