package admission

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"gapura/agreement/party"
)

func attempt(login, password string, from netip.Addr) Attempt {
	return Attempt{Door: Portal, Login: login, Secret: password, Source: from}
}

// passes makes an attempt and reports whether it was let in.
func passes(t *testing.T, a *Admission, x Attempt) bool {
	t.Helper()
	r, err := a.Authenticate(t.Context(), x)
	if err != nil {
		t.Fatalf("%s: %v", x.Door, err)
	}
	return r.User != 0
}

// rush makes n attempts at once and returns how many were let in and how many were told that it is busy.
func rush(t *testing.T, n int, make func(i int) (*Admission, Attempt)) (in, busy int) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range n {
		a, x := make(i)
		wg.Go(func() {
			r, err := a.Authenticate(t.Context(), x)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, ErrBusy):
				busy++
			case err != nil:
				t.Error(err)
			case r.User != 0:
				in++
			}
		})
	}
	wg.Wait()
	return in, busy
}

// holdUntil takes the places in which hashes are computed until so many attempts are under way, however fast a hash is.
func holdUntil(t *testing.T, a *Admission, n int) {
	t.Helper()
	for range places {
		if err := a.queue.take(t.Context(), trusted); err != nil {
			t.Fatal(err)
		}
	}
	begun := func() (sum int) {
		a.calls.mu.Lock()
		for _, c := range a.calls.all {
			sum += c.joined
		}
		a.calls.mu.Unlock()
		a.flying.mu.Lock()
		defer a.flying.mu.Unlock()
		for _, f := range a.flying.all {
			sum += f.checking + f.together
		}
		return sum
	}
	go func() {
		for end := time.Now().Add(10 * time.Second); begun() < n && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		for range places {
			a.queue.give(trusted)
		}
	}()
}

func TestGuessingEightyAtOnceCountsAsEighty(t *testing.T) {
	for name, secret := range map[string]func(int) string{"different": func(i int) string { return fmt.Sprint(wrong, i) },
		"equal": func(int) string { return wrong }} {
		m, c := newMemory(t, "ana"), newClock()
		a := New(m, c.now)
		holdUntil(t, a, 80)
		rush(t, 80, func(i int) (*Admission, Attempt) { return a, attempt("ana", secret(i), foreign) })
		if h := m.hold(1, Strangers); h.Failures != 80 {
			t.Errorf("%s: %d counted", name, h.Failures)
		}
		c.move(party.Delay(80) - time.Second)
		if passes(t, a, attempt("ana", right, foreign)) {
			t.Errorf("%s: the account is not held", name)
		}
		c.move(2 * time.Second)
		if !passes(t, a, attempt("ana", right, foreign)) {
			t.Errorf("%s: the account is held for ever", name)
		}
	}
}

// early is a process that read the account before the others' attempts.
type early struct{ *memory }

func (e early) Account(ctx context.Context, login string) (Account, bool, error) {
	a, ok, err := e.memory.Account(ctx, login)
	a.Lanes = nil
	return a, ok, err
}

func TestWhatOtherProcessesCountedHoldsBeforeAnOutcomeCounts(t *testing.T) {
	m, c := newMemory(t, "ana"), newClock()
	for i := range 5 {
		passes(t, New(early{m}, c.now), attempt("ana", fmt.Sprint(wrong, i), foreign))
	}
	if passes(t, New(early{m}, c.now), attempt("ana", right, foreign)) {
		t.Error("a sixth guess was let in")
	}
}

func TestAStrangersGuessingNeverHoldsTheOwnersKnownSource(t *testing.T) {
	m, c := newMemory(t, "ana"), newClock()
	a := New(m, c.now)
	if !passes(t, a, attempt("ana", right, office)) {
		t.Fatal("first sign-in")
	}
	for i := range 30 {
		passes(t, a, attempt("ana", fmt.Sprint(wrong, i), foreign))
		c.move(100 * time.Millisecond)
	}
	if passes(t, a, attempt("ana", right, foreign)) {
		t.Error("a guess by strangers who are held is let in, because the owner's password is remembered")
	}
	if !passes(t, New(m, c.now), attempt("ana", right, office)) { // by a process that remembers nothing
		t.Error("the owner's source is held")
	}
	for i := range 5 {
		passes(t, a, attempt("ana", fmt.Sprint(wrong, i), office))
	}
	c.move(time.Second)
	m.change(func() {})
	if passes(t, New(m, c.now), attempt("ana", right, office)) {
		t.Error("guessing from a known source does not hold that source, in another process")
	}
}

