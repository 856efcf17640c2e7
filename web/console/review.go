package console

import (
	"net/http"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/web/agency"
	"gapura/web/site"
)

type reviewPage struct {
	Search     string
	Day        string
	Rows       []reviewRow
	Older, CSV string
}

// A reviewRow is what one user id may do today.
type reviewRow struct {
	Login, Name, Agency, Role, Methods, Rights, Purposes string
	State                                                site.Tag
	May                                                  string // acts in words; empty: nothing
	Until                                                string // last day of the agreement that it rests on; empty: it rests on none
}

// reviewed reads user ids of all institutions after a login, with what each may do now; more: there are others after them.
func (c *Agencies) reviewed(r *http.Request, v *site.Visitor, search, after string, most int) (rows []reviewRow, more bool, err error) {
	list, err := c.Store.Users(r.Context(), search, after, most+1)
	if err != nil {
		return nil, false, err
	}
	if more = len(list) > most; more {
		list = list[:most]
	}
	everyone, err := c.Store.Everyone(r.Context())
	if err != nil {
		return nil, false, err
	}
	standings := map[int64]access.Standing{}
	for _, st := range everyone {
		standings[st.Institution.ID] = st
	}
	for _, u := range list {
		st, there := standings[u.Institution]
		if !there { // of the provider
			st.Institution = v.Institution
		}
		st.User = u.User
		base := userRowAt(u.User, v.Now, st.Institution.Zone.Day(v.Now))
		row := reviewRow{Login: u.Login, Name: u.Name, Agency: u.AgencyName, Role: u.Role.Label(), Methods: base.Methods, State: base.State}
		row.Rights, row.Purposes = agency.UserRights(u.User)
		if !u.Stopped.IsZero() && row.State.Label == "Aktif" {
			row.State = site.Tag{Label: "Pencarian dihentikan", Kind: "bad"}
		}
		var may []string
		for _, act := range access.Able(&st, v.Now) {
			may = append(may, act.Label())
		}
		row.May = strings.Join(may, ", ")
		if g, ok := agreement.Current(st.Agreements, v.Now, st.Institution.Zone.Day(v.Now)); ok && u.Institution != party.Provider {
			row.Until = bahasa.Date(g.LastDay(st.Institution.Zone))
		}
		rows = append(rows, row)
	}
	return rows, more, nil
}

// review shows who can do what today, as the same rule decides it that every door asks.
func (c *Agencies) review(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := reviewPage{Search: strings.TrimSpace(r.URL.Query().Get("cari")), Day: site.Clock(v.Now, v)}
	rows, more, err := c.reviewed(r, v, p.Search, r.URL.Query().Get("setelah"), site.PerPage)
	if err != nil {
		return err
	}
	if err := c.Reads(r, v, access.ToLook, "tinjauan hak akses"); err != nil {
		return err
	}
	if p.Rows = rows; more {
		p.Older = site.Link("/konsol/hak-akses", "cari", p.Search, "setelah", rows[len(rows)-1].Login)
	}
	p.CSV = site.Link("/konsol/hak-akses.csv", "cari", p.Search)
	return c.Show(w, r, http.StatusOK, "hak-akses", c.Page(r, v, "Tinjauan hak akses", p))
}

// reviewCSV is the whole review as a table. One that cannot be finished is broken off, so that it is not taken for the whole.
func (c *Agencies) reviewCSV(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	search := strings.TrimSpace(r.URL.Query().Get("cari"))
	rows, more, err := c.reviewed(r, v, search, "", exportBatch)
	if err != nil {
		return err
	}
	if err := c.Reads(r, v, access.ToLook, "ekspor tinjauan hak akses"); err != nil {
		return err
	}
	c.Unhurried(w)
	out := site.Table(w, "hak-akses-"+v.Today().Format(time.DateOnly)+".csv", "User ID", "Nama", "Instansi", "Peran", "Keadaan",
		"Boleh hari ini", "Metode", "Hak atas data", "Tujuan", "Perjanjian sampai")
	for {
		for _, x := range rows {
			out.Row(x.Login, x.Name, x.Agency, x.Role, x.State.Label, x.May, x.Methods, x.Rights, x.Purposes, x.Until)
		}
		if !more {
			return out.End()
		}
		if rows, more, err = c.reviewed(r, v, search, rows[len(rows)-1].Login, exportBatch); err != nil {
			c.Log.ErrorContext(r.Context(), "console: export of the review broken off", "err", err)
			panic(http.ErrAbortHandler)
		}
	}
}
