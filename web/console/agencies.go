package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/office/procedure"
	"gapura/web/site"
)

// A tag is a state in words with its colour.
type tag struct{ Label, Kind string }

var agreementTags = map[agreement.State]tag{
	agreement.Draft:      {"Belum berlaku", "mid"},
	agreement.InForce:    {"Berlaku", "ok"},
	agreement.Expiring:   {"Akan berakhir", "mid"},
	agreement.Ended:      {"Berakhir", "bad"},
	agreement.Terminated: {"Diakhiri", "bad"},
	agreement.Suspended:  {"Ditangguhkan", "bad"},
}

var noAgreement = tag{"Belum ada perjanjian", "mid"}

type agenciesPage struct {
	Day             time.Time
	Clock           string
	Search, State   string
	States          []stateOption
	Rows            []agencyRow
	Total           int
	First           int
	Newer, Older    string
	Warned, Stopped int
	MayFile         bool
}

type stateOption struct {
	Value, Label string
	Chosen       bool
}

type agencyRow struct {
	Code, Name      string
	State           tag
	Why             string // why it is not served; empty when it is
	Unlimited, Warn bool
	Quota, Used     int
	Left            int
	EndsOn          time.Time
	Overdue, Soon   int // duties
}

// agencies lists the agencies with state, quota, end and duties.
func (c *Agencies) agencies(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	all, err := c.Store.Quotas(r.Context(), v.Now)
	if err != nil {
		return err
	}
	facts, calendar, err := dutyFacts(r, v, c.Store)
	if err != nil {
		return err
	}
	p := agenciesPage{Day: v.Today(), Clock: clock(v.Now, v), MayFile: v.May(access.ToFile)}
	p.Search, p.State = strings.TrimSpace(r.URL.Query().Get("cari")), r.URL.Query().Get("keadaan")
	for _, o := range []stateOption{{"", "Semua", false}, {"berlaku", "Berlaku", false}, {"akan-berakhir", "Akan berakhir", false}, {"tidak-dilayani", "Tidak dilayani", false}} {
		o.Chosen = o.Value == p.State
		p.States = append(p.States, o)
	}
	var rows []agencyRow
	for _, q := range all {
		row := agencyRowOf(q, v.Now)
		if row.Warn {
			p.Warned++
		}
		if row.Why != "" {
			p.Stopped++
		}
		if matches(row, p.Search, p.State) {
			if f, ok := facts[q.Standing.Institution.ID]; ok {
				row.Overdue, row.Soon = countDuties(obligation.Duties(f, calendar, v.Today()))
			}
			rows = append(rows, row)
		}
	}
	p.Total = len(rows)
	first := min(int(number(r.URL.Query().Get("mulai"))), p.Total)
	p.Rows = rows[first:min(first+perPage, p.Total)]
	p.First = first + 1
	if first > 0 {
		p.Newer = link("/konsol", "cari", p.Search, "keadaan", p.State, "mulai", strconv.Itoa(max(0, first-perPage)))
	}
	if first+perPage < p.Total {
		p.Older = link("/konsol", "cari", p.Search, "keadaan", p.State, "mulai", strconv.Itoa(first+perPage))
	}
	return c.Show(w, r, http.StatusOK, "instansi-semua", c.Page(r, v, "Instansi pengguna", p))
}

func matches(row agencyRow, search, state string) bool {
	s := strings.ToLower(search)
	if s != "" && !strings.Contains(strings.ToLower(row.Name), s) && !strings.Contains(row.Code, s) {
		return false
	}
	switch state {
	case "berlaku":
		return row.Why == ""
	case "akan-berakhir":
		return row.State == agreementTags[agreement.Expiring]
	case "tidak-dilayani":
		return row.Why != ""
	}
	return true
}

func agencyRowOf(q access.QuotaRow, now time.Time) agencyRow {
	in := q.Standing.Institution
	day := in.Zone.Day(now)
	row := agencyRow{Code: in.Code, Name: in.Name, Used: q.Left.Used, State: noAgreement, Why: "Belum ada perjanjian."}
	grant, ok := agreement.Current(q.Standing.Agreements, now, day)
	if !ok {
		return row
	}
	row.State = agreementTags[grant.State]
	row.Unlimited, row.Quota, row.EndsOn = grant.Unlimited, grant.Quota, grant.EndsOn
	left := access.Left{Unlimited: grant.Unlimited, Quota: grant.Quota, Used: q.Left.Used}
	row.Left, row.Why = left.Remaining(), notServed(grant, in.Head, day)
	row.Warn = row.Why == "" && left.Warn()
	return row
}

// notServed says why an agency gets no answers; empty when it does.
func notServed(g *agreement.Grant, h party.Head, day time.Time) string {
	switch {
	case g == nil:
		return "Belum ada perjanjian."
	case !g.State.Works():
		return "Perjanjian tidak berlaku."
	case !h.Responsible(day):
		return "SPTJM penanggung jawab tidak berlaku."
	}
	return ""
}

func countDuties(list []obligation.Duty) (overdue, soon int) {
	for _, d := range list {
		switch d.State {
		case obligation.Overdue:
			overdue++
		case obligation.Soon:
			soon++
		}
	}
	return overdue, soon
}

// dutyFacts reads what duties follow from, with the calendar.
func dutyFacts(r *http.Request, v *site.Visitor, s dutyStore) (map[int64]obligation.Facts, *obligation.Calendar, error) {
	facts, err := s.DutyFacts(r.Context(), v.Now)
	if err != nil {
		return nil, nil, err
	}
	holidays, err := s.Holidays(r.Context())
	if err != nil {
		return nil, nil, err
	}
	return facts, obligation.NewCalendar(holidays), nil
}

