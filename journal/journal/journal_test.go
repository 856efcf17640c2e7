package journal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"gapura/person/nik"
	"gapura/person/population"
)

var key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// naive is the tree as RFC 6962 2.1 writes it down.
func naive(leaves [][]byte) [32]byte {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	}
	k := 1 << (bits.Len(uint(len(leaves)-1)) - 1)
	l, r := naive(leaves[:k]), naive(leaves[k:])
	return sha256.Sum256(append(append([]byte{1}, l[:]...), r[:]...))
}

func TestFrontierIsTheTreeOfRFC6962(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leaves := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 20), 0, 600).Draw(t, "leaves")
		var f Frontier
		for _, l := range leaves {
			f.Append(LeafHash(l))
			// It is stored after each transaction and read again before the next.
			g, err := ReadFrontier(f.Size, f.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			f = g
		}
		if f.Root() != naive(leaves) {
			t.Fatalf("root of %d leaves", len(leaves))
		}
	})
	if _, err := ReadFrontier(3, make([]byte, tlog.HashSize)); !errors.Is(err, ErrTree) {
		t.Error("a frontier of another size was taken")
	}
}

func record(seq int64) Record {
	n, err := nik.Parse("3303010101800001")
	if err != nil {
		panic(err)
	}
	return Record{
		ID: ID{7, seq}, At: time.Date(2026, 9, 16, 2, 3, 4, 567_891_234, time.UTC), Act: ActLookup, User: 12, Agreement: 3, Basis: "PKS 1",
		Method:  "portal",
		Purpose: "bantuan <ternak> & benih", Reference: "B/1", NIK: n, Outcome: "found", Hit: true,
		Elements: population.Of(population.ElNIK, population.ElName),
	}
}

func TestLeafHoldsNoNIKAndOpensWithItsSaltOnly(t *testing.T) {
	r, salt := record(5), NewSalt()
	c := Commit(salt, r.NIK)
	entry := EncodeRecord(r, Closed{NIK: &c})
	want := `{"v":1,"log":7,"seq":5,"at":"2026-09-16T02:03:04.567891Z","act":"lookup","user":12,"agreement":3,"basis":"PKS 1","method":"portal","purpose":"bantuan \u003cternak\u003e \u0026 benih","reference":"B/1","address":"","nik":"` +
		base64Text(c[:]) + `","outcome":"found","hit":true,"elements":["nik","nama_lengkap"]}`
	if string(entry) != want {
		t.Errorf("the encoding has changed:\n%s\n%s", entry, want)
	}
	if bytes.Contains(entry, []byte(r.NIK.Digits())) {
		t.Error("the NIK is in the leaf")
	}
	other, _ := nik.Parse("3303010101800002")
	if Commit(NewSalt(), r.NIK) == c || Commit(salt, other) == c || Commit(salt, r.NIK) != c {
		t.Error("the commitment does not bind")
	}
	if id, err := place(entry); err != nil || id != r.ID {
		t.Error(id, err)
	}
	change := EncodeChange(Change{ID: ID{7, 6}, At: r.At, By: 1, Subject: "User ID a", Before: "aktif", After: "dinonaktifkan",
		Reason: "pindah", Letter: "470/1"}, Closed{})
	if string(
		change) != `{"v":1,"log":7,"seq":6,"at":"2026-09-16T02:03:04.567891Z","act":"change","user":1,"subject":"User ID a","before":"aktif","after":"dinonaktifkan","reason":"pindah","letter":"470/1"}` {
		t.Errorf("%s", change)
	}
}

