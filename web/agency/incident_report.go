package agency

import (
	"net/http"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/office/incident"
	"gapura/office/office"
	"gapura/web/site"
)

type incidentFormPage struct {
	Own, Back string // Own: where the head's form goes; empty for the provider
	Action    string
	Agencies  []site.Option
	Kinds     []site.Option
	Values    map[string]string
	Faults    told.Errors
}

// NewIncident shows the form, filled in as far as an alert says.
func (c Events) NewIncident(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	q := r.URL.Query()
	values := map[string]string{"instansi": q.Get("instansi"), "user": q.Get("user"), "dari": q.Get("hari"), "sampai": q.Get("hari")}
	if values["user"] != "" {
		values["jenis"] = "penyalahgunaan"
	}
	return c.writeIncidentForm(w, r, v, http.StatusOK, values, nil)
}

func (c Events) writeIncidentForm(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, values map[string]string,
	faults told.Errors) error {
	p := incidentFormPage{Action: "/konsol/insiden", Back: "/konsol/insiden", Values: values, Faults: faults}
	if !v.OfProvider() {
		p.Own, p.Action, p.Back = "ya", "/insiden", "/insiden"
	}
	if values["tanggal_diketahui"] == "" {
		local := v.Now.In(v.Zone().Location())
		values["tanggal_diketahui"], values["jam_diketahui"] = local.Format(time.DateOnly), local.Format("15:04")
	}
	for _, k := range incident.Kinds {
		p.Kinds = append(p.Kinds, site.Option{Value: k.Key, Label: k.Label, Chosen: values["jenis"] == k.Key})
	}
	if v.OfProvider() {
		all, err := c.Store.Everyone(r.Context())
		if err != nil {
			return err
		}
		for _, st := range all {
			p.Agencies = append(p.Agencies, site.Option{Value: st.Institution.Code, Label: st.Institution.Name,
				Chosen: st.Institution.Code == values["instansi"]})
		}
	}
	return c.Show(w, r, status, "insiden-baru", c.Page(r, v, "Laporkan insiden", p))
}

// ReportIncident enters an incident: the provider's staff for any agency or the office itself, a head for the own agency alone.
func (c Events) ReportIncident(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "instansi", "user", "jenis", "tanggal_diketahui", "jam_diketahui", "dari", "sampai", "uraian", "tindakan")
	if err != nil {
		return err
	}
	again := func(faults told.Errors) error {
		return c.writeIncidentForm(w, r, v, http.StatusUnprocessableEntity, f, faults)
	}
	agency := v.Institution
	if v.OfProvider() {
		agency = party.Institution{ID: party.Provider, Zone: v.Zone()}
		if f["instansi"] != "" {
			i, _, found, err := c.Store.InstitutionByCode(r.Context(), f["instansi"])
			if err != nil {
				return err
			}
			if !found || i.ID == party.Provider {
				return again(told.Errors{told.Wrong("instansi", "Instansi tidak dikenal.")})
			}
			agency = i
		}
	}
	i := incident.Incident{Agency: agency.ID, Kind: f["jenis"]}
	loc := agency.Zone.Location()
	// zero is told as missing
	i.Known, _ = time.ParseInLocation("2006-01-02 15:04", f["tanggal_diketahui"]+" "+strings.ReplaceAll(f["jam_diketahui"], ".", ":"), loc)
	for key, day := range map[string]*time.Time{"dari": &i.From, "sampai": &i.To} {
		if f[key] == "" {
			continue
		}
		at, err := time.ParseInLocation(time.DateOnly, f[key], loc)
		if err != nil {
			return again(told.Errors{told.Wrong(key, "Periode kejadian tidak dapat dibaca.")})
		}
		*day = at
	}
	if !i.To.IsZero() { // the day's end, or now when that lies ahead
		if i.To = i.To.AddDate(0, 0, 1); i.To.After(v.Now) && i.To.Sub(v.Now) <= 24*time.Hour {
			i.To = v.Now
		}
	}
	if login := strings.TrimSpace(f["user"]); login != "" {
		u, found, err := c.Store.UserByLogin(r.Context(), login)
		if err != nil {
			return err
		}
		if !found || u.Institution != agency.ID {
			return again(told.Errors{told.Wrong("user", "User ID tidak dikenal pada instansi ini.")})
		}
		i.User = u.ID
	}
	id, err := office.IncidentsOf(c.Office).Report(r.Context(), v.Actor(), i, f["uraian"], f["tindakan"])
	if faults := told.Invalids(err); faults != nil {
		return again(faults)
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, incidentPath(v)+site.ID(id))
}