type agencyPage struct {
	tabs
	Institution party.Institution
	State       tag
	Why         string
	Grant       *agreement.Grant
	Left        access.Left
	SPTJM       tag
	Heads       []party.Head
	Agreements  []agreementRow
	Contacts    []party.Contact
	Cases       []caseRow
	Readers     int
	ReadersOn   int
	Users       int
	Overdue     int
	Soon        int
	MayFile     bool
}

// tabs are the pages of one agency.
type tabs struct{ Code, Name, Here string }

type agreementRow struct {
	ID               int64
	Code             string
	Number, Other    string
	SignedOn, EndsOn time.Time
	State            tag
	Addenda          int
}

func (c *Agencies) agency(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, all, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	p := agencyPage{tabs: tabs{i.Code, i.Name, "ringkasan"}, Institution: i, State: noAgreement, MayFile: v.May(access.ToFile)}
	day := i.Zone.Day(v.Now)
	if g, ok := agreement.Current(all, v.Now, day); ok {
		p.Grant, p.State = g, agreementTags[g.State]
		p.Left = access.Left{Unlimited: g.Unlimited, Quota: g.Quota}
	}
	p.Why = notServed(p.Grant, i.Head, day)
	p.SPTJM = tag{"Belum ditandatangani atau tidak berlaku", "bad"}
	if i.Head.Responsible(day) {
		p.SPTJM = tag{"Berlaku", "ok"}
	}
	for _, a := range slices.Backward(all) {
		g := a.At(v.Now, day)
		p.Agreements = append(p.Agreements, agreementRow{a.ID, i.Code, a.ProviderNumber, a.AgencyNumber, a.SignedOn, g.EndsOn, agreementTags[g.State], len(a.Addenda)})
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
	p.Readers = len(x.Readers)
	for _, rd := range x.Readers {
		if rd.Works(p.Grant != nil && p.Grant.State.Works()) {
			p.ReadersOn++
		}
	}
	if p.Left.Used, err = c.Store.Hits(r.Context(), i.ID, day); err != nil {
		return err
	}
	if p.Heads, err = c.Store.Heads(r.Context(), i.ID); err != nil {
		return err
	}
	slices.Reverse(p.Heads)
	if p.Contacts, err = c.Store.Contacts(r.Context(), i.ID); err != nil {
		return err
	}
	open, err := c.Store.Cases(r.Context(), i.ID, procedure.Open, 0, 10)
	if err != nil {
		return err
	}
	p.Cases = caseRows(c.Office.Procedures, open, v)
	facts, calendar, err := dutyFacts(r, v, c.Store)
	if err != nil {
		return err
	}
	if f, ok := facts[i.ID]; ok {
		p.Overdue, p.Soon = countDuties(obligation.Duties(f, calendar, day))
	}
	return c.Show(w, r, http.StatusOK, "instansi", c.Page(r, v, i.Name, p))
}

type agencyUsersPage struct {
	tabs
	Rows    []userRow
	Older   string
	MayFile bool
}

type userRow struct {
	Login, Name, Position, Role, Methods string
	Agency, Code                         string
	State                                tag
	NDA                                  time.Time
}

func userRowOf(u party.User, v *site.Visitor) userRow {
	day := v.Today()
	row := userRow{Login: u.Login, Name: u.Name, Position: u.Position, Role: u.Role.Label(), NDA: u.NDASigned}
	row.Methods = strings.Join(agreement.MethodLabels(u.Methods), ", ")
	switch {
	case !u.Deactivated.IsZero() && !v.Now.Before(u.Deactivated):
		row.State = tag{"Nonaktif", "bad"}
	case u.Active(v.Now, day):
		row.State = tag{"Aktif", "ok"}
	case !u.HasPassword:
		row.State = tag{"Belum diaktifkan", "mid"}
	default:
		row.State = tag{"Menunggu NDA", "mid"}
	}
	return row
}

func (c *Agencies) agencyUsers(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	list, err := c.Store.UsersOfAgency(r.Context(), i.ID, r.URL.Query().Get("setelah"), perPage+1)
	if err != nil {
		return err
	}
	p := agencyUsersPage{tabs: tabs{i.Code, i.Name, "pengguna"}, MayFile: v.May(access.ToFile)}
	if len(list) > perPage {
		list = list[:perPage]
		p.Older = link("/konsol/instansi/"+i.Code+"/pengguna", "setelah", list[perPage-1].Login)
	}
	for _, u := range list {
		p.Rows = append(p.Rows, userRowOf(u, v))
	}
	return c.Show(w, r, http.StatusOK, "instansi-pengguna", c.Page(r, v, "Pengguna "+i.Name, p))
}

type usersPage struct {
	Search string
	Rows   []userRow
	Older  string
}

// users searches users of all institutions.
func (c *Agencies) users(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := usersPage{Search: strings.TrimSpace(r.URL.Query().Get("cari"))}
	list, err := c.Store.Users(r.Context(), p.Search, r.URL.Query().Get("setelah"), perPage+1)
	if err != nil {
		return err
	}
	if len(list) > perPage {
		list = list[:perPage]
		p.Older = link("/konsol/pengguna", "cari", p.Search, "setelah", list[perPage-1].Login)
	}
	for _, u := range list {
		row := userRowOf(u.User, v)
		row.Agency, row.Code = u.AgencyName, u.AgencyCode
		if u.Institution == party.Provider {
			row.Code = ""
		}
		p.Rows = append(p.Rows, row)
	}
	return c.Show(w, r, http.StatusOK, "pengguna", c.Page(r, v, "Pengguna", p))
}
