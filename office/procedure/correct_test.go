package procedure

import (
	"errors"
	"testing"

	"gapura/agreement/party"
	"gapura/internal/told"
)

// begun is a case with its first step taken by somebody.
func begun(t *testing.T, key string, by int64) Case {
	t.Helper()
	c := Case{ID: 1, Agency: 7, Procedure: find(t, key), State: Open}
	r, err := c.Take(input(c.Next(), by, party.Operator), facts())
	if err != nil {
		t.Fatal(err)
	}
	c.Taken = append(c.Taken, r.Taken)
	return c
}

// The author fills in a saved step anew: the new entry counts, also where it leaves a field empty, and the old one stays.
func TestAStepIsCorrectedByAFurtherEntry(t *testing.T) {
	c := begun(t, "user-id", 1)
	in := input(&c.Procedure.Steps[0], 1, party.Operator).with("nama", "Nama Benar").with("surel", "").with("nik", "")
	in.Scans = 0
	r, err := c.Correct(in, facts())
	if err != nil || r.State != Open || len(r.Effects) != 0 || r.Taken.Step != "permohonan" {
		t.Fatalf("%+v, %v", r, err)
	}
	c.Taken = append(c.Taken, r.Taken)
	if len(c.Taken) != 2 || c.Taken[0].Values["nama"] == "Nama Benar" || !c.Replaced(0) || c.Replaced(1) || len(c.Standing()) != 1 {
		t.Errorf("%+v", c.Taken)
	}
	if c.Value("nama") != "Nama Benar" || c.Value("surel") != "" || c.Value("nik") != "3303014507900002" {
		t.Errorf("name %q, e-mail %q, NIK kept: %v", c.Value("nama"), c.Value("surel"), c.Value("nik") != "")
	}
	if c.Next().Key != "keputusan" {
		t.Error(c.Next().Key)
	}
	if err := c.MayTake(1, party.Administrator, facts()); !errors.Is(err, ErrFourEyes) {
		t.Error("who corrected decides:", err)
	}
	again := input(&c.Procedure.Steps[0], 1, party.Operator).with("nama", "")
	if _, err := c.Correct(again, facts()); told.Invalids(err).Of("nama") == "" {
		t.Error("a correction is checked like the step:", err)
	}
}

func TestOnlyItsAuthorCorrectsAStepAndOnlyBeforeTheNext(t *testing.T) {
	c := begun(t, "user-id", 1)
	in := func(by int64, role party.Role) Input { return input(&c.Procedure.Steps[0], by, role) }
	x := facts()
	for _, n := range []struct {
		by   int64
		role party.Role
		want error
	}{
		{1, party.Operator, nil}, {2, party.Operator, errNotOwn}, {2, party.Administrator, errNotOwn}, {1, party.Auditor, ErrReadOnly},
		{1, party.HeadOfAgency, ErrReadOnly}, {1, party.AgencyAdmin, nil},
	} {
		if _, err := c.Correct(in(n.by, n.role), x); !errors.Is(err, n.want) {
			t.Errorf("%d as %s: %v", n.by, n.role, err)
		}
	}
	x.Staff[1].Identity = x.Staff[0].Identity // 2 is another user id of 1
	if _, err := c.Correct(in(2, party.Operator), x); err != nil {
		t.Error("the same person with another user id:", err)
	}
	x = facts()
	for _, s := range []struct {
		step string
		key  string
	}{{"keputusan", "user-id"}, {"permohonan", "penonaktifan-user"}, {"permohonan", "pembaca"}, {"tidak-ada", "user-id"}} {
		d := Case{Procedure: find(t, s.key), State: Open, Taken: []Taken{{Step: s.step, By: 1}}}
		if _, err := d.Correct(in(1, party.Operator), x); !errors.Is(err, errSettled) {
			t.Errorf("%s of %s: %v", s.step, s.key, err)
		}
	}
	none := Case{Procedure: c.Procedure, State: Open}
	if _, err := none.Correct(in(1, party.Operator), x); !errors.Is(err, errSettled) {
		t.Error("nothing was taken:", err)
	}
	c.State = Withdrawn
	if _, err := c.Correct(in(1, party.Operator), x); !errors.Is(err, ErrOver) {
		t.Error(err)
	}
	third := Case{Procedure: find(t, "user-id"), State: Open, Taken: []Taken{{Step: "permohonan", By: 1}, {Step: "keputusan", By: 2},
		{Step: "bast", By: 1}}}
	if _, err := third.Correct(Input{By: 1, Role: party.AgencyAdmin}, x); !errors.Is(err, ErrReadOnly) {
		t.Error("an agency's administrator corrects the office's step:", err)
	}
	if _, err := third.Correct(Input{By: 1, Role: party.Operator}, x); err != nil {
		t.Error("a letter that is made anew:", err)
	}
}

// A case that is older than its procedure brings about nothing that it was not asked for.
func TestACaseOlderThanItsProcedureHasNoEffect(t *testing.T) {
	c := Case{Agency: 7, Procedure: find(t, "pks"), State: Open}
	for c.Next() != nil && !c.Next().Decision {
		in := input(c.Next(), 1, party.Operator)
		r, err := c.Take(in, facts())
		if err != nil {
			t.Fatal(err)
		}
		delete(r.Taken.Values, "berlaku_sampai")
		c.Taken = append(c.Taken, r.Taken)
	}
	if _, err := c.Take(input(c.Next(), 2, party.Administrator), facts()); !errors.Is(err, errOutgrown) {
		t.Error(err)
	}
}

// TestWhatComesLaterIsAllAfterTheNextStep.
func TestWhatComesLaterIsAllAfterTheNextStep(t *testing.T) {
	for _, p := range Defaults() {
		c := Case{Procedure: p, State: Open}
		for i := range p.Steps {
			if later := c.Later(); len(later) != len(p.Steps)-i-1 || len(later) > 0 && later[0].Key != p.Steps[i+1].Key {
				t.Errorf("%s at step %d: %d later", p.Key, i, len(later))
			}
			c.Taken = append(c.Taken, Taken{Step: p.Steps[i].Key})
		}
		if c.State = Done; c.Later() != nil {
			t.Errorf("%s: steps after the end", p.Key)
		}
	}
}
