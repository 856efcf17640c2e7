package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gapura/access/access"
	"gapura/internal/pace"
	"gapura/journal/journal"
	"gapura/office/report"
	"gapura/store/sqldb"
)

// fillBatch is how many places of a log one step takes in. Sorted by person they share pages; many more would fill the write-ahead log.
const fillBatch = 4096

// answerBatch is how many answers one step takes in at most.
const answerBatch = 4096

// A batch is what one step takes in: records in their order, and answers, which come where the log had their place.
type batch struct {
	head    sqldb.FillHeadsRow
	records []filled
	kept    []sqldb.KeptExpectation
	answers []sqldb.Answer
	upto    int64 // what is taken in then
	done    int64 // answers that are taken in then
}

// A filled is what is taken in of a record.
type filled struct {
	sqldb.RecordsToFillRow
	person int64 // place of the NIK; 0: it asks for none, or it was destroyed
	owes   int64 // whom data balikan is owed for: the person, or a reading that named nobody
}

// fillLog takes one log in up to a size. Each step is one transaction that holds the log's row in filled.
func (s *Derived) fillLog(ctx context.Context, head sqldb.FillHeadsRow, step func(entries int64)) error {
	for more := true; more; {
		var from int64
		var b batch
		err := s.db.derived.tx(ctx, func(q *sqldb.Queries) error {
			at, err := q.TakeFilled(ctx, sqldb.TakeFilledParams{AgencyID: head.ID, Leaf: []byte{}})
			if err != nil {
				return err
			}
			from = at.Upto
			if b, err = s.read(ctx, q, head.ID, at); err != nil {
				return err
			}
			more = b.upto < head.Size || b.done < head.Answers
			if b.upto == at.Upto && b.done == at.Answers {
				more = false
				return nil
			}
			if err := s.take(ctx, q, &b); err != nil {
				return err
			}
			leaf := []byte{}
			if b.upto > 0 {
				if h, err := s.db.Journal.leafHashes(ctx, head.ID, b.upto-1, 1); err == nil {
					leaf = h[0][:]
				}
			}
			return q.SetFilled(ctx, sqldb.SetFilledParams{AgencyID: head.ID, Upto: b.upto, Answers: b.done, Leaf: leaf})
		})
		if err != nil {
			return fmt.Errorf("fill from log %d: %w", head.ID, err)
		}
		step(b.upto - from)
	}
	return nil
}

// read reads a step of one log. Whatever is answered later has a place that is not before the step's: on SQLite because all is of one
// moment, on PostgreSQL because the agency's deliveries wait.
func (s *Derived) read(ctx context.Context, q *sqldb.Queries, log int64, at sqldb.TakeFilledRow) (b batch, err error) {
	if s.db.postgres {
		if _, err := q.TakeAnswers(ctx, sqldb.TakeAnswersParams{AgencyID: log}); err != nil {
			return b, err
		}
		return s.readBatch(ctx, q, log, at)
	}
	brisk := pace.Briskly(ctx) // the read holds the write-ahead log
	err = s.db.mainRead.tx(brisk, func(q *sqldb.Queries) error {
		b, err = s.readBatch(brisk, q, log, at)
		return err
	})
	return b, err
}

func (s *Derived) readBatch(ctx context.Context, q *sqldb.Queries, log int64, at sqldb.TakeFilledRow) (b batch, err error) {
	heads, err := q.FillHeads(ctx, log)
	if err != nil || len(heads) == 0 {
		return b, err
	}
	b.head, b.done = heads[0], at.Answers
	b.upto = min(at.Upto+fillBatch, b.head.Size)
	if at.Upto < b.head.Archived {
		b.upto = min(b.upto, b.head.Archived)
	}
	list, err := q.AnswersFrom(ctx, sqldb.AnswersFromParams{AgencyID: log, N: at.Answers, Limit: answerBatch})
	if err != nil {
		return b, err
	}
	if len(list) == answerBatch {
		b.upto = min(b.upto, max(at.Upto, list[len(list)-1].Place))
	}
	for _, a := range list {
		if a.Place > b.upto {
			break
		}
		b.answers, b.done = append(b.answers, a), a.N+1
	}
	kept := sqldb.KeptExpectationsParams{AgencyID: log, FromN: at.Answers, ToN: b.done - 1}
	if at.Upto == 0 && at.Answers == 0 {
		kept.FromN, kept.ToN = -1, 1<<62
	}
	if b.kept, err = q.KeptExpectations(ctx, kept); err != nil {
		return b, err
	}
	var rows []sqldb.RecordsToFillRow
	if at.Upto < b.head.Archived {
		rows, err = s.archived(ctx, log, at.Upto, b.upto)
	} else {
		rows, err = s.recorded(ctx, q, log, at.Upto, b.upto)
	}
	if err != nil {
		return b, err
	}
	b.records, err = eachRead(rows, func(r sqldb.RecordsToFillRow) (filled, error) {
		f := filled{RecordsToFillRow: r}
		switch {
		case len(r.NikIndex) > 0:
			f.person = place(r.NikIndex)
			f.owes = f.person
		case r.Nobody && r.Outcome == string(access.Card): // a chip without SAM names nobody: its reading answers for itself (H5)
			reference, err := s.db.Journal.openReference(ctx, log, r)
			if err != nil {
				return f, err
			}
			f.owes = place(s.db.Balikan.readingIndex(reference))
		}
		return f, nil
	})
	return b, err
}

