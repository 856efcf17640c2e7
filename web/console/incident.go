package console

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/office/incident"
	"gapura/office/office"
	"gapura/person/population"
	"gapura/web/agency"
	"gapura/web/site"
)

func (c *Records) incidents(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.Agency.Events().ListIncidents(w, r, v, -1, agency.IncidentsPage{Base: "/konsol/insiden", May: v.May(access.ToFile)})
}

// incidentLetter makes a letter, or notes that it was delivered.
func (c *Records) incidentLetter(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, err := c.Agency.Events().IncidentOf(r, v)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "baris", "surat", "nomor", "cara")
	if err != nil {
		return err
	}
	saw := int(site.Number(f["baris"]))
	if f["nomor"] != "" {
		err = office.IncidentsOf(c.Office).SendLetter(r.Context(), v.Actor(), i.ID, saw, f["nomor"], f["cara"])
		return c.Agency.Events().Stepped(w, r, v, i, agency.Typed{Form: f["nomor"], Text: f["cara"], Err: err})
	}
	err = office.IncidentsOf(c.Office).MakeLetter(r.Context(), v.Actor(), i.ID, saw, f["surat"], c.Residents)
	return c.Agency.Events().Stepped(w, r, v, i, agency.Typed{Form: f["surat"], Err: err})
}

// incidentUses searches the journal for accesses that may be affected, and notes them when told to. It comes by POST, so that a NIK is in
// no address; a search by NIK is itself recorded in the journal, like an auditor's.
func (c *Records) incidentUses(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, err := c.Agency.Events().IncidentOf(r, v)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "baris", "instansi", "user", "dari", "sampai", "tujuan", "nik", "catat")
	if err != nil {
		return err
	}
	number16 := f["nik"]
	f["nik"] = "" // no answer repeats it
	uses, how, err := c.findUses(r, v, i, f, number16)
	noting := err == nil && f["catat"] != ""
	if noting {
		err = office.IncidentsOf(c.Office).AddUses(r.Context(), v.Actor(), i.ID, int(site.Number(f["baris"])), uses, how)
	}
	if noting || err != nil {
		return c.Agency.Events().Stepped(w, r, v, i, agency.Typed{Form: "akses", Search: &agency.UsesPage{Values: f, Total: -1}, Err: err})
	}
	p := &agency.UsesPage{Values: f, Total: len(uses)}
	people := map[string]bool{}
	for n, u := range uses {
		people[u.NIK.Digits()] = true
		if n < site.PerPage {
			p.Rows = append(p.Rows, agency.UsesRow{Record: u.ID.String(), At: site.Clock(u.At, v), Agency: u.Agency, Login: u.Login,
				NIK: u.NIK.Masked(), Purpose: u.Purpose, Elements: strings.Join(population.Labels(u.Elements.Strings()), ", ")})
		}
	}
	p.People = len(people)
	return c.Agency.Events().WriteIncident(w, r, v, http.StatusOK, i, agency.Typed{Form: "akses", Search: p})
}

// findUses runs the search of the form; how says it in words, without a NIK.
func (c *Records) findUses(r *http.Request, v *site.Visitor, i incident.Incident, f map[string]string, nik string) (uses []incident.Use,
	how string, err error) {
	ctx, loc := r.Context(), v.Zone().Location()
	var from, to time.Time
	for key, day := range map[string]*time.Time{"dari": &from, "sampai": &to} {
		if f[key] == "" {
			continue
		}
		if *day, err = time.ParseInLocation(time.DateOnly, f[key], loc); err != nil {
			return nil, "", told.Wrong(key, "Tanggal tidak dapat dibaca. Silakan isi kembali.")
		}
	}
	if to.IsZero() {
		to = v.Now.Add(time.Second) // with what was asked this moment
	} else {
		to = to.AddDate(0, 0, 1)
	}
	if !from.Before(to) {
		return nil, "", told.Wrong("sampai", "Tanggal akhir mendahului tanggal awal. Silakan isi kembali.")
	}
	if strings.TrimSpace(nik) != "" {
		// Who asked for one NIK is found through the blind index, whatever the agency.
		_, found, err := c.Tell.Tell(ctx, access.DisclosureRequest{
			User: v.User.ID, Method: "console", Address: c.Peer(r), Reference: fmt.Sprintf("INSIDEN-%d", i.ID), NIK: nik, From: from,
			To: to, Audit: true,
		})
		if errors.Is(err, access.ErrNIK) {
			return nil, "", told.Wrong("nik", "NIK tidak sesuai format.")
		}
		if err != nil {
			return nil, "", err
		}
		if found.Total > len(found.Uses) {
			return nil, "", told.Wrong("", "Pencarian menemukan terlalu banyak akses. Persempit periodenya, dan catat bagian demi bagian.")
		}
		for _, u := range found.Uses {
			if u.Outcome == string(access.Found) && (f["instansi"] == "" || u.Code == f["instansi"]) {
				uses = append(uses, incident.Use{ID: u.ID, At: u.At, User: u.User, Agency: u.Agency, Code: u.Code, NIK: u.NIK,
					Purpose: u.Purpose, Reference: u.Reference, Elements: u.Elements})
			}
		}
		return uses, "menurut NIK", nil
	}
	agency, _, found, err := c.Store.InstitutionByCode(ctx, f["instansi"])
	if err != nil {
		return nil, "", err
	}
	if !found || agency.ID == party.Provider {
		return nil, "", told.Wrong("instansi", "Pilih instansi, atau isi NIK untuk mencari pada semua instansi.")
	}
	q := incident.Query{Agency: agency.ID, From: from, To: to, Purpose: strings.TrimSpace(f["tujuan"])}
	if !from.IsZero() {
		how = agency.Name + ", " + site.Clock(from, v) + " sampai " + site.Clock(to, v)
	} else {
		how = agency.Name + ", sampai " + site.Clock(to, v)
	}
	if login := strings.TrimSpace(f["user"]); login != "" {
		u, found, err := c.Store.UserByLogin(ctx, login)
		if err != nil {
			return nil, "", err
		}
		if !found || u.Institution != agency.ID {
			return nil, "", told.Wrong("user", "User ID tidak dikenal pada instansi ini.")
		}
		q.User = u.ID
		how += ", User ID " + u.Login
	}
	if q.Purpose != "" {
		how += ", tujuan " + q.Purpose
	}
	if err := c.Reads(r, v, access.ToTrace, "penduduk insiden "+site.ID(i.ID)); err != nil {
		return nil, "", err
	}
	uses, err = c.Incidents.FindUses(ctx, q)
	for n := range uses {
		uses[n].Agency, uses[n].Code = agency.Name, agency.Code
	}
	return uses, how, err
}
