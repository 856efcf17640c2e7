package journal

import (
	"os"
	"path/filepath"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
)

// The log is read and proven by somebody else's program: torchwood's client of C2SP tlog-tiles.
func TestIndependentReaderVerifiesTheTiles(t *testing.T) {
	for _, n := range []int64{1, 256, 700, 66_000} {
		dir, verifier, _ := export(t, n)
		v, err := note.NewVerifier(verifier)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := os.ReadFile(filepath.Join(dir, CheckpointFile))
		if err != nil {
			t.Fatal(err)
		}
		opened, err := note.Open(signed, note.VerifierList(v))
		if err != nil {
			t.Fatal(err)
		}
		point, err := torchwood.ParseCheckpoint(opened.Text)
		if err != nil || point.Origin != v.Name() || point.N != n {
			t.Fatalf("%+v, %v", point, err)
		}
		tiles, err := torchwood.NewTileFS(os.DirFS(dir))
		if err != nil {
			t.Fatal(err)
		}
		client, err := torchwood.NewClient(tiles)
		if err != nil {
			t.Fatal(err)
		}
		var count int64
		for i, entry := range client.AllEntries(t.Context(), point.Tree, 0) {
			if id, err := place(entry); err != nil || id.Seq != i || i != count {
				t.Fatal(i, id, err)
			}
			count++
		}
		if err := client.Err(); err != nil || count != n {
			t.Fatalf("%d of %d entries, %v", count, n, err)
		}
		entry, proof, err := client.Entry(t.Context(), point.Tree, n/2)
		if err != nil || len(entry) == 0 || (n > 1 && len(proof) == 0) {
			t.Fatal(err)
		}
	}
}
