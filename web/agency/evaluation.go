package agency

import (
	"context"
	"net/http"
	"time"

	"gapura/agreement/obligation"
	"gapura/office/evaluation"
	"gapura/office/office"
	"gapura/web/site"
	"gapura/web/ui"
)

// Evaluations is what the pages of evaluations need of the store.
type Evaluations interface {
	office.Evaluations
	MarkMinistryReport(ctx context.Context, file int64, at time.Time) (bool, error)
	MinistryReports(ctx context.Context, p obligation.Semester) ([]evaluation.MinistryReport, error)
}

// DecisionTags are the decisions with their colours.
var DecisionTags = map[evaluation.Decision]string{evaluation.Continue: "ok", evaluation.Warn: "mid", evaluation.Limit: "bad",
	evaluation.End: "bad"}

// GradeTag is a judgement with the colour of the decision that it suggests; the grades themselves are the office's setting.
func GradeTag(r evaluation.Result) site.Tag {
	if !r.Assessed() {
		return site.Tag{Label: "Tidak dinilai"}
	}
	return site.Tag{Label: r.Grade + ", " + r.Name, Kind: DecisionTags[r.Suggest]}
}

// A PartRow is a part of a score.
type PartRow struct {
	evaluation.Part
	Share ui.Share
}

type ownEvaluationsPage struct{ Rows []ownEvaluationRow }

type ownEvaluationRow struct {
	Label, Decided  string
	Score           string
	Grade, Decision site.Tag
	Parts           []PartRow
	Advice          []string
	Unused          []evaluation.Unused
}

// ownEvaluations shows an agency's head what the agency's evaluations came to. Proposals are the provider's own until they are decided.
func (c Duties) ownEvaluations(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	list, err := c.Evaluations.EvaluationsOfAgency(r.Context(), v.Institution.ID, site.PerPage)
	if err != nil {
		return err
	}
	var p ownEvaluationsPage
	for _, e := range list {
		if e.Decided.IsZero() || len(p.Rows) == Halves {
			continue
		}
		p.Rows = append(p.Rows, ownEvaluationRow{
			e.Period.Words(), site.Clock(e.Decided, v), e.Result.Points(), GradeTag(e.Result),
			site.Tag{Label: e.Decision.Label(), Kind: DecisionTags[e.Decision]},
			PartRows(e.Result.Parts), e.Result.Advice, e.Result.Unused,
		})
	}
	return c.Show(w, r, http.StatusOK, "evaluasi-sendiri", c.Page(r, v, "Evaluasi", p))
}

// PartRows are the parts of a score with their bars.
func PartRows(parts []evaluation.Part) (out []PartRow) {
	for _, x := range parts {
		class := "ok"
		switch {
		case x.Score < 60:
			class = "bad"
		case x.Score < 85:
			class = "mid"
		}
		out = append(out, PartRow{x, ui.Share{Part: x.Score, Whole: 100, Class: class}})
	}
	return out
}
