package journal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
)

// A Policy says which witnesses must have cosigned a checkpoint before it is believed (C2SP tlog-policy), and which logs it is about; none
// named: any.
type Policy struct {
	Witnesses []PolicyWitness

	logs   map[string]string // origin → verifier keys, one a line
	known  note.Verifiers    // the witnesses' keys
	quorum torchwood.Policy
}

// A PolicyWitness is a witness as a policy names it.
type PolicyWitness struct {
	Name string // within the policy
	Key  string // verifier key
	URL  string // its submission prefix (C2SP tlog-witness); empty: it is not asked from here
}

// What a policy may hold at most, which is what C2SP tlog-policy asks to support at least.
const (
	maxPolicy    = 64 << 10 // bytes
	maxPolicyOf  = 32       // lines of each kind
	policyFields = "log <vkey> [<url>], witness <name> <vkey> [<url>], group <name> <any|all|number> <name>…, quorum <name|none>"
)

// ParsePolicy reads a policy file. An error names the line.
func ParsePolicy(text []byte) (*Policy, error) {
	p := &Policy{logs: map[string]string{}}
	if len(text) > maxPolicy {
		return nil, errors.New("policy: too long")
	}
	var rest []string // for torchwood, which takes several logs to be all wanted
	var verifiers []note.Verifier
	count, keys, members := map[string]int{}, map[string]bool{}, map[string]bool{}
	for i, line := range strings.Split(string(text), "\n") {
		bad := func(why string) (*Policy, error) { return nil, fmt.Errorf("policy, line %d: %s", i+1, why) }
		if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return bad("control character")
		}
		f := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			rest = append(rest, "")
			continue
		}
		if count[f[0]]++; count[f[0]] > maxPolicyOf {
			return bad("too many lines of its kind")
		}
		switch {
		case f[0] == "log" && (len(f) == 2 || len(f) == 3):
			v, err := note.NewVerifier(f[1])
			if err != nil || keys[f[1]] { // one key may sign several logs, each under its own name
				return bad("not the verifier key of a log, or named twice")
			}
			keys[f[1]] = true
			p.logs[v.Name()] = strings.TrimPrefix(p.logs[v.Name()]+"\n"+f[1], "\n")
			line = ""
		case f[0] == "witness" && (len(f) == 3 || len(f) == 4):
			v, err := torchwood.NewCosignatureVerifier(f[2])
			if err != nil || keys[publicPart(f[2])] {
				return bad("not the Ed25519 verifier key of a witness, or named twice")
			}
			keys[publicPart(f[2])] = true
			verifiers = append(verifiers, v)
			w := PolicyWitness{Name: f[1], Key: f[2]}
			if len(f) == 4 {
				w.URL = f[3]
			}
			p.Witnesses = append(p.Witnesses, w)
		case f[0] == "group" && len(f) >= 4:
			for _, m := range f[3:] {
				if members[m] {
					return bad("a member of two groups: " + m)
				}
				members[m] = true
			}
		case f[0] == "quorum" && len(f) == 2:
		default:
			return bad("want " + policyFields)
		}
		rest = append(rest, line)
	}
	var err error
	if p.quorum, err = torchwood.ParsePolicy([]byte(strings.Join(rest, "\n"))); err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	p.known = note.VerifierList(verifiers...)
	return p, nil
}

// publicPart is the key of a verifier key without its name and number.
func publicPart(key string) string {
	if parts := strings.SplitN(key, "+", 3); len(parts) == 3 {
		return parts[2]
	}
	return key
}

// LogKeys are the verifier keys that the policy has for a log; known is false when it names logs, and not this one.
func (p *Policy) LogKeys(origin string) (keys string, known bool) {
	return p.logs[origin], len(p.logs) == 0 || p.logs[origin] != ""
}

// Witness is the witness of a name; false when the policy has none.
func (p *Policy) Witness(name string) (PolicyWitness, bool) {
	i := slices.IndexFunc(p.Witnesses, func(w PolicyWitness) bool { return w.Name == name })
	if i < 0 {
		return PolicyWitness{}, false
	}
	return p.Witnesses[i], true
}

// A Cosignature is what one of a policy's witnesses signed under a checkpoint.
type Cosignature struct {
	Witness string    // its name within the policy
	At      time.Time // when it signed, by its own clock
	Line    string    // of the note
}

