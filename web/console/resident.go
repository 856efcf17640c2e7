package console

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/web/site"
)

type residentPage struct {
	Audit         bool // an auditor's search, not a resident's request
	Letter, Error string
	Shown         bool
	NIK           string // masked
	At, Record    string
	Total         int
	Delayed       int // withheld by a lawful order for now
	Rows          []useRow
}

type useRow struct {
	At, Agency, Act, Purpose, Basis, Outcome, Elements, Record, Salt string
	Disputable                                                       bool // the resident may object to it: an agency's, not our own
}

func (c *Records) residentForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.showResident(w, r, v, http.StatusOK, residentPage{})
}

// searchForm asks an auditor for a NIK and a reason.
func (c *Records) searchForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.showResident(w, r, v, http.StatusOK, residentPage{Audit: true})
}

func (c *Records) showResident(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p residentPage) error {
	title := "Permintaan penduduk"
	switch {
	case p.Audit:
		title = "Cari NIK dalam jurnal"
	case p.Shown:
		title = "Riwayat penggunaan data"
	}
	return c.Show(w, r, status, "penduduk", c.Page(r, v, title, p))
}

// resident tells a resident at the counter who asked for the resident's data.
func (c *Records) resident(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.uses(w, r, v, false)
}

// search shows an auditor the same, and what is withheld from the resident.
func (c *Records) search(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.uses(w, r, v, true)
}

// asked says what is wrong with the letter and the check of the identity that a request names; "" when they are there.
func (p *residentPage) asked(f map[string]string) string {
	switch {
	case p.Letter == "" || !access.ValidReference(p.Letter):
		p.Letter = "" // it may be a NIK
		return "Nomor surat harus diisi, paling panjang 64 karakter, dan tidak boleh berupa NIK."
	case !p.Audit && f["identitas"] == "":
		return "Identitas pemohon harus diperiksa lebih dahulu: hanya pemilik NIK yang dapat menerima riwayatnya."
	}
	return ""
}

// residentLetter begins the case whose letter tells the resident, with what was typed for the page.
func (c *Records) residentLetter(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "nik", "surat", "identitas")
	if err != nil {
		return err
	}
	p := residentPage{Letter: strings.TrimSpace(f["surat"])}
	p.Error = p.asked(f)
	if _, err := nik.Parse(f["nik"]); err != nil && p.Error == "" { // it is typed again into the case, whose form shows no NIK
		p.Error = "NIK tidak sesuai format."
	}
	if p.Error != "" {
		return c.showResident(w, r, v, http.StatusUnprocessableEntity, p)
	}
	id, err := c.Office.Open(r.Context(), v.Actor(), party.Provider, "riwayat-penduduk")
	if err != nil {
		return err
	}
	typed := procedure.Input{Letter: p.Letter, Values: map[string]string{}}
	if err := c.Store.KeepTyped(r.Context(), id, v.User.ID, 0, typed, v.Now); err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/berkas/"+site.ID(id))
}

// objection begins the case of an objection to a use that the page of the history shows.
func (c *Records) objection(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "catatan")
	if err != nil {
		return err
	}
	use, err := journal.ParseID(f["catatan"])
	if err != nil || use.Log == party.Provider {
		return site.ErrNotFound
	}
	if _, err := c.Notary.Receipt(r.Context(), use); err != nil {
		if errors.Is(err, journal.ErrNoRecord) {
			return site.ErrNotFound
		}
		return err
	}
	id, err := c.Office.Open(r.Context(), v.Actor(), use.Log, "keberatan")
	if err != nil {
		return err
	}
	typed := procedure.Input{Values: map[string]string{"catatan": use.String()}}
	if err := c.Store.KeepTyped(r.Context(), id, v.User.ID, 0, typed, v.Now); err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/berkas/"+site.ID(id))
}

// uses comes by POST, so that the NIK is in no address; the page is never cached.
func (c *Records) uses(w http.ResponseWriter, r *http.Request, v *site.Visitor, audit bool) error {
	f, err := c.Form(w, r, "nik", "surat", "identitas")
	if err != nil {
		return err
	}
	p := residentPage{Audit: audit, Letter: strings.TrimSpace(f["surat"])}
	again := func(text string) error {
		p.Error = text
		return c.showResident(w, r, v, http.StatusUnprocessableEntity, p)
	}
	if wrong := p.asked(f); wrong != "" {
		return again(wrong)
	}
	id, found, err := c.Tell.Tell(r.Context(), access.DisclosureRequest{
		User: v.User.ID, Method: "console", Address: c.Peer(r), Reference: p.Letter, NIK: f["nik"], Audit: audit,
	})
	if errors.Is(err, access.ErrNIK) {
		return again("NIK tidak sesuai format.")
	}
	if err != nil {
		return err
	}
	p.Shown, p.Total, p.Delayed, p.Record, p.At, p.NIK = true, found.Total, found.Delayed, id.String(), site.Clock(v.Now, v),
		site.Masked(f["nik"])
	for _, u := range found.Uses {
		row := useRow{At: site.Clock(u.At, v), Agency: u.Agency, Purpose: u.Purpose, Basis: u.Basis,
			Record: u.ID.String(), Disputable: !audit && u.ID.Log != party.Provider}
		if !audit { // the salt proves to others whom the record is about: it is the resident's
			row.Salt = base64.StdEncoding.EncodeToString(u.Salt[:])
		}
		row.Act, row.Outcome, row.Elements = u.Words()
		p.Rows = append(p.Rows, row)
	}
	return c.showResident(w, r, v, http.StatusOK, p)
}
