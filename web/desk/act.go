package desk

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/internal/told"
	"gapura/web/site"
)

// act takes a step that needs no files.
func (d *Desk) act(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := d.Form(w, r, "langkah", "keadaan", "catatan", "alasan")
	if err != nil {
		return err
	}
	a, s, err := d.found(r)
	if err != nil {
		return err
	}
	m := deskdb.Move{Act: desk.Act(f["langkah"]), Note: strings.TrimSpace(f["catatan"]), Seen: desk.State(f["keadaan"]),
		Reason: f["alasan"]}
	if _, known := actTexts[m.Act]; !known || len(m.Note) > 1000 {
		return site.ErrNotFound
	}
	have := map[string]bool{}
	for _, x := range a.Files {
		have[x.Document] = true
	}
	if m.Act == desk.Whole && len(s.Missing(have)) > 0 {
		return d.writeApplication(w, r, v, http.StatusUnprocessableEntity, a.ID,
			applicationPage{Problem: "Dokumen yang diminta belum lengkap."})
	}
	if m.Act == desk.Approve {
		if len(a.Checks) == 0 {
			return d.moved(w, r, v, a.ID, desk.ErrAct, "")
		}
		m.Issue = func(number, code string) ([]byte, error) {
			zone := d.Zone.Location()
			c := a.Checks[len(a.Checks)-1]
			c.At = c.At.In(zone)
			return desk.Letter(d.Office, s, a.Papers, number, code, a.Number, c, v.User.Name, d.Now().In(zone))
		}
	}
	return d.move(w, r, v, a.ID, m, "langkah")
}

// revoke takes a letter's validity away; the check page tells it from then on.
func (d *Desk) revoke(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	id, ok := number(r, "id")
	if !ok {
		return site.ErrNotFound
	}
	f, err := d.Form(w, r, "catatan")
	if err != nil {
		return err
	}
	why := strings.TrimSpace(f["catatan"])
	if why == "" || len(why) > 1000 {
		return d.moved(w, r, v, id, desk.ErrNote, "")
	}
	err = d.DB.Applications.Revoke(r.Context(), id, v.User.ID, d.Now(), why)
	if errors.Is(err, deskdb.ErrNone) {
		err = desk.ErrAct
	}
	return d.moved(w, r, v, id, err, "cabut")
}

func (d *Desk) move(w http.ResponseWriter, r *http.Request, v *site.Visitor, id int64, m deskdb.Move, done string) error {
	m.Role, m.By, m.At = v.User.Role, v.User.ID, d.Now()
	err := d.DB.Applications.Move(r.Context(), id, m)
	if err == nil && m.Act.Decides() {
		d.Wake()
	}
	return d.moved(w, r, v, id, err, done)
}

func (d *Desk) moved(w http.ResponseWriter, r *http.Request, v *site.Visitor, id int64, err error, done string) error {
	text, shown := told.Text(err)
	switch {
	case err == nil:
		return d.Redirect(w, r, "/permohonan/"+strconv.FormatInt(id, 10)+"?selesai="+done)
	case shown:
		return d.writeApplication(w, r, v, site.Status(err), id, applicationPage{Problem: text})
	default:
		return err
	}
}

// complete takes the repair of a returned application: steps 8 and 9.
func (d *Desk) complete(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := d.read(w, r)
	if err != nil {
		return err
	}
	a, s, err := d.found(r)
	if err != nil {
		return err
	}
	papers := papersOf(f.values, s)
	papers.Note = a.Papers.Note
	if a.Papers.Identity == desk.Card {
		papers.Identity = desk.Card // what a card gave stays what it was; the note says how it was read
	}
	if faults := append(desk.CheckPapers(s, &papers, d.today()), f.faults...); len(faults) > 0 {
		return d.writeApplication(w, r, v, http.StatusUnprocessableEntity, a.ID, applicationPage{Problem: "Perbaikan belum dicatat: " +
			faults.Error()})
	}
	return d.move(w, r, v, a.ID, deskdb.Move{Act: desk.Complete, Seen: desk.State(f.values["keadaan"]), Files: f.files, Fixed: &papers},
		"lengkapi")
}
