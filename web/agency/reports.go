package agency

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"gapura/access/access"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
	"gapura/office/office"
	"gapura/office/report"
	"gapura/web/site"
)

// A ReportsPage lists reports.
type ReportsPage struct {
	Own      bool
	Semester string // of the board
	Options  []site.Option
	Rows     []ReportRow
	Error    string
	From, To string
}

// A ReportRow is a report as lists show it.
type ReportRow struct {
	Name, Path, Made, Sent, Due string
	Passed                      string // on to the Director General, as the provider's board shows it
	State                       site.Tag
	Late                        bool
}

var reportTags = map[report.State]site.Tag{
	report.Draft: {Label: report.Draft.Label(), Kind: "mid"}, report.Sent: {Label: report.Sent.Label(), Kind: "mid"},
	report.Received: {Label: report.Received.Label(), Kind: "ok"}, report.Returned: {Label: report.Returned.Label(), Kind: "bad"},
}

// DescribeReport puts a report's state into its row.
func DescribeReport(row *ReportRow, k report.Kept, i party.Institution) {
	row.State = reportTags[k.State]
	row.Made = bahasa.Date(k.Made.In(i.Zone.Location()))
	if !k.Sent.IsZero() {
		row.Sent = bahasa.Date(k.Sent.In(i.Zone.Location())) + " oleh " + k.Sender
	}
}

// Owe adds when the report is due, whether it is late or was, and whether something else fulfilled the duty.
func (row *ReportRow) Owe(duties []obligation.Duty, key string, k report.Kept, zone party.Zone) {
	for _, d := range duties {
		if d.Rule.Of == "laporan-semester" && d.Period == key {
			row.Passed = "belum, paling lambat " + bahasa.Date(d.Due)
			if d.State == obligation.Met {
				row.Passed = bahasa.Date(d.MetOn)
			}
		}
		if d.Rule.Key != "laporan-semester" || d.Period != key {
			continue
		}
		row.Due = bahasa.Date(d.Due)
		row.Late = d.State == obligation.Overdue || !k.Sent.IsZero() && zone.Day(k.Sent).After(d.Due)
		switch unsent := k.Evidence == 0; {
		case unsent && d.State == obligation.Met:
			row.State = site.Tag{Label: "Dipenuhi dengan bukti lain", Kind: "ok"}
		case unsent && d.State == obligation.Waiting:
			row.State = site.Tag{Label: "Bukti lain sedang diperiksa", Kind: "mid"}
		}
	}
}

// ownReports are the reports of an agency, seen by its head.
func (c Duties) ownReports(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i := v.Institution
	p := ReportsPage{Own: true, From: r.URL.Query().Get("dari"), To: r.URL.Query().Get("sampai")}
	if p.From+p.To != "" {
		period, err := report.ParsePeriod(p.From + "_" + p.To)
		if err == nil {
			return c.Redirect(w, r, "/laporan/"+period.Key())
		}
		p.Error = "Periode tidak dapat dibaca: tanggal awal mendahului tanggal akhir, paling lama dua tahun."
	}
	kept, err := c.Store.Reports(r.Context(), i.ID, "")
	if err != nil {
		return err
	}
	facts, calendar, err := DutyFacts(r, v, c.Store, i.ID)
	if err != nil {
		return err
	}
	duties := obligation.Duties(facts[i.ID], calendar, i.Zone.Day(v.Now))
	for _, k := range kept {
		period, err := report.ParsePeriod(k.Key)
		if err != nil {
			return err
		}
		row := ReportRow{Name: period.Words(), Path: "/laporan/" + k.Key}
		DescribeReport(&row, k, i)
		row.Owe(duties, k.Key, k, i.Zone)
		p.Rows = append(p.Rows, row)
	}
	status := http.StatusOK
	if p.Error != "" {
		status = http.StatusUnprocessableEntity
	}
	return c.Show(w, r, status, "laporan-semua", c.Page(r, v, "Laporan", p))
}

type reportPage struct {
	Own, Semester, Open bool
	Code, Name, Words   string
	Base                string // path of this report
	State               site.Tag
	Made, Sent          string
	Report              report.Report
	Balikan             string // share
	Most                int    // of a month, for the bars
	Summary             []figureCell
	Months              []linkedLine
	Groups              []lineGroup
	Duties              []dutyLine
	Questions           []answer
	Evidence            int64
	MayJudge            bool
	Error, Done         string
}

