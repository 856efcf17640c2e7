package agreement

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/agreement/party"
)

// The model is a second, naive house: it lives the agreement day by day, from before its signing on, and keeps what stands in words of the
// clauses. It knows no derivation for a day.
type model struct {
	a             Agreement
	known         time.Time // what was recorded later is left out
	quota, grace  int
	ends          time.Time
	basis         []string
	lifted        bool
	suspended     bool
	over          bool // terminated
	state         State
	responsible   bool
	appliedOf     map[int]bool
	statementName string
}

func (m *model) knows(t time.Time) bool { return !t.After(m.known) }

// inOffice is who answers on the day: the last definitive or provisional head, unless somebody stands in for some days.
func (m *model) inOffice(day time.Time) (id int64, since time.Time) {
	until := time.Time{}
	for _, h := range m.a.Heads { // by their first day
		if !m.knows(h.Known) || h.Since.After(day) || h.Acting == party.Plh {
			continue
		}
		id, since, until = h.ID, h.Since, h.Until
	}
	if !until.IsZero() && until.Before(day) {
		id = 0
	}
	for _, h := range m.a.Heads {
		if m.knows(h.Known) && h.Acting == party.Plh && !h.Since.After(day) && !h.Until.Before(day) && (since.IsZero() ||
			h.ID > lastRegular(m, day)) {
			id, since = h.ID, h.Since
		}
	}
	return id, since
}

// lastRegular is the place of the head who took office last, as heads are numbered by their first days.
func lastRegular(m *model, day time.Time) (id int64) {
	for _, h := range m.a.Heads {
		if m.knows(h.Known) && h.Acting != party.Plh && !h.Since.After(day) {
			id = h.ID
		}
	}
	return id
}

// request is the case of a request in time for the end that stands, if nothing has ended it by noon.
func (m *model) request(noon, day time.Time) int64 {
	for _, e := range m.a.Extensions {
		if e.Kind != ExtensionAsked || !m.knows(e.Known) || e.Ends != m.ends || e.On.After(day) {
			continue
		}
		running := !e.On.After(twoMonthsBefore(m.ends))
		for _, x := range m.a.Extensions {
			if x.Case != e.Case || !m.knows(x.Known) || x.From.After(noon) {
				continue
			}
			running = running && x.Kind != ExtensionRefused && x.Kind != ExtensionWithdrawn
			running = running && (x.Kind != ExtensionGranted || x.Until.IsZero() || !x.Until.Before(day))
		}
		if running {
			return e.Case
		}
	}
	return 0
}

// twoMonthsBefore is found by walking back day by day to a day of that number, or to the last of its month where there is none.
func twoMonthsBefore(end time.Time) time.Time {
	month := time.Date(end.Year(), end.Month()-2, 1, 0, 0, 0, 0, time.UTC).Month()
	for d := end; ; d = d.AddDate(0, 0, -1) {
		if d.Month() == month && d.Day() <= end.Day() {
			return d
		}
	}
}

// stands reports whether a statement stands: signed, not past its own day, and no extension was signed since on a day before.
func (m *model) stands(s SPTJM, noon, day time.Time) bool {
	if !m.knows(s.Known) || s.SignedOn.After(day) || !s.Until.IsZero() && s.Until.Before(day) {
		return false
	}
	n := 0
	for _, d := range m.a.Addenda {
		if d.Change.EndsOn == nil || !m.knows(d.Known) {
			continue
		}
		if n == s.State && d.SignedOn.Before(day) && !d.Known.After(noon) {
			return false
		}
		n++
	}
	return true
}

