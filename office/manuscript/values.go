package manuscript

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/office/procedure"
	"gapura/person/population"
)

// Fields are what the documents say and the agreement's terms do not settle.
var Fields = []procedure.Field{
	{Key: "urusan", Kind: "text", Name: "Bidang urusan pemerintahan instansi", Hint: "Misalnya: pertanian."},
	{Key: "singkatan", Kind: "text", Name: "Singkatan nama instansi", Hint: "Untuk kotak paraf dan bagan, misalnya DINPERTAN."},
	{Key: "layanan", Kind: "text", Name: "Layanan yang ditunjang", Hint: "Misalnya: verifikasi dan validasi data penerima bantuan."},
	{Key: "peraturan_daerah", Kind: "text", Name: "Peraturan tentang susunan organisasi Dinas Dukcapil",
		Hint: "Ditulis lengkap: Peraturan Bupati … Nomor … Tahun … tentang …"},
	{Key: "nomor_persetujuan", Kind: "text", Name: "Nomor surat persetujuan Direktur Jenderal"},
	{Key: "tanggal_persetujuan", Kind: "date", Name: "Tanggal surat persetujuan Direktur Jenderal"},
	{Key: "titik", Kind: "number", Name: "Jumlah titik jaringan"},
	{Key: "bandwidth", Kind: "text", Name: "Besaran bandwidth", Hint: "Misalnya: 1 Mbps."},
	{Key: "tersambung", Kind: "text", Name: "Jaringan diperkirakan tersambung pada", Hint: "Misalnya: minggu ke-3 bulan September 2026."},
	{Key: "url_balikan", Kind: "text", Name: "Alamat layanan data balikan", Optional: true,
		Hint: "Kosong: ditulis dengan tangan."},
	{Key: "url_sifilma", Kind: "text", Name: "Alamat aplikasi SIFILMA", Optional: true, Hint: "Kosong: ditulis dengan tangan."},
	{Key: "juknis_nomor", Kind: "text", Name: "Nomor petunjuk teknis", Optional: true, Hint: "Kosong: ditulis dengan tangan."},
	{Key: "kepala_nip", Kind: "text", Name: "NIP kepala instansi", Optional: true, Hint: "Kosong: ditulis dengan tangan."},
}

// A Source is what the documents are drawn up from.
type Source struct {
	Government, Office, Address, Place     string // the provider's
	Official, OfficialPosition, OfficialID string // who signs for it
	Email, URL                             string
	Institution                            party.Institution
	Head                                   party.Head          // of the institution: in office today
	Agreement                              agreement.Agreement // as far as it is settled; the zero day of signing: not signed yet
	Grant                                  agreement.Grant     // the terms that are printed
	Contacts                               []party.Contact
	Applications                           []string          // names of those that may look persons up
	Bandwidth                              string            // of the agency's connection today; empty: none is known
	Known                                  map[string]string // of Fields, from the case that prepares the agreement
}

// Initially is what Fields hold before anybody has filled them in: what the version before had, what the case knows, what is usual.
func (s Source) Initially(before map[string]string) map[string]string {
	usual := map[string]string{
		"singkatan": strings.ToUpper(s.Institution.Code), "layanan": join(s.Grant.Purposes), "titik": "1",
		"bandwidth": cmp.Or(s.Bandwidth, "1 Mbps"),
	}
	if s.URL != "" {
		usual["url_balikan"] = strings.TrimSuffix(s.URL, "/") + "/api/v1/balikan"
	}
	out := map[string]string{}
	for _, f := range Fields {
		out[f.Key] = cmp.Or(s.Known[f.Key], before[f.Key], usual[f.Key])
	}
	return out
}

// blank is room to write by hand.
const blank = "…………………………"

// methods are the ways of access in running text; the API and the older wire are both web services.
var methods = map[string]string{agreement.Portal: "web portal", agreement.API: "web service", agreement.Legacy: "web service",
	agreement.Reader: "card reader"}

// columns are the fields of PKS 3(1)b in running text.
var columns = map[string]string{"NOMOR": "nomor/keterangan penerima bantuan", "JENIS_BANTUAN": "jenis bantuan yang diterima"}

