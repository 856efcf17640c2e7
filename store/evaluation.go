package store

import (
	"context"
	"fmt"
	"time"

	"gapura/evaluation"
	"gapura/incident"
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
