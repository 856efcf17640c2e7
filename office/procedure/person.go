package procedure

import (
	"slices"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/person/nik"
)

// The refusals that rest on who a person is.
var (
	ErrUnknownPerson = told.Refuse("NIK atau NIP Anda belum tercatat pada User ID ini. Berkas tentang staf hanya diproses oleh orang " +
		"yang dikenal; pengelola server mencatatnya dengan gapura user identify.")
	ErrLastTwo = told.Refuse("Sekurang-kurangnya dua administrator harus tetap aktif, supaya setiap keputusan tetap diambil oleh " +
		"dua orang. Angkat penggantinya lebih dahulu.")
)

// own reports whether a person took an earlier step of the case, by whatever user id, or is whom it is about. Whoever decided before, or
// only had a letter made, and filled in nothing may decide again: theirs is still the second pair of eyes.
func (c *Case) own(by int64, x Facts) bool {
	who := x.byID(by)
	if c.Filled(func(u int64) bool { return u == by || party.SamePerson(x.byID(u), who) }) {
		return true
	}
	return slices.ContainsFunc(c.about(x), func(u party.User) bool { return party.SamePerson(u, who) })
}

// Filled reports whether one of those users filled in a step of the case.
func (c *Case) Filled(by func(user int64) bool) bool {
	return slices.ContainsFunc(c.Taken, func(t Taken) bool { return c.fills(t) && by(t.By) })
}

// fills reports whether whoever took a step filled something in, and did not only decide or have a letter made.
func (c *Case) fills(t Taken) bool {
	s, ok := c.Procedure.Step(t.Step)
	return !ok || (!s.Decision || len(s.Fields) > 0) && !s.AsksNothing()
}

// filledBy is who filled a field in, as it stands; 0: nobody.
func (c *Case) filledBy(key string) int64 {
	for _, t := range slices.Backward(c.Standing()) {
		if t.Values[key] != "" {
			return t.By
		}
	}
	return 0
}

// byID is a user of the agency or of the provider with what is known of its owner.
func (x Facts) byID(id int64) party.User {
	for _, list := range [][]party.User{x.Staff, x.Users} {
		if i := slices.IndexFunc(list, func(u party.User) bool { return u.ID == id }); i >= 0 {
			return list[i]
		}
	}
	return party.User{ID: id}
}

// identity is who a new user id's owner is, as the request names them; zero where it does not.
func (c *Case) identity() party.Identity {
	n, err := nik.Parse(c.Value("nik"))
	if err != nil {
		n = nik.NIK{} // not asked for: the form takes none that is not well-formed
	}
	return party.Identity{NIK: n, NIP: c.Value("nip")}
}

// ofStaff reports whether the procedure makes or changes user ids of the provider's own people.
func (p *Procedure) ofStaff() bool {
	return p.Needs == "provider" && slices.ContainsFunc(p.Steps, func(s Step) bool { return effects[s.Effect].user })
}

// newStaff says why a person cannot get a user id of the provider; nil when they can. Each has one: two administrators are two people.
func (x Facts) newStaff(u party.User) error {
	for _, o := range x.Staff {
		switch {
		case !o.Deactivated.IsZero():
		case party.SamePerson(o, u):
			return told.Refuse("Orang ini sudah mempunyai User ID staf (" + o.Login + "). Gunakan perubahan peran.")
		case u.Email != "" && o.Email == u.Email:
			return told.Refuse("Surel ini sudah dipakai User ID staf lain (" + o.Login + "). Setiap orang mempunyai alamat sendiri.")
		}
	}
	return nil
}

// KeepsTwo reports whether two administrators, who are different people, can sign in among the provider's staff without the one user id.
// What one person may take from another never goes further: below two, the command line would make the next administrator alone.
func KeepsTwo(staff []party.User, without int64) bool {
	return party.Persons(slices.DeleteFunc(slices.Clone(staff), func(u party.User) bool {
		return u.ID == without || u.Role != party.Administrator || !u.Deactivated.IsZero() || !u.HasPassword
	})) >= 2
}

// Founded reports whether two administrators have chosen a password at some time, also when one was reset since: from then on the office
// makes and opens user ids of its staff by cases alone.
func Founded(staff []party.User) bool {
	return party.Persons(slices.DeleteFunc(slices.Clone(staff), func(u party.User) bool {
		return u.Role != party.Administrator || !u.Deactivated.IsZero() || !u.HasPassword && u.Reset.IsZero()
	})) >= 2
}

// deactivate ends a user id at once.
func deactivate(_ *Case, x Facts, u party.User) ([]Effect, error) {
	if u.Role == party.Administrator && !KeepsTwo(x.Staff, u.ID) {
		return nil, ErrLastTwo
	}
	return []Effect{Deactivate{u, x.Now}}, nil
}

// changeUser changes what a user id of an agency may do (B3).
func changeUser(c *Case, _ Facts, u party.User) ([]Effect, error) {
	if u.Role.OfProvider() {
		return nil, told.Refuse("Hak staf diubah dengan perubahan peran.")
	}
	n := u
	n.Methods, n.MatchOnly, n.Purposes = lines(c.Value("metode_pengguna")), c.Value("hak_data") == MatchOnly,
		lines(c.Value("tujuan_pengguna"))
	return []Effect{ChangeUser{u, n}}, nil
}

// changeRole gives one of the provider's people another role.
func changeRole(c *Case, x Facts, u party.User) ([]Effect, error) {
	n := u
	n.Role = party.Role(c.Value("peran"))
	switch {
	case !u.Role.OfProvider() || !n.Role.OfProvider() || u.Role == party.CitizenPortal || n.Role == party.CitizenPortal:
		return nil, told.Refuse("Peran tidak sesuai dengan instansi.")
	case u.Role == n.Role:
		return nil, told.Refuse("Pengguna ini sudah mempunyai peran tersebut.")
	case u.Role == party.Administrator && !KeepsTwo(x.Staff, u.ID):
		return nil, ErrLastTwo
	}
	return []Effect{ChangeUser{u, n}}, nil
}

// MatchOnly is the choice of a request that grants verdicts alone.
const MatchOnly = "match"