// recorded reads records of a log that lie in no archive.
func (s *Derived) recorded(ctx context.Context, q *sqldb.Queries, log, from, to int64) (rows []sqldb.RecordsToFillRow, err error) {
	for _, x := range s.db.tail.stretches(log, from, to) {
		if x.held {
			for _, r := range x.records {
				rows = append(rows, r.RecordsToFillRow)
			}
			continue
		}
		read, err := q.RecordsToFill(ctx, sqldb.RecordsToFillParams{AgencyID: log, Seq: x.from, Seq_2: x.to})
		if err != nil {
			return nil, err
		}
		rows = append(rows, read...)
	}
	return rows, nil
}

// archived reads records of a log that lie in its archive, with the blind index of what was not destroyed.
func (s *Derived) archived(ctx context.Context, log, from, to int64) (rows []sqldb.RecordsToFillRow, err error) {
	archive, err := s.db.Journal.archiveOf(ctx, log)
	if err != nil {
		return nil, err
	}
	const bundle = 256
	sealed, err := archive.SealedFrom(from/bundle*bundle, (to+bundle-1)/bundle*bundle)
	if err != nil {
		return nil, err
	}
	parts := make(map[int64]journal.Sealed, len(sealed))
	for _, x := range sealed {
		parts[x.Seq] = x
	}
	err = archive.Leaves(from, to, func(entry []byte) error {
		r, c, ok, err := journal.DecodeRecord(entry)
		if err != nil || !ok {
			return err
		}
		row := sqldb.RecordsToFillRow{Seq: r.ID.Seq, AtUs: micros(r.At), Act: r.Act, UserID: r.User, Method: r.Method, Purpose: r.Purpose,
			Outcome: r.Outcome, Reference: r.Reference, Hit: r.Hit, Elements: int64(r.Elements),
			Nobody: c.NIK == nil}
		if x := parts[r.ID.Seq]; len(x.NIK) > 0 || len(x.Text) > 0 {
			if _, err := s.db.Journal.openParts(ctx, &r, x, c); err != nil {
				return err
			}
			row.Reference = r.Reference
			if !r.NIK.IsZero() {
				row.NikIndex = s.db.nikIndex.Index(r.NIK.Digits())
			}
		}
		rows = append(rows, row)
		return nil
	})
	return rows, err
}

// foundInArchive adds what archived records say that are not filled yet; it is for a delivery while everything is made anew.
func (s *Derived) foundInArchive(ctx context.Context, l *lookedUp) error {
	archived, err := s.db.Journal.Archived(ctx, l.agency)
	if err != nil || l.upto >= archived {
		return err
	}
	rows, err := s.archived(ctx, l.agency, l.upto, archived)
	for _, r := range rows {
		if lookedUpBy(r.Outcome) {
			if r.Nobody && r.Outcome == string(access.Card) {
				r.NikIndex = s.db.Balikan.readingIndex(r.Reference)
			}
			l.found(r.NikIndex)
		}
	}
	l.upto = archived
	return err
}

// lookedUpBy reports whether a record with an outcome gave away a person, for whom data balikan is owed.
func lookedUpBy(outcome string) bool {
	return outcome == string(access.Found) || outcome == string(access.Card)
}

