package office

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/internal/bahasa"
	"gapura/internal/document"
	"gapura/internal/told"
	"gapura/office/evaluation"
	"gapura/office/procedure"
)

// FiguresOf are one agency's figures of a period as they stand now.
func (reg ReportRegister) FiguresOf(ctx context.Context, agency int64, p obligation.Semester) (evaluation.Figures, error) {
	t, err := reg.o.Store.Sums.TotalsOf(ctx, agency, p.Begins(), p.Next().Begins())
	if err != nil {
		return evaluation.Figures{}, err
	}
	all, err := reg.figures(ctx, p, agency, map[int64]evaluation.Totals{agency: t})
	return all[agency], err
}

// Figures are all agencies' figures of a period as they stand now, by agency.
func (reg ReportRegister) Figures(ctx context.Context, p obligation.Semester) (map[int64]evaluation.Figures, error) {
	totals, err := reg.o.Store.Sums.AgencyTotals(ctx, p.Begins(), p.Next().Begins())
	if err != nil {
		return nil, err
	}
	return reg.figures(ctx, p, 0, totals)
}

// figures adds to the lookups what else is judged; only names one agency, 0 means all.
func (reg ReportRegister) figures(ctx context.Context, p obligation.Semester, only int64, totals map[int64]evaluation.Totals) (
	map[int64]evaluation.Figures, error) {
	now := reg.o.Now()
	rates, err := reg.o.Store.Balikan.AllRates(ctx, p.Begins(), p.Ends())
	if err != nil {
		return nil, err
	}
	// Agencies lie in three time zones; what was found at a day's edge counts by the office's clock.
	counts, err := reg.o.Store.Sums.Counts(ctx, party.WIB.Begin(p.Begins()), party.WIB.Begin(p.Next().Begins()), now)
	if err != nil {
		return nil, err
	}
	duties, err := reg.o.Store.Duties.DutyFacts(ctx, only, now)
	if err != nil {
		return nil, err
	}
	holidays, err := reg.o.Store.Calendar.Holidays(ctx)
	if err != nil {
		return nil, err
	}
	all, err := reg.o.Store.Rights.Everyone(ctx)
	if err != nil {
		return nil, err
	}
	calendar, out := obligation.NewCalendar(holidays), make(map[int64]evaluation.Figures, len(all))
	for _, st := range all {
		i := st.Institution
		if only != 0 && i.ID != only {
			continue
		}
		r, t := rates[i.ID], totals[i.ID]
		f := evaluation.Figures{
			Lookups: t.Lookups, Hits: t.Hits, Found: t.Found, Unknown: t.Unknown, Malformed: t.Malformed, Notices: t.Notices(),
			Refused:    t.Refused(),
			Unassessed: !obligation.InForce(duties[i.ID], p.Begins(), p.Ends()),
			Opened:     r.Opened, Met: r.Met, Late: r.Late, Excused: r.Excused, Counts: counts[i.ID], Report: evaluation.NotDue,
		}
		if r.Open() > 0 {
			if f.Overdue, err = reg.o.Store.Balikan.OverdueOf(ctx, i.ID, p, now); err != nil {
				return nil, err
			}
		}
		judgeDuties(&f, obligation.Duties(duties[i.ID], calendar, i.Zone.Day(now)), duties[i.ID], p, i.Zone.Day(now))
		out[i.ID] = f
	}
	return out, nil
}

// Unused are the elements of an agency that their purpose had on every day of a period, as far as an agreement was in force, and never
// used.
func (reg ReportRegister) Unused(ctx context.Context, agency int64, p obligation.Semester) ([]evaluation.Unused, error) {
	all, err := reg.o.Store.Rights.Everyone(ctx)
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(all, func(s access.Standing) bool { return s.Institution.ID == agency })
	if n < 0 {
		return nil, nil
	}
	z, until := all[n].Institution.Zone, p.Next().Begins()
	if next := z.Day(reg.o.Now()).AddDate(0, 0, 1); next.Before(until) {
		until = next
	}
	granted := agreement.Throughout(all[n].Agreements, p.Begins(), until, z)
	used, err := reg.o.Store.Sums.UsedElements(ctx, agency, p.Begins(), until)
	return evaluation.UnusedOf(granted, used), err
}

