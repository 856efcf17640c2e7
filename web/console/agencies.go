package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

type agenciesPage struct {
	Day             time.Time
	Clock           string
	Search, State   string
	States          []site.Option
	Rows            []agency.AgencyRow
	Total           int
	Newer, Older    string
	Warned, Stopped int
	None            bool // no agency is registered
	MayFile         bool
}

// agencies lists the agencies with state, quota, end and duties.
func (c *Agencies) agencies(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	all, err := c.Store.Quotas(r.Context(), v.Now)
	if err != nil {
		return err
	}
	facts, calendar, err := agency.DutyFacts(r, v, c.Store, 0)
	if err != nil {
		return err
	}
	p := agenciesPage{Day: v.Today(), Clock: site.Clock(v.Now, v), MayFile: v.May(access.ToFile)}
	p.Search, p.State = strings.TrimSpace(r.URL.Query().Get("cari")), r.URL.Query().Get("keadaan")
	for _, o := range []site.Option{{Value: "", Label: "Semua", Chosen: false}, {Value: "berlaku", Label: "Berlaku", Chosen: false},
		{Value: "akan-berakhir", Label: "Akan berakhir", Chosen: false}, {Value: "tidak-dilayani", Label: "Tidak dilayani",
			Chosen: false}} {
		o.Chosen = o.Value == p.State
		p.States = append(p.States, o)
	}
	var rows []agency.AgencyRow
	for _, q := range all {
		row := agency.AgencyRowOf(q, v.Now)
		if row.Warn {
			p.Warned++
		}
		if row.Why != "" {
			p.Stopped++
		}
		if matches(row, p.Search, p.State) {
			rows = append(rows, row)
		}
	}
	p.Total, p.None = len(rows), len(all) == 0
	p.Rows, p.Newer, p.Older = site.Part(r, rows, site.PerPage, "/konsol/instansi", "cari", p.Search, "keadaan", p.State)
	for i := range p.Rows { // duties are derived anew each time, so only those of agencies that are shown
		row := &p.Rows[i]
		row.Overdue, row.Soon = agency.CountDuties(obligation.Duties(facts[row.ID], calendar, v.Today()))
	}
	return c.Show(w, r, http.StatusOK, "instansi-semua", c.Page(r, v, "Instansi pengguna", p))
}

// matches filters in memory: all agencies are held for one version of the rights anyway.
func matches(row agency.AgencyRow, search, state string) bool {
	s := strings.ToLower(search)
	if s != "" && !strings.Contains(strings.ToLower(row.Name), s) && !strings.Contains(row.Code, s) {
		return false
	}
	switch state {
	case "berlaku":
		return row.Why == ""
	case "akan-berakhir":
		return row.State == agency.AgreementTags[agreement.Expiring]
	case "tidak-dilayani":
		return row.Why != ""
	}
	return true
}

type agencyPage struct {
	site.Tabs
	Institution party.Institution
	State       site.Tag
	Why         string
	Grant       *agreement.Grant
	Ends        time.Time // its last day
	Left        access.Left
	SPTJM       site.Tag
	Head        party.Head // in office today
	Heads       party.Heads
	Agreements  []agreementRow
	Contacts    []party.Contact
	Connection  party.Connection
	Cases       []caseRow
	Readers     int
	ReadersOn   int
	Users       int
	Overdue     int
	Soon        int
	MayFile     bool
	Then        *nextStep
}

type agreementRow struct {
	ID               int64
	Code             string
	Number, Other    string
	SignedOn, EndsOn time.Time
	State            site.Tag
	Addenda          int
}

