package store

import (
	"context"
	"fmt"

	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/incident"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// ObjectionRule is the rule of alerts that a resident's objection raised and no detector.
const ObjectionRule = "objection"

// settleObjection writes what follows from an objection that was accepted.
func (s *Rights) settleObjection(ctx context.Context, q *sqldb.Queries, c journal.Change, e procedure.SettleObjection) error {
	id, err := journal.ParseID(e.Record)
	if err != nil || id.Log != e.Institution.ID {
		return fmt.Errorf("case %d: the objection's record is not of the agency", e.Case)
	}
	r, _, err := s.db.Journal.recordAt(ctx, id)
	if err != nil {
		return err
	}
	why := fmt.Sprintf("Keberatan penduduk atas catatan %s diterima (berkas %d).", e.Record, e.Case)
	switch e.Follow {
	case procedure.FollowAlert:
		return q.PutAlert(ctx, sqldb.PutAlertParams{AgencyID: id.Log, UserID: r.User, Day: dayText(e.Institution.Zone.Day(r.At)),
			Action: "warn", Rule: ObjectionRule, FirstUs: micros(c.At), Score: 1, Reasons: jsonText([]string{why})})
	case procedure.FollowIncident:
		i := incident.Incident{Agency: id.Log, Kind: "akses-tidak-sah", State: incident.Reported, User: r.User, Known: c.At, From: r.At,
			To:      r.At.Add(1),
			Entries: []incident.Entry{{At: c.At, By: c.By, Act: incident.ActReport, Text: why + " " + e.What}}}
		text := "Insiden dilaporkan: " + why
		_, err := s.db.Incidents.report(ctx, q, c, i, []procedure.Notice{
			{Agency: party.Provider, At: c.At, Text: text, Path: "/konsol/insiden/"}, {Agency: id.Log, At: c.At, Text: text,
				Path: "/insiden/"},
		}, nil)
		return err
	case procedure.FollowCorrection:
		return s.db.Cases.beginCorrection(ctx, q, c, why, e.What)
	}
	return fmt.Errorf("case %d: nothing is known to follow from the objection", e.Case)
}

// beginCorrection opens the case in which a resident's data are corrected, its first step taken with what the objection said.
func (s *Cases) beginCorrection(ctx context.Context, q *sqldb.Queries, c journal.Change, why, what string) error {
	id, err := q.InsertCase(ctx, sqldb.InsertCaseParams{AgencyID: party.Provider, ProcedureKey: "perbaikan-data", OpenedUs: micros(c.At)})
	if err != nil {
		return fmt.Errorf("open case: %w", err)
	}
	if _, err := q.AdvanceCase(ctx, sqldb.AdvanceCaseParams{ID: id, State: string(procedure.Open), AtUs: micros(c.At),
		Agency: party.Provider}); err != nil {
		return fmt.Errorf("advance case: %w", err)
	}
	values := map[string]string{"uraian": why + "\n" + what}
	if err := q.InsertCaseStep(ctx, sqldb.InsertCaseStepParams{CaseID: id, Step: "permintaan", AtUs: micros(c.At), ByUser: c.By,
		Letter: c.Letter, LetterDay: dayText(party.WIB.Day(c.At)), FieldsSealed: s.db.formSeal.Seal([]byte(jsonText(values)),
			stepContext(id, 0))}); err != nil {
		return fmt.Errorf("insert step: %w", err)
	}
	return s.db.tell(ctx, q, []procedure.Notice{{Agency: party.Provider, At: c.At, Text: "Perbaikan data diminta: " + why,
		Path: fmt.Sprintf("/konsol/berkas/%d", id)}}, nil)
}
