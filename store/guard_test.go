package store_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/guard"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// watched puts a guard before a district's gate, as a process that has just started.
func watched(t *testing.T, d *district) (*access.Gate, *guard.Guard) {
	t.Helper()
	g := guard.New(d.st.Guard, &office.Office{Store: d.st.Office(), Now: func() time.Time { return d.now }})
	g.Sleep = func(_ context.Context, wait time.Duration) { d.now = d.now.Add(wait) }
	gate := newGate(t, d.st, func() time.Time { return d.now })
	gate.Watch = g
	return gate, g
}

// walk is the n-th NIK of somebody who tries one serial after the other.
func walk(n int) string { return fmt.Sprintf("330301150587%04d", n+1) }

// attack looks up one serial after the other, a minute apart, until the user is stopped, and returns how many were answered.
func attack(t *testing.T, d *district, gate func(n int) *access.Gate) int {
	t.Helper()
	for n := range 80 {
		d.now = d.now.Add(time.Minute)
		a, err := gate(n).Lookup(t.Context(), request(d.user(t, attacker), agreement.Portal, walk(n)))
		if err != nil {
			t.Fatal(err)
		}
		if a.Code == access.Abuse {
			return n
		}
	}
	t.Fatal("never stopped")
	return 0
}

const attacker = "petugas.dinpertan"

func TestEnumerationIsStopped(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		gate, _ := watched(t, d)
		answered := attack(t, d, func(int) *access.Gate { return gate })
		if answered > 15 {
			t.Errorf("%d answered", answered)
		}
		u := d.user(t, attacker)
		if u.Stopped.IsZero() {
			t.Fatal("the user is not stopped")
		}
		// The refusal is in the log, and the stop beside it with its reason; neither shows a NIK.
		list, err := d.st.Journal.Changes(t.Context(), u.Institution, 0, 1)
		if err != nil || len(list) != 1 || list[0].After != "pencarian dihentikan" || list[0].Reason == "" ||
			strings.Contains(list[0].Reason, walk(answered)) {
			t.Errorf("change %+v %v", list, err)
		}
		alerts, err := d.st.Guard.Alerts(t.Context(), guard.AlertsQuery{Agency: u.Institution, Most: 10})
		if err != nil || len(alerts) == 0 || alerts[0].Action != "suspend" || len(alerts[0].Reasons) == 0 {
			t.Errorf("alerts %+v %v", alerts, err)
		}
		seen, err := d.st.Guard.LookupsOn(t.Context(), u, "WIB", d.now.Add(7*time.Hour).Truncate(24*time.Hour), 100)
		if err != nil || len(seen) != answered+1 || seen[answered].Outcome != access.Abuse {
			t.Errorf("%d lookups, %v", len(seen), err)
		}
		// The agency's other users go on.
		if a, err := gate.Lookup(t.Context(), request(d.user(t, "aplikasi.dinpertan"), agreement.API, d.out.Sample.Found[0])); err != nil ||
			a.Code != access.Found {
			t.Errorf("colleague: %v %v", a.Code, err)
		}
		// Nothing is answered until an administrator has let the user go on; then work does.
		ask := func() access.Code {
			d.now = d.now.Add(time.Minute)
			a, err := gate.Lookup(t.Context(), request(d.user(t, u.Login), agreement.Portal, d.out.Sample.Found[1]))
			if err != nil {
				t.Fatal(err)
			}
			return a.Code
		}
		if code := ask(); code != access.Abuse {
			t.Errorf("while stopped: %s", code)
		}
		reinstate(t, d, true)
		if code := ask(); code != access.Found {
			t.Errorf("after reinstatement: %s", code)
		}
		if _, err := d.st.Rights.Apply(t.Context(), journal.Change{At: d.now}, procedure.ReinstateUser{User: u}); err == nil {
			t.Error("a user who is not stopped was reinstated")
		}
	})
}

func reinstate(t *testing.T, d *district, falseAlarm bool) {
	t.Helper()
	e := procedure.ReinstateUser{User: d.user(t, attacker), FalseAlarm: falseAlarm}
	if _, err := d.st.Rights.Apply(t.Context(), journal.Change{At: d.now, Reason: "diperiksa"}, e); err != nil {
		t.Fatal(err)
	}
}

// A restart at any moment of an attack changes nothing (D3), also after a stop that ended.
func TestRestartInTheMiddleOfAnAttackChangesNothing(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		gate, _ := watched(t, d)
		first := attack(t, d, func(int) *access.Gate { return gate })
		reinstate(t, d, false)
		second := attack(t, d, func(int) *access.Gate { return gate })

		var again *district
		for name, restarted := range map[string]func(n int) *access.Gate{
			"reading the log": func(int) *access.Gate { g, _ := watched(t, again); return g },
			"going on from what was kept": func() func(int) *access.Gate {
				var last *guard.Guard
				return func(n int) *access.Gate {
					if last != nil && n%3 == 0 { // of the others the next start reads what came since
						if err := last.Keep(t.Context(), again.now, 1); err != nil {
							t.Fatal(err)
						}
					}
					gate, g := watched(t, again)
					last = g
					return gate
				}
			}(),
		} {
			again = open(t, storetest.SQLite(t))
			if got := attack(t, again, restarted); got != first {
				t.Errorf("restarted before every lookup, %s: %d answered, %d without", name, got, first)
			}
			reinstate(t, again, false)
			if got := attack(t, again, restarted); got != second {
				t.Errorf("after a stop that ended, %s: %d answered, %d without, %d the first time", name, got, second, first)
			}
		}
	})
}