// The leaf that is appended by hand is what encoding/json makes of accessLeaf, whatever texts are in it.
func TestLeafIsWhatJSONMakesOfIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string {
			return rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~é<>&"\\\x00-\x1f\x{2028}]{0,12}`),
				rapid.Just("")).Draw(t, name)
		}
		number := func(name string) int64 { return rapid.OneOf(rapid.Just(int64(0)), rapid.Int64()).Draw(t, name) }
		at := func(name string) time.Time {
			zone := time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, name)*3600)
			return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, name), rapid.Int64Range(0, 999_999_999).Draw(t, name)).In(zone)
		}
		r := Record{
			ID: ID{number("log"), number("seq")}, At: at("at"), Act: text("act"), User: number("user"), Agreement: number("agreement"),
			Basis: text("basis"), Method: text("method"), Purpose: text("purpose"), Reference: text("reference"), Outcome: text("outcome"),
			Hit: rapid.Bool().Draw(t, "hit"), Elements: population.Elements(rapid.Uint32().Draw(t, "elements")),
			Application: number("application"), Reader: text("reader"),
		}
		want := accessLeaf{
			V: leafClear, Log: r.ID.Log, Seq: r.ID.Seq, At: leafInstant(r.At), Act: r.Act, User: r.User, Agreement: r.Agreement,
			Basis: r.Basis, Method: r.Method, Purpose: r.Purpose, Reference: &r.Reference, Outcome: r.Outcome, Hit: r.Hit,
			Elements: r.Elements.Strings(), Application: r.Application, Reader: r.Reader,
		}
		if rapid.Bool().Draw(t, "addressed") {
			r.Address = netip.AddrFrom16([16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "address"))).Unmap()
			want.Address = r.Address.String()
		}
		if rapid.Bool().Draw(t, "read") {
			r.ReadAt = at("read at")
			want.ReadAt = leafInstant(r.ReadAt)
		}
		var c Closed
		if rapid.Bool().Draw(t, "committed") {
			c.NIK = (*Commitment)(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "commitment"))
			want.NIK = base64Text(c.NIK[:])
		}
		if rapid.Bool().Draw(t, "sealed") {
			c.Period = Period(rapid.IntRange(2024, 2099).Draw(t, "year")*100 + rapid.IntRange(1, 12).Draw(t, "month"))
			if rapid.Bool().Draw(t, "text") {
				c.Text = (*Commitment)(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "text's commitment"))
			}
			want.V, want.Key, want.Reference, want.Text = leafSealed, c.Period.String(), nil, new(c.Text.text())
		}
		if got := EncodeRecord(r, c); string(got) != string(encode(want)) {
			t.Fatalf("%s\nwant %s", got, encode(want))
		}
	})
}

// export writes a log of n records and returns its folder, key, and the entries.
func export(t testing.TB, n int64) (dir, verifier string, entries [][]byte) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "log")
	x, err := NewExporter(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSigner("gapura.example/dinrekaan", key)
	if err != nil {
		t.Fatal(err)
	}
	var f Frontier
	for seq := range n {
		r := record(seq)
		c := Commit(Salt{byte(seq)}, r.NIK)
		closed := Closed{NIK: &c}
		if seq%2 == 1 { // a log goes on over the change of the form
			closed.Period = PeriodOf(r.At)
		}
		e := EncodeRecord(r, closed)
		if n <= 10_000 {
			entries = append(entries, e)
		}
		f.Append(LeafHash(e))
		if err := x.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	signed, err := s.Sign(n, f.Root())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Finish(signed, s.VerifierKeys()); err != nil {
		t.Fatal(err)
	}
	return dir, s.VerifierKeys(), entries
}

func TestWholeLogsOfAllSizesVerify(t *testing.T) {
	for _, n := range []int64{0, 1, 2, 255, 256, 257, 511, 512, 700, 66_000} {
		dir, verifier, _ := export(t, n)
		c, err := Verify(os.DirFS(dir), verifier, nil, nil)
		if err != nil || c.Size != n {
			t.Errorf("%d entries: %+v, %v", n, c, err)
		}
	}
	if _, err := NewExporter(filepath.Dir(os.Args[0])); err == nil {
		t.Error("a folder that is not empty was taken")
	}
}

// load reads a folder into memory, to be spoiled there.
func load(t testing.TB, dir string) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, path))
		m[path] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Whatever is flipped, dropped, inserted, swapped or cut off anywhere in an export is found, and its place is named.