// agency answers first whether the agency is served today, and if not, why: that is what somebody on the phone asks.
func (c *Agencies) agency(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, all, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	p := agencyPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "ringkasan"}, Institution: i, State: agency.NoAgreement,
		MayFile: v.May(access.ToFile)}
	day := i.Zone.Day(v.Now)
	if g, ok := agreement.Current(all, v.Now, day); ok {
		p.Grant, p.Ends, p.State = g, g.LastDay(i.Zone), agency.AgreementTags[g.State]
	}
	p.Why = agency.NotServed(p.Grant)
	p.SPTJM = site.Tag{Label: "Belum ditandatangani atau tidak berlaku", Kind: "bad"}
	p.Head = i.Head(day)
	if p.Grant != nil && p.Grant.Responsible {
		p.SPTJM = site.Tag{Label: "Berlaku", Kind: "ok"}
	}
	for _, a := range slices.Backward(all) {
		g := a.At(v.Now, day)
		p.Agreements = append(p.Agreements, agreementRow{a.ID, i.Code, a.ProviderNumber, a.AgencyNumber, a.SignedOn, g.LastDay(i.Zone),
			agency.AgreementTags[g.State], len(a.Addenda)})
	}
	x, err := c.Store.Facts(r.Context(), i.ID, v.Now)
	if err != nil {
		return err
	}
	for _, u := range x.Users {
		if u.Active(v.Now, day) {
			p.Users++
		}
	}
	if p.MayFile {
		if p.Then, err = nextFor(r.Context(), c.Store, c.Office.Procedures, x); err != nil {
			return err
		}
	}
	p.Readers = len(x.Readers)
	for _, rd := range x.Readers {
		if rd.Works(p.Grant != nil && p.Grant.State.Works()) {
			p.ReadersOn++
		}
	}
	hits, err := c.Store.Hits(r.Context(), i.ID, day)
	if err != nil {
		return err
	}
	p.Left = access.Shared(p.Grant, hits)
	p.Connection = x.Connection
	p.Heads = slices.Clone(i.Heads)
	slices.Reverse(p.Heads)
	if p.Contacts, err = c.Store.Contacts(r.Context(), i.ID); err != nil {
		return err
	}
	open, err := c.Store.Cases(r.Context(), i.ID, procedure.Open, 0, 10)
	if err != nil {
		return err
	}
	p.Cases = caseRows(c.Office.Procedures, open, v)
	facts, calendar, err := agency.DutyFacts(r, v, c.Store, i.ID)
	if err != nil {
		return err
	}
	p.Overdue, p.Soon = agency.CountDuties(obligation.Duties(facts[i.ID], calendar, day))
	return c.Show(w, r, http.StatusOK, "instansi", c.Page(r, v, i.Name, p))
}

type agencyUsersPage struct {
	site.Tabs
	Rows    []userRow
	Older   string
	MayFile bool
}

type userRow struct {
	Login, Name, Position, Role, Methods string
	Rights, Purposes                     string // see agency.UserRights
	Agency, Code                         string
	State                                site.Tag
	NDA                                  time.Time
	Acts                                 []site.Option // procedures about it that the visitor may begin
	Held, Unlock                         string        // until when sign-ins are held, and what ends it for the visitor; empty: nothing
}

func userRowOf(u party.User, v *site.Visitor) userRow {
	return userRowAt(u, v.Now, v.Today())
}

// userRowAt tells the first thing that keeps a user id from working, in the order in which it can be mended.
func userRowAt(u party.User, now, day time.Time) userRow {
	row := userRow{Login: u.Login, Name: u.Name, Position: u.Position, Role: u.Role.Label(), NDA: u.NDASigned}
	row.Methods = strings.Join(agreement.MethodLabels(u.Methods), ", ")
	row.Rights, row.Purposes = agency.UserRights(u)
	switch {
	case !u.Deactivated.IsZero() && !now.Before(u.Deactivated):
		row.State = site.Tag{Label: "Nonaktif", Kind: "bad"}
	case u.Active(now, day):
		row.State = site.Tag{Label: "Aktif", Kind: "ok"}
	case !u.HasPassword:
		row.State = site.Tag{Label: "Belum diaktifkan", Kind: "mid"}
	default:
		row.State = site.Tag{Label: "Menunggu NDA", Kind: "mid"}
	}
	return row
}

