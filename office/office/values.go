package office

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
	"gapura/office/procedure"
	"gapura/person/population"
)

// values are what a letter of the case can say: what was filled in, and the names of both parties. A date is written out; a list is one row
// a line.
func (o *Office) values(c *procedure.Case, r procedure.Result, number string, x procedure.Facts) (map[string]string, error) {
	d, i, head := o.Details, x.Institution, x.Head()
	v := map[string]string{}
	for _, s := range c.Procedure.Steps {
		for _, f := range s.Fields {
			v[f.Key] = words(f, c.Value(f.Key))
		}
	}
	v["nomor"], v["tanggal"], v["hari_tanggal"] = number, bahasa.Date(x.Today), bahasa.DateInWords(x.Today)
	v["tempat"], v["dinas"], v["dinas_alamat"] = d.Place, d.Name, d.Address
	v["dinas_kapital"], v["instansi_kapital"] = strings.ToUpper(d.Name), strings.ToUpper(x.Institution.Name)
	o.sign(v, x)
	v["instansi"], v["instansi_alamat"], v["kepala"], v["kepala_jabatan"] = i.Name, i.Address, head.Name, head.Office()
	v["tujuan"] = head.Office()
	v["hal"] = c.Procedure.Name
	v["alasan"] = c.Value("alasan")
	if all := c.Standing(); len(all) > 0 && all[0].Letter != "" {
		first := all[0]
		v["nomor_surat"], v["tanggal_surat"] = first.Letter, bahasa.Date(first.LetterDay)
	}
	v["keputusan"] = "disetujui"
	if r.Taken.Verdict == procedure.Refuse {
		v["keputusan"] = "ditolak"
	}
	v["keputusan_keberatan"] = map[bool]string{true: "tidak diterima", false: "diterima"}[r.Taken.Verdict == procedure.Refuse]
	v["lanjutan"] = onward(c.Procedure, r.Taken.Verdict)
	if c.Procedure.Key == "poc" && len(c.Checklist()) > 0 {
		v["keputusan"] = map[bool]string{true: "LULUS", false: "TIDAK LULUS"}[r.Taken.Verdict != procedure.Refuse]
	}
	if list := c.Checklist(); len(list) > 0 {
		v["daftar_periksa"] = rows(len(list), func(n int) []string { return list[n][:] })
	}
	if err := o.agreementValues(c, x, v); err != nil {
		return nil, err
	}
	nip := ""
	if login := c.Value("pengguna") + c.Value("user_id"); login != "" {
		v["user_id"] = login
		for _, u := range x.Users {
			if u.Login == login {
				v["nama"], v["jabatan"], v["peran"], nip = u.Name, u.Position, u.Role.Label(), u.Identity.NIP
				v["metode"] = strings.Join(agreement.MethodLabels(u.Methods), ", ")
			}
		}
	}
	if u, ok := owner(x, v["user_id"]); ok {
		o.tokenValues(c, x, u, v)
	}
	v["penerima"], v["penerima_jabatan"], v["penerima_nip"] = cmp.Or(v["penerima"], v["nama"]),
		cmp.Or(v["penerima_jabatan"], v["jabatan"]), cmp.Or(v["penerima_nip"], c.Value("nip"), nip)
	v["hak_data"] = cmp.Or(v["hak_data"], "Data lengkap sesuai perjanjian")
	for _, key := range []string{"tujuan_pengguna", "tujuan_aplikasi"} {
		v[key] = cmp.Or(strings.ReplaceAll(v[key], "\n", "; "), "semua tujuan dalam perjanjian")
	}
	for _, key := range []string{"token", "aplikasi", "kegunaan"} { // nobody adds them by hand to what was asked for
		v[key] = cmp.Or(v[key], "-")
	}
	if asked := c.Value("metode_pengguna"); asked != "" {
		v["metode"] = words(procedure.Field{Kind: "methods"}, asked)
	}
	if parts := c.Value("rincian"); parts != "" { // of an evaluation
		v["daftar_nilai"] = strings.ReplaceAll(parts, " | ", "\t")
		if p, err := obligation.ParseSemester(c.Value("semester")); err == nil {
			v["semester"] = p.Words()
		}
		v["usulan_elemen"] = "Setiap tujuan memakai seluruh elemen data yang diberikan kepadanya."
		if unused := c.Value("elemen_tidak_dipakai"); unused != "" {
			v["usulan_elemen"] = "Elemen data berikut tidak pernah dipakai oleh tujuannya pada semester ini dan diusulkan untuk dihapus " +
				"dengan adendum:\n" + unused
		}
	}
	if serials := strings.Split(c.Value("nomor_seri"), "\n"); serials[0] != "" {
		v["nonaktif_sejak"] = cmp.Or(v["nonaktif_sejak"], "tanggal berita acara ini")
		v["daftar"] = rows(len(serials), func(n int) []string {
			for _, r := range x.Readers {
				if r.Serial == serials[n] {
					return []string{strconv.Itoa(n + 1), r.Serial, r.SAM, r.Model}
				}
			}
			return []string{strconv.Itoa(n + 1), serials[n], "", ""}
		})
	}
	return v, o.together(c, x, v)
}