func TestEveryTamperingIsFound(t *testing.T) {
	dir, verifier, _ := export(t, 700)
	whole := load(t, dir)
	var names []string
	for name := range whole {
		names = append(names, name)
	}
	slices.Sort(names)
	check := func(what string, m fstest.MapFS) {
		t.Helper()
		used := verifier
		if f := m[KeyFile]; f == nil || string(f.Data) != verifier+"\n" {
			used = "" // who has no key from elsewhere reads the folder's
			if f != nil {
				used = strings.TrimSuffix(string(f.Data), "\n")
			}
		}
		_, err := Verify(m, used, nil, nil)
		if bad, ok := errors.AsType[*Tampered](err); !ok || bad.Place == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	copyOf := func() fstest.MapFS {
		m := fstest.MapFS{}
		for k, v := range whole {
			m[k] = &fstest.MapFile{Data: bytes.Clone(v.Data)}
		}
		return m
	}
	for range 60 {
		for _, name := range names {
			m := copyOf()
			d := m[name].Data
			at := r.IntN(len(d))
			what := fmt.Sprintf("%s at %d: ", name, at)
			switch r.IntN(5) {
			case 0, 1:
				d[at] ^= 1 << r.IntN(8)
				what += "flipped"
			case 2:
				m[name].Data = slices.Delete(d, at, at+1)
				what += "dropped"
			case 3:
				m[name].Data = slices.Insert(d, at, byte(r.IntN(256)))
				what += "inserted"
			case 4:
				m[name].Data = d[:at]
				what += "cut off"
			}
			if !bytes.Equal(m[name].Data, whole[name].Data) {
				check(what, m)
			}
		}
	}
	for _, name := range names {
		m := copyOf()
		delete(m, name)
		if name != KeyFile {
			check(name+" taken away", m)
		}
		if other := names[r.IntN(len(names))]; !bytes.Equal(whole[name].Data, whole[other].Data) {
			m = copyOf()
			m[name], m[other] = m[other], m[name]
			check(name+" swapped with "+other, m)
		}
	}
	// Two entries change places, with all that follows from it but the signature.
	m := copyOf()
	x := &tiler{emit: func(path string, b []byte) error { m[path] = &fstest.MapFile{Data: bytes.Clone(b)}; return nil }}
	_, _, entries := export(t, 700)
	entries[3], entries[4] = entries[4], entries[3]
	for _, e := range entries {
		if err := x.add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.finish(); err != nil {
		t.Fatal(err)
	}
	check("entries 3 and 4 swapped and the tree made anew", m)
}

// A file of something else beside the log, and a copy in text mode from one system to another, are told apart from tampering: the log is
// whole.
func TestAnUntidyFolderIsNotTamperedWith(t *testing.T) {
	dir, verifier, _ := export(t, 700)
	whole := load(t, dir)
	verify := func(change func(name string, b []byte) []byte, stray ...string) error {
		m := fstest.MapFS{}
		for name, f := range whole {
			m[name] = &fstest.MapFile{Data: change(name, bytes.Clone(f.Data))}
		}
		for _, name := range stray {
			m[name] = &fstest.MapFile{Data: []byte("x")}
		}
		c, err := Verify(m, verifier, nil, nil)
		if c.Size != 700 && err != nil {
			if _, bad := errors.AsType[*Tampered](err); !bad {
				t.Errorf("%+v, %v", c, err)
			}
		}
		return err
	}
	same := func(_ string, b []byte) []byte { return b }
	err := verify(same, "Thumbs.db", "tile/0/.DS_Store", "tile/entries/002.p/188.alt")
	if u, ok := errors.AsType[*Untidy](err); !ok || !slices.Equal(u.Stray, []string{"Thumbs.db", "tile/0/.DS_Store",
		"tile/entries/002.p/188.alt"}) || len(u.LineEnds) > 0 {
		t.Errorf("stray files: %v", err)
	}
	for name := range whole {
		if name == KeyFile {
			continue
		}
		for how, change := range map[string]func([]byte) []byte{"to CRLF": asText, "to LF": fromText} {
			err := verify(func(n string, b []byte) []byte {
				if n == name {
					b = change(b)
				}
				return b
			})
			changed := !bytes.Equal(change(whole[name].Data), whole[name].Data)
			if u, ok := errors.AsType[*Untidy](err); changed && (!ok || !slices.Equal(u.LineEnds, []string{name}) || len(u.Stray) > 0) ||
				!changed && err != nil {
				t.Errorf("%s %s: %v", name, how, err)
			}
			// What is more than a change of line ends stays tampering.
			err = verify(func(n string, b []byte) []byte {
				if n == name {
					b = change(b)
					b[len(b)-2] ^= 1
				}
				return b
			}, "Thumbs.db")
			if _, ok := errors.AsType[*Tampered](err); !ok {
				t.Errorf("%s %s and a bit: %v", name, how, err)
			}
		}
	}
	// The first bad place is the entry itself, not the hash beside it.
	first := tilePath(-1, 0, tileWidth)
	err = verify(func(n string, b []byte) []byte {
		if n == first {
			b[bytes.IndexByte(b, 'Z')] = 'z' // of the first instant: the entry can be read as before
		}
		return b
	})
	if bad, ok := errors.AsType[*Tampered](err); !ok || bad.Place != first || !strings.Contains(bad.Why, "entry 0") {
		t.Errorf("a changed entry: %v", err)
	}
	err = verify(func(_ string, b []byte) []byte { return asText(b) }, "desktop.ini")
	if u, ok := errors.AsType[*Untidy](err); !ok || len(u.LineEnds) < 4 || len(u.Stray) != 1 ||
		!strings.Contains(err.Error(), "line ends") {
		t.Errorf("all of it: %v", err)
	}
}

func TestRewrittenAndRolledBackLogsAreFoundByAnOldCheckpoint(t *testing.T) {
	long, verifier, entries := export(t, 300)
	kept, err := os.ReadFile(filepath.Join(long, CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	longer, _, _ := export(t, 301)
	if _, err := Verify(os.DirFS(longer), verifier, kept, nil); err != nil {
		t.Errorf("a log that only grew: %v", err)
	}
	if _, err := Verify(os.DirFS(long), verifier, kept, nil); err != nil {
		t.Errorf("the same log: %v", err)
	}
	short, _, _ := export(t, 299)
	if _, err := Verify(os.DirFS(short), verifier, kept, nil); err == nil {
		t.Error("a log that was rolled back passed")
	}
	// The provider rewrites a record and signs the new log with its own key.
	for _, n := range []int{300, 310} {
		dir := filepath.Join(t.TempDir(), "log")
		x, err := NewExporter(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := NewSigner("gapura.example/dinrekaan", key)
		for i := range n {
			e := EncodeRecord(record(int64(i)), Closed{})
			if i < len(entries) && i != 17 {
				e = entries[i]
			}
			if err := x.Add(e); err != nil {
				t.Fatal(err)
			}
		}
		signed, _ := s.Sign(int64(n), x.t.frontier.Root())
		if _, err := x.Finish(signed, verifier); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(os.DirFS(dir), verifier, nil, nil); err != nil {
			t.Fatal("the forgery is not even whole", err)
		}
		if _, err := Verify(os.DirFS(dir), verifier, kept, nil); err == nil {
			t.Errorf("a log of %d entries that was rewritten passed", n)
		}
	}
}

// After a change of keys the newest and the one before it sign, so that who holds only the old key goes on, until the next change.
func TestChangedKeysGoOnWithTheirPredecessor(t *testing.T) {
	keys := make([]ed25519.PrivateKey, 3)
	for i := range keys {
		keys[i] = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(i)}, ed25519.SeedSize))
	}
	sign := func(list ...ed25519.PrivateKey) (signed []byte, verifier string) {
		t.Helper()
		s, err := NewSigner("gapura.example/dinrekaan", list...)
		if err != nil {
			t.Fatal(err)
		}
		if signed, err = s.Sign(3, Hash{1}); err != nil {
			t.Fatal(err)
		}
		return signed, s.VerifierKeys()
	}
	first, firstKey := sign(keys[0])
	second, secondKeys := sign(keys[1], keys[0])
	third, thirdKeys := sign(keys[2], keys[1], keys[0])
	opens := func(signed []byte, verifier string) bool {
		_, err := OpenCheckpoint(signed, verifier)
		return err == nil
	}
	if !opens(first, firstKey) || !opens(second, firstKey) || !opens(second, secondKeys) || !opens(first, secondKeys) ||
		!opens(third, secondKeys) || !opens(first, thirdKeys) {
		t.Error("a checkpoint does not open with keys that were handed out for it")
	}
	if opens(third, firstKey) {
		t.Error("a key that was changed twice still opens")
	}
	spoiled := bytes.Replace(second, []byte("\n3\n"), []byte("\n4\n"), 1)
	if opens(spoiled, secondKeys) || opens(spoiled, firstKey) {
		t.Error("a changed checkpoint opens")
	}
}

// BenchmarkVerify checks a log of 1,000,000 records (goal: under 30 s on 2 cores); GAPURA_BENCH_RECORDS makes it another number.
func BenchmarkVerify(b *testing.B) {
	n := int64(1_000_000)
	if v, err := strconv.ParseInt(os.Getenv("GAPURA_BENCH_RECORDS"), 10, 64); err == nil {
		n = v
	}
	begun := time.Now()
	dir, verifier, _ := export(b, n)
	written := time.Since(begun)
	var size int64
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if i, err := d.Info(); err == nil {
				size += i.Size()
			}
		}
		return nil
	})
	for b.Loop() {
		if _, err := Verify(os.DirFS(dir), verifier, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(written.Seconds(), "s/export")
	b.ReportMetric(float64(size)/float64(n), "bytes/record")
}
