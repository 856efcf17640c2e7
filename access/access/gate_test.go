package access

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
)

// A house is everything that a gate stands on, in memory: one standing, one resident, a log that may be stale or broken.
type house struct {
	memory
	standing *Standing
	hits     int   // that the rights tell
	charged  int   // that the log's transaction tells
	stale    int   // how often the log says that rights have changed
	forgot   int   // how often the gate was told so
	unread   error // of standing, hits and version
	resident population.Person
	known    bool
	source   error
	asked    int // how often the source was
	judged   []nik.NIK
	saw      []journal.Record
	watch    error
	key      string // of the last entry
}

func (h *house) Standing(context.Context, int64) (*Standing, error) { return h.standing, h.unread }
func (h *house) Hits(context.Context, int64, time.Time) (journal.Hits, error) {
	return journal.Hits{0: h.hits}, h.unread
}
func (h *house) Version(context.Context) (int64, error) { return 7, h.unread }
func (h *house) Forget()                                { h.forgot++ }

func (h *house) Append(_ context.Context, e *journal.Entry) error {
	if h.stale > 0 {
		h.stale--
		return journal.ErrStale
	}
	if h.broken != nil {
		return h.broken
	}
	h.key = e.Key
	e.Written = e.Decide(h.charged)
	e.Written.ID = journal.ID{Log: e.Log, Seq: int64(len(h.records))}
	e.Hits = h.charged
	if e.Written.Hit {
		e.Hits++
	}
	h.records = append(h.records, e.Written)
	return nil
}

func (h *house) Find(context.Context, nik.NIK) (population.Finding, error) {
	h.asked++
	return population.Finding{Person: h.resident, Known: h.known}, h.source
}

func (h *house) Judge(_ context.Context, _ *Standing, _ time.Time, n nik.NIK) (string, error) {
	h.judged = append(h.judged, n)
	return "pelan-pelan", h.watch
}

func (h *house) Saw(r journal.Record) { h.saw = append(h.saw, r) }

func built() (*house, *Gate) {
	f := lawful()
	h := &house{standing: f.Standing, known: true, resident: population.Person{
		NIK: someone, Name: "Sri Rekaan", Occupation: "Petani", Marital: "Kawin", BirthDate: today,
	}}
	return h, &Gate{Rights: h, Source: h, Log: h, Watch: h, Now: func() time.Time { return testNow }}
}

func lookup(g *Gate, change func(*Request)) (Answer, error) {
	r := Request{Who: Known(5), Method: agreement.Portal, Address: counter, NIK: someone.Digits(), Purpose: "bantuan", Reference: "P-1"}
	if change != nil {
		change(&r)
	}
	return g.Lookup(context.Background(), r)
}

func TestLookupIsRecordedAsItIsAnswered(t *testing.T) {
	h, g := built()
	a, err := lookup(g, nil)
	if err != nil || a.Code != Found || a.Person.Name != "Sri Rekaan" || a.Person.Occupation != "" || a.At != testNow ||
		a.Basis != "PKS 1" ||
		a.Warning != "pelan-pelan" {
		t.Fatalf("%+v, %v", a, err)
	}
	if a.Quota.Used != 1 || a.Quota.Quota != 200 || a.Quota.Unlimited {
		t.Errorf("%+v", a.Quota)
	}
	want := journal.Record{
		ID: journal.ID{
			Log: 1,
		}, At: testNow, Act: journal.ActLookup, User: 5, Method: agreement.Portal, Address: counter, NIK: someone, Outcome: "found",
		Hit:      true,
		Elements: elements, Agreement: 9, Basis: "PKS 1", Purpose: "bantuan", Reference: "P-1",
	}
	if len(h.records) != 1 || h.records[0] != want || a.Record != want.ID {
		t.Errorf("%+v", h.records)
	}
	if len(h.judged) != 1 || h.judged[0] != someone || len(h.saw) != 1 || h.saw[0] != want {
		t.Errorf("the Watcher was asked %d times and told of %+v", len(h.judged), h.saw)
	}
}

