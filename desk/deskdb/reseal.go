package deskdb

import (
	"context"
	"errors"
	"fmt"

	"gapura/internal/keyring"
	"gapura/internal/reseal"
)

// Sealing is what is sealed by the desk's key file. It implements reseal.Kept.
type Sealing struct {
	db   *DB
	keys *keyring.Ring
}

// Sealing is what is sealed by the key file that the desk was opened with.
func (d *DB) Sealing(keys *keyring.Ring) *Sealing { return &Sealing{d, keys} }

// Resealed implements reseal.Kept.
func (s *Sealing) Resealed(ctx context.Context) (key byte, err error) {
	err = none(s.db.read.QueryRowContext(ctx, `SELECT key_no FROM resealed WHERE id = 1`).Scan(&key))
	if errors.Is(err, ErrNone) {
		return 0, nil
	}
	return key, err
}

// SetResealed implements reseal.Kept.
func (s *Sealing) SetResealed(ctx context.Context, key byte) error {
	if _, err := s.db.write.ExecContext(ctx, `INSERT INTO resealed (id, key_no) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET
		key_no = excluded.key_no`, key); err != nil {
		return fmt.Errorf("keep that all was sealed anew: %w", err)
	}
	return nil
}

// Rebind implements reseal.Kept.
func (s *Sealing) Rebind(ctx context.Context) error { return s.db.bind(ctx, s.keys) }

// Parts are all columns that are sealed, but the security log's: its chain closes over what is sealed.
func (s *Sealing) Parts() (out []reseal.Part) {
	for _, c := range append(s.db.kept(), s.db.secrets()...) {
		out = append(out, reseal.Part{Column: c, Read: s.db.read, Write: reseal.Into(s.db.write)})
	}
	return out
}

// with is a context of a name and the number in a column.
func with(what string, column int) func(v []any) []byte {
	return func(v []any) []byte {
		id, _ := v[column].(int64)
		return bound(what, id)
	}
}

func text(column int) func(v []any) []byte {
	return func(v []any) []byte {
		s, _ := v[column].(string)
		return []byte(s)
	}
}

// kept are what the desk keeps of its work. The first column names the place.
func (d *DB) kept() []reseal.Column {
	return []reseal.Column{
		{Table: "applications", Name: "sealed", Keys: []string{"id"}, With: []string{"number"}, Seal: d.papers, Context: text(1)},
		{Table: "steps", Name: "note", Keys: []string{"id"}, With: []string{"application"}, Seal: d.notes, Context: with("note", 1)},
		{Table: "files", Name: "sealed", Keys: []string{"id"}, With: []string{"application"}, Seal: d.files, Context: with("file", 1),
			Batch: 1},
		{Table: "documents", Name: "sealed", Keys: []string{"application"}, Seal: d.files, Context: with("document", 0), Batch: 1},
		{Table: "documents", Name: "revoked_why", Keys: []string{"application"}, Seal: d.notes, Context: with("revoked", 0)},
		{Table: "outbox", Name: "sealed", Keys: []string{"key"}, Seal: d.box, Context: text(0)},
	}
}

// secrets are what people and the desk sign in with.
func (d *DB) secrets() []reseal.Column {
	return []reseal.Column{
		{Table: "users", Name: "token", Keys: []string{"id"}, Seal: d.users, Context: with("token", 0)},
		{Table: "enrolment", Name: "ticket", Keys: []string{"id"}, Seal: d.users, Context: with("ticket", 0)},
		{Table: "factors", Name: "sealed", Keys: []string{"id"}, With: []string{"kind", "user_id"}, Seal: d.users,
			Context: func(v []any) []byte { kind, _ := v[1].(string); return with(kind, 2)(v) }},
	}
}
