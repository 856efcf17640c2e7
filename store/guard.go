package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gapura/access/abuse"
	"gapura/access/access"
	"gapura/access/guard"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/store/sqldb"
)

// Guard is what the Watcher reads and keeps; it implements guard.Store.
type Guard struct{ db *DB }

// LogSizes implements guard.Store.
func (s *Guard) LogSizes(ctx context.Context) (map[int64]int64, error) {
	rows, err := s.db.mainRead.q.LogSizes(ctx)
	if err != nil {
		return nil, fmt.Errorf("read sizes of logs: %w", err)
	}
	out := make(map[int64]int64, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Size
	}
	return out, nil
}

// PlaceAt implements guard.Store. Records lie in the order of their times but for what was under way at the same moment, so that halving
// finds the place.
func (s *Guard) PlaceAt(ctx context.Context, log int64, at time.Time) (int64, error) {
	sizes, err := s.LogSizes(ctx)
	if err != nil {
		return 0, err
	}
	low, high := int64(0), sizes[log]
	for low < high {
		mid := (low + high) / 2
		r, err := s.db.mainRead.q.RecordAfter(ctx, sqldb.RecordAfterParams{AgencyID: log, Seq: mid})
		switch {
		case errors.Is(err, sql.ErrNoRows) || err == nil && r.AtUs >= at.UnixMicro():
			high = mid
		case err != nil:
			return 0, fmt.Errorf("find place in log %d: %w", log, err)
		default:
			low = r.Seq + 1
		}
	}
	return low, nil
}

// Lookups implements guard.Store.
func (s *Guard) Lookups(ctx context.Context, log, from, to int64, give func(guard.Seen)) error {
	for _, x := range s.db.tail.stretches(log, from, to) {
		if !x.held {
			if err := s.lookups(ctx, log, x.from, x.to, give); err != nil {
				return err
			}
			continue
		}
		for _, r := range x.records {
			if isLookup(r.Act, r.UserID) {
				give(guard.Seen{Seq: r.Seq, At: instant(r.AtUs), User: r.UserID, NIK: r.nik, Outcome: access.Code(r.Outcome)})
			}
		}
	}
	return nil
}

func (s *Guard) lookups(ctx context.Context, log, from, to int64, give func(guard.Seen)) error {
	for ; from < to; from += leafBatch {
		rows, err := s.db.mainRead.q.RecordsFrom(ctx, sqldb.RecordsFromParams{AgencyID: log, Seq: from, Seq_2: min(from+leafBatch, to)})
		if err != nil {
			return fmt.Errorf("read lookups of log %d: %w", log, err)
		}
		for _, p := range rows {
			if x, ok, err := s.seenOf(ctx, p); err != nil {
				return err
			} else if ok {
				give(x)
			}
		}
	}
	return nil
}

// isLookup reports whether the Watcher is to be shown a record.
func isLookup(act string, user int64) bool {
	return (act == journal.ActLookup || act == journal.ActMatch) && user != 0
}

func (s *Guard) seenOf(ctx context.Context, p sqldb.Record) (guard.Seen, bool, error) {
	if !isLookup(p.Act, p.UserID) {
		return guard.Seen{}, false, nil
	}
	r, _, err := s.db.Journal.openRecord(ctx, p)
	return guard.Seen{Seq: r.ID.Seq, At: r.At, User: r.User, NIK: r.NIK, Outcome: access.Code(r.Outcome)}, true, err
}

// LookupsOn are a user's lookups of a day in the agency's zone, in order, up to most.
func (s *Guard) LookupsOn(ctx context.Context, u party.User, z party.Zone, day time.Time, most int) ([]guard.Seen, error) {
	from, err := s.PlaceAt(ctx, u.Institution, z.Begin(day))
	if err != nil {
		return nil, err
	}
	to, err := s.PlaceAt(ctx, u.Institution, z.Begin(day.AddDate(0, 0, 1)))
	if err != nil {
		return nil, err
	}
	rows, err := s.db.mainRead.q.LookupsOfUser(ctx, sqldb.LookupsOfUserParams{AgencyID: u.Institution, UserID: u.ID, FromSeq: from,
		ToSeq: to, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read lookups of user: %w", err)
	}
	var out []guard.Seen
	for _, p := range rows {
		if x, ok, err := s.seenOf(ctx, p); err != nil {
			return nil, err
		} else if ok {
			out = append(out, x)
		}
	}
	return out, nil
}

// KeptState implements guard.Store.
func (s *Guard) KeptState(ctx context.Context, agency int64) (k guard.Kept, ok bool, err error) {
	sealed, err := s.db.mainRead.q.WatchState(ctx, agency)
	if ok, err = foundRow(err, "what the Watcher knew"); err != nil || !ok {
		return k, false, err
	}
	plain, err := s.db.nikSeal.Open(nil, sealed, watchContext(agency))
	return k, err == nil && json.Unmarshal(plain, &k) == nil, nil
}

// KeepState implements guard.Store.
func (s *Guard) KeepState(ctx context.Context, agency int64, k guard.Kept) error {
	plain, err := json.Marshal(k)
	if err != nil {
		return err
	}
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		return q.KeepWatchState(ctx, sqldb.KeepWatchStateParams{AgencyID: agency, Upto: k.Upto,
			Sealed: s.db.nikSeal.Seal(plain, watchContext(agency))})
	})
	if err != nil {
		return fmt.Errorf("keep what the Watcher knows: %w", err)
	}
	return nil
}

