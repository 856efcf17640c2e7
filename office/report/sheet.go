package report

import (
	"bytes"
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"gapura/access/access"
	"gapura/exchange/balikan"
	"gapura/internal/bahasa"
)

// XLSX is the report as a workbook whose figures are numbers and whose dates are dates, so that an office can go on calculating. Each
// figure of use leads to its records in the list at the URL; empty: no links.
func (r Report) XLSX(records string) ([]byte, error) {
	w := newBook(records)
	defer w.Close()
	w.summary(r)
	w.use(r)
	w.lists(r)
	w.do(w.DeleteSheet("Sheet1"))
	w.SetActiveSheet(0)
	w.do(w.SetDocProps(&excelize.DocProperties{
		Title: "Laporan " + r.Period.Words() + " " + r.Agency, Creator: "Gapura", Created: r.Made.UTC().Format(time.RFC3339),
		Modified: r.Made.UTC().Format(time.RFC3339),
	}))
	var out bytes.Buffer
	_, err := w.WriteTo(&out)
	if w.do(err); w.err != nil {
		return nil, fmt.Errorf("write workbook: %w", w.err)
	}
	return out.Bytes(), nil
}

// summary is the first sheet: the report's sums, and the office's own words.
func (w *book) summary(r Report) {
	t, b := r.Total, r.BalikanTotal()
	w.sheet("Ringkasan", 42, "Uraian", "Nilai")
	for _, row := range [][]any{
		{"Instansi", r.Agency}, {"Periode", r.Period.Words()}, {"Dari", r.Period.From}, {"Sampai", r.Period.To},
		{"Perjanjian", r.Agreement}, {"Penanggung jawab", r.Head}, {"SPTJM", r.SPTJM}, {"Dibuat", r.Made},
		{"Permintaan", t.Asked(), access.Asked}, {"Pemanfaatan NIK", t.NIKs(), access.Answered},
		{"Data kependudukan ditampilkan", t.Data, access.Data}, {"Verifikasi elemen tanpa data", t.Matches, access.Verified},
		{"Pemberitahuan", t.Notices, access.Noticed}, {"Ditolak", t.Refused, access.Declined}, {"Kuota terpakai", t.Hits, access.Charged},
		{"Data balikan wajib", b.Opened}, {"Data balikan diterima", b.Met}, {"Di antaranya terlambat", b.Late},
		{"Dengan alasan", b.Excused}, {"Belum ada", b.Open()},
		{"Kepatuhan data balikan (%)", percent(b)}, {"Lewat batas waktu", r.Overdue}, {"Data balikan tanpa pencarian", r.Unmatched},
		{"Penghentian pencarian", r.Stops}, {"Insiden", len(r.Incidents)},
	} {
		w.row(row[:2]...)
		if len(row) > 2 {
			w.link(2, r.Period, row[2].(access.Figure), Part{})
		}
	}
	for _, q := range Questions {
		w.row(q.Label, r.Narrative[q.Key])
	}
}

// use are the sheets of the use of data: by month and by each part.
func (w *book) use(r Report) {
	months := r.Period.Months()
	for _, s := range []struct {
		name, head, by string
		lines          []Line
	}{{"Bulanan", "Bulan", "", r.Months}, {"Pengguna", "User ID", ByUser, r.Users}, {"Tujuan", "Tujuan", ByPurpose, r.Purposes},
		{"Metode", "Metode", ByMethod, r.Methods}, {"Hasil", "Hasil", ByOutcome, r.Outcomes}} {
		heads := []string{s.head}
		for _, c := range Columns {
			heads = append(heads, c.Name)
		}
		w.sheet(s.name, 42, heads...)
		for n, l := range s.lines {
			row := []any{l.Name}
			if s.by == ByUser && l.Key != "" {
				row[0] = l.Key
			}
			for _, c := range Columns {
				row = append(row, c.Of(l.Counts))
			}
			w.row(row...)
			in, of := r.Period, Part{s.by, l.Key}
			if s.by == "" {
				in, of = months[n], Part{}
			}
			for i, c := range Columns {
				w.link(i+2, in, c.Figure, of)
			}
		}
	}
}

