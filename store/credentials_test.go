package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store"
	"gapura/store/storetest"
)

// changed returns the texts of what an agency's log says last, newest first.
func changed(t *testing.T, st *store.DB, agency int64, n int) (out []string) {
	t.Helper()
	list, err := st.Journal.Changes(context.Background(), agency, 0, n)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		out = append(out, c.Subject+": "+c.After)
	}
	return out
}

func TestTokenIsIssuedByASlipRotatedUsedRevokedAndRecorded(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx, clock := open(t, url), t.Context(), now
		cred := d.st.Credentials
		u := d.user(t, d.out.API[0].User)
		in := admission.New(d.st.Accounts, func() time.Time { return clock })
		enter := func(secret string) int64 {
			t.Helper()
			r, err := in.Authenticate(ctx, admission.Attempt{Door: admission.API, Kind: party.APIToken, Secret: secret})
			if err != nil {
				t.Fatal(err)
			}
			return r.User
		}
		slip := party.Slip{For: party.APIToken, Application: u.Application, Life: 30 * 24 * time.Hour}
		issue := func() (code, second string) {
			t.Helper()
			out, err := cred.IssueSlip(ctx, journal.Change{At: clock, By: 1, Letter: "BAST/9"}, u, slip)
			if err != nil || out.Second != "" || out.Mailed {
				t.Fatalf("%+v %v", out, err)
			}
			if _, err := cred.DrawSecond(ctx, out.Slip, 1, clock); err == nil {
				t.Error("who issued the slip drew its second half")
			}
			if second, err = cred.DrawSecond(ctx, out.Slip, 2, clock); err != nil {
				t.Fatal(err)
			}
			if _, err := cred.DrawSecond(ctx, out.Slip, 3, clock); err == nil {
				t.Error("a second half was drawn twice")
			}
			return out.Code, second
		}
		code, second := issue()
		if _, ok, err := cred.Redeem(ctx, code, "AAAA-AAAA-AAAA", "", clock); ok || err != nil {
			t.Fatal("a wrong second half", ok, err)
		}
		if _, ok, err := cred.Redeem(ctx, code, second, "hash", clock); ok || err != nil {
			t.Fatal("a token's slip sets a password", ok, err)
		}
		got, ok, err := cred.Redeem(ctx, code, strings.ToLower(second), "", clock)
		if err != nil || !ok || len(got) != 1 || got[0].Fingerprint != party.Fingerprint(party.HashSecret(got[0].Token)) {
			t.Fatal(ok, err)
		}
		first, c := got[0].Token, got[0].Credential
		if _, ok, err := cred.Redeem(ctx, code, second, "", clock); ok || err != nil {
			t.Fatal("redeemed twice", ok, err)
		}
		if enter(first) != u.ID {
			t.Fatal("the token does not open the API")
		}
		if got := changed(t, d.st, u.Institution, 1)[0]; got != "Token API "+c.Fingerprint+": dipakai" {
			t.Errorf("the first use is recorded as %q", got)
		}
		// A second caller who came at the same time has read the token as unused; neither a record nor the rights' version follow from it.
		before, err := d.st.Accounts.Version(ctx)
		if err != nil {
			t.Fatal(err)
		}
		c.FirstUsed, c.LastUsed = clock, clock
		if err := d.st.Accounts.Use(ctx, c); err != nil {
			t.Fatal(err)
		}
		if after, err := d.st.Accounts.Version(ctx); err != nil || after != before {
			t.Errorf("a first use that comes second moves the rights from %d to %d: %v", before, after, err)
		}

		code, second = issue()
		got, ok, err = cred.Redeem(ctx, code, second, "", clock)
		if err != nil || !ok || enter(first) != u.ID || enter(got[0].Token) != u.ID {
			t.Fatal("within the overlap both work", ok, err)
		}
		next := got[0].Token
		clock = clock.Add(party.Overlap)
		if enter(first) != 0 || enter(next) != u.ID {
			t.Error("after the overlap the new one alone works")
		}
		other := admission.New(d.st.Accounts, func() time.Time { return clock }) // another process
		if r, err := other.Authenticate(ctx, admission.Attempt{Door: admission.API, Kind: party.APIToken, Secret: next}); err != nil ||
			r.User != u.ID {
			t.Fatal(r, err)
		}
		if _, err := cred.RevokeToken(ctx, journal.Change{At: clock, By: 1, Letter: "S/1"},
			party.Fingerprint(party.HashSecret(next))); err != nil {
			t.Fatal(err)
		}
		if r, err := other.Authenticate(ctx, admission.Attempt{Door: admission.API, Kind: party.APIToken, Secret: next}); err != nil ||
			r.User != 0 || enter(next) != 0 {
			t.Error("a revoked token is let in", r, err)
		}
		if _, err := cred.RevokeToken(ctx, journal.Change{At: clock, By: 1}, party.Fingerprint(party.HashSecret(next))); err == nil {
			t.Error("revoked twice")
		}
		list, err := cred.Tokens(ctx, u.Institution, 0, 100)
		if err != nil || len(list) < 3 || list[0].At(clock) != party.IsRevoked || list[1].At(clock) != party.Expired ||
			list[0].OwnerLogin != u.Login || list[0].AppName == "" {
			t.Errorf("%+v %v", list, err)
		}
	})
}