// Values are what the templates pks and juknis say, with what was filled in for Fields.
func (s Source) Values(filled map[string]string) map[string]string {
	i, a, g := s.Institution, s.Agreement, s.Grant
	district := strings.TrimSpace(strings.TrimPrefix(s.Government, "Pemerintah "))
	var ways []string
	for _, m := range g.Methods {
		if w := cmp.Or(methods[m], m); !slices.Contains(ways, w) {
			ways = append(ways, w)
		}
	}
	elements := g.Elements.Strings()
	networks := make([]string, len(g.Networks))
	for n, p := range g.Networks {
		networks[n] = p.String()
	}
	owed := make([]string, len(g.Balikan.Fields))
	for n, c := range g.Balikan.Fields {
		owed[n] = cmp.Or(columns[c], strings.ToLower(strings.ReplaceAll(c, "_", " ")))
	}
	v := map[string]string{
		"dinas": s.Office, "dinas_kapital": strings.ToUpper(s.Office), "dinas_singkat": strings.TrimSpace("Dinas Dukcapil " + district),
		"dinas_alamat": s.Address, "tempat": s.Place, "surel_dinas": s.Email, "daerah": district,
		"pejabat": s.Official, "pejabat_jabatan": s.OfficialPosition, "pejabat_nip": s.OfficialID,
		"instansi": i.Name, "instansi_kapital": strings.ToUpper(i.Name), "instansi_alamat": i.Address,
		"kepala": s.Head.Name, "kepala_jabatan": s.Head.Office(), "kepala_nip": filled["kepala_nip"],
		"pks_nomor": a.ProviderNumber, "pks_nomor_instansi": a.AgencyNumber, "pks_tentang": a.Subject,
		"tentang_kapital": strings.ToUpper(a.Subject), "hari_penandatanganan": "………… tanggal ………… bulan ………… tahun …………",
		"urusan": filled["urusan"], "singkatan": filled["singkatan"], "layanan": filled["layanan"],
		"peraturan_daerah": filled["peraturan_daerah"], "persetujuan_nomor": filled["nomor_persetujuan"],
		"persetujuan_tanggal": dateWords(filled["tanggal_persetujuan"]), "titik_jaringan": numberWords(filled["titik"]),
		"bandwidth": filled["bandwidth"], "tersambung": filled["tersambung"], "url_balikan": filled["url_balikan"],
		"url_sifilma": filled["url_sifilma"], "juknis_nomor": filled["juknis_nomor"],
		"elemen_jumlah": numberWords(strconv.Itoa(len(elements))), "elemen_kata": join(running(elements)),
		"daftar_elemen": items(s.elements(elements)), "metode_kata": join(ways), "metode_kapital": strings.ToUpper(join(ways)),
		"jaringan": join(networks), "kuota": bahasa.Number(g.Quota), "balikan_kata": join(owed),
		"daftar_balikan": items(append([]string{"NIK"}, owed...)), "berakhir_kata": inWords(a),
		"daftar_aplikasi": strings.Join(s.Applications, "\n"),
	}
	if len(s.Applications) == 0 && slices.Contains(g.Methods, agreement.Portal) {
		v["daftar_aplikasi"] = "Web Portal"
	}
	if !a.SignedOn.IsZero() {
		v["hari_penandatanganan"], v["pks_tanggal"] = bahasa.DateInWords(a.SignedOn), bahasa.Date(a.SignedOn)
	}
	v["daftar_pic_dinas"], v["pic_dinas"] = people(s.Contacts, "provider")
	v["daftar_pic_instansi"], v["pic_instansi"] = people(s.Contacts, "agency")
	for _, name := range blanks {
		if v[name] == "" {
			v[name] = blank
		}
	}
	return v
}