// judgeDuties counts the agency's duties that fell due by the end of the period, or by today while it goes on. A duty that was missed and
// never made up counts in every period after, because it is still owed.
func judgeDuties(f *evaluation.Figures, duties []obligation.Duty, facts []obligation.Facts, p obligation.Semester, today time.Time) {
	until := p.Next().Begins()
	if today.Before(until) {
		until = today
	}
	for _, d := range duties {
		switch {
		case d.Rule.Party != "agency":
		case d.Rule.Key == "laporan-semester":
			if d.Period != p.String() {
				continue
			}
			if d.State == obligation.Overdue {
				f.Report = evaluation.Missing
			}
			for _, x := range facts {
				for _, e := range x.Evidence {
					switch {
					case e.Rule != d.Rule.Key || e.Period != d.Period || f.Report == evaluation.OnTime:
					case e.On.After(d.Due):
						f.Report = evaluation.Tardy
					default:
						f.Report = evaluation.OnTime
					}
				}
			}
		case d.Due.Before(until) && (d.State != obligation.Met || !d.Due.Before(p.Begins())):
			f.DutiesDue++
			if d.State == obligation.Met || d.State == obligation.Waiting {
				f.DutiesMet++
			}
		}
	}
}

// ProposeEvaluation freezes an agency's figures of a period with a decision, and opens the case in which somebody else decides it. It
// returns the case.
func (reg ReportRegister) ProposeEvaluation(ctx context.Context, who Actor, agency int64, p obligation.Semester, d evaluation.Decision,
	advice string) (int64, error) {
	now := reg.o.Now()
	if d.Label() == "" {
		return 0, told.Refuse("Pilih keputusan.")
	}
	if p.Begins().After(now) {
		return 0, told.Refuse("Semester itu belum dimulai.")
	}
	if len([]rune(advice)) > 4000 {
		return 0, told.Refuse("Rekomendasi paling panjang 4.000 karakter.")
	}
	past, err := reg.o.Store.Evaluations.EvaluationsOfAgency(ctx, agency, 50)
	if err != nil {
		return 0, err
	}
	for _, e := range past {
		if e.Period == p && e.Decided.IsZero() && e.CaseState == string(procedure.Open) {
			return 0, told.Refuse(fmt.Sprintf("Usulan evaluasi semester ini masih menunggu keputusan pada berkas %d.", e.Case))
		}
	}
	f, err := reg.FiguresOf(ctx, agency, p)
	if err != nil {
		return 0, err
	}
	if f.Unassessed {
		return 0, told.Refuse("Instansi ini tidak mempunyai perjanjian pada semester itu, sehingga tidak dinilai.")
	}
	rules, err := reg.o.Rules(ctx)
	if err != nil {
		return 0, err
	}
	r := rules.Evaluate(f)
	if r.Unused, err = reg.Unused(ctx, agency, p); err != nil {
		return 0, err
	}
	if advice = strings.TrimSpace(advice); advice == "" {
		advice = strings.Join(r.Advice, "\n")
	}
	r.Advice = strings.Split(advice, "\n")
	id, err := reg.o.Open(ctx, who, agency, "evaluasi")
	if err != nil {
		return 0, err
	}
	n, err := reg.o.Store.Evaluations.ProposeEvaluation(ctx, evaluation.Evaluation{Agency: agency, Period: p, At: now, Case: id, Figures: f,
		Result: r, Decision: d}, who.User)
	if err != nil {
		return 0, err
	}
	var parts []string
	for _, x := range r.Parts {
		score := "tidak dinilai"
		if x.Counts {
			score = strconv.Itoa(x.Score)
		}
		parts = append(parts, fmt.Sprintf("%s | %d %% | %s", x.Name, x.Weight, score))
	}
	unused := make([]string, len(r.Unused))
	for n, u := range r.Unused {
		unused[n] = u.Purpose + ": " + u.Labels()
	}
	_, err = reg.o.Take(ctx, who, id, 0, procedure.Input{Values: map[string]string{
		"evaluasi": strconv.FormatInt(n, 10), "semester": p.String(), "nilai": grade(r),
		"putusan": string(d), "rincian": strings.Join(parts, "\n"), "rekomendasi": advice,
		"elemen_tidak_dipakai": strings.Join(unused, "\n"),
	}}, nil)
	return id, err
}

// grade is a judgement with the name of its grade.
func grade(r evaluation.Result) string {
	if !r.Assessed() {
		return r.Words()
	}
	return fmt.Sprintf("%d (%s, %s)", r.Score, r.Grade, r.Name)
}

