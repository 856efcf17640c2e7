package office

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/document"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/person/nik"
)

// A Teller tells a resident's history and records that it did; see access.Disclosure.
type Teller interface {
	Tell(ctx context.Context, r access.DisclosureRequest) (journal.ID, access.Told, error)
	News(ctx context.Context, n nik.NIK, from, to time.Time) (access.Told, error)
	Note(ctx context.Context, r access.DisclosureRequest, purpose, outcome string) error
}

// mostTold is how many uses one letter lists; what is older is counted in it.
const mostTold = 5000

// CheckPath is the public page that tells whether a letter is genuine.
const CheckPath = "/periksa"

// checkCode is the code that makes a letter known as the office's: 16 letters in groups of four, 75 bits or more that only who has the key
// can make of the letter's number and day. Nothing is kept for it, so that it can be checked as long as the key lives.
func (o *Office) checkCode(number string, day time.Time) string {
	return party.Letters(o.Stamp("letter\x00" + number + "\x00" + day.Format(time.DateOnly))[:16])
}

// Genuine reports whether a letter of that number and day was given the code, as people type it.
func (o *Office) Genuine(number string, day time.Time, code string) bool {
	want := party.Typed(o.checkCode(strings.TrimSpace(number), day))
	return subtle.ConstantTimeCompare([]byte(want), []byte(party.Typed(code))) == 1
}

// checkValues are the code and, where the service has an address that residents can open, the link that a letter's QR code holds.
func (o *Office) checkValues(number string, x procedure.Facts, v map[string]string) {
	code := o.checkCode(number, x.Today)
	v["kode_periksa"], v["halaman_periksa"] = code, "loket atau situs "+o.Details.Name
	if base := strings.TrimSuffix(o.Details.URL, "/"); base != "" {
		v["halaman_periksa"] = base + CheckPath
		v["tautan_periksa"] = base + CheckPath + "?" + url.Values{"nomor": {number}, "tanggal": {x.Today.Format(time.DateOnly)},
			"kode": {code}}.Encode()
	}
}

// checked reports whether a template prints the code to check it by.
func checked(t document.Template) bool { return slices.Contains(t.Fields(), "kode_periksa") }

// tellsHistory reports whether the template of a letter lists who asked for a resident's data.
func tellsHistory(key string) bool {
	t, _ := document.Default(key)
	return slices.Contains(t.Fields(), "daftar_penggunaan")
}

// history is what a letter says of who asked for the data of the case's resident. Reading it is recorded with who decides, whatever
// becomes of the letter then.
func (o *Office) history(ctx context.Context, who Actor, c *procedure.Case, x procedure.Facts) (map[string]string, error) {
	n, err := nik.Parse(c.Value("nik"))
	if err != nil {
		return nil, told.Wrong("nik", "NIK tidak sesuai format.")
	}
	reference := c.Letter()
	if !access.ValidReference(reference) {
		reference = "berkas " + bahasa.Number(int(c.ID))
	}
	_, h, err := o.Tell.Tell(ctx, access.DisclosureRequest{User: who.User, Method: "console", Address: who.Address, Reference: reference,
		NIK: n.Digits(), Limit: mostTold})
	if errors.Is(err, access.ErrNIK) {
		return nil, told.Wrong("nik", "NIK tidak sesuai format.")
	}
	if err != nil {
		return nil, err
	}
	v := map[string]string{"penduduk_nik": n.Masked(), "jumlah_penggunaan": bahasa.Number(h.Total), "ditahan": "Tidak ada"}
	if older := h.Total - len(h.Uses); older > 0 {
		v["jumlah_penggunaan"] += ", " + bahasa.Number(len(h.Uses)) + " yang terbaru tercantum di bawah"
	}
	if h.Delayed > 0 {
		v["ditahan"] = bahasa.Number(h.Delayed) + " penggunaan lain belum dapat disampaikan sampai berakhirnya penahanan atas perintah " +
			"yang sah"
	}
	var sets []string // of elements, each told once: the same few come back in most rows
	v["daftar_penggunaan"] = rows(len(h.Uses), func(i int) []string {
		u := h.Uses[i]
		act, result, elements := u.Words()
		if elements != "" {
			at := slices.Index(sets, elements)
			if at < 0 {
				sets, at = append(sets, elements), len(sets)
			}
			result = "Unsur kelompok " + bahasa.Number(at+1)
		}
		return []string{moment(u.At, x.Institution.Zone), u.Agency, u.Purpose, act + ". " + result, u.ID.String()}
	})
	v["daftar_unsur"] = rows(len(sets), func(i int) []string { return []string{"Kelompok " + bahasa.Number(i+1), sets[i]} })
	if len(h.Uses) == 0 {
		v["daftar_penggunaan"] = "–\tBelum ada penggunaan\t–\t–\t–"
	}
	if len(sets) == 0 {
		v["daftar_unsur"] = "–\tTidak ada data yang ditampilkan"
	}
	return v, nil
}
