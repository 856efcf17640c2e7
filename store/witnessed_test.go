package store_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/journal/witness"
	"gapura/store"
	"gapura/store/storetest"
)

// An outside is a witness of another office, reached over the network; broken answers 503 to everything.
type outside struct {
	name, key, url string
	broken         bool
	asked          int
	file           string
}

func newOutside(t *testing.T, st *store.DB, name string) *outside {
	t.Helper()
	logs, err := st.Journal.Logs(t.Context(), journal.AllLogs)
	if err != nil {
		t.Fatal(err)
	}
	var list string
	for _, l := range logs {
		s, err := notary(st).Signer(l.Code)
		if err != nil {
			t.Fatal(err)
		}
		list += s.VerifierKeys() + "\n"
	}
	c, err := journal.NewCosigner(name+".example/saksi", ed25519.NewKeyFromSeed([]byte(strings.Repeat(name[:1], ed25519.SeedSize))))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	w := &witness.Server{Cosigners: []*journal.Cosigner{c}, LogsFile: filepath.Join(dir, "logs"), File: filepath.Join(dir, "state"),
		Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	if err := errors.Join(os.WriteFile(w.LogsFile, []byte(list), 0o600), witness.BeginState(w.File)); err != nil {
		t.Fatal(err)
	}
	o := &outside{name: name, key: c.VerifierKey(), file: w.File}
	handler := w.Handler()
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if o.asked++; o.broken {
			http.Error(rw, "down", http.StatusServiceUnavailable)
			return
		}
		handler.ServeHTTP(rw, r)
	}))
	t.Cleanup(srv.Close)
	o.url = srv.URL
	return o
}

// witnessed is a notary whose checkpoints the witnesses cosign, two of three by policy.
func witnessed(t *testing.T, d *district, alarms *[]string, list ...*outside) (*journal.Notary, *witness.Gatherer) {
	t.Helper()
	var text, names string
	for _, o := range list {
		text += fmt.Sprintf("witness %s %s %s\n", o.name, o.key, o.url)
		names += " " + o.name
	}
	policy, err := journal.ParsePolicy([]byte(text + "group cukup 2" + names + "\nquorum cukup\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.st.Witness.Enlist(t.Context(), journal.Change{At: now, Reason: "uji"}, policy.Witnesses); err != nil {
		t.Fatal(err)
	}
	n := notary(d.st)
	g := &witness.Gatherer{Store: d.st.Witness, Notary: n, Policy: policy, Client: http.DefaultClient, Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Alarm: func(_ context.Context, log int64, text string) error {
			*alarms = append(*alarms, fmt.Sprint(log, " ", text))
			return nil
		}}
	n.Witnesses, n.Policy = g, policy
	return n, g
}

// Every log, the provider's own too, is cosigned by the witnesses outside; what is handed out carries their cosignatures, and others'
// programs find them there.
func TestWhatIsHandedOutCarriesTheCosignaturesOfWitnesses(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d, ctx := open(t, where), t.Context()
		var alarms []string
		a, b, c := newOutside(t, d.st, "a"), newOutside(t, d.st, "b"), newOutside(t, d.st, "c")
		c.broken = true
		n, g := witnessed(t, d, &alarms, a, b, c)
		for i := range 5 {
			d.ask(t, "petugas.dinpertan", d.out.Sample.Found[i])
		}
		id := d.ask(t, "petugas.dinpertan", d.out.Sample.Found[5])
		if _, err := n.Sign(ctx); err != nil {
			t.Fatal(err)
		}
		if err := g.Round(ctx); err != nil {
			t.Fatal(err)
		}
		logs, err := d.st.Journal.Logs(ctx, journal.AllLogs)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range logs {
			note, err := n.Newest(ctx, l.Log)
			if err != nil {
				t.Fatal(err)
			}
			if by, err := g.Policy.Check(note); err != nil || len(by) != 2 {
				t.Errorf("log %s: %v %v", l.Code, by, err)
			}
		}
		for _, log := range []int64{id.Log, party.Provider} {
			i, err := d.st.Institutions.Institution(ctx, log)
			if err != nil {
				t.Fatal(err)
			}
			dir, code := t.TempDir(), i.Code
			if _, err := n.Export(ctx, log, code, dir); err != nil {
				t.Fatal(err)
			}
			s, _ := n.Signer(code)
			if _, err := journal.Verify(os.DirFS(dir), s.VerifierKeys(), nil, nil); err != nil {
				t.Error(err)
			}
			if by, err := journal.VerifyCosigned(os.DirFS(dir), s.VerifierKeys(), g.Policy, nil); err != nil || len(by) != 2 {
				t.Errorf("%s: %v %v", code, by, err)
			}
			signed, err := os.ReadFile(filepath.Join(dir, journal.CheckpointFile))
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := torchwood.ParsePolicy(fmt.Appendf(nil, "log %s\nwitness a %s\nwitness b %s\ngroup g all a b\nquorum g\n",
				s.VerifierKeys(), a.key, b.key))
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := torchwood.VerifyCheckpoint(signed, theirs); err != nil {
				t.Errorf("%s: torchwood: %v", code, err)
			}
			if log == party.Provider {
				continue
			}
			receipt, err := n.Receipt(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			entry, _, _, err := journal.CheckReceipt(receipt, s.VerifierKeys())
			if err != nil {
				t.Fatal(err)
			}
			if err := torchwood.VerifyProof(theirs, journal.LeafHash(entry), receipt); err != nil {
				t.Errorf("torchwood: receipt: %v", err)
			}
		}
		standing, err := d.st.Witness.Witnesses(ctx)
		if err != nil || len(standing) != 3 || standing[0].Answered.IsZero() || standing[0].Failure != "" || standing[2].Failed.IsZero() ||
			!strings.Contains(standing[2].Failure, "503") {
			t.Errorf("%+v %v", standing, err)
		}
		if asked := c.asked; asked != 1 {
			t.Errorf("a witness that is down was asked %d times at once", asked)
		}
		if len(alarms) > 0 {
			t.Error(alarms)
		}
	})
}

