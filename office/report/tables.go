package report

import (
	"maps"
	"slices"

	"gapura/access/access"
)

// A cell is a value of the workbook; of a figure with the records that it counts.
type cell struct {
	value  any
	figure *access.Figure // nil: it leads nowhere
	in     Period
	of     Part
}

// A row is what a table knows of one thing, by the keys of its Content.
type row map[string]cell

func plain(values map[string]any) row {
	out := row{}
	for key, v := range values {
		out[key] = cell{value: v}
	}
	return out
}

// table is what a sheet holds.
func (r Report) table(s Sheet) (out []row) {
	switch s.Of {
	case "ringkasan":
		all := r.summary()
		for _, line := range s.Rows {
			out = append(out, row{"uraian": {value: line[0]}, "nilai": all[line[1]]})
		}
	case "bulanan":
		months := r.Period.Months()
		for n, l := range r.Months {
			out = append(out, lineRow(l, l.Name, months[n], Part{}))
		}
	case "pengguna":
		for _, l := range r.Users {
			name := l.Name
			if l.Key != "" {
				name = l.Key
			}
			out = append(out, lineRow(l, name, r.Period, Part{ByUser, l.Key}))
		}
	case "tujuan", "metode", "hasil":
		by := map[string]string{"tujuan": ByPurpose, "metode": ByMethod, "hasil": ByOutcome}[s.Of]
		for _, l := range map[string][]Line{"tujuan": r.Purposes, "metode": r.Methods, "hasil": r.Outcomes}[s.Of] {
			out = append(out, lineRow(l, l.Name, r.Period, Part{by, l.Key}))
		}
	case "user_id":
		for _, p := range r.People {
			out = append(out, plain(map[string]any{"user_id": p.Login, "nama": p.Name, "peran": p.Role, "keadaan": p.State,
				"tanggal_nda": p.NDA, "nomor_nda": p.NDAForm}))
		}
	case "data_balikan":
		for _, x := range r.Balikan {
			out = append(out, plain(map[string]any{"user_id": x.Login, "wajib": x.Opened, "diterima": x.Met, "terlambat": x.Late,
				"alasan": x.Excused, "belum": x.Open(), "kepatuhan": percent(x.Rate)}))
		}
	case "pembaca":
		for _, x := range r.Readers {
			out = append(out, plain(map[string]any{"keadaan": x.Name, "jumlah": x.N}))
		}
	case "kewajiban":
		for _, d := range r.Duties {
			out = append(out, plain(map[string]any{"kewajiban": d.Name, "dasar": d.Clause, "jatuh_tempo": d.Due, "keadaan": d.State}))
		}
	case "insiden":
		for _, x := range r.Incidents {
			out = append(out, plain(map[string]any{"insiden": x.Name, "jumlah": x.N}))
		}
	}
	return out
}

// lineRow is a line of use: counted with its figures, in the order of Columns.
func lineRow(l Line, name string, in Period, of Part) row {
	out := row{"nama": {value: name}}
	for i, c := range Columns {
		out[counted[i+1]] = cell{c.Of(l.Counts), &c.Figure, in, of}
	}
	return out
}

// summary are the single values of a report.
func (r Report) summary() row {
	t, b := r.Total, r.BalikanTotal()
	out := plain(map[string]any{
		"instansi": r.Agency, "periode": r.Period.Words(), "dari": r.Period.From, "sampai": r.Period.To, "perjanjian": r.Agreement,
		"penanggung_jawab": r.Head, "sptjm": r.SPTJM, "dibuat": r.Made, "pembacaan": r.Reads,
		"balikan_wajib": b.Opened, "balikan_diterima": b.Met, "balikan_terlambat": b.Late, "balikan_alasan": b.Excused,
		"balikan_belum": b.Open(), "balikan_persen": percent(b), "balikan_tertunggak": r.Overdue, "balikan_tanpa_pencarian": r.Unmatched,
		"penghentian": r.Stops, "insiden": len(r.Incidents),
	})
	for key, x := range map[string]struct {
		n  int
		of access.Figure
	}{"permintaan": {t.Asked(), access.Asked}, "nik": {t.NIKs(), access.Answered}, "data": {t.Data, access.Data},
		"verifikasi": {t.Matches, access.Verified}, "pemberitahuan": {t.Notices, access.Noticed}, "ditolak": {t.Refused, access.Declined},
		"kuota": {t.Hits, access.Charged}} {
		out[key] = cell{x.n, &x.of, r.Period, Part{}}
	}
	for _, q := range Questions {
		out[q.Key] = cell{value: r.Narrative[q.Key]}
	}
	return out
}

func summaryKeys() []string { return slices.Sorted(maps.Keys(Report{}.summary())) }