func watchContext(agency int64) []byte { return fmt.Appendf(nil, "watch/%d", agency) }

// Stops implements guard.Store.
func (s *Guard) Stops(ctx context.Context, agency int64) ([]guard.Stop, error) {
	rows, err := s.db.mainRead.q.StopsOf(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read stops of institution %d: %w", agency, err)
	}
	return each(rows, func(r sqldb.Stop) guard.Stop {
		rule, _ := abuse.ParseRule(r.Rule)
		return guard.Stop{User: r.UserID, At: instant(r.AtUs), Rule: rule, Ended: instant(r.EndedUs), FalseAlarm: r.FalseAlarm}
	}), nil
}

// Stopped implements guard.Store. It reads where changes are written, so that it is never behind.
func (s *Guard) Stopped(ctx context.Context, user int64) (bool, error) {
	at, err := s.db.main.q.StoppedUser(ctx, user)
	if err != nil {
		return false, fmt.Errorf("read user %d: %w", user, err)
	}
	return at != 0, nil
}

// StopUser stops a user's lookups and tells people, in one transaction. A user who is stopped already stays so, and false is returned.
func (s *Guard) StopUser(ctx context.Context, u party.User, f guard.Finding, c journal.Change, told []procedure.Notice,
	mails []notify.Mail) (stopped bool, err error) {
	err = s.db.changes(ctx, func(q *sqldb.Queries) error {
		at, err := q.StoppedUser(ctx, u.ID)
		if err != nil || at != 0 {
			return err
		}
		stopped = true
		if err := q.SetStopped(ctx, sqldb.SetStoppedParams{ID: u.ID, StoppedUs: micros(f.At)}); err != nil {
			return err
		}
		if err := q.InsertStop(ctx, sqldb.InsertStopParams{AgencyID: u.Institution, UserID: u.ID, AtUs: micros(f.At),
			Rule: f.Rule.String()}); err != nil {
			return err
		}
		c.Subject, c.Before, c.After = "User ID "+u.Login, "pencarian diizinkan", "pencarian dihentikan"
		if err := s.db.record(ctx, q, u.Institution, c); err != nil {
			return err
		}
		return s.db.tell(ctx, q, told, mails)
	})
	return stopped, err
}

// reinstate ends a user's stop.
func reinstate(ctx context.Context, q *sqldb.Queries, e procedure.ReinstateUser, at time.Time) error {
	n, err := q.EndStop(ctx, sqldb.EndStopParams{AgencyID: e.User.Institution, UserID: e.User.ID, EndedUs: micros(at),
		FalseAlarm: e.FalseAlarm})
	if err == nil && n == 0 {
		err = told.Refuse("Pencarian pengguna ini tidak sedang dihentikan.")
	}
	if err != nil {
		return err
	}
	return q.SetStopped(ctx, sqldb.SetStoppedParams{ID: e.User.ID})
}

// KeepAlert implements guard.Store. Judgements of one user, day, action and rule are one row.
func (s *Guard) KeepAlert(ctx context.Context, a guard.Alert) error {
	return s.db.main.q.PutAlert(ctx, sqldb.PutAlertParams{
		AgencyID: a.Agency, UserID: a.User, Day: dayText(a.Day), Action: a.Action.String(), Rule: a.Rule.String(), FirstUs: micros(a.At),
		Score: a.Score, Reasons: jsonText(a.Reasons),
	})
}

