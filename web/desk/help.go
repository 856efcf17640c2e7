package desk

import (
	"net/http"

	"gapura/agreement/party"
	"gapura/desk/desk"
)

type helpPage struct {
	Blank, Idle int
	Steps       []pair
}

func (d *Desk) help(w http.ResponseWriter, r *http.Request) error {
	v, err := d.Visitor(r)
	if err != nil {
		return err
	}
	p := helpPage{Blank: int(d.Blank.Seconds()), Idle: int(party.SessionIdle.Minutes())}
	for _, n := range []string{"1", "2", "3", "4a", "4b", "5", "6", "7", "8", "9", "10", "11"} {
		p.Steps = append(p.Steps, pair{n, desk.StepText(n)})
	}
	return d.Show(w, r, http.StatusOK, "bantuan", d.Page(r, v, "Bantuan", p))
}
