package agency

import (
	"cmp"
	"net/http"
	"slices"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/office/procedure"
	"gapura/web/site"
)

// userTags are the states of a user id with their colours; those that need something to be done come first in lists.
var userTags = map[party.UserState]site.Tag{
	party.NoNDA: {Label: "Menunggu NDA", Kind: "mid"}, party.Unactivated: {Label: "Menunggu aktivasi", Kind: "mid"},
	party.Stopped: {Label: "Pencarian dihentikan", Kind: "bad"},
	party.Working: {Label: "Aktif", Kind: "ok"}, party.Deactivated: {Label: "Nonaktif", Kind: "bad"},
}

var userOrder = []party.UserState{party.NoNDA, party.Unactivated, party.Stopped, party.Working, party.Deactivated}

type ownPage struct {
	Here      string
	State     site.Tag
	Rights    [][2]string // what is granted, in words
	Contacts  []party.Contact
	Readers   []reader.Reader
	Cases     []ownCase
	People    []ownUser
	WithoutNA int // people without an NDA
	Manage    bool
}

type ownUser struct {
	Login, Name, Position, Role, Used string
	NDA, State                        site.Tag
	MayEnd, MayUnlock                 bool
}

// ownAgreement shows the agency its agreement, contact persons, readers and cases (B10).
func (c *Agency) ownAgreement(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p, ctx, id := ownPage{Here: "perjanjian", State: NoAgreement}, r.Context(), v.Institution.ID
	if v.Grant != nil {
		p.State = AgreementTags[v.Grant.State]
		for _, row := range v.Grant.Rows() {
			p.Rights = append(p.Rights, [2]string{row[0], row[1]})
		}
	}
	var err error
	if p.Contacts, err = c.Store.Contacts(ctx, id); err != nil {
		return err
	}
	if p.Readers, err = c.Store.AgencyReaders(ctx, id); err != nil {
		return err
	}
	if p.Cases, _, err = c.ownCases(ctx, v, procedure.Open, 0); err != nil {
		return err
	}
	return c.Show(w, r, http.StatusOK, "instansi-sendiri", c.Page(r, v, "Instansi", p))
}

// ownPeople shows the agency its user ids, those without an NDA first.
func (c *Agency) ownPeople(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := ownPage{Here: "pengguna", Manage: v.May(access.ToManage)}
	list, err := c.Store.UsersOfAgency(r.Context(), v.Institution.ID, "", 1<<30)
	if err != nil {
		return err
	}
	used, err := c.Store.LastUses(r.Context(), v.Institution.ID)
	if err != nil {
		return err
	}
	state := func(u party.User) party.UserState { return u.At(v.Now, v.Today()) }
	slices.SortStableFunc(list, func(a, b party.User) int {
		return cmp.Compare(slices.Index(userOrder, state(a)), slices.Index(userOrder, state(b)))
	})
	for _, u := range list {
		s := state(u)
		row := ownUser{Login: u.Login, Name: u.Name, Position: u.Position, Role: u.Role.Label(), Used: site.Clock(used[u.ID], v),
			State: userTags[s]}
		if row.NDA = (site.Tag{Label: "Ditandatangani", Kind: "ok"}); u.NDASigned.IsZero() {
			row.NDA = site.Tag{Label: "Belum ada", Kind: "bad"}
		}
		if s == party.NoNDA {
			p.WithoutNA++
		}
		row.MayUnlock = p.Manage && (s == party.Working || s == party.Stopped)
		row.MayEnd = p.Manage && s != party.Deactivated && u.Role != party.HeadOfAgency && u.Role != party.AgencyAdmin
		p.People = append(p.People, row)
	}
	return c.Show(w, r, http.StatusOK, "instansi-orang", c.Page(r, v, "Pengguna instansi", p))
}

func (c *Agency) endUser(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "alasan")
	if err == nil {
		err = c.Office.EndUser(r.Context(), v.Actor(), r.PathValue("login"), f["alasan"])
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, "/instansi/pengguna")
}

func (c *Agency) unlockUser(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	if err := c.Office.UnlockUser(r.Context(), v.Actor(), r.PathValue("login")); err != nil {
		return err
	}
	return c.Redirect(w, r, "/instansi/pengguna")
}