// Alerts are kept alerts.
func (s *Guard) Alerts(ctx context.Context, w guard.AlertsQuery) ([]guard.KeptAlert, error) {
	p := sqldb.AlertsParams{BeforeUs: 1 << 62, Agency: w.Agency, Mild: w.Mild, Most: int32(w.Most)}
	if !w.Before.IsZero() {
		p.BeforeUs = micros(w.Before)
	}
	rows, err := s.db.mainRead.q.Alerts(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("read alerts: %w", err)
	}
	return eachRead(rows, keptAlert)
}

// AlertsOn are the alerts about a user on a day of the agency.
func (s *Guard) AlertsOn(ctx context.Context, u party.User, day time.Time) ([]guard.KeptAlert, error) {
	rows, err := s.db.mainRead.q.AlertsOfUser(ctx, sqldb.AlertsOfUserParams{AgencyID: u.Institution, UserID: u.ID, Day: dayText(day)})
	if err != nil {
		return nil, fmt.Errorf("read alerts of user: %w", err)
	}
	return eachRead(rows, func(r sqldb.AlertsOfUserRow) (guard.KeptAlert, error) { return keptAlert(sqldb.AlertsRow(r)) })
}

func keptAlert(r sqldb.AlertsRow) (guard.KeptAlert, error) {
	in := stored{table: "alerts", key: fmt.Sprintf("user %d", r.UserID)}
	k := guard.KeptAlert{
		Agency: r.AgencyID, AgencyName: r.AgencyName, Code: r.Code, User: r.UserID, Login: r.Login, UserName: r.UserName,
		Stopped: instant(r.StoppedUs),
		Day:     in.day("day", r.Day), Action: r.Action, Rule: r.Rule, First: instant(r.FirstUs), Last: instant(r.LastUs),
		Lookups: int(r.Lookups), Score: r.Score,
	}
	in.json("reasons", r.Reasons, &k.Reasons)
	return k, in.err
}

// Decoys implements guard.Store.
func (s *Guard) Decoys(ctx context.Context) ([]guard.Decoy, error) {
	rows, err := s.db.mainRead.q.Decoys(ctx)
	if err != nil {
		return nil, fmt.Errorf("read decoys: %w", err)
	}
	out := make([]guard.Decoy, len(rows))
	for i, r := range rows {
		plain, err := s.db.decoySeal.Open(nil, r.Sealed, r.NikIndex)
		if err != nil {
			return nil, fmt.Errorf("open decoy: %w", err)
		}
		if out[i].NIK, err = nik.Parse(string(plain)); err != nil {
			return nil, fmt.Errorf("open decoy: %w", err)
		}
		out[i].Planted, out[i].Note = instant(r.PlantedUs), r.Note
	}
	return out, nil
}

// PlantDecoys keeps decoys, with a record in the provider's own log that names none of them.
func (s *Guard) PlantDecoys(ctx context.Context, c journal.Change, list []guard.Decoy) error {
	c.Subject, c.After = "NIK umpan", fmt.Sprintf("%s ditanam", bahasa.Number(len(list)))
	return s.db.change(ctx, party.Provider, c, func(q *sqldb.Queries) error {
		for _, d := range list {
			index := s.db.nikIndex.Index(d.NIK.Digits())
			if _, err := q.PutDecoy(ctx, sqldb.PutDecoyParams{NikIndex: index, Sealed: s.db.decoySeal.Seal([]byte(d.NIK.Digits()), index),
				PlantedUs: micros(d.Planted), Note: d.Note}); err != nil {
				return err
			}
		}
		return nil
	})
}

// AbuseSettings implements guard.Store.
func (s *Guard) AbuseSettings(ctx context.Context, agency int64) (out guard.Settings, err error) {
	text, err := s.db.mainRead.q.AbuseSettings(ctx, agency)
	if ok, err := foundRow(err, "settings"); !ok {
		return out, err
	}
	return out, json.Unmarshal([]byte(text), &out)
}

// SetAbuseSettings changes an agency's settings of the Watcher, with its record.
func (s *Guard) SetAbuseSettings(ctx context.Context, c journal.Change, agency int64, set guard.Settings) error {
	was, err := s.AbuseSettings(ctx, agency)
	if err != nil {
		return err
	}
	c.Subject, c.Before, c.After = "Pengawasan pola pencarian", was.Words(), set.Words()
	return s.db.change(ctx, agency, c, func(q *sqldb.Queries) error {
		return q.PutAbuseSettings(ctx, sqldb.PutAbuseSettingsParams{AgencyID: agency, Settings: jsonText(set)})
	})
}
