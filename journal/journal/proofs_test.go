package journal

import (
	"bytes"
	"crypto/ed25519"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// nodesOf computes subtrees from entries, without a store.
func nodesOf(entries [][]byte) Nodes {
	return func(level int, from, n int64) ([]Hash, error) {
		span := int64(1) << (tileHeight * level)
		out := make([]Hash, n)
		for i := range out {
			var f Frontier
			for _, e := range entries[(from+int64(i))*span : (from+int64(i)+1)*span] {
				f.Append(LeafHash(e))
			}
			out[i] = f.Root()
		}
		return out, nil
	}
}

func TestReceiptsProveTheirEntryAndNothingElse(t *testing.T) {
	const n = 300
	dir, verifier, entries := export(t, n)
	signed, err := os.ReadFile(filepath.Join(dir, CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	nodes := nodesOf(entries)
	point, err := OpenCheckpoint(signed, verifier)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int64{0, 1, 17, 255, 256, 299} {
		receipt, err := NewReceipt(entries[i], i, point, signed, nodes)
		if err != nil {
			t.Fatal(err)
		}
		entry, id, c, err := CheckReceipt(receipt, verifier)
		if err != nil || !bytes.Equal(entry, entries[i]) || id != (ID{7, i}) || c.Size != n {
			t.Fatalf("%d: %v", i, err)
		}
		r := rand.New(rand.NewPCG(3, uint64(i)))
		for range 300 {
			bad := bytes.Clone(receipt)
			bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
			if _, _, _, err := CheckReceipt(bad, verifier); err == nil {
				t.Fatalf("%d: a receipt with a flipped bit passed", i)
			}
		}
		if _, err := NewReceipt(entries[(i+1)%n], i, point, signed, nodes); err == nil {
			t.Error("another entry got this proof")
		}
		forged := bytes.Replace(receipt, []byte(base64Text(entries[i])), []byte(base64Text(entries[(i+1)%n])), 1)
		if _, _, _, err := CheckReceipt(forged, verifier); err == nil {
			t.Error("another entry passed with this proof")
		}
	}
}

func TestKeyOfAnotherLogOrInstallationOpensNothing(t *testing.T) {
	dir, _, _ := export(t, 3)
	other, _ := NewSigner("gapura.example/dinlain", key)
	stranger, _ := NewSigner("gapura.example/dinrekaan", ed25519.NewKeyFromSeed(make([]byte, 32)))
	for _, s := range []*Signer{other, stranger} {
		if _, err := Verify(os.DirFS(dir), s.VerifierKeys(), nil, nil); err == nil {
			t.Error("a foreign key opened the log")
		}
	}
}

// A log of any two sizes: the larger is proven to go on from the smaller, and from nothing else.
func TestConsistencyIsProvenAndForksAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 700).Draw(t, "size")
		entries := make([][]byte, size)
		for i := range entries {
			entries[i] = []byte{byte(i), byte(i >> 8)}
		}
		at := func(list [][]byte) Checkpoint {
			var f Frontier
			for _, e := range list {
				f.Append(LeafHash(e))
			}
			return Checkpoint{Size: f.Size, Root: f.Root()}
		}
		old := rapid.IntRange(1, size).Draw(t, "old")
		proof, err := ProveConsistency(int64(size), int64(old), nodesOf(entries))
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadProof(EncodeProof(proof))
		if err != nil || !slices.Equal(again, proof) {
			t.Fatal("the proof does not survive its text", err)
		}
		if err := CheckConsistency(at(entries), at(entries[:old]), again); err != nil {
			t.Fatal(err)
		}
		other := slices.Clone(entries[:old])
		other[rapid.IntRange(0, old-1).Draw(t, "changed")] = []byte("another")
		if CheckConsistency(at(entries), at(other), again) == nil {
			t.Fatal("a log with another past passed")
		}
		if old < size && CheckConsistency(at(entries[:old]), at(entries), again) == nil {
			t.Fatal("a shorter log passed")
		}
	})
}

func FuzzCheckReceipt(f *testing.F) {
	f.Add([]byte("c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n\ngapura.example/dinrekaan\n1\n"))
	s, _ := NewSigner("gapura.example/dinrekaan", key)
	f.Fuzz(func(t *testing.T, receipt []byte) {
		if _, _, _, err := CheckReceipt(receipt, s.VerifierKeys()); err == nil {
			t.Error("something that was never signed passed")
		}
	})
}
