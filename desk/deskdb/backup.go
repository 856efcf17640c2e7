package deskdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gapura/internal/backup"
)

// BackupFile is the name of the desk's file in a backup; part of its format.
const BackupFile = "loket.db"

// Backup adds the desk's file as it is at one moment, while others go on.
func (d *DB) Backup(ctx context.Context, w *backup.Writer) error {
	f, err := backup.Freeze(ctx, d.file)
	if err != nil {
		return err
	}
	return errors.Join(f.AddTo(w, BackupFile), f.Close())
}

// Examine reads every page of the file and the whole security log.
func (d *DB) Examine(ctx context.Context) error {
	var said string
	if err := d.read.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said); err != nil {
		return fmt.Errorf("examine database: %w", err)
	}
	if said != "ok" {
		return errors.New("database file is damaged")
	}
	_, _, err := d.Security.Check(ctx)
	return err
}

// aheadADay is by how much numbers jump for each day since a backup was made: far more than a desk gives out in a day.
const aheadADay = 1000

func queueOf(day time.Time) string { return "queue " + day.Format(time.DateOnly) }

func documentsOf(year int) string { return fmt.Sprintf("document %d", year) }

// Resume goes on from a backup: no number that may have been given out since it was made is given out again, neither of a queue nor of a
// letter nor of a consent; and the security log tells of it.
func (d *DB) Resume(ctx context.Context, made, now time.Time) error {
	days := max(int64(now.Sub(made)/(24*time.Hour)), 0) + 1
	return d.tx(ctx, func(t *sql.Tx) error {
		kinds := map[string]int64{}
		for day := made; !day.After(now.AddDate(0, 0, 2)); day = day.AddDate(0, 0, 1) { // whatever the zone
			kinds[queueOf(day)] = aheadADay
			kinds[documentsOf(day.Year())] = aheadADay * days
		}
		for kind, by := range kinds {
			_, err := t.ExecContext(ctx, `INSERT INTO counters (kind, n) VALUES (?1, ?2) ON CONFLICT (kind) DO UPDATE SET n = n + ?2`, kind,
				by)
			if err != nil {
				return fmt.Errorf("jump numbers: %w", err)
			}
		}
		// A row of nobody's holds the place that the next consent is counted from.
		_, err := t.ExecContext(ctx, `INSERT INTO consents (id, at_us, by_user, reader, note)
			SELECT COALESCE(MAX(id), 0) + ?1, ?2, 0, '', 'nomor dilompati setelah pemulihan' FROM consents`, aheadADay*days, micros(now))
		if err != nil {
			return fmt.Errorf("jump numbers: %w", err)
		}
		return d.note(ctx, t, Entry{At: now, Kind: Restored, Text: "loket dipulihkan dari cadangan " + made.UTC().Format(time.RFC3339) +
			"; nomor antrean, surat, dan persetujuan melompat"})
	})
}
