package party

import (
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

func TestATokenDiesWithWhatItStandsOn(t *testing.T) {
	token := Credential{Kind: APIToken, Agreement: 7, Issued: noon, Expires: noon.AddDate(1, 0, 0)}
	later := noon.AddDate(0, 1, 0)
	for name, c := range map[string]struct {
		change func(*Credential, *Ground)
		want   bool
	}{
		"nothing ended":                        {func(*Credential, *Ground) {}, true},
		"revoked":                              {func(c *Credential, _ *Ground) { c.Revoked = later }, false},
		"expired":                              {func(c *Credential, _ *Ground) { c.Expires = later }, false},
		"rotated, within the overlap":          {func(c *Credential, _ *Ground) { *c = c.Rotate(later.Add(-Overlap/2), Overlap) }, true},
		"rotated, after the overlap":           {func(c *Credential, _ *Ground) { *c = c.Rotate(later.Add(-Overlap), Overlap) }, false},
		"its owner has not taken it":           {func(c *Credential, _ *Ground) { c.Issued = time.Time{} }, false},
		"its user was deactivated":             {func(_ *Credential, g *Ground) { g.User.Deactivated = later }, false},
		"its user will be deactivated":         {func(_ *Credential, g *Ground) { g.User.Deactivated = later.Add(1) }, true},
		"its user was reset":                   {func(_ *Credential, g *Ground) { g.User.Reset = noon }, false},
		"its user was reset before":            {func(_ *Credential, g *Ground) { g.User.Reset = noon.Add(-1) }, true},
		"its application ended":                {func(_ *Credential, g *Ground) { g.App.Ended = later }, false},
		"its agreement ended, what is owed":    {func(_ *Credential, g *Ground) { g.Ended = later.AddDate(0, 0, -1) }, true},
		"its agreement ended long ago":         {func(_ *Credential, g *Ground) { g.Ended = later.Add(-OwedAfterEnd) }, false},
		"its agreement ended, another follows": {func(_ *Credential, g *Ground) { g.Ended, g.Agreement = later.Add(-1), 8 }, false},
		"another agreement beside its own":     {func(_ *Credential, g *Ground) { g.Agreement = 8 }, true},
	} {
		x, g := token, Ground{Agreement: 7}
		c.change(&x, &g)
		if got := x.Stands(g, later); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestRotationNeverMakesATokenLiveLonger(t *testing.T) {
	soon := Credential{Issued: noon, Expires: noon.Add(time.Hour)}
	if got := soon.Rotate(noon, Overlap); !got.Expires.Equal(noon.Add(time.Hour)) || got.At(noon) != Replaced {
		t.Errorf("%+v", got)
	}
}

func TestUseIsKeptCoarselyAndTheFirstAlways(t *testing.T) {
	c, write := Credential{}.Used(noon)
	if !write || !c.FirstUsed.Equal(noon) || !c.LastUsed.Equal(noon) {
		t.Fatalf("%+v", c)
	}
	if c, write = c.Used(noon.Add(UsedEvery - 1)); write {
		t.Error("a second use within the hour is written")
	}
	if c, write = c.Used(noon.Add(UsedEvery)); !write || !c.FirstUsed.Equal(noon) || !c.LastUsed.Equal(noon.Add(UsedEvery)) {
		t.Errorf("%+v %v", c, write)
	}
}

func TestFingerprintNamesASecretWithoutTellingIt(t *testing.T) {
	secret := NewSecret()
	f := Fingerprint(HashSecret(secret))
	for _, typed := range []string{f, strings.ToLower(f), " " + strings.ReplaceAll(f, "-", "")} {
		if got, err := ParseFingerprint(typed); err != nil || got != f {
			t.Errorf("%q: %q %v", typed, got, err)
		}
	}
	if Fingerprint(HashSecret(NewSecret())) == f || strings.Contains(secret, f[:5]) {
		t.Error("not this secret's own")
	}
	for _, bad := range []string{"", "3FA09", "3FA09-77C1G", f + "0"} {
		if _, err := ParseFingerprint(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestASlipNeedsBothHalvesOnceInTimeAndFewTries(t *testing.T) {
	code, second := NewSlipCode(), NewSecondCode()
	open := Slip{For: APIToken, IssuedBy: 1, Issued: noon, Until: noon.Add(SlipLife), Code: HashSlip(code)}
	drawn := open.Draw(second, 2, false)
	if _, ok := open.Redeem(code, "", noon); ok {
		t.Error("redeemed without a second half")
	}
	if _, ok := drawn.Redeem(NewSlipCode(), second, noon); ok {
		t.Error("redeemed with another slip's code")
	}
	if _, ok := drawn.Redeem(code, second, drawn.Until.Add(1)); ok {
		t.Error("redeemed too late")
	}
	sloppy := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(second, "-", " "), "0", "o"))
	spent, ok := drawn.Redeem(strings.ToLower(code), sloppy, drawn.Until)
	if !ok {
		t.Fatal("both halves, as a person types them, do not fit")
	}
	if _, ok := spent.Redeem(code, second, noon); ok {
		t.Error("redeemed twice")
	}
	tried := drawn
	for range MostTries {
		if tried, ok = tried.Redeem(code, NewSecondCode(), noon); ok {
			t.Fatal("a wrong half fits")
		}
	}
	if _, ok := tried.Redeem(code, second, noon); ok || tried.Open(noon) {
		t.Error("the slip survives its tries")
	}
}

func TestWhoIssuesASlipNeverDrawsItsSecondHalf(t *testing.T) {
	s := Slip{IssuedBy: 1, Printed: noon, Until: noon, Code: HashSlip(NewSlipCode())}
	if s.MayDraw(1, noon) || !s.MayDraw(2, noon) || s.MayDraw(2, noon.Add(1)) || s.MayDraw(0, noon) {
		t.Error("who may draw")
	}
	if s.Draw(NewSecondCode(), 2, false).MayDraw(3, noon) {
		t.Error("a second half is drawn twice")
	}
}

func TestWhatASignInLeadsTo(t *testing.T) {
	for _, c := range []struct {
		role Role
		f    Factors
		want Stage
	}{
		{Officer, Factors{}, Signed}, {Officer, Factors{TOTP: true}, AskCode}, {HeadOfAgency, Factors{Passkeys: 1}, AskCode},
		{Administrator, Factors{}, Enrol}, {Operator, Factors{Recovery: 3}, Enrol}, {Auditor, Factors{TOTP: true}, AskCode},
		{CitizenPortal, Factors{}, Signed},
	} {
		if got := AfterPassword(c.role, c.f); got != c.want {
			t.Errorf("%s %+v: %v", c.role, c.f, got)
		}
	}
}

func TestRecoveryCodesAreTenAndBoundToTheirUser(t *testing.T) {
	seen := map[Hash]bool{}
	for _, c := range NewRecoveryCodes() {
		seen[HashRecovery(1, c)], seen[HashRecovery(2, c)] = true, true
		if HashRecovery(1, c) != HashRecovery(1, " "+strings.ToLower(c)) {
			t.Error("a code as a person types it does not fit")
		}
	}
	if len(seen) != 2*RecoveryCodes {
		t.Errorf("%d different", len(seen))
	}
}
