package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/web/agency"
	"gapura/web/site"
)

// Desks enrol agencies' own desks.
type Desks interface {
	agency.Desks
	DeskCode(ctx context.Context, c journal.Change, agency int64, until time.Time) (code string, err error)
	EndDesk(ctx context.Context, c journal.Change, agency int64) error
}

type deskPage struct {
	site.Tabs
	agency.DeskView
	OneTime, Valid string // the code, shown once; a field "Code" would hide the agency's in tabs
	Reason         string
	May, MayFile   bool
}

// codeLives is how long a one-time code can be used.
const codeLives = 24 * time.Hour

// desk shows an agency's own desk as it was enrolled, and who asks to become it.
func (c *Settings) desk(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeDesk(w, r, v, http.StatusOK, deskPage{})
}

func (c *Settings) writeDesk(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p deskPage) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	view, err := agency.ViewDesk(r.Context(), c.Desks, i, v, "/konsol/instansi/"+i.Code+"/loket")
	if err != nil {
		return err
	}
	view.Done, view.Problem = p.Done, p.Problem
	p.DeskView, p.Tabs = view, site.Tabs{Code: i.Code, Name: i.Name, Here: "loket"}
	p.May, p.MayFile = v.May(access.ToSet), v.May(access.ToFile)
	return c.Show(w, r, status, "loket", c.Page(r, v, "Loket "+i.Name, p))
}

// changeDesk makes a one-time code, ends the enrolment, or decides a request on the provider's side.
func (c *Settings) changeDesk(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "alasan", "cabut", "permintaan", "putusan")
	if err != nil {
		return err
	}
	if f["permintaan"] != "" {
		return c.decideDesk(w, r, v, i, f)
	}
	note := journal.Change{At: v.Now, By: v.User.ID, Reason: strings.TrimSpace(f["alasan"])}
	if note.Reason == "" || len(note.Reason) > 200 {
		return c.writeDesk(w, r, v, http.StatusUnprocessableEntity, deskPage{
			DeskView: agency.DeskView{Problem: "Alasan harus diisi, paling panjang 200 karakter."}, Reason: f["alasan"],
		})
	}
	if f["cabut"] != "" {
		if err := c.Desks.EndDesk(r.Context(), note, i.ID); err != nil {
			return err
		}
		return c.Redirect(w, r, "/konsol/instansi/"+i.Code+"/loket")
	}
	until := v.Now.Add(codeLives)
	code, err := c.Desks.DeskCode(r.Context(), note, i.ID, until)
	if err != nil {
		return err
	}
	return c.writeDesk(w, r, v, http.StatusOK, deskPage{OneTime: code, Valid: site.Clock(until, v)})
}

func (c *Settings) decideDesk(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, f map[string]string) error {
	done, err := agency.DecideDesk(r.Context(), c.Desks, v, i.ID, f)
	if wrong, ok := errors.AsType[*told.Error](err); ok {
		return c.writeDesk(w, r, v, site.Status(err), deskPage{DeskView: agency.DeskView{Problem: wrong.Text}})
	}
	if err != nil {
		return err
	}
	return c.writeDesk(w, r, v, http.StatusOK, deskPage{DeskView: agency.DeskView{Done: done}})
}
