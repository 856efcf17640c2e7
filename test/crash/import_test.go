package crash

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gapura/store/storetest"
)

// Two server processes are asked fifty times a second, and twenty times or more beside each import, while a third process imports twenty
// times: what one answer rests on, each later one of either process rests on or on what is newer; and what was imported is in the next
// answer of both.
func TestEveryProcessSeesEachImportOnceAndForAll(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		const imports, perSecond, clients = 20, 50, 5
		const each = 4 // lookups of a client beside an import, at least: it is waited for them
		d := setUp(t, url)
		var urls [2]string
		for i := range urls {
			urls[i], _ = d.serve(t)
		}
		who := d.api["dinpertan"]
		name := func(n int) string { return "WARGA " + string(rune('A'+n)) }
		run := func(n int) {
			t.Helper()
			var b strings.Builder
			b.WriteString("NIK,NAMA_LGKP,JENIS_PERUBAHAN,TGL_BERLAKU\n")
			for _, nik := range d.found {
				fmt.Fprintf(&b, "%s,%s,UBAH,%s\n", nik, name(n), time.Now().UTC().Format(time.DateOnly))
			}
			file := filepath.Join(d.dir, "changes.csv")
			if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			config := filepath.Join(d.dir, "provider.toml")
			if out, err := exec.Command(program, "population", "import", "--config", config, "--changes",
				file).CombinedOutput(); err != nil {
				t.Fatalf("import %d: %v\n%s", n, err, out)
			}
		}
		ask := func(url string, n int, reference string) (set int, ok bool) {
			a, status, err := lookup(url, who, d.found[n%len(d.found)], reference)
			if err != nil || status != 200 || len(a.Person.Name) != len(name(0)) {
				t.Errorf("%d %s %v: %q", status, a.Code, err, a.Person.Name)
				return 0, false
			}
			return int(a.Person.Name[len(a.Person.Name)-1] - 'A'), true
		}
		run(0)
		var newest atomic.Int64
		var asked [2]atomic.Int64
		reads := func(c, n int, over <-chan struct{}) {
			tick := time.NewTicker(time.Second * clients / perSecond)
			defer tick.Stop()
			for k := 0; ; k++ {
				if k >= each {
					select {
					case <-over:
						return
					default:
					}
				}
				<-tick.C
				process, floor := (c+k)%2, newest.Load()
				set, ok := ask(urls[process], c+k, fmt.Sprintf("I-%d-%d-%d", n, c, k))
				if !ok {
					return
				}
				if asked[process].Add(1); int64(set) < floor {
					t.Errorf("process %d answers from import %d after one that rested on %d", process, set, floor)
					return
				}
				for old := floor; int64(set) > old && !newest.CompareAndSwap(old, int64(set)); old = newest.Load() {
				}
			}
		}
		for n := 1; n <= imports; n++ {
			before, over := [2]int64{asked[0].Load(), asked[1].Load()}, make(chan struct{})
			var readers sync.WaitGroup
			for c := range clients {
				readers.Go(func() { reads(c, n, over) })
			}
			run(n)
			for i, url := range urls {
				if set, ok := ask(url, n, fmt.Sprintf("J-%d-%d", n, i)); ok && set != n {
					t.Errorf("process %d answers from import %d after import %d", i, set, n)
				}
			}
			close(over)
			readers.Wait()
			for i := range urls {
				if got := asked[i].Load() - before[i]; got < clients*each/2 {
					t.Errorf("process %d was asked %d times beside import %d, want %d or more", i, got, n, clients*each/2)
				}
			}
		}
		t.Logf("%d imports, %d lookups meanwhile", imports, asked[0].Load()+asked[1].Load())
	})
}
