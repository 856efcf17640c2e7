package desk

import (
	"errors"
	"net/http"
	"strconv"

	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/internal/told"
	"gapura/web/site"
)

// offers are the pages of the kinds of aid, which the head edits.
type offers struct{ *Desk }

type servicesPage struct{ Services []desk.Service }

func (d offers) services(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	list, err := d.DB.Services.Services(r.Context())
	if err != nil {
		return err
	}
	return d.Show(w, r, http.StatusOK, "layanan", d.Page(r, v, "Layanan", servicesPage{list}))
}

type editorPage struct {
	Key, Name, Text string
	Version         int
	History         []historyRow
	Done, Problem   string
}

type historyRow struct {
	Version  int
	When, By string
}

func (d offers) editor(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := editorPage{Key: r.PathValue("key")}
	if r.URL.Query().Get("selesai") != "" {
		p.Done = "Versi baru telah disimpan dan berlaku untuk permohonan berikutnya."
	}
	return d.writeEditor(w, r, v, http.StatusOK, p)
}

// newKey is the address of a kind of aid that is not there yet.
const newKey = "baru"

func (d offers) writeEditor(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p editorPage) error {
	p.Name = "Layanan baru"
	typed := p.Text
	if p.Key != newKey {
		s, err := d.DB.Services.Service(r.Context(), p.Key, 0)
		if errors.Is(err, deskdb.ErrNone) {
			return site.ErrNotFound
		}
		var history []deskdb.ServiceVersion
		if err == nil {
			history, err = d.DB.Services.ServiceHistory(r.Context(), p.Key)
		}
		if err != nil {
			return err
		}
		for _, h := range history {
			p.History = append(p.History, historyRow{h.Version, d.when(h.At), h.By})
		}
		p.Name, p.Version, p.Text = s.Name, s.Version, s.SourceText
	} else {
		pattern := desk.DefaultServices()[0].SourceText
		p.Text = pattern
	}
	if typed != "" {
		p.Text = typed
	}
	return d.Show(w, r, status, "naskah", d.Page(r, v, p.Name, p))
}

// edit keeps a new version of a kind of aid.
func (d offers) edit(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := d.Form(w, r, "naskah", "versi")
	if err != nil {
		return err
	}
	key := r.PathValue("key")
	again := func(status int, text string) error {
		return d.writeEditor(w, r, v, status, editorPage{Key: key, Text: f["naskah"], Problem: text})
	}
	s, err := desk.ParseService(f["naskah"])
	if err == nil {
		err = s.Delivers()
	}
	version, _ := strconv.Atoi(f["versi"])
	switch {
	case err != nil:
		return again(http.StatusUnprocessableEntity, "Naskah belum disimpan: "+err.Error()+".")
	case key != newKey && s.Key != key:
		return again(http.StatusUnprocessableEntity, "Naskah belum disimpan: “key” tidak dapat diubah.")
	case s.Key == newKey:
		return again(http.StatusUnprocessableEntity, "Naskah belum disimpan: “key” tidak boleh “baru”.")
	}
	err = d.DB.Services.PutService(r.Context(), s, version, v.User.ID, d.Now())
	text, shown := told.Text(err)
	switch {
	case shown:
		return again(site.Status(err), text)
	case err != nil:
		return err
	default:
		return d.Redirect(w, r, "/layanan/"+s.Key+"?selesai=ya")
	}
}
