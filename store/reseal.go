package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
	"gapura/internal/keyring"
	"gapura/internal/reseal"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// Sealing is what is sealed by the key file. It implements reseal.Kept.
type Sealing struct {
	db   *DB
	keys *keyring.Ring
}

// Resealed implements reseal.Kept.
func (s *Sealing) Resealed(ctx context.Context) (byte, error) {
	key, err := s.db.mainRead.q.Resealed(ctx)
	if _, err := foundRow(err, "resealed"); err != nil {
		return 0, err
	}
	return byte(key), nil
}

// SetResealed implements reseal.Kept.
func (s *Sealing) SetResealed(ctx context.Context, key byte) error {
	if err := s.db.main.q.PutResealed(ctx, int64(key)); err != nil {
		return fmt.Errorf("keep that all was sealed anew: %w", err)
	}
	return nil
}

// Rebind implements reseal.Kept.
func (s *Sealing) Rebind(ctx context.Context) error {
	if err := s.db.bind(ctx, s.keys); err != nil {
		return err
	}
	return s.db.periods.rewrap(ctx)
}

// Parts are all columns that the key file seals itself. What entries of the journal hold is sealed under the keys of their months, which
// Rebind wraps anew; those of before there were such keys are here.
func (s *Sealing) Parts() []reseal.Part {
	db := s.db
	n := func(v any) int64 { i, _ := v.(int64); return i }
	b := func(v any) []byte { x, _ := v.([]byte); return x }
	t := func(v any) string { x, _ := v.(string); return x }
	own := func(v []any) []byte { return b(v[0]) }
	var out []reseal.Part
	for _, c := range []reseal.Column{
		{Table: "case_steps", Name: "fields_sealed", Keys: []string{"case_id", "seq"}, Seal: db.formSeal,
			Context: func(v []any) []byte { return stepContext(n(v[0]), n(v[1])) }},
		{Table: "cases", Name: "draft_sealed", Keys: []string{"id"}, Seal: db.formSeal,
			Context: func(v []any) []byte { return stepContext(n(v[0]), draftSeq) }},
		{Table: "case_typed", Name: "sealed", Keys: []string{"case_id", "user_id"}, Seal: db.formSeal,
			Context: func(v []any) []byte { return typedContext(n(v[0]), n(v[1])) }},
		{Table: "manuscripts", Name: "content_sealed", Keys: []string{"id"}, With: []string{"file_id"}, Seal: db.formSeal, Batch: 10,
			Context: func(v []any) []byte { return manuscriptContext(n(v[1])) }},
		{Table: "file_contents", Name: "sealed", Keys: []string{"file_id"}, Seal: db.fileSeal, Batch: 1,
			Context: func(v []any) []byte { return fileContext(n(v[0])) }},
		{Table: "balikan", Name: "sealed", Keys: []string{"agency_id", "digest"}, Seal: db.balikanSeal,
			Context: func(v []any) []byte { return b(v[1]) }},
		{Table: "decoys", Name: "sealed", Keys: []string{"nik_index"}, Seal: db.decoySeal, Context: own},
		{Table: "canaries", Name: "sealed", Keys: []string{"nik_index"}, Seal: db.personSeal, Context: own},
		{Table: "reports", Name: "sealed", Keys: []string{"agency_id", "period"}, Seal: db.reportSeal, Batch: 10,
			Context: func(v []any) []byte { return reportContext(n(v[0]), t(v[1])) }},
		{Table: "incident_entries", Name: "sealed", Keys: []string{"incident_id", "seq"}, Seal: db.incidentSeal,
			Context: func(v []any) []byte { return incidentContext(n(v[0]), n(v[1])) }},
		{Table: "incident_people", Name: "sealed", Keys: []string{"incident_id", "nik_index"}, Seal: db.incidentSeal,
			Context: func(v []any) []byte { return personContext(n(v[0]), b(v[1])) }},
		{Table: "mails", Name: "sealed", Keys: []string{"id"}, With: []string{"created_us", "file_id", "subject"}, Seal: db.mailSeal,
			Context: func(v []any) []byte { return mailContext(n(v[1]), n(v[2]), t(v[3])) }},
		{Table: "subscriptions", Name: "sealed", Keys: []string{"id"}, With: []string{"nik_index"}, Seal: db.mailSeal,
			Context: func(v []any) []byte { return subscriberContext(b(v[1])) }},
		{Table: "services", Name: "sealed", Keys: []string{"agency_id", "digest"}, Seal: db.nikSeal,
			Context: func(v []any) []byte { return serviceContext(n(v[0]), b(v[1])) }},
		{Table: "snooping_questions", Name: "sealed", Keys: []string{"agency_id", "seq"}, Where: "answered_us > 0", Seal: db.incidentSeal,
			Context: func(v []any) []byte { return questionContext(n(v[0]), n(v[1])) }},
		{Table: "snooping_questions", Name: "found_sealed", Keys: []string{"agency_id", "seq"}, Where: "LENGTH(found_sealed) > 0",
			Seal: db.incidentSeal, Context: func(v []any) []byte { return foundContext(n(v[0]), n(v[1])) }},
		{Table: "snooping_cases", Name: "sealed", Keys: []string{"id"}, With: []string{"nik_index"}, Seal: db.incidentSeal,
			Context: func(v []any) []byte { return whomContext(b(v[1])) }},
		{Table: "snooping_entries", Name: "sealed", Keys: []string{"case_id", "seq"}, Seal: db.incidentSeal,
			Context: func(v []any) []byte { return lineContext(n(v[0]), n(v[1])) }},
		{Table: "credentials", Name: "sealed", Keys: []string{"id"}, With: []string{"kind", "user_id"}, Seal: db.Credentials.seal,
			Context: func(v []any) []byte { return sealed(party.Kind(t(v[1])), n(v[2])) }},
		{Table: "watch_states", Name: "sealed", Keys: []string{"agency_id"}, Seal: db.nikSeal, Batch: 1,
			Context: func(v []any) []byte { return watchContext(n(v[0])) }},
		{Table: "records", Name: "nik_sealed", Keys: []string{"agency_id", "seq"}, Where: "period = 0", Seal: db.nikSeal,
			Context: func(v []any) []byte { return []byte(sealedNIK + journal.ID{Log: n(v[0]), Seq: n(v[1])}.String()) }},
	} {
		out = append(out, reseal.Part{Column: c, Read: db.mainRead.db, Write: reseal.Into(db.main.db)})
	}
	out = append(out, reseal.Part{Read: db.mainRead.db, Write: db.resealNIKs, Column: reseal.Column{Table: "users", Name: "nik_sealed",
		Keys: []string{"agency_id", "id"}, With: []string{"login"}, Seal: db.formSeal,
		Context: func(v []any) []byte { return nikContext(t(v[2])) }}})
	return append(out, reseal.Part{Read: db.peopleRead.db, Write: reseal.Into(db.people.db), Column: reseal.Column{Table: "residents",
		Name: "sealed", Keys: []string{"place"}, With: []string{"nik_index"}, Seal: db.personSeal,
		Context: func(v []any) []byte { return b(v[1]) }}})
}

