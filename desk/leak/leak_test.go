package leak

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	_ "modernc.org/sqlite"
)

func random(rng *rand.Rand, n int) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[rng.IntN(len(letters))]
	}
	return string(b)
}

func noise(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

func utf16of(s string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

func packed(make func(io.Writer) io.WriteCloser, plain []byte) []byte {
	var b bytes.Buffer
	w := make(&b)
	w.Write(plain)
	w.Close()
	return b.Bytes()
}

func gz(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
func zl(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }

// ways are how a value can lie in a file.
var ways = map[string]func(rng *rand.Rand, v string) []byte{
	"UTF-8": func(_ *rand.Rand, v string) []byte { return []byte(v) }, "lower case": func(_ *rand.Rand, v string) []byte {
		return []byte(strings.ToLower(v))
	},
	"UTF-16LE": func(_ *rand.Rand, v string) []byte { return utf16of(v, false) }, "UTF-16BE": func(_ *rand.Rand, v string) []byte {
		return utf16of(v, true)
	},
	"base64": func(rng *rand.Rand, v string) []byte {
		return []byte(base64.StdEncoding.EncodeToString(append(append(noise(rng, rng.IntN(9)), v...), noise(rng, rng.IntN(9))...)))
	},
	"base64 of UTF-16": func(rng *rand.Rand, v string) []byte {
		return []byte(base64.URLEncoding.EncodeToString(append(noise(rng, rng.IntN(9)), utf16of(v, rng.IntN(2) == 0)...)))
	},
	"hex": func(_ *rand.Rand, v string) []byte { return []byte(strings.ToUpper(hex.EncodeToString([]byte(v)))) },
	"url": func(_ *rand.Rand, v string) []byte { return []byte(url.QueryEscape(v)) },
	"JSON": func(_ *rand.Rand, v string) []byte {
		raw, _ := json.Marshal(map[string]string{"x": v})
		return raw
	},
	"JSON escapes": func(_ *rand.Rand, v string) []byte {
		var b bytes.Buffer
		for _, r := range v {
			fmt.Fprintf(&b, `\u%04X`, r)
		}
		return b.Bytes()
	},
	"HTML": func(_ *rand.Rand, v string) []byte { return []byte(html.EscapeString(v)) },
	"gzip": func(rng *rand.Rand, v string) []byte { return packed(gz, append(noise(rng, 100), v...)) },
	"zlib": func(rng *rand.Rand, v string) []byte { return packed(zl, append(noise(rng, 100), v...)) },
	"nested": func(rng *rand.Rand, v string) []byte {
		return packed(gz, append(noise(rng, 30), packed(zl, utf16of(v, false))...))
	},
	"zip": func(_ *rand.Rand, v string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, _ := z.Create("xl/sharedStrings.xml")
		io.WriteString(w, "<t>"+v+"</t>")
		z.Close()
		return b.Bytes()
	},
	"cut off": func(rng *rand.Rand, v string) []byte {
		whole := packed(gz, append([]byte(v), noise(rng, 60_000)...))
		return whole[:len(whole)/2]
	},
	"deflate in a PDF": func(_ *rand.Rand, v string) []byte {
		return []byte("<< /Filter /FlateDecode >>\nstream\n" + string(packed(zl, []byte("BT ("+v+") Tj ET"))) + "\nendstream")
	},
}

// Each value is found in each way, at any place of a file, and nothing is found where nothing is.
func TestEveryWayIsFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for round := range 12 {
		values := []string{random(rng, 8+rng.IntN(20)), random(rng, 12) + " " + random(rng, 9), random(rng, 24)}
		s, err := New(values)
		if err != nil {
			t.Fatal(err)
		}
		before, after := noise(rng, rng.IntN(300_000)), noise(rng, rng.IntN(2000))
		if found, err := s.In("x", bytes.NewReader(before), int64(len(before))); err != nil || len(found) > 0 {
			t.Fatalf("found in noise: %+v, %v", found, err)
		}
		for name, way := range ways {
			which := rng.IntN(len(values))
			content := bytes.Join([][]byte{before, way(rng, values[which]), after}, nil)
			found, err := s.In("x", bytes.NewReader(content), int64(len(content)))
			if err != nil {
				t.Fatal(err)
			}
			hit := false
			for _, f := range found {
				hit = hit || f.Value == which
				if f.Value != which {
					t.Errorf("round %d, %s: found value %d instead of %d", round, name, f.Value, which)
				}
			}
			if !hit {
				t.Errorf("round %d: %s of value %d is not found", round, name, which)
			}
			raw, err := json.Marshal(found)
			if err != nil || bytes.Contains(bytes.ToLower(raw), bytes.ToLower([]byte(values[which]))) {
				t.Errorf("%s: a finding repeats the value", name)
			}
		}
	}
}

// A long value in SQLite goes on in overflow pages; it is found wherever the page's end cuts it.
func TestValuesOverPagesOfSQLite(t *testing.T) {
	secret := "RAHASIAKELUARGABESARPENDUDUK"
	s, err := New([]string{secret})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.db")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA page_size = 1024; CREATE TABLE x (n INTEGER PRIMARY KEY, v BLOB); CREATE TABLE y (v TEXT)"); err != nil {
		t.Fatal(err)
	}
	const rows = 550
	for n := range rows { // the value begins at each place of a page
		if _, err := db.Exec("INSERT INTO x VALUES ($1, $2)", n, strings.Repeat("-", n)+secret+strings.Repeat("-", 3000-n)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec("VACUUM"); err != nil { // leaves one copy of each
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cut := rows - strings.Count(string(raw), secret)
	if cut < 10 {
		t.Fatalf("only %d values are cut by a page's end", cut)
	}
	x := &scan{search: s, file: file}
	if err := x.pages(bytes.NewReader(raw), int64(len(raw))); err != nil {
		t.Fatal(err)
	}
	places := map[string]bool{}
	for _, f := range x.found {
		places[f.Within] = true
	}
	if len(x.found) < maxFindings && len(places) < cut {
		t.Errorf("%d joints found of %d", len(places), cut)
	}
}

func TestFolderNamesWhatItCouldNotRead(t *testing.T) {
	dir := t.TempDir()
	s, err := New([]string{"RAHASIA KELUARGA"})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"a/b.log": "rahasia+keluarga", "c": "nothing",
		"d.gz": string(packed(gz, []byte("x RAHASIA KELUARGA")))} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var r Report
	if err := s.Folder(dir, &r); err != nil {
		t.Fatal(err)
	}
	if r.Files != 3 || len(r.Findings) != 2 || r.Clean() || len(r.Unread) != 0 {
		t.Errorf("%+v", r)
	}
	var missing Report
	if err := s.Folder(filepath.Join(dir, "nowhere"), &missing); err != nil || missing.Clean() {
		t.Error("a folder that is not there is called clean", err)
	}
	if _, err := New([]string{"short"}); err == nil {
		t.Error("a short value is searched for")
	}
}

// BenchmarkScan prints how fast a large file is searched.
func BenchmarkScan(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	var values []string
	for range 30 {
		values = append(values, random(rng, 16))
	}
	s, err := New(values)
	if err != nil {
		b.Fatal(err)
	}
	content := noise(rng, 32<<20)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if found, err := s.In("x", bytes.NewReader(content), int64(len(content))); err != nil || len(found) > 0 {
			b.Fatal(len(found), err)
		}
	}
}
