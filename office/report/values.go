package report

import (
	"strconv"
	"strings"

	"gapura/internal/bahasa"
)

// Values are what the template "laporan-semester" can say: texts, and lists of one row a line whose cells are separated by tabs.
func (r Report) Values() map[string]string {
	t, b := r.Total, r.BalikanTotal()
	n := func(n int) string { return bahasa.Number(n) }
	v := map[string]string{
		"periode": r.Period.Words(), "periode_dari": bahasa.Date(r.Period.From), "periode_sampai": bahasa.Date(r.Period.To),
		"tanggal":  bahasa.Date(r.Made),
		"instansi": r.Agency, "kepala": r.Head, "kepala_jabatan": r.HeadPosition, "sptjm": bahasa.Date(r.SPTJM),
		"pks_nomor": r.Agreement, "pks_tanggal": bahasa.Date(r.SignedOn), "pks_berakhir": bahasa.Date(r.EndsOn),
		"jumlah_permintaan": n(t.Asked()), "jumlah_nik": n(t.NIKs()), "jumlah_data": n(t.Data), "jumlah_verifikasi": n(t.Matches),
		"jumlah_pemberitahuan": n(t.Notices),
		"jumlah_ditolak":       n(t.Refused), "jumlah_kuota": n(t.Hits), "jumlah_pengguna": n(len(r.People)),
		"jumlah_penghentian": n(r.Stops), "jumlah_pembacaan": n(r.Reads),
		"jumlah_insiden": n(len(r.Incidents)),
		"balikan_wajib":  n(b.Opened), "balikan_diterima": n(b.Met), "balikan_terlambat": n(b.Late), "balikan_alasan": n(b.Excused),
		"balikan_persen": strings.TrimSuffix(b.Share(), " %"), "balikan_kepatuhan": b.Share(),
		"balikan_tertunggak": n(r.Overdue), "balikan_tanpa_pencarian": n(r.Unmatched),
	}
	v["bulanan"] = rows(r.Months, func(l Line) []string {
		return []string{l.Name, n(l.Data), n(l.Matches), n(l.Notices), n(l.Refused), n(l.Asked()), n(l.Hits)}
	})
	v["grafik_bulanan"] = rows(r.Months, bar)
	v["grafik_hasil"] = rows(r.Outcomes, bar)
	counts := func(l Line) []string {
		return []string{l.Name, n(l.Data), n(l.Matches), n(l.Notices), n(l.Refused), n(l.Asked())}
	}
	v["tujuan"], v["metode"] = rows(r.Purposes, counts), rows(r.Methods, counts)
	v["hasil"] = rows(r.Outcomes, func(l Line) []string { return []string{l.Name, n(l.Asked())} })
	used := map[string]Counts{}
	for _, l := range r.Users {
		used[l.Key] = l.Counts
	}
	v["pengguna"] = rows(r.People, func(p Person) []string {
		c := used[p.Login]
		nda := strings.TrimSuffix(bahasa.Date(p.NDA)+" "+p.NDAForm, " ")
		return []string{p.Login, p.Name, p.Role, p.State, nda, n(c.NIKs())}
	})
	v["balikan"] = rows(r.Balikan, func(b BalikanLine) []string {
		return []string{b.Login, n(b.Opened), n(b.Met), n(b.Late), n(b.Excused), n(b.Open()), b.Share()}
	})
	v["pembaca"] = rows(r.Readers, func(x Named) []string { return []string{x.Name, n(x.N)} })
	v["kewajiban"] = rows(r.Duties, func(d Duty) []string { return []string{d.Name, d.Clause, bahasa.Date(d.Due), d.State} })
	v["insiden"] = rows(r.Incidents, func(x Named) []string { return []string{x.Name, n(x.N)} })
	for _, q := range Questions {
		v[q.Key] = r.Narrative[q.Key]
	}
	return v
}

func bar(l Line) []string { return []string{l.Name, strconv.Itoa(l.Asked())} }

// rows writes a table's rows as a template takes them.
func rows[T any](list []T, cells func(T) []string) string {
	var b strings.Builder
	for _, x := range list {
		for i, c := range cells(x) {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(strings.NewReplacer("\t", " ", "\n", " ", "\r", "").Replace(c))
		}
		b.WriteByte('\n')
	}
	if len(list) == 0 {
		return "Tidak ada"
	}
	return b.String()
}
