package console

import (
	"errors"
	"net/http"
	"strings"

	"gapura/access"
	"gapura/journal"
	"gapura/procedure"
	"gapura/web/site"
)

type residentPage struct {
	Letter, Error string
	Shown         bool
	NIK           string // masked
	At, Record    string
	Total         int
	Rows          []useRow
}

type useRow struct{ At, Agency, Act, Purpose, Basis, Outcome, Elements, Record string }

var useActs = map[string]string{journal.ActLookup: "Data dilihat", journal.ActMatch: "Data dicocokkan", journal.ActTell: "Riwayat diberikan kepada penduduk"}

func (c *Console) residentForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	c.Show(w, r, http.StatusOK, "penduduk", c.Page(r, v, "Permintaan penduduk", residentPage{}))
}

// resident tells a resident at the counter who asked for the resident's data. It comes by POST, so that the NIK is in no address; the page is never cached.
func (c *Console) resident(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	f, ok := c.Form(w, r, v, "nik", "surat", "identitas")
	if !ok {
		return
	}
	p := residentPage{Letter: strings.TrimSpace(f["surat"])}
	again := func(text string) {
		p.Error = text
		c.Show(w, r, http.StatusUnprocessableEntity, "penduduk", c.Page(r, v, "Permintaan penduduk", p))
	}
	switch {
	case p.Letter == "" || !access.ValidReference(p.Letter):
		p.Letter = "" // it may be a NIK
		again("Nomor surat permintaan harus diisi, paling panjang 64 karakter, dan tidak boleh berupa NIK.")
		return
	case f["identitas"] == "":
		again("Identitas pemohon harus diperiksa lebih dahulu: hanya pemilik NIK yang dapat menerima riwayatnya.")
		return
	}
	id, uses, total, err := c.Tell.Tell(r.Context(), v.User.ID, c.Peer(r), p.Letter, f["nik"])
	if errors.Is(err, access.ErrNIK) {
		again("NIK tidak sesuai format.")
		return
	}
	if err != nil {
		c.Fault(w, r, err)
		return
	}
	p.Shown, p.Total, p.Record, p.At, p.NIK = true, total, id.String(), clock(v.Now, v), maskNIK(f["nik"])
	for _, u := range uses {
		row := useRow{At: clock(u.At, v), Agency: u.Agency, Act: useActs[u.Act], Purpose: u.Purpose, Basis: u.Basis, Record: u.ID.String()}
		switch code := access.Code(u.Outcome); {
		case u.Act == journal.ActTell:
			row.Outcome = "Disampaikan"
		case code == access.Found:
			row.Outcome = "Ditampilkan"
			row.Elements = strings.Join(procedure.ElementLabels(u.Elements.Strings()), ", ")
		default:
			row.Outcome = "Tidak ditampilkan: " + code.Text()
		}
		p.Rows = append(p.Rows, row)
	}
	c.Show(w, r, http.StatusOK, "penduduk", c.Page(r, v, "Riwayat penggunaan data", p))
}
