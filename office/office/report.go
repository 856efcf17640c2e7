package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/bahasa"
	"gapura/internal/document"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/office/incident"
	"gapura/office/procedure"
	"gapura/office/report"
)

// A ReportRegister keeps the reports of agencies, and what the office makes of them: figures and evaluations.
type ReportRegister struct{ o *Office }

// ReportsOf is an office's.
func ReportsOf(o *Office) ReportRegister { return ReportRegister{o} }

// reportRule is the duty that a report fulfils.
const reportRule = "laporan-semester"

// Report makes an agency's report of a period as of now, or reads the one that was sent, whose figures stay as they were.
func (reg ReportRegister) Report(ctx context.Context, agency int64, p report.Period) (report.Kept, error) {
	k, found, err := reg.o.Store.Reports.KeptReport(ctx, agency, p.Key())
	if err != nil || found && !k.State.Open() {
		return k, err
	}
	// What held when the period was over is not asked anew: rights that change later do not change a report of the past, sent or not.
	if !found {
		k = report.Kept{Agency: agency, Key: p.Key(), State: report.Draft}
	}
	f, err := reg.reportFacts(ctx, agency, p)
	if err != nil {
		return k, err
	}
	if k.Report.Read.After(p.To) {
		f.Hold(k.Report.Facts)
	}
	f.Narrative = k.Report.Narrative
	var months [][]report.Usage
	for _, m := range p.Months() {
		u, err := reg.o.Store.Sums.Usage(ctx, agency, m.From, m.After())
		if err != nil {
			return k, err
		}
		months = append(months, u)
	}
	k.Seen, k.Made = k.Made, reg.o.Now()
	k.Report = report.Make(p, k.Made, f, months)
	return k, nil
}

// reportFacts reads what held at the end of the period: who was a user then is told by dates, not by today's state.
func (reg ReportRegister) reportFacts(ctx context.Context, agency int64, p report.Period) (f report.Facts, err error) {
	now := reg.o.Now()
	x, err := reg.o.Store.Cases.Facts(ctx, agency, now)
	if err != nil {
		return f, err
	}
	i := x.Institution
	end := i.Zone.Begin(p.After()).Add(-time.Microsecond)
	if end.After(now) {
		end = now
	}
	if x, err = reg.o.Store.Cases.Facts(ctx, agency, end); err != nil {
		return f, err
	}
	f.Read, f.Code, f.Agency = i.Zone.Day(now), i.Code, i.Name
	if a := x.Agreement; a != nil {
		f.Agreement, f.SignedOn, f.EndsOn = a.ProviderNumber, a.SignedOn, x.Grant.LastDay(i.Zone)
	}
	h := x.Head()
	f.Head, f.HeadPosition = h.Name, h.Office()
	if x.Grant != nil && x.Grant.SPTJM != nil {
		f.SPTJM = x.Grant.SPTJM.SignedOn
	}
	for _, u := range x.Users {
		f.People = append(f.People, person(u, end, x.Today))
	}
	count := map[reader.State]int{}
	for _, r := range x.Readers {
		count[r.State]++
	}
	for _, s := range reader.States {
		f.Readers = append(f.Readers, report.Named{Name: s.Label(), N: count[s]})
	}
	if err := reg.dutiesOf(ctx, i, p, end, &f); err != nil {
		return f, err
	}
	b, err := reg.o.Store.Balikan.Reconciled(ctx, agency, p.From, p.After(), now)
	if err != nil {
		return f, err
	}
	f.Balikan, f.Overdue, f.Unmatched = b.Users, b.Overdue, b.Unmatched
	stops, err := reg.o.Store.Stops.Stops(ctx, agency)
	if err != nil {
		return f, err
	}
	within := func(at time.Time) bool { d := i.Zone.Day(at); return !d.Before(p.From) && !d.After(p.To) }
	for _, s := range stops {
		if within(s.At) {
			f.Stops++
		}
	}
	incidents, err := reg.o.Store.Incidents.Incidents(ctx, agency, false, 0, 1000)
	if err != nil {
		return f, err
	}
	for _, x := range incidents {
		if within(x.Known) {
			f.Incidents = append(f.Incidents, report.Named{Name: fmt.Sprintf("Nomor %d, %s: %s", x.ID,
				bahasa.Date(x.Known.In(i.Zone.Location())), incident.KindLabel(x.Kind)), N: x.People})
		}
	}
	return f, nil
}

func person(u party.User, at, day time.Time) report.Person {
	p := report.Person{ID: u.ID, Login: u.Login, Name: u.Name, Role: u.Role.Label(), NDAForm: u.NDAForm, NDA: u.NDASigned,
		State: "Belum aktif"}
	if u.NDASigned.After(day) {
		p.NDA, p.NDAForm = time.Time{}, ""
	}
	switch {
	case !u.Deactivated.IsZero() && !at.Before(u.Deactivated):
		p.State = "Nonaktif"
	case u.Active(at, day):
		p.State = "Aktif"
	}
	return p
}

