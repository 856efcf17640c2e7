package procedure

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gapura/agreement/party"
	"gapura/internal/told"
)

// One letter may ask for several persons, with the form of each (Juknis II.A.3.a). The step that lists them says how many at most; what is
// asked for of each has a field for every one: the first person's is the field itself, the second's has "-2" at its key. A case about one
// person is thereby no other than a list of one.

// How a field is asked for of each person of a list (Field.Each).
const (
	Own     = "own"      // every person's own
	Extra   = "extra"    // likewise, but seldom needed
	AsFirst = "as-first" // as the first person's, where it is left empty
)

// mostPersons is how many a list may have.
const mostPersons = 50

// keyOf is the key of a field of the nth person.
func keyOf(key string, n int) string {
	if n == 1 {
		return key
	}
	return key + "-" + strconv.Itoa(n)
}

// of is the field as it is asked for of the nth person.
func (f Field) of(n int) Field {
	if n == 1 || f.Each == "" {
		return f
	}
	f.Key, f.Person = keyOf(f.Key, n), n
	f.Name += ", pengguna " + strconv.Itoa(n)
	if f.Each == AsFirst {
		f.Optional, f.Preset, f.Default, f.Hint = true, "", "", "Dikosongkan: sama dengan pengguna pertama."
	}
	return f
}

// each are the fields of the step for some persons: those of the first in their places, those of the others after the last of them.
func (s *Step) each(persons []int) (list []Field) {
	last := -1
	for i, f := range s.Fields {
		if f.Each != "" {
			last = i
		}
	}
	for i, f := range s.Fields {
		list = append(list, f)
		if i != last {
			continue
		}
		for _, n := range persons {
			for _, how := range []string{Own, AsFirst, Extra} {
				for _, f := range s.Fields {
					if n > 1 && f.Each == how {
						list = append(list, f.of(n))
					}
				}
			}
		}
	}
	return list
}

// upTo are the numbers 1 to n, 1 always among them.
func upTo(n int) []int {
	list := []int{1}
	for i := 2; i <= n; i++ {
		list = append(list, i)
	}
	return list
}

// listed are the persons of whom values hold something of their own; the first always.
func (s *Step) listed(values map[string]string) []int {
	return slices.DeleteFunc(upTo(s.Persons), func(n int) bool {
		return n > 1 && !slices.ContainsFunc(s.Fields, func(f Field) bool {
			// what is there from the start names nobody
			return (f.Each == Own || f.Each == Extra) && f.Preset == "" && strings.TrimSpace(values[keyOf(f.Key, n)]) != ""
		})
	})
}

// list is the step that lists the persons of a case; nil: each case is about one at most.
func (p *Procedure) list() *Step {
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.Persons > 0 })
	if i < 0 {
		return nil
	}
	return &p.Steps[i]
}

// Persons are the numbers of those whom the case is about, as its list names them.
func (c *Case) Persons() []int {
	s := c.Procedure.list()
	if s == nil {
		return upTo(1)
	}
	for _, t := range slices.Backward(c.Standing()) {
		if t.Step == s.Key {
			return s.listed(t.Values)
		}
	}
	return s.listed(c.Draft)
}

// Person is the case as if it were about one of its persons alone.
func (c *Case) Person(n int) *Case {
	if n == 1 && len(c.Persons()) == 1 {
		return c
	}
	one := *c
	one.Taken = slices.Clone(c.Taken)
	for i := range one.Taken {
		one.Taken[i].Values = c.Procedure.person(c.Taken[i].Values, n)
	}
	one.Draft = c.Procedure.person(c.Draft, n)
	return &one
}

// person are the values of the nth person in the place of the first one's, without all others'.
func (p *Procedure) person(values map[string]string, n int) map[string]string {
	if values == nil {
		return nil
	}
	values = maps.Clone(values)
	for _, s := range p.Steps {
		for _, f := range s.Fields {
			if f.Each == "" {
				continue
			}
			v := values[keyOf(f.Key, n)]
			if f.Each == AsFirst {
				v = cmp.Or(v, values[f.Key])
			}
			for _, other := range upTo(mostPersons) {
				delete(values, keyOf(f.Key, other))
			}
			if v != "" {
				values[f.Key] = v
			}
		}
	}
	return values
}

// asked are the fields of the next step for the persons whom values list, or, where another step lists them, for those of the case.
func (c *Case) asked(s *Step, values map[string]string) []Field {
	if s.Persons > 0 {
		return s.each(s.listed(values))
	}
	return c.named(s)
}

// named are the fields of a step for the persons of the case, by their names.
func (c *Case) named(s *Step) []Field {
	all := c.Persons()
	list := s.each(all)
	for i, f := range list {
		if f.Each != "" && len(all) > 1 {
			one := c.Person(max(1, f.Person))
			list[i].Name = strings.TrimSuffix(f.Name, ", pengguna "+strconv.Itoa(f.Person)) + ", " +
				cmp.Or(one.Value("nama"), one.Value("pengguna"))
		}
	}
	return list
}

// Form are the fields that the form of the next step shows: those of the persons whom it lists so far, filled in or not. Typed is nil when
// nothing was typed yet.
func (c *Case) Form(typed map[string]string) []Field {
	s := c.Next()
	if s == nil {
		return nil
	}
	if s.Persons == 0 {
		return c.named(s)
	}
	shown := typed
	if typed == nil {
		shown = c.Kept()
	}
	last := 1
	for _, f := range s.each(upTo(s.Persons)) {
		if _, there := shown[f.Key]; there {
			last = max(last, f.Person)
		}
	}
	return s.each(upTo(last))
}

