package store_test

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/demo/demotest"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store"
	"gapura/store/storetest"
)

var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// A district is a store with the demo's district in it, and a gate on it.
type district struct {
	st   *store.DB
	gate *access.Gate
	out  demo.Result
	now  time.Time
	keys *keyring.Ring
}

func open(t testing.TB, url string) *district {
	t.Helper()
	d := &district{now: now}
	d.st, d.out, d.keys = demotest.District(t, url, now, 500, 1)
	d.gate = newGate(t, d.st, func() time.Time { return d.now })
	return d
}

func newGate(t testing.TB, st *store.DB, now func() time.Time) *access.Gate {
	w := journal.NewWriter(st.Journal)
	t.Cleanup(w.Close)
	return &access.Gate{Rights: st.Rights, Source: st.Registry, Log: w, Now: now, Readers: st.Institutions}
}

func (d *district) user(t *testing.T, login string) party.User {
	t.Helper()
	u, ok, err := d.st.Users.UserByLogin(context.Background(), login)
	if err != nil || !ok {
		t.Fatalf("user %s: %v", login, err)
	}
	return u
}

func request(u party.User, method, number string) access.Request {
	return access.Request{Who: access.Known(u.ID), Method: method, Address: netip.MustParseAddr("127.0.0.1"), NIK: number,
		Purpose: demo.Purpose, Reference: "P-1"}
}

func TestLookupAnswersEveryOutcomeAndRecordsIt(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		officer := d.user(t, "petugas.dinpertan")
		s := d.out.Sample
		for _, c := range []struct {
			number string
			want   access.Code
		}{
			{s.Found[0], access.Found}, {s.Deceased[0], access.Deceased}, {s.Duplicate[0], access.Duplicate},
			{s.Inactive[0], access.Inactive},
			{s.Unknown[0], access.Unknown}, {s.Malformed[0], access.Malformed},
		} {
			a, err := d.gate.Lookup(ctx, request(officer, agreement.Portal, c.number))
			if err != nil || a.Code != c.want {
				t.Fatalf("%s, %v; want %s", a.Code, err, c.want)
			}
			if (a.Code == access.Found) != (a.Person.Elements != 0) {
				t.Fatalf("%s carries %v", a.Code, a.Person.Elements)
			}
		}
		rows, more, err := d.st.Journal.Records(ctx, access.HistoryQuery{Agency: officer.Institution, User: officer.ID, Limit: 5})
		if err != nil || !more || len(rows) != 5 {
			t.Fatalf("%d rows, more %v, %v", len(rows), more, err)
		}
		if rows[4].NIK.Digits() != s.Deceased[0] || rows[4].Outcome != string(access.Deceased) || rows[4].Login != "petugas.dinpertan" ||
			rows[4].Purpose != demo.Purpose {
			t.Fatalf("%+v", rows[4])
		}
		oldest, _, err := d.st.Journal.Records(ctx, access.HistoryQuery{Agency: officer.Institution, Oldest: true, Outcome: access.Found,
			Limit: 50})
		if err != nil || len(oldest) != 1 || oldest[0].NIK.Digits() != s.Found[0] {
			t.Fatalf("%d rows, %v", len(oldest), err)
		}
		if n, err := d.st.Rights.Hits(ctx, officer.Institution, party.WIB.Day(now)); err != nil || n.Of(nil) != 5 {
			t.Fatalf("%d hits, %v; a malformed NIK costs none", n, err)
		}
	})
}

