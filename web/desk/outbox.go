package desk

import (
	"encoding/csv"
	"net/http"
	"strconv"

	"gapura/desk/deskdb"
	"gapura/web/site"
)

type outboxPage struct {
	Waiting, Sent []letterLine
	Down, Done    string
}

type letterLine struct {
	Application                  int64
	Number, Made, Next, Sent, By string
	Tries                        int
	Trouble                      string
}

func (d *Desk) outbox(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := outboxPage{Down: d.lineDown()}
	if r.URL.Query().Get("selesai") != "" {
		p.Done = "Pengiriman dicoba kembali sekarang."
	}
	names, err := d.DB.Names(r.Context())
	for _, sent := range []bool{false, true} {
		var list []deskdb.Letter
		if err == nil {
			list, err = d.DB.Outbox.Letters(r.Context(), sent, 200)
		}
		for _, l := range list {
			x := letterLine{Application: l.Application, Number: l.Number, Made: d.when(l.Made), Tries: l.Tries, Trouble: l.Trouble,
				By: names[l.User]}
			if sent {
				x.Sent = d.when(l.Sent)
				p.Sent = append(p.Sent, x)
			} else {
				x.Next = d.when(l.Next)
				p.Waiting = append(p.Waiting, x)
			}
		}
	}
	if err != nil {
		return err
	}
	if r.URL.Query().Get("bentuk") == "csv" {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="data-balikan.csv"`)
		w.Write([]byte("\ufeff"))
		c := csv.NewWriter(w)
		c.Comma = ';'
		c.Write([]string{"Nomor permohonan", "Dibuat", "Diterima Dukcapil", "Percobaan", "Keterangan"})
		for _, x := range append(p.Waiting, p.Sent...) {
			c.Write([]string{x.Number, x.Made, x.Sent, strconv.Itoa(x.Tries), x.Trouble})
		}
		c.Flush()
		return nil
	}
	return d.Show(w, r, http.StatusOK, "balikan", d.Page(r, v, "Data balikan", p))
}

func (d *Desk) hurry(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	if _, err := d.Form(w, r); err != nil {
		return nil
	}
	if err := d.DB.Outbox.Hurry(r.Context(), d.Now()); err != nil {
		return err
	}
	d.Wake()
	return d.Redirect(w, r, "/balikan?selesai=ya")
}
