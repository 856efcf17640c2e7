package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/store/sqldb"
)

// Protections are the persons whose data no lookup is answered with (L6); it implements access.Shield's question. Whom they are about is
// kept as a blind index alone, so that nothing lists them.
type Protections struct{ db *DB }

// errNotProtected is also said of another order's number, so that a guess tells nothing.
var errNotProtected = told.Refuse("Data dengan NIK ini tidak sedang dilindungi menurut perintah dengan nomor itu.")

// Protected reports whether a person's data are protected on a day of the office, and who watches over them: the user ids that the
// orders name. A row that no entry of the office's log explains is a *journal.Tampered: then nobody is answered, because what was taken
// away cannot be told from what never was.
func (s *Protections) Protected(ctx context.Context, n nik.NIK, now time.Time) (watchers []int64, err error) {
	rows, err := s.db.Rights.protections(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	today := dayText(party.WIB.Day(now))
	for _, r := range rows[string(s.db.nikIndex.Index(n.Digits()))] {
		if r.Until == "" || r.Until >= today {
			watchers = append(watchers, r.Watcher)
		}
	}
	return watchers, nil
}

// protections are all of one version of the rights, by blind index; whoever answers by them holds that version in the record's
// transaction.
func (s *Rights) protections(ctx context.Context) (map[string][]sqldb.Protection, error) {
	v, err := s.Version(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	if s.version == v && s.protected != nil {
		defer s.mu.Unlock()
		return s.protected, s.unprotected()
	}
	s.mu.Unlock()
	if v, err = s.db.mainRead.q.RightsVersion(ctx); err != nil { // first, as in Standing
		return nil, fmt.Errorf("read rights version: %w", err)
	}
	list, err := s.db.mainRead.q.Protections(ctx)
	if err != nil {
		return nil, fmt.Errorf("read protections: %w", err)
	}
	if err := s.examined(ctx, party.Provider, false); err != nil {
		return nil, err
	}
	out := map[string][]sqldb.Protection{}
	for _, r := range list {
		out[string(r.NikIndex)] = append(out[string(r.NikIndex)], r)
	}
	s.keep(v, func() { s.protected = out })
	s.mu.Lock()
	defer s.mu.Unlock()
	return out, s.unprotected()
}

// unprotected is a protection that no entry explains; s.mu is held.
func (s *Rights) unprotected() error {
	for _, u := range s.around.bad[party.Provider] {
		if strings.HasPrefix(u.row, "protections ") {
			return u.err()
		}
	}
	return nil
}

// Tell keeps notices and e-mails about a lookup that was refused.
func (s *Protections) Tell(ctx context.Context, told []procedure.Notice, mails []notify.Mail) error {
	return s.db.main.tx(ctx, func(q *sqldb.Queries) error { return s.db.tell(ctx, q, told, mails) })
}

func (s *Rights) protect(ctx context.Context, q *sqldb.Queries, c journal.Change, e procedure.ProtectPerson) error {
	until := ""
	if !e.Until.IsZero() {
		until = dayText(e.Until)
	}
	return q.InsertProtection(ctx, sqldb.InsertProtectionParams{NikIndex: s.db.nikIndex.Index(e.NIK.Digits()), OrderNumber: e.Order,
		Authority: e.Authority, Until: until, Watcher: e.Watcher.ID, KnownUs: micros(c.At)})
}

func (s *Rights) endProtection(ctx context.Context, q *sqldb.Queries, e procedure.EndProtection) error {
	n, err := q.EndProtection(ctx, sqldb.EndProtectionParams{NikIndex: s.db.nikIndex.Index(e.NIK.Digits()), OrderNumber: e.Order})
	if err == nil && n == 0 {
		err = errNotProtected
	}
	return err
}
