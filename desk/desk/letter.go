package desk

import (
	"fmt"
	"strings"
	"time"

	"gapura/internal/bahasa"
	"gapura/internal/document"
	"gapura/person/nik"
)

// letterText is the document that an approval makes. The NIK in it was cross-checked (PKS 2(2)a), and the code leads to the agency's check
// page.
const letterText = `kop: ya
# {{.judul}}
# Nomor: {{.nomor}}

Yang bertanda tangan di bawah ini menerangkan bahwa:

- Nama : {{.nama}}
- NIK : {{.nik}}
- Tempat, tanggal lahir : {{.lahir}}
- Alamat : {{.alamat}}

{{.isi}}

tabel: rincian | Keterangan | Isian

NIK tersebut telah dicocokkan dengan data kependudukan Dinas Dukcapil pada {{.tanggal_krosscek}} (nomor catatan {{.catatan}}) atas permohonan nomor {{.permohonan}}.

qr: {{.tautan}} | Keabsahan surat ini dapat diperiksa dengan memindai kode di samping atau membuka {{.tautan}}

ttd: {{.tempat_tanggal}} / {{.pejabat}} / {{.jabatan}}
`

// An Office is the agency as its documents name it.
type Office struct {
	Government, Name, Address, Place string
	URL                              string // of the check page, without /periksa/
	Official, Position               string // who signs; empty: the officer who decided
}

// Letter prints the document of an approval. c is the cross-check that it rests on.
func Letter(o Office, s Service, p Papers, number, code, application string, c Check, by string, at time.Time) ([]byte, error) {
	official, position := o.Official, o.Position
	if official == "" {
		official, position = by, "Petugas"
	}
	birth := p.Values["tempat_lahir"]
	if day, err := time.Parse(time.DateOnly, p.Values["tanggal_lahir"]); err == nil {
		birth += ", " + bahasa.Date(day)
	}
	address := []string{p.Values["alamat"]}
	for _, part := range []struct{ key, before string }{{"alamat.rt", "RT "}, {"alamat.rw", "RW "}, {"alamat.kelurahan", ""},
		{"alamat.kecamatan", "Kec. "}, {"alamat.kabupaten", ""}} {
		if v := p.Values[part.key]; v != "" {
			address = append(address, part.before+v)
		}
	}
	var details strings.Builder
	fmt.Fprintf(&details, "Jenis bantuan\t%s", s.Name)
	for _, q := range s.Questions {
		if v := p.Answers[q.Key]; v != "" {
			fmt.Fprintf(&details, "\n%s\t%s", q.Label, v)
		}
	}
	return document.Render(document.Template{Name: s.Title, Text: letterText}, document.Letterhead{Government: o.Government, Office: o.Name,
		Address: o.Address}, map[string]string{
		"judul": s.Title, "nomor": number, "nama": p.Values["nama_lengkap"], "nik": nik.Group(p.NIK().Digits()), "lahir": birth,
		"alamat": strings.Join(address, ", "),
		"isi":    s.Text, "rincian": details.String(), "tanggal_krosscek": bahasa.Date(c.At), "catatan": c.Record,
		"permohonan": application,
		"tautan":     CheckAddress(o.URL, code), "tempat_tanggal": strings.TrimPrefix(o.Place+", "+bahasa.Date(at), ", "),
		"pejabat": official,
		"jabatan": position,
	}, at)
}

// CheckAddress is the public page that tells whether a document is valid.
func CheckAddress(url, code string) string { return strings.TrimRight(url, "/") + "/periksa/" + code }