// maxSignatures is how many lines a checkpoint's signatures have at most: the provider's keys, the agency's desk and a policy's witnesses.
const maxSignatures = maxPolicyOf + keysAtOnce + 1

// countSignatures refuses a checkpoint with more signatures than it can have, and one that somebody signed twice.
func countSignatures(signed []byte) error {
	_, lines, ok := bytes.Cut(signed, []byte("\n\n"))
	if !ok {
		return errors.New("not a signed checkpoint")
	}
	if bytes.Count(lines, []byte("\n")) > maxSignatures {
		return errors.New("more signatures than a checkpoint can have")
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(lines)) {
		name, sig, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(line, "— "), "\n"), " ")
		b, err := base64.StdEncoding.DecodeString(sig)
		if err != nil || len(b) < 5 {
			return errors.New("not a signed checkpoint")
		}
		by := fmt.Sprintf("%s %x", name, b[:4])
		if seen[by] {
			return fmt.Errorf("signed twice by %s", name)
		}
		seen[by] = true
	}
	return nil
}

// ErrQuorum says that fewer witnesses cosigned a checkpoint than the policy asks for.
var ErrQuorum = errors.New("not cosigned by as many witnesses as the policy asks for")

// Cosignatures are those of the policy's witnesses under a checkpoint. Others count for nothing; a wrong one, two by the same key, and more
// lines than a checkpoint can have are refused.
func (p *Policy) Cosignatures(signed []byte) (list []Cosignature, err error) {
	if err := countSignatures(signed); err != nil {
		return nil, err
	}
	n, err := note.Open(signed, p.known)
	if _, none := errors.AsType[*note.UnverifiedNoteError](err); none {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cosignatures: %w", err)
	}
	for _, s := range n.Sigs {
		for _, w := range p.Witnesses {
			if v, err := torchwood.NewCosignatureVerifier(w.Key); err != nil || v.Name() != s.Name || v.KeyHash() != s.Hash {
				continue
			}
			at, err := torchwood.CosignatureTimestamp(s)
			if err != nil {
				return nil, fmt.Errorf("cosignature of %s: %w", w.Name, err)
			}
			list = append(list, Cosignature{w.Name, time.Unix(at, 0), "— " + s.Name + " " + s.Base64 + "\n"})
		}
	}
	return list, nil
}

// Check holds a checkpoint's cosignatures against the policy; ErrQuorum when there are too few.
func (p *Policy) Check(signed []byte) ([]Cosignature, error) {
	list, err := p.Cosignatures(signed)
	if err != nil {
		return nil, err
	}
	var sigs []note.Signature
	for _, c := range list {
		w, _ := p.Witness(c.Witness)
		v, err := torchwood.NewCosignatureVerifier(w.Key)
		if err != nil {
			return nil, err
		}
		sigs = append(sigs, note.Signature{Name: v.Name(), Hash: v.KeyHash()})
	}
	if p.quorum.Check("", sigs) != nil {
		return list, fmt.Errorf("%w (%d of %d signed)", ErrQuorum, len(list), len(p.Witnesses))
	}
	return list, nil
}

// Follow checks that no witness signed a later checkpoint before an earlier one of the same log.
func (p *Policy) Follow(earlier, later []byte) error {
	before, err := p.Cosignatures(earlier)
	if err != nil {
		return fmt.Errorf("old checkpoint: %w", err)
	}
	after, err := p.Cosignatures(later)
	if err != nil {
		return err
	}
	for _, b := range before {
		for _, a := range after {
			if a.Witness == b.Witness && a.At.Before(b.At) {
				return fmt.Errorf("%s cosigned this checkpoint at %s, before the smaller one at %s", a.Witness,
					a.At.UTC().Format(time.RFC3339), b.At.UTC().Format(time.RFC3339))
			}
		}
	}
	return nil
}

// Demand holds a checkpoint against the whole policy: the log's key, when the policy names logs, and the cosignatures.
func (p *Policy) Demand(signed []byte) ([]Cosignature, error) {
	origin, _, _ := bytes.Cut(signed, []byte("\n"))
	keys, known := p.LogKeys(string(origin))
	if !known {
		return nil, fmt.Errorf("the policy names no log %q", origin)
	}
	if keys != "" {
		if _, err := OpenCheckpoint(signed, keys); err != nil {
			return nil, fmt.Errorf("by the policy's key of the log: %w", err)
		}
	}
	return p.Check(signed)
}