// take writes what follows from a step.
func (s *Derived) take(ctx context.Context, q *sqldb.Queries, b *batch) error {
	uses := make([]sqldb.InsertUseParams, 0, len(b.records))
	for _, r := range b.records {
		if r.person != 0 {
			uses = append(uses, sqldb.InsertUseParams{NikPlace: r.person, AgencyID: b.head.ID, Seq: r.Seq, AtUs: r.AtUs})
		}
	}
	slices.SortFunc(uses, func(a, b sqldb.InsertUseParams) int {
		switch {
		case a.NikPlace != b.NikPlace && a.NikPlace < b.NikPlace:
			return -1
		case a.NikPlace != b.NikPlace:
			return 1
		}
		return int(a.Seq - b.Seq)
	})
	if err := s.db.derive.InsertUses(ctx, q, uses); err != nil {
		return fmt.Errorf("insert uses: %w", err)
	}
	for _, a := range b.answers {
		if a.State != stateForgotten {
			continue
		}
		if err := q.ForgetUses(ctx, sqldb.ForgetUsesParams{AgencyID: b.head.ID, AtUs: a.AtUs}); err != nil {
			return fmt.Errorf("forget uses: %w", err)
		}
	}
	if b.head.ID == 0 {
		return nil // the provider's own log owes nothing and stands in no report
	}
	standing, err := s.db.Rights.Agency(ctx, b.head.ID)
	if err != nil {
		return err
	}
	return errors.Join(addUsage(ctx, q, b, report.Shift(standing.Institution.Zone)), s.expect(ctx, q, b, &standing))
}

// addUsage adds a step's records to the sums.
func addUsage(ctx context.Context, q *sqldb.Queries, b *batch, offset int64) error {
	usage, days := map[sqldb.AddUsageParams]*[2]int64{}, map[sqldb.AddUsageDayParams]*[2]int64{}
	months, elements := map[sqldb.AddUsageMonthParams]*[2]int64{}, map[sqldb.AddUsedElementsParams]int64{}
	count := func(sum **[2]int64, hit bool) {
		if *sum == nil {
			*sum = &[2]int64{}
		}
		(*sum)[0]++
		if hit {
			(*sum)[1]++
		}
	}
	for _, r := range b.records {
		day := (r.AtUs + offset) / 86_400_000_000
		key := sqldb.AddUsageParams{AgencyID: b.head.ID, Day: day, UserID: r.UserID, Act: r.Act, Method: r.Method, Purpose: r.Purpose,
			Outcome: r.Outcome}
		sum := usage[key]
		count(&sum, r.Hit)
		usage[key] = sum
		ofDay := sqldb.AddUsageDayParams{Day: day, AgencyID: b.head.ID, Act: r.Act, Outcome: r.Outcome}
		sum = days[ofDay]
		count(&sum, r.Hit)
		days[ofDay] = sum
		if r.Act != journal.ActLookup && r.Act != journal.ActMatch {
			continue
		}
		ofMonth := sqldb.AddUsageMonthParams{Month: report.MonthNumber(report.Day(day)), AgencyID: b.head.ID, Outcome: r.Outcome}
		sum = months[ofMonth]
		count(&sum, r.Hit)
		months[ofMonth] = sum
		if r.Elements != 0 {
			elements[sqldb.AddUsedElementsParams{AgencyID: b.head.ID, Day: day, Purpose: r.Purpose, Elements: r.Elements}]++
		}
	}
	for p, sum := range usage {
		p.Lookups, p.Hits = sum[0], sum[1]
		if err := q.AddUsage(ctx, p); err != nil {
			return fmt.Errorf("add to sums: %w", err)
		}
	}
	for p, sum := range days {
		p.Lookups, p.Hits = sum[0], sum[1]
		if err := q.AddUsageDay(ctx, p); err != nil {
			return fmt.Errorf("add to sums by day: %w", err)
		}
	}
	for p, sum := range months {
		p.Lookups, p.Hits = sum[0], sum[1]
		if err := q.AddUsageMonth(ctx, p); err != nil {
			return fmt.Errorf("add to sums by month: %w", err)
		}
	}
	for p, n := range elements {
		p.Uses = n
		if err := q.AddUsedElements(ctx, p); err != nil {
			return fmt.Errorf("add to sums of elements: %w", err)
		}
	}
	return nil
}
