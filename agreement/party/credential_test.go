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

func TestWhatEachKindOfCredentialIs(t *testing.T) {
	for kind, c := range map[Kind]struct {
		token, second bool
		label         string
	}{
		Password: {false, false, "Kata sandi"}, OpenSession: {false, false, "Sesi"}, TOTP: {false, true, "Kode verifikasi"},
		Passkey: {false, true, "Kunci sandi"}, RecoveryCode: {false, true, "Kode pemulihan"}, APIToken: {true, false, "Token API"},
		BalikanToken: {true, false, "Token data balikan"}, DeskToken: {true, false, "Token loket"},
	} {
		if kind.Token() != c.token || kind.Second() != c.second || kind.Label() != c.label {
			t.Errorf("%s: token %v, second factor %v, %q", kind, kind.Token(), kind.Second(), kind.Label())
		}
	}
}

// The periods are promised in letters, guides and docs; whoever changes one changes what was promised.
func TestPeriodsThatWerePromised(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct{ got, want time.Duration }{
		"a token's life": {TokenLife, 365 * day}, "the longest life of one": {MostTokenLife, 730 * day},
		"the overlap of a rotation": {Overlap, 7 * day}, "how exactly the last use is kept": {UsedEvery, 60 * time.Minute},
		"a token after its agreement's end": {OwedAfterEnd, 90 * day}, "a slip's life": {SlipLife, 14 * day},
		"a desk's request": {DeskRequestLife, 7 * day}, "a sign-in before its second factor": {StageLife, 600 * time.Second},
		"an idle session": {SessionIdle, 900 * time.Second}, "a session": {SessionAbsolute, 540 * time.Minute},
		"a statement's time": {StatementSlack, 300 * time.Second},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}

// An agency's token of no agreement has the grace of the upgrade, which is an end of its own, and nothing more.
func TestATokenWithoutAnAgreementHasItsGraceAlone(t *testing.T) {
	token := Credential{Kind: APIToken, Agency: 3, Issued: noon}
	if token.Stands(Ground{Agreement: 3}, noon) || token.Barred(Ground{}, noon) != "tidak terikat pada perjanjian" {
		t.Error("a token of no agreement stands without end")
	}
	token.Expires = noon.Add(OwedAfterEnd)
	if !token.Stands(Ground{}, noon) || token.Stands(Ground{}, noon.Add(OwedAfterEnd)) {
		t.Error("the grace is not kept")
	}
	portal := Credential{Kind: APIToken, Agency: Provider, Issued: noon}
	if !portal.Stands(Ground{}, noon) {
		t.Error("the office's own program needs an agreement")
	}
	token.Agreement = 1
	if token.Stands(Ground{Ended: noon.Add(-2 * OwedAfterEnd), Agreement: 1}, noon) {
		t.Error("a token outlives its agreement")
	}
}

func TestWhyATokenOpensNothingIsSaid(t *testing.T) {
	whole := Credential{Kind: APIToken, Agreement: 1, Issued: noon, Expires: noon.Add(time.Hour)}
	for why, c := range map[string]struct {
		token Credential
		g     Ground
	}{
		"":                                   {whole, Ground{}},
		"dicabut":                            {Credential{Issued: noon, Revoked: noon}, Ground{}},
		"menunggu diambil pemiliknya":        {Credential{}, Ground{}},
		"lewat masa berlaku":                 {Credential{Issued: noon, Expires: noon}, Ground{}},
		"pemiliknya dinonaktifkan":           {whole, Ground{User: User{Deactivated: noon}}},
		"kredensial pemiliknya diatur ulang": {whole, Ground{User: User{Reset: noon}}},
		"aplikasinya diakhiri":               {whole, Ground{App: App{Ended: noon}}},
		"perjanjiannya berakhir":             {whole, Ground{Ended: noon.Add(-OwedAfterEnd), Agreement: 1}},
	} {
		if got := c.token.Barred(c.g, noon); got != why {
			t.Errorf("%q, want %q", got, why)
		}
	}
	late := Credential{Issued: noon, Revoked: noon.Add(1)}
	if late.At(noon) != Live || late.At(noon.Add(1)) != IsRevoked {
		t.Error("a revocation counts from its instant")
	}
}

func TestARotatedTokenWorksForItsOverlapAlone(t *testing.T) {
	for name, c := range map[string]struct{ expires, want time.Time }{
		"one that never expires": {time.Time{}, noon.Add(Overlap)}, "one that expires later": {noon.Add(2 * Overlap), noon.Add(Overlap)},
		"one that expires with it": {noon.Add(Overlap), noon.Add(Overlap)}, "one that expires sooner": {noon.Add(1), noon.Add(1)},
	} {
		if got := (Credential{Issued: noon, Expires: c.expires}).Rotate(noon, Overlap); !got.Expires.Equal(c.want) ||
			!got.Rotated.Equal(noon) || got.At(c.want.Add(-1)) != Replaced || got.At(c.want) != Expired {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTheFirstUseIsKeptEvenBesideALaterOne(t *testing.T) {
	c, write := Credential{LastUsed: noon}.Used(noon.Add(time.Minute))
	if !write || !c.FirstUsed.Equal(noon.Add(time.Minute)) || !c.LastUsed.Equal(noon) {
		t.Errorf("%+v %v", c, write)
	}
}

// Both halves are copied from paper: groups of four, and no letter that looks like another.
func TestHalvesOfASlipCanBeReadAndTyped(t *testing.T) {
	seen := map[rune]bool{}
	for range 400 {
		for half, groups := range map[string]int{NewSlipCode(): 4, NewSecondCode(): 3} {
			parts := strings.Split(half, "-")
			if len(parts) != groups {
				t.Fatalf("%q has %d groups", half, len(parts))
			}
			for _, p := range parts {
				if len(p) != 4 {
					t.Fatalf("a group of %d letters", len(p))
				}
				for _, r := range p {
					seen[r] = true
				}
			}
		}
	}
	for _, r := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
		if !seen[r] {
			t.Errorf("%c is never drawn", r)
		}
	}
	if len(seen) != 32 {
		t.Errorf("%d letters are drawn", len(seen))
	}
	const code = "0123-1ABZ-JK01-MN0P"
	for _, typed := range []string{"0123 1abz jk01 mn0p", "o123\t1ABZ\u00a0JKoI-MNop", "  OI23LABZJKOlMNOP ", "0123-labz-jk0i-mn0p"} {
		if HashSlip(typed) != HashSlip(code) {
			t.Errorf("%q does not fit %q", typed, code)
		}
	}
	for _, other := range []string{"0123-1ABZ-JK01-MN0Q", "0123-1ABZ-JK01-MN0", "0123-1ABZ-JK01-MN0P0", "0123-1ABY-JK01-MN0P",
		"[123-1ABZ-JK01-MN0P",
		"0123-1AB{-JK01-MN0P", "0123-1@BZ-JK01-MN0P", "0123-1`BZ-JK01-MN0P"} {
		if HashSlip(other) == HashSlip(code) {
			t.Errorf("%q fits %q", other, code)
		}
	}
}

func TestASecondHalfBelongsToItsSlipAlone(t *testing.T) {
	code, second := NewSlipCode(), NewSecondCode()
	slip := Slip{IssuedBy: 1, Printed: noon, Until: noon, Code: HashSlip(code)}
	drawn := slip.Draw(second, 2, true)
	if drawn.DrawnBy != 2 || !drawn.Mailed || slip.Draw(second, 2, false).Mailed || drawn.Second == (Hash{}) {
		t.Errorf("%+v", drawn)
	}
	other := Slip{Code: HashSlip(NewSlipCode())}.Draw(second, 2, true)
	if other.Second == drawn.Second {
		t.Error("a second half fits two slips")
	}
	if got, ok := drawn.Redeem(code, NewSecondCode(), noon); ok || got.Tries != 1 || !got.Spent.IsZero() {
		t.Errorf("a wrong half: %v, %d tries", ok, got.Tries)
	}
	if got, ok := drawn.Redeem(NewSlipCode(), second, noon); ok || got.Tries != 0 {
		t.Error("whoever does not know the code uses up its tries")
	}
	if got, ok := drawn.Redeem(code, second, noon); !ok || !got.Spent.Equal(noon) || got.Tries != 0 {
		t.Errorf("%+v %v", got, ok)
	}
	if got, ok := slip.Redeem(code, "", noon); ok || got.Tries != 1 {
		t.Error("no second half was drawn, and the try does not count")
	}
	unprinted, spent, tried := slip, slip, slip
	unprinted.Printed, spent.Spent, tried.Tries = time.Time{}, noon, MostTries
	for name, s := range map[string]Slip{"one that was not printed": unprinted, "one that is spent": spent, "one that was tried": tried} {
		if s.MayDraw(2, noon) {
			t.Errorf("a second half is drawn for %s", name)
		}
	}
	if tried.Tries--; !tried.MayDraw(2, noon) || MostTries != 5 {
		t.Error("a slip ends before its last try")
	}
}

// A whole slip is read as its halves however it is typed; a first half alone has no second.
func TestAWholeSlipIsItsHalves(t *testing.T) {
	first, second := NewSlipCode(), NewSecondCode()
	now := time.Now()
	slip := Slip{Printed: now, Until: now, Code: HashSlip(first)}.Draw(second, 0, false)
	for _, code := range []string{WholeSlip(first, second), strings.ToLower(strings.ReplaceAll(WholeSlip(first, second), "-", ""))} {
		one, two := Halves(code)
		if _, ok := slip.Redeem(one, two, now); !ok {
			t.Errorf("%s does not open the slip", code)
		}
	}
	if one, two := Halves(first); HashSlip(one) != HashSlip(first) || two != "" {
		t.Errorf("a first half alone: %q %q", one, two)
	}
	if one, two := Halves("ab"); one != "ab" || two != "" {
		t.Errorf("a short one: %q %q", one, two)
	}
}
