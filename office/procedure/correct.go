package procedure

import (
	"slices"

	"gapura/agreement/party"
	"gapura/internal/told"
)

// A step that is saved stays as it is. Its author may correct it until the next one is taken, by a further entry that stands in its place:
// both stay in the case.

// The refusals of a correction.
var (
	errNotOwn  = told.Refuse("Isian hanya dapat diperbaiki oleh orang yang mengisinya.")
	errSettled = told.Refuse("Isian ini tidak dapat diperbaiki lagi: langkah berikutnya sudah diambil, atau langkah ini sudah mengubah " +
		"hak. Tarik berkas ini dan mulai yang baru apabila isiannya keliru.")
)

// Standing are the entries that count: of a step that was corrected, the last.
func (c *Case) Standing() (list []Taken) {
	for i, t := range c.Taken {
		if !c.replaced(i) {
			list = append(list, t)
		}
	}
	return list
}

func (c *Case) replaced(i int) bool {
	return slices.ContainsFunc(c.Taken[i+1:], func(t Taken) bool { return t.Step == c.Taken[i].Step && t.Step != "" })
}

// Replaced reports whether the entry was corrected by a later one.
func (c *Case) Replaced(entry int) bool { return c.replaced(entry) }

// Correcting is the case as it was before the step that was taken last, which is to be filled in anew and holds what it held; a refusal
// when the person may not correct it.
func (c *Case) Correcting(by int64, role party.Role, x Facts) (*Case, error) {
	if c.State != Open {
		return nil, ErrOver
	}
	if len(c.Taken) == 0 {
		return nil, errSettled
	}
	last := c.Taken[len(c.Taken)-1]
	s, ok := c.Procedure.Step(last.Step)
	switch {
	case !ok || s.Decision || s.Effect != "":
		return nil, errSettled
	case role == party.AgencyAdmin && (!c.Procedure.AgencyAsks || s.Key != c.Procedure.Steps[0].Key),
		role != party.AgencyAdmin && role != party.Administrator && role != party.Operator:
		return nil, ErrReadOnly
	case last.By != by && !party.SamePerson(x.byID(last.By), x.byID(by)):
		return nil, errNotOwn
	}
	before := *c
	before.Taken = slices.DeleteFunc(slices.Clone(c.Taken), func(t Taken) bool { return t.Step == last.Step })
	before.kept = last.Values
	return &before, nil
}

// Correct checks what the author of the last step fills in anew, and says what it writes. Scans stay those of the entry before unless new
// ones come. The error is a *told.Error, or told.Errors of the form.
func (c *Case) Correct(in Input, f Facts) (Result, error) {
	before, err := c.Correcting(in.By, in.Role, f)
	if err != nil {
		return Result{}, err
	}
	in.Scans++ // at least those that the entry has
	t, faults := before.read(in, f)
	return Result{Taken: t, State: Open}, faults.Err()
}

// Kept are the values that the form of the next step holds from before: an agency's draft, or the entry that is corrected; nil: none.
func (c *Case) Kept() map[string]string {
	if c.kept == nil && c.Asked() {
		return c.Draft
	}
	return c.kept
}
