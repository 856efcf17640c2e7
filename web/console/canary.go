package console

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"net/http"
	"strings"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/desk/leak"
	"gapura/journal/journal"
	"gapura/person/population"
	"gapura/person/region"
	"gapura/web/site"
)

// TestPersons are the canaries of agencies (G8).
type TestPersons interface {
	Canaries(ctx context.Context, agency int64) ([]leak.Canary, error)
	PlantCanaries(ctx context.Context, c journal.Change, agency int64, list []population.Person) error
	DropCanaries(ctx context.Context, c journal.Change, agency int64) error
}

type canariesPage struct {
	site.Tabs
	Rows  []canaryRow
	May   bool
	Error string
}

type canaryRow struct {
	NIK, Name, Planted string
	Looked             int
	Record             string // of the last lookup
}

// maxCanaries is how many an agency may have.
const maxCanaries = 20

// canaries lists an agency's canaries, who are nobody and therefore shown whole.
func (c *Settings) canaries(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	return c.writeCanaries(w, r, v, i, http.StatusOK, "")
}

func (c *Settings) writeCanaries(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, status int,
	problem string) error {
	list, err := c.TestPersons.Canaries(r.Context(), i.ID)
	if err != nil {
		return err
	}
	if err := c.Reads(r, v, access.ToSet, "orang uji "+i.Code); err != nil {
		return err
	}
	p := canariesPage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "loket"}, May: v.May(access.ToSet), Error: problem}
	for _, x := range list {
		row := canaryRow{NIK: spaced(x.NIK.Digits()), Name: x.Name, Planted: site.Clock(x.Planted, v), Looked: len(x.Records)}
		if row.Looked > 0 {
			row.Record = x.Records[0]
		}
		p.Rows = append(p.Rows, row)
	}
	return c.Show(w, r, status, "orang-uji", c.Page(r, v, "Orang uji "+i.Name, p))
}

// changeCanaries plants canaries of a district for an agency, or takes all of them away.
func (c *Settings) changeCanaries(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "kecamatan", "jumlah", "cabut", "alasan")
	if err != nil {
		return err
	}
	note := journal.Change{At: v.Now, By: v.User.ID, Reason: strings.TrimSpace(f["alasan"])}
	again := func(text string) { c.writeCanaries(w, r, v, i, http.StatusUnprocessableEntity, text) }
	if note.Reason == "" || len(note.Reason) > 200 {
		again("Alasan harus diisi, paling panjang 200 karakter.")
		return nil
	}
	if f["cabut"] != "" {
		if err := c.TestPersons.DropCanaries(r.Context(), note, i.ID); err != nil {
			return err
		}
		return c.Redirect(w, r, "/konsol/instansi/"+i.Code+"/orang-uji")
	}
	there, err := c.TestPersons.Canaries(r.Context(), i.ID)
	if err != nil {
		return err
	}
	count, district := int(site.Number(f["jumlah"])), strings.ReplaceAll(strings.TrimSpace(f["kecamatan"]), ".", "")
	_, exists := region.Name(district)
	switch {
	case len(district) != 6 || !exists:
		again("Kode kecamatan harus enam angka dari kode wilayah yang berlaku.")
		return nil
	case count < 1 || count+len(there) > maxCanaries:
		again(fmt.Sprintf("Jumlah harus 1 atau lebih, dan paling banyak %d untuk satu instansi.", maxCanaries))
		return nil
	}
	var list []population.Person
	for tries := 0; len(list) < count && tries < 1000; tries++ {
		p, err := leak.NewCanary(district, random)
		if err != nil {
			return err
		}
		found, err := c.Residents.Find(r.Context(), p.NIK)
		if err != nil {
			return err
		}
		if !found.Known {
			list = append(list, p)
		}
	}
	if err := c.TestPersons.PlantCanaries(r.Context(), note, i.ID, list); err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/instansi/"+i.Code+"/orang-uji")
}

// random is a number from 0 to below n that nobody can foresee.
func random(n int) int {
	x, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // the system has no randomness: nothing is to go on
	}
	return int(x.Int64())
}

// spaced is a number in groups of four.
func spaced(digits string) string {
	return digits[:4] + " " + digits[4:8] + " " + digits[8:12] + " " + digits[12:]
}
