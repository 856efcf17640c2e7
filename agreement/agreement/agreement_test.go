package agreement

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"gapura/person/population"
)

func date(s string) time.Time {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		panic(err)
	}
	return t
}

func ptr[T any](v T) *T { return &v }

var pks = Agreement{
	ID: 1, ProviderNumber: "400/1", SignedOn: date("2025-09-16"), EndsOn: date("2027-09-16"),
	Terms: Terms{Elements: population.PKSElements, Methods: []string{Portal}, Quota: 200,
		Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/28")}, Purposes: []string{"bantuan"}},
	Addenda: []Addendum{
		{Number: "A/1", EffectiveOn: date("2026-01-10"), Change: Change{Methods: []string{Portal, API}, Quota: ptr(500)}},
		{Number: "A/2", EffectiveOn: date("2026-06-01"), Change: Change{Elements: ptr(population.Of(population.ElNIK, population.ElName)),
			EndsOn: ptr(date("2028-01-01"))}},
	},
	PoC: []PoCLetter{{Letter: "P/0", On: date("2025-10-01")}, {Letter: "P/1", On: date("2026-03-01"), Passed: true}},
	Decisions: []Decision{
		{Kind: Suspend, From: date("2026-08-01").Add(5 * time.Hour)}, {Kind: Reinstate, From: date("2026-08-03")},
		{Kind: Terminate, From: date("2027-12-01")},
	},
}

// TestWhatWasGrantedOnThatDay asks for days of the past and the future (E2).
func TestWhatWasGrantedOnThatDay(t *testing.T) {
	for _, c := range []struct {
		day       string
		state     State
		elements  int
		methods   int
		quota     int
		unlimited bool
		basis     string
	}{
		{"2025-09-15", Draft, 8, 1, 200, false, "PKS 400/1"},
		{"2025-09-16", InForce, 8, 1, 200, false, "PKS 400/1"},
		{"2026-01-09", InForce, 8, 1, 200, false, "PKS 400/1; PoC P/0"},
		{"2026-01-10", InForce, 8, 2, 500, false, "PKS 400/1; Adendum A/1; PoC P/0"},
		{"2026-03-01", InForce, 8, 2, 500, true, "PKS 400/1; Adendum A/1; PoC P/1"},
		{"2026-06-01", InForce, 2, 2, 500, true, "PKS 400/1; Adendum A/1; Adendum A/2; PoC P/1"},
		{"2026-08-01", InForce, 2, 2, 500, true, "PKS 400/1; Adendum A/1; Adendum A/2; PoC P/1"}, // suspended at five o'clock
		{"2026-08-02", Suspended, 2, 2, 500, true, "PKS 400/1; Adendum A/1; Adendum A/2; PoC P/1"},
		{"2026-08-03", InForce, 2, 2, 500, true, "PKS 400/1; Adendum A/1; Adendum A/2; PoC P/1"},
		{"2027-10-31", InForce, 2, 2, 500, true, "PKS 400/1; Adendum A/1; Adendum A/2; PoC P/1"},
		{"2027-11-01", Expiring, 2, 2, 500, true, "PKS 400/1; Adendum A/1; Adendum A/2; PoC P/1"},
		{"2027-12-01", Terminated, 2, 2, 500, true, "PKS 400/1; Adendum A/1; Adendum A/2; PoC P/1"},
	} {
		g := pks.At(date(c.day), date(c.day))
		if g.State != c.state || len(g.Elements.Strings()) != c.elements || len(g.Methods) != c.methods || g.Quota != c.quota ||
			g.Unlimited(PortalApplication) != c.unlimited || g.BasisOf(PortalApplication) != c.basis {
			t.Errorf("%s: %+v", c.day, g)
		}
	}
	ended := pks
	ended.Decisions = nil
	if s := ended.At(date("2028-01-01"), date("2028-01-01")).State; !s.Works() {
		t.Error("the last day is in force:", s)
	}
	if s := ended.At(date("2028-01-02"), date("2028-01-02")).State; s != Ended {
		t.Error(s)
	}
}

func TestCurrentPrefersTheOneInForce(t *testing.T) {
	next := Agreement{ID: 2, SignedOn: date("2027-01-01"), EndsOn: date("2029-01-01")}
	for day, want := range map[string]int64{"2025-01-01": 2, "2026-07-01": 1, "2026-08-02": 2, "2027-02-01": 2} {
		g, ok := Current([]Agreement{pks, next}, date(day), date(day))
		if !ok || g.Agreement != want {
			t.Errorf("%s: agreement %d", day, g.Agreement)
		}
	}
	if _, ok := Current(nil, date("2026-01-01"), date("2026-01-01")); ok {
		t.Error("an agreement out of nothing")
	}
}

func TestReaches(t *testing.T) {
	g := pks.At(date("2026-01-01"), date("2026-01-01"))
	for a, want := range map[string]bool{"192.0.2.1": true, "::ffff:192.0.2.1": true, "192.0.2.16": false, "2001:db8::1": false} {
		if g.Reaches(netip.MustParseAddr(a)) != want {
			t.Error(a)
		}
	}
	if (Grant{}).Reaches(netip.MustParseAddr("127.0.0.1")) || g.Reaches(netip.Addr{}) {
		t.Error("an open network")
	}
}

func TestTermsAndChangesAreStoredWhole(t *testing.T) {
	for _, d := range pks.Addenda {
		b, err := json.Marshal(d.Change)
		var back Change
		if err != nil || json.Unmarshal(b, &back) != nil || !reflect.DeepEqual(back, d.Change) {
			t.Errorf("%s", b)
		}
	}
	b, err := json.Marshal(pks.Terms)
	var back Terms
	if err != nil || json.Unmarshal(b, &back) != nil || !reflect.DeepEqual(back, pks.Terms) {
		t.Errorf("%s", b)
	}
}
