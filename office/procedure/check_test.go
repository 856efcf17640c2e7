package procedure

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
)

// An office's own file is held to the same rules as those that come with the program.
const ownFile = `
key = "izin-perluasan"
name = "Perluasan izin"
clause = "Prosedur kantor"
needs = "agreement"
[[step]]
key = "permohonan"
name = "Permohonan"
by = "agency"
letter = true
scan = "must"
[[step.field]]
key = "mulai"
name = "Mulai"
kind = "date"
min = ["hari_ini", "pks_ditandatangani + 1 hari"]
max = ["pks_berakhir", "hari_ini + 6 bulan"]
[[step.field]]
key = "ditandatangani"
name = "Ditandatangani"
kind = "date"
min = ["hari_ini - 1 bulan"]
max = ["hari_ini"]
[[step.field]]
key = "catatan"
name = "Catatan"
kind = "text"
[[step.field]]
kind = "terms"
[[step]]
key = "keputusan"
name = "Keputusan"
by = "provider"
decision = true
effect = "add-addendum"
`

func all(t *testing.T) []*Procedure {
	t.Helper()
	own, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte(ownFile)}}, "p")
	if err != nil {
		t.Fatal(err)
	}
	return append(Defaults(), own...)
}

// factsFor are the facts of an agency, or of the office for a procedure of its own.
func factsFor(p *Procedure) Facts {
	x := facts()
	if p.Needs == "provider" {
		x.Institution = party.Institution{ID: party.Provider, Zone: party.WIB}
		x.Users[0].Institution, x.Users[0].Role = party.Provider, party.Auditor
	}
	return x
}

// walked gives every step of a procedure as it is to be taken next, with a good form, and takes it after.
func walked(t *testing.T, p *Procedure, each func(c Case, s *Step, in Input, x Facts)) {
	t.Helper()
	x := factsFor(p)
	c := Case{ID: 1, Agency: x.Institution.ID, Procedure: p, State: Open}
	for c.Next() != nil {
		s := c.Next()
		in := input(s, 1, party.Operator)
		if s.Decision {
			in.By, in.Role = 2, party.Administrator
		}
		prepare(&x, s)
		each(c, s, in, x)
		r, err := c.Take(in, x)
		if err != nil {
			t.Fatalf("%s, %s: %v", p.Key, s.Key, err)
		}
		for _, e := range r.Effects {
			if u, ok := e.(CreateUser); ok {
				u.User.ID = 12
				x.Users = append(x.Users, u.User)
			}
		}
		c.Taken, c.State = append(c.Taken, r.Taken), r.State
	}
}

// without is a form without one of its values.
func (in Input) without(key string) Input {
	values := map[string]string{}
	for k, v := range in.Values {
		if k != key {
			values[k] = v
		}
	}
	in.Values = values
	return in
}

func (in Input) with(key, value string) Input {
	in = in.without(key)
	in.Values[key] = value
	return in
}

// Of every procedure, each field, scan, letter and decision that is left out is missed, beside its place.
func TestNothingThatAProcedureAsksForCanBeLeftOut(t *testing.T) {
	for _, p := range all(t) {
		walked(t, p, func(c Case, s *Step, in Input, x Facts) {
			missed := func(what, field string, in Input) {
				t.Helper()
				if _, err := c.Take(in, x); told.Invalids(err).Of(field) == "" {
					t.Errorf("%s, %s: %s is left out: %v", p.Key, s.Key, what, err)
				}
			}
			for _, f := range s.Fields {
				if !f.Optional {
					missed(f.Key, f.Key, in.without(f.Key))
				}
			}
			if s.Scan == "must" {
				none := in
				none.Scans = 0
				missed("the scan", "pindaian", none)
			}
			if s.Letter {
				none := in
				none.Letter = ""
				missed("the letter", "surat", none)
			}
			if s.Decision {
				none := in
				none.Verdict = ""
				missed("the verdict", "keputusan", none)
				own := in
				own.By = c.firstFiller(2)
				if _, err := c.Take(own, x); !errors.Is(err, ErrFourEyes) {
					t.Errorf("%s, %s: decided by who filled it in: %v", p.Key, s.Key, err)
				}
			}
		})
	}
}

