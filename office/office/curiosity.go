package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/access/snooping"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/curiosity"
	"gapura/office/procedure"
	"gapura/person/nik"
)

// CuriosityOf is what the evening's runs read and keep.
type Curiosity interface {
	// Past is an agency's lookups of persons by its officers between two instants, with what may explain them.
	Past(ctx context.Context, i party.Institution, from, to time.Time) (curiosity.Past, error)
	LastRun(ctx context.Context, agency int64) (time.Time, error)
	// Waiting are the places of questions that nobody has answered.
	Waiting(ctx context.Context, agency int64) ([]int64, error)
	// KeepRun keeps a run with its questions and cases and tells people, in one transaction; false when it was kept before.
	KeepRun(ctx context.Context, r curiosity.Run, told []procedure.Notice, mails []notify.Mail) (bool, error)
	Choice(ctx context.Context, agency int64) (snooping.Choice, error)
	// Drawn reports whether a lookup that is explained is asked about by chance.
	Drawn(id journal.ID) bool
	CuriosityCase(ctx context.Context, id int64) (curiosity.Case, bool, error)
	TakeCuriosity(ctx context.Context, c journal.Change, x *curiosity.Case, state curiosity.State, e curiosity.Entry,
		told []procedure.Notice, mails []notify.Mail) error
}

// A CuriosityRegister is the way in to the evening's runs and what comes of them.
type CuriosityRegister struct{ o *Office }

// CuriosityOf is an office's.
func CuriosityOf(o *Office) CuriosityRegister { return CuriosityRegister{o} }

