package console

import (
	"fmt"
	"net/http"
	"strings"

	"gapura/access/access"
	"gapura/access/guard"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/person/region"
	"gapura/web/site"
)

// maxDecoys bounds how many are planted at once: each is looked for in the registry first.
const maxDecoys = 50

type decoysPage struct {
	Rows  []decoyRow
	May   bool
	Error string
}

type decoyRow struct{ NIK, Digits, Planted, Note string }

// decoys lists the decoys, which are nobody's NIK and therefore shown whole.
func (c *Records) decoys(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeDecoys(w, r, v, http.StatusOK, "")
}

// writeDecoys never repeats a number that was typed: until it is a decoy it may be somebody's.
func (c *Records) writeDecoys(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, problem string) error {
	list, err := c.Watching.Decoys(r.Context())
	if err != nil {
		return err
	}
	if err := c.Reads(r, v, access.ToSet, "NIK umpan"); err != nil {
		return err
	}
	p := decoysPage{May: v.May(access.ToSet), Error: problem}
	for _, d := range list {
		digits := d.NIK.Digits()
		p.Rows = append(p.Rows, decoyRow{spaced(digits), digits, site.Clock(d.Planted, v), d.Note})
	}
	return c.Show(w, r, status, "umpan", c.Page(r, v, "NIK umpan", p))
}

// changeDecoys plants decoys of a district, or takes one away.
func (c *Records) changeDecoys(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "kecamatan", "jumlah", "catatan", "cabut", "alasan")
	if err != nil {
		return err
	}
	note := journal.Change{At: v.Now, By: v.User.ID, Reason: strings.TrimSpace(f["alasan"])}
	again := func(text string) { c.writeDecoys(w, r, v, http.StatusUnprocessableEntity, text) }
	if note.Reason == "" || len(note.Reason) > 200 {
		again("Alasan harus diisi, paling panjang 200 karakter.")
		return nil
	}
	if f["cabut"] != "" {
		n, err := nik.Parse(f["cabut"])
		if err != nil {
			again("Pilih NIK umpan dari daftar.")
			return nil
		}
		return propose(c.Site, c.Office, w, r, v, office.Setting{Agency: party.Provider, Kind: procedure.SettingDecoy,
			Subject: "NIK umpan " + n.Masked(), Before: "ditanam", After: "dicabut", Value: n.Digits()}, note.Reason)
	}
	count, text, district := int(site.Number(f["jumlah"])), strings.TrimSpace(f["catatan"]),
		strings.ReplaceAll(strings.TrimSpace(f["kecamatan"]), ".", "")
	_, exists := region.Name(district)
	switch {
	case len(district) != 6 || !exists:
		again("Kode kecamatan harus enam angka dari kode wilayah yang berlaku.")
		return nil
	case count < 1 || count > maxDecoys:
		again(fmt.Sprintf("Jumlah harus 1 sampai %d.", maxDecoys))
		return nil
	case text == "" || len(text) > 200:
		again("Tempat penanaman harus diisi, paling panjang 200 karakter.")
		return nil
	}
	var list []guard.Decoy
	for tries := 0; len(list) < count && tries < 100*maxDecoys; tries++ {
		n, err := guard.NewDecoy(district, random)
		if err != nil {
			return err
		}
		found, err := c.Residents.Find(r.Context(), n)
		if err != nil {
			return err
		}
		if !found.Known {
			list = append(list, guard.Decoy{NIK: n, Planted: v.Now, Note: text})
		}
	}
	if err := c.Watching.PlantDecoys(r.Context(), note, list); err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/umpan")
}