// blanks are the values that may be written by hand on the printed document.
var blanks = []string{"dinas_alamat", "tempat", "surel_dinas", "pejabat", "pejabat_jabatan", "pejabat_nip", "instansi_alamat", "kepala",
	"kepala_jabatan", "kepala_nip", "pks_nomor", "pks_nomor_instansi", "pks_tanggal", "pks_tentang", "tentang_kapital", "urusan",
	"singkatan", "layanan", "peraturan_daerah", "persetujuan_nomor", "persetujuan_tanggal", "titik_jaringan", "bandwidth", "tersambung",
	"url_balikan", "url_sifilma", "juknis_nomor", "elemen_kata", "daftar_elemen", "metode_kata", "metode_kapital", "jaringan",
	"balikan_kata", "berakhir_kata", "daftar_aplikasi", "daftar_pic_dinas", "pic_dinas", "daftar_pic_instansi", "pic_instansi", "daerah"}

// inWords is the last day of an agreement: "enam belas bulan September tahun dua ribu dua puluh tujuh".
func inWords(a agreement.Agreement) string {
	if a.EndsOn.IsZero() {
		return ""
	}
	_, words, _ := strings.Cut(bahasa.DateInWords(a.EndsOn), " tanggal ")
	return words
}

func dateWords(v string) string {
	t, err := time.Parse(time.DateOnly, v)
	if err != nil {
		return ""
	}
	return bahasa.Date(t)
}

// numberWords is "8 (delapan)".
func numberWords(v string) string {
	n, err := strconv.Atoi(v)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d (%s)", n, bahasa.Words(n))
}

// join is "a", "a dan b", "a, b, dan c".
func join(list []string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	case 2:
		return list[0] + " dan " + list[1]
	}
	return strings.Join(list[:len(list)-1], ", ") + ", dan " + list[len(list)-1]
}

// items are the lines of a list as a guideline has them: "a;", "b; dan", "c.".
func items(list []string) string {
	out := slices.Clone(list)
	for n := range out {
		switch n {
		case len(out) - 1:
			out[n] += "."
		case len(out) - 2:
			out[n] += "; dan"
		default:
			out[n] += ";"
		}
	}
	return strings.Join(out, "\n")
}

// labels are elements as the agreement names them (PKS 2(1)a).
func labels(keys []string) []string {
	names := population.Labels(keys)
	for n, key := range keys {
		if key == population.ElBirthDate.String() {
			names[n] = "Tanggal/Bulan/Tahun Lahir"
		}
	}
	return names
}

// elementNames are elements as the guideline lists them; the address names its parts (Juknis II.C.2.a).
func elementNames(keys []string) []string {
	names := labels(keys)
	for n, key := range keys {
		if key == population.ElAddress.String() {
			names[n] += " (alamat, Nama Provinsi, Nama Kabupaten/Kota, Kode Kecamatan, Nama Kecamatan, Nama Desa/Kelurahan, RT, RW)"
		}
	}
	return names
}

// elements are those that the guideline lists; one that only some purposes may see names them (A11).
func (s Source) elements(keys []string) []string {
	names := elementNames(keys)
	for n, key := range keys {
		of := slices.DeleteFunc(slices.Clone(s.Grant.Purposes), func(p string) bool {
			return !slices.Contains(s.Grant.ElementsOf(p).Strings(), key)
		})
		switch {
		case len(of) == len(s.Grant.Purposes):
		case len(of) == 0:
			names[n] += ", tidak dibuka bagi tujuan mana pun"
		default:
			names[n] += ", hanya bagi tujuan " + join(of)
		}
	}
	return names
}

// running are elements in running text: small letters, abbreviations kept.
func running(keys []string) []string {
	names := labels(keys)
	for n, name := range names {
		words := strings.Fields(name)
		for i, w := range words {
			if w != strings.ToUpper(w) {
				words[i] = strings.ToLower(w)
			}
		}
		names[n] = strings.Join(words, " ")
	}
	return names
}

// people are the contact persons of a side, one a line, and the first one's name.
func people(all []party.Contact, side string) (list, first string) {
	var lines []string
	for _, c := range all {
		if c.Side != side {
			continue
		}
		line := c.Name
		for _, part := range []string{c.Position, c.Phone, c.Email} {
			if part != "" {
				line += ", " + part
			}
		}
		lines = append(lines, line)
		first = cmp.Or(first, c.Name)
	}
	return strings.Join(lines, "\n"), first
}
