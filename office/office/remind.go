package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/notify"
	"gapura/office/procedure"
)

// A ReminderRegister tells both sides what is due, and what has happened that somebody must know.
type ReminderRegister struct{ o *Office }

// RemindersOf is an office's.
func RemindersOf(o *Office) ReminderRegister { return ReminderRegister{o} }

// A Reminder is what people are told of marks that were not told of before. With Once it is told at most once for that mark, however many
// others come later.
type Reminder struct {
	Once  Mark
	Marks []Mark
	At    time.Time
}

// A Mark remembers that something was said: of an agreement, an agency or an incident, about a rule, for a period, at a threshold.
type Mark struct {
	Of           int64
	Rule, Period string
	Threshold    int
}

// Look sends the reminders that are due, revises guidelines, and deactivates readers whose agreement has ended (E8). What is due follows
// from the data, never from a tick that was slept through; running it twice sends nothing twice. It goes on after a fault with one agency
// and returns all faults.
func (reg ReminderRegister) Look(ctx context.Context) error {
	all, err := reg.o.Store.Rights.Everyone(ctx)
	if err != nil {
		return err
	}
	now := reg.o.Now()
	facts, err := reg.o.Store.Duties.DutyFacts(ctx, 0, now)
	if err != nil {
		return err
	}
	holidays, err := reg.o.Store.Calendar.Holidays(ctx)
	if err != nil {
		return err
	}
	calendar := obligation.NewCalendar(holidays)
	errs := []error{reg.o.remindIncidents(ctx, now), reg.remindCases(ctx, now), reg.warnQuotas(ctx, now),
		reg.o.Store.Cases.DropTypedBefore(ctx,
			now.Add(-procedure.TypedLife))}
	var staff []line
	for _, st := range all {
		i := st.Institution
		day := i.Zone.Day(now)
		duties := obligation.Duties(facts[i.ID], calendar, day)
		lines := dutyLines(i, duties, day)
		owed, err := reg.balikanLine(ctx, i, now, day)
		lines = append(lines, owed...)
		errs = append(errs, err, reg.remindAgency(ctx, i, lines, now, day), ReportsOf(reg.o).draftReport(ctx, i, duties, now, day),
			ManuscriptsOf(reg.o).revise(ctx, st, now, occasion{reason: "Ketentuan, aplikasi, atau narahubung berubah"}))
		staff = append(staff, lines...)
		g, ok := agreement.Current(st.Agreements, now, day)
		if ok && over(st.Agreements, g, now, day) {
			errs = append(errs, reg.endReaders(ctx, i, g.Agreement, now, day))
		}
	}
	errs = append(errs, reg.remindStaff(ctx, staff, now))
	return errors.Join(errs...)
}

// over reports whether it is clear that an agreement is over: it was terminated, or has ended and nobody waits for a decision on its
// extension (E8).
func over(all []agreement.Agreement, g *agreement.Grant, now, day time.Time) bool {
	n := slices.IndexFunc(all, func(a agreement.Agreement) bool { return a.ID == g.Agreement })
	return g.State == agreement.Terminated || g.State == agreement.Ended && !all[n].Undecided(now, day)
}

// endReaders takes the first step of the return of SAM cards for every reader that still works, with its BAST (PKS 9(4), Juknis IV.H).
// Of several processes one does it; after a crash in between, the next day's look does.
func (reg ReminderRegister) endReaders(ctx context.Context, i party.Institution, agreement int64, now, day time.Time) error {
	x, err := reg.o.Store.Cases.Facts(ctx, i.ID, now)
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
	first, err := reg.o.Store.Duties.Remind(ctx, Reminder{Marks: []Mark{{Of: agreement, Rule: "akhir-pembaca",
		Period: day.Format(time.DateOnly)}}, At: now}, nothing)
	if err != nil || !first {
		return err
	}
	program := Actor{Role: party.Operator}
	id, err := reg.o.Open(ctx, program, i.ID, "sam")
	if err != nil {
		return err
	}
	_, err = reg.o.Take(ctx, program, id, 0, procedure.Input{Values: map[string]string{"nomor_seri": strings.Join(serials, "\n")}}, nil)
	return err
}

// Run looks at once and then every so often until ctx ends.
func (reg ReminderRegister) Run(ctx context.Context, every time.Duration, failed func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		if err := reg.Look(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// caseSoon is how long before the end of a case's hours the office is reminded.
const caseSoon = 24 * time.Hour

// remindCases tells the office of cases whose hours run out or have run out, each once.
func (reg ReminderRegister) remindCases(ctx context.Context, now time.Time) error {
	var errs []error
	for before := int64(0); ; {
		list, err := reg.o.Store.Cases.Cases(ctx, -1, procedure.Open, before, 100)
		if err != nil || len(list) == 0 {
			return errors.Join(append(errs, err)...)
		}
		for _, r := range list {
			errs = append(errs, reg.remindCase(ctx, r, now))
		}
		before = list[len(list)-1].ID
	}
}

func (reg ReminderRegister) remindCase(ctx context.Context, r procedure.CaseRow, now time.Time) error {
	p, known := procedure.Find(reg.o.Procedures, r.Procedure)
	if !known {
		return nil
	}
	due, runs := p.Due(r.Opened)
	if !runs || now.Before(due.Add(-caseSoon)) {
		return nil
	}
	text, threshold := fmt.Sprintf("%s (berkas %d): paling lambat %s", p.Name, r.ID, moment(due, party.WIB)), 24
	if now.After(due) {
		text, threshold = fmt.Sprintf("%s (berkas %d): batas waktu telah lewat pada %s", p.Name, r.ID, moment(due, party.WIB)), -1
	}
	path := fmt.Sprintf("/konsol/berkas/%d", r.ID)
	mails, err := reg.o.mails(ctx, party.Provider, now, p.Name+" menunggu jawaban", text+".\n\n"+reg.o.link(path))
	if err != nil {
		return err
	}
	sent, err := reg.o.Store.Duties.Remind(ctx, Reminder{Marks: []Mark{{Of: r.ID, Rule: "berkas", Threshold: threshold}}, At: now},
		func([]int) ([]procedure.Notice, []notify.Mail) {
			return []procedure.Notice{{Agency: party.Provider, At: now, Text: text, Path: path}}, mails
		})
	reg.o.wake(sent && len(mails) > 0)
	return err
}