func TestAHeldAccountSurvivesARestart(t *testing.T) {
	m, c := newMemory(t, "ana"), newClock()
	for i := range 5 {
		passes(t, New(m, c.now), attempt("ana", fmt.Sprint(wrong, i), foreign))
	}
	if passes(t, New(m, c.now), attempt("ana", right, foreign)) {
		t.Error("a new process knows of no failures")
	}
	c.move(30 * time.Second)
	if !passes(t, New(m, c.now), attempt("ana", right, foreign)) {
		t.Error("held for longer than the delay")
	}
	if h := m.hold(1, Strangers); h.Failures != 0 {
		t.Errorf("a success leaves %d failures", h.Failures)
	}
}

func TestAnImpatientOwnerDoesNotMakeTheTimeLonger(t *testing.T) {
	m, c := newMemory(t, "ana"), newClock()
	a := New(m, c.now)
	for i := range 12 {
		passes(t, a, attempt("ana", fmt.Sprint(wrong, i), foreign))
	}
	if h := m.hold(1, Strangers); h.Failures != 5 {
		t.Errorf("%d failures", h.Failures)
	}
}

func TestProgramsStartingTogetherAreAllLetInByOneHash(t *testing.T) {
	m, c := newMemory(t, "ana"), newClock()
	a := New(m, c.now)
	in, _ := rush(t, 40, func(int) (*Admission, Attempt) {
		return a, Attempt{Door: API, Login: "ana", Secret: right, Source: office}
	})
	if in != 40 || m.admitted != 1 {
		t.Errorf("%d let in by %d hashes", in, m.admitted)
	}
}

// After a restart 64 programs of 64 user ids call at once, each several times: one hash each, none is told that it is busy, and from then
// on there are no hashes, also when a right of somebody has changed. So how long a restart is felt is 64 hashes, whatever the callers do.
func TestAfterARestartEachProgramCostsOneHash(t *testing.T) {
	const programs, calls = 64, 4
	logins := make([]string, programs)
	for i := range logins {
		logins[i] = fmt.Sprint("program", i)
	}
	m, c := newMemory(t, logins...), newClock()
	a := New(m, c.now)
	call := func(i int) (*Admission, Attempt) {
		return a, Attempt{Door: Legacy, Login: logins[i%programs], Secret: right, Source: office}
	}
	holdUntil(t, a, programs*calls)
	if in, busy := rush(t, programs*calls, call); in != programs*calls || busy != 0 || m.admitted != programs {
		t.Errorf("%d let in, %d busy, by %d hashes", in, busy, m.admitted)
	}
	m.change(func() {})
	if in, _ := rush(t, programs*calls, call); in != programs*calls || m.admitted != programs {
		t.Errorf("%d let in after a change of something else, by %d hashes", in, m.admitted)
	}
}

func TestEveryDoorOfProgramsRefusesStaffPasswords(t *testing.T) {
	m, c := newMemory(t, "admin", "ana"), newClock()
	for _, role := range []party.Role{party.Administrator, party.Operator, party.Auditor} {
		m.change(func() {
			x := m.accounts["admin"]
			x.Role, x.Factors = role, party.Factors{TOTP: true}
			m.accounts["admin"] = x
		})
		a := New(m, c.now)
		for _, d := range []Door{API, Legacy, Balikan} {
			if r, err := a.Authenticate(t.Context(), Attempt{Door: d, Login: "admin", Secret: right, Source: office}); r.User != 0 ||
				err != nil {
				t.Errorf("%s at %s: %+v %v", role, d, r, err)
			}
			if h := m.hold(1, Strangers); h.Failures != 0 {
				t.Errorf("%s at %s: the password was looked at", role, d)
			}
		}
		if r, err := a.Authenticate(t.Context(), attempt("admin", right, office)); r.User != 1 || r.Stage != party.AskCode || err != nil {
			t.Errorf("%s at the portal: %+v %v", role, r, err)
		}
	}
	m.change(func() { x := m.accounts["ana"]; x.Factors.TOTP = true; m.accounts["ana"] = x })
	if passes(t, New(m, c.now), Attempt{Door: API, Login: "ana", Secret: right, Source: office}) {
		t.Error("a password alone opens an account with a second factor")
	}
}

