package access

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
)

var (
	testNow  = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	today    = party.WIB.Day(testNow)
	someone  = mustNIK("3303014101800001")
	counter  = netip.MustParseAddr("192.0.2.10")
	elements = population.PKSElements.Without(population.ElOccupation)
)

func mustNIK(s string) nik.NIK {
	n, err := nik.Parse(s)
	if err != nil {
		panic(err)
	}
	return n
}

// lawful are the facts of a lookup that nothing speaks against.
func lawful() Facts {
	return Facts{
		Act: journal.ActLookup, Now: testNow, Method: agreement.Portal, Address: counter, Purpose: "bantuan", Reference: "P-1",
		NIK: someone, Asked: true, Known: true,
		Standing: &Standing{
			User: party.User{ID: 5, Institution: 1, Role: party.Officer, Methods: []string{agreement.Portal}, NDASigned: today.AddDate(0,
				-1, 0), HasPassword: true},
			Institution: party.Institution{ID: 1, Zone: party.WIB},
			Agreements: Agreements{{
				ID: 9, Agency: 1, ProviderNumber: "1", SignedOn: today.AddDate(-1, 0, 0), EndsOn: today.AddDate(1, 0, 0),
				Terms: agreement.Terms{Elements: elements, Methods: []string{agreement.Portal}, Quota: 200,
					Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Purposes: []string{"bantuan"}},
				Heads: party.Heads{{ID: 3, Name: "Kepala", Since: today.AddDate(-1, 0, 0)}},
				SPTJM: []agreement.SPTJM{{Head: 3, SignedOn: today.AddDate(0, -1, 0)}},
			}},
		},
	}
}

// A step spoils lawful facts in one way and says what Decide answers then. Steps stand in the order in which they are checked.
type step struct {
	name  string
	spoil func(*Facts)
	want  Code
	text  string // the Juknis's, where it has one
}

var steps = []step{
	{"unknown user or wrong password", func(f *Facts) { f.Standing = nil }, Login, "Gagal Login"},
	{"deactivated user", func(f *Facts) { f.Standing.User.Deactivated = testNow }, UserInactive,
		"User ID non aktif, silahkan menghubungi Admin"},
	{"user without NDA", func(f *Facts) { f.Standing.User.NDASigned = time.Time{} }, UserInactive, ""},
	{"user before activation", func(f *Facts) { f.Standing.User.HasPassword = false }, UserInactive, ""},
	{"no agreement", func(f *Facts) { f.Standing.Agreements = nil }, InstitutionInactive, "Instansi tidak aktif"},
	{"agreement ended yesterday", func(f *Facts) { f.agreement().EndsOn = today.AddDate(0, 0, -1) }, InstitutionInactive, ""},
	{"agreement not yet signed", func(f *Facts) { f.agreement().SignedOn = today.AddDate(0, 0, 1) }, InstitutionInactive, ""},
	{"agreement suspended", func(f *Facts) {
		f.agreement().Decisions = []agreement.Decision{{Kind: agreement.Suspend, From: testNow}}
	}, InstitutionInactive, ""},
	{"agreement terminated", func(f *Facts) {
		f.agreement().Decisions = []agreement.Decision{{Kind: agreement.Terminate, From: testNow}}
	}, InstitutionInactive, ""},
	{"no signed SPTJM", func(f *Facts) { f.agreement().SPTJM = nil }, InstitutionInactive, ""},
	{"head left office", func(f *Facts) { f.agreement().Heads[0].Until = today.AddDate(0, 0, -1) }, InstitutionInactive, ""},
	{"method not granted to the institution", func(f *Facts) { f.agreement().Terms.Methods = []string{agreement.API} }, Method, ""},
	{"method not bound to the user", func(f *Facts) { f.Standing.User.Methods = []string{agreement.API} }, Method, ""},
	{"address outside the closed network", func(f *Facts) { f.Address = netip.MustParseAddr("198.51.100.1") }, Network, ""},
	{"no address", func(f *Facts) { f.Address = netip.Addr{} }, Network, ""},
	{"role that does not ask", func(f *Facts) { f.Standing.User.Role = party.HeadOfAgency }, Method, ""},
	{"full data by a user who is granted verdicts", func(f *Facts) { f.Standing.User.MatchOnly = true }, MatchOnly, ""},
	{"purpose of the agreement that is not the user's", func(f *Facts) { f.Standing.User.Purposes = []string{"lain"} }, Purpose, ""},
	{"purpose of the user's that the agreement does not have", func(f *Facts) {
		f.Standing.User.Purposes, f.Purpose = []string{"lain"},
			"lain"
	}, Purpose, ""},
	{"foreign purpose", func(f *Facts) { f.Purpose = "lain" }, Purpose, ""},
	{"no purpose", func(f *Facts) { f.Purpose = "" }, Purpose, ""},
	{"no reference", func(f *Facts) { f.Reference = " " }, Purpose, ""},
	{"a NIK as reference", func(f *Facts) { f.Reference = someone.Digits() }, Purpose, ""},
	{"quota used up", func(f *Facts) { f.Hits = 200 }, Quota, "Kuota akses hari ini telah habis"},
	{"malformed NIK", func(f *Facts) { f.NIK = nik.NIK{} }, Malformed, "Data tidak ditemukan, NIK tidak sesuai format Dukcapil"},
	{"source failed", func(f *Facts) { f.Failed = true }, Source, ""},
	{"not in the registry", func(f *Facts) { f.Known = false }, Unknown,
		"Data tidak ditemukan, NIK tidak terdapat di database kependudukan"},
	{"deceased", func(f *Facts) { f.Status = population.Deceased }, Deceased, "Data Ditemukan, Meninggal Dunia"},
	{"duplicate", func(f *Facts) { f.Status = population.Duplicate }, Duplicate, "Data Ditemukan, Data Ganda"},
	{"inactive", func(f *Facts) { f.Status = population.Inactive }, Inactive,
		"Data Ditemukan, Status Non Aktif silahkan hubungi Dinas Dukcapil"},
}

