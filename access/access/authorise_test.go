package access

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
)

// may is the table of roles a second time, written by hand: whoever loosens the one must loosen the other. Letters: o officer, h head, m
// administrator of the agency, p program of the agency (application), t the agency's own token; a administrator, r operator, u auditor, c
// citizen portal.
var may = map[Act]string{
	ToSignIn: "ohmparuc", ToLookup: "op", ToMatch: "op", ToCard: "op", ToActivate: "ohmparuc", ToAsk: "op", ToReview: "ohp",
	ToDeliver: "ohmpt",
	ToFigures: "ohm", ToOwn: "hm",
	ToOversee: "hm", ToManage: "m", ToAdmit: "hm", ToNotices: "ohmaru", ToAccount: "ohmaru", ToWitness: "ohp", ToReaders: "ohp",
	ToCanaries: "ohp", ToEnrol: "t", ToRedeem: "tc", ToKnow: "t", ToLook: "aru", ToFile: "ar", ToJudge: "a", ToSet: "a", ToTell: "ar",
	ToTrace: "a", ToSearch: "au", ToUses: "c",
}

// owed are the acts that stay open, to the roles that have them, when the agency's agreement is suspended or over: what is owed, what
// programs read of the past, and the form of a lookup, which says why none is answered.
var owed = map[Act]string{
	ToSignIn: "hm", ToActivate: "ohmp", ToAsk: "op", ToOwn: "hm", ToDeliver: "ohmpt", ToCard: "op",
	ToNotices: "ohm", ToAccount: "ohm", ToWitness: "ohp",
	ToReaders:  "ohp",
	ToCanaries: "ohp", ToEnrol: "t", ToRedeem: "t", ToKnow: "t",
}

// over are the ways in which an agreement is suspended or over.
var over = map[string]func(*Attempt){
	"after the agreement's end": func(a *Attempt) { a.Who.Agreements[0].EndsOn = today.AddDate(0, 0, -1) },
	"while suspended": func(a *Attempt) {
		a.Who.Agreements[0].Decisions = []agreement.Decision{{Kind: agreement.Suspend, From: testNow.Add(-time.Hour)}}
	},
	"after termination": func(a *Attempt) {
		a.Who.Agreements[0].Decisions = []agreement.Decision{{Kind: agreement.Terminate, From: testNow.Add(-time.Hour)}}
	},
	"after the end, the head's SPTJM with it": func(a *Attempt) {
		yesterday := today.AddDate(0, 0, -1)
		a.Who.Agreements[0].EndsOn, a.Who.Agreements[0].SPTJM[0].Until = yesterday, yesterday
	},
}

// extending is the day after the end, with an extension that was asked for in time and an SPTJM for it (E3).
func extending(a *Attempt) {
	g, end := &a.Who.Agreements[0], today.AddDate(0, 0, -1)
	g.EndsOn, g.SPTJM[0].Extension = end, 8
	g.Extensions = []agreement.ExtensionStep{{Case: 8, Kind: agreement.ExtensionAsked, On: end.AddDate(0, -3, 0), Ends: end}}
}

// toldMethod are the acts whose refusal to a role has the method's words.
var toldMethod = []Act{ToSignIn, ToLookup, ToMatch, ToCard, ToDeliver, ToWitness, ToReaders, ToCanaries, ToUses}

var letters = map[rune]party.Role{
	'o': party.Officer, 'h': party.HeadOfAgency, 'm': party.AgencyAdmin, 'p': party.Application, 't': Token, 'a': party.Administrator,
	'r': party.Operator, 'u': party.Auditor, 'c': party.CitizenPortal,
}

var (
	office   = netip.MustParseAddr("203.0.113.7")
	citizens = netip.MustParseAddr("203.0.113.9")
	nowhere  = netip.MustParseAddr("198.51.100.1")
)

// attempt is one that nothing speaks against but its role.
func attempt(act Act, letter rune) Attempt {
	f, role := lawful(), letters[letter]
	s := f.Standing
	s.User.Role, s.User.Methods = role, []string{agreement.Portal, agreement.Reader}
	s.Agreements[0].Terms.Methods = []string{agreement.Portal, agreement.API, agreement.Reader}
	a := Attempt{
		Who: s, Now: f.Now, Act: act, Of: 1, Method: agreement.Portal, Address: counter,
		Networks: Networks{Office: []netip.Prefix{netip.PrefixFrom(office, 32)}, Citizens: []netip.Prefix{netip.PrefixFrom(citizens, 32)}},
	}
	if role == Token {
		s.User = party.User{}
	}
	if role.OfProvider() {
		s.User.Institution, s.Institution, s.Agreements, a.Of = party.Provider, party.Institution{Zone: party.WIB}, nil, party.Provider
		a.Address = office
		if role == party.CitizenPortal && act == ToUses {
			a.Method, a.Address = agreement.API, citizens
		}
	}
	return a
}

