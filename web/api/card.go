package api

import (
	"fmt"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/exchange/balikan"
	"gapura/person/nik"
	"gapura/web/peer"
)

// clockSkew is how far a desk's clock may run ahead; what it then says was read is taken as read now.
const clockSkew = 5 * time.Minute

// maxSerial bounds a reader's serial number, in bytes.
const maxSerial = 64

type cardBody struct {
	Key       string    `json:"key"`
	NIK       string    `json:"nik"` // empty: the chip gave none
	Reader    string    `json:"reader"`
	Purpose   string    `json:"purpose"`
	Reference string    `json:"reference"`
	ReadAt    time.Time `json:"read_at"`
}

// cards takes what a desk tells of a KTP-el that its reader read (Juknis IV.G), under a key by which it may be told again.
func (a *API) cards(w http.ResponseWriter, r *http.Request, _ *access.Standing) {
	var body cardBody
	if !decode(w, r, &body) {
		return
	}
	read, wrong := body.reading(a.Gate.Now())
	if wrong != "" {
		problem(w, http.StatusUnprocessableEntity, "input", wrong, "")
		return
	}
	read.Who, read.Address, read.Certificate = a.who(r), a.Peer(r), peer.Certificate(r)
	ans, repeated, err := a.Gate.Card(r.Context(), read)
	switch {
	case err != nil:
		a.fail(w, r, err)
	case ans.Code.Refused():
		a.refuse(w, ans.Code, number(ans))
	default:
		a.sendJSON(w, struct {
			Key      string    `json:"key"`
			Record   string    `json:"record"`
			At       time.Time `json:"received_at"`
			Repeated bool      `json:"repeated"`
		}{body.Key, ans.Record.String(), ans.At.UTC().Truncate(time.Microsecond), repeated})
	}
}

// reading checks that the texts are fit to be looked at, and names a field that is not; what they mean is the gate's.
func (b cardBody) reading(now time.Time) (r access.CardRead, wrong string) {
	for _, f := range []struct {
		name, value string
		most        int
	}{{"reader", b.Reader, maxSerial}, {"purpose", b.Purpose, access.MaxPurpose}, {"reference", b.Reference, access.MaxReference}} {
		if !clean(f.value, f.most) {
			return r, fmt.Sprintf("field %q harus teks sampai %d byte tanpa karakter kendali", f.name, f.most)
		}
	}
	n, err := nik.Parse(b.NIK)
	switch {
	case !balikan.FitKey(b.Key):
		return r, `field "key" harus 8 sampai 64 huruf, angka, garis bawah, atau tanda hubung`
	case b.NIK != "" && err != nil:
		return r, `field "nik" harus 16 angka sesuai format Dukcapil, atau kosong bila cip tidak memberikannya`
	case b.Reader == "":
		return r, `field "reader" harus nomor seri perangkat pembaca`
	case b.ReadAt.IsZero() || b.ReadAt.After(now.Add(clockSkew)):
		return r, `field "read_at" harus waktu pembacaan (RFC 3339), tidak di masa depan`
	}
	if b.ReadAt.After(now) {
		b.ReadAt = now
	}
	return access.CardRead{Key: b.Key, NIK: n, Reader: b.Reader, Purpose: b.Purpose, Reference: b.Reference, At: b.ReadAt}, ""
}
