package store

import (
	"context"
	"fmt"
	"time"

	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/evaluation"
	"gapura/office/incident"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Evaluations are half-year judgements of agencies and their reports to the ministry.
type Evaluations struct{ db *DB }

// Counts are alerts, stops and incidents of a period by agency; agencies without any are left out.
func (s *Sums) Counts(ctx context.Context, from, to, now time.Time) (map[int64]evaluation.Counts, error) {
	out := map[int64]evaluation.Counts{}
	alerts, err := s.db.mainRead.q.AlertCounts(ctx, sqldb.AlertCountsParams{FromUs: micros(from), ToUs: micros(to)})
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
	stops, err := s.db.mainRead.q.StopCounts(ctx, sqldb.StopCountsParams{FromUs: micros(from), ToUs: micros(to)})
	if err != nil {
		return nil, fmt.Errorf("count stops: %w", err)
	}
	for _, r := range stops {
		c := out[r.AgencyID]
		c.Stops, c.FalseAlarms = int(r.N), int(r.Mistaken)
		out[r.AgencyID] = c
	}
	incidents, err := s.db.mainRead.q.IncidentCounts(ctx, sqldb.IncidentCountsParams{FromUs: micros(from), ToUs: micros(to),
		NowUs: micros(now), WindowUs: incident.Window.Microseconds()})
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

// ProposeEvaluation implements office.Evaluations.
func (s *Evaluations) ProposeEvaluation(ctx context.Context, e evaluation.Evaluation, by int64) (int64, error) {
	id, err := s.db.main.q.InsertEvaluation(ctx, sqldb.InsertEvaluationParams{
		AgencyID: e.Agency, Period: e.Period.String(), AtUs: micros(e.At), ByUser: by, CaseID: e.Case, Figures: jsonText(e.Figures),
		Result: jsonText(e.Result), Decision: string(e.Decision),
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
		AgencyID: e.Agency, AgreementID: e.Agreement, Rule: "evaluasi", Period: e.Period, OnDay: dayText(party.WIB.Day(c.At)),
		Note: "Evaluasi " + e.Period + " diputuskan: " + e.Decision, ByUser: e.ProposedBy, AtUs: micros(c.At),
	})
	if err != nil {
		return fmt.Errorf("insert evidence: %w", err)
	}
	_, err = q.JudgeEvidence(ctx, sqldb.JudgeEvidenceParams{ID: id, JudgedBy: c.By, JudgedUs: micros(c.At), Accepted: true})
	return err
}

func evaluationOf(r sqldb.EvaluationsOfAgencyRow) (e evaluation.Evaluation, err error) {
	e = evaluation.Evaluation{
		ID: r.ID, Agency: r.AgencyID, AgencyName: r.AgencyName, At: instant(r.AtUs), ByName: r.ByName, Case: r.CaseID,
		CaseState: r.CaseState,
		Decision:  evaluation.Decision(r.Decision), Decided: instant(r.DecidedUs),
	}
	in := stored{table: "evaluations", key: r.ID}
	if e.Period, err = obligation.ParseSemester(r.Period); err != nil {
		in.fail("period", "a semester")
	}
	in.json("figures", r.Figures, &e.Figures)
	in.json("result", r.Result, &e.Result)
	return e, in.err
}

// EvaluationsOfAgency implements office.Evaluations.
func (s *Evaluations) EvaluationsOfAgency(ctx context.Context, agency int64, most int) ([]evaluation.Evaluation, error) {
	rows, err := s.db.mainRead.q.EvaluationsOfAgency(ctx, sqldb.EvaluationsOfAgencyParams{AgencyID: agency, Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read evaluations: %w", err)
	}
	return eachRead(rows, evaluationOf)
}

// EvaluationsOfPeriod implements office.Evaluations.
func (s *Evaluations) EvaluationsOfPeriod(ctx context.Context, p obligation.Semester) ([]evaluation.Evaluation, error) {
	rows, err := s.db.mainRead.q.EvaluationsOfPeriod(ctx, p.String())
	if err != nil {
		return nil, fmt.Errorf("read evaluations: %w", err)
	}
	return eachRead(rows, func(r sqldb.EvaluationsOfPeriodRow) (evaluation.Evaluation, error) {
		return evaluationOf(sqldb.EvaluationsOfAgencyRow(r))
	})
}

// KeepMinistryReport implements office.Evaluations.
func (s *Evaluations) KeepMinistryReport(ctx context.Context, p obligation.Semester, f procedure.File, mails []notify.Mail) error {
	return s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		id, err := s.db.Files.insertFile(ctx, q, f)
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
		return s.db.tell(ctx, q, nil, mails)
	})
}

// MarkMinistryReport notes that a report was delivered on paper; false when it was delivered before.
func (s *Evaluations) MarkMinistryReport(ctx context.Context, file int64, at time.Time) (bool, error) {
	n, err := s.db.main.q.SendMinistryReport(ctx, sqldb.SendMinistryReportParams{FileID: file, SentUs: micros(at)})
	if err != nil {
		return false, fmt.Errorf("mark report of evaluations: %w", err)
	}
	return n == 1, nil
}

// MinistryReports are the reports made of a period, newest first.
func (s *Evaluations) MinistryReports(ctx context.Context, p obligation.Semester) ([]evaluation.MinistryReport, error) {
	rows, err := s.db.mainRead.q.MinistryReports(ctx, p.String())
	if err != nil {
		return nil, fmt.Errorf("read reports of evaluations: %w", err)
	}
	return each(rows, func(r sqldb.EvaluationReport) evaluation.MinistryReport {
		return evaluation.MinistryReport{Period: p, File: r.FileID, Number: r.Number, Made: instant(r.MadeUs), Sent: instant(r.SentUs)}
	}), nil
}