func TestEachRoleMayWhatTheTableSaysFromItsNetworkAboutItsOwn(t *testing.T) {
	if len(rules) != len(may)+1 {
		t.Errorf("%d rules, %d expected", len(rules), len(may)+1)
	}
	for act, roles := range may {
		if rules[act].label == "" {
			t.Errorf("%s: no words for it", act)
		}
		for letter := range letters {
			a := attempt(act, letter)
			want := Role
			if slices.Contains(toldMethod, act) {
				want = Method
			}
			allowed := strings.ContainsRune(roles, letter)
			if allowed {
				want = ""
			}
			check := func(what string, want Code, spoil func(*Attempt)) {
				t.Helper()
				a := attempt(act, letter)
				spoil(&a)
				if got := Authorise(a); got != want {
					t.Errorf("%s by %c, %s: %q, want %q", act, letter, what, got, want)
				}
			}
			if got := Authorise(a); got != want {
				t.Errorf("%s by %c: %q, want %q", act, letter, got, want)
			}
			ofAgency := !letters[letter].OfProvider()
			outside := Network
			if !ofAgency && letter != 'c' {
				outside = Office
			}
			if !ofAgency && !allowed {
				outside = want // a page that is not for the role is told so first
			}
			check("from another network", outside, func(a *Attempt) { a.Address = nowhere })
			check("from an unknown address", outside, func(a *Attempt) { a.Address = netip.Addr{} })
			foreign := want
			if ofAgency && allowed {
				foreign = Foreign
			}
			check("about another agency", foreign, func(a *Attempt) { a.Of = 2 })
			if ofAgency {
				colleague := foreign
				if strings.ContainsRune("hp", letter) {
					colleague = want // who answers for the agency reads each of its records
				}
				check("about a colleague's record", colleague, func(a *Attempt) { a.By = 77 })
				check("about nobody's record", colleague, func(a *Attempt) { a.By = Nobody })
				check("about the own record", want, func(a *Attempt) { a.By = a.Who.User.ID })
				check("about the provider", foreign, func(a *Attempt) { a.Of = party.Provider })
				check("without any agreement", InstitutionInactive, func(a *Attempt) { a.Who.Agreements = nil })
				closed := want
				if rules[act].works && !strings.ContainsRune(owed[act], letter) {
					closed = InstitutionInactive
				}
				if allowed && (closed == "") != strings.ContainsRune(owed[act], letter) {
					t.Errorf("%s by %c is closed, or open, against the table of what is owed", act, letter)
				}
				away := map[bool]Code{true: InstitutionInactive, false: Network}[closed == InstitutionInactive]
				for what, spoil := range over {
					check(what, closed, spoil)
					check(what+", from another network", away, func(a *Attempt) { spoil(a); a.Address = nowhere })
				}
				check("after the end, while an extension that was asked for in time is being decided by an SPTJM for it", want, extending)
				check("after the end, with an SPTJM that is not for the extension", closed, func(a *Attempt) {
					extending(a)
					a.Who.Agreements[0].SPTJM[0].Extension = 0
				})
				check("after the end, the extension refused", closed, func(a *Attempt) {
					extending(a)
					a.Who.Agreements[0].Extensions = append(a.Who.Agreements[0].Extensions,
						agreement.ExtensionStep{Case: 8, Kind: agreement.ExtensionRefused, From: a.Now.Add(-time.Hour)})
				})
				lapsed := want
				if rules[act].works {
					lapsed = InstitutionInactive
				}
				check("with an agreement in force and without SPTJM", lapsed,
					func(a *Attempt) { a.Who.Agreements[0].SPTJM = nil })
				check("before the agreement begins", lapsed, func(a *Attempt) { a.Who.Agreements[0].SignedOn = today.AddDate(0, 0, 1) })
			}
			if letter == 't' {
				continue
			}
			inactive, door := UserInactive, Method
			if act == ToActivate {
				inactive, door = want, want
			}
			check("by a user who does not work", inactive, func(a *Attempt) { a.Who.User.Deactivated = a.Now })
			if ofAgency {
				check("by another door than the user's", door, func(a *Attempt) { a.Who.User.Methods = []string{agreement.API} })
				check("as the provider's role", map[bool]Code{true: Method, false: Role}[slices.Contains(toldMethod, act)],
					func(a *Attempt) { a.Who.User.Role = party.Administrator })
			}
		}
		if got := Authorise(Attempt{Act: act, Address: counter}); got != Login {
			t.Errorf("%s by nobody: %q", act, got)
		}
	}
	if Authorise(Attempt{Act: ToArrive}) != "" || Authorise(Attempt{Act: "else", Who: lawful().Standing, Now: testNow,
		Address: counter}) != Role {
		t.Error("pages for anybody are closed, or an unknown act is open")
	}
}