// tail counts the records that a start reads.
type tail struct {
	guard.Store
	records int64
}

func (s *tail) Lookups(ctx context.Context, log, from, to int64, give func(guard.Seen)) error {
	s.records += to - from
	return s.Store.Lookups(ctx, log, from, to, give)
}

func TestAStartReadsOnlyWhatCameSinceTheStateWasKept(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		gate, g := watched(t, d)
		ask := func(gate *access.Gate, n int) {
			t.Helper()
			for i := range n {
				d.now = d.now.Add(time.Minute)
				if _, err := gate.Lookup(t.Context(), request(d.user(t, attacker), agreement.Portal,
					d.out.Sample.Found[i%40])); err != nil {
					t.Fatal(err)
				}
			}
		}
		ask(gate, 40)
		if err := g.Keep(t.Context(), d.now, 1); err != nil {
			t.Fatal(err)
		}
		ask(gate, 7)
		start := func() int64 {
			s := &tail{Store: d.st.Guard}
			g := guard.New(s, nil)
			gate.Watch = g
			ask(gate, 1)
			return s.records
		}
		if n := start(); n != 7 {
			t.Errorf("a start read %d records, want the 7 since the state was kept", n)
		}
		// What cannot be opened, as after a restored key, is read anew from the log.
		if _, err := raw(t, url).Exec("UPDATE watch_states SET sealed = nik_sealed FROM records"); err != nil {
			t.Fatal(err)
		}
		if n := start(); n < 48 {
			t.Errorf("with an unreadable state a start read %d records, want all", n)
		}
	})
}

// Several processes see together what each of them answered.
func TestAttackOverTwoProcessesIsSeen(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		var gates [2]*access.Gate
		var guards [2]*guard.Guard
		for i := range gates {
			gates[i], guards[i] = watched(t, d)
		}
		answered := attack(t, d, func(n int) *access.Gate {
			for _, g := range guards { // what happens each second
				for range 2 {
					if err := g.Follow(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			return gates[n%2]
		})
		if answered > 15 {
			t.Errorf("%d answered", answered)
		}
		reinstate(t, d, true)
		for i := range gates { // both know that it ended
			if a, err := gates[i].Lookup(t.Context(), request(d.user(t, attacker), agreement.Portal, d.out.Sample.Found[i])); err != nil ||
				a.Code != access.Found {
				t.Errorf("process %d: %v %v", i, a.Code, err)
			}
		}
	})
}

type failing struct{ err error }

func (f failing) StopUser(context.Context, *access.Standing, guard.Finding) error { return f.err }

// A stop that cannot be written is not passed over: nothing is answered.
func TestStopThatCannotBeWrittenAnswersNothing(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	gate := newGate(t, d.st, func() time.Time { return d.now })
	broken := errors.New("disk is full")
	g := guard.New(d.st.Guard, failing{broken})
	slowed := 0
	g.Sleep = func(context.Context, time.Duration) { slowed++ }
	gate.Watch = g
	refused := 0
	for n := range 40 {
		d.now = d.now.Add(time.Minute)
		a, err := gate.Lookup(t.Context(), request(d.user(t, attacker), agreement.Portal, walk(n)))
		switch {
		case errors.Is(err, broken):
			refused++
		case err != nil || refused > 0:
			t.Fatalf("lookup %d: %v %v", n, a.Code, err)
		}
	}
	if refused < 25 || slowed == 0 {
		t.Errorf("%d refused, %d slowed before", refused, slowed)
	}
}

// A decoy stops at the first lookup (D4).
func TestDecoyStopsAtOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		gate, _ := watched(t, d)
		u := d.user(t, attacker)
		if a, err := gate.Lookup(t.Context(), request(u, agreement.Portal, d.out.Sample.Found[0])); err != nil || a.Code != access.Found {
			t.Fatal(a.Code, err)
		}
		a, err := gate.Lookup(t.Context(), request(u, agreement.Portal, d.out.Sample.Decoy[0]))
		if err != nil || a.Code != access.Abuse {
			t.Fatal(a.Code, err)
		}
		// Taken away, it is a NIK as any other.
		reinstate(t, d, true)
		list, err := d.st.Guard.Decoys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			drop := procedure.ChangeSetting{Institution: party.Provider, Kind: procedure.SettingDecoy, Subject: "NIK umpan",
				After: "dicabut",
				Value: strconv.Quote(x.NIK.Digits())}
			if _, err := d.st.Rights.Apply(t.Context(), journal.Change{At: d.now, Reason: "selesai"}, drop); err != nil {
				t.Fatal(err)
			}
			if _, err := d.st.Rights.Apply(t.Context(), journal.Change{At: d.now, Reason: "selesai"}, drop); err == nil {
				t.Fatal("a decoy is taken away twice")
			}
		}
		if a, err := gate.Lookup(t.Context(), request(u, agreement.Portal, d.out.Sample.Decoy[0])); err != nil || a.Code != access.Unknown {
			t.Fatal(a.Code, err)
		}
	})
}

// Who tries all samples of the demo out, at once, is not taken for a collector.
func TestTryingTheSamplesIsNotStopped(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	gate, _ := watched(t, d)
	s := d.out.Sample
	for _, list := range [][]string{s.Found, s.Deceased, s.Duplicate, s.Inactive, s.Unknown, s.Malformed} {
		for _, number := range list {
			a, err := gate.Lookup(t.Context(), request(d.user(t, "petugas.dinpertan"), agreement.Portal, number))
			if err != nil || a.Code == access.Abuse || a.Warning != "" {
				t.Fatal(a.Code, a.Warning, err)
			}
		}
	}
}
