package desk

import (
	"time"

	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/document"
)

// Sheet prints the first half of a slip for a sealed envelope: the code, how to use it, and never the second half. It is kept nowhere.
func Sheet(o Office, u party.User, code string, until, at time.Time) ([]byte, error) {
	t, _ := document.Default("lembar-rahasia")
	v := map[string]string{
		"tempat": o.Place, "tanggal": bahasa.Date(at), "dinas": "kepala loket", "nama": u.Name, "jabatan": u.Role.Label(),
		"instansi": o.Name, "instansi_alamat": o.Address, "user_id": u.Login, "berlaku_sampai": bahasa.Date(until), "kode": code,
		"tautan": o.URL + "/aktivasi", "tautan_kode": o.URL + "/aktivasi/" + code, "untuk": "AKTIVASI USER ID LOKET",
		"langkah":    "Tentukan kata sandi Saudara.",
		"kode_kedua": "Kode itu diserahkan kepada Saudara oleh orang lain daripada yang mencetak lembar ini.",
	}
	for _, f := range t.Fields() {
		if v[f] == "" {
			v[f] = "-"
		}
	}
	return document.Render(t, document.Letterhead{Government: o.Government, Office: o.Name, Address: o.Address}, v, at)
}