func (reg ReportRegister) dutiesOf(ctx context.Context, i party.Institution, p report.Period, end time.Time, f *report.Facts) error {
	facts, err := reg.o.Store.Duties.DutyFacts(ctx, i.ID, end)
	if err != nil {
		return err
	}
	holidays, err := reg.o.Store.Calendar.Holidays(ctx)
	if err != nil {
		return err
	}
	known, day := slices.Clone(facts[i.ID]), i.Zone.Day(end)
	for n := range known {
		known[n].Evidence = slices.DeleteFunc(slices.Clone(known[n].Evidence), func(e obligation.Evidence) bool { return e.On.After(day) })
	}
	f.Duties = report.Owed(p, obligation.Duties(known, obligation.NewCalendar(holidays), day))
	return nil
}

// PDF prints a report by the office's template.
func (reg ReportRegister) PDF(ctx context.Context, r report.Report) ([]byte, error) {
	t, _, err := reg.o.Text(ctx, reportRule)
	if err != nil {
		return nil, err
	}
	return document.Render(t, reg.o.head(), fill(t, r.Values()), r.Made)
}

// XLSX is a report as a workbook. Its figures lead to the agency's own list of records, or to the provider's.
func (reg ReportRegister) XLSX(ctx context.Context, r report.Report, own bool) ([]byte, error) {
	t, _, err := reg.o.Text(ctx, layoutKey)
	if err != nil {
		return nil, err
	}
	layout, err := report.LoadLayout(t.Text)
	if err != nil {
		return nil, err
	}
	list := "/konsol/jurnal/" + r.Code
	if own {
		list = "/riwayat"
	}
	if reg.o.Details.URL == "" {
		return r.XLSX(layout, "")
	}
	return r.XLSX(layout, strings.TrimSuffix(reg.o.Details.URL, "/")+list)
}

// ErrNoDuty says that no agreement asks for the report.
var ErrNoDuty = told.Refuse("Laporan semester dapat dikirim sejak hari terakhir semester, selama ada perjanjian.")

// Keep keeps the narrative of a report that is not sent.
func (reg ReportRegister) Keep(ctx context.Context, agency int64, p report.Period, narrative map[string]string) error {
	return again(func() error {
		k, err := reg.Report(ctx, agency, p)
		if err != nil {
			return err
		}
		k.Report.Narrative = narrative
		return reg.o.Store.Reports.KeepDraft(ctx, k, nil, nil)
	})
}

// again tries a few times what somebody else, mostly the program itself, has got ahead of.
func again(keep func() error) (err error) {
	for range 3 {
		if err = keep(); !errors.Is(err, report.ErrMoved) {
			break
		}
	}
	return err
}

// Send freezes an agency's semester report, delivers it as evidence for its duty, and mails it to the provider (Juknis V.B). Only the
// head of the agency sends.
func (reg ReportRegister) Send(ctx context.Context, who Actor, agency int64, s obligation.Semester) error {
	return again(func() error { return reg.sendReport(ctx, who, agency, s) })
}

func (reg ReportRegister) sendReport(ctx context.Context, who Actor, agency int64, s obligation.Semester) error {
	if who.Role != party.HeadOfAgency {
		return procedure.ErrReadOnly
	}
	p := report.Semester(s)
	k, err := reg.Report(ctx, agency, p)
	if err != nil {
		return err
	}
	if !k.State.Open() {
		return report.ErrSent
	}
	now := reg.o.Now()
	x, err := reg.o.Store.Cases.Facts(ctx, agency, now)
	if err != nil {
		return err
	}
	facts, err := reg.o.Store.Duties.DutyFacts(ctx, agency, now)
	if err != nil {
		return err
	}
	// The calendar decides when it is due, and not whether it is.
	f, ok := reportDuty(obligation.Duties(facts[agency], obligation.NewCalendar(nil), x.Today), s)
	if !ok || x.Today.Before(p.To) {
		return ErrNoDuty
	}
	for _, q := range report.Questions {
		if strings.TrimSpace(k.Report.Narrative[q.Key]) == "" {
			return told.Wrong(q.Key, "Uraian “"+q.Label+"” harus diisi sebelum laporan dikirim.")
		}
	}
	pdf, err := reg.PDF(ctx, k.Report)
	if err != nil {
		return err
	}
	k.Sent, k.SentBy = now, who.User
	i := x.Institution
	title := "Laporan " + p.Words()
	e := procedure.Evidence{Agency: agency, Agreement: f.Agreement, Rule: reportRule, Period: s.String(), On: x.Today,
		Note: "Dibuat dan dikirim melalui Gapura", By: who.User, At: now}
	file := procedure.File{Agency: agency, Agreement: f.Agreement, Kind: reportRule, Title: title, Media: "application/pdf", By: who.User,
		At: now, Content: pdf}
	told := []procedure.Notice{
		{Agency: party.Provider, At: now, Text: i.Name + ": " + title + " telah dikirim dan menunggu pemeriksaan",
			Path: "/konsol/laporan/" + i.Code + "/" + s.String()},
		{Agency: agency, At: now, Text: title + " telah dikirim", Path: "/laporan/" + s.String()},
	}
	to, err := reg.o.Store.Institutions.Emails(ctx, party.Provider)
	if err != nil {
		return err
	}
	if reg.o.Details.Email != "" && !slices.Contains(to, reg.o.Details.Email) {
		to = append(to, reg.o.Details.Email)
	}
	mails := reg.o.mailsTo(to, now, i.Name+": "+title,
		"Terlampir "+title+" dari "+i.Name+".\n\n"+reg.o.link("/konsol/laporan/"+i.Code+"/"+s.String()))
	if err := reg.o.Store.Reports.SendReport(ctx, k, e, file, told, mails); err != nil {
		return err
	}
	reg.o.wake(len(mails) > 0)
	return nil
}

