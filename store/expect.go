package store

import (
	"context"
	"fmt"
	"slices"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/exchange/balikan"
	"gapura/store/sqldb"
)

// The states of an expectation, and of an answer; the last is an answer's alone.
const (
	stateOpen      = 0
	stateMet       = 1
	stateExcused   = 2
	stateForgotten = 3
)

// An owed is an expectation during a step.
type owed struct {
	sqldb.Expectation
	fresh, changed bool
}

// expecting is what a step knows of expectations: those of its persons by their order, and those that an answer names.
type expecting struct {
	persons map[int64][]*owed
	at      map[int64]*owed
	fresh   []*owed
	sums    totals
}

// expect takes a step's lookups and answers into the expectations, in the order in which they came.
func (s *Derived) expect(ctx context.Context, q *sqldb.Queries, b *batch, standing *access.Standing) error {
	x, err := s.expecting(ctx, q, b)
	if err != nil {
		return err
	}
	answers := b.answers
	for _, r := range b.records {
		for len(answers) > 0 && answers[0].Place <= r.Seq {
			x.answer(&answers[0])
			answers = answers[1:]
		}
		if r.owes != 0 && lookedUpBy(r.Outcome) {
			if err := x.lookup(b.head.ID, &r, standing, func() (string, error) {
				return s.db.Journal.openReference(ctx, b.head.ID, r.RecordsToFillRow)
			}); err != nil {
				return err
			}
		}
	}
	for n := range answers {
		x.answer(&answers[n])
	}
	return x.write(ctx, q, s.db.derive)
}

// expecting reads what a step needs.
func (s *Derived) expecting(ctx context.Context, q *sqldb.Queries, b *batch) (*expecting, error) {
	x := &expecting{persons: map[int64][]*owed{}, at: map[int64]*owed{}, sums: totals{}}
	add := func(e sqldb.Expectation, fresh bool) *owed {
		if x.at[e.Seq] == nil {
			o := &owed{Expectation: e, fresh: fresh}
			x.at[e.Seq] = o
			if e.NikPlace != 0 {
				x.persons[e.NikPlace] = append(x.persons[e.NikPlace], o)
			}
		}
		return x.at[e.Seq]
	}
	for _, r := range b.records {
		if r.owes != 0 {
			x.persons[r.owes] = nil
		}
	}
	for _, a := range b.answers {
		if len(a.NikIndex) > 0 {
			x.persons[place(a.NikIndex)] = nil
		}
	}
	persons := make([]int64, 0, len(x.persons))
	for p := range x.persons {
		persons = append(persons, p)
	}
	slices.Sort(persons)
	list, err := s.db.derive.ExpectationsOf(ctx, q, b.head.ID, persons)
	if err != nil {
		return nil, fmt.Errorf("read expectations: %w", err)
	}
	for _, e := range list {
		add(e, false)
	}
	seqs := func(seq int64) error {
		if x.at[seq] != nil {
			return nil
		}
		e, err := q.ExpectationAt(ctx, sqldb.ExpectationAtParams{AgencyID: b.head.ID, Seq: seq})
		ok, err := foundRow(err, "expectation")
		if ok {
			add(e, false)
		}
		return err
	}
	for _, a := range b.answers {
		if a.Seq >= 0 {
			if err := seqs(a.Seq); err != nil {
				return nil, err
			}
		}
	}
	for _, k := range b.kept {
		if err := seqs(k.Seq); err != nil {
			return nil, err
		}
		e := sqldb.Expectation{AgencyID: k.AgencyID, Seq: k.Seq, OpenedUs: k.OpenedUs, DueUs: k.DueUs, UserID: k.UserID,
			Reference: k.Reference,
			Month:     k.Month, State: k.State, ClosedUs: k.ClosedUs, ClosedPlace: k.ClosedPlace, ClosedBy: k.ClosedBy, Reason: k.Reason}
		if len(k.NikIndex) > 0 {
			e.NikPlace = place(k.NikIndex)
		}
		o := add(e, true)
		if o.fresh {
			x.fresh = append(x.fresh, o)
			x.count(o)
		} else if o.NikPlace != e.NikPlace { // its person is forgotten
			x.persons[o.NikPlace] = slices.DeleteFunc(x.persons[o.NikPlace], func(p *owed) bool { return p == o })
			o.NikPlace = e.NikPlace
			x.fresh = append(x.fresh, o)
		}
	}
	for _, list := range x.persons {
		slices.SortFunc(list, func(a, b *owed) int { return int(a.Seq - b.Seq) })
	}
	return x, nil
}