type lineGroup struct {
	Name, Head string
	Lines      []linkedLine
}

// A linkedLine leads to the records behind each of its figures.
type linkedLine struct {
	report.Line
	Cells []figureCell
	Share int // of the largest month, in percent
}

type figureCell struct {
	Name string
	N    int
	Path string
}

type dutyLine struct{ Name, Clause, Due, State string }

type answer struct{ Key, Label, Text, Fault string }

// ownReport and agencyReport show one report; a period that nobody has kept is made for the page and not kept.
func (c Duties) ownReport(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.ShowReport(w, r, v, v.Institution, http.StatusOK, nil, nil)
}

// theReport makes or reads the report of the path.
func (c Duties) theReport(r *http.Request, v *site.Visitor, i party.Institution) (p report.Period, k report.Kept, err error) {
	p, err = report.ParsePeriod(r.PathValue("period"))
	if err != nil || p.From.After(i.Zone.Day(v.Now)) {
		return p, k, site.ErrNotFound
	}
	k, err = office.ReportsOf(c.Office).Report(r.Context(), i.ID, p)
	return p, k, err
}

// ShowReport shows the report of the path; after a form that was not taken with what was typed and what is wrong with it.
func (c Duties) ShowReport(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, status int, problem error,
	typed map[string]string) error {
	p, k, err := c.theReport(r, v, i)
	if err != nil {
		return err
	}
	own := !v.OfProvider()
	_, err = obligation.ParseSemester(p.Key())
	b := reportPage{
		Own: own, Semester: err == nil, Code: i.Code, Name: i.Name, Words: p.Words(), Base: "/konsol/laporan/" + i.Code + "/" + p.Key(),
		State: reportTags[k.State], Report: k.Report, Open: k.State.Open(),
		Balikan: k.Report.BalikanTotal().Share(), Made: bahasa.Date(k.Made.In(i.Zone.Location())),
		Done: map[string]string{
			"simpan": "Uraian disimpan.",
			"kirim":  "Laporan telah dikirim. Angka-angkanya tidak berubah lagi."}[r.URL.Query().Get("selesai")],
	}
	b.Error, _ = told.Text(problem)
	records := "/konsol/jurnal/" + i.Code
	if own {
		b.Base, records = "/laporan/"+p.Key(), "/riwayat"
	}
	if !k.Sent.IsZero() {
		b.Sent = bahasa.Date(k.Sent.In(i.Zone.Location())) + " oleh " + k.Sender
	}
	if k.State == report.Sent && v.May(access.ToJudge) && k.SentBy != v.User.ID {
		b.MayJudge, b.Evidence = true, k.Evidence
	}
	b.figures(k.Report, p, records)
	for _, d := range k.Report.Duties {
		b.Duties = append(b.Duties, dutyLine{d.Name, d.Clause, bahasa.Date(d.Due), d.State})
	}
	for _, q := range report.Questions {
		text := k.Report.Narrative[q.Key]
		if typed != nil {
			text = typed[q.Key]
		}
		b.Questions = append(b.Questions, answer{q.Key, q.Label, text, told.Invalids(problem).Of(q.Key)})
	}
	return c.Show(w, r, status, "laporan", c.Page(r, v, "Laporan "+p.Words(), b))
}

// figures are the report's figures of use, each with the way to the records that it counts, in the list at the path records.
func (b *reportPage) figures(k report.Report, p report.Period, records string) {
	for _, s := range []struct {
		name   string
		figure access.Figure
		n      int
	}{
		{"Permintaan", access.Asked, k.Total.Asked()}, {"Pemanfaatan NIK", access.Answered, k.Total.NIKs()},
		{"Data ditampilkan", access.Data, k.Total.Data}, {"Verifikasi tanpa data", access.Verified, k.Total.Matches},
		{"Pemberitahuan", access.Noticed, k.Total.Notices}, {"Ditolak", access.Declined, k.Total.Refused},
		{"Kuota terpakai", access.Charged, k.Total.Hits},
	} {
		query, _ := p.Query(s.figure, report.Part{})
		b.Summary = append(b.Summary, figureCell{s.name, s.n, records + "?" + query})
	}
	for _, m := range k.Months {
		b.Most = max(b.Most, m.Asked())
	}
	for n, part := range p.Months() {
		if n < len(k.Months) {
			b.Months = append(b.Months, b.line(k.Months[n], part, report.Part{}, records))
		}
	}
	for _, g := range []struct {
		name, head, by string
		lines          []report.Line
	}{{"Pengguna", "User ID", report.ByUser, k.Users}, {"Tujuan pemanfaatan", "Tujuan", report.ByPurpose, k.Purposes},
		{"Metode akses", "Metode", report.ByMethod, k.Methods}, {"Hasil", "Hasil", report.ByOutcome, k.Outcomes}} {
		out := lineGroup{Name: g.name, Head: g.head}
		for _, l := range g.lines {
			if g.by == report.ByUser && l.Key != "" {
				l.Name = l.Key
			}
			out.Lines = append(out.Lines, b.line(l, p, report.Part{By: g.by, Key: l.Key}, records))
		}
		b.Groups = append(b.Groups, out)
	}
}