// Each first use waits for the row of the rights and then reads the month's key: none may hold what another then needs.
func TestATokenThatManyUseForTheFirstTimeAtOnceLetsAllIn(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := open(t, url)
		u := d.user(t, d.out.API[0].User)
		in := admission.New(storetest.Open(t, url, d.keys).Accounts, func() time.Time { return now }) // a process that knows nothing yet
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				r, err := in.Authenticate(ctx, admission.Attempt{Door: admission.API, Kind: party.APIToken, Secret: d.out.API[0].Token})
				if err != nil || r.User != u.ID {
					t.Errorf("user %d: %v", r.User, err)
				}
			})
		}
		wg.Wait()
	})
}

func TestASlipTriedAtOnceHasItsTriesAndNoMore(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		u := d.user(t, d.out.API[0].User)
		u.Email = "penerima@dinpertan.example"
		out, err := d.st.Credentials.IssueSlip(ctx, journal.Change{At: now, By: 1}, u, party.Slip{For: party.APIToken})
		if err != nil || !out.Mailed || out.Second != "" {
			t.Fatalf("%+v %v", out, err)
		}
		mails, err := d.st.Mails.Claim(ctx, now, now.Add(time.Minute), 10)
		if err != nil || len(mails) != 2 || mails[0].To != u.Email || strings.Contains(mails[0].Body, out.Code) {
			t.Fatalf("%d mails, %v", len(mails), err)
		}
		_, after, _ := strings.Cut(mails[0].Body, "Kode kedua Anda: ")
		second, _, _ := strings.Cut(after, "\n")
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, ok, err := d.st.Credentials.Redeem(ctx, out.Code, party.NewSecondCode(), "", now); ok || err != nil {
					t.Error(ok, err)
				}
			})
		}
		wg.Wait()
		if _, ok, err := d.st.Credentials.Redeem(ctx, out.Code, second, "", now); ok || err != nil {
			t.Error("the slip survives its tries", ok, err)
		}
	})
}