// firstFiller is who took the first step; other when nobody did.
func (c *Case) firstFiller(other int64) int64 {
	if len(c.Taken) == 0 {
		return other
	}
	return c.Taken[0].By
}

// Every date has a first and a last day; the day before and the day after are told beside it.
func TestEveryDateHasItsBounds(t *testing.T) {
	dates := 0
	for _, p := range all(t) {
		walked(t, p, func(c Case, s *Step, in Input, x Facts) {
			for _, f := range s.Fields {
				if f.Kind != "date" {
					continue
				}
				dates++
				date := func(key string) string {
					if v, here := in.Values[key]; here {
						return v
					}
					return c.Value(key)
				}
				first, last := f.Span(date, x)
				if first.IsZero() || last.IsZero() || last.Before(first) {
					t.Errorf("%s, %s, %s: from %s to %s", p.Key, s.Key, f.Key, first, last)
				}
				for _, d := range []time.Time{first.AddDate(0, 0, -1), last.AddDate(0, 0, 1)} {
					if _, err := c.Take(in.with(f.Key, d.Format(time.DateOnly)), x); told.Invalids(err).Of(f.Key) == "" {
						t.Errorf("%s, %s, %s: %s is outside: %v", p.Key, s.Key, f.Key, d.Format(time.DateOnly), err)
					}
				}
				for _, d := range []time.Time{first, last} {
					if _, err := c.Take(in.with(f.Key, d.Format(time.DateOnly)), x); told.Invalids(err).Of(f.Key) != "" {
						t.Errorf("%s, %s, %s: %s is inside: %v", p.Key, s.Key, f.Key, d.Format(time.DateOnly), err)
					}
				}
			}
		})
	}
	if dates < 15 {
		t.Errorf("%d dates only", dates)
	}
}

// copyOf is a procedure with steps of its own.
func (p *Procedure) copyOf() *Procedure {
	q := *p
	q.Steps = slices.Clone(p.Steps)
	for i := range q.Steps {
		q.Steps[i].Fields = slices.Clone(p.Steps[i].Fields)
	}
	return &q
}

// Without the decision before an effect that opens or widens a right, or with a field of it asked for after, no procedure loads (E15); a
// restriction needs no second person.
func TestNoProcedureLoadsThatOpensARightByOnePerson(t *testing.T) {
	opening := 0
	for _, p := range all(t) {
		for i, s := range p.Steps {
			b := effects[s.Effect]
			if s.Effect == "" || !b.widens() {
				continue
			}
			opening++
			q := p.copyOf()
			for n := range q.Steps {
				q.Steps[n].Decision, q.Steps[n].Otherwise = false, ""
			}
			if err := q.check(); err == nil || !strings.Contains(err.Error(), "second person") {
				t.Errorf("%s without its decision: %v", p.Key, err)
			}
			for from, early := range p.Steps[:i+1] {
				for n, f := range early.Fields {
					_, needs := b.asks()[f.Key]
					_, may := b.may[f.Key]
					if !needs && !may {
						continue
					}
					late := p.copyOf() // the field is asked for by the step of the effect
					late.Steps[from].Fields = slices.Delete(late.Steps[from].Fields, n, n+1)
					late.Steps[i].Fields = append(late.Steps[i].Fields, f)
					if err := late.check(); err == nil {
						t.Errorf("%s: %s is asked for after the decision, and it loads", p.Key, f.Key)
					}
					if gone := p.copyOf(); needs {
						gone.Steps[from].Fields = slices.Delete(gone.Steps[from].Fields, n, n+1)
						if err := gone.check(); err == nil {
							t.Errorf("%s: %s is not asked for, and it loads", p.Key, f.Key)
						}
					}
				}
			}
		}
	}
	if opening < 18 {
		t.Errorf("%d effects that open a right only", opening)
	}
	const one = "key = \"a\"\nname = \"A\"\nclause = \"-\"\nneeds = \"agency\"\n[[step]]\nkey = \"s\"\nname = \"S\"\nby = \"provider\"\n" +
		"effect = \"deactivate-user\"\n[[step.field]]\nkey = \"pengguna\"\nname = \"P\"\nkind = \"user\"\n"
	if _, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte(one)}}, "p"); err != nil {
		t.Error("a restriction by one person:", err)
	}
}