func TestStaffComeFromEverywhereUntilTheOfficesNetworksAreNamed(t *testing.T) {
	a := attempt(ToLook, 'a')
	a.Address = nowhere
	if a.Networks.Office = nil; Authorise(a) != "" {
		t.Error("refused without a list")
	}
	c := attempt(ToUses, 'c')
	if c.Networks.Citizens = nil; Authorise(c) != Network {
		t.Error("a citizen portal from anywhere")
	}
}

func TestADesksCertificateIsAskedForFromItsPeopleOnTheAPI(t *testing.T) {
	for letter, want := range map[rune]Code{'o': Network, 'h': Network, 'p': ""} {
		a := attempt(ToWitness, letter)
		a.Who.Institution.Desk.Pin, a.Who.User.Methods, a.Method = "pin", []string{agreement.API}, agreement.API
		if got := Authorise(a); got != want {
			t.Errorf("%c without it: %q", letter, got)
		}
		if a.Certificate = "pin"; Authorise(a) != "" {
			t.Errorf("%c with it", letter)
		}
	}
}

// A program comes by a connection that shows what the agreement names, on every door for programs (A5). People and the desk do not.
func TestAProgramShowsTheCertificateOfItsAgreement(t *testing.T) {
	const sum = "0123456789abcdef0123456789abcdef" // 32 bytes
	for _, c := range []struct {
		act    Act
		letter rune
		method string
		asked  bool
	}{
		{ToLookup, 'p', agreement.API, true}, {ToLookup, 'p', agreement.Legacy, true}, {ToDeliver, 't', agreement.Legacy, true},
		{ToLookup, 'o', agreement.Legacy, true},
		{ToDeliver, 'p', agreement.API, true}, {ToLookup, 'o', agreement.API, false}, {ToLookup, 'o', agreement.Portal, false},
		{ToEnrol, 't', agreement.API, false},
	} {
		a := attempt(c.act, c.letter)
		a.Method, a.Who.User.Methods = c.method, []string{c.method}
		a.Who.Agreements[0].Terms.Methods = []string{c.method}
		if got := Authorise(a); got != "" {
			t.Errorf("%s by %c: %q where none is asked for", c.act, c.letter, got)
		}
		a.Who.Agreements[0].Terms.More = map[string]any{
			agreement.Certificates.Key: agreement.Prints{"ff", hex.EncodeToString([]byte(sum))}}
		want := map[bool]Code{true: Network, false: ""}[c.asked]
		for shown, want := range map[string]Code{"": want, "another": want, sum: ""} {
			if a.Certificate = shown; Authorise(a) != want {
				t.Errorf("%s by %c on %s with %q: %q, want %q", c.act, c.letter, c.method, shown, Authorise(a), want)
			}
		}
	}
}

// A memory is a log that keeps records, and can be broken.
type memory struct {
	records []journal.Record
	broken  error
}

func (m *memory) Append(_ context.Context, e *journal.Entry) error {
	if m.broken != nil {
		return m.broken
	}
	e.Written = e.Decide(0)
	e.Written.ID = journal.ID{Log: e.Log, Seq: int64(len(m.records))}
	m.records = append(m.records, e.Written)
	return nil
}

func (*memory) Version(context.Context) (int64, error) { return 1, nil }
func (*memory) Forget()                                {}

// allow tells a refusal, which has no code when it is none, from a fault.
func allow(t *testing.T, y *Authority, a Attempt) (Refusal, error) {
	err := y.Allow(t.Context(), a)
	if r, ok := errors.AsType[*Refusal](err); ok {
		return *r, nil
	}
	return Refusal{}, err
}

// TestTheGateAuthorisesWhatItRecords, and doors authorise the rest.
func TestTheGateAuthorisesWhatItRecords(t *testing.T) {
	gated := []Act{ToSignIn, ToLookup, ToMatch, ToCard}
	for a := range rules {
		if a.Gated() != slices.Contains(gated, a) {
			t.Errorf("%s: gated %v", a.Label(), a.Gated())
		}
	}
}

// TestWhetherSomethingForeignExistsIsNotTold: it is missing; anything else is forbidden.
func TestWhetherSomethingForeignExistsIsNotTold(t *testing.T) {
	for code, want := range map[Code]told.Kind{Foreign: told.Missing, Network: told.Forbidden, Role: told.Forbidden} {
		if e, ok := errors.AsType[*told.Error](error(&Refusal{Code: code})); !ok || e.Kind != want || e.Text != code.Text() {
			t.Errorf("%s: %+v", code, e)
		}
	}
}