// TestQuotaIsExactOverProcesses runs 64 clients, on PostgreSQL over two stores with writers of their own as two processes have.
func TestQuotaIsExactOverProcesses(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx := context.Background()
		first, out, keys := demotest.District(t, url, now, 300, 1)
		clock := func() time.Time { return now }
		gates := []*access.Gate{newGate(t, first, clock)}
		if strings.HasPrefix(url, "postgres") {
			gates = append(gates, newGate(t, storetest.Open(t, url, keys), clock))
		}
		u, _, err := first.Users.UserByLogin(ctx, "petugas.dinsos")
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		count := map[access.Code]int{}
		var wg sync.WaitGroup
		for c := range 64 {
			wg.Go(func() {
				for i := range 10 {
					a, err := gates[c%len(gates)].Lookup(ctx, request(u, agreement.Portal,
						out.Sample.Found[(c*10+i)%len(out.Sample.Found)]))
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					count[a.Code]++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if count[access.Found] != 200 || count[access.Quota] != 440 {
			t.Fatalf("%v; want 200 answered and 440 refused", count)
		}
		if n, _ := first.Rights.Hits(ctx, u.Institution, party.WIB.Day(now)); n.Of(nil) != 200 {
			t.Fatalf("%d hits counted", n)
		}
	})
}

// enrol adds an agency of the zone with a quota of 3, and returns its officer.
func enrol(t *testing.T, d *district, zone party.Zone) party.User {
	t.Helper()
	ctx, note := context.Background(), journal.Change{At: now, Reason: "uji", Letter: "400.12/1/2026"}
	signed := zone.Day(now).AddDate(0, -1, 0)
	code := "dinas-" + strings.ToLower(string(zone))
	head := party.Head{Name: "Kepala Rekaan", Position: "Kepala", Since: signed}
	made, err := d.st.Rights.Apply(ctx, note, procedure.CreateInstitution{Institution: party.Institution{Code: code, Name: "Dinas " +
		string(zone), Zone: zone, Heads: party.Heads{head}}})
	if err != nil {
		t.Fatal(err)
	}
	agency := made[0].ID
	terms := agreement.Terms{
		Elements: population.PKSElements, Methods: []string{agreement.Portal}, Quota: 3, Purposes: []string{demo.Purpose},
		Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}
	ag := agreement.Agreement{Agency: agency, ProviderNumber: "P/" + code, AgencyNumber: "A/" + code, SignedOn: signed,
		EndsOn: signed.AddDate(2, 0, 0), Terms: terms}
	st, err := d.st.Rights.Agency(ctx, agency)
	if err != nil {
		t.Fatal(err)
	}
	ag.SPTJM = []agreement.SPTJM{{Head: st.Institution.Heads[0].ID, SignedOn: signed}}
	if _, err := d.st.Rights.Apply(ctx, note, procedure.SignAgreement{Agreement: ag}); err != nil {
		t.Fatal(err)
	}
	hash, err := party.HashPassword(ctx, "sebuah kata sandi")
	if err != nil {
		t.Fatal(err)
	}
	u := party.User{Institution: agency, Login: "petugas." + code, Name: "Petugas Rekaan", Role: party.Officer,
		Methods: []string{agreement.Portal}, NDASigned: signed}
	if _, err := d.st.Rights.CreateUser(ctx, note, u, hash); err != nil {
		t.Fatal(err)
	}
	return d.user(t, u.Login)
}

// TestQuotaBeginsAnewAtTheZonesMidnight uses an agency's quota up in the last second of its day and asks again in the first of the next:
// through gate and store, in each of the three zones, with the other zones' midnights before and after it.
func TestQuotaBeginsAnewAtTheZonesMidnight(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		for zone, hour := range map[party.Zone]int{party.WIB: 17, party.WITA: 16, party.WIT: 15} {
			u := enrol(t, d, zone)
			midnight := time.Date(2026, 11, 24, hour, 0, 0, 0, time.UTC) // 25 November, 00.00 there
			asked := func(at time.Time, want access.Code, used int) {
				t.Helper()
				d.now = at
				a, err := d.gate.Lookup(ctx, request(u, agreement.Portal, d.out.Sample.Found[0]))
				if err != nil || a.Code != want || a.Quota.Used != used {
					t.Fatalf("%s at %s: %s with %d hits used, %v; want %s with %d", zone, at.In(zone.Location()), a.Code, a.Quota.Used, err,
						want, used)
				}
			}
			asked(midnight.AddDate(0, 0, -1), access.Found, 1) // the first instant of the 24th there
			asked(midnight.Add(-3*time.Hour), access.Found, 2)
			asked(midnight.Add(-time.Microsecond), access.Found, 3)
			asked(midnight.Add(-time.Microsecond), access.Quota, 3)
			asked(midnight, access.Found, 1)
			for day, want := range map[int]int{23: 0, 24: 3, 25: 1, 26: 0} {
				if n, err := d.st.Rights.Hits(ctx, u.Institution, time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)); err != nil ||
					n.Of(nil) != want {
					t.Errorf("%s: %d hits on the %dth, %v; want %d", zone, n, day, err, want)
				}
			}
		}
	})
}

