package agency

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/office/office"
	"gapura/web/site"
)

// userTags are the states of a user id with their colours; those that need something to be done come first in lists.
var userTags = map[party.UserState]site.Tag{
	party.NoNDA: {Label: "Menunggu NDA", Kind: "mid"}, party.Unactivated: {Label: "Menunggu aktivasi", Kind: "mid"},
	party.Stopped: {Label: "Pencarian dihentikan", Kind: "bad"},
	party.Working: {Label: "Aktif", Kind: "ok"}, party.Deactivated: {Label: "Nonaktif", Kind: "bad"},
}

var userOrder = []party.UserState{party.NoNDA, party.Unactivated, party.Stopped, party.Working, party.Deactivated}

type peoplePage struct {
	Here      string
	People    []ownUser
	WithoutNA int // people without an NDA
	Manage    bool
}

type ownUser struct {
	Login, Name, Position, Role, Used string
	Methods, Rights, Purposes         string // what the user id may do, in words
	NDA, State                        site.Tag
	Held                              string // until when sign-ins are held; empty: they are not
	MayEnd                            bool
	Asks                              []userAsk // what the administrator may ask for about it
}

type userAsk struct{ Label, Path string }

// UserRights are what a user id gets to see and for which purposes, in words; "-" for one that never looks anybody up.
func UserRights(u party.User) (data, purposes string) {
	if !u.Role.Asks() {
		return "-", "-"
	}
	data = map[bool]string{true: "Pencocokan saja", false: "Data lengkap"}[u.MatchOnly]
	return data, cmp.Or(strings.Join(u.Purposes, ", "), "semua tujuan perjanjian")
}

// ownPeople shows the agency its user ids with their rights, those without an NDA first, and who waits after failed sign-ins.
func (c *Agency) ownPeople(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := peoplePage{Here: "pengguna", Manage: v.May(access.ToManage)}
	list, err := c.Store.UsersOfAgency(r.Context(), v.Institution.ID, "", 1<<30)
	if err != nil {
		return err
	}
	used, err := c.Store.LastUses(r.Context(), v.Institution.ID)
	if err != nil {
		return err
	}
	held, err := c.Store.HeldOf(r.Context(), v.Institution.ID, v.Now)
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
			State: userTags[s], Methods: cmp.Or(strings.Join(agreement.MethodLabels(u.Methods), ", "), "-")}
		row.Rights, row.Purposes = UserRights(u)
		if row.NDA = (site.Tag{Label: "Ditandatangani", Kind: "ok"}); u.NDASigned.IsZero() {
			row.NDA = site.Tag{Label: "Belum ada", Kind: "bad"}
		}
		if s == party.NoNDA {
			p.WithoutNA++
		}
		if until, waits := held[u.ID]; waits && s != party.Deactivated {
			row.Held = site.Clock(until, v)
		}
		if p.Manage {
			row.MayEnd = s != party.Deactivated && u.Role != party.HeadOfAgency && u.Role != party.AgencyAdmin
			row.Asks = asksAbout(u, s)
		}
		p.People = append(p.People, row)
	}
	return c.Show(w, r, http.StatusOK, "instansi-orang", c.Page(r, v, "Pengguna instansi", p))
}

// asksAbout are the requests that make sense for a user id in its state.
func asksAbout(u party.User, s party.UserState) (out []userAsk) {
	add := func(label, key string) {
		out = append(out, userAsk{label, site.Link("/instansi/permohonan/baru", "prosedur", key, "pengguna", u.Login)})
	}
	if s == party.Deactivated {
		add("Minta pengaktifan kembali", "pengaktifan-user")
		return out
	}
	if u.Role.Asks() {
		add("Minta perubahan hak", "perubahan-user")
		add("Minta token", "token")
	}
	add("Minta lembar aktivasi baru", "tautan")
	return out
}

func (c *Agency) endUser(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "alasan")
	if err == nil {
		err = office.RequestsOf(c.Office).EndUser(r.Context(), v.Actor(), r.PathValue("login"), f["alasan"])
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, "/instansi/pengguna")
}

func (c *Agency) unlockUser(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	if err := office.RequestsOf(c.Office).UnlockUser(r.Context(), v.Actor(), r.PathValue("login")); err != nil {
		return err
	}
	return c.Redirect(w, r, "/instansi/pengguna")
}