// live is one more day.
func (m *model) live(noon, day time.Time) {
	for i, d := range m.a.Addenda {
		if m.knows(d.Known) && !m.appliedOf[i] && !d.EffectiveOn.After(day) && !d.Known.After(noon) {
			m.appliedOf[i] = true
		}
	}
	m.quota, m.grace, m.ends = m.a.Terms.Quota, 0, m.a.EndsOn
	if n, ok := m.a.Terms.More["head_grace"].(int); ok {
		m.grace = n
	}
	m.basis = []string{"PKS " + m.a.ProviderNumber}
	for i, d := range m.a.Addenda {
		if !m.appliedOf[i] {
			continue
		}
		m.basis = append(m.basis, "Adendum "+d.Number)
		if d.Change.Quota != nil {
			m.quota = *d.Change.Quota
		}
		if d.Change.EndsOn != nil {
			m.ends = *d.Change.EndsOn
		}
		if n, ok := d.Change.More["head_grace"].(int); ok {
			m.grace = n
		}
	}
	m.lifted = false
	for _, p := range m.a.PoC {
		if m.knows(p.Known) && p.Passed && !p.On.After(day) && !m.lifted {
			m.lifted = true
		}
	}
	m.suspended, m.over = false, false
	for _, d := range m.a.Decisions {
		if m.knows(d.Known) && !d.From.After(noon) {
			m.over = m.over || d.Kind == Terminate
			m.suspended = d.Kind == Suspend
		}
	}
	request := m.request(noon, day)
	pending := false
	for _, s := range m.a.SPTJM {
		pending = pending || request != 0 && s.Extension == request && m.stands(s, noon, day)
	}
	switch {
	case day.Before(m.a.SignedOn):
		m.state = Draft
	case m.over:
		m.state = Terminated
	case day.After(m.ends) && !pending:
		m.state = Ended
	case m.suspended:
		m.state = Suspended
	case day.After(m.ends):
		m.state = Extending
	case day.Before(AskBy(m.ends)):
		m.state = InForce
	default:
		m.state = Expiring
	}
	m.answer(noon, day, request)
}

// answer: the head's own statement, or in the days after a change of office that of the head before, as it stood on the last day.
func (m *model) answer(noon, day time.Time, request int64) {
	sworn := func(head int64, day time.Time) string {
		for _, s := range slices.Backward(m.a.SPTJM) {
			if head != 0 && s.Head == head && m.stands(s, noon, day) && (m.state != Extending || s.Extension == request) {
				return fmt.Sprint(s.Head, s.SignedOn, s.Extension, s.State, s.Known)
			}
		}
		return ""
	}
	head, since := m.inOffice(day)
	m.statementName = sworn(head, day)
	if m.statementName == "" && head != 0 && int(day.Sub(since).Hours()/24) < m.grace {
		before := since.AddDate(0, 0, -1)
		if old, _ := m.inOffice(before); old != head {
			m.statementName = sworn(old, before)
		}
	}
	m.responsible = m.statementName != ""
}

const horizon = 900

var first = date("2026-01-01")

func day0(n int) time.Time { return first.AddDate(0, 0, n) }

