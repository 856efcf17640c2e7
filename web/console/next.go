package console

import (
	"context"
	"slices"
	"time"

	"gapura/office/procedure"
	"gapura/web/site"
)

// A pathStore is what the way of an agency is computed from.
type pathStore interface {
	Facts(ctx context.Context, agency int64, now time.Time) (procedure.Facts, error)
	Cases(ctx context.Context, agency int64, state procedure.State, before int64, most int) ([]procedure.CaseRow, error)
}

// A nextStep shows how far an agency is, and leads to the case that it needs next.
type nextStep struct {
	Code      string
	Path      []procedure.Stage
	Procedure string // to be begun; empty: nothing is left to the office
	Name, Who string
	Case      int64 // of that procedure, when one is open
}

// nextFor is nil when the agency has reached its first lookup.
func nextFor(ctx context.Context, s pathStore, all []*procedure.Procedure, x procedure.Facts) (*nextStep, error) {
	n := &nextStep{Code: x.Institution.Code, Path: procedure.Path(x)}
	if n.Path[len(n.Path)-1].Done {
		if _, open := procedure.NextStage(n.Path); !open {
			return nil, nil
		}
	}
	stage, ok := procedure.NextStage(n.Path)
	p, known := procedure.Find(all, stage.Procedure)
	if !ok || !known {
		return n, nil
	}
	n.Procedure, n.Name, n.Who = p.Key, p.Name, stage.Who
	open, err := s.Cases(ctx, x.Institution.ID, procedure.Open, 0, site.PerPage)
	if err != nil {
		return nil, err
	}
	for _, c := range open {
		if c.Procedure == p.Key || n.Case == 0 && slices.Contains(stage.Within, c.Procedure) {
			n.Case = c.ID
		}
	}
	return n, nil
}