func TestAForcedResetTakesEveryCredentialBack(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx, clock := open(t, url), t.Context(), now
		cred, api := d.st.Credentials, d.out.API[0]
		u := d.user(t, api.User)
		e := admission.NewEntry(d.st.Accounts, cred, func() time.Time { return clock })
		session, err := e.SignIn.Open(ctx, party.Session{User: u.ID})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.RecoveryCodes(ctx, u); err != nil {
			t.Fatal(err)
		}
		if err := cred.SetTOTP(ctx, u, party.NewTOTP(), 0, clock); err != nil {
			t.Fatal(err)
		}
		slip, err := cred.IssueSlip(ctx, journal.Change{At: clock, By: 2}, u, party.Slip{For: party.Password})
		if err != nil || slip.Code == "" {
			t.Fatal(slip, err)
		}
		second, err := cred.DrawSecond(ctx, slip.Slip, 1, clock)
		if err != nil || second == "" {
			t.Fatal(second, err)
		}
		clock = clock.Add(time.Second)
		if err := d.st.Accounts.Count(ctx, u.ID, admission.Strangers, clock, 20); err != nil {
			t.Fatal(err)
		}
		if err := cred.Reset(ctx, journal.Change{At: clock, By: 1, Letter: "S/2"}, u); err != nil {
			t.Fatal(err)
		}
		if held, err := d.st.Accounts.Held(ctx, u.ID, clock); err != nil || len(held) != 0 {
			t.Errorf("who got new credentials waits for failures with the old ones: %v %v", held, err)
		}
		for _, x := range []admission.Attempt{{Door: admission.API, Kind: party.APIToken, Secret: api.Token}, {Door: admission.Portal,
			Login: api.User, Secret: api.Password}} {
			if r, err := e.Admission.Authenticate(ctx, x); err != nil || r.User != 0 {
				t.Errorf("%s: %+v %v", x.Door, r, err)
			}
		}
		if _, ok, _ := e.SignIn.Session(ctx, session); ok {
			t.Error("a session lives on")
		}
		if f, err := cred.Factors(ctx, u.ID); err != nil || f != (party.Factors{}) {
			t.Errorf("%+v %v", f, err)
		}
		if _, ok, err := cred.Redeem(ctx, slip.Code, second, "hash", clock); ok || err != nil {
			t.Error("an old slip is good", ok, err)
		}
		if own, err := cred.Own(ctx, u.ID); err != nil || len(own) != 0 {
			t.Errorf("%+v %v", own, err)
		}
	})
}

func TestATokenDiesWithItsApplication(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		api := d.out.API[0]
		u := d.user(t, api.User)
		in := admission.New(d.st.Accounts, func() time.Time { return now })
		x := admission.Attempt{Door: admission.API, Kind: party.APIToken, Secret: api.Token}
		if r, err := in.Authenticate(ctx, x); err != nil || r.User != u.ID {
			t.Fatal(r, err)
		}
		apps, err := d.st.Rights.Applications(ctx, u.Institution)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range apps {
			if a.ID == u.Application {
				_, err = d.st.Rights.Apply(ctx, journal.Change{At: now, By: 1, Letter: "S/3"}, procedure.EndApplication{App: a})
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if r, err := in.Authenticate(ctx, x); err != nil || r.User != 0 {
			t.Error("the token lives on", r, err)
		}
	})
}

func TestLanesOfAnAccountHoldOverProcessesAndAreUnlocked(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx, clock := open(t, url), t.Context(), now
		l := d.out.Logins[4]
		u := d.user(t, l.User)
		process := func() *admission.Admission { return admission.New(d.st.Accounts, func() time.Time { return clock }) }
		one, two := process(), process()
		var wg sync.WaitGroup
		for i := range 40 {
			in := []*admission.Admission{one, two}[i%2]
			wg.Go(func() {
				if r, err := in.Authenticate(ctx, admission.Attempt{Door: admission.Portal, Login: l.User, Secret: "bukan" +
					strings.Repeat("x", i)}); err != nil && !errors.Is(err, admission.ErrBusy) || r.User != 0 {
					t.Error(r, err)
				}
			})
		}
		wg.Wait()
		held, err := d.st.Accounts.Held(ctx, u.ID, clock)
		// Five failures hold it, whichever process they come to; how many more are under way by then is the machine's.
		if err != nil || held[admission.Strangers].Before(clock.Add(party.Delay(5))) {
			t.Errorf("%v %v", held, err)
		}
		right := admission.Attempt{Door: admission.Portal, Login: " " + strings.ToUpper(l.User), Secret: l.Password}
		if r, err := process().Authenticate(ctx, right); err != nil || r.User != 0 {
			t.Fatal("not held in a third process", r, err)
		}
		if err := d.st.Accounts.Unlock(ctx, journal.Change{At: clock, By: 1, Letter: "S/4"}, u); err != nil {
			t.Fatal(err)
		}
		clock = clock.Add(time.Minute) // the source has failed often enough in this one
		if r, err := process().Authenticate(ctx, right); err != nil || r.User != u.ID {
			t.Error("held after an unlock", r, err)
		}
		if got := changed(t, d.st, u.Institution, 1)[0]; got != "User ID "+u.Login+": dibuka kembali" {
			t.Error(got)
		}
	})
}

