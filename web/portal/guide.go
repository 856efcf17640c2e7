package portal

import (
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/web/site"
)

type guidePage struct {
	Blank    int // seconds
	Idle     int // minutes
	Messages []row
}

func (p *Portal) guide(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Visitor(r)
	if err != nil {
		return err
	}
	var all []row
	for _, c := range append([]access.Code{access.Login}, outcomes...) {
		if text := site.Advice(c, party.Institution{}, time.Time{}); text != "" {
			all = append(all, row{c.Text(), text})
		}
	}
	return p.Show(w, r, http.StatusOK, "panduan", p.Page(r, v, "Panduan penggunaan", guidePage{
		Blank: int(p.Blank.Seconds()), Idle: int(party.SessionIdle.Minutes()), Messages: all,
	}))
}
