package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"gapura/access/access"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/evaluation"
	"gapura/office/incident"
	"gapura/office/procedure"
	"gapura/office/report"
	"gapura/store/sqldb"
)

// Counts are alerts, stops and incidents of a period by agency; agencies without any are left out.
func (s *Store) Counts(ctx context.Context, from, to, now time.Time) (map[int64]evaluation.Counts, error) {
	out := map[int64]evaluation.Counts{}
	alerts, err := s.mainRead.q.AlertCounts(ctx, sqldb.AlertCountsParams{FromUs: micros(from), ToUs: micros(to)})
	if err != nil {
		return nil, fmt.Errorf("count alerts: %w", err)
	}
	for _, r := range alerts {
		c := out[r.AgencyID]
		switch r.Action {
		case "warn":
			c.Warned += int(r.N)
		case "slow":
			c.Slowed += int(r.N)
		case "suspend":
			c.Suspended += int(r.N)
		}
		out[r.AgencyID] = c
	}
	stops, err := s.mainRead.q.StopCounts(ctx, sqldb.StopCountsParams{FromUs: micros(from), ToUs: micros(to)})
	if err != nil {
		return nil, fmt.Errorf("count stops: %w", err)
	}
	for _, r := range stops {
		c := out[r.AgencyID]
		c.Stops, c.FalseAlarms = int(r.N), int(r.Mistaken)
		out[r.AgencyID] = c
	}
	incidents, err := s.mainRead.q.IncidentCounts(ctx, sqldb.IncidentCountsParams{FromUs: micros(from), ToUs: micros(to), NowUs: micros(now), WindowUs: incident.Window.Microseconds()})
	if err != nil {
		return nil, fmt.Errorf("count incidents: %w", err)
	}
	for _, r := range incidents {
		c := out[r.AgencyID]
		c.Incidents, c.Open, c.Late = int(r.N), int(r.StillOpen), int(r.Late)
		out[r.AgencyID] = c
	}
	return out, nil
}

// OverdueOf implements office.Evaluations.
func (s *Store) OverdueOf(ctx context.Context, agency int64, p obligation.Semester, now time.Time) (int, error) {
	n, err := s.mainRead.q.CountOverdueOf(ctx, sqldb.CountOverdueOfParams{
		AgencyID: agency, NowUs: micros(now), FromMonth: p.Begins().Format("2006-01"), ToMonth: p.Ends().Format("2006-01"),
	})
	if err != nil {
		return 0, fmt.Errorf("count overdue of a period: %w", err)
	}
	return int(n), nil
}

// ProposeEvaluation implements office.Evaluations.
func (s *Store) ProposeEvaluation(ctx context.Context, e evaluation.Evaluation, by int64) (int64, error) {
	id, err := s.main.q.InsertEvaluation(ctx, sqldb.InsertEvaluationParams{
		AgencyID: e.Agency, Period: e.Period.String(), AtUs: micros(e.At), ByUser: by, CaseID: e.Case, Figures: jsonText(e.Figures), Result: jsonText(e.Result), Decision: string(e.Decision),
	})
	if err != nil {
		return 0, fmt.Errorf("insert evaluation: %w", err)
	}
	return id, nil
}

// decideEvaluation makes a proposed evaluation the provider's, which is also the provider's duty of the half-year (PKS 8(2)).
func decideEvaluation(ctx context.Context, q *sqldb.Queries, e procedure.DecideEvaluation, c journal.Change) error {
	n, err := q.DecideEvaluation(ctx, sqldb.DecideEvaluationParams{ID: e.ID, AgencyID: e.Agency, DecidedUs: micros(c.At)})
	if err != nil {
		return fmt.Errorf("decide evaluation: %w", err)
	}
	if n != 1 {
		return told.Refuse("Evaluasi ini tidak ada, atau sudah diputuskan.")
	}
	id, err := q.InsertEvidence(ctx, sqldb.InsertEvidenceParams{
		AgencyID: e.Agency, AgreementID: e.Agreement, Rule: "evaluasi", Period: e.Period, OnDay: dayText(party.WIB.Day(c.At)), Note: "Evaluasi " + e.Period + " diputuskan: " + e.Decision, ByUser: e.ProposedBy, AtUs: micros(c.At),
	})
	if err != nil {
		return fmt.Errorf("insert evidence: %w", err)
	}
	_, err = q.JudgeEvidence(ctx, sqldb.JudgeEvidenceParams{ID: id, JudgedBy: c.By, JudgedUs: micros(c.At), Accepted: true})
	return err
}

