package office

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/bahasa"
	"gapura/internal/notify"
	"gapura/office/procedure"
)

// A Reminder is sent once for a duty and a threshold.
type Reminder struct {
	Agreement    int64
	Rule, Period string
	Threshold    int
	At           time.Time
	Notices      []procedure.Notice
	Mails        []notify.Mail
}

// Look sends the reminders that are due and deactivates readers whose agreement has ended (E8). What is due follows from the data, never
// from a tick that was slept through; running it twice sends nothing twice. It goes on after a fault with one agency and returns all
// faults.
func (o *Office) Look(ctx context.Context) error {
	all, err := o.Store.Rights.Everyone(ctx)
	if err != nil {
		return err
	}
	now := o.Now()
	facts, err := o.Store.Duties.DutyFacts(ctx, now)
	if err != nil {
		return err
	}
	holidays, err := o.Store.Calendar.Holidays(ctx)
	if err != nil {
		return err
	}
	calendar := obligation.NewCalendar(holidays)
	errs := []error{o.remindIncidents(ctx, now)}
	for _, st := range all {
		day := st.Institution.Zone.Day(now)
		if f, ok := facts[st.Institution.ID]; ok {
			for _, d := range obligation.Duties(f, calendar, day) {
				errs = append(errs, o.remind(ctx, st, f, d, now, day))
			}
			errs = append(errs, o.draftReport(ctx, st, f, now, day))
		}
		errs = append(errs, o.remindBalikan(ctx, st, now, day))
		g, ok := agreement.Current(st.Agreements, now, day)
		if ok && (g.State == agreement.Ended || g.State == agreement.Terminated) {
			errs = append(errs, o.endReaders(ctx, st.Institution, g.Agreement, now, day))
		}
	}
	return errors.Join(errs...)
}

func (o *Office) remind(ctx context.Context, st access.Standing, f obligation.Facts, d obligation.Duty, now, day time.Time) error {
	threshold, due := d.Threshold(day)
	if !due || d.State == obligation.Met || d.State == obligation.Waiting {
		return nil
	}
	i := st.Institution
	when := fmt.Sprintf("jatuh tempo %s", bahasa.Date(d.Due))
	if threshold < 0 {
		when = "telah lewat jatuh tempo " + bahasa.Date(d.Due)
	}
	name := d.Rule.Name
	if d.Period != "" {
		name += " " + d.Period
	}
	r := Reminder{Agreement: f.Agreement, Rule: d.Rule.Key, Period: d.Occasion(), Threshold: threshold, At: now}
	text := fmt.Sprintf("%s: %s (%s)", name, when, d.Rule.Clause)
	r.Notices = append(r.Notices, procedure.Notice{Agency: party.Provider, At: now, Text: i.Name + ": " + text, Path: "/konsol/kewajiban/" +
		i.Code})
	if d.Rule.Party != "provider" {
		path := "/kewajiban"
		if d.Rule.Key == reportRule {
			path = "/laporan/" + d.Period
		}
		r.Notices = append(r.Notices, procedure.Notice{Agency: i.ID, At: now, Text: text, Path: path})
		mails, err := o.mails(ctx, i.ID, now, "Pengingat kewajiban: "+name, strings.Join([]string{
			"Yth. " + i.Head.Position, "", "Kewajiban berikut " + when + ":", "", name, "Dasar: " + d.Rule.Clause, "", o.link(path),
		}, "\n"))
		if err != nil {
			return err
		}
		r.Mails = mails
	}
	// The provider is told by mail too: of its own duties, of what is overdue, and of extensions, which concern both sides (E3).
	if d.Rule.Party == "provider" || threshold < 0 || d.Rule.Key == "perpanjangan" {
		mails, err := o.mails(ctx, party.Provider, now, i.Name+": "+name, i.Name+"\n"+text+"\n\n"+o.link("/konsol/kewajiban/"+i.Code))
		if err != nil {
			return err
		}
		r.Mails = append(r.Mails, mails...)
	}
	sent, err := o.Store.Duties.Remind(ctx, r)
	o.wake(sent && len(r.Mails) > 0)
	return err
}

// remindBalikan tells an agency once a week how many looked-up persons are without data balikan after their days (F3).
func (o *Office) remindBalikan(ctx context.Context, st access.Standing, now, day time.Time) error {
	n, err := o.Store.Balikan.Overdue(ctx, st.Institution.ID, now)
	if err != nil || n == 0 {
		return err
	}
	i := st.Institution
	year, week := day.ISOWeek()
	// Marked by the agency instead of an agreement: what is owed outlives it.
	r := Reminder{Agreement: i.ID, Rule: "data-balikan", Period: fmt.Sprintf("%d-%02d", year, week), At: now}
	text := fmt.Sprintf("Data balikan belum disampaikan untuk %s orang yang datanya telah dilihat, dan batas waktunya telah lewat (PKS "+
		"3(1) huruf b)", bahasa.Number(n))
	r.Notices = []procedure.Notice{
		{Agency: party.Provider, At: now, Text: i.Name + ": " + text, Path: "/konsol/balikan/" + i.Code}, {Agency: i.ID, At: now,
			Text: text, Path: "/balikan"},
	}
	if r.Mails, err = o.mails(ctx, i.ID, now, "Data balikan belum lengkap",
		"Yth. "+i.Head.Position+"\n\n"+text+".\nKirimkan data balikan, atau catat alasannya.\n\n"+o.link("/balikan")); err != nil {
		return err
	}
	sent, err := o.Store.Duties.Remind(ctx, r)
	o.wake(sent && len(r.Mails) > 0)
	return err
}

// endReaders takes the first step of the return of SAM cards for every reader that still works, with its BAST (PKS 9(4), Juknis IV.H).
// Of several processes one does it; after a crash in between, the next day's look does.
func (o *Office) endReaders(ctx context.Context, i party.Institution, agreement int64, now, day time.Time) error {
	x, err := o.Store.Cases.Facts(ctx, i.ID, now)
	if err != nil {
		return err
	}
	var serials []string
	for _, r := range x.Readers {
		if r.State.May(reader.Deactivated) {
			serials = append(serials, r.Serial)
		}
	}
	if len(serials) == 0 {
		return nil
	}
	first, err := o.Store.Duties.Remind(ctx, Reminder{Agreement: agreement, Rule: "akhir-pembaca", Period: day.Format(time.DateOnly),
		At: now})
	if err != nil || !first {
		return err
	}
	program := Actor{Role: party.Operator}
	id, err := o.Open(ctx, program, i.ID, "sam")
	if err != nil {
		return err
	}
	_, err = o.Take(ctx, program, id, 0, procedure.Input{Values: map[string]string{"nomor_seri": strings.Join(serials, "\n")}}, nil)
	return err
}

// Run looks at once and then every so often until ctx ends.
func (o *Office) Run(ctx context.Context, every time.Duration, failed func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		if err := o.Look(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
