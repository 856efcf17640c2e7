package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	deskclient "gapura/desk/client"
	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/store"
)

// kill -9 of the desk, and of its provider, in the middle of decisions and deliveries: an answered decision is there with its letter, no
// decision is there without its data balikan, and the provider has each letter's data balikan, and each card that was read, exactly once.
func TestDecisionsAndDataBalikanSurviveKillsOnce(t *testing.T) {
	const applications, rounds = 60, 10
	ctx := context.Background()
	d := setUp(t, "")
	c := openDesk(t, d.dir)
	var demo struct {
		Logins []struct{ Role, User, Password string }
	}
	raw, err := os.ReadFile(filepath.Join(d.dir, "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &demo); err != nil {
		t.Fatal(err)
	}
	service, err := c.Services.Service(ctx, "benih", 0)
	if err != nil {
		t.Fatal(err)
	}
	var scans []deskdb.File // what the service asks for is there: step 2 is taken with whole documents
	for _, document := range service.Missing(nil) {
		scans = append(scans, deskdb.File{Document: document.Key, Media: "image/png", Content: []byte("\x89PNG\r\n\x1a\n")})
	}
	var ids []int64
	for i := range applications {
		now := time.Now()
		// The papers say what nobody's registry does, so that each cross-check ends in a rejection or an explanation.
		papers := desk.Papers{Identity: desk.KTP, Values: map[string]string{"nik": d.found[i], "nama_lengkap": "SIAPA SAJA",
			"alamat": "JL. CONTOH"}, Answers: map[string]string{"jenis_benih": "Padi", "jumlah": "1"}}
		id, err := c.Applications.Take(ctx, deskdb.New{Service: service, Papers: papers, Files: scans, By: 1, At: now,
			Day: party.WIB.Day(now)})
		if err == nil {
			err = c.Applications.Move(ctx, id, deskdb.Move{Act: desk.Whole, Role: party.Officer, By: 1, At: now, Seen: desk.Submitted})
		}
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
		consent, err := c.Applications.Consent(ctx, 1, now, "RDR-dinpertan-01") // a card that led to no application
		if err == nil {
			err = c.Applications.CardRead(ctx, consent, "", 1, deskclient.CardRead{NIK: d.found[i], Reader: "RDR-dinpertan-01",
				Purpose: service.Purpose,
				ReadAt:  now})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	provider, counter := "127.0.0.1:"+freePort(t), "127.0.0.1:"+freePort(t)
	startProvider := func() *exec.Cmd {
		_, p := d.start(t, "gapura listens on ", []string{"serve", "--config", filepath.Join(d.dir, "provider.toml")},
			"GAPURA_LISTEN="+provider)
		return p
	}
	startDesk := func() *exec.Cmd {
		_, p := d.start(t, "gapura loket listens on ", []string{"loket", "--config", filepath.Join(d.dir, "desk.toml")},
			"GAPURA_DESK_LISTEN="+counter, "GAPURA_DESK_PROVIDER=http://"+provider)
		return p
	}
	kill := func(p *exec.Cmd) {
		p.Process.Kill()
		p.Wait()
	}
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	post := func(path string, f url.Values) bool {
		r, err := browser.PostForm("http://"+counter+path, f)
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	}

	far, near := startProvider(), startDesk()
	for _, l := range demo.Logins {
		if l.Role == "desk-officer" && !post("/masuk", url.Values{"user": {l.User}, "password": {l.Password}, "kode": {""}}) {
			t.Fatal("cannot sign in")
		}
	}
	answered := map[int64]desk.State{}
	at := 0
	work := func(until time.Time) {
		for ; at < len(ids) && time.Now().Before(until); at++ {
			path := fmt.Sprintf("/permohonan/%d", ids[at])
			if !post(path+"/krosscek", url.Values{"keadaan": {"diperiksa"}}) {
				return
			}
			if at%4 == 3 {
				if !post(path+"/langkah", url.Values{"langkah": {"tolak"}, "keadaan": {"tidak-sesuai"}, "catatan": {"uji"},
					"alasan": {"mundur"}}) {
					return
				}
				answered[ids[at]] = desk.Rejected
				continue
			}
			if !post(path+"/langkah", url.Values{"langkah": {"nyatakan-sesuai"}, "keadaan": {"tidak-sesuai"}, "catatan": {"uji"}}) ||
				!post(path+"/langkah", url.Values{"langkah": {"setujui"}, "keadaan": {"sesuai"}}) {
				return
			}
			answered[ids[at]] = desk.Issued
		}
	}
	kills := 0
	for round := range rounds {
		done := make(chan struct{})
		go func() { defer close(done); work(time.Now().Add(2 * time.Second)) }()
		time.Sleep(time.Duration(30+rand.IntN(300)) * time.Millisecond)
		if round%3 == 1 {
			kill(far)
			time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
		}
		kill(near)
		kills++
		<-done
		at++ // what was under way is looked at below, whatever became of it
		if round%3 == 1 {
			far = startProvider()
		}
		near = startDesk()
	}
	work(time.Now().Add(time.Minute))
	for i := 0; ; i++ {
		n, err := c.Outbox.Waiting(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		if i == 300 {
			t.Fatalf("%d letters still wait", n)
		}
		post("/balikan", nil)
		time.Sleep(100 * time.Millisecond)
	}
	kill(near)
	kill(far)

	numbers := map[string]bool{}
	for _, id := range ids {
		a, err := c.Applications.Application(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		decided := !a.State.Open()
		if want, ok := answered[id]; ok && (!decided || (want == desk.Issued) != (a.Document != nil)) {
			t.Errorf("an answered decision is gone: %s", a.State)
		}
		if decided && a.Sent.IsZero() || !decided && !a.Sent.IsZero() {
			t.Errorf("state %s, data balikan sent %v", a.State, !a.Sent.IsZero())
		}
		if a.Document != nil {
			numbers[a.Document.Number] = true
			if doc, err := c.Applications.Document(ctx, id); err != nil || !strings.HasPrefix(string(doc.Content), "%PDF") {
				t.Errorf("a letter is not whole: %v", err)
			}
		}
	}
	keys, err := keyring.Load(filepath.Join(d.dir, "gapura.key"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, store.Options{URL: d.database, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	agency, _, _, err := s.Institutions.InstitutionByCode(ctx, "dinpertan")
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Balikan.Received(ctx, agency.ID, time.Time{}, false, 1000)
	if err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for _, r := range list {
		times[r.Item.Params[0]["NOMOR"]]++
	}
	for number := range numbers {
		if times[number] != 1 {
			t.Errorf("the provider has letter %s %d times", number, times[number])
		}
	}
	if len(times) != len(numbers) || len(answered) < 10 {
		t.Errorf("%d letters, %d data balikan, %d answered", len(numbers), len(times), len(answered))
	}
	rows, _, err := s.Journal.Records(ctx, access.HistoryQuery{Agency: agency.ID, Method: agreement.Reader, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	cards := map[string]int{}
	for _, r := range rows {
		if cards[r.Reference]++; r.Act != journal.ActCard || r.Outcome != string(access.Card) || cards[r.Reference] > 1 {
			t.Errorf("%s of a card: %s, %d times", r.Act, r.Outcome, cards[r.Reference])
		}
	}
	if len(cards) != applications {
		t.Errorf("%d cards were read, the provider has %d", applications, len(cards))
	}
	t.Logf("%d kills of the desk: %d answered decisions, %d letters, each delivered once", kills, len(answered), len(numbers))
}

func openDesk(t *testing.T, dir string) *deskdb.DB {
	t.Helper()
	keys, err := keyring.Load(filepath.Join(dir, "desk.key"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := deskdb.Open(t.Context(), filepath.Join(dir, "desk", "loket.db"), keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