// valuesOfEach are what a paper of each person of a case says.
func (o *Office) valuesOfEach(c *procedure.Case, r procedure.Result, number string, x procedure.Facts) (all []map[string]string,
	err error) {
	for _, n := range c.Persons() {
		v, err := o.values(c.Person(n), r, number, x)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// together has what a letter says of each person of a case speak of all of them, and lists them in a table. Who is responsible for all
// user ids signs for several (Juknis II.A.2).
func (o *Office) together(c *procedure.Case, x procedure.Facts, v map[string]string) error {
	all := c.Persons()
	each := make([]map[string]string, len(all))
	each[0] = maps.Clone(v)
	for i, n := range all[1:] {
		var err error
		if each[i+1], err = o.values(c.Person(n), procedure.Result{}, "", x); err != nil {
			return err
		}
	}
	v["daftar_pengguna"] = rows(len(all), func(n int) []string {
		p := each[n]
		return []string{strconv.Itoa(n + 1), p["user_id"], p["nama"] + "\n" + p["jabatan"],
			p["metode"] + "\n" + p["hak_data"] + "\n" + p["tujuan_pengguna"], applicationAndToken(p)}
	})
	if len(all) == 1 {
		return nil
	}
	for _, key := range append(c.Procedure.Each(), "metode", "daftar_token") {
		var said []string
		for _, p := range each {
			said = append(said, cmp.Or(p[key], "-"))
		}
		v[key] = strings.Join(said, "; ")
		if len(slices.Compact(slices.Clone(said))) == 1 {
			v[key] = said[0]
		}
	}
	v["penerima"], v["penerima_jabatan"], v["penerima_nip"] = v["kepala"], v["kepala_jabatan"], ""
	return nil
}

// applicationAndToken is what a program uses the user id with; "-": no program does.
func applicationAndToken(p map[string]string) string {
	if p["aplikasi"] == "" || p["daftar_token"] == "" {
		return cmp.Or(p["aplikasi"], p["daftar_token"], "-")
	}
	return p["aplikasi"] + "\n" + p["daftar_token"]
}

// onward is what follows from the answer to a request.
func onward(p *procedure.Procedure, verdict string) string {
	switch {
	case verdict == procedure.Refuse:
		return "Ketentuan Perjanjian Kerja Sama yang berlaku sekarang tetap dilaksanakan."
	case p.Makes("add-addendum"), p.Makes("extend"):
		return "Perubahan dituangkan dalam adendum yang merupakan bagian tidak terpisahkan dari Perjanjian Kerja Sama dan berlaku sejak " +
			"tanggal yang ditetapkan di dalamnya."
	}
	return "Mohon pelaksanaannya diberitahukan kepada kami setelah selesai."
}

// agreementValues are what a letter says of the agreement, of the request that it followed, and of what the case changes in it.
func (o *Office) agreementValues(c *procedure.Case, x procedure.Facts, v map[string]string) error {
	v["pemberi_izin"] = o.Details.Name
	if r := x.Request; r.Letter != "" {
		v["permohonan"], v["permohonan_hal"] = "Perjanjian Kerja Sama", "Permohonan Pemanfaatan Data Kependudukan"
		if r.Extension {
			v["permohonan"], v["permohonan_hal"] = "Perpanjangan Perjanjian Kerja Sama", "Permohonan Perpanjangan Perjanjian Kerja Sama"
		}
		v["permohonan_nomor"], v["permohonan_tanggal"] = r.Letter, bahasa.Date(r.Day)
	}
	a := x.Agreement
	if c.Procedure.Makes("sign-agreement") { // its numbers and its day are written on what is signed, by hand
		v["pks_tentang"], v["pks_berakhir"] = v["tentang"], v["berlaku_sampai"]
		return nil
	}
	if a == nil {
		return nil
	}
	v["pemberi_izin"] = cmp.Or(agreement.In[string](*x.Grant, agreement.Permission), o.Details.Name)
	v["pks_nomor"], v["pks_nomor_instansi"], v["pks_tanggal"], v["pks_tentang"] = a.ProviderNumber, a.AgencyNumber,
		bahasa.Date(a.SignedOn), a.Subject
	v["pks_berakhir"] = bahasa.Date(x.Grant.LastDay(x.Institution.Zone))
	e, err := c.Addendum(x)
	if _, refused := told.Text(err); refused { // this case changes no terms
		return nil
	}
	if err != nil {
		return err
	}
	v["perubahan"] = rows(len(e.Changes()), func(n int) []string { r := e.Changes()[n]; return r[:] })
	v["mulai"] = bahasa.Date(e.Addendum.EffectiveOn)
	if end := e.Addendum.Change.EndsOn; end != nil {
		v["berlaku_sampai"], v["berlaku_sampai_kata"] = bahasa.Date(*end), bahasa.DateInWords(*end)
	}
	return nil
}

// rows writes a table's rows as a template takes them.
func rows(n int, row func(int) []string) string {
	out := make([]string, n)
	for i := range n {
		cells := row(i)
		for j, c := range cells {
			cells[j] = strings.NewReplacer("\t", " ", "\n", ", ").Replace(c)
		}
		out[i] = strings.Join(cells, "\t")
	}
	return strings.Join(out, "\n")
}

// words is a stored value as people read it.
func words(f procedure.Field, v string) string {
	switch f.Kind {
	case "date":
		if t, err := time.Parse(time.DateOnly, v); err == nil {
			return bahasa.Date(t)
		}
	case "choice":
		return labels(f.Options, v)
	case "tokens":
		return labels(procedure.Tokens, v)
	case "methods":
		return strings.Join(agreement.MethodLabels(strings.Fields(v)), ", ")
	case "elements":
		return strings.Join(population.Labels(strings.Fields(v)), ", ")
	}
	return v
}

// labels are the names of some options; a value that is none of them stays as it is.
func labels(all []procedure.Option, v string) string {
	names := strings.Split(v, "\n")
	for n := range names {
		for _, o := range all {
			if o.Value == names[n] {
				names[n] = o.Label
			}
		}
	}
	return strings.Join(names, "; ")
}

// Words is a stored value of a field as people read it.
func Words(f procedure.Field, v string) string { return words(f, v) }

// who tells an institution's people or the provider's staff.
func audience(agency int64, i party.Institution) string {
	if agency == party.Provider {
		return "Dinas Dukcapil"
	}
	return i.Name
}

// caseName is how a notice names a case.
func caseName(c *procedure.Case, i party.Institution) string {
	return fmt.Sprintf("%s, %s (berkas %d)", c.Procedure.Name, audience(c.Agency, i), c.ID)
}
