package journal

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
)

func testKey(c string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(c, ed25519.SeedSize)))
}

func testCosigner(t *testing.T, name string) *Cosigner {
	t.Helper()
	c, err := NewCosigner(name+".example/w", testKey(name[:1]))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func cosignAll(t *testing.T, signed []byte, at time.Time, by ...*Cosigner) []byte {
	t.Helper()
	for _, c := range by {
		var err error
		if signed, err = c.Cosign(signed, at); err != nil {
			t.Fatal(err)
		}
	}
	return signed
}

// A policy is met by its quorum alone, whatever else is signed under the checkpoint; who is not named counts for nothing.
func TestAPolicyDemandsItsQuorum(t *testing.T) {
	signer, err := NewSigner("gapura.example/dinpertan", testKey("l"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(7, Hash{7})
	if err != nil {
		t.Fatal(err)
	}
	a, b, c, x := testCosigner(t, "a"), testCosigner(t, "b"), testCosigner(t, "c"), testCosigner(t, "x")
	text := fmt.Sprintf("# two of three\nlog %s\nwitness a %s\nwitness b\t%s https://b.example/\n\nwitness c %s\ngroup g 2 a b "+
		"c\nquorum g\n",
		signer.VerifierKeys(), a.VerifierKey(), b.VerifierKey(), c.VerifierKey())
	p, err := ParsePolicy([]byte(text))
	if err != nil || len(p.Witnesses) != 3 || p.Witnesses[1] != (PolicyWitness{"b", b.VerifierKey(), "https://b.example/"}) {
		t.Fatalf("%+v %v", p, err)
	}
	foreign, err := torchwood.ParsePolicy([]byte(text)) // what others make of the same file
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_790_000_000, 0)
	for _, try := range []struct {
		by   []*Cosigner
		well bool
	}{{nil, false}, {[]*Cosigner{a}, false}, {[]*Cosigner{a, x}, false}, {[]*Cosigner{a, c}, true}, {[]*Cosigner{x, b, c}, true},
		{[]*Cosigner{a, b, c}, true}} {
		full := cosignAll(t, signed, at, try.by...)
		list, err := p.Demand(full)
		if (err == nil) != try.well || err != nil && !errors.Is(err, ErrQuorum) {
			t.Errorf("%d cosigners: %v", len(try.by), err)
		}
		if try.well && !list[0].At.Equal(at) {
			t.Errorf("%+v", list)
		}
		if _, _, err := torchwood.VerifyCheckpoint(full, foreign); (err == nil) != try.well {
			t.Errorf("torchwood: %d cosigners: %v", len(try.by), err)
		}
	}
	other, err := NewSigner("gapura.example/dinsos", testKey("l"))
	if err != nil {
		t.Fatal(err)
	}
	if signed, err = other.Sign(7, Hash{7}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Demand(cosignAll(t, signed, at, a, b)); err == nil || !strings.Contains(err.Error(), "names no log") {
		t.Errorf("a log that the policy does not name: %v", err)
	}
}

func TestWrongAndSurplusSignaturesAreRefused(t *testing.T) {
	signer, err := NewSigner("gapura.example/dinpertan", testKey("l"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(7, Hash{7})
	if err != nil {
		t.Fatal(err)
	}
	a := testCosigner(t, "a")
	p, err := ParsePolicy([]byte("witness a " + a.VerifierKey() + "\nquorum a\n"))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_790_000_000, 0)
	twice := cosignAll(t, signed, at, a, a)
	if _, err := p.Check(twice); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("signed twice: %v", err)
	}
	if _, err := OpenCheckpoint(twice, signer.VerifierKeys()); err == nil {
		t.Error("a checkpoint that somebody signed twice is opened")
	}
	another, err := signer.Sign(8, Hash{8})
	if err != nil {
		t.Fatal(err)
	}
	line, err := a.Line(another, at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Check(append(append([]byte{}, signed...), line...)); err == nil || errors.Is(err, ErrQuorum) {
		t.Errorf("a signature of another checkpoint: %v", err)
	}
	many := cosignAll(t, signed, at, a)
	for i := range maxSignatures {
		c, err := NewCosigner(fmt.Sprintf("x%d.example", i), testKey("x"))
		if err != nil {
			t.Fatal(err)
		}
		many = cosignAll(t, many, at, c)
	}
	if _, err := p.Check(many); err == nil || !strings.Contains(err.Error(), "more signatures") {
		t.Errorf("too many: %v", err)
	}
	if _, err := OpenCheckpoint(many, signer.VerifierKeys()); err == nil {
		t.Error("a checkpoint with too many signatures is opened")
	}
}

func TestTimesOfCosignaturesAscend(t *testing.T) {
	signer, err := NewSigner("gapura.example/dinpertan", testKey("l"))
	if err != nil {
		t.Fatal(err)
	}
	a := testCosigner(t, "a")
	p, err := ParsePolicy([]byte("witness a " + a.VerifierKey() + "\nquorum a\n"))
	if err != nil {
		t.Fatal(err)
	}
	sign := func(size int64, at int64) []byte {
		signed, err := signer.Sign(size, Hash{byte(size)})
		if err != nil {
			t.Fatal(err)
		}
		return cosignAll(t, signed, time.Unix(at, 0), a)
	}
	if err := p.Follow(sign(7, 1000), sign(8, 1000)); err != nil {
		t.Error(err)
	}
	if err := p.Follow(sign(7, 1001), sign(8, 1000)); err == nil || !strings.Contains(err.Error(), "before") {
		t.Errorf("a later checkpoint that was cosigned earlier: %v", err)
	}
}

func TestAPolicyIsReadStrictly(t *testing.T) {
	a, b := testCosigner(t, "a").VerifierKey(), testCosigner(t, "b").VerifierKey()
	for text, want := range map[string]string{
		"":                                     "no quorum",
		"quorum a":                             "not defined",
		"witness a x\nquorum a":                "line 1",
		"witness a " + a + "\nfoo b\nquorum a": "line 2",
		"witness a " + a + "\nwitness b " + a + "\nquorum a":                               "named twice",
		"witness a " + a + "\ngroup g 2 a\nquorum g":                                       "threshold",
		"witness a " + a + "\nwitness b " + b + "\ngroup g 1 a b\ngroup h 1 a g\nquorum h": "two groups",
		"witness a " + a + "\nquorum a\nquorum none":                                       "multiple quorum",
		"witness a " + a + "\r\nquorum a":                                                  "control",
		"witness a " + a + " u v\nquorum a":                                                "line 1",
		strings.Repeat("quorum a\n", 33):                                                   "too many",
	} {
		if _, err := ParsePolicy([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := ParsePolicy([]byte("quorum none")); err != nil {
		t.Error(err)
	}
}
