package portal

import (
	"net/http"
	"strings"
	"time"

	"gapura/internal/bahasa"
)

// Letters tells whether a letter is the office's own; see office.Office.
type Letters interface {
	Genuine(number string, day time.Time, code string) bool
}

type checkPage struct {
	Office            string
	Number, Day, Code string // as typed
	Asked, Genuine    bool
	When              string // the day in words
	Wrong             string // what is wrong with what was typed
}

// checkLetter tells anybody whether a letter with such a number, day and code was made by the office. It reads nothing and keeps nothing.
func (p *Portal) checkLetter(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Visitor(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	c := checkPage{Office: p.Provider, Number: strings.TrimSpace(q.Get("nomor")), Day: q.Get("tanggal"),
		Code: strings.TrimSpace(q.Get("kode"))}
	status := http.StatusOK
	if c.Asked = c.Number+c.Day+c.Code != ""; c.Asked {
		day, err := time.Parse(time.DateOnly, c.Day)
		switch {
		case err != nil:
			c.Wrong, status = "Tanggal surat harus diisi.", http.StatusUnprocessableEntity
		case c.Number == "" || c.Code == "" || len(c.Number) > 100 || len(c.Code) > 100:
			c.Wrong, status = "Nomor surat dan kode pemeriksaan harus diisi.", http.StatusUnprocessableEntity
		default:
			c.Genuine, c.When = p.Letters.Genuine(c.Number, day, c.Code), bahasa.Date(day)
		}
	}
	return p.Show(w, r, status, "periksa", p.Page(r, v, "Pemeriksaan surat", c))
}
