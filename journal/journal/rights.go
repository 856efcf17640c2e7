package journal

import (
	"bytes"
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Right is a row that a standing rests on, in its canonical form, as an entry tells it.
type Right struct {
	Row string          `json:"row"`          // "users 12"; what belongs to a user id begins with it: "users 12 credentials 7"
	Is  json.RawMessage `json:"is,omitempty"` // left out: the row is gone
}

// Rights are all rows that the standings of one institution rest on, by their names.
type Rights map[string]json.RawMessage

// RowDigest is the MAC of a row.
func RowDigest(k Sealing, name string, is json.RawMessage) []byte {
	return k.Index("right\x00" + name + "\x00" + string(is))
}

// StateDigest is the MAC of an institution's rows, given the digest of each: what a change of a right carries, and what lies under its
// log's seal. It is empty for no rows.
func StateDigest(k Sealing, digests map[string][]byte) []byte {
	if len(digests) == 0 {
		return []byte{}
	}
	var b strings.Builder
	b.WriteString("rights")
	for _, name := range slices.Sorted(maps.Keys(digests)) {
		fmt.Fprintf(&b, "\x00%s\x00%x", name, digests[name])
	}
	return k.Index(b.String())
}

// Changed is what has to be told to come from one state to another, by name.
func (r Rights) Changed(to Rights) (list []Right) {
	for name, is := range to {
		if was, there := r[name]; !there || !bytes.Equal(was, is) {
			list = append(list, Right{name, is})
		}
	}
	for name := range r {
		if _, there := to[name]; !there {
			list = append(list, Right{Row: name})
		}
	}
	slices.SortFunc(list, func(a, b Right) int { return strings.Compare(a.Row, b.Row) })
	return list
}

// A Replay rebuilds the rights of an institution from the entries of its log. The zero value stands before the first.
type Replay struct {
	Rights  Rights
	digests map[string][]byte
}

// Take takes the next change of the log. A *Tampered says that it does not lead to the state whose digest it carries. A change from before
// rights were told is passed over.
func (r *Replay) Take(k Sealing, c Change) error {
	if len(c.State) == 0 && !c.Whole {
		return nil
	}
	if c.Whole || r.Rights == nil {
		r.Rights, r.digests = Rights{}, map[string][]byte{}
	}
	for _, x := range c.Rights {
		if len(x.Is) == 0 {
			delete(r.Rights, x.Row)
			delete(r.digests, x.Row)
			continue
		}
		r.Rights[x.Row], r.digests[x.Row] = x.Is, RowDigest(k, x.Row, x.Is)
	}
	if !hmac.Equal(StateDigest(k, r.digests), c.State) {
		return &Tampered{"record " + c.ID.String(), "does not lead to the rights that it names"}
	}
	return nil
}