func (f *Facts) agreement() *agreement.Agreement { return &f.Standing.Agreements[0] }

func TestDecideAnswersEachFaultWithItsText(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range steps {
		f := lawful()
		s.spoil(&f)
		v := Decide(f)
		if v.Code != s.want || v.Code.Text() == "" || (s.text != "" && v.Code.Text() != s.text) {
			t.Errorf("%s: %s %q", s.name, v.Code, v.Code.Text())
		}
		if v.Elements != 0 {
			t.Errorf("%s: elements leave", s.name)
		}
		passedOn := v.Code.Notice() && v.Code != Malformed
		if v.Hit != passedOn {
			t.Errorf("%s: hit %v (C3)", s.name, v.Hit)
		}
		if s.text != "" {
			seen[s.text] = true
		}
	}
	if len(seen) != 9 {
		t.Errorf("%d of the nine texts", len(seen))
	}
	if v := Decide(lawful()); v.Code != Found || !v.Hit || v.Elements != elements {
		t.Errorf("lawful: %+v", v)
	}
}

// TestDecideOrder spoils two things at once, every pair: the check that stands first decides.
func TestDecideOrder(t *testing.T) {
	for i, first := range steps {
		for _, second := range steps[i+1:] {
			t.Run(fmt.Sprintf("%s+%s", first.name, second.name), func(t *testing.T) {
				f := lawful()
				second.spoil(&f)
				if f.Standing != nil && len(f.Standing.Agreements) == 0 {
					f.Standing.Agreements = Agreements{{}} // gone already: later spoilers need one to write to
				}
				if first.want == second.want {
					return
				}
				first.spoil(&f)
				if got := Decide(f).Code; got != first.want {
					t.Errorf("%s, want %s", got, first.want)
				}
			})
		}
	}
}

// TestAPurposeGetsItsOwnElements (A11): what the purpose does not need does not leave, by lookup or by match.
func TestAPurposeGetsItsOwnElements(t *testing.T) {
	terms, err := agreement.ParseNarrowed("bantuan: nik")
	if err != nil {
		t.Fatal(err)
	}
	f := lawful()
	f.agreement().Terms.More = map[string]any{"purpose_elements": terms}
	f.agreement().Terms.Purposes = []string{"bantuan", "lain"}
	for purpose, want := range map[string]population.Elements{"bantuan": population.Of(population.ElNIK), "lain": elements} {
		for _, act := range []string{journal.ActLookup, journal.ActMatch} {
			f.Purpose, f.Act = purpose, act
			if v := Decide(f); v.Code != Found || v.Elements != want {
				t.Errorf("%s, %s: %s, %s", purpose, act, v.Code, v.Elements)
			}
		}
	}
}