// Forward passes what was received for a rule and a period of an agency on to the Director General, within 10 working days of its receipt
// (PKS 8(4); Juknis V.E): by e-mail with the paper, or, when not by mail, noted as delivered on paper.
func (reg ReportRegister) Forward(ctx context.Context, who Actor, i party.Institution, rule, period string, byMail bool) error {
	s, err := obligation.ParseSemester(period)
	if err != nil || rule != reportRule && rule != "evaluasi" {
		return told.Refuse("Hanya laporan semester dan evaluasi yang diteruskan kepada Direktur Jenderal.")
	}
	e, found, err := reg.o.Store.Duties.Received(ctx, i.ID, rule, period)
	if err != nil {
		return err
	}
	what := map[string]string{reportRule: "Laporan", "evaluasi": "Evaluasi"}[rule] + " " + s.Words() + ", " + i.Name
	if !found {
		return told.Refuse(what + ": belum diterima, sehingga belum dapat diteruskan.")
	}
	now := reg.o.Now()
	var mails []notify.Mail
	if byMail {
		if reg.o.Details.Ministry == "" {
			return told.Refuse("Alamat surel Direktorat Jenderal belum diatur pada konfigurasi (ministry_email).")
		}
		if e.File == 0 {
			return told.Refuse(what + ": tidak ada berkas yang dapat dilampirkan.")
		}
		mails = reg.o.ministryMails(now, what, "Terlampir "+what+", kami teruskan sesuai Petunjuk Teknis angka V huruf E.")
		for n := range mails {
			mails[n].File = e.File
		}
	}
	ok, err := reg.o.Store.Duties.Forward(ctx, procedure.Forwarding{Evidence: e.ID, Agency: i.ID, Rule: rule, Period: period, At: now,
		By: who.User, Mailed: byMail}, mails)
	if err == nil && !ok {
		err = told.Refuse(what + ": sudah diteruskan.")
	}
	reg.o.wake(ok && byMail)
	return err
}

// draftReport makes the draft of a semester's report on its last day, or as soon after as the program runs, and tells the agency. Once more
// it is made when the semester is over: from then on the draft holds who was a user and what was owed at its end.
func (reg ReportRegister) draftReport(ctx context.Context, i party.Institution, duties []obligation.Duty, now, day time.Time) error {
	s := obligation.SemesterOf(day)
	if day.Before(s.Ends()) {
		s = s.Previous()
	}
	// none, or brought on paper, or by a report that was sent
	if d, ok := reportDuty(duties, s); !ok || d.State == obligation.Met || d.State == obligation.Waiting {
		return nil
	}
	p := report.Semester(s)
	before, found, err := reg.o.Store.Reports.KeptReport(ctx, i.ID, s.String())
	if err != nil || found && (!before.State.Open() || before.Report.Read.After(p.To) || !day.After(p.To)) {
		return err
	}
	k, err := reg.Report(ctx, i.ID, p)
	if err != nil {
		return err
	}
	if found {
		return unlessKept(reg.o.Store.Reports.KeepDraft(ctx, k, nil, nil))
	}
	text := "Draf laporan " + s.Words() + " telah dibuat. Lengkapi uraiannya, lalu kirim."
	mails, err := reg.o.mails(ctx, i.ID, now, "Draf laporan "+s.Words(), salutation(i, day)+"\n\n"+text+"\n\n"+reg.o.link(
		"/laporan/"+s.String()))
	if err != nil {
		return err
	}
	err = reg.o.Store.Reports.KeepDraft(ctx, k, []procedure.Notice{{Agency: i.ID, At: now, Text: text, Path: "/laporan/" + s.String()}},
		mails)
	reg.o.wake(err == nil && len(mails) > 0)
	return unlessKept(err)
}

// unlessKept leaves out that another process or the head has got ahead of the program.
func unlessKept(err error) error {
	if errors.Is(err, report.ErrSent) || errors.Is(err, report.ErrMoved) {
		return nil
	}
	return err
}

// reportDuty is the duty to report a semester; false when no agreement asks for it.
func reportDuty(duties []obligation.Duty, s obligation.Semester) (obligation.Duty, bool) {
	i := slices.IndexFunc(duties, func(d obligation.Duty) bool { return d.Rule.Key == reportRule && d.Period == s.String() })
	if i < 0 {
		return obligation.Duty{}, false
	}
	return duties[i], true
}
