package journal

import (
	"bytes"
	"crypto/hmac"
	"encoding/json"
	"time"

	"gapura/internal/told"
)

// What two administrators may approve that is forbidden otherwise.
const (
	ApproveAnchor  = "anchor"  // that the anchor begins anew from the database as it stands
	ApproveRestore = "restore" // that a backup is put back that is older than the anchor
)

// ApproveWitness is the approval of a witness's new key in the place of the one in force, when its office has lost that (letter of its
// head): it names both, so that it is of use once.
func ApproveWitness(name, inForce, key string) string {
	return "witness " + name + " " + inForce + " " + key
}

// ApprovalLife is how long an approval is good.
const ApprovalLife = 7 * 24 * time.Hour

// An Approval is the word of two administrators for one exception from the anchor, made in the console while an installation works. It is
// good until the anchor begins anew, because it names how often that had happened, and for a few days only.
type Approval struct {
	For        string    `json:"for"`        // ApproveAnchor, ApproveRestore
	Generation int64     `json:"generation"` // of the anchor
	Reason     string    `json:"reason"`
	Asked      string    `json:"asked"`    // user id of who proposed it
	Approved   string    `json:"approved"` // user id of who decided it, another person
	At         time.Time `json:"at"`       // of the decision, UTC
}

// sealedApproval is an approval as its file holds it: JSON, whose seal is a MAC under a key of the key file over the approval alone.
type sealedApproval struct {
	Approval
	Seal []byte `json:"seal"` // base64
}

// A Sealing makes the MAC of a text under a key of the key file; *keyring.Indexer is one.
type Sealing interface{ Index(value string) []byte }

func (a Approval) seal(k Sealing) []byte { return k.Index("approval\x00" + string(encode(a))) }

// File is the approval as administrators take it to the command line.
func (a Approval) File(k Sealing) []byte {
	a.At = a.At.UTC().Truncate(time.Second)
	b, err := json.MarshalIndent(sealedApproval{a, a.seal(k)}, "", "  ")
	if err != nil {
		panic(err) // plain fields always encode
	}
	return append(b, '\n')
}

// IsApproval tells the file of an approval from one with a recovery code.
func IsApproval(file []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(file), []byte("{")) }

var (
	errApproval      = told.Refuse("Berkas persetujuan tidak dapat dibaca atau bukan dari instalasi ini; tidak ada yang diubah.")
	errApprovalOther = told.Refuse("Persetujuan ini untuk hal yang lain; tidak ada yang diubah.")
	errApprovalSpent = told.Refuse("Persetujuan ini sudah dipakai atau sudah lewat masa berlakunya (7 hari); tidak ada yang diubah.")
)

// ApprovalFor is what a file says that it approves; empty: it is none. ReadApproval judges whether it is good.
func ApprovalFor(file []byte) string {
	var a Approval
	if json.Unmarshal(file, &a) != nil {
		return ""
	}
	return a.For
}

// ReadApproval reads the file of an approval for what is to be done now. A *told.Error refuses one that is another installation's, of
// something else, too old, or used: its anchor has begun anew since. An anchor that is lost knows no generation and takes any.
func (a *Anchor) ReadApproval(file []byte, k Sealing, what string, now time.Time) (Approval, error) {
	var s sealedApproval
	if json.Unmarshal(file, &s) != nil || !hmac.Equal(s.Seal, s.seal(k)) || s.Asked == s.Approved {
		return Approval{}, errApproval
	}
	switch age := now.Sub(s.At); {
	case s.For != what:
		return Approval{}, errApprovalOther
	case age > ApprovalLife || age < -time.Hour, !a.Lost() && s.Generation != a.Generation():
		return Approval{}, errApprovalSpent
	}
	return s.Approval, nil
}

// Generation counts how often the anchor was begun.
func (a *Anchor) Generation() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.generation
}