func TestRefusalsAreRecordedOnceAMinuteWithTheirNumber(t *testing.T) {
	log, now := &memory{}, testNow
	strangers := 0
	y := &Authority{Log: log, Rights: log, Now: func() time.Time { return now }, Stranger: func(Act, string, netip.Addr,
		Code) {
		strangers++
	}}
	try := func(a Attempt) (Code, string) {
		t.Helper()
		r, err := allow(t, y, a)
		if err != nil {
			t.Fatal(err)
		}
		return r.Code, r.Record
	}
	outside := attempt(ToOwn, 'h')
	outside.Address = nowhere
	for range 12 {
		if c, id := try(outside); c != Network || id != "1-0" {
			t.Fatalf("%s %s", c, id)
		}
	}
	if c, _ := try(attempt(ToOwn, 'h')); c != "" || len(log.records) != 1 {
		t.Fatalf("%s, %d records", c, len(log.records))
	}
	now = now.Add(sumFor)
	if err := y.Sweep(t.Context()); err != nil || len(log.records) != 2 {
		t.Fatalf("%v, %d records", err, len(log.records))
	}
	for i, reference := range []string{"", "diulang 11 kali"} {
		r := log.records[i]
		if r.Act != "own" || r.User != 5 || r.Method != agreement.Portal || r.Address != nowhere || r.Outcome != "network" ||
			r.Reference != reference {
			t.Errorf("%+v", r)
		}
	}
	if c, _ := try(Attempt{Act: ToDeliver, Address: nowhere}); c != Login || strangers != 1 || len(log.records) != 2 {
		t.Error("a stranger costs a record, or is not counted")
	}
	// What was counted is not lost: a broken log is told, and the end writes the rest.
	try(outside)
	try(outside)
	log.broken = fmt.Errorf("broken")
	other := outside
	other.Act = ToFigures
	if r, err := allow(t, y, other); err == nil || r.Code != "" {
		t.Error("a refusal that was not recorded is answered")
	}
	if y.Flush(t.Context()) == nil {
		t.Error("a broken log is not told")
	}
	log.broken = nil
	if err := y.Flush(t.Context()); err != nil || len(log.records) != 4 || log.records[3].Reference != "diulang 1 kali" {
		t.Errorf("%v %+v", err, log.records)
	}
}

func TestRefusalsFillNeitherMemoryNorLog(t *testing.T) {
	log := &memory{}
	y := &Authority{Log: log, Rights: log, Now: func() time.Time { return testNow }}
	a := attempt(ToOwn, 'h')
	for i := range 2 * maxOccasions {
		a.Address = netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)})
		if r, err := allow(t, y, a); r.Code != Network || r.Record == "" || err != nil {
			t.Fatal(r, err)
		}
	}
	if len(y.seen) > maxOccasions+1 || len(log.records) != maxOccasions+1 {
		t.Errorf("%d in memory, %d records", len(y.seen), len(log.records))
	}
}

// TestRushOfRefusalsIsSweptOnceASecond: looking at all that is counted has its price.
func TestRushOfRefusalsIsSweptOnceASecond(t *testing.T) {
	log, now := &memory{}, testNow
	y := &Authority{Log: log, Rights: log, Now: func() time.Time { return now }}
	outside := attempt(ToOwn, 'h')
	outside.Address = nowhere
	for range 2 {
		if _, err := allow(t, y, outside); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		after   time.Duration
		records int
	}{{sumFor - 500*time.Millisecond, 1}, {sumFor + 499*time.Millisecond, 1}, {sumFor + 500*time.Millisecond, 2}} {
		now = testNow.Add(c.after)
		if err := y.Sweep(t.Context()); err != nil || len(log.records) != c.records {
			t.Errorf("after %v: %d records, %v", c.after, len(log.records), err)
		}
	}
}

// What is read of what was kept of others is a record that names it, once a minute with its number.
func TestReadingsAreRecorded(t *testing.T) {
	log, now := &memory{}, testNow
	y := &Authority{Log: log, Rights: log, Now: func() time.Time { return now }}
	for _, what := range []string{"berkas 1", "berkas 2", "berkas 1", "berkas 1"} {
		if err := y.Read(t.Context(), attempt(ToLook, 'u'), what); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(sumFor)
	if err := y.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range log.records {
		if r.Act != string(ToLook) || r.User != 5 || r.Outcome != string(Read) || r.Address != office || r.ID.Log != party.Provider ||
			Code(r.Outcome).Refused() {
			t.Errorf("%+v", r)
		}
		got = append(got, r.Reference)
	}
	if want := []string{"berkas 1", "berkas 2", "berkas 1, diulang 2 kali"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	log.broken = errors.New("broken")
	if y.Read(t.Context(), attempt(ToLook, 'u'), "berkas 3") == nil {
		t.Error("what could not be recorded is read")
	}
}
