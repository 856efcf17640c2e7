package console

import (
	"net/http"

	"gapura/agreement/party"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

// userActs are the procedures about one user id in the order in which a row offers them, each with when it makes sense.
var userActs = []struct {
	key, label string
	fits       func(u party.User, s party.UserState) bool
}{
	{"nda", "Cetak NDA", func(_ party.User, s party.UserState) bool { return s == party.NoNDA }},
	{"pemulihan-user", "Pulihkan pencarian", func(_ party.User, s party.UserState) bool { return s == party.Stopped }},
	{"pengaktifan-user", "Aktifkan kembali", func(_ party.User, s party.UserState) bool { return s == party.Deactivated }},
	{"perubahan-user", "Ubah hak", func(u party.User, s party.UserState) bool { return s != party.Deactivated && u.Role.Asks() }},
	{"token", "Terbitkan token", func(u party.User, s party.UserState) bool { return s != party.Deactivated && u.Role.Asks() }},
	{"peran-staf", "Ubah peran", alive},
	{"tautan", "Lembar aktivasi baru", alive},
	{"atur-ulang", "Atur ulang kredensial", alive},
	{"atur-ulang-staf", "Atur ulang kredensial", alive},
	{"penonaktifan-user", "Nonaktifkan", alive},
	{"penonaktifan-staf", "Nonaktifkan", alive},
}

func alive(_ party.User, s party.UserState) bool { return s != party.Deactivated }

// actsFor are the procedures that a row of a user id offers: those of the installation that fit its institution and its state.
func actsFor(all []*procedure.Procedure, u party.User, agreed bool, v *site.Visitor) (out []site.Option) {
	s := u.At(v.Now, v.Today())
	for _, a := range userActs {
		p, there := procedure.Find(all, a.key)
		if there && (p.Needs == "provider") == (u.Institution == party.Provider) && (p.Needs != "agreement" || agreed) && a.fits(u, s) {
			out = append(out, site.Option{Value: a.key, Label: a.label})
		}
	}
	return out
}

// chosenUser are the fields of a case's first step as they begin for the user id that a row or the form's own choice named: with what it
// has now. ok is false when the step asks for no user id, or the institution has none of that name.
func chosenUser(r *http.Request, cs *procedure.Case, x procedure.Facts) (list []site.FieldView, ok bool) {
	if len(cs.Taken) > 0 || cs.Draft != nil {
		return nil, false
	}
	begins := *cs
	begins.ID = 0 // nothing is saved: what the user id does not tell begins as on an empty form
	if begins.Draft = agency.RightsNow(x, r.URL.Query().Get("pengguna")); begins.Draft == nil {
		return nil, false
	}
	return site.Fields(&begins, nil, nil, x), true
}
