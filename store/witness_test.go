package store_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/journal/witness"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/store/storetest"
	"gapura/web/api"
)

// serveJournal puts the JSON API before a store, as the provider does. Alarms are kept as texts.
func serveJournal(t *testing.T, d *district) (url string, alarms *[]string) {
	t.Helper()
	alarms = new([]string)
	clock := func() time.Time { return d.now }
	a := &api.API{
		Gate: d.gate, Authority: &access.Authority{Log: d.gate.Log, Rights: d.st.Rights, Now: clock},
		Admission: admission.New(d.st.Accounts, clock), Peer: func(*http.Request) netip.Addr {
			return netip.MustParseAddr("127.0.0.1")
		},
		Notary: notary(d.st), Cosigners: d.st.Witness, Log: slog.New(slog.DiscardHandler),
		Alarm: func(_ context.Context, i party.Institution, _ time.Time, text string) error {
			*alarms = append(*alarms, i.Code+": "+text)
			return nil
		},
	}
	s := httptest.NewServer(a.Handler())
	t.Cleanup(s.Close)
	return s.URL, alarms
}

func (d *district) ask(t *testing.T, login, number string) journal.ID {
	t.Helper()
	a, err := d.gate.Lookup(t.Context(), request(d.user(t, login), agreement.Portal, number))
	if err != nil {
		t.Fatal(err)
	}
	return a.Record
}

func (d *district) token(agency string) string {
	for _, a := range d.out.API {
		if a.Agency == agency {
			return a.Token
		}
	}
	return ""
}

func newWitness(t *testing.T, d *district, url string) *witness.Witness {
	t.Helper()
	c, err := journal.NewCosigner("dinpertan.example/loket", ed25519.NewKeyFromSeed([]byte(strings.Repeat("c", ed25519.SeedSize))))
	if err != nil {
		t.Fatal(err)
	}
	s, err := notary(d.st).Signer("dinpertan")
	if err != nil {
		t.Fatal(err)
	}
	return &witness.Witness{
		URL: url, Token: d.token("dinpertan"), Client: http.DefaultClient, Cosigner: c, LogKeys: s.VerifierKeys(),
		File: filepath.Join(t.TempDir(), "seen"),
		Now:  func() time.Time { return d.now },
	}
}

// The agency's witness cosigns while the log goes on, and finds a database that was put back, or whose records were rewritten and signed
// anew; both sides are told, and nothing false is ever signed.
func TestWitnessCosignsAndFindsRollback(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d, ctx := open(t, where), t.Context()
		url, alarms := serveJournal(t, d)
		w := newWitness(t, d, url)
		officer := d.user(t, "petugas.dinpertan")
		if _, err := w.Look(ctx); err == nil {
			t.Fatal("the provider took a cosignature of an unknown key")
		}
		if err := d.st.Witness.SetCosigner(ctx, journal.Change{At: now, Reason: "BAST", Letter: "470/1"}, officer.Institution,
			w.Cosigner.VerifierKey()); err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			for range i * 100 {
				d.ask(t, "petugas.dinpertan", d.out.Sample.Found[i])
			}
			if _, err := w.Look(ctx); err != nil {
				t.Fatal(i, err)
			}
		}
		kept, err := os.ReadFile(w.File)
		if err != nil {
			t.Fatal(err)
		}
		v, err := torchwood.NewCosignatureVerifier(w.Cosigner.VerifierKey())
		if err != nil {
			t.Fatal("somebody else's program does not read the key:", err)
		}
		if _, _, err := torchwood.VerifyCheckpoint(kept, torchwood.ThresholdPolicy(2, torchwood.OriginPolicy("gapura.example/dinpertan"),
			torchwood.SingleVerifierPolicy(v))); err != nil {
			t.Fatal("somebody else's program does not verify the cosignature:", err)
		}
		state, _, err := d.st.Journal.LogState(ctx, officer.Institution)
		if err != nil || state.Seen != state.Tree.Size || state.Cosigned.IsZero() {
			t.Fatalf("%+v, %v", state, err)
		}
		newest, err := notary(d.st).Newest(ctx, officer.Institution)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := journal.CheckCosignature(newest, w.Cosigner.VerifierKey()); err != nil {
			t.Error("the provider does not show the cosignature:", err)
		}

		// The last ten records go, with everything that the database, the anchor and the key can tell of them, and the log goes on.
		db, log := raw(t, where), officer.Institution
		size := state.Tree.Size - 10
		tree := frontier(t, d, log, size)
		for _, q := range []string{
			"DELETE FROM records WHERE agency_id = %d AND seq >= %d", "DELETE FROM checkpoints WHERE agency_id = %d AND size > %d",
			"DELETE FROM nodes WHERE agency_id = %d AND n >= %d",
		} {
			if _, err := db.Exec(fmt.Sprintf(q, log, size)); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.st.Journal.Forge(ctx, log, tree, now); err != nil {
			t.Fatal(err)
		}
		for round, more := range []int{0, 5, 20} { // shorter, and longer again
			for range more {
				d.ask(t, "petugas.dinpertan", d.out.Sample.Found[7])
			}
			_, err := w.Look(ctx)
			if _, ok := errors.AsType[*journal.Tampered](err); !ok || len(*alarms) != round+1 {
				t.Fatalf("%d: %v, alarms %v", more, err, *alarms)
			}
			if again, err := os.ReadFile(w.File); err != nil || !slices.Equal(again, kept) {
				t.Fatal("the kept checkpoint was changed")
			}
		}
		if state, _, _ := d.st.Journal.LogState(ctx, log); state.Seen == state.Tree.Size {
			t.Error("a forged log is cosigned")
		}
	})
}

