package store

import (
	"bytes"
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// explain tells, for the next entry of a log, what changed of the rights of its institution since the entry before, and notes that it is
// told. What was there before this transaction must be what the log tells: a change never takes over what somebody wrote past the program;
// then a *journal.Tampered is returned. Only found rows are taken as they are: at the first start after an upgrade, and where two people
// decided it. It returns the digest of the state that the entry leads to.
//
// It is called within changes, by one transaction of the installation at a time.
func (s *DB) explain(ctx context.Context, q *sqldb.Queries, log int64, found bool) (list []journal.Right, whole bool, state []byte,
	err error) {
	was, known := s.told[log]
	if !known {
		x, err := s.examine(ctx, log)
		switch {
		case err != nil:
			return nil, false, nil, err
		case found:
			x = examined{}
		case len(x.bad) > 0:
			return nil, false, nil, x.bad[0].err()
		}
		was, whole = x.rights, len(x.state) == 0
	}
	now, err := rightsOf(ctx, q, log)
	if err != nil {
		return nil, false, nil, err
	}
	list = was.Changed(now)
	if whole {
		if err := q.UnexplainAll(ctx, log); err != nil {
			return nil, false, nil, fmt.Errorf("note rights of log %d: %w", log, err)
		}
	}
	for _, x := range list {
		if len(x.Is) == 0 {
			err = q.Unexplain(ctx, sqldb.UnexplainParams{AgencyID: log, RowName: x.Row})
		} else {
			err = q.Explain(ctx, sqldb.ExplainParams{AgencyID: log, RowName: x.Row, Digest: journal.RowDigest(s.logIndex, x.Row, x.Is)})
		}
		if err != nil {
			return nil, false, nil, fmt.Errorf("note rights of log %d: %w", log, err)
		}
	}
	s.told[log] = now
	digests := make(map[string][]byte, len(now))
	for name, is := range now {
		digests[name] = journal.RowDigest(s.logIndex, name, is)
	}
	return list, whole && len(now) > 0, journal.StateDigest(s.logIndex, digests), nil
}

// An unexplained row is one that is not as the last entry about it told; user is whose it is, 0: the institution's.
type unexplained struct {
	log, user int64
	row, why  string
}

func (u unexplained) err() *journal.Tampered {
	return &journal.Tampered{Place: fmt.Sprintf("baris %s (instansi %d)", u.row, u.log), Why: u.why}
}

// stops reports whether a standing of the user rests on the row. What is the office's own and nobody's is told, and does not shut the
// office out, which has to mend it.
func (u unexplained) stops(institution, user int64) bool {
	return u.user == user && user != 0 || u.user == 0 && u.log == institution && institution != party.Provider
}

const (
	whyOther  = "tidak sesuai dengan catatan terakhirnya dalam jurnal"
	whyNobody = "ditambahkan di luar program: tidak ada catatan yang menjelaskannya"
	whyGone   = "dihapus di luar program"
)

// examined is an institution's rights as they are, and which of them its log does not explain.
type examined struct {
	rights journal.Rights
	state  []byte // what the log's seal holds; empty: nothing was told yet
	bad    []unexplained
}

// examine reads the rights of an institution, as of one moment, and holds them against what its log tells.
func (s *DB) examine(ctx context.Context, log int64) (x examined, err error) {
	var told map[string][]byte
	err = s.mainRead.snapshot(ctx, func(q *sqldb.Queries) error {
		row, err := q.SealedLog(ctx, log)
		if _, err := foundRow(err, "log"); err != nil {
			return err
		}
		x.state = row.State
		if x.rights, err = rightsOf(ctx, q, log); err != nil {
			return err
		}
		list, err := q.Explained(ctx, log)
		if err != nil {
			return fmt.Errorf("read what log %d tells of rights: %w", log, err)
		}
		told = make(map[string][]byte, len(list))
		for _, r := range list {
			told[r.RowName] = r.Digest
		}
		if len(row.Seal) > 0 && !s.isSealed(log, logState{row.Size, row.Frontier, row.SealedUs, row.State}, row.Seal) {
			x.bad = append(x.bad, unexplained{log: log, row: rowNamed("logs", log), why: "tidak sesuai dengan segelnya"})
		}
		return nil
	})
	if err != nil {
		return x, err
	}
	for _, name := range slices.Sorted(maps.Keys(x.rights)) {
		switch digest, there := told[name]; {
		case !there:
			x.bad = append(x.bad, unexplained{log, userOfRow(name), name, whyNobody})
		case !hmac.Equal(digest, journal.RowDigest(s.logIndex, name, x.rights[name])):
			x.bad = append(x.bad, unexplained{log, userOfRow(name), name, whyOther})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(told)) {
		if _, there := x.rights[name]; !there {
			x.bad = append(x.bad, unexplained{log, userOfRow(name), name, whyGone})
		}
	}
	if len(x.bad) == 0 && !bytes.Equal(journal.StateDigest(s.logIndex, told), x.state) {
		x.bad = append(x.bad, s.lostTrack(ctx, log, x.rights)...)
	}
	return x, nil
}

// lostTrack names the rows that are not what the log's entries lead to, when what was noted beside them was changed along.
func (s *DB) lostTrack(ctx context.Context, log int64, now journal.Rights) []unexplained {
	then, err := s.Journal.replay(ctx, log)
	if bad := differing(log, then, now); err == nil && len(bad) > 0 {
		return bad
	}
	return []unexplained{{log: log, row: rowNamed("explained", log), why: "catatan tentang hak instansi diubah di luar program"}}
}

// differing are the rows that are not as they were told, by name.
func differing(log int64, told, now journal.Rights) (bad []unexplained) {
	for _, c := range told.Changed(now) {
		why := whyOther
		if _, there := told[c.Row]; !there {
			why = whyNobody
		} else if len(c.Is) == 0 {
			why = whyGone
		}
		bad = append(bad, unexplained{log, userOfRow(c.Row), c.Row, why})
	}
	return bad
}

// userOfRow is the user id that a row belongs to; 0: none.
func userOfRow(name string) (user int64) {
	if strings.HasPrefix(name, "users ") {
		fmt.Sscanf(name, "users %d", &user)
	}
	return user
}

// examineFor is how long an examination holds while no right changes: a door that reads a standing or a credential within it trusts it,
// and the look around finds what was changed in between.
const examineFor = time.Second

// A lookAround is what this process knows of rights that no entry explains. It is guarded by Rights.mu.
type lookAround struct {
	version map[int64]int64     // of the rights, at the last examination of an institution
	at      map[int64]time.Time // of it
	bad     map[int64][]unexplained
	next    int64 // the institution that is looked at next
}

// examined examines an institution unless that was done a moment ago, and remembers what is wrong.
func (s *Rights) examined(ctx context.Context, institution int64, fresh bool) error {
	v, err := s.Version(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	s.mu.Lock()
	known := !fresh && s.around.version[institution] == v && now.Sub(s.around.at[institution]) < examineFor
	s.mu.Unlock()
	if known {
		return nil
	}
	x, err := s.db.examine(ctx, institution)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.around.version[institution], s.around.at[institution] = v, now
	if s.around.bad[institution] = x.bad; len(x.bad) == 0 {
		delete(s.around.bad, institution)
	}
	return nil
}

// stopped is why a user may not be let in: a row that the standing rests on is explained by no entry; nil: none is known. s.mu is held.
func (s *Rights) stopped(institution, user int64) error {
	for _, list := range s.around.bad {
		for _, u := range list {
			if u.stops(institution, user) {
				return u.err()
			}
		}
	}
	return nil
}

// explained refuses, as a *journal.Tampered, a user of an institution whose standing or credentials rest on a row that no entry explains.
func (s *Rights) explained(ctx context.Context, institution, user int64) error {
	if err := s.examined(ctx, institution, false); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped(institution, user)
}

// Logs are all institutions that have rights or a log, the provider's first.
func (s *Rights) Logs(ctx context.Context) ([]int64, error) {
	all, err := s.db.mainRead.q.ExplainedLogs(ctx)
	if err != nil {
		return nil, fmt.Errorf("read logs: %w", err)
	}
	return all, nil
}

// Explained refuses, as a *journal.Tampered, an institution that has a row that no entry explains.
func (s *Rights) Explained(ctx context.Context, institution int64) error {
	x, err := s.db.examine(ctx, institution)
	if err == nil && len(x.bad) > 0 {
		err = x.bad[0].err()
	}
	return err
}

// LookAround examines institutions in turn, as long as the time given lasts, all when it is 0; the next call goes on from there.
func (s *Rights) LookAround(ctx context.Context, atMost time.Duration) error {
	all, err := s.Logs(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	at, _ := slices.BinarySearch(all, s.around.next)
	s.mu.Unlock()
	began := time.Now()
	for n := range all {
		id := all[(at+n)%len(all)]
		if err := s.examined(ctx, id, true); err != nil {
			return err
		}
		s.mu.Lock()
		s.around.next = id + 1
		s.mu.Unlock()
		if atMost > 0 && time.Since(began) > atMost {
			break
		}
	}
	return nil
}

// Unexplained are the institutions that this process found rows of that no entry explains, each with what it found, by its row.
func (s *Rights) Unexplained() map[int64]error {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[int64]error{}
	for log, list := range s.around.bad {
		var errs []error
		for _, u := range list {
			errs = append(errs, u.err())
		}
		out[log] = errors.Join(errs...)
	}
	return out
}

// replay rebuilds the rights of an institution from the changes in its log alone.
func (s *Journal) replay(ctx context.Context, log int64) (journal.Rights, error) {
	var r journal.Replay
	for from := int64(0); ; {
		list, err := s.db.mainRead.q.ChangesAfter(ctx, sqldb.ChangesAfterParams{AgencyID: log, Seq: from, Limit: leafBatch})
		if err != nil {
			return nil, fmt.Errorf("read changes of log %d: %w", log, err)
		}
		for _, p := range list {
			x, _, err := s.openChange(ctx, p)
			if err == nil {
				err = r.Take(s.db.logIndex, x)
			}
			if err != nil {
				return nil, err
			}
			from = p.Seq + 1
		}
		if len(list) < leafBatch {
			return r.Rights, nil
		}
	}
}

// Replay rebuilds the rights of an institution from its log and compares them with what is there: a *journal.Tampered names the first row
// that no entry explains. The log itself must have been checked before. rows is how many there are.
func (s *Journal) Replay(ctx context.Context, log int64) (rows int, err error) {
	x, err := s.db.examine(ctx, log)
	if err != nil {
		return 0, err
	}
	then, err := s.replay(ctx, log)
	if err != nil {
		return 0, err
	}
	if bad := differing(log, then, x.rights); len(bad) > 0 {
		return 0, bad[0].err()
	}
	return len(then), nil
}
