// Package console holds what the provider's staff see: every agency's agreement state, quota and use, with the documents they rest on. It only
// reads. The portal mounts it and decides who may see it.
package console

import (
	"context"
	"embed"
	"fmt"
	"time"

	"gapura/access"
	"gapura/agreement"
)

// Templates holds the file overview.html.
//
//go:embed overview.html
var Templates embed.FS

// An Overview is what the page shows.
type Overview struct {
	At      time.Time // in the provider's zone
	Clock   string
	Rows    []Row
	Warned  int // agencies at 80 % or more of their quota
	Stopped int // agencies that are not served now
}

// A Row is one agency.
type Row struct {
	Code, Name, State, Tag string
	Why                    string // why it is not served; empty when it is
	Unlimited, Warn        bool
	Quota, Used, Left      int
	EndsOn                 time.Time
	Basis                  string
}

var states = map[agreement.State]struct{ label, tag string }{
	agreement.Draft:      {"Belum berlaku", "mid"},
	agreement.InForce:    {"Berlaku", "ok"},
	agreement.Expiring:   {"Akan berakhir", "mid"},
	agreement.Ended:      {"Berakhir", "bad"},
	agreement.Terminated: {"Diakhiri", "bad"},
	agreement.Suspended:  {"Ditangguhkan", "bad"},
}

// Read reads the overview as of the instant.
func Read(ctx context.Context, h access.History, now time.Time) (Overview, error) {
	all, err := h.Quotas(ctx, now)
	if err != nil {
		return Overview{}, fmt.Errorf("read quotas: %w", err)
	}
	o := Overview{Rows: make([]Row, 0, len(all))}
	for _, q := range all {
		r := row(q, now)
		if r.Warn {
			o.Warned++
		}
		if r.Why != "" {
			o.Stopped++
		}
		o.Rows = append(o.Rows, r)
	}
	return o, nil
}

func row(q access.QuotaRow, now time.Time) Row {
	in := q.Standing.Institution
	day := in.Zone.Day(now)
	r := Row{Code: in.Code, Name: in.Name, Used: q.Left.Used, State: "Belum ada perjanjian", Tag: "bad", Why: "Belum ada perjanjian."}
	grant, ok := agreement.Current(q.Standing.Agreements, now, day)
	if !ok {
		return r
	}
	r.State, r.Tag = states[grant.State].label, states[grant.State].tag
	r.Unlimited, r.Quota, r.EndsOn, r.Basis = grant.Unlimited, grant.Quota, grant.EndsOn, grant.Basis
	left := access.Left{Unlimited: grant.Unlimited, Quota: grant.Quota, Used: q.Left.Used}
	r.Left, r.Why = left.Remaining(), ""
	switch {
	case !grant.State.Works():
		r.Why = "Perjanjian tidak berlaku."
	case !in.Head.Responsible(day):
		r.Why = "SPTJM penanggung jawab tidak berlaku."
	default:
		r.Warn = left.Warn()
	}
	return r
}
