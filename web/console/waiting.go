package console

import (
	"context"
	"net/http"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

// liveScript keeps what waits fresh while somebody sits before the page.
const liveScript = "live.js"

// waiting is what waits for the visitor: cases for a decision, or decided and to be gone on with, and second halves to be handed over.
type waiting struct {
	Cases  []caseRow
	Halves []site.SlipRow
	Papers []office.Paper // whose hash the office has not confirmed
	Listed bool           // the page lists the slips itself
}

// mostWaiting is how many cases are shown.
const mostWaiting = 5

type openCases interface {
	Cases(ctx context.Context, agency int64, state procedure.State, before int64, most int) ([]procedure.CaseRow, error)
	Case(ctx context.Context, id int64, all []*procedure.Procedure) (procedure.Case, bool, error)
}

func waitingFor(r *http.Request, v *site.Visitor, o *office.Office, cases openCases, slips Slips, listed bool) (out waiting,
	err error) {
	out.Listed = listed
	if !v.May(access.ToFile) {
		return out, nil
	}
	all := o.Procedures
	if v.May(access.ToJudge) {
		papers, err := office.PapersOf(o).List(r.Context(), -1)
		if err != nil {
			return out, err
		}
		for _, p := range papers {
			if p.Lacks(office.ProviderSide) && len(out.Papers) < mostWaiting {
				out.Papers = append(out.Papers, p)
			}
		}
	}
	open, err := cases.Cases(r.Context(), -1, procedure.Open, 0, site.PerPage)
	if err != nil {
		return out, err
	}
	for _, row := range caseRows(all, open, v) {
		if len(out.Cases) == mostWaiting {
			break
		}
		waits := row.Decided || row.Urgent && !row.Decision
		if row.Decision && v.May(access.ToJudge) {
			c, found, err := cases.Case(r.Context(), row.ID, all)
			if err != nil {
				return out, err
			}
			// what the visitor filled in themselves waits for somebody else
			waits = found && !c.Filled(func(user int64) bool { return user == v.User.ID })
		}
		if waits {
			out.Cases = append(out.Cases, row)
		}
	}
	if listed {
		return out, nil
	}
	out.Halves, err = slipRows(r, slips, v, -1, func(x party.Slip) bool { return x.MayDraw(v.User.ID, v.Now) && !x.Unseen() })
	return out, err
}

// None reports whether nothing waits.
func (w waiting) None() bool { return len(w.Cases) == 0 && len(w.Halves) == 0 && len(w.Papers) == 0 }
