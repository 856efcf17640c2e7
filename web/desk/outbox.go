package desk

import (
	"cmp"
	"net/http"

	"gapura/desk/deskdb"
	"gapura/web/site"
)

type outboxPage struct {
	Waiting, Sent []letterLine
	Down, Done    string
}

type letterLine struct {
	Application                         int64
	Kind                                string // what it holds
	Number, Made, Next, Sent, Reply, By string
	Tries                               int
	Trouble                             string
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
			x := letterLine{Application: l.Application, Kind: "Data balikan", Number: l.Number, Made: d.when(l.Made), Tries: l.Tries,
				Trouble: l.Trouble, By: names[l.User]}
			if l.OfCard() {
				x.Kind = "Pembacaan KTP-el"
			}
			if sent {
				x.Sent, x.Reply = d.when(l.Sent), reply(l)
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
		c := site.Table(w, "kiriman.csv", "Isi kiriman", "Nomor permohonan", "Dibuat", "Diterima Dukcapil", "Percobaan", "Keterangan")
		for _, x := range append(p.Waiting, p.Sent...) {
			c.Row(x.Kind, x.Number, x.Made, x.Sent, x.Tries, cmp.Or(x.Reply, x.Trouble))
		}
		return c.End()
	}
	return d.Show(w, r, http.StatusOK, "balikan", d.Page(r, v, "Data balikan", p))
}

// reply is what the provider answered a letter that was sent.
func reply(l deskdb.Letter) string {
	switch {
	case l.Trouble != "":
		return "Dicatat sebagai pembacaan yang tidak boleh terjadi, nomor " + l.Record + ": " + l.Trouble
	case l.OfCard():
		return "Dicatat, nomor " + l.Record
	}
	return "Diterima"
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
