package life

import (
	"slices"
	"time"
)

// The model of duties: each clause of the agreement that one side owes something by, with its day, written as the agreement says it.

// A clause is a row of the table of duties.
type clause struct {
	key, name, source string
	dinas             bool  // the Dinas owes it, else the agency
	periodic          bool  // owed for a period, whichever agreements lie in it
	warn              []int // days before on which people are reminded
}

var (
	month    = []int{30, 14, 7, 1}
	season   = []int{90, 60, 30, 14, 7, 1}
	halfYear = []int{180, 90, 60, 30, 14, 7, 1}
)

// clauses are what is owed, by the model's own short names.
var clauses = table(
	clause{"sptjm", "SPTJM penanggung jawab", "Juknis VI.D", false, false, month},
	clause{"nda", "NDA seluruh operator", "Juknis VI.E", false, false, month},
	clause{"teknis", "Penunjukan tenaga teknis", "PKS 2(2) huruf d", false, false, month},
	clause{"iso", "Sertifikat ISO/IEC 27001", "PKS 2(2) huruf i; Juknis II.E.3", false, false, month},
	clause{"pembaca", "Pembaca KTP-el", "PKS 2(2) huruf d; Juknis IV.A", false, false, month},
	clause{"sosialisasi", "Sosialisasi KTP-el dan IKD", "PKS 2(2) huruf f", false, true, month},
	clause{"laporan", "Laporan semester", "PKS 8(1); Juknis V.A sampai V.C", false, true, month},
	clause{"laporan-terus", "Penerusan laporan kepada Dirjen", "Juknis V.E", true, true, month},
	clause{"evaluasi", "Evaluasi semester", "PKS 8(2); Juknis V.D", true, true, month},
	clause{"evaluasi-terus", "Penerusan evaluasi kepada Dirjen", "PKS 8(4); Juknis V.E", true, true, month},
	clause{"pembaruan", "Pembaruan perjanjian setelah perubahan nama", "PKS 5 huruf b; Juknis VI.H", false, false, season},
	clause{"perpanjangan", "Permohonan perpanjangan", "PKS 4; Juknis VI.F", false, false, halfYear},
)

func table(rows ...clause) map[string]*clause {
	out := map[string]*clause{}
	for _, c := range rows {
		out[c.key] = &c
	}
	return out
}

// A paper is evidence that was delivered.
type paper struct {
	key, period string
	pact        *pact
	on          time.Time // day
	accepted    time.Time // instant; zero: it waits
}

// A passing is what the Director General was sent of a semester: its report, or its evaluation.
type passing struct {
	key, period string
	on          time.Time
}

// A duty as the model sees it on a day.
type duty struct {
	*clause
	pact      *pact
	period    string
	earlier   bool // of an agreement that is over
	from, due time.Time
	guess     bool // counted over days whose holidays no decree names yet
	met       bool
	waits     bool
}

// dutiesOf are an agency's duties on a day, those of earlier agreements too, the ones whose time has not come left out.
func (a *agency) dutiesOf(now, day time.Time) (out []duty) {
	decides := a.decides(now, day)
	for n, p := range a.pacts {
		phase := p.phase(now, day)
		works := p == decides && phase != over && phase != unsigned
		last := p.last(now, day)
		ended, closes := p.closes(now)
		if closes && ended.Before(last) {
			last = ended
		}
		add := func(key, period string, from, due time.Time, met bool) *duty {
			out = append(out, duty{clause: clauses[key], pact: p, period: period, earlier: !works, from: from, due: due, met: met})
			return &out[len(out)-1]
		}
		if works {
			a.statementOwed(p, now, day, add)
			if a.people > 0 { // everybody signs with the BAST
				add("nda", "", p.signed, p.signed, true)
			} else { // nobody to sign yet
				add("nda", "", p.signed, monthsAfter(p.signed, 1), false)
			}
			add("pembaca", "", p.signed, monthsAfter(p.signed, 12), a.reads(now))
			if !p.renewal.IsZero() {
				add("pembaruan", "", p.renewal.AddDate(-1, 0, 0), p.renewal, false)
			}
			if !closes {
				asked := !p.asked.IsZero() && !p.asked.After(day) && last.Equal(p.ends)
				add("perpanjangan", last.Format("2006-01"), monthsBefore(last, 6), monthsBefore(last, 2), asked)
			}
		}
		for _, once := range []struct {
			key    string
			months int
		}{{"teknis", 3}, {"iso", 6}} {
			if due := monthsAfter(p.signed, once.months); works || !due.After(last) {
				d := add(once.key, "", p.signed, due, false)
				for _, later := range a.pacts[n:] { // what is delivered under a later agreement makes up for it
					a.evidence(d, now, later)
				}
			}
		}
		end := last
		if day.Before(end) {
			end = day
		}
		for y := p.signed.Year(); y <= end.Year(); y++ {
			from, due := date(itoa(y)+"-01-01"), date(itoa(y)+"-12-31")
			if due.After(last) {
				due = last
			}
			if from.Before(p.signed) {
				from = p.signed
			}
			a.evidence(add("sosialisasi", itoa(y), from, due, false), now, nil)
		}
		for _, s := range semesters {
			if s.to.Before(p.signed) || s.from.After(end) {
				continue
			}
			a.evidence(counted(add("laporan", s.name, s.to, workdays(s.to, 10), false)), now, nil)
			a.evidence(counted(add("evaluasi", s.name, s.to, workdays(s.to, 30), false)), now, nil)
		}
		a.onward(p, "laporan", add)
		a.onward(p, "evaluasi", add)
	}
	return once(slices.DeleteFunc(out, func(d duty) bool { return day.Before(d.from) }))
}