// frontier is the tree of a log's first entries.
func frontier(t *testing.T, d *district, log, size int64) journal.Frontier {
	t.Helper()
	leaves, err := d.st.Journal.Nodes(t.Context(), log, 0, 0, size)
	if err != nil {
		t.Fatal(err)
	}
	var f journal.Frontier
	for _, l := range leaves {
		f.Append(l)
	}
	return f
}

// A log whose newest entries are not those of its tree is not signed, so that nobody can make a change good by waiting for the next
// signature.
func TestNotarySignsNoLogThatDoesNotGoOn(t *testing.T) {
	where, ctx := storetest.SQLite(t), t.Context()
	d := open(t, where)
	n := notary(d.st)
	d.ask(t, "petugas.dinpertan", d.out.Sample.Found[0])
	if _, err := n.Sign(ctx); err != nil {
		t.Fatal(err)
	}
	id := d.ask(t, "petugas.dinpertan", d.out.Sample.Found[1])
	d.ask(t, "petugas.dinsos", d.out.Sample.Found[1])
	if _, err := raw(t, where).Exec("UPDATE records SET leaf = X'"+strings.Repeat("ab", 32)+"' WHERE agency_id = $1 AND seq = $2", id.Log,
		id.Seq); err != nil {
		t.Fatal(err)
	}
	signed, err := n.Sign(ctx)
	if _, ok := errors.AsType[*journal.Tampered](err); !ok || signed == 0 {
		t.Fatalf("%d logs signed, %v: the others must be, this one must not", signed, err)
	}
	if _, err := n.Receipt(ctx, id); err == nil {
		t.Error("a receipt of a changed record")
	}
	if _, err := n.Newest(ctx, d.user(t, "petugas.dinsos").Institution); err != nil {
		t.Error("another agency's log is held up:", err)
	}
}