// agencyUsers is paged by login, not by number: a page stays what it was while user ids are added before it.
func (c *Agencies) agencyUsers(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, agreements, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	_, agreed := agreement.Current(agreements, v.Now, i.Zone.Day(v.Now))
	list, err := c.Store.UsersOfAgency(r.Context(), i.ID, r.URL.Query().Get("setelah"), site.PerPage+1)
	if err != nil {
		return err
	}
	p := agencyUsersPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "pengguna"}, MayFile: v.May(access.ToFile)}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link("/konsol/instansi/"+i.Code+"/pengguna", "setelah", list[site.PerPage-1].Login)
	}
	held, err := c.Store.HeldOf(r.Context(), i.ID, v.Now)
	if err != nil {
		return err
	}
	for _, u := range list {
		row := userRowOf(u, v)
		row.hold(u, held[u.ID], v, "/konsol/instansi/"+i.Code+"/pengguna/")
		if p.MayFile {
			row.Acts = actsFor(c.Office.Procedures, u, agreed, v)
		}
		p.Rows = append(p.Rows, row)
	}
	return c.Show(w, r, http.StatusOK, "instansi-pengguna", c.Page(r, v, "Pengguna "+i.Name, p))
}

// hold says until when sign-ins to a user id are held, if they are, and where the visitor ends that: not for oneself.
func (row *userRow) hold(u party.User, until time.Time, v *site.Visitor, path string) {
	if until.IsZero() || row.State.Label == "Nonaktif" {
		return
	}
	row.Held = site.Clock(until, v)
	if v.May(access.ToFile) && u.ID != v.User.ID {
		row.Unlock = path + u.Login + "/buka"
	}
}

// unlockUser lets somebody of an agency try to sign in again.
func (c *Agencies) unlockUser(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	return c.unlock(w, r, v, i.ID, "/konsol/instansi/"+i.Code+"/pengguna")
}

// unlockStaff is unlockUser for the office's own people.
func (c *Agencies) unlockStaff(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.unlock(w, r, v, party.Provider, site.Link("/konsol/pengguna", "cari", r.PathValue("login")))
}

// unlock asks for a reason and keeps it: a wait after failed sign-ins protects the user, and lifting it is an act on somebody's account.
func (c *Agencies) unlock(w http.ResponseWriter, r *http.Request, v *site.Visitor, of int64, next string) error {
	f, err := c.Form(w, r, "alasan")
	if err == nil {
		err = office.Unlock(r.Context(), c.Office, v.Actor(), of, r.PathValue("login"), f["alasan"])
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, next)
}

type usersPage struct {
	Search  string
	Rows    []userRow
	Older   string
	MayFile bool
}

// users searches users of all institutions.
func (c *Agencies) users(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := usersPage{Search: strings.TrimSpace(r.URL.Query().Get("cari")), MayFile: v.May(access.ToFile)}
	list, err := c.Store.Users(r.Context(), p.Search, r.URL.Query().Get("setelah"), site.PerPage+1)
	if err != nil {
		return err
	}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link("/konsol/pengguna", "cari", p.Search, "setelah", list[site.PerPage-1].Login)
	}
	agreed := map[int64]bool{}
	everyone, err := c.Store.Everyone(r.Context())
	if err != nil {
		return err
	}
	for _, st := range everyone {
		_, agreed[st.Institution.ID] = agreement.Current(st.Agreements, v.Now, st.Institution.Zone.Day(v.Now))
	}
	held, err := c.Store.HeldOf(r.Context(), party.Provider, v.Now) // of agencies their own pages show it
	if err != nil {
		return err
	}
	for _, u := range list {
		row := userRowOf(u.User, v)
		row.Agency, row.Code = u.AgencyName, u.AgencyCode
		if u.Institution == party.Provider {
			row.Code = ""
			row.hold(u.User, held[u.ID], v, "/konsol/pengguna/")
		}
		if p.MayFile {
			row.Acts = actsFor(c.Office.Procedures, u.User, agreed[u.Institution], v)
		}
		p.Rows = append(p.Rows, row)
	}
	return c.Show(w, r, http.StatusOK, "pengguna", c.Page(r, v, "Pengguna", p))
}
