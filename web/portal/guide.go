package portal

import (
	"net/http"

	"gapura/access"
	"gapura/party"
)

type guidePage struct {
	Blank    int // seconds
	Idle     int // minutes
	Min, Max int
	Messages []row
}

func (p *Portal) guide(w http.ResponseWriter, r *http.Request) {
	v, err := p.visitor(r)
	if err != nil {
		p.fault(w, r, err)
		return
	}
	var all []row
	for _, c := range append([]access.Code{access.Login}, outcomes...) {
		if advice[c] != "" {
			all = append(all, row{c.Text(), advice[c]})
		}
	}
	p.show(w, r, http.StatusOK, "panduan", p.page(r, v, "Panduan penggunaan", guidePage{
		Blank: int(p.Blank.Seconds()), Idle: int(party.SessionIdle.Minutes()), Min: party.MinPassword, Max: party.MaxPassword, Messages: all,
	}))
}