// With too few witnesses the office's policy rules: either the checkpoint goes out as it is, or only what was cosigned before does.
func TestAMissingWitnessIsAMatterOfPolicy(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d, ctx := open(t, where), t.Context()
		var alarms []string
		a, b := newOutside(t, d.st, "a"), newOutside(t, d.st, "b")
		n, g := witnessed(t, d, &alarms, a, b)
		id := d.ask(t, "petugas.dinpertan", d.out.Sample.Found[0])
		before, err := n.Newest(ctx, id.Log)
		if err != nil {
			t.Fatal(err)
		}
		b.broken = true
		young := d.ask(t, "petugas.dinpertan", d.out.Sample.Found[1])
		n.Demand = true
		stays, err := n.Newest(ctx, id.Log)
		if err != nil || string(stays) != string(before) {
			t.Errorf("a checkpoint without its quorum was handed out: %s %v", stays, err)
		}
		if _, err := n.Receipt(ctx, young); !errors.Is(err, journal.ErrUnwitnessed) {
			t.Errorf("a receipt without its quorum was handed out: %v", err)
		}
		if _, err := n.Receipt(ctx, id); err != nil {
			t.Errorf("a record that was cosigned has its receipt: %v", err)
		}
		if at, err := n.Check(ctx, id.Log, "dinpertan", nil); err != nil || at.Size <= young.Seq {
			t.Errorf("the office itself checks all that it has: %+v %v", at, err)
		}
		n.Demand = false
		goes, err := n.Newest(ctx, id.Log)
		if _, short := g.Policy.Check(goes); err != nil || !errors.Is(short, journal.ErrQuorum) {
			t.Errorf("%s %v %v", goes, err, short)
		}
		b.broken = false
		_, g = witnessed(t, d, &alarms, a, b) // the next start asks it again at once
		n.Witnesses, n.Demand = g, true
		if goes, err = n.Newest(ctx, id.Log); err != nil {
			t.Fatal(err)
		}
		if _, err := g.Policy.Check(goes); err != nil {
			t.Error(err)
		}
	})
}