func TestOwnSecondFactorsAreKeptSealedAndWorkOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx, clock := open(t, url), t.Context(), now
		admin := d.user(t, d.out.Logins[0].User)
		e := admission.NewEntry(d.st.Accounts, d.st.Credentials, func() time.Time { return clock })
		if err := d.st.Credentials.SetTOTP(ctx, admin, "", 0, clock); err != nil {
			t.Fatal(err)
		}
		pending := func(stage party.Stage) (string, party.Session) {
			t.Helper()
			token, err := e.SignIn.Open(ctx, party.Session{User: admin.ID, Stage: stage})
			if err != nil {
				t.Fatal(err)
			}
			s, ok, err := e.SignIn.Pending(ctx, token)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			return token, s
		}
		secret := party.NewTOTP()
		token, s := pending(party.Enrol)
		if _, err := e.SetTOTP(ctx, token, s, admin, secret, "000000"); err == nil {
			t.Error("a second factor without proof")
		}
		signed, err := e.SetTOTP(ctx, token, s, admin, secret, party.TOTPCode(secret, clock))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok, err := e.SignIn.Session(ctx, signed); !ok || err != nil {
			t.Error("not signed in after enrolment", err)
		}
		if err := e.DropTOTP(ctx, s, admin, party.TOTPCode(secret, clock)); err == nil {
			t.Error("an administrator's last second factor was taken away")
		}
		token, s = pending(party.AskCode)
		if _, err := e.Code(ctx, token, s, admin, party.TOTPCode(secret, clock)); err == nil {
			t.Error("the code of the enrolment works again")
		}
		clock = clock.Add(time.Minute)
		code := party.TOTPCode(secret, clock)
		in := make(chan error, 8)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				_, err := e.Code(ctx, token, s, admin, code)
				in <- err
			})
		}
		wg.Wait()
		passed := 0
		for range 8 {
			err := <-in
			if _, refused := errors.AsType[*told.Error](err); err != nil && !refused {
				t.Error(err)
			}
			if err == nil {
				passed++
			}
		}
		if passed != 1 {
			t.Errorf("a code passed %d times", passed)
		}
		clock = clock.Add(time.Hour)
		codes, err := e.RecoveryCodes(ctx, admin)
		if err != nil || len(codes) != party.RecoveryCodes {
			t.Fatal(len(codes), err)
		}
		var sealed int
		if err := raw(t, url).QueryRow("SELECT COUNT(*) FROM credentials WHERE user_id = $1 AND kind = 'totp' AND sealed IS NOT NULL",
			admin.ID).Scan(&sealed); err != nil || sealed != 1 {
			t.Errorf("%d secrets of one-time codes are kept beside the one in use, %v", sealed-1, err)
		}
		if err := d.st.Credentials.SetTOTP(ctx, admin, secret, 0, clock); err != nil {
			t.Fatal(err)
		}
		if err := raw(t, url).QueryRow("SELECT COUNT(*) FROM credentials WHERE user_id = $1 AND kind = 'totp' AND sealed IS NOT NULL",
			admin.ID).Scan(&sealed); err != nil || sealed != 1 {
			t.Errorf("a secret that was replaced stays: %d are kept, %v", sealed, err)
		}
		token, s = pending(party.AskCode)
		if _, err := e.Code(ctx, token, s, admin, codes[0]); err != nil {
			t.Error(err)
		}
		if _, err := e.Code(ctx, token, s, admin, codes[0]); err == nil {
			t.Error("a recovery code works twice")
		}
		if f, err := d.st.Credentials.Factors(ctx, admin.ID); err != nil || !f.TOTP || f.Recovery != party.RecoveryCodes-1 {
			t.Errorf("%+v %v", f, err)
		}
	})
}
