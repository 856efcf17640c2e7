package console

import (
	"context"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/web/site"
)

// Desks enrol agencies' own desks.
type Desks interface {
	DeskCode(ctx context.Context, c journal.Change, agency int64, until time.Time) (code string, err error)
	EndDesk(ctx context.Context, c journal.Change, agency int64) error
	CosignerKey(ctx context.Context, agency int64) (string, error)
}

type deskPage struct {
	tabs
	Since, Pin, Key, Cosigner string
	Code, Until               string // shown once
	May                       bool
	Error                     string
}

// codeLives is how long a one-time code can be used.
const codeLives = 24 * time.Hour

// desk shows an agency's own desk as it was enrolled.
func (c *Console) desk(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	if i, _, ok := c.institution(w, r, v); ok {
		c.writeDesk(w, r, v, i, http.StatusOK, deskPage{})
	}
}

func (c *Console) writeDesk(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, status int, p deskPage) {
	key, err := c.Desks.CosignerKey(r.Context(), i.ID)
	if err != nil {
		c.Fault(w, r, err)
		return
	}
	p.tabs, p.May, p.Cosigner = tabs{i.Code, i.Name, "loket"}, mayDo(v, settings), key
	p.Pin, p.Key = hex.EncodeToString([]byte(i.Desk.Pin)), i.Desk.Key
	if !i.Desk.Since.IsZero() {
		p.Since = clock(i.Desk.Since, v)
	}
	c.Show(w, r, status, "loket", c.Page(r, v, "Loket "+i.Name, p))
}

// changeDesk makes a one-time code, or ends the enrolment.
func (c *Console) changeDesk(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	i, _, ok := c.institution(w, r, v)
	if !ok {
		return
	}
	f, ok := c.Form(w, r, v, "alasan", "cabut")
	if !ok {
		return
	}
	note := journal.Change{At: v.Now, By: v.User.ID, Reason: strings.TrimSpace(f["alasan"])}
	if note.Reason == "" || len(note.Reason) > 200 {
		c.writeDesk(w, r, v, i, http.StatusUnprocessableEntity, deskPage{Error: "Alasan harus diisi, paling panjang 200 karakter."})
		return
	}
	if f["cabut"] != "" {
		if err := c.Desks.EndDesk(r.Context(), note, i.ID); err != nil {
			c.Fault(w, r, err)
			return
		}
		c.Redirect(w, r, "/konsol/instansi/"+i.Code+"/loket")
		return
	}
	until := v.Now.Add(codeLives)
	code, err := c.Desks.DeskCode(r.Context(), note, i.ID, until)
	if err != nil {
		c.Fault(w, r, err)
		return
	}
	c.writeDesk(w, r, v, i, http.StatusOK, deskPage{Code: code, Until: clock(until, v)})
}
