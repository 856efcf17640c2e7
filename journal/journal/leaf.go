package journal

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"gapura/internal/quote"
	"gapura/person/population"
)

// An access record's leaf. The encoding is JSON without blanks, keys in this order; once written it never changes, a new one gets a new
// version.
type accessLeaf struct {
	V         int      `json:"v"` // 2; 1: from before texts were sealed
	Log       int64    `json:"log"`
	Seq       int64    `json:"seq"`
	At        string   `json:"at"`            // RFC 3339 in UTC, microseconds
	Act       string   `json:"act"`           // "lookup", "match", "sign_in", "card"
	Key       string   `json:"key,omitempty"` // YYYY-MM, whose key NIK and text are sealed under; not of version 1
	User      int64    `json:"user"`
	Agreement int64    `json:"agreement"`
	Basis     string   `json:"basis"`
	Method    string   `json:"method"`
	Purpose   string   `json:"purpose"`
	Reference *string  `json:"reference,omitempty"` // of version 1 alone
	Text      *string  `json:"text,omitempty"`      // of version 2: commitment in base64; empty: none
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
	V       int    `json:"v"` // 2
	Log     int64  `json:"log"`
	Seq     int64  `json:"seq"`
	At      string `json:"at"`
	Act     string `json:"act"`
	Key     string `json:"key"`
	User    int64  `json:"user"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	// base64 of the digest of the rights that it leads to; left out in entries from before rights were told
	State string `json:"state,omitempty"`
}

// The leaf of a change of version 1.
type changeLeaf1 struct {
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

// Versions of leaves: texts in clear, and texts sealed.
const (
	leafClear  = 1
	leafSealed = 2
)

const (
	actChange = "change"
	leafTime  = "2006-01-02T15:04:05.000000Z"
)

// maxLeaf is the longest leaf that an entry bundle can hold (C2SP tlog-tiles).
const maxLeaf = 1<<16 - 1

// EncodeRecord is the leaf of an access record, of version 1 when nothing of it is sealed under the key of a period. It is accessLeaf as
// encoding/json writes it, appended by hand, because it is made for every lookup.
func EncodeRecord(r Record, c Closed) []byte {
	b := make([]byte, 0, 640)
	number := func(key string, n int64) { b = strconv.AppendInt(append(b, key...), n, 10) }
	text := func(key, s string) { b = leafText(append(b, key...), s) }
	instant := func(key string, t time.Time) {
		b = append(t.UTC().Truncate(time.Microsecond).AppendFormat(append(append(b, key...), '"'), leafTime), '"')
	}
	committed := func(key string, c *Commitment) {
		b = append(append(b, key...), '"')
		if c != nil {
			b = base64.StdEncoding.AppendEncode(b, c[:])
		}
		b = append(b, '"')
	}
	number(`{"v":`, c.version())
	number(`,"log":`, r.ID.Log)
	number(`,"seq":`, r.ID.Seq)
	instant(`,"at":`, r.At)
	text(`,"act":`, r.Act)
	if c.Period != 0 {
		text(`,"key":`, c.Period.String())
	}
	number(`,"user":`, r.User)
	number(`,"agreement":`, r.Agreement)
	text(`,"basis":`, r.Basis)
	text(`,"method":`, r.Method)
	text(`,"purpose":`, r.Purpose)
	if c.Period == 0 {
		text(`,"reference":`, r.Reference)
	} else {
		committed(`,"text":`, c.Text)
	}
	b = append(b, `,"address":"`...)
	if r.Address.IsValid() {
		b = r.Address.AppendTo(b)
	}
	committed(`","nik":`, c.NIK)
	text(`,"outcome":`, r.Outcome)
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

// DecodeRecord reads the leaf of an access record; what is sealed of it stays empty. ok is false when it is the leaf of a change.
func DecodeRecord(entry []byte) (r Record, c Closed, ok bool, err error) {
	l := accessLeaf{Reference: new(string), Text: new(string)}
	if err := json.Unmarshal(entry, &l); err != nil || l.V != leafClear && l.V != leafSealed || l.Reference == nil || l.Text == nil {
		return r, c, false, errLeaf
	}
	if l.Act == actChange {
		return r, c, false, nil
	}
	r = Record{
		ID: ID{l.Log, l.Seq}, Act: l.Act, User: l.User, Agreement: l.Agreement, Basis: l.Basis, Method: l.Method, Purpose: l.Purpose,
		Reference: *l.Reference,
		Outcome:   l.Outcome, Hit: l.Hit, Application: l.Application, Reader: l.Reader,
	}
	var err1, err2, err3, err4, err5, err6, err7 error
	r.At, err1 = time.Parse(leafTime, l.At)
	r.Elements, err2 = population.ParseElements(l.Elements)
	if l.Address != "" {
		r.Address, err3 = netip.ParseAddr(l.Address)
	}
	if l.ReadAt != "" {
		r.ReadAt, err4 = time.Parse(leafTime, l.ReadAt)
	}
	c.NIK, err5 = parseCommitment(l.NIK)
	c.Text, err6 = parseCommitment(*l.Text)
	if l.V == leafSealed {
		c.Period, err7 = ParsePeriod(l.Key)
	}
	if errors.Join(err1, err2, err3, err4, err5, err6, err7) != nil {
		return r, c, false, errLeaf
	}
	return r, c, true, nil
}

var errLeaf = errors.New("entry is not of a known form")

// EncodeChange is the leaf of a change of a right, of version 1 when its texts are not sealed.
func EncodeChange(x Change, c Closed) []byte {
	if c.Period == 0 {
		return encode(changeLeaf1{leafClear, x.ID.Log, x.ID.Seq, leafInstant(x.At), actChange, x.By, x.Subject, x.Before, x.After,
			x.Reason, x.Letter})
	}
	return encode(changeLeaf{leafSealed, x.ID.Log, x.ID.Seq, leafInstant(x.At), actChange, c.Period.String(), x.By, x.Subject,
		c.Text.text(), base64Text(x.State)})
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
	if err := json.Unmarshal(entry, &l); err != nil || l.V != leafClear && l.V != leafSealed || l.Log == nil || l.Seq == nil {
		return ID{}, errLeaf
	}
	return ID{*l.Log, *l.Seq}, nil
}