// TestRightsTakeEffectAtOnce changes rights between two lookups, also by another process that this one's cache knows nothing of.
func TestRightsTakeEffectAtOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx := context.Background()
		st, out, keys := demotest.District(t, url, now, 300, 1)
		d := &district{st: st, out: out, now: now}
		gate := newGate(t, st, func() time.Time { return now })
		other := st
		if strings.HasPrefix(url, "postgres") {
			other = storetest.Open(t, url, keys)
		}
		u := d.user(t, "petugas.dinsos")
		standing, err := st.Rights.Standing(ctx, u.ID)
		if err != nil {
			t.Fatal(err)
		}
		ag := standing.Agreements[0]
		ask := func() access.Answer {
			t.Helper()
			a, err := gate.Lookup(ctx, request(u, agreement.Portal, out.Sample.Found[0]))
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		if a := ask(); a.Person.Name == "" || a.Quota.Unlimited {
			t.Fatal("nothing granted")
		}
		less := ag.Terms.Elements.Without(1)
		if _, err := other.Rights.Apply(ctx, journal.Change{At: now}, procedure.AddAddendum{Agreement: ag,
			Addendum: agreement.Addendum{Number: "A/1", EffectiveOn: party.WIB.Day(now),
				Change: agreement.Change{Elements: &less}}}); err != nil {
			t.Fatal(err)
		}
		if a := ask(); a.Person.Name != "" || a.Person.Elements.Has(1) {
			t.Fatal("a removed element left")
		}
		if _, err := other.Rights.Apply(ctx, journal.Change{At: now}, procedure.RecordPoC{Agreement: ag,
			Letter: agreement.PoCLetter{Letter: "L/77", On: party.WIB.Day(now), Passed: true}}); err != nil {
			t.Fatal(err)
		}
		if a := ask(); !a.Quota.Unlimited || !strings.Contains(a.Basis, "PoC L/77") || !strings.Contains(a.Basis, "Adendum A/1") {
			t.Fatal(a.Basis, a.Quota)
		}
		if _, err := other.Rights.Apply(ctx, journal.Change{At: now}, procedure.Decide{Agreement: ag,
			Decision: agreement.Decision{Kind: agreement.Suspend, From: now, Reason: "r", Letter: "L/78"}}); err != nil {
			t.Fatal(err)
		}
		if a := ask(); a.Code != access.InstitutionInactive {
			t.Fatal(a.Code)
		}
		if _, err := other.Rights.Apply(ctx, journal.Change{At: now}, procedure.Deactivate{User: u, At: now}); err != nil {
			t.Fatal(err)
		}
		if a := ask(); a.Code != access.UserInactive {
			t.Fatal(a.Code)
		}
		changes, err := st.Journal.Changes(ctx, u.Institution, 0, 1000)
		if err != nil || len(changes) < 6 {
			t.Fatalf("%d changes recorded, %v", len(changes), err)
		}
	})
}

// TestNothingPersonalLiesOpenOnDisk scans the SQLite files for the sample's NIKs and names.
func TestNothingPersonalLiesOpenOnDisk(t *testing.T) {
	dir := t.TempDir()
	d, ctx := open(t, filepath.Join(dir, "gapura.db")), context.Background()
	a, err := d.gate.Lookup(ctx, request(d.user(t, "petugas.dinpertan"), agreement.Portal, d.out.Sample.Found[0]))
	if err != nil || a.Code != access.Found {
		t.Fatal(a.Code, err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(files) < 2 {
		t.Fatal(files)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{a.Person.NIK.Digits(), a.Person.Name, a.Person.Address.Street} {
			if strings.Contains(string(b), secret) {
				t.Errorf("%s holds a personal value", filepath.Base(f))
			}
		}
	}
	if _, err := nik.Parse(d.out.Sample.Found[0]); err != nil {
		t.Fatal(err)
	}
}