// tries registers an application of the agency for a method, with its user id, and puts it on trial today.
func (f *Facts) tries(id int64, methods ...string) {
	f.Standing.User.Application = id
	f.Standing.Apps = append(f.Standing.Apps, party.App{ID: id, Agency: 1, Name: "A", Kind: party.ProgramApp, Methods: methods})
	f.agreement().PoC = append(f.agreement().PoC, agreement.PoCLetter{Application: id, Letter: "J", On: today, Until: today})
}

// TestAnApplicationIsUsedAsItsOwnPoCSays (E11): one passed PoC opens no other application, and what is not in the register is none.
func TestAnApplicationIsUsedAsItsOwnPoCSays(t *testing.T) {
	program := func() Facts {
		f := lawful()
		f.Method, f.Standing.User.Role, f.Standing.User.Methods = agreement.API, party.Application, []string{agreement.API}
		f.agreement().Terms.Methods = []string{agreement.Portal, agreement.API}
		f.tries(4, agreement.API)
		return f
	}
	days := func(from, until int) func(*Facts) {
		return func(f *Facts) {
			f.agreement().PoC[0].On, f.agreement().PoC[0].Until = today.AddDate(0, 0, from), today.AddDate(0, 0, until)
		}
	}
	passed := func(id int64) agreement.PoCLetter {
		return agreement.PoCLetter{Application: id, Letter: "L", On: today, Passed: true}
	}
	for name, c := range map[string]struct {
		spoil func(*Facts)
		want  Code
		basis string
	}{
		"on trial":                {func(*Facts) {}, Found, "PKS 1; PoC J"},
		"on trial beyond a quota": {func(f *Facts) { f.Hits = 200 }, Quota, "PKS 1; PoC J"},
		"passed":                  {func(f *Facts) { f.agreement().PoC[0], f.Hits = passed(4), 200 }, Found, "PKS 1; PoC L"},
		"another passed":          {func(f *Facts) { f.agreement().PoC[0] = passed(5) }, PoC, "PKS 1"},
		"the portal passed":       {func(f *Facts) { f.agreement().PoC[0] = passed(0) }, PoC, "PKS 1"},
		"trial is over":           {days(-2, -1), PoC, "PKS 1"},
		"trial begins tomorrow":   {days(1, 2), PoC, "PKS 1"},
		"failed": {func(f *Facts) {
			f.agreement().PoC = append(f.agreement().PoC, agreement.PoCLetter{Application: 4, Letter: "F", On: today})
		}, PoC, "PKS 1; PoC F"},
		"not in the register":      {func(f *Facts) { f.Standing.Apps = nil }, PoC, "PKS 1"},
		"ended":                    {func(f *Facts) { f.Standing.Apps[0].Ended = f.Now }, PoC, "PKS 1"},
		"for another method":       {func(f *Facts) { f.Standing.Apps[0].Methods = []string{agreement.Legacy} }, PoC, "PKS 1"},
		"the token's application":  {func(f *Facts) { f.Standing.User.Application, f.Application = 0, 4 }, Found, "PKS 1; PoC J"},
		"the token's, not passed":  {func(f *Facts) { f.Application = 5 }, PoC, "PKS 1"},
		"a person's, with no desk": {func(f *Facts) { f.Standing.User.Role, f.Standing.User.Application = party.Officer, 0 }, PoC, "PKS 1"},
		"a person's, at the desk": {func(f *Facts) {
			f.Standing.User.Role, f.Standing.User.Application, f.Standing.Apps[0].Kind = party.Officer, 0, party.DeskApp
		}, Found, "PKS 1; PoC J"},
	} {
		f := program()
		c.spoil(&f)
		if v := Decide(f); v.Code != c.want || v.Basis != c.basis || v.Hit != (c.want == Found) || (v.Elements != 0) != (c.want == Found) {
			t.Errorf("%s: %s on %q", name, v.Code, v.Basis)
		}
		f.Method, f.Standing.User.Methods, f.Standing.User.Role, f.Hits = agreement.Portal, []string{agreement.Portal}, party.Officer, 0
		if v := Decide(f); v.Code != Found || v.App.ID != agreement.PortalApplication {
			t.Errorf("%s: the portal answers %s", name, v.Code)
		}
	}
}