// Run holds the evening's run of every agency whose time has come, at once and then every so often, until ctx ends.
func (reg CuriosityRegister) Run(ctx context.Context, every time.Duration, failed func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		if err := reg.Evening(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Evening judges for each agency the days that no run has judged yet, up to the last 17.00 of the agency's day: of a machine that slept,
// each evening's run is made up for. A fault with one agency does not hold up the others.
func (reg CuriosityRegister) Evening(ctx context.Context) error {
	all, err := reg.o.Store.Rights.Everyone(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, st := range all {
		if err := reg.evening(ctx, st.Institution, reg.o.Now()); err != nil {
			errs = append(errs, fmt.Errorf("evening's run of %s: %w", st.Institution.Code, err))
		}
	}
	return errors.Join(errs...)
}

// ends is the instant at which the run of a day takes what has come.
func ends(z party.Zone, day time.Time) time.Time {
	return z.Begin(day).Add(snooping.Closes * time.Hour)
}

func (reg CuriosityRegister) evening(ctx context.Context, i party.Institution, now time.Time) error {
	s := reg.o.Store.Curiosity
	today := i.Zone.Day(now)
	if now.Before(ends(i.Zone, today)) {
		today = today.AddDate(0, 0, -1)
	}
	last, err := s.LastRun(ctx, i.ID)
	if err != nil || !last.Before(today) {
		return err
	}
	if last.IsZero() {
		last = today.AddDate(0, 0, -1) // nobody is asked about what lies before the first run
	}
	runs := map[time.Time]*curiosity.Run{}
	for d := last.AddDate(0, 0, 1); !d.After(today); d = d.AddDate(0, 0, 1) {
		runs[d] = &curiosity.Run{Agency: i.ID, Day: d, At: now}
	}
	fresh, err := s.Past(ctx, i, ends(i.Zone, last), ends(i.Zone, today))
	if err != nil {
		return err
	}
	waiting, err := s.Waiting(ctx, i.ID)
	if err != nil {
		return err
	}
	if len(fresh.Lookups) > 0 || len(waiting) > 0 {
		if err := reg.judge(ctx, i, today, runs, waiting); err != nil {
			return err
		}
	}
	for d := last.AddDate(0, 0, 1); !d.After(today); d = d.AddDate(0, 0, 1) {
		if err := reg.keep(ctx, i, *runs[d]); err != nil {
			return err
		}
	}
	return nil
}

// judge replays what the Judge remembers, and gathers what the runs that are not kept yet found, and which of the waiting questions are
// explained since.
func (reg CuriosityRegister) judge(ctx context.Context, i party.Institution, today time.Time, runs map[time.Time]*curiosity.Run,
	waiting []int64) error {
	s := reg.o.Store.Curiosity
	from := today.Add(-snooping.Memory)
	past, err := s.Past(ctx, i, ends(i.Zone, from), ends(i.Zone, today))
	if err != nil {
		return err
	}
	choice, err := s.Choice(ctx, i.ID)
	if err != nil {
		return err
	}
	snooping.Replay(choice.Settings(past.Officers), past.Who, past.Services, past.Lookups, func(n int, v snooping.Verdict) {
		l, seq := past.Lookups[n], past.Seqs[n]
		r := runs[snooping.RunOf(l.At)]
		if r == nil {
			if v.Explained && slices.Contains(waiting, seq) {
				runs[today].Settled = append(runs[today].Settled, seq)
			}
			return
		}
		r.Lookups++
		q := curiosity.Question{ID: journal.ID{Log: i.ID, Seq: seq}, Run: r.Day, User: l.User, At: l.At, NIK: l.NIK}
		if v.Explained {
			if r.Explained++; !s.Drawn(q.ID) {
				return
			}
			q.Sample, q.By = true, v.Explanation.Kind
		} else {
			f := v.Finding
			q.Alert, q.Score, q.Rules, q.Repeats = f.Action == snooping.Alert, f.Score, f.Rules, f.Repeats
		}
		r.Questions = append(r.Questions, q)
	})
	return nil
}

// keep writes a run and tells who is asked, the agency's head, and of alerts the office.
func (reg CuriosityRegister) keep(ctx context.Context, i party.Institution, r curiosity.Run) error {
	o := reg.o
	if len(r.Questions) == 0 {
		_, err := o.Store.Curiosity.KeepRun(ctx, r, nil, nil)
		return err
	}
	x, err := o.Store.Cases.Facts(ctx, i.ID, r.At)
	if err != nil {
		return err
	}
	var order []int64
	asked, persons := map[int64]int{}, map[int64]map[nik.NIK]bool{}
	alerts := 0
	for _, q := range r.Questions {
		if asked[q.User]++; asked[q.User] == 1 {
			order, persons[q.User] = append(order, q.User), map[nik.NIK]bool{}
		}
		if q.Alert && !persons[q.User][q.NIK] {
			persons[q.User][q.NIK] = true
			alerts++
		}
	}
	var names []string
	var mails []notify.Mail
	day := bahasa.Date(r.Day)
	for _, id := range order {
		n := slices.IndexFunc(x.Users, func(u party.User) bool { return u.ID == id })
		if n < 0 {
			continue
		}
		u := x.Users[n]
		names = append(names, fmt.Sprintf("%s (%s)", u.Login, bahasa.Number(asked[id])))
		if u.Email != "" {
			mails = append(mails, o.mailsTo([]string{u.Email}, r.At, "Pencarian yang perlu dijelaskan",
				fmt.Sprintf("Yth. %s\n\n%s pencarian dengan User ID %s sampai %s pukul 17.00 perlu Anda jelaskan: untuk layanan apa "+
					"data itu "+
					"diminta.\n\n%s", u.Name, bahasa.Number(asked[id]), u.Login, day, o.link("/pertanyaan")))...)
		}
	}
	text := fmt.Sprintf("Pencarian yang perlu dijelaskan sampai %s pukul 17.00: %s", day, strings.Join(names, ", "))
	told := []procedure.Notice{{Agency: i.ID, At: r.At, Text: text, Path: "/pertanyaan"}}
	own, err := o.mails(ctx, i.ID, r.At, "Pencarian yang perlu dijelaskan", salutation(i, r.Day)+"\n\n"+text+".\n\nPetugas telah diminta "+
		"menjelaskan pencariannya.\n\n"+o.link("/pertanyaan"))
	if err != nil {
		return err
	}
	mails = append(mails, own...)
	if alerts > 0 {
		text := fmt.Sprintf("%s: %s peringatan pencarian tanpa dasar pada %s", i.Name, bahasa.Number(alerts), day)
		told = append(told, procedure.Notice{Agency: party.Provider, At: r.At, Text: text, Path: "/konsol/tanpa-dasar"})
	}
	kept, err := o.Store.Curiosity.KeepRun(ctx, r, told, mails)
	o.wake(kept && len(mails) > 0)
	return err
}

// Try holds a choice of rules against an agency's past 90 days.
func (reg CuriosityRegister) Try(ctx context.Context, i party.Institution, c snooping.Choice) (snooping.Trial, error) {
	if err := c.Check(); err != nil {
		return snooping.Trial{}, err
	}
	now := reg.o.Now()
	p, err := reg.o.Store.Curiosity.Past(ctx, i, now.Add(-snooping.Memory), now)
	if err != nil || len(p.Lookups) == 0 {
		return snooping.Trial{}, err
	}
	return snooping.Try(c.Settings(p.Officers), p.Who, p.Services, p.Lookups), nil
}

// Take adds a line to a case that the caller saw with so many lines.
func (reg CuriosityRegister) Take(ctx context.Context, who Actor, id int64, saw int, e curiosity.Entry) error {
	o := reg.o
	c, found, err := o.Store.Curiosity.CuriosityCase(ctx, id)
	if err != nil {
		return err
	}
	if !found {
		return told.Wrong("", "Perkara tidak ditemukan.")
	}
	if len(c.Entries) != saw {
		return curiosity.ErrMoved
	}
	now := o.Now()
	x, err := o.Store.Cases.Facts(ctx, c.Agency, now)
	if err != nil {
		return err
	}
	people := slices.Concat(x.Staff, x.Users)
	same := func(a, b int64) bool {
		one := slices.IndexFunc(people, func(u party.User) bool { return u.ID == a })
		two := slices.IndexFunc(people, func(u party.User) bool { return u.ID == b })
		return a == b || one >= 0 && two >= 0 && party.SamePerson(people[one], people[two])
	}
	e.At, e.By, e.Text = now, who.User, strings.TrimSpace(e.Text)
	if e.Act == curiosity.ActClose {
		if p := c.Proposal(); p != nil {
			e.Finding = p.Finding
		}
	}
	state, err := c.Take(e, same)
	if err != nil {
		return err
	}
	var notices []procedure.Notice
	var mails []notify.Mail
	path := fmt.Sprintf("/konsol/tanpa-dasar/%d", c.ID)
	name := fmt.Sprintf("Pencarian tanpa dasar %d (%s)", c.ID, c.AgencyName)
	switch state {
	case curiosity.Proposed:
		notices = append(notices, procedure.Notice{Agency: party.Provider, At: now, Text: name + ": hasil pemeriksaan menunggu penutupan",
			Path: path})
	case curiosity.Closed:
		text := fmt.Sprintf("Pemeriksaan pencarian oleh User ID %s ditutup: %s", c.Login, strings.ToLower(e.Finding.Label()))
		notices = append(notices, procedure.Notice{Agency: c.Agency, At: now, Text: text, Path: "/pertanyaan"},
			procedure.Notice{Agency: party.Provider, At: now, Text: name + " ditutup: " + strings.ToLower(e.Finding.Label()), Path: path})
		if mails, err = o.mails(ctx, c.Agency, now, "Pemeriksaan pencarian ditutup", text+".\n\n"+o.link("/pertanyaan")); err != nil {
			return err
		}
	}
	err = o.Store.Curiosity.TakeCuriosity(ctx, journal.Change{At: now, By: who.User, Reason: "PKS 2(2) huruf g"}, &c, state, e, notices,
		mails)
	o.wake(err == nil && len(mails) > 0)
	return err
}