// history is a random agreement: late and early records, heads of all kinds, statements by anybody, requests with every outcome.
func history(r *rand.Rand) Agreement {
	at := func(day int) time.Time { return day0(day).Add(9 * time.Hour) }
	some := func(most int) int { return r.IntN(most + 1) }
	a := Agreement{ID: 1, ProviderNumber: "P", SignedOn: day0(some(20)), EndsOn: day0(300 + some(60)), Terms: Terms{Quota: 200},
		Known: at(some(40))}
	if some(1) == 0 {
		a.Terms.More = map[string]any{"head_grace": some(20)}
	}
	for n := range some(3) {
		effect := some(horizon)
		d := Addendum{Number: fmt.Sprint("A", n), EffectiveOn: day0(effect), Known: at(effect - 30 + some(60)),
			Change: Change{Quota: ptr(some(9))}}
		if some(3) == 0 {
			d.Change = Change{More: map[string]any{"head_grace": some(20)}}
		}
		a.Addenda = append(a.Addenda, d)
	}
	end := a.EndsOn
	for n := range some(2) {
		last := int(end.Sub(first).Hours() / 24)
		id := int64(10 + n)
		asked := last - 57 - some(40)
		a.Extensions = append(a.Extensions, ExtensionStep{Case: id, Kind: ExtensionAsked, On: day0(asked), Ends: end, Known: at(asked +
			some(9))})
		decided := asked + some(100)
		step := ExtensionStep{Case: id, From: at(decided), Known: at(decided), Kind: []string{ExtensionGranted, ExtensionGranted,
			ExtensionRefused,
			ExtensionWithdrawn}[some(3)]}
		if step.Kind == ExtensionGranted && some(1) == 0 {
			step.Until = day0(last + some(60))
		}
		a.Extensions = append(a.Extensions, step)
		signed := decided + some(40)
		effect := signed + some(20)
		known := at(signed + some(30))
		if step.Kind != ExtensionGranted {
			continue
		}
		end = day0(last + 100 + some(200))
		a.Addenda = append(a.Addenda, Addendum{Number: fmt.Sprint("X", n), SignedOn: day0(signed), EffectiveOn: day0(effect), Known: known,
			Change: Change{EndsOn: ptr(end)}})
	}
	for n := range some(2) {
		a.PoC = append(a.PoC, PoCLetter{Letter: fmt.Sprint("L", n), On: day0(some(horizon)), Passed: some(1) == 0,
			Known: at(some(horizon))})
	}
	slices.SortFunc(a.PoC, func(x, y PoCLetter) int { return x.On.Compare(y.On) })
	for range some(3) {
		d := at(some(horizon))
		a.Decisions = append(a.Decisions, Decision{Kind: []string{Suspend, Reinstate, Suspend, Reinstate, Terminate}[some(4)], From: d,
			Known: d})
	}
	slices.SortFunc(a.Decisions, func(x, y Decision) int { return x.From.Compare(y.From) })
	for range 1 + some(4) {
		h := party.Head{Acting: []party.Acting{party.Definitive, party.Definitive, party.Plt, party.Plh}[some(3)],
			Since: day0(some(horizon) - 50),
			Known: at(some(horizon) - 100)}
		if h.Acting == party.Plh || h.Acting == party.Plt && some(1) == 0 {
			h.Until = h.Since.AddDate(0, 0, some(90))
		}
		a.Heads = append(a.Heads, h)
	}
	slices.SortFunc(a.Heads, func(x, y party.Head) int { return x.Since.Compare(y.Since) })
	for i := range a.Heads {
		a.Heads[i].ID = int64(i + 1)
	}
	for range some(9) {
		signed := some(horizon)
		s := SPTJM{Head: int64(1 + some(len(a.Heads))), SignedOn: day0(signed), State: some(2), Known: at(signed + some(20))}
		if some(2) == 0 {
			s.Extension = int64(10 + some(1))
		}
		if some(3) == 0 {
			s.Until = day0(signed + some(200))
		}
		a.SPTJM = append(a.SPTJM, s)
	}
	for _, e := range a.Extensions { // mostly somebody signs for the request, be it who is in office or not
		if signed := e.On.AddDate(0, 0, some(40)); e.Kind == ExtensionAsked && some(4) > 0 {
			a.SPTJM = append(a.SPTJM, SPTJM{Head: int64(1 + some(len(a.Heads)-1)), SignedOn: signed, Extension: e.Case, State: some(1),
				Known: signed.AddDate(0, 0, some(5))})
		}
	}
	return a
}

// TestEveryDayOfEveryHistoryIsAsTheModelLivesIt, for all that is known today and for what was known on days before (E2, E3, B5, B7).
func TestEveryDayOfEveryHistoryIsAsTheModelLivesIt(t *testing.T) {
	seen := map[State]int{}
	answered, extending := 0, 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 17))
		a := history(r)
		for _, known := range []time.Time{day0(2 * horizon), day0(r.IntN(horizon)), day0(r.IntN(horizon))} {
			b, _ := a.Believed(known)
			m := model{a: a, known: known, appliedOf: map[int]bool{}}
			for n := -5; n < horizon; n++ {
				day := day0(n)
				noon := day.Add(12 * time.Hour)
				m.live(noon, day)
				g := b.At(noon, day)
				name := ""
				if g.SPTJM != nil {
					name = fmt.Sprint(g.SPTJM.Head, g.SPTJM.SignedOn, g.SPTJM.Extension, g.SPTJM.State, g.SPTJM.Known)
				}
				basis := strings.Join(m.basis, "; ")
				if g.State == Extending && g.SPTJM != nil {
					basis += "; " + g.SPTJM.Words()
				}
				if g.State != m.state || g.Quota != m.quota || !g.EndsOn.Equal(m.ends) || g.Unlimited(PortalApplication) != m.lifted ||
					g.Basis != basis ||
					g.Responsible != m.responsible || name != m.statementName {
					t.Fatalf("seed %d, day %d, known %s: %s %d %s %v %v %q %q; the model: %s %d %s %v %v %q %q\n%+v", seed, n, known,
						g.State, g.Quota, g.EndsOn, g.Unlimited(PortalApplication), g.Responsible, g.Basis, name,
						m.state, m.quota, m.ends, m.lifted, m.responsible, basis, m.statementName, a)
				}
				seen[g.State]++
				if g.Opens() {
					answered++
					if g.State == Extending {
						extending++
					}
				}
			}
		}
	}
	for _, s := range []State{Draft, InForce, Expiring, Extending, Ended, Terminated, Suspended} {
		if seen[s] == 0 {
			t.Errorf("no history has a day in state %s", s)
		}
	}
	if answered < 1000 || extending < 20 {
		t.Errorf("%d days on which somebody answered, %d of them while an extension was decided: too few", answered, extending)
	}
}

