package crash

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// When a file of the database is taken away, or another is put in its place, while the service runs, nobody is answered any more: what
// would be written lies in no folder. The file is put back, and the service goes on by itself.
func TestADatabaseFileThatIsTakenAway(t *testing.T) {
	d := setUp(t, "")
	l, nik := d.api["dinpertan"], d.found[0]
	url, _ := d.serve(t)
	first := ask(t, url, l, nik, "A")
	if first.status != http.StatusOK {
		t.Fatal(first)
	}
	answers := []answer{first.answer}
	for _, name := range []string{"gapura.db", "gapura-population.db"} {
		file := filepath.Join(d.dir, name)
		if err := os.Rename(file, file+".away"); err != nil {
			t.Fatal(err)
		}
		if name == "gapura.db" { // another's
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		for get(url+"/readyz") != http.StatusServiceUnavailable && time.Since(began) < 10*time.Second {
			time.Sleep(50 * time.Millisecond)
		}
		got := ask(t, url, l, nik, "B")
		if got.status != http.StatusServiceUnavailable || got.code != "busy" || got.after == "" {
			t.Errorf("without %s a lookup gets %v", name, got)
		}
		t.Logf("figure: without %s, noticed after %v, a lookup gets %v", name, time.Since(began).Round(100*time.Millisecond), got)
		if err := os.Rename(file+".away", file); err != nil {
			t.Fatal(err)
		}
		took, last := again(t, url, l, nik)
		answers = append(answers, last.answer)
		t.Logf("figure: served again %v after it was put back", took.Round(100*time.Millisecond))
	}
	check(t, d, answers)
}
