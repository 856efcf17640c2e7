package procedure

import (
	"slices"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
)

func createUser(c *Case, x Facts) ([]Effect, error) {
	if slices.Contains(x.InUse.Logins, c.Value("user_id")) {
		return nil, told.Refuse("User ID sudah dipakai pengguna lain.")
	}
	role := party.Role(c.Value("peran"))
	if role.OfProvider() != (x.Institution.ID == party.Provider) {
		return nil, told.Refuse("Peran tidak sesuai dengan instansi.")
	}
	u := party.User{
		Institution: x.Institution.ID, Login: c.Value("user_id"), Name: c.Value("nama"), Position: c.Value("jabatan"), Role: role,
		Methods: lines(c.Value("metode_pengguna")), Email: c.Value("surel"),
		MatchOnly: c.Value("hak_data") == MatchOnly, Purposes: lines(c.Value("tujuan_pengguna")), Identity: c.identity(),
	}
	if role.OfProvider() { // whose second halves go to no address
		if err := x.newStaff(u); err != nil {
			return nil, err
		}
	} else {
		u.EmailBy = c.filledBy("surel")
	}
	if _, err := c.span("masa_berlaku", party.MostTokenLife); err != nil {
		return nil, err
	}
	tokens, err := c.tokens(x, u)
	if err != nil {
		return nil, err
	}
	made := []Effect{CreateUser{u}}
	if role == party.Application {
		made = append(made, AssignApplication{u, c.application(u)})
	}
	return append(made, tokens...), nil
}

// nameAdmin makes an administrator of the agency, in the place of another one when the letter says so. Nobody else becomes one: the role is
// no choice of the request.
func nameAdmin(c *Case, x Facts) ([]Effect, error) {
	if slices.Contains(x.InUse.Logins, c.Value("user_id")) {
		return nil, told.Refuse("User ID sudah dipakai pengguna lain.")
	}
	list := []Effect{CreateUser{party.User{
		Institution: x.Institution.ID, Login: c.Value("user_id"), Name: c.Value("nama"), Position: c.Value("jabatan"),
		Role:    party.AgencyAdmin,
		Methods: []string{agreement.Portal}, Email: c.Value("surel"), EmailBy: c.filledBy("surel"), Identity: c.identity(),
	}}}
	old := c.Value("menggantikan")
	if old == "" {
		return list, nil
	}
	u, ok := x.user(old)
	if !ok || u.Role != party.AgencyAdmin || !u.Deactivated.IsZero() {
		return nil, told.Refuse("Yang digantikan bukan admin instansi ini yang masih bertugas.")
	}
	return append(list, Deactivate{u, x.Now}), nil
}

func ofUser(field string, build func(*Case, Facts, party.User) ([]Effect, error)) func(*Case, Facts) ([]Effect, error) {
	return func(c *Case, x Facts) ([]Effect, error) {
		u, ok := x.user(c.Value(field))
		if !ok {
			return nil, told.Refuse("User ID tidak ditemukan pada instansi ini.")
		}
		return build(c, x, u)
	}
}

// handOver issues the slip of a new user id when its BAST is signed, and notes the NDA that its owner signed at the same table (Juknis
// II.A.3, VI.E); one that is signed later is a case of its own.
func handOver(c *Case, _ Facts, u party.User) ([]Effect, error) {
	life, err := c.span("masa_berlaku", party.MostTokenLife)
	if err != nil {
		return nil, err
	}
	list := []Effect{IssueLink{User: u, Life: life}}
	on, err := c.days("nda_ditandatangani")
	if err != nil || on[0].IsZero() {
		return list, err
	}
	if c.Value("nda_formulir") == "" {
		return nil, told.Wrong("nda_formulir", "Nomor formulir NDA harus diisi.")
	}
	return append(list, SignNDA{u, on[0], c.Value("nda_formulir")}), nil
}
