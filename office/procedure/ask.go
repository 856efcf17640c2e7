package procedure

import (
	"slices"

	"gapura/internal/told"
)

// Fill reads the form of the first step without its letter and scan: what an agency's administrator prints, has signed, and sends then. It
// need not be complete to be kept; Missing says what is still to be filled in before it can be sent.
func (c *Case) Fill(in Input, f Facts) (map[string]string, error) {
	values, faults := map[string]string{}, told.Errors(nil)
	if err := c.MayTake(in.By, in.Role, f); err != nil {
		return nil, err
	}
	if !c.Procedure.AgencyAsks || len(c.Taken) != 0 {
		return nil, ErrReadOnly
	}
	s := *c.Next()
	s.Fields = slices.Clone(s.Fields)
	for i := range s.Fields {
		s.Fields[i].Optional = true
	}
	c.fields(&s, in, f, values, &faults)
	return values, faults.Err()
}

// Missing are the names of what a draft still lacks.
func (c *Case) Missing() (names []string) {
	if !c.Asked() {
		return nil
	}
	s := &c.Procedure.Steps[0]
	for _, f := range c.asked(s, c.Draft) {
		n := max(1, f.Person)
		if !f.Optional && c.Draft[f.Key] == "" || f.Key == keyOf("aplikasi", n) && namesNoDesk(c.Procedure.person(c.Draft, n)) {
			names = append(names, f.Name)
		}
	}
	return names
}