// What an effect does to rights is written here once more: who makes a verb that opens something must say so at both places.
func TestEveryVerbSaysWhetherItOpensARight(t *testing.T) {
	restricts := []string{"set-contacts", "set-network", "change-bandwidth", "end-delegation", "poc-failed", "decide-evaluation", "suspend",
		"terminate", "revoke-token", "reset-user",
		"deactivate-user", "end-application", "ask-extension", "refuse-extension", "withdraw-extension", "register-readers",
		"personalise-readers", "deactivate-readers", "return-readers", "settle-objection"}
	for name, b := range effects {
		if b.widens() == slices.Contains(restricts, name) {
			t.Errorf("%s: opens or widens %v", name, b.widens())
		}
	}
}

func TestBoundsThatStandOnNothingAreRefused(t *testing.T) {
	good := strings.Replace(ownFile, `kind = "terms"`, `kind = "terms"`, 1)
	for name, c := range map[string]struct{ from, to, says string }{
		"no min":            {`min = ["hari_ini", "pks_ditandatangani + 1 hari"]`, "", "needs min and max"},
		"no max":            {`max = ["pks_berakhir", "hari_ini + 6 bulan"]`, "", "needs min and max"},
		"an unknown day":    {`"pks_berakhir"`, `"lebaran"`, "no day that is known"},
		"itself":            {`"pks_berakhir"`, `"mulai + 1 hari"`, "no day that is known"},
		"a text":            {`"pks_berakhir"`, `"catatan"`, "no day that is known"},
		"another unit":      {`"hari_ini + 6 bulan"`, `"hari_ini + 6 pekan"`, "is not of the form"},
		"a date":            {`"pks_berakhir"`, `"2027-01-01"`, "is not of the form"},
		"without agreement": {`needs = "agreement"`, `needs = "agency"`, "needs an agreement"},
		"of a text":         {"kind = \"text\"", "kind = \"text\"\nmin = [\"hari_ini\"]", "are for dates"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		if _, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte(text)}}, "p"); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABoundIsCountedFromItsDay(t *testing.T) {
	x := facts()
	for text, want := range map[string]string{"hari_ini": "2026-09-16", "hari_ini - 1 hari": "2026-09-15",
		"hari_ini + 2 bulan":     "2026-11-16",
		"pks_berakhir + 5 tahun": "2032-09-16", "pks_ditandatangani": "2025-09-16", "lain - 3 hari": "2026-02-26"} {
		b, err := parseBound(text)
		if err != nil {
			t.Fatal(err)
		}
		d, ok := b.day(func(string) string { return "2026-03-01" }, x)
		if got := d.Format(time.DateOnly); !ok || got != want {
			t.Errorf("%s: %s, %v", text, got, ok)
		}
	}
	b, _ := parseBound("lain")
	if _, ok := b.day(func(string) string { return "" }, x); ok {
		t.Error("a day out of an empty field")
	}
	b, _ = parseBound("pks_berakhir")
	x.Grant.Closes = x.Institution.Zone.Begin(day.AddDate(0, 1, 0)) // a last day before the end was agreed
	if d, ok := b.day(nil, x); !ok || !d.Equal(day.AddDate(0, 1, -1)) {
		t.Errorf("the last day that was agreed: %s %v", d, ok)
	}
	x.Agreement = nil
	for _, day := range []string{"pks_berakhir", "pks_ditandatangani"} {
		b, _ = parseBound(day)
		if _, ok := b.day(nil, x); ok {
			t.Errorf("%s of no agreement", day)
		}
	}
	f := Field{Min: []string{"hari_ini", "hari_ini - 3 hari"}, Max: []string{"hari_ini + 9 hari", "hari_ini + 2 hari"}}
	first, last := f.Span(nil, x)
	if !first.Equal(day) || !last.Equal(day.AddDate(0, 0, 2)) {
		t.Errorf("the narrowest of several: %s to %s", first, last)
	}
}

