package crash

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gapura/store/storetest"
)

// A wire stands between the service and PostgreSQL.
type wire struct {
	socket, addr string
	mu           sync.Mutex
	cond         *sync.Cond
	mute         bool // holds connections open and passes nothing on; guarded by mu
	listener     net.Listener
	conns        []net.Conn // guarded by mu
}

// wireTo opens a wire to the PostgreSQL of a test database, and is where to reach that by it.
func wireTo(t *testing.T, database string) (w *wire, by string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	w = &wire{socket: filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")}
	w.cond = sync.NewCond(&w.mu)
	w.listen(t)
	t.Cleanup(func() { w.say(true); w.cut() })
	return w, fmt.Sprintf("postgres://gapura@%s%s?sslmode=disable", w.addr, u.Path)
}

func (w *wire) listen(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", cmp.Or(w.addr, "127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	w.listener, w.addr = l, l.Addr().String()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("unix", w.socket)
			if err != nil {
				c.Close()
				continue
			}
			w.mu.Lock()
			w.conns = append(w.conns, c, to)
			w.mu.Unlock()
			go w.pass(c, to)
			go w.pass(to, c)
		}
	}()
}

func (w *wire) pass(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	b := make([]byte, 1<<16)
	for {
		n, err := from.Read(b)
		w.mu.Lock()
		for w.mute {
			w.cond.Wait()
		}
		w.mu.Unlock()
		if _, e := to.Write(b[:n]); err != nil || e != nil {
			return
		}
	}
}

// say lets bytes pass, or stops them.
func (w *wire) say(pass bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mute = !pass
	w.cond.Broadcast()
}

// cut ends all connections and takes no more.
func (w *wire) cut() {
	w.listener.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}

// A PostgreSQL that holds its connections and says nothing any more, and one that is gone, end what is under way within seconds with 503,
// and what comes at once; what was answered has its record. When it is there again everybody is served again, over all connections.
func TestASilentAndALostDatabase(t *testing.T) {
	database := storetest.Postgres(t)
	d := setUp(t, database)
	l := d.api["dinpertan"]
	w, by := wireTo(t, database)
	t.Setenv("GAPURA_DATABASE", by)
	url, process, log := d.logged(t, program, "serve", "--config", filepath.Join(d.dir, "provider.toml"))
	os.Unsetenv("GAPURA_DATABASE")

	var mu sync.Mutex
	var good []answer
	told, slowest := map[string]int{}, time.Duration(0)
	// all asks with many callers until stop is closed.
	all := func(prefix string, stop chan struct{}) {
		good = append(good, load(64, func(c, n int) (answer, bool) {
			for {
				select {
				case <-stop:
					return answer{}, false
				default:
				}
				began := time.Now()
				reference := fmt.Sprintf("%s-%d-%d-%d", prefix, c, n, began.UnixNano()%1e9)
				got, err := readReply(client.Do(asking(url, l, d.found[c%len(d.found)], reference)))
				took := time.Since(began)
				mu.Lock()
				slowest = max(slowest, took)
				if err != nil || got.status != http.StatusOK {
					told[fmt.Sprint(got.status, " ", got.text)]++
				}
				mu.Unlock()
				if err != nil || got.status != http.StatusOK && (got.status != http.StatusServiceUnavailable || got.code != "busy" ||
					got.after == "") {
					t.Errorf("%s gets %v %v", reference, got, err)
					return answer{}, false
				}
				if got.status == http.StatusOK {
					got.answer.reference = reference
					return got.answer, true
				}
				time.Sleep(20 * time.Millisecond)
			}
		})...)
	}
	for _, fault := range []struct {
		name      string
		bad, well func()
	}{
		{"silent", func() { w.say(false) }, func() { w.say(true) }},
		{"gone", w.cut, func() { w.listen(t) }},
	} {
		told, slowest = map[string]int{}, 0
		stop, done := make(chan struct{}), make(chan struct{})
		go func() { defer close(done); all(fault.name, stop) }()
		time.Sleep(500 * time.Millisecond)
		fault.bad()
		began := time.Now()
		for get(url+"/readyz") != http.StatusServiceUnavailable && time.Since(began) < 20*time.Second {
			time.Sleep(50 * time.Millisecond)
		}
		noticed := time.Since(began)
		time.Sleep(500 * time.Millisecond)
		began = time.Now()
		if got := ask(t, url, l, d.found[0], "X"); got.status != http.StatusServiceUnavailable || time.Since(began) > 2*time.Second {
			t.Errorf("%s: once it is noticed, who comes gets %v after %v", fault.name, got, time.Since(began))
		}
		page := get(url + "/masuk")
		fault.well()
		back, last := again(t, url, l, d.found[0])
		good = append(good, last.answer)
		time.Sleep(300 * time.Millisecond)
		close(stop)
		<-done
		t.Logf("figure: a %s database: noticed after %v, slowest of all answers %v, the sign-in page %d, served again %v after; told %v",
			fault.name, noticed.Round(100*time.Millisecond), slowest.Round(100*time.Millisecond), page, back.Round(100*time.Millisecond),
			told)
		if noticed > 8*time.Second || slowest > 14*time.Second || back > 10*time.Second {
			t.Errorf("%s: noticed after %v, slowest %v, back after %v", fault.name, noticed, slowest, back)
		}
	}
	began := time.Now()
	normals, each := normal(t, url, l, d.found, func(int) bool { return time.Since(began) < time.Second })
	t.Logf("figure: after both: p99 of %d lookups %v, memory %d MB", len(each), p99(each), memory(t, process))
	check(t, d, append(good, normals...))
	if t.Failed() {
		t.Log(log())
	}
}