// Who has the key and the database still cannot show witnesses another past: they refuse, and people are told.
func TestWitnessesOutsideFindARewrittenLog(t *testing.T) {
	d, ctx := open(t, storetest.SQLite(t)), t.Context()
	var alarms []string
	a, b := newOutside(t, d.st, "a"), newOutside(t, d.st, "b")
	n, g := witnessed(t, d, &alarms, a, b)
	id := d.ask(t, "petugas.dinpertan", d.out.Sample.Found[0])
	if _, err := n.Newest(ctx, id.Log); err != nil {
		t.Fatal(err)
	}
	for _, ahead := range []int64{3, -1} { // they have seen more than there is, or something else
		for _, o := range []*outside{a, b} {
			text, err := os.ReadFile(o.file)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(string(text), "\n")
			for i, l := range lines {
				f := strings.SplitN(l, " ", 4)
				if len(f) == 4 && f[3] == "gapura.example/dinpertan" {
					size := id.Seq + 1
					if ahead > 0 {
						size += 100 * ahead
					}
					lines[i] = fmt.Sprintf("%d %s %s %s", size, strings.Repeat("A", 43)+"=", f[2], f[3])
				}
			}
			if err := os.WriteFile(o.file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		alarms = nil
		d.ask(t, "petugas.dinpertan", d.out.Sample.Found[1])
		_, fresh := witnessed(t, d, &alarms, a, b)
		n.Witnesses = fresh
		if _, err := n.Sign(ctx); err != nil {
			t.Fatal(err)
		}
		if err := fresh.Round(ctx); err != nil {
			t.Fatal(err)
		}
		if err := fresh.Round(ctx); err != nil {
			t.Fatal(err)
		}
		if len(alarms) != 2 || !strings.Contains(alarms[0], "menolak log ini") {
			t.Errorf("%d: %q", ahead, alarms)
		}
		if note, err := n.Newest(ctx, id.Log); err != nil {
			t.Fatal(err)
		} else if _, err := g.Policy.Check(note); !errors.Is(err, journal.ErrQuorum) {
			t.Errorf("%v", err)
		}
	}
}

func TestAWitnessesKeyIsReplacedByItsOwnSignatureOnly(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d, ctx := open(t, where), t.Context()
		cosigner := func(c string) *journal.Cosigner {
			k, err := journal.NewCosigner("a.example/saksi", ed25519.NewKeyFromSeed([]byte(strings.Repeat(c, ed25519.SeedSize))))
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
		old, fresh, other := cosigner("a"), cosigner("n"), cosigner("o")
		change := journal.Change{At: now, Reason: "uji", Letter: "470/1"}
		list := func(key string) []journal.PolicyWitness { return []journal.PolicyWitness{{Name: "a", Key: key}} }
		if err := d.st.Witness.Enlist(ctx, change, list(old.VerifierKey())); err != nil {
			t.Fatal(err)
		}
		if _, ok := errors.AsType[*told.Error](d.st.Witness.Enlist(ctx, change, list(fresh.VerifierKey()))); !ok {
			t.Fatal("the configuration alone replaced a witness's key")
		}
		statement := witness.Succession(old.VerifierKey(), fresh.VerifierKey())
		for _, sig := range []string{"", other.Vouch(statement), fresh.Vouch(statement),
			old.Vouch(witness.Succession(old.VerifierKey(), other.VerifierKey()))} {
			if err := d.st.Witness.ReplaceWitness(ctx, change, "a", fresh.VerifierKey(), sig, nil); err == nil {
				t.Fatalf("replaced by %q", sig)
			}
		}
		if err := d.st.Witness.ReplaceWitness(ctx, change, "a", fresh.VerifierKey(), old.Vouch(statement), nil); err != nil {
			t.Fatal(err)
		}
		if err := d.st.Witness.Enlist(ctx, change, list(fresh.VerifierKey())); err != nil {
			t.Fatal(err)
		}
		if err := d.st.Witness.Enlist(ctx, change, nil); err != nil {
			t.Fatal(err)
		}
		if err := d.st.Witness.Enlist(ctx, change, list(old.VerifierKey())); err == nil {
			t.Fatal("a witness that was dropped came back with another key")
		}
		said, err := d.st.Journal.Changes(ctx, party.Provider, 0, 3)
		if err != nil || len(said) != 3 || !strings.Contains(said[0].After, "tidak dipakai lagi") ||
			!strings.Contains(said[1].After, "ditandatangani kunci lama") || !strings.Contains(said[2].After, old.VerifierKey()) {
			t.Errorf("%+v %v", said, err)
		}
	})
}

// An archive's checkpoint is smaller than what witnesses have seen: a later, cosigned one and the proof that it goes on from it lie beside
// it, and neither can be exchanged.
func TestAnArchiveIsHeldAgainstThePolicy(t *testing.T) {
	d, ctx := open(t, storetest.SQLite(t)), t.Context()
	var alarms []string
	a, b := newOutside(t, d.st, "a"), newOutside(t, d.st, "b")
	n, g := witnessed(t, d, &alarms, a, b)
	var id journal.ID
	for i := range 300 {
		id = d.ask(t, "petugas.dinpertan", d.out.Sample.Found[i%5])
	}
	archive, err := n.Archive(ctx, d.st.Journal, id.Log, "dinpertan", now.AddDate(0, 0, 1), journal.Change{At: now, Reason: "masa simpan",
		Letter: "470/3"})
	if err != nil || archive == nil {
		t.Fatal(archive, err)
	}
	s, err := n.Signer("dinpertan")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Verify(os.DirFS(archive.Dir()), s.VerifierKeys(), nil, nil); err != nil {
		t.Error(err)
	}
	held := func() error {
		_, err := journal.VerifyCosigned(os.DirFS(archive.Dir()), s.VerifierKeys(), g.Policy, nil)
		return err
	}
	if err := held(); err != nil {
		t.Error(err)
	}
	forged, err := s.Sign(400, journal.Hash{4}) // signed and cosigned, but of another log
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]string{"a": "a", "b": "b"} {
		k, err := journal.NewCosigner(name+".example/saksi", ed25519.NewKeyFromSeed([]byte(strings.Repeat(c, ed25519.SeedSize))))
		if err != nil {
			t.Fatal(err)
		}
		if forged, err = k.Cosign(forged, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string][]byte{journal.CosignedFile: forged, journal.CosignedProofFile: []byte("")} {
		path := filepath.Join(archive.Dir(), name)
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if held() == nil {
			t.Errorf("%s was exchanged and nobody noticed", name)
		}
		if err := os.WriteFile(path, was, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(archive.Dir(), journal.CosignedFile)); err != nil {
		t.Fatal(err)
	}
	if err := held(); !errors.Is(err, journal.ErrQuorum) {
		t.Errorf("an archive without cosignatures: %v", err)
	}
}

// An agency's desk signs with times that ascend though its clock was set back, and an earlier one is not taken.
func TestTheDesksCosignaturesAscendInTime(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d, ctx := open(t, where), t.Context()
		url, _ := serveJournal(t, d)
		w := newWitness(t, d, url)
		id := d.ask(t, "petugas.dinpertan", d.out.Sample.Found[0])
		if err := d.st.Witness.SetCosigner(ctx, journal.Change{At: now, Reason: "BAST"}, id.Log, w.Cosigner.VerifierKey()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Look(ctx); err != nil {
			t.Fatal(err)
		}
		first, _, _ := d.st.Journal.LogState(ctx, id.Log)
		d.ask(t, "petugas.dinpertan", d.out.Sample.Found[1])
		w.Now = func() time.Time { return d.now.Add(-time.Hour) }
		if _, err := w.Look(ctx); err != nil {
			t.Fatal(err)
		}
		second, _, err := d.st.Journal.LogState(ctx, id.Log)
		if err != nil || second.Seen <= first.Seen || second.Cosigned.Before(first.Cosigned) {
			t.Errorf("%d entries at %s, then %d at %s, %v", first.Seen, first.Cosigned, second.Seen, second.Cosigned, err)
		}
		d.ask(t, "petugas.dinpertan", d.out.Sample.Found[2])
		note, err := notary(d.st).Newest(ctx, id.Log)
		if err != nil {
			t.Fatal(err)
		}
		early, err := w.Cosigner.Line(note, w.Now())
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.st.Witness.KeepCosignature(ctx, id.Log, second.Seen+1, w.Now(), string(early))
		if _, refused := errors.AsType[*told.Error](err); !refused {
			t.Errorf("an earlier signature under a later checkpoint: %v", err)
		}
	})
}