func evaluationOf(r sqldb.EvaluationsOfAgencyRow) (e evaluation.Evaluation, err error) {
	e = evaluation.Evaluation{
		ID: r.ID, Agency: r.AgencyID, AgencyName: r.AgencyName, At: instant(r.AtUs), ByName: r.ByName, Case: r.CaseID, CaseState: r.CaseState,
		Decision: evaluation.Decision(r.Decision), Decided: instant(r.DecidedUs),
	}
	e.Period, _ = obligation.ParseSemester(r.Period) // written by Period.String
	err = errors.Join(json.Unmarshal([]byte(r.Figures), &e.Figures), json.Unmarshal([]byte(r.Result), &e.Result))
	return e, err
}

// EvaluationsOfAgency implements office.Evaluations.
func (s *Store) EvaluationsOfAgency(ctx context.Context, agency int64, most int) ([]evaluation.Evaluation, error) {
	rows, err := s.mainRead.q.EvaluationsOfAgency(ctx, sqldb.EvaluationsOfAgencyParams{AgencyID: agency, Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read evaluations: %w", err)
	}
	return evaluations(rows)
}

// EvaluationsOfPeriod implements office.Evaluations.
func (s *Store) EvaluationsOfPeriod(ctx context.Context, p obligation.Semester) ([]evaluation.Evaluation, error) {
	rows, err := s.mainRead.q.EvaluationsOfPeriod(ctx, p.String())
	if err != nil {
		return nil, fmt.Errorf("read evaluations: %w", err)
	}
	return evaluations(each(rows, func(r sqldb.EvaluationsOfPeriodRow) sqldb.EvaluationsOfAgencyRow {
		return sqldb.EvaluationsOfAgencyRow(r)
	}))
}

func evaluations(rows []sqldb.EvaluationsOfAgencyRow) ([]evaluation.Evaluation, error) {
	out := make([]evaluation.Evaluation, len(rows))
	for n, r := range rows {
		var err error
		if out[n], err = evaluationOf(r); err != nil {
			return nil, fmt.Errorf("read evaluation %d: %w", r.ID, err)
		}
	}
	return out, nil
}

// KeepMinistryReport implements office.Evaluations.
func (s *Store) KeepMinistryReport(ctx context.Context, p obligation.Semester, f procedure.File, mails []notify.Mail) error {
	return s.main.tx(ctx, func(q *sqldb.Queries) error {
		id, err := s.insertFile(ctx, q, f)
		if err != nil {
			return err
		}
		row := sqldb.InsertMinistryReportParams{FileID: id, Period: p.String(), Number: f.Number, MadeUs: micros(f.At)}
		if len(mails) > 0 {
			row.SentUs = micros(f.At)
		}
		for n := range mails {
			mails[n].File = id
		}
		if err := q.InsertMinistryReport(ctx, row); err != nil {
			return fmt.Errorf("insert report of evaluations: %w", err)
		}
		return tell(ctx, q, nil, mails)
	})
}

// MarkMinistryReport notes that a report was delivered on paper; false when it was delivered before.
func (s *Store) MarkMinistryReport(ctx context.Context, file int64, at time.Time) (bool, error) {
	n, err := s.main.q.SendMinistryReport(ctx, sqldb.SendMinistryReportParams{FileID: file, SentUs: micros(at)})
	if err != nil {
		return false, fmt.Errorf("mark report of evaluations: %w", err)
	}
	return n == 1, nil
}

// MinistryReports are the reports made of a period, newest first.
func (s *Store) MinistryReports(ctx context.Context, p obligation.Semester) ([]evaluation.MinistryReport, error) {
	rows, err := s.mainRead.q.MinistryReports(ctx, p.String())
	if err != nil {
		return nil, fmt.Errorf("read reports of evaluations: %w", err)
	}
	return each(rows, func(r sqldb.EvaluationReport) evaluation.MinistryReport {
		return evaluation.MinistryReport{Period: p, File: r.FileID, Number: r.Number, Made: instant(r.MadeUs), Sent: instant(r.SentUs)}
	}), nil
}

// DayTotals implements office.Evaluations.
func (s *Store) DayTotals(ctx context.Context, from, to time.Time) ([]evaluation.DayTotals, error) {
	if err := s.SumUsage(ctx); err != nil {
		return nil, err
	}
	rows, err := s.mainRead.q.DayTotals(ctx, sqldb.DayTotalsParams{FromDay: report.DayNumber(from), ToDay: report.DayNumber(to)})
	if err != nil {
		return nil, fmt.Errorf("read sums by day: %w", err)
	}
	return each(rows, func(r sqldb.DayTotalsRow) evaluation.DayTotals {
		return evaluation.DayTotals{Day: report.Day(r.Day), Lookups: int(r.Lookups), Hits: int(r.Hits), Found: int(r.Found), Notices: int(r.Notices)}
	}), nil
}

// TotalsOf implements office.Evaluations.
func (s *Store) TotalsOf(ctx context.Context, agency int64, from, to time.Time) (t evaluation.Totals, err error) {
	rows, err := s.UsageByDay(ctx, agency, 0, from, to)
	for _, u := range rows {
		if u.Act != journal.ActLookup && u.Act != journal.ActMatch {
			continue
		}
		t.Lookups, t.Hits = t.Lookups+u.Lookups, t.Hits+u.Hits
		if n := map[access.Code]*int{
			access.Found: &t.Found, access.Deceased: &t.Deceased, access.Duplicate: &t.Duplicate, access.Unknown: &t.Unknown, access.Inactive: &t.Inactive, access.Malformed: &t.Malformed,
		}[access.Code(u.Outcome)]; n != nil {
			*n += u.Lookups
		}
	}
	return t, err
}

// AgencyTotals implements office.Evaluations. A long span is read in halves, on another core each.
func (s *Store) AgencyTotals(ctx context.Context, from, to time.Time) (map[int64]evaluation.Totals, error) {
	if err := s.SumUsage(ctx); err != nil {
		return nil, err
	}
	first, last := report.DayNumber(from), report.DayNumber(to)
	middle := last
	if last-first > 62 {
		middle = (first + last) / 2
	}
	var later []sqldb.AgencyTotalsRow
	var failed error
	var other sync.WaitGroup
	if middle < last {
		other.Go(func() {
			later, failed = s.mainRead.q.AgencyTotals(ctx, sqldb.AgencyTotalsParams{FromDay: middle, ToDay: last})
		})
	}
	rows, err := s.mainRead.q.AgencyTotals(ctx, sqldb.AgencyTotalsParams{FromDay: first, ToDay: middle})
	other.Wait()
	if err = errors.Join(err, failed); err != nil {
		return nil, fmt.Errorf("read sums by agency: %w", err)
	}
	out := make(map[int64]evaluation.Totals, len(rows))
	for _, r := range append(rows, later...) {
		t := out[r.AgencyID]
		t.Add(evaluation.Totals{
			Lookups: int(r.Lookups), Hits: int(r.Hits), Found: int(r.Found), Deceased: int(r.Deceased), Duplicate: int(r.Duplicate), Unknown: int(r.Unknown),
			Inactive: int(r.Inactive), Malformed: int(r.Malformed),
		})
		out[r.AgencyID] = t
	}
	return out, nil
}