// judged are the agencies of a period as the Director General is told of them, with their sums: those that had an agreement in it. All of
// them are decided, else the letter would tell of what may still change.
func (reg ReportRegister) judged(ctx context.Context, p obligation.Semester, figures map[int64]evaluation.Figures) (lines [][]string,
	sum evaluation.Figures, err error) {
	list, err := reg.o.Store.Evaluations.EvaluationsOfPeriod(ctx, p)
	if err != nil {
		return nil, sum, err
	}
	decided, open := map[int64]evaluation.Evaluation{}, map[int64]bool{}
	for _, e := range list {
		switch {
		case !e.Decided.IsZero() && e.ID > decided[e.Agency].ID:
			decided[e.Agency] = e
		case e.CaseState == string(procedure.Open):
			open[e.Agency] = true
		}
	}
	all, err := reg.o.Store.Rights.Everyone(ctx)
	if err != nil {
		return nil, sum, err
	}
	var waiting []string
	for _, st := range all {
		i := st.Institution
		e, ok := decided[i.ID]
		switch {
		case !ok && figures[i.ID].Unassessed:
			continue
		case !ok || open[i.ID]:
			waiting = append(waiting, i.Name)
			continue
		}
		f := e.Figures
		sum.Lookups, sum.Found, sum.Opened, sum.Met, sum.Excused = sum.Lookups+f.Lookups, sum.Found+f.Found, sum.Opened+f.Opened,
			sum.Met+f.Met, sum.Excused+f.Excused
		sum.Add(f.Counts)
		rate := balikan.Rate{Opened: f.Opened, Met: f.Met, Excused: f.Excused}
		lines = append(lines, []string{i.Name, bahasa.Number(f.Lookups), rate.Share(), e.Result.Words(), e.Decision.Label()})
	}
	if n := len(waiting); n > 0 {
		names := strings.Join(waiting[:min(n, 5)], ", ")
		if n > 5 {
			names += fmt.Sprintf(", dan %d lainnya", n-5)
		}
		return nil, sum, told.Refuse(fmt.Sprintf("Laporan belum dapat dibuat: evaluasi %d instansi belum diputuskan (%s).", n, names))
	}
	if len(lines) == 0 {
		return nil, sum, told.Refuse("Tidak ada instansi yang mempunyai perjanjian pada semester itu.")
	}
	return lines, sum, nil
}

// ReportEvaluations makes the report of a period to the Director General (PKS 8(4); Juknis V.E) and sends it by e-mail when the address is
// known; sent says whether it was. Agencies stand in it with the figures of their decision, which do not change any more.
func (reg ReportRegister) ReportEvaluations(ctx context.Context, who Actor, p obligation.Semester) (sent bool, err error) {
	now := reg.o.Now()
	if p.Begins().After(now) {
		return false, told.Refuse("Semester itu belum dimulai.")
	}
	figures, err := reg.Figures(ctx, p)
	if err != nil {
		return false, err
	}
	judged, sum, err := reg.judged(ctx, p, figures)
	if err != nil {
		return false, err
	}
	day := party.WIB.Day(now)
	d := reg.o.Details
	v := map[string]string{
		"nomor": "…", "tanggal": bahasa.Date(day), "tempat": d.Place, "dinas": d.Name, "semester": p.Words(),
		"jumlah": bahasa.Number(len(judged)), "pencarian": bahasa.Number(sum.Lookups), "ditemukan": bahasa.Number(sum.Found),
		"balikan":         bahasa.Number(sum.Met+sum.Excused) + " dari " + bahasa.Number(sum.Opened) + " orang",
		"penghentian":     bahasa.Number(sum.Stops) + " kali, " + bahasa.Number(sum.FalseAlarms) + " di antaranya keliru",
		"insiden":         bahasa.Number(sum.Incidents) + " kejadian, " + bahasa.Number(sum.Counts.Late) + " terlambat diberitahukan",
		"daftar_instansi": rows(len(judged), func(n int) []string { return judged[n] }),
	}
	x, err := reg.o.Store.Cases.Facts(ctx, party.Provider, now)
	if err != nil {
		return false, err
	}
	reg.o.sign(v, x)
	t, _, err := reg.o.Text(ctx, "evaluasi-dirjen")
	if err != nil {
		return false, err
	}
	if _, err := document.Render(t, reg.o.head(), fill(t, v), now); err != nil { // a number is taken for a letter that will be made
		return false, fmt.Errorf("render report of evaluations: %w", err)
	}
	seq, err := reg.o.Store.Letters.TakeLetterNumber(ctx, procedure.Letter{Year: day.Year(), Agency: party.Provider,
		Subject: t.Name + ", " +
			p.Words(), At: now})
	if err != nil {
		return false, err
	}
	v["nomor"] = document.LetterNumber(d.LetterClass, document.Letters, seq, day.Year())
	pdf, err := document.Render(t, reg.o.head(), fill(t, v), now)
	if err != nil {
		return false, fmt.Errorf("render report of evaluations: %w", err)
	}
	f := procedure.File{Agency: party.Provider, Kind: t.Key, Title: t.Name + ", " + p.Words(), Number: v["nomor"], Media: "application/pdf",
		Content: pdf, By: who.User, At: now}
	mails := reg.o.ministryMails(now, "Laporan evaluasi pemanfaatan data kependudukan, "+p.Words(),
		"Terlampir laporan evaluasi pemanfaatan data kependudukan "+p.Words()+", surat nomor "+v["nomor"]+".")
	if err := reg.o.Store.Evaluations.KeepMinistryReport(ctx, p, f, mails); err != nil {
		return false, err
	}
	reg.o.wake(len(mails) > 0)
	return len(mails) > 0, nil
}