// once leaves of what is owed for a period one, the earliest, whichever agreements lie in it.
func once(all []duty) (out []duty) {
	for _, d := range all {
		n := slices.IndexFunc(out, func(o duty) bool { return o.clause == d.clause && o.period == d.period })
		switch {
		case n < 0 || !d.periodic:
			out = append(out, d)
		case d.due.Before(out[n].due):
			out[n] = d
		}
	}
	return out
}

// statementOwed is the SPTJM: by the signing, or two weeks after a new head began; a new one is due when the one in force ends, of which
// people are warned a month before.
func (a *agency) statementOwed(p *pact, now, day time.Time, add func(string, string, time.Time, time.Time, bool) *duty) {
	who, since := a.headOn(day)
	until := a.leaves(who, p)
	due := p.signed
	if since.After(p.signed) {
		due = since.AddDate(0, 0, 14)
	}
	met := false
	for _, s := range p.statements {
		if s.head != who || s.on.After(day) {
			continue
		}
		ends := p.last(now, day)
		x := p.extended
		switch signed := x != nil && !now.Before(x.recorded); {
		case signed && !s.afterSigning:
			ends = x.signed
		case s.forExtension && !signed:
			ends = time.Time{} // until the addendum is signed, whenever that is
		}
		if !until.IsZero() && (ends.IsZero() || until.Before(ends)) {
			ends = until
		}
		if met = true; !ends.IsZero() && !day.Before(ends.AddDate(0, 0, -30)) {
			due, met = ends, false
		} else if due = p.signed; since.After(p.signed) {
			due = since.AddDate(0, 0, 14)
		}
	}
	add("sptjm", "", p.signed, due, met)
}

// leaves is the last day of who acts for a while, when nobody who has signed comes then.
func (a *agency) leaves(who string, p *pact) (until time.Time) {
	for _, h := range a.heads {
		if h.name == who {
			until = h.until
		}
	}
	if next, _ := a.headOn(until.AddDate(0, 0, 1)); until.IsZero() || slices.ContainsFunc(p.statements, func(s statement) bool {
		return s.head == next
	}) {
		return time.Time{}
	}
	return until
}

// evidence marks a duty that a paper was delivered for; under a certain agreement, or under any.
func (a *agency) evidence(d *duty, now time.Time, under *pact) {
	for _, e := range a.papers {
		if e.key != d.key || e.period != d.period || under != nil && e.pact != under {
			continue
		}
		if !e.accepted.IsZero() && !now.Before(e.accepted) {
			d.met = true
		} else {
			d.waits = true
		}
	}
}

// onward are the duties to pass on what came in, ten working days after it came.
func (a *agency) onward(p *pact, of string, add func(string, string, time.Time, time.Time, bool) *duty) {
	for _, e := range a.papers {
		if e.key != of || e.pact != p {
			continue
		}
		met := slices.ContainsFunc(a.passedOn, func(s passing) bool { return s.key == of && s.period == e.period && !s.on.Before(e.on) })
		counted(add(of+"-terus", e.period, e.on, workdays(e.on, 10), met))
	}
}

// counted marks a day that was counted into a year whose holidays are a guess.
func counted(d *duty) *duty {
	d.guess = d.due.Year() > decreed
	return d
}

// state is the word for it on a day.
func (d *duty) state(day time.Time) string {
	switch {
	case d.met:
		return "Terpenuhi"
	case d.waits:
		return "Bukti diperiksa"
	case day.After(d.due):
		return "Terlambat"
	case !day.Before(d.due.AddDate(0, 0, -30)):
		return "Segera"
	}
	return "Berjalan"
}