// count adds a whole expectation to the sums.
func (x *expecting) count(o *owed) {
	t := x.sums.of(o.AgencyID, o.UserID, o.Month)
	t.Opened++
	switch o.State {
	case stateExcused:
		t.Excused++
	case stateMet:
		t.Met++
		if o.ClosedUs >= o.DueUs {
			t.Late++
		}
	}
}

// lookup opens an expectation for a person who was found, unless an earlier one covers it. What is owed is by what was known then, so that
// the same comes of it whenever it is taken in. The reference is opened for those alone that need it.
func (x *expecting) lookup(log int64, r *filled, standing *access.Standing, reference func() (string, error)) error {
	list := x.persons[r.owes]
	n := len(list)
	for n > 0 && list[n-1].Seq > r.Seq {
		n--
	}
	at := instant(r.AtUs)
	if n > 0 {
		if last := list[n-1]; last.Seq == r.Seq || last.State == stateOpen || last.ClosedPlace > r.Seq {
			return nil // it is this one's, or still waits
		}
	}
	if x.at[r.Seq] != nil {
		return nil // kept, without its person
	}
	same, err := reference()
	if err != nil || n > 0 && balikan.Covers(false, instant(list[n-1].DueUs), list[n-1].Reference, at, same) {
		return err
	}
	zone := standing.Institution.Zone
	day := zone.Day(at)
	terms := agreement.Owed(agreement.Believed(standing.Agreements, at), at, day)
	o := &owed{fresh: true, Expectation: sqldb.Expectation{
		AgencyID: log, Seq: r.Seq, NikPlace: r.owes, OpenedUs: r.AtUs, DueUs: micros(zone.Begin(day.AddDate(0, 0, terms.Days+1))),
		UserID: r.UserID, Reference: same, Month: day.Format("2006-01"),
	}}
	x.at[r.Seq], x.fresh = o, append(x.fresh, o)
	x.persons[r.owes] = slices.Insert(list, n, o)
	x.sums.of(log, o.UserID, o.Month).Opened++
	return nil
}

// answer closes what is open before its place.
func (x *expecting) answer(a *sqldb.Answer) {
	if a.State == stateForgotten {
		return
	}
	list := x.persons[0]
	if a.Seq >= 0 {
		if o := x.at[a.Seq]; o != nil {
			list = []*owed{o}
		}
	} else {
		list = x.persons[place(a.NikIndex)]
	}
	for _, o := range list {
		if o.State != stateOpen || o.Seq >= a.Place {
			continue
		}
		o.State, o.ClosedUs, o.ClosedPlace, o.ClosedBy, o.Reason, o.changed = a.State, a.AtUs, a.Place, a.ByUser, a.Reason, true
		t := x.sums.of(o.AgencyID, o.UserID, o.Month)
		if a.State == stateExcused {
			t.Excused++
			continue
		}
		t.Met++
		if a.AtUs >= o.DueUs {
			t.Late++
		}
	}
}

func (x *expecting) write(ctx context.Context, q *sqldb.Queries, d sqldb.Derive) error {
	rows := make([]sqldb.InsertExpectationParams, len(x.fresh))
	for i, o := range x.fresh {
		rows[i] = sqldb.InsertExpectationParams(o.Expectation)
	}
	if err := d.InsertExpectations(ctx, q, rows); err != nil {
		return fmt.Errorf("insert expectations: %w", err)
	}
	for _, o := range x.at {
		if o.changed && !o.fresh {
			err := q.CloseExpectation(ctx, sqldb.CloseExpectationParams{AgencyID: o.AgencyID, Seq: o.Seq, State: o.State,
				ClosedUs:    o.ClosedUs,
				ClosedPlace: o.ClosedPlace, ClosedBy: o.ClosedBy, Reason: o.Reason})
			if err != nil {
				return fmt.Errorf("close expectation: %w", err)
			}
		}
	}
	return x.sums.write(ctx, q)
}