// resealNIKs is the reseal.Writer of users.nik_sealed. Entries of the journal tell a digest of it (canonical), so that one tells of each
// institution's new ones, and their users are not taken for changed past the program. Where something was, no entry takes it over: users of
// that institution stay as they are, for a pass after the cure that its alarm asks for.
func (s *DB) resealNIKs(ctx context.Context, _ reseal.Column, rows []reseal.Row, again [][]byte) error {
	for from := 0; from < len(rows); {
		institution, _ := rows[from].At[0].(int64)
		to := from
		for to < len(rows) && rows[to].At[0] == rows[from].At[0] {
			to++
		}
		err := s.resealNIKsOf(ctx, institution, rows[from:to], again[from:to])
		if _, changed := errors.AsType[*journal.Tampered](err); err != nil && !changed {
			return err
		}
		from = to
	}
	return nil
}

func (s *DB) resealNIKsOf(ctx context.Context, institution int64, rows []reseal.Row, again [][]byte) error {
	return s.changes(ctx, func(q *sqldb.Queries) error {
		var n int64
		for i, r := range rows {
			id, _ := r.At[1].(int64)
			done, err := q.ResealNIK(ctx, sqldb.ResealNIKParams{ID: id, Was: r.Sealed, Again: again[i]})
			if err != nil {
				return err
			}
			n += done
		}
		if n == 0 { // all were changed meanwhile
			return nil
		}
		return s.record(ctx, q, institution, journal.Change{At: time.Now(), Subject: "User ID", Reason: "penggantian kunci",
			After: fmt.Sprintf("NIK pemilik %d user ID disegel ulang dengan kunci baru, tanpa perubahan lain", n)})
	})
}
