package console

import (
	"context"
	"net/http"

	"gapura/internal/bahasa"
	"gapura/journal/witness"
	"gapura/web/site"
)

type witnessPage struct {
	Configured, Demand bool
	Logs               int
	Rows               []witnessRow
}

// A witnessRow is a witness outside the office; Failed is since when it has not cosigned what it was asked for, empty: it does.
type witnessRow struct {
	Name, Key, Answered, Failed, Failure string
	Active                               bool
	Behind                               int // logs of which it has not cosigned the newest checkpoint
}

// witnesses shows who cosigns the logs from outside the office, and who fails to.
func (c *Records) witnesses(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	list, err := c.Store.Witnesses(r.Context())
	if err != nil {
		return err
	}
	sizes, err := c.Store.NewestCheckpoints(r.Context())
	if err != nil {
		return err
	}
	given, err := c.Store.LastGiven(r.Context(), -1)
	if err != nil {
		return err
	}
	upToDate := map[string]int{}
	for _, g := range given {
		if g.Size >= sizes[g.Log] {
			upToDate[g.Witness]++
		}
	}
	p := witnessPage{Configured: c.Notary.Policy != nil, Demand: c.Notary.Demand, Logs: len(sizes)}
	for _, s := range list {
		p.Rows = append(p.Rows, witnessWords(s, v, len(sizes)-upToDate[s.Name]))
	}
	return c.Show(w, r, http.StatusOK, "saksi", c.Page(r, v, "Saksi di luar kantor", p))
}

func witnessWords(s witness.Standing, v *site.Visitor, behind int) witnessRow {
	row := witnessRow{Name: s.Name, Key: s.Key, Answered: "belum pernah", Failure: s.Failure, Active: s.Active, Behind: behind}
	if !s.Answered.IsZero() {
		row.Answered = site.Clock(s.Answered, v)
	}
	if !s.Failed.IsZero() {
		row.Failed = site.Clock(s.Failed, v)
	}
	return row
}

// missing are the witnesses that do not cosign.
func (c *Records) missing(ctx context.Context, v *site.Visitor) (out []witnessRow, err error) {
	list, err := c.Store.Witnesses(ctx)
	for _, s := range list {
		if s.Active && !s.Failed.IsZero() {
			out = append(out, witnessWords(s, v, 0))
		}
	}
	return out, err
}

// witnessedWords says of a log what each witness has cosigned last.
func (c *Records) witnessedWords(ctx context.Context, v *site.Visitor, log int64) (out []string, err error) {
	given, err := c.Store.LastGiven(ctx, log)
	for _, g := range given {
		out = append(out, g.Witness+": "+bahasa.Number(int(g.Size))+" catatan, "+site.Clock(g.At, v))
	}
	return out, err
}