// The tiles that an agency takes over HTTP are read and proven by somebody else's program, and an agency gets no other's.
func TestAgencyTakesItsTilesAndReceiptsOverHTTP(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d, ctx := open(t, where), t.Context()
		url, _ := serveJournal(t, d)
		var last journal.ID
		for i := range 600 {
			last = d.ask(t, "petugas.dinpertan", d.out.Sample.Found[i%40])
		}
		foreign := d.ask(t, "petugas.dinsos", d.out.Sample.Found[0])
		get := func(token, path string) (int, string) {
			t.Helper()
			r, err := http.NewRequestWithContext(ctx, "GET", url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+token)
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var b strings.Builder
			if err := resp.Write(&b); err != nil {
				t.Fatal(err)
			}
			_, body, _ := strings.Cut(b.String(), "\r\n\r\n")
			return resp.StatusCode, body
		}
		token := d.token("dinpertan")
		s, err := notary(d.st).Signer("dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		code, signed := get(token, "/api/v1/journal/checkpoint")
		c, err := journal.OpenCheckpoint([]byte(signed), s.VerifierKeys())
		if err != nil || code != 200 || c.Size <= last.Seq {
			t.Fatal(code, c, err)
		}
		fetcher, err := torchwood.NewTileFetcher(url+"/api/v1/journal", torchwood.WithHTTPClient(&http.Client{Transport: bearer(token)}))
		if err != nil {
			t.Fatal(err)
		}
		client, err := torchwood.NewClient(fetcher)
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		for range client.AllEntries(ctx, tlog.Tree{N: c.Size, Hash: c.Root}, 0) {
			n++
		}
		if err := client.Err(); err != nil || n != c.Size {
			t.Fatalf("%d of %d entries: %v", n, c.Size, err)
		}
		code, receipt := get(token, "/api/v1/records/"+last.String()+"/receipt")
		if _, id, _, err := journal.CheckReceipt([]byte(receipt), s.VerifierKeys()); err != nil || id != last || code != 200 {
			t.Fatal(code, id, err)
		}
		for path, want := range map[string]int{
			"/api/v1/records/" + foreign.String() + "/receipt": 404, "/api/v1/records/1-999999/receipt": 404,
			"/api/v1/records/x/receipt":  404,
			"/api/v1/journal/tile/0/999": 404, "/api/v1/journal/tile/0/x001/000": 404, "/api/v1/journal/tile/9/000": 404,
			"/api/v1/journal/tile/%2e%2e/x": 404, "/api/v1/journal/tile/63/000": 404,
			"/api/v1/journal/tile/entries/x999/x999/x999/999": 404, "/api/v1/journal/proof?old=9&size=999999": 404,
			"/api/v1/journal/proof?old=a": 422,
		} {
			if code, body := get(token, path); code != want {
				t.Errorf("%s: %d %s", path, code, body)
			}
		}
		if code, _ := get("nobody", "/api/v1/journal/checkpoint"); code != 401 {
			t.Error("a stranger:", code)
		}
		d.now = now.AddDate(0, 0, 350) // the agreement has ended, and the token lives for what is owed: the past stays readable
		if code, _ := get(token, "/api/v1/journal/checkpoint"); code != 200 {
			t.Error("after the end:", code)
		}
		d.now = now.AddDate(20, 0, 0)
		if code, _ := get(token, "/api/v1/journal/checkpoint"); code != 401 {
			t.Error("a token that has expired:", code)
		}
	})
}

// bearer sends a token with each request.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// Old entries lie in archive files: the log goes on verifying from end to end, residents are still told, proofs are still made, and what is
// changed in a file is found.
func TestArchivedEntriesVerifyAndAreStillTold(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d, ctx := open(t, where), t.Context()
		n := notary(d.st)
		log := d.user(t, "petugas.dinpertan").Institution
		number := d.out.Sample.Found[3]
		resident, err := nik.Parse(number)
		if err != nil {
			t.Fatal(err)
		}
		first := d.ask(t, "petugas.dinpertan", number)
		year := func(y int, count int) {
			d.now = now.AddDate(y, 0, 0)
			for i := range count {
				d.ask(t, "petugas.dinpertan", d.out.Sample.Found[i%40])
			}
		}
		year(0, 299)
		year(1, 300)
		note := journal.Change{At: d.now, Reason: "masa simpan", Letter: "470/3"}
		verify := func() {
			t.Helper()
			if _, _, err := handOut(ctx, t, d.st, log, "dinpertan"); err != nil {
				t.Fatal(err)
			}
			uses, total, err := d.st.Uses.Uses(ctx, access.UsesQuery{NIK: resident, Limit: 100})
			if err != nil || total != len(uses) || !slices.ContainsFunc(uses, func(u access.Use) bool {
				return u.ID == first && u.NIK == resident && u.Purpose != "" && u.Salt != journal.Salt{}
			}) {
				t.Fatal("the resident is not told of the first use", total, err)
			}
			if _, err := n.Receipt(ctx, first); err != nil {
				t.Fatal(err)
			}
		}
		verify()
		a, err := n.Archive(ctx, d.st.Journal, log, "dinpertan", now.AddDate(0, 6, 0), note)
		if err != nil || a == nil || a.Size() != 256 {
			t.Fatal(a, err)
		}
		verify()
		var rows int
		if err := raw(t, where).QueryRow("SELECT COUNT(*) FROM records WHERE agency_id = $1 AND seq < 256", log).Scan(&rows); err != nil ||
			rows != 0 {
			t.Fatal(rows, err)
		}
		year(2, 300)
		old := a.Dir()
		if a, err = n.Archive(ctx, d.st.Journal, log, "dinpertan", now.AddDate(1, 6, 0), note); err != nil || a == nil || a.Size() != 512 {
			t.Fatal(a, err)
		}
		if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
			t.Error("the archive that is part of the new one is still there")
		}
		verify()
		if again, err := n.Archive(ctx, d.st.Journal, log, "dinpertan", now.AddDate(1, 6, 0), note); err != nil || again != nil {
			t.Error("archived twice", err)
		}
		s, _ := n.Signer("dinpertan")
		if _, err := journal.Verify(os.DirFS(a.Dir()), s.VerifierKeys(), nil, nil); err != nil {
			t.Fatal("the archive does not verify by itself:", err)
		}
		for _, name := range []string{"tile/entries/001", "tile/0/000"} {
			path := filepath.Join(a.Dir(), filepath.FromSlash(name))
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			spoiled := slices.Clone(whole)
			spoiled[len(spoiled)/2] ^= 1
			if err := os.WriteFile(path, spoiled, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err = n.Check(ctx, log, "dinpertan", nil)
			if bad, ok := errors.AsType[*journal.Tampered](err); !ok || !strings.Contains(bad.Place, "archive") {
				t.Errorf("%s: %v", name, err)
			}
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		// The time of keeping ends within the archive.
		forgotten, err := d.st.Journal.ForgetNIKs(ctx, note, log, now.AddDate(0, 6, 0))
		if err != nil || forgotten < 256 {
			t.Fatal(forgotten, err)
		}
		if _, _, err := handOut(ctx, t, d.st, log, "dinpertan"); err != nil {
			t.Error("after forgetting:", err)
		}
		if uses, _, err := d.st.Uses.Uses(ctx, access.UsesQuery{NIK: resident, Limit: 100}); err != nil || slices.ContainsFunc(uses,
			func(u access.Use) bool { return u.ID == first }) {
			t.Error("a forgotten use is told", err)
		}
	})
}