// lists are the sheets of who and what stood beside the use: user ids, data balikan, readers, duties, incidents.
func (w *book) lists(r Report) {
	w.sheet("User ID", 24, "User ID", "Nama", "Peran", "Keadaan", "Tanggal NDA", "Nomor NDA")
	for _, p := range r.People {
		w.row(p.Login, p.Name, p.Role, p.State, p.NDA, p.NDAForm)
	}
	w.sheet("Data balikan", 24, "User ID", "Wajib", "Diterima", "Terlambat", "Dengan alasan", "Belum ada")
	for _, x := range r.Balikan {
		w.row(x.Login, x.Opened, x.Met, x.Late, x.Excused, x.Open())
	}
	w.sheet("Pembaca", 24, "Keadaan", "Jumlah")
	for _, x := range r.Readers {
		w.row(x.Name, x.N)
	}
	w.sheet("Kewajiban", 36, "Kewajiban", "Dasar", "Jatuh tempo", "Keadaan")
	for _, d := range r.Duties {
		w.row(d.Name, d.Clause, d.Due, d.State)
	}
	w.sheet("Insiden", 60, "Insiden", "Penduduk terdampak")
	for _, x := range r.Incidents {
		w.row(x.Name, x.N)
	}
}

// percent is a rate as a number, or a dash when there is nothing to measure.
func percent(r balikan.Rate) any {
	if p, ok := r.Percent(); ok {
		return p
	}
	return r.Share()
}

// A book writes sheets row by row and keeps the first error.
type book struct {
	*excelize.File
	records   string // URL of the list that figures lead to
	name      string
	line      int
	bold, day int
	err       error
}

func newBook(records string) *book {
	w := &book{File: excelize.NewFile(), records: records}
	var err error
	w.bold, err = w.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1,
		Color: []string{"DCE6F5"}}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	w.do(err)
	w.day, err = w.NewStyle(&excelize.Style{NumFmt: 14})
	w.do(err)
	return w
}

// link makes a figure of the last row lead to its records.
func (w *book) link(column int, in Period, f access.Figure, of Part) {
	query, ok := in.Query(f, of)
	if !ok || w.records == "" {
		return
	}
	cell, err := excelize.CoordinatesToCellName(column, w.line)
	w.do(err)
	w.do(w.SetCellHyperLink(w.name, cell, w.records+"?"+query, "External"))
}

func (w *book) do(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *book) sheet(name string, first float64, heads ...string) {
	_, err := w.NewSheet(name)
	w.do(err)
	w.name, w.line = name, 0
	cells := make([]any, len(heads))
	for i, h := range heads {
		cells[i] = h
	}
	w.row(cells...)
	last, err := excelize.ColumnNumberToName(len(heads))
	w.do(err)
	w.do(w.SetColWidth(name, "A", "A", first))
	w.do(w.SetColWidth(name, "B", max(last, "B"), 20))
	w.do(w.SetCellStyle(name, "A1", last+"1", w.bold))
	w.do(w.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}

func (w *book) row(cells ...any) {
	w.line++
	for i, c := range cells {
		cell, err := excelize.CoordinatesToCellName(i+1, w.line)
		w.do(err)
		switch x := c.(type) {
		case time.Time:
			if x.IsZero() {
				c = bahasa.Date(x)
				break
			}
			c = time.Date(x.Year(), x.Month(), x.Day(), 0, 0, 0, 0, time.UTC)
			defer func() { w.do(w.SetCellStyle(w.name, cell, cell, w.day)) }()
		case string:
			c = x // a text that looks like a formula stays a text: SetCellValue never makes one
		}
		w.do(w.SetCellValue(w.name, cell, c))
	}
}