func TestNoAnswerWithoutRecord(t *testing.T) {
	h, g := built()
	h.broken = errors.New("disk full")
	if a, err := lookup(g, nil); !errors.Is(err, h.broken) || a != (Answer{}) || len(h.saw) != 0 {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestEveryFaultAnswersNothing: whatever cannot be read or asked is no ground to go on.
func TestEveryFaultAnswersNothing(t *testing.T) {
	var fault error = &told.Error{Kind: told.Busy, After: 30, Text: "broken"}
	for name, c := range map[string]struct {
		spoil  func(*house)
		change func(*Request)
	}{
		"authentication":       {nil, func(r *Request) { r.Who = func(context.Context) (Caller, error) { return Caller{User: 5}, fault } }},
		"rights":               {func(h *house) { h.unread = fault }, nil},
		"rights, failed login": {func(h *house) { h.unread = fault }, func(r *Request) { r.Who = Known(0) }},
		"watcher":              {func(h *house) { h.watch = fault }, nil},
		"own storage":          {func(h *house) { h.source = fault }, nil}, // no outage of the source
	} {
		h, g := built()
		if c.spoil != nil {
			c.spoil(h)
		}
		if a, err := lookup(g, c.change); !errors.Is(err, fault) || a != (Answer{}) || len(h.records) != 0 {
			t.Errorf("%s: %+v, %v, %d records", name, a, err, len(h.records))
		}
	}
}

func TestSourceIsAskedOnlyWhenNothingElseSpeaksAgainst(t *testing.T) {
	for name, c := range map[string]struct {
		spoil         func(*house)
		change        func(*Request)
		want          Code
		asked, judged int
	}{
		"lawful":              {nil, nil, Found, 1, 1},
		"wrong password":      {nil, func(r *Request) { r.Who = Known(0) }, Login, 0, 0},
		"foreign purpose":     {nil, func(r *Request) { r.Purpose = "lain" }, Purpose, 0, 0},
		"malformed":           {nil, func(r *Request) { r.NIK = "330" }, Malformed, 0, 1},
		"last hit":            {func(h *house) { h.hits, h.charged = 199, 199 }, nil, Found, 1, 1},
		"quota used up":       {func(h *house) { h.hits, h.charged = 200, 200 }, nil, Quota, 0, 1},
		"another was quicker": {func(h *house) { h.charged = 200 }, nil, Quota, 1, 1},
		"without quota": {func(h *house) {
			h.hits, h.charged = 201, 201
			h.standing.Agreements[0].PoC = []agreement.PoCLetter{{Letter: "L", On: today, Passed: true}}
		}, nil, Found, 1, 1},
		"source is down": {func(h *house) { h.source, h.known = errors.New("down"), false }, nil, Source, 1, 1},
		"not known":      {func(h *house) { h.known = false }, nil, Unknown, 1, 1},
		"deceased":       {func(h *house) { h.resident.Status = population.Deceased }, nil, Deceased, 1, 1},
		"not known, whatever else the source says": {func(h *house) { h.known, h.resident.Status = false, population.Deceased }, nil,
			Unknown, 1, 1},
	} {
		h, g := built()
		if c.spoil != nil {
			c.spoil(h)
		}
		a, err := lookup(g, c.change)
		if err != nil || a.Code != c.want || h.asked != c.asked || len(h.judged) != c.judged || len(h.saw) != c.judged {
			t.Errorf("%s: %s, %v; the source was asked %d times, the Watcher %d", name, a.Code, err, h.asked, len(h.judged))
		}
		if len(h.records) != 1 || h.records[0].Outcome != string(c.want) || (a.Person != Person{}) != (c.want == Found) {
			t.Errorf("%s: %+v, %+v", name, h.records, a.Person)
		}
		if c.want == Login && (h.records[0].User != 0 || h.records[0].ID.Log != party.Provider) {
			t.Errorf("%s: %+v", name, h.records)
		}
	}
}

// TestHitsReadBeforeAreNotForgotten: the log's count may be older than what was read, never the other way round.
func TestHitsReadBeforeAreNotForgotten(t *testing.T) {
	h, g := built()
	h.hits = 200
	if a, err := lookup(g, nil); err != nil || a.Code != Quota {
		t.Errorf("%s, %v", a.Code, err)
	}
}

func TestChangedRightsAreDecidedAnewAndNotForEver(t *testing.T) {
	h, g := built()
	h.stale = maxStale - 1
	who := 0
	a, err := lookup(g, func(r *Request) { r.Who = func(context.Context) (Caller, error) { who++; return Caller{User: 5}, nil } })
	if err != nil || a.Code != Found || who != maxStale || h.forgot != maxStale-1 {
		t.Errorf("%s, %v; asked who %d times, forgot %d times", a.Code, err, who, h.forgot)
	}
	h.stale = maxStale
	if a, err := lookup(g, nil); !errors.Is(err, journal.ErrStale) || a != (Answer{}) {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestWhatDidNotPassIsNotKept: a purpose or a reference that is not the agreement's is text of unknown content.
func TestWhatDidNotPassIsNotKept(t *testing.T) {
	h, g := built()
	for _, change := range []func(*Request){func(r *Request) { r.Purpose = "rahasia" },
		func(r *Request) { r.Reference = someone.Digits() }} {
		if _, err := lookup(g, change); err != nil {
			t.Fatal(err)
		}
	}
	if h.records[0].Purpose != "" || h.records[0].Reference != "P-1" || h.records[1].Purpose != "bantuan" || h.records[1].Reference != "" {
		t.Errorf("%+v", h.records)
	}
}

func TestMatchGivesVerdictsAndNoValue(t *testing.T) {
	h, g := built()
	var claims []population.Claim
	for _, c := range []struct {
		el   population.Element
		text string
	}{{population.ElName, "Sri Rekaan"}, {population.ElOccupation, "Petani"}, {population.ElMarital, "Belum Kawin"}} {
		claim, err := population.ReadClaim(c.el, "", c.text, testNow)
		if err != nil {
			t.Fatal(err)
		}
		claims = append(claims, claim)
	}
	r := Request{Who: Known(5), Method: agreement.Portal, Address: counter, NIK: someone.Digits(), Purpose: "bantuan", Reference: "P-1"}
	compared := population.Of(population.ElName, population.ElMarital)
	a, verdicts, err := g.Match(context.Background(), r, claims, 90)
	if err != nil || a.Code != Found || a.Person != (Person{Elements: elements}) || h.records[0].Act != journal.ActMatch {
		t.Fatalf("%+v, %v", a, err)
	}
	if h.records[0].Elements != compared {
		t.Errorf("the record names %v, and %v were compared", h.records[0].Elements, compared)
	}
	if len(verdicts) != 3 || !verdicts[0].Granted || !verdicts[0].Match || verdicts[1].Granted || verdicts[1].Match ||
		!verdicts[2].Granted ||
		verdicts[2].Match {
		t.Errorf("%+v", verdicts)
	}
	for _, v := range verdicts {
		if v.Claim != v.Asked() {
			t.Error("a claimed value comes back")
		}
	}
	h.known = false
	if a, verdicts, err := g.Match(context.Background(), r, claims, 90); err != nil || a.Code != Unknown || verdicts != nil {
		t.Errorf("%+v, %v, %v", a, verdicts, err)
	}
	h.broken = errors.New("disk full")
	if a, verdicts, err := g.Match(context.Background(), r, claims, 90); err == nil || verdicts != nil || a != (Answer{}) {
		t.Errorf("%+v, %v", a, verdicts)
	}
}

func TestSignInAsksNoSourceAndNoWatcher(t *testing.T) {
	h, g := built()
	a, err := g.Enter(context.Background(), Request{Who: Known(5), Method: agreement.Portal, Address: counter, NIK: someone.Digits()})
	if err != nil || a.Code != Entered || h.asked+len(h.judged)+len(h.saw) != 0 || !h.records[0].NIK.IsZero() ||
		h.records[0].Act != journal.ActSignIn {
		t.Errorf("%+v, %v, %+v", a, err, h.records)
	}
}

func TestQuotaLeftWarnsFromEightyPercent(t *testing.T) {
	for used, want := range map[int]struct {
		left int
		warn bool
	}{0: {200, false}, 159: {41, false}, 160: {40, true}, 200: {0, true}, 201: {0, true}} {
		l := Left{Quota: 200, Used: used}
		if l.Remaining() != want.left || l.Warn() != want.warn {
			t.Errorf("%d used: %d left, warns %v", used, l.Remaining(), l.Warn())
		}
		if l.Unlimited = true; l.Warn() {
			t.Error("warns without a quota")
		}
	}
}

// TestTheQuotaIsSharedByThoseThatAreWithinIt (C1, C2): hits of what has passed its PoC count only where there is no limit any more.
func TestTheQuotaIsSharedByThoseThatAreWithinIt(t *testing.T) {
	f := lawful()
	grant := func(passed ...int64) *agreement.Grant {
		a := *f.agreement()
		a.PoC = nil
		for _, app := range passed {
			a.PoC = append(a.PoC, agreement.PoCLetter{Application: app, On: today.AddDate(0, 0, -1), Passed: true})
		}
		g := a.At(testNow, today)
		return &g
	}
	hits, quota := journal.Hits{agreement.PortalApplication: 3, 4: 5}, f.agreement().Terms.Quota
	for name, c := range map[string]struct {
		grant *agreement.Grant
		want  Left
	}{
		"no agreement": {nil, Left{Used: 8}}, "nothing has passed": {grant(), Left{Quota: quota, Used: 8}},
		"an application has passed": {grant(4), Left{Quota: quota, Used: 3}},
		"the portal has passed":     {grant(agreement.PortalApplication), Left{Unlimited: true, Quota: quota, Used: 8}},
	} {
		if got := Shared(c.grant, hits); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestReferenceIsPrintableAndNoNIK(t *testing.T) {
	for s, want := range map[string]bool{
		"P-1": true, strings.Repeat("x", 64): true, strings.Repeat("x", 65): false, " ": false, "a\x1fb": false, "a b": true,
		"a\x7fb": false, "a\ufffdb": false, "é": true,
		someone.Digits(): false,
	} {
		if ValidReference(s) != want {
			t.Errorf("%q", s)
		}
	}
}

// TestFigureCountsTheRecordsThatItsLinkShows: what a figure sums up is what its acts and outcomes find.
func TestFigureCountsTheRecordsThatItsLinkShows(t *testing.T) {
	both := "lookup match"
	for f, want := range map[Figure][2]string{
		"": {"", ""}, Asked: {both, ""}, Charged: {both, ""},
		Answered: {both, "found deceased duplicate unknown inactive malformed entered"}, Data: {"lookup", "found entered"},
		Verified: {"match", "found entered"},
		Noticed:  {both, "deceased duplicate unknown inactive malformed"},
		Declined: {both,
			"login second_step user_inactive institution_inactive quota method match_only network poc office_network purpose abuse " +
				"protected source role foreign"},
	} {
		var outcomes []string
		for _, c := range f.Outcomes() {
			outcomes = append(outcomes, string(c))
		}
		if got := [2]string{strings.Join(f.Acts(), " "), strings.Join(outcomes, " ")}; got != want {
			t.Errorf("%s: %q", f, got)
		}
		if (f.Label() == "") != (f == "") {
			t.Errorf("%q is called %q", f, f.Label())
		}
	}
}

// foundUses are the uses that a disclosure finds.
type foundUses struct {
	query UsesQuery
	fault error
}

func (u *foundUses) Uses(_ context.Context, q UsesQuery) ([]Use, int, error) {
	u.query = q
	return []Use{{Agency: "Dinas Rekaan"}}, 1, u.fault
}

func TestDisclosureIsRecordedBeforeItIsTold(t *testing.T) {
	h, _ := built()
	u := &foundUses{}
	d := &Disclosure{Uses: u, Log: h, Rights: h, Now: func() time.Time { return testNow }}
	r := DisclosureRequest{
		User:      3,
		Method:    "console",
		Address:   netip.MustParseAddr("10.0.0.1"),
		Reference: "S/1",
		NIK:       someone.Digits(),
		Offset:    2,
	}
	h.stale = 1
	id, told, err := d.Tell(context.Background(), r)
	if err != nil || len(told.Uses) != 1 || told.Total != 1 || told.Delayed != 0 || id != h.records[0].ID || h.forgot != 1 {
		t.Fatal(id, told, err)
	}
	if q := u.query; q.NIK != someone || q.Limit != MaxUses || q.Withheld || q.Today != today || q.Offset != 2 {
		t.Errorf("%+v", q)
	}
	if x := h.records[0]; x.Act != journal.ActTell || x.Purpose != "riwayat penduduk" || x.Outcome != OutcomeTold || x.User != 3 ||
		x.NIK != someone ||
		x.ID.Log != party.Provider {
		t.Errorf("%+v", x)
	}
	r.Audit, r.Limit = true, 10
	if _, _, err := d.Tell(context.Background(), r); err != nil || !u.query.Withheld || u.query.Limit != 10 ||
		h.records[1].Act != journal.ActSearch ||
		h.records[1].Purpose != "pemeriksaan jurnal" {
		t.Errorf("%v %+v %+v", err, u.query, h.records[1])
	}
	for _, c := range []struct {
		name  string
		spoil func()
	}{
		{"no NIK", func() { r.NIK = "330" }},
		{"uses", func() { r.NIK, u.fault = someone.Digits(), errors.New("broken") }},
		{"log", func() { u.fault, h.broken = nil, errors.New("disk full") }},
		{"rights", func() { h.broken, h.unread = nil, errors.New("broken") }},
		{"stale for ever", func() { h.unread, h.stale = nil, maxStale }},
	} {
		c.spoil()
		if _, told, err := d.Tell(context.Background(), r); err == nil || told.Uses != nil || told.Total != 0 || len(h.records) != 2 {
			t.Errorf("%s: %v %d %v", c.name, told.Uses, told.Total, err)
		}
	}
}

// counted are strangers' failures, of which only the first of a minute has a record of its own.
type counted struct {
	first bool
	sums  []Sum
	kept  []Sum
}

func (s *counted) First(string, netip.Addr, time.Time) bool { return s.first }
func (s *counted) Over(time.Time) []Sum                     { return s.sums }
func (s *counted) Keep(k []Sum)                             { s.kept = append(s.kept, k...) }

func TestStrangersCostOneRecordAMinuteAndItsSum(t *testing.T) {
	h, g := built()
	s := &counted{first: true}
	g.Strangers = s
	stranger := func(r *Request) { r.Who = Known(0) }
	if a, err := lookup(g, stranger); err != nil || a.Code != Login || len(h.records) != 1 {
		t.Fatalf("the first: %+v, %v, %d records", a, err, len(h.records))
	}
	s.first = false
	if a, err := lookup(g, stranger); err != nil || a != (Answer{At: testNow, Code: Login, Summed: true}) || len(h.records) != 1 {
		t.Errorf("another: %+v, %v, %d records", a, err, len(h.records))
	}
	if a, err := lookup(g, nil); err != nil || a.Code != Found || len(h.records) != 2 {
		t.Errorf("a user is taken for a stranger: %+v, %v", a, err)
	}
	minute := testNow.Truncate(time.Minute)
	s.sums = []Sum{{agreement.Portal, counter, minute, 7}, {agreement.API, counter, minute, 1}}
	if err := g.RecordSums(context.Background(), testNow); err != nil || len(h.records) != 4 || len(s.kept) != 0 {
		t.Fatalf("%v, %d records, %d kept", err, len(h.records), len(s.kept))
	}
	if r := h.records[2]; r.At != minute || r.Act != journal.ActSignIn || r.Method != agreement.Portal || r.Address != counter ||
		r.Outcome != "login" ||
		r.Reference != "7 kegagalan lain dalam satu menit" || r.User != 0 || r.ID.Log != party.Provider {
		t.Errorf("%+v", r)
	}
	h.broken = errors.New("disk full")
	if err := g.RecordSums(context.Background(), testNow); !errors.Is(err, h.broken) || len(s.kept) != 2 || h.forgot != 1 {
		t.Errorf("%v, %d kept", err, len(s.kept))
	}
	h.broken, h.unread, s.kept = nil, errors.New("broken"), nil
	if err := g.RecordSums(context.Background(), testNow); !errors.Is(err, h.unread) || len(s.kept) != 2 {
		t.Errorf("%v, %d kept", err, len(s.kept))
	}
	g.Strangers = nil
	if err := g.RecordSums(context.Background(), testNow); err != nil {
		t.Error(err)
	}
}
