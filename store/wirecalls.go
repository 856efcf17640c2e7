package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gapura/exchange/wire"
	"gapura/store/sqldb"
)

// Bounds of what is kept of calls without a profile: anybody can make some.
const (
	mostCalls    = 50          // of an agency, and of strangers together; the oldest go
	callsBetween = time.Minute // between two writes of one path whose keys stay the same
	newStrangers = 10          // writes of strangers' calls in a minute
	callsInMind  = 1000
)

type callKey struct {
	agency int64
	path   string
}

// A call is what was written of a path, and what came since.
type call struct {
	keys    string
	at      time.Time
	waiting int64
}

// named are a call's keys as they are stored.
type named struct{ Keys, Query []string }

// Note implements legacy.Calls. Repeats are counted and written once a minute, so that a busy path costs the records' transactions nothing;
// what comes after the last write is lost at the end of the process.
func (s *Wire) Note(ctx context.Context, c wire.Call) error {
	keys := jsonText(named{c.Keys, c.Query})
	count, write := s.due(c, keys)
	if !write {
		return nil
	}
	return s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		err := q.NoteWireCall(ctx, sqldb.NoteWireCallParams{AgencyID: c.Agency, Path: c.Path, Keys: keys, Calls: count,
			LastUs: micros(c.Last)})
		if err != nil {
			return fmt.Errorf("note call: %w", err)
		}
		return q.ForgetWireCalls(ctx, sqldb.ForgetWireCallsParams{AgencyID: c.Agency, Limit: mostCalls})
	})
}

// due tells whether a call is to be written now, with how many.
func (s *Wire) due(c wire.Call, keys string) (count int64, write bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := callKey{c.Agency, c.Path}
	if last := s.calls[k]; last != nil && last.keys == keys && c.Last.Sub(last.at) < callsBetween {
		last.waiting++
		return 0, false
	}
	if c.Agency == 0 {
		if minute := c.Last.Truncate(time.Minute); !minute.Equal(s.minute) {
			s.minute, s.newly = minute, 0
		}
		if s.newly++; s.newly > newStrangers {
			return 0, false
		}
	}
	count = 1
	if last := s.calls[k]; last != nil {
		count += last.waiting
	}
	if s.calls == nil || len(s.calls) >= callsInMind {
		s.calls = map[callKey]*call{}
	}
	s.calls[k] = &call{keys: keys, at: c.Last}
	return count, true
}

// CallsWithout are what paths that have no profile were called with, the latest first.
func (s *Wire) CallsWithout(ctx context.Context) ([]wire.Call, error) {
	list, err := s.Profiles(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.mainRead.q.WireCalls(ctx)
	if err != nil {
		return nil, fmt.Errorf("read calls: %w", err)
	}
	var out []wire.Call
	for _, r := range rows {
		if slices.ContainsFunc(list, func(p wire.Profile) bool { return p.Path == r.Path }) {
			continue
		}
		var n named
		if err := json.Unmarshal([]byte(r.Keys), &n); err != nil {
			return nil, fmt.Errorf("read calls of %d: %w", r.AgencyID, err)
		}
		out = append(out, wire.Call{Agency: r.AgencyID, Path: r.Path, Keys: n.Keys, Query: n.Query, Count: r.Calls,
			Last: instant(r.LastUs)})
	}
	return out, nil
}