func TestARememberedPasswordEndsWithItsChange(t *testing.T) {
	m, c := newMemory(t, "ana"), newClock()
	a := New(m, c.now)
	x := Attempt{Door: Legacy, Login: "ana", Secret: right, Source: office}
	passes(t, a, x)
	m.change(func() {}) // another right
	if !passes(t, a, x) || m.admitted != 1 {
		t.Errorf("%d hashes after a change of something else", m.admitted)
	}
	other, err := party.HashPassword(t.Context(), wrong)
	if err != nil {
		t.Fatal(err)
	}
	m.change(func() { y := m.accounts["ana"]; y.Hash = other; m.accounts["ana"] = y })
	if passes(t, a, x) {
		t.Error("the old password is remembered")
	}
	passes(t, a, Attempt{Door: Legacy, Login: "ana", Secret: wrong, Source: office})
	m.change(func() { delete(m.accounts, "ana") })
	if passes(t, a, Attempt{Door: Legacy, Login: "ana", Secret: wrong, Source: office}) {
		t.Error("a user id that has ended is remembered")
	}
}

func TestATokenOpensItsOwnDoorWhileItStands(t *testing.T) {
	m, c := newMemory(t), newClock()
	secrets := map[party.Kind]string{}
	for i, k := range []party.Kind{party.APIToken, party.DeskToken, party.BalikanToken} {
		secrets[k] = party.NewSecret()
		m.tokens[party.HashSecret(secrets[k])] = Token{Credential: party.Credential{ID: int64(i), Kind: k, Owner: int64(i + 1), Agency: 9,
			Issued: c.now(), Expires: c.now().Add(time.Hour)}}
	}
	a := New(m, c.now)
	for k, s := range secrets {
		for _, d := range []Door{Portal, Desk, API, Legacy, Balikan} {
			want := k == party.BalikanToken && d == Balikan || k != party.BalikanToken && d == API
			if passes(t, a, Attempt{Door: d, Kind: party.APIToken, Secret: s, Source: office}) != want {
				t.Errorf("%s at %s", k, d)
			}
		}
	}
	if m.used != 3 {
		t.Errorf("%d uses noted", m.used)
	}
	x := Attempt{Door: API, Kind: party.APIToken, Secret: secrets[party.APIToken], Source: office}
	h := party.HashSecret(x.Secret)
	m.change(func() { y := m.tokens[h]; y.Revoked = c.now(); m.tokens[h] = y })
	if passes(t, a, x) {
		t.Error("a revoked token is remembered")
	}
	x.Secret = secrets[party.DeskToken]
	c.move(time.Hour)
	if passes(t, a, x) {
		t.Error("a token outlives its end while it is remembered")
	}
	if passes(t, a, Attempt{Door: API, Kind: party.APIToken, Secret: party.NewSecret(), Source: office}) ||
		passes(t, a, Attempt{Door: API, Kind: party.APIToken, Source: office}) {
		t.Error("no token is let in")
	}
}