func TestQuotaIsTheGrantsAndEndsWithThePoC(t *testing.T) {
	f := lawful()
	for hits, want := range map[int]Code{0: Found, 199: Found, 200: Quota, 201: Quota} {
		f.Hits = hits
		if got := Decide(f).Code; got != want {
			t.Errorf("%d hits used: %s, want %s", hits, got, want)
		}
	}
	f.Hits = 201
	f.agreement().PoC = []agreement.PoCLetter{{Letter: "L", On: today, Passed: false}}
	if got := Decide(f).Code; got != Quota {
		t.Errorf("a failed PoC lifted the quota: %s", got)
	}
	f.agreement().PoC[0].Passed = true
	if v := Decide(f); v.Code != Found || v.Basis != "PKS 1; PoC L" {
		t.Errorf("%s on %q", v.Code, v.Basis)
	}
}

func TestProviderStaffSignInButNeverLookUp(t *testing.T) {
	f := lawful()
	f.Standing.User.Institution, f.Standing.User.Role, f.Standing.User.NDASigned = party.Provider, party.Administrator, time.Time{}
	if got := Decide(f).Code; got != Method {
		t.Errorf("lookup: %s", got)
	}
	f.Act = journal.ActSignIn
	if got := Decide(f).Code; got != Entered {
		t.Errorf("sign-in: %s", got)
	}
	f.Method = agreement.API
	if got := Decide(f).Code; got != Method {
		t.Errorf("API: %s", got)
	}
}

func TestDayFollowsTheAgencysZone(t *testing.T) {
	f := lawful()
	f.agreement().EndsOn = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		zone party.Zone
		last time.Time // the last second of 23 November there
	}{
		{party.WIB, time.Date(2026, 11, 23, 16, 59, 59, 0, time.UTC)}, {party.WITA, time.Date(2026, 11, 23, 15, 59, 59, 0, time.UTC)},
		{party.WIT, time.Date(2026, 11, 23, 14, 59, 59, 0, time.UTC)},
	} {
		f.Standing.Institution.Zone = c.zone
		if f.Now = c.last; Decide(f).Code != Found {
			t.Errorf("%s: the last day is cut short", c.zone)
		}
		if f.Now = c.last.Add(time.Second); Decide(f).Code != InstitutionInactive {
			t.Errorf("%s: works after the end", c.zone)
		}
	}
}

func TestCutHoldsNothingThatIsNotGranted(t *testing.T) {
	full := population.Person{
		NIK: someone, FamilyNo: "f", Name: "n", Sex: population.Female, BirthPlace: "p", BirthDate: testNow, Marital: "m", Occupation: "o",
		Address: "a",
		RT:      "001", RW: "002", Village: "3303012001", Religion: "r", Blood: "b", Education: "e", Relation: "h", Father: "f",
		Mother: "i",
		Hamlet: "d", PostCode: "53352",
	}
	all := population.AllElements
	for el := range all.All() {
		granted := all.Without(el)
		whole, less := cut(full, all), cut(full, granted)
		if whole.Elements != all || less.Elements != granted {
			t.Errorf("%s: the granted elements are told as %v and %v", el, whole.Elements, less.Elements)
		}
		if whole.Elements, less.Elements = 0, 0; whole == less {
			t.Errorf("%s is not part of a person", el)
		}
		if only := cut(full, population.Of(el)); el != population.ElAddress && only.Address != (Address{}) {
			t.Errorf("%s brings the address along", el)
		}
		if none := cut(full, 0); none != (Person{}) {
			t.Error("an empty grant holds something")
		}
	}
}