func (b *reportPage) line(l report.Line, in report.Period, of report.Part, records string) linkedLine {
	out := linkedLine{Line: l, Share: l.Asked() * 100 / max(1, b.Most)}
	for _, c := range report.Columns {
		cell := figureCell{Name: c.Name, N: c.Of(l.Counts)}
		if query, ok := in.Query(c.Figure, of); ok && cell.N > 0 {
			cell.Path = records + "?" + query
		}
		out.Cells = append(out.Cells, cell)
	}
	return out
}

// maxNarrative is how long one narrative field may be, in characters.
const maxNarrative = 4000

// writeReport keeps the narrative, and sends the report when that was asked.
func (c Duties) writeReport(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i := v.Institution
	p, err := report.ParsePeriod(r.PathValue("period"))
	s, err2 := obligation.ParseSemester(r.PathValue("period"))
	if err != nil || err2 != nil || p.From.After(i.Zone.Day(v.Now)) {
		return site.ErrNotFound
	}
	names := []string{"kirim"}
	for _, q := range report.Questions {
		names = append(names, q.Key)
	}
	f, err := c.Form(w, r, names...)
	if err != nil {
		return err
	}
	typed := map[string]string{}
	var long told.Errors
	for _, q := range report.Questions {
		if typed[q.Key] = strings.TrimSpace(f[q.Key]); utf8.RuneCountInString(typed[q.Key]) > maxNarrative {
			long.Add(q.Key, "Uraian “"+q.Label+"” paling panjang 4.000 karakter.")
		}
	}
	if long != nil {
		return c.failReport(w, r, v, i, long, typed)
	}
	if err := office.ReportsOf(c.Office).Keep(r.Context(), i.ID, p, typed); err != nil {
		return c.failReport(w, r, v, i, err, typed)
	}
	done := "simpan"
	if f["kirim"] != "" {
		if err := office.ReportsOf(c.Office).Send(r.Context(), v.Actor(), i.ID, s); err != nil {
			return c.failReport(w, r, v, i, err, typed)
		}
		done = "kirim"
	}
	return c.Redirect(w, r, "/laporan/"+p.Key()+"?selesai="+done)
}

// failReport shows the form again with what was typed, except that a report which was sent shows what was sent.
func (c Duties) failReport(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, err error,
	typed map[string]string) error {
	if _, shown := told.Text(err); !shown {
		return err
	}
	if errors.Is(err, report.ErrSent) {
		typed = nil
	}
	return c.ShowReport(w, r, v, i, site.Status(err), err, typed)
}

// ownReportFile and agencyReportFile hand a report out as PDF or XLSX.
func (c Duties) ownReportFile(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.ReportFile(w, r, v, v.Institution)
}

// ReportFile hands a report out as PDF or XLSX.
func (c Duties) ReportFile(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution) error {
	kinds := map[string]struct {
		media string
		print func(context.Context, report.Report) ([]byte, error)
	}{
		"pdf": {site.PDF, office.ReportsOf(c.Office).PDF},
		"xlsx": {site.XLSX, func(ctx context.Context, r report.Report) ([]byte,
			error) {
			return office.ReportsOf(c.Office).XLSX(ctx, r, !v.OfProvider())
		}},
	}
	kind, ok := kinds[r.PathValue("form")]
	if !ok {
		return site.ErrNotFound
	}
	p, k, err := c.theReport(r, v, i)
	if err != nil {
		return err
	}
	content, err := kind.print(r.Context(), k.Report)
	if err != nil {
		return err
	}
	return site.Download(w, "laporan-"+i.Code+"-"+p.Key()+"."+r.PathValue("form"), kind.media, content)
}
