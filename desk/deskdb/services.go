package deskdb

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gapura/desk/desk"
	"gapura/internal/told"
)

// Services are the kinds of aid in all their versions.
type Services struct{ db *DB }

// Seed puts in the kinds of aid that come with the program and are not there yet.
func (d *Services) Seed(ctx context.Context, list []desk.Service, at time.Time) error {
	return d.db.tx(ctx, func(t *sql.Tx) error {
		for _, s := range list {
			_, err := t.ExecContext(ctx,
				`INSERT INTO services (key, version, at_us, by_user, text) SELECT ?1, 1, ?2, 0, ?3 WHERE NOT EXISTS (SELECT 1 FROM services WHERE key = ?1)`, s.Key, micros(at), s.SourceText)
			if err != nil {
				return fmt.Errorf("seed service %s: %w", s.Key, err)
			}
		}
		return nil
	})
}

// What speaks against a new version of a kind of aid.
var (
	ErrVersion = &told.Error{Kind: told.Moved, Field: "Layanan", Text: "Layanan ini sudah diubah orang lain sejak halaman dibuka. " +
		"Muat ulang halaman, lalu ubah kembali."}
	ErrKey = &told.Error{Kind: told.Refused, Field: "naskah", Text: "Layanan dengan “key” ini sudah ada."} // of one that is to be new
)

// PutService keeps a new version of a kind of aid, after the one that the editor saw; 0 for a new one.
func (d *Services) PutService(ctx context.Context, s desk.Service, after int, by int64, at time.Time) error {
	return d.db.tx(ctx, func(t *sql.Tx) error {
		var last int
		if err := t.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM services WHERE key = ?1`, s.Key).Scan(&last); err != nil {
			return err
		}
		switch {
		case after == 0 && last != 0:
			return ErrKey
		case last != after:
			return ErrVersion
		}
		_, err := t.ExecContext(ctx, `INSERT INTO services (key, version, at_us, by_user, text) VALUES (?1, ?2, ?3, ?4, ?5)`, s.Key, last+1,
			micros(at), by, s.SourceText)
		return err
	})
}

func readService(version int, text string) (desk.Service, error) {
	s, err := desk.ParseService(text)
	s.Version = version
	if err != nil {
		return s, fmt.Errorf("read service: %w", err)
	}
	return s, nil
}

// Services are the newest versions, by key.
func (d *Services) Services(ctx context.Context) ([]desk.Service, error) {
	return rows(ctx, d.db.read, func(r *sql.Rows) (desk.Service, error) {
		var version int
		var text string
		if err := r.Scan(&version, &text); err != nil {
			return desk.Service{}, err
		}
		return readService(version, text)
	}, `SELECT s.version, s.text FROM services s WHERE s.version = (SELECT MAX(version) FROM services WHERE key = s.key) ORDER BY s.key`)
}

// Service is one version of a kind of aid; 0 is the newest.
func (d *Services) Service(ctx context.Context, key string, version int) (desk.Service, error) {
	var text string
	err := d.db.read.QueryRowContext(ctx,
		`SELECT version, text FROM services WHERE key = ?1 AND (version = ?2 OR ?2 = 0) ORDER BY version DESC LIMIT 1`, key,
		version).Scan(&version, &text)
	if err != nil {
		return desk.Service{}, none(err)
	}
	return readService(version, text)
}

// A ServiceVersion is one line of a kind of aid's history.
type ServiceVersion struct {
	Version int
	At      time.Time
	By      string
}

// ServiceHistory are a kind of aid's versions, newest first.
func (d *Services) ServiceHistory(ctx context.Context, key string) ([]ServiceVersion, error) {
	return rows(ctx, d.db.read, func(r *sql.Rows) (v ServiceVersion, err error) {
		var at int64
		err = r.Scan(&v.Version, &at, &v.By)
		v.At = instant(at)
		return v, err
	}, `SELECT s.version, s.at_us, COALESCE(u.name, 'Bawaan program') FROM services s LEFT JOIN users u ON u.id = s.by_user WHERE s.key = ?1 ORDER BY s.version DESC`, key)
}
