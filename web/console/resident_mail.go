package console

import (
	"errors"
	"net/http"
	"strings"

	"gapura/internal/told"
	"gapura/person/nik"
	"gapura/web/site"
)

type residentMailPage struct {
	Letter, Email, Field, Error string
	Done                        string // what was done
}

// mailForm is where a resident at the counter asks to be told by e-mail of the uses of the own data, or asks for the end of it.
func (c *Records) mailForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.showMails(w, r, v, http.StatusOK, residentMailPage{})
}

func (c *Records) showMails(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p residentMailPage) error {
	return c.Show(w, r, status, "penduduk-surel", c.Page(r, v, "Pemberitahuan lewat surel", p))
}

// mailResident begins or ends it. The page tells nothing of who has it already, but to whoever ends it that there was none.
func (c *Records) mailResident(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "nik", "surat", "identitas", "surel", "pilihan")
	if err != nil {
		return err
	}
	q := residentPage{Letter: strings.TrimSpace(f["surat"])}
	wrong := q.asked(f)
	p := residentMailPage{Letter: q.Letter, Email: strings.TrimSpace(f["surel"])}
	again := func(field, text string) error {
		p.Field, p.Error = field, text
		return c.showMails(w, r, v, http.StatusUnprocessableEntity, p)
	}
	if wrong != "" {
		return again("", wrong)
	}
	n, err := nik.Parse(f["nik"])
	if err != nil {
		return again("nik", "NIK tidak sesuai format.")
	}
	who := v.Actor()
	who.Address = c.Peer(r)
	if f["pilihan"] == "hentikan" {
		ended, err := c.Mails.End(r.Context(), who, n, p.Letter)
		if err != nil {
			return err
		}
		if !ended {
			return again("nik", "Tidak ada pemberitahuan lewat surel untuk NIK ini.")
		}
		return c.showMails(w, r, v, http.StatusOK, residentMailPage{Done: "Pemberitahuan dihentikan dan alamat surelnya dihapus."})
	}
	err = c.Mails.Begin(r.Context(), who, n, p.Email, p.Letter)
	if e, ok := errors.AsType[*told.Error](err); ok {
		return again(e.Field, e.Text)
	}
	if err != nil {
		return err
	}
	return c.showMails(w, r, v, http.StatusOK, residentMailPage{Done: "Permintaan dicatat. Surel konfirmasi dikirim ke alamat itu; " +
		"pemberitahuan dimulai setelah pemohon menyetujuinya lewat tautan di dalamnya, dalam tujuh hari."})
}