func TestSecondFactorsAreCountedApart(t *testing.T) {
	m, c := newMemory(t, "ana"), newClock()
	a := New(m, c.now)
	checked := 0
	try := func(ok bool) bool {
		got, err := a.SecondFactor(t.Context(), 1, Source(office), func(context.Context) (bool, error) { checked++; return ok, nil })
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for range 20 {
		try(false)
	}
	if checked != 5 || try(true) {
		t.Errorf("%d codes were looked at", checked)
	}
	if _, known := m.lanes[1][Source(office)]; known {
		t.Error("a source is known before the second factor")
	}
	c.move(30 * time.Second)
	if !try(true) {
		t.Error("held for longer than the delay")
	}
	if _, known := m.lanes[1][Source(office)]; !known {
		t.Error("the source is not known after the second factor")
	}
}

func TestASourceThatFailsTooOftenIsToldToWait(t *testing.T) {
	m, c := newMemory(t, "ana"), newClock()
	a := New(m, c.now)
	var b budget
	for range triesOfSource {
		if !b.spend(Source(foreign), c.now()) {
			t.Fatal("too early")
		}
	}
	if b.spend(Source(foreign), c.now()) {
		t.Error("no end")
	}
	if !b.spend(Source(office), c.now()) {
		t.Error("another source waits as well")
	}
	for range triesOfSource {
		a.sources.spend(Source(foreign), c.now())
	}
	if _, err := a.Authenticate(t.Context(), attempt("nobody", wrong, foreign)); !errors.Is(err, ErrBusy) {
		t.Error(err)
	}
	if !passes(t, a, attempt("ana", right, foreign)) {
		t.Error("whoever knows the password waits for those who do not")
	}
	c.move(time.Minute)
	if passes(t, a, attempt("nobody", wrong, foreign)) {
		t.Error("nobody is let in")
	}
}

func TestSourcesBeyondTheLimitShareOneBudget(t *testing.T) {
	var b budget
	now := newClock().now()
	for i := range mostSources {
		b.spend(Lane(fmt.Sprint(i)), now)
	}
	good := 0
	for i := range 50_000 {
		if b.spend(Lane(fmt.Sprint("later", i)), now) {
			good++
		}
	}
	if good != triesOfTheOthers || len(b.spent) != mostSources {
		t.Errorf("%d tries, %d sources in memory", good, len(b.spent))
	}
}

func TestKnownSourcesAreServedBeforeAccountsAndThoseBeforeStrangers(t *testing.T) {
	q := &queue{free: 1}
	if err := q.take(t.Context(), stranger); err != nil {
		t.Fatal(err)
	}
	order := make(chan priority)
	var wg sync.WaitGroup
	for _, p := range []priority{stranger, account, trusted} {
		wg.Go(func() {
			if err := q.take(t.Context(), p); err != nil {
				t.Error(err)
			}
			order <- p
		})
		for { // until it waits
			q.mu.Lock()
			n := len(q.waiting[p])
			q.mu.Unlock()
			if n == 1 {
				break
			}
		}
	}
	held := stranger
	for _, want := range []priority{trusted, account, stranger} {
		q.give(held)
		if held = <-order; held != want {
			t.Errorf("%d before %d", held, want)
		}
	}
	wg.Wait()
}

func TestNobodyWhomWeKnowWaitsForAStrangersHash(t *testing.T) {
	q := &queue{free: places}
	ctx, leave := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range places {
		wg.Go(func() { q.take(ctx, stranger) })
	}
	defer wg.Wait()
	defer leave()
	for n := 0; n < places; {
		q.mu.Lock()
		n = q.strangers + len(q.waiting[stranger])
		q.mu.Unlock()
	}
	soon, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := q.take(soon, account); err != nil {
		t.Error(err)
	}
}

func TestTheQueueIsBoundedAndForgetsThoseWhoLeft(t *testing.T) {
	q := &queue{free: 1}
	if err := q.take(t.Context(), stranger); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	results := make(chan error, mostWaiting[stranger])
	for range mostWaiting[stranger] {
		wg.Go(func() { results <- q.take(ctx, stranger) })
	}
	for {
		q.mu.Lock()
		n := len(q.waiting[stranger])
		q.mu.Unlock()
		if n == mostWaiting[stranger] {
			break
		}
	}
	if err := q.take(t.Context(), stranger); !errors.Is(err, ErrBusy) {
		t.Errorf("beyond the bound: %v", err)
	}
	leave()
	wg.Wait()
	for range mostWaiting[stranger] {
		if err := <-results; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	q.give(stranger)
	if err := q.take(t.Context(), stranger); err != nil {
		t.Error("the place was lost to one who left")
	}
}

func TestFiftyThousandFailuresAreAFewRecords(t *testing.T) {
	var y Tally
	c := newClock()
	records, counted := 0, 0
	over := func() {
		for _, s := range y.Over(c.now()) {
			records++
			counted += s.Count
		}
	}
	for i := range 50_000 {
		if i%25_000 == 0 {
			c.move(time.Minute)
			over()
		}
		from := netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)}) // each from a source of its own
		if y.First("api", from, c.now()) {
			records++
			counted++
		}
	}
	c.move(time.Minute)
	over()
	if counted != 50_000 || records > 300 || records > 2*2*(MostSources+1) {
		t.Errorf("%d records stand for %d failures", records, counted)
	}
	if y.First("api", foreign, c.now()); y.First("api", foreign, c.now()) || !y.First("legacy", foreign, c.now()) {
		t.Error("the first of each door and minute is recorded")
	}
}

func TestSumsThatCannotBeRecordedAreKeptWithinBounds(t *testing.T) {
	var y Tally
	c := newClock()
	total := 0
	for range 3 * mostSums {
		c.move(time.Minute)
		y.First("api", foreign, c.now())
		y.First("api", foreign, c.now())
		total++
	}
	c.move(time.Minute)
	sums, counted := y.Over(c.now()), 0
	for _, s := range sums {
		counted += s.Count
	}
	if len(sums) > mostSums || counted != total {
		t.Errorf("%d sums for %d failures", len(sums), counted)
	}
	y.Keep(sums)
	if len(y.Over(c.now())) != len(sums) {
		t.Error("what was given back is lost")
	}
}

func TestAnIPv6HostIsOneSource(t *testing.T) {
	if Source(netip.MustParseAddr("2001:db8::1")) != Source(netip.MustParseAddr("2001:db8::ffff")) ||
		Source(netip.MustParseAddr("2001:db8:0:1::1")) == Source(netip.MustParseAddr("2001:db8::1")) {
		t.Error("/64")
	}
	if Source(netip.MustParseAddr("::ffff:10.33.3.7")) != Source(office) {
		t.Error("a mapped address is another source")
	}
}