// A resident's sight is delayed by a year at most, whatever the order says (L6).
func TestUsesAreWithheldForAYearAtMost(t *testing.T) {
	x := facts()
	for _, p := range all(t) {
		if p.Key != "penahanan-riwayat" {
			continue
		}
		s := &p.Steps[0]
		for until, fit := range map[time.Time]bool{x.Today: true, x.Today.AddDate(1, 0, 0): true, x.Today.AddDate(1, 0, 1): false} {
			var faults told.Errors
			(&Case{Procedure: p}).within(s.Fields, map[string]string{"ditahan_sampai": until.Format(time.DateOnly)}, x, &faults)
			if (faults.Of("ditahan_sampai") == "") != fit {
				t.Errorf("until %s: %v", until, faults)
			}
		}
		return
	}
	t.Error("there is no such procedure")
}

// TestADateThatWasLeftEmptyLiesInNoBounds: whether it must be filled in is said elsewhere.
func TestADateThatWasLeftEmptyLiesInNoBounds(t *testing.T) {
	c, s := Case{}, &Step{Fields: []Field{{Key: "mulai", Kind: "date", Name: "Mulai", Min: []string{"hari_ini"},
		Max: []string{"hari_ini"}}}}
	for typed, want := range map[string]bool{"": false, "2026-09-15": true, "2026-09-16": false, "2026-09-17": true} {
		var faults told.Errors
		c.within(s.Fields, map[string]string{"mulai": typed}, facts(), &faults)
		if (faults.Of("mulai") != "") != want {
			t.Errorf("%q: %v", typed, faults)
		}
	}
}

// Two people are enough for a procedure with two decisions: who decided before and filled in nothing decides again.
func TestWhoDecidedBeforeMayDecideAgain(t *testing.T) {
	c := Case{Agency: 7, Procedure: find(t, "perubahan"), State: Open}
	for c.Next() != nil {
		in := input(c.Next(), 5, party.Administrator)
		if c.Next().Decision {
			in.By = 6
		}
		r, err := c.Take(in, facts())
		if err != nil {
			t.Fatalf("%s: %v", c.Next().Key, err)
		}
		c.Taken, c.State = append(c.Taken, r.Taken), r.State
	}
	if c.State != Done {
		t.Error(c.State)
	}
	c = Case{Agency: 7, Procedure: find(t, "perubahan"), State: Open, Taken: []Taken{{Step: "permohonan", By: 5}, {Step: "jawaban", By: 6},
		{Step: "draf", By: 6}, {Step: "penandatanganan", By: 5}}}
	if err := c.MayTake(6, party.Administrator, facts()); !errors.Is(err, ErrFourEyes) {
		t.Error("who decided and filled in after:", err)
	}
}

// The page for people who write procedures shows a file that loads, names every kind of field, and every effect that one person may have.
func TestThePageForAuthorsSaysWhatHolds(t *testing.T) {
	raw, err := os.ReadFile("../../docs/procedures.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	_, example, _ := strings.Cut(page, "```toml\n")
	example, _, _ = strings.Cut(example, "```")
	if list, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte(example)}}, "p"); err != nil || len(list) != 1 {
		t.Error("the example:", err)
	}
	for kind := range kinds {
		if !strings.Contains(page, "`"+kind+"`") {
			t.Errorf("kind %s is not named", kind)
		}
	}
	for name, b := range effects {
		if !b.widens() && !strings.Contains(page, "`"+name+"`") {
			t.Errorf("effect %s is not named among those of one person", name)
		}
	}
	for word := range days {
		if !strings.Contains(page, "`"+word+"`") {
			t.Errorf("day %s is not named", word)
		}
	}
}