// MayList is how many persons more the form of the next step can show.
func (c *Case) MayList(typed map[string]string) int {
	s, last := c.Next(), 1
	if s == nil || s.Persons == 0 {
		return 0
	}
	for _, f := range c.Form(typed) {
		last = max(last, f.Person)
	}
	return s.Persons - last
}

// Listing is the form of the next step with room for so many persons more, as it begins for each of them.
func (c *Case) Listing(typed map[string]string, more int, x Facts) map[string]string {
	s, out := c.Next(), maps.Clone(typed)
	if out == nil {
		out = map[string]string{}
	}
	may := c.MayList(out)
	if may == 0 {
		return out
	}
	from := s.Persons - may
	for n := from + 1; n <= from+min(more, may); n++ {
		for _, f := range s.Fields {
			if f = f.of(n); f.Person == n {
				out[f.Key] = f.Initially(x)
			}
		}
	}
	return out
}

// Each are the keys of what the procedure asks for of each person of a list.
func (p *Procedure) Each() (keys []string) {
	for _, s := range p.Steps {
		for _, f := range s.Fields {
			if f.Each != "" {
				keys = append(keys, f.Key)
			}
		}
	}
	return keys
}

// FieldsOf are the fields of a step that was taken.
func (c *Case) FieldsOf(t Taken) []Field {
	s, ok := c.Procedure.Step(t.Step)
	if !ok {
		return nil
	}
	return c.asked(s, t.Values)
}

// twice adds a fault for a person who is listed a second time: by the same user id, new or there, or in the same role.
func (s *Step) twice(values map[string]string, faults *told.Errors) {
	all := s.listed(values)
	for i, n := range all {
		for _, before := range all[:i] {
			same := func(key string) bool {
				v := values[keyOf(key, n)]
				return v != "" && v == values[keyOf(key, before)]
			}
			if same("user_id") {
				faults.Add(keyOf("user_id", n), "User ID ini sudah diminta untuk pengguna "+strconv.Itoa(before)+
					" dalam permohonan ini. Tulis user ID yang lain.")
			}
			if same("pengguna") {
				faults.Add(keyOf("pengguna", n), "User ID ini sudah tercantum sebagai pengguna "+strconv.Itoa(
					before)+" dalam permohonan ini.")
			}
			if same("nik") && same("peran") {
				faults.Add(keyOf("nik", n), "Orang ini sudah tercantum sebagai pengguna "+strconv.Itoa(before)+" dalam permohonan ini.")
			}
		}
	}
}

// ofEach makes the effects of every person of a case. No user id is given twice.
func ofEach(build func(*Case, Facts) ([]Effect, error)) func(*Case, Facts) ([]Effect, error) {
	return func(c *Case, x Facts) (list []Effect, err error) {
		all := c.Persons()
		for _, n := range all {
			one, err := build(c.Person(n), x)
			if err != nil {
				return nil, c.whose(err, n, len(all))
			}
			for _, e := range one {
				if made, ok := e.(CreateUser); ok {
					x.InUse.Logins = append(slices.Clip(x.InUse.Logins), made.User.Login)
				}
			}
			list = append(list, one...)
		}
		return list, nil
	}
}

// whose names the person of whom a refusal speaks, when the case is about several.
func (c *Case) whose(err error, n, of int) error {
	e, ok := errors.AsType[*told.Error](err)
	if !ok || of == 1 {
		return err
	}
	with := *e
	with.Text = "Pengguna " + strconv.Itoa(n) + ": " + e.Text
	for _, s := range c.Procedure.Steps {
		if slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Key == e.Field && f.Each != "" }) {
			with.Field = keyOf(e.Field, n)
		}
	}
	return &with
}

// About are the user ids that the case makes or changes; none: it is about no user id, or not yet.
func (c *Case) About() (logins []string) {
	for _, n := range c.Persons() {
		if one := c.Person(n); one.Value("pengguna") != "" || one.Value("user_id") != "" {
			logins = append(logins, cmp.Or(one.Value("pengguna"), one.Value("user_id")))
		}
	}
	return logins
}

// about are the persons whose user ids the case makes or changes, as far as they are known.
func (c *Case) about(x Facts) (list []party.User) {
	for _, n := range c.Persons() {
		one := c.Person(n)
		u, there := x.user(one.Value("pengguna"))
		if !there {
			u = party.User{Institution: x.Institution.ID, Identity: one.identity()}
		}
		if there || u.Identity.Known() {
			list = append(list, u)
		}
	}
	return list
}

// lists: what is asked for of each person of a list stands in a step that has the list, or comes after it, and every effect that takes it
// is one of all of them.
func (r *reading) lists(s *Step) error {
	each := slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Each != "" })
	switch {
	case s.Persons < 0 || s.Persons > mostPersons || s.Persons > 0 && (!each || r.procedure.list() != s):
		return errors.New("persons is a number up to 50 of one step that asks for something of each")
	case each && !r.listed && s.Persons == 0:
		return errors.New("what is asked for of each person needs a step before that lists them")
	}
	r.listed = r.listed || s.Persons > 0
	for _, f := range s.Fields {
		if !slices.Contains([]string{"", Own, AsFirst, Extra}, f.Each) {
			return fmt.Errorf("field %q: each %q is not known", f.Key, f.Each)
		}
		if strings.Contains(f.Key, "-") {
			return fmt.Errorf("field %q: a key has no hyphen", f.Key)
		}
		if f.Each != "" {
			r.each[f.Key] = true
		}
	}
	return nil
}