// What a lawful order withholds is not told to the resident while the order lasts; an auditor sees it, and so does the log.
func TestWithheldUsesAreLeftOutAndStayInTheLog(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d, ctx := open(t, where), t.Context()
		resident, err := nik.Parse(d.out.Sample.Found[0])
		if err != nil {
			t.Fatal(err)
		}
		d.ask(t, "petugas.dinpertan", resident.Digits())
		d.ask(t, "petugas.dinsos", resident.Digits())
		d.ask(t, "petugas.dinpertan", d.out.Sample.Found[1])
		today := party.WIB.Day(now)
		i, err := d.st.Institutions.Institution(ctx, d.user(t, "petugas.dinpertan").Institution)
		if err != nil {
			t.Fatal(err)
		}
		order := procedure.WithholdUses{Institution: i, NIK: resident, From: today, To: today, Until: today.AddDate(0, 1, 0),
			Order: "B-12/2026", Authority: "Lembaga Rekaan"}
		if _, err := d.st.Rights.Apply(ctx, journal.Change{At: now, Reason: "perintah", Letter: "470/8"}, order); err != nil {
			t.Fatal(err)
		}
		other, err := nik.Parse(d.out.Sample.Found[1])
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			q    access.UsesQuery
			want int
		}{
			{"the resident", access.UsesQuery{NIK: resident, Today: today}, 1},
			{"an auditor", access.UsesQuery{NIK: resident, Today: today, Withheld: true}, 2},
			{"the resident after the order", access.UsesQuery{NIK: resident, Today: today.AddDate(0, 1, 1)}, 2},
			{"another resident", access.UsesQuery{NIK: other, Today: today}, 1},
			{"a period before", access.UsesQuery{NIK: resident, Today: today, Withheld: true, To: now.Add(-time.Hour)}, 0},
			{"a period with it", access.UsesQuery{NIK: resident, Today: today, Withheld: true, From: now.Add(-time.Hour),
				To: now.Add(time.Hour)}, 2},
		} {
			c.q.Limit = 10
			if list, total, err := d.st.Uses.Uses(ctx, c.q); err != nil || total != c.want || len(list) != c.want {
				t.Errorf("%s: %d of %d, %v", c.name, len(list), total, err)
			}
		}
		if _, _, err := handOut(ctx, t, d.st, i.ID, "dinpertan"); err != nil {
			t.Error(err)
		}
		changes, err := d.st.Journal.Changes(ctx, i.ID, 0, 1)
		if err != nil || !strings.Contains(changes[0].After, "B-12/2026") || strings.Contains(fmt.Sprint(changes[0]), resident.Digits()) {
			t.Errorf("%+v, %v", changes, err)
		}
	})
}