// TestWhatWasBelievedNeverChanges, whatever is recorded after (E2).
func TestWhatWasBelievedNeverChanges(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 23))
		a, more := history(r), history(r)
		then := day0(20 + r.IntN(horizon)).Add(12 * time.Hour)
		late := func(at time.Time) bool { return at.After(then) }
		after := a
		after.Addenda = append(slices.Clone(a.Addenda), where(more.Addenda, func(d Addendum) bool { return late(d.Known) })...)
		after.PoC = append(slices.Clone(a.PoC), where(more.PoC, func(p PoCLetter) bool { return late(p.Known) })...)
		after.Decisions = append(slices.Clone(a.Decisions), where(more.Decisions, func(d Decision) bool { return late(d.Known) })...)
		after.SPTJM = append(slices.Clone(a.SPTJM), where(more.SPTJM, func(s SPTJM) bool { return late(s.Known) })...)
		after.Extensions = append(slices.Clone(a.Extensions), where(more.Extensions,
			func(e ExtensionStep) bool { return late(e.Known) })...)
		after.Heads = append(slices.Clone(a.Heads), where(more.Heads, func(h party.Head) bool { return late(h.Known) })...)
		before, known := a.Believed(then)
		now, stillKnown := after.Believed(then)
		if known != stillKnown || known == a.Known.After(then) {
			t.Fatalf("seed %d: known %v, then %v", seed, known, stillKnown)
		}
		for n := -5; n < horizon; n++ {
			day := day0(n)
			if x, y := before.At(day.Add(time.Hour), day), now.At(day.Add(time.Hour), day); !reflect.DeepEqual(x, y) {
				t.Fatalf("seed %d: what was believed of day %d has changed: %+v, %+v", seed, n, x, y)
			}
		}
	}
}

func where[T any](list []T, fits func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !fits(x) })
}

// TestAnAddendumThatIsWrittenLateChangesNoDayBefore, neither what was granted nor what was believed (E2).
func TestAnAddendumThatIsWrittenLateChangesNoDayBefore(t *testing.T) {
	plain := pks
	plain.Addenda = nil
	late := plain
	late.Addenda = []Addendum{{Number: "A/9", SignedOn: date("2026-01-02"), EffectiveOn: date("2026-01-10"),
		Known:  date("2026-03-01").Add(time.Hour),
		Change: Change{Quota: ptr(7), EndsOn: ptr(date("2030-01-01"))}}}
	for day := date("2025-09-01"); day.Before(date("2026-03-01")); day = day.AddDate(0, 0, 1) {
		x, y := plain.At(day.Add(time.Hour), day), late.At(day.Add(time.Hour), day)
		if x.Quota != y.Quota || x.Basis != y.Basis || x.State != y.State || x.EndsOn != y.EndsOn {
			t.Fatalf("%s: %+v, %+v", day, x, y)
		}
	}
	if g := late.At(date("2026-03-01").Add(2*time.Hour), date("2026-03-01")); g.Quota != 7 {
		t.Error("once it is known it takes effect:", g.Quota)
	}
}