// TestThePartsOfAVillagesCodeAreThoseOfItsDigits, as far as it is known (Juknis II.C.2.a).
func TestThePartsOfAVillagesCodeAreThoseOfItsDigits(t *testing.T) {
	elsewhere := func(district string) population.Person {
		return population.Person{Elsewhere: &population.Place{DistrictCode: district}}
	}
	for name, c := range map[string]struct {
		of   population.Person
		want [4]string
	}{
		"a village":       {population.Person{Village: "3303012001"}, [4]string{"33", "03", "01", "2001"}},
		"a district":      {elsewhere("330301"), [4]string{"33", "03", "01", ""}},
		"a number in one": {elsewhere("01"), [4]string{}},
		"nothing":         {population.Person{}, [4]string{}},
	} {
		a := cut(c.of, population.Of(population.ElAddress)).Address
		if got := [4]string{a.RegionCode(0, 2), a.RegionCode(2, 4), a.RegionCode(4, 6), a.RegionCode(6, 10)}; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A user who is granted verdicts gets them by every method, and full data by none.
func TestAMatchOnlyUserReadsNoValueByAnyMethod(t *testing.T) {
	for _, method := range []string{agreement.Portal, agreement.API, agreement.Legacy, agreement.Reader} {
		for _, role := range []party.Role{party.Officer, party.Application} {
			f := lawful()
			f.Standing.User.MatchOnly, f.Standing.User.Role, f.Standing.User.Methods, f.Method = true, role, []string{method}, method
			f.agreement().Terms.Methods = []string{method}
			f.tries(4, method)
			if v := Decide(f); v.Code != MatchOnly || v.Hit || v.Elements != 0 {
				t.Errorf("full data by %s, %s: %+v", method, role, v)
			}
			if f.Act = journal.ActMatch; Decide(f).Code != Found {
				t.Errorf("verdicts by %s, %s: %s", method, role, Decide(f).Code)
			}
		}
	}
}

// TestAnApplicationNarrowsItsUsers: what somebody may do through an application is what both may; by which one, the token says, else the
// user id, else it is the desk's in use. The portal is narrowed by none of them, nor is anybody by an application that is another's.
func TestAnApplicationNarrowsItsUsers(t *testing.T) {
	narrow := func(a *party.App) { a.MatchOnly, a.Purposes = true, []string{"bantuan"} }
	for _, method := range []string{agreement.API, agreement.Legacy} {
		for name, c := range map[string]struct {
			make func(*Facts)
			want map[string]Code // by act and purpose
		}{
			"its own":     {func(f *Facts) { narrow(&f.Standing.Apps[0]) }, nil},
			"the token's": {func(f *Facts) { f.Standing.User.Application, f.Application = 0, 4; narrow(&f.Standing.Apps[0]) }, nil},
			"the token's, of a user of another": {func(f *Facts) {
				f.tries(5, method)
				f.Application = 4
				narrow(&f.Standing.Apps[0])
			}, nil},
			"the desk's, of an officer": {func(f *Facts) {
				f.Standing.User.Role, f.Standing.User.Application, f.Standing.Apps[0].Kind = party.Officer, 0, party.DeskApp
				narrow(&f.Standing.Apps[0])
			}, nil},
			"the user's own rights are narrower": {func(f *Facts) {
				f.Standing.User.MatchOnly, f.Standing.User.Purposes = true, []string{"bantuan"}
			}, nil},
			"one half is the user's, the other the application's": {func(f *Facts) {
				f.Standing.User.MatchOnly, f.Standing.Apps[0].Purposes = true, []string{"bantuan"}
			}, nil},
			"none in common": {func(f *Facts) {
				f.Standing.User.Purposes, f.Standing.Apps[0].Purposes = []string{"lain"}, []string{"bantuan"}
			},
				map[string]Code{"match bantuan": Purpose, "lookup bantuan": Purpose, "match lain": Purpose, "lookup lain": Purpose}},
			"nothing is narrower": {func(*Facts) {},
				map[string]Code{"match bantuan": Found, "lookup bantuan": Found, "match lain": Found, "lookup lain": Found}},
			"another's is": {func(f *Facts) {
				f.tries(5, method)
				f.Standing.User.Application = 4
				narrow(&f.Standing.Apps[1])
			}, map[string]Code{"match bantuan": Found, "lookup bantuan": Found, "match lain": Found, "lookup lain": Found}},
		} {
			f := lawful()
			f.Method, f.Standing.User.Role = method, party.Application
			f.Standing.User.Methods = []string{agreement.Portal, method}
			f.agreement().Terms.Methods, f.agreement().Terms.Purposes = []string{agreement.Portal, method}, []string{"bantuan", "lain"}
			f.tries(4, method)
			c.make(&f)
			if c.want == nil {
				c.want = map[string]Code{"match bantuan": Found, "lookup bantuan": MatchOnly, "match lain": Purpose,
					"lookup lain": MatchOnly}
			}
			for what, want := range c.want {
				f.Act, f.Purpose, _ = strings.Cut(what, " ")
				if v := Decide(f); v.Code != want || v.Hit != (want == Found) {
					t.Errorf("%s by %s, %s: %s, want %s", name, method, what, v.Code, want)
				}
			}
			f.Act, f.Purpose, f.Method, f.Standing.User.Role = journal.ActLookup, "bantuan", agreement.Portal, party.Officer
			own := f.Standing.User.MatchOnly || len(f.Standing.User.Purposes) > 0
			if v := Decide(f); !own && v.Code != Found {
				t.Errorf("%s by %s: the portal answers %s", name, method, v.Code)
			}
		}
	}
}
