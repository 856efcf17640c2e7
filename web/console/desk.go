package console

import (
	"context"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/web/agency"
	"gapura/web/site"
)

// Desks enrol agencies' own desks.
type Desks interface {
	DeskCode(ctx context.Context, c journal.Change, agency int64, until time.Time) (code string, err error)
	EndDesk(ctx context.Context, c journal.Change, agency int64) error
	CosignerKey(ctx context.Context, agency int64) (string, error)
}

type deskPage struct {
	agency.Tabs
	Since, Pin, Key, Cosigner string
	OneTime, Until            string // the code, shown once; a field "Code" would hide the agency's in tabs
	May                       bool
	Error                     string
}

// codeLives is how long a one-time code can be used.
const codeLives = 24 * time.Hour

// desk shows an agency's own desk as it was enrolled.
func (c *Settings) desk(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	return c.writeDesk(w, r, v, i, http.StatusOK, deskPage{})
}

func (c *Settings) writeDesk(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, status int, p deskPage) error {
	key, err := c.Desks.CosignerKey(r.Context(), i.ID)
	if err != nil {
		return err
	}
	p.Tabs, p.May, p.Cosigner = agency.Tabs{Code: i.Code, Name: i.Name, Here: "loket"}, v.May(access.ToSet), key
	p.Pin, p.Key = hex.EncodeToString([]byte(i.Desk.Pin)), i.Desk.Key
	if !i.Desk.Since.IsZero() {
		p.Since = site.Clock(i.Desk.Since, v)
	}
	return c.Show(w, r, status, "loket", c.Page(r, v, "Loket "+i.Name, p))
}

// changeDesk makes a one-time code, or ends the enrolment.
func (c *Settings) changeDesk(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "alasan", "cabut")
	if err != nil {
		return err
	}
	note := journal.Change{At: v.Now, By: v.User.ID, Reason: strings.TrimSpace(f["alasan"])}
	if note.Reason == "" || len(note.Reason) > 200 {
		return c.writeDesk(w, r, v, i, http.StatusUnprocessableEntity, deskPage{Error: "Alasan harus diisi, paling panjang 200 karakter."})
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
	return c.writeDesk(w, r, v, i, http.StatusOK, deskPage{OneTime: code, Until: site.Clock(until, v)})
}
