package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"gapura/agreement/party"
	"gapura/internal/backup"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// The names of a backup's parts. They are part of its format.
const (
	BackupDatabase = "gapura.db"
	BackupAnchor   = "gapura.key.anchor"
	BackupArchives = "arsip"
)

// ErrServer says that the database is a server's, which has its own way of being backed up and restored.
var ErrServer = told.Refuse("basis data ini berada pada server PostgreSQL: dicadangkan dan dipulihkan dengan pgBackRest, sampai ke saat " +
	"tertentu, beserta berkas kunci dan jangkarnya; langkahnya pada docs/cadangan.md")

// Backup adds all that an installation on SQLite keeps, but for the key file and what is derived from the logs. The anchor is read first,
// then the database is held, then the residents, then the archives are read: what is later may know more than what is earlier, as after a
// crash, and never less.
func (s *DB) Backup(ctx context.Context, w *backup.Writer) (err error) {
	if s.postgres {
		return ErrServer
	}
	anchor, err := os.ReadFile(s.anchor.Path())
	if err != nil {
		return fmt.Errorf("anchor: %w", err)
	}
	main, err := backup.Freeze(ctx, s.file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, main.Close()) }()
	people, err := backup.Freeze(ctx, PopulationFile(s.file))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, people.Close()) }()
	if err := w.Add(BackupAnchor, int64(len(anchor)), func(to io.Writer) error { _, err := to.Write(anchor); return err }); err != nil {
		return err
	}
	if err := main.AddTo(w, BackupDatabase); err != nil {
		return err
	}
	if err := people.AddTo(w, PopulationFile(BackupDatabase)); err != nil {
		return err
	}
	return s.backupArchives(w)
}

// backupArchives adds the archives. A file that an archiving or forgetting just replaced is read as it was or as it is; one that is gone
// belongs to an archive that a newer one took the place of.
func (s *DB) backupArchives(w *backup.Writer) error {
	if s.archives == "" {
		return nil
	}
	err := filepath.WalkDir(s.archives, func(file string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(s.archives, file)
		if err != nil {
			return err
		}
		return w.AddFile(path.Join(BackupArchives, filepath.ToSlash(name)), file)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Tell records in the provider's log what was done to the installation as a whole.
func (s *Journal) Tell(ctx context.Context, c journal.Change) error {
	return s.db.change(ctx, party.Provider, c, func(*sqldb.Queries) error { return nil })
}

// A Lag is a log of which a backup holds less than this machine's anchor knows.
type Lag struct {
	Log      int64
	Has, Had int64 // entries
}

// A Standing is what a restored installation is, beside an anchor.
type Standing struct {
	Mark []byte                     // of the installation
	Held map[int64]journal.Anchored // what the anchor knows of the logs that are not behind it
	Lags []Lag                      // by log
}

// Stand holds a restored installation against its anchor, without judging the logs' contents. A checkpoint that the anchor knows and the
// backup does not, over the same entries, can be signed again and is let go.
func (s *Journal) Stand(ctx context.Context) (st Standing, err error) {
	row, err := s.db.mainRead.q.Installation(ctx)
	if err != nil {
		return st, fmt.Errorf("read installation: %w", err)
	}
	st.Mark, st.Held = row.Mark, map[int64]journal.Anchored{}
	logs, err := s.Logs(ctx, journal.AllLogs)
	if err != nil {
		return st, err
	}
	has := map[int64]journal.SignedLog{}
	for _, l := range logs {
		has[l.Log] = l
	}
	for log, known := range s.db.anchor.Logs() {
		l := has[log]
		if l.Tree.Size < known.Size {
			st.Lags = append(st.Lags, Lag{log, l.Tree.Size, known.Size})
			continue
		}
		known.Kept = 0
		if l.Last != nil {
			known.Kept = l.Last.Tree.Size
		}
		st.Held[log] = known
	}
	return st, nil
}

// Resume records in the logs that the installation goes on from a backup: in the provider's, and in each log that lost entries by it, and
// then letters' numbers jump. The anchor goes on from what it knew; where it knew more, BeginAnchor was asked before.
func (s *Journal) Resume(ctx context.Context, c journal.Change, st Standing, made time.Time) error {
	c.Subject = "Pemulihan"
	if len(st.Lags) == 0 {
		if err := s.db.anchor.Begin(st.Mark, st.Held); err != nil {
			return err
		}
	}
	return s.db.changes(ctx, func(q *sqldb.Queries) error {
		whole := c
		whole.After = "dipulihkan dari cadangan " + made.In(party.WIB.Location()).Format("02-01-2006 15.04.05") + " WIB"
		if len(st.Lags) > 0 {
			whole.Before = fmt.Sprintf("%d log lebih panjang daripada cadangan, dengan %d catatan yang hilang", len(st.Lags), lost(st.Lags))
		}
		if err := errors.Join(s.db.record(ctx, q, party.Provider, whole), addRestoration(ctx, q, c.At, made)); err != nil {
			return err
		}
		if len(st.Lags) > 0 {
			if err := skipLetters(ctx, q, made, c.At); err != nil {
				return err
			}
		}
		for _, l := range st.Lags {
			if l.Log == party.Provider || l.Has == 0 {
				continue
			}
			own := c
			own.Before, own.After = fmt.Sprintf("%d catatan", l.Had), fmt.Sprintf("%d catatan, dari cadangan", l.Has)
			if err := s.db.record(ctx, q, l.Log, own); err != nil {
				return err
			}
		}
		return nil
	})
}

func addRestoration(ctx context.Context, q *sqldb.Queries, at, since time.Time) error {
	if err := q.AddRestoration(ctx, sqldb.AddRestorationParams{AtUs: micros(at), SinceUs: micros(since)}); err != nil {
		return fmt.Errorf("note restoration: %w", err)
	}
	return nil
}

// Restored is when the installation last went on from a backup, or from an anchor that began anew, and since when what was brought may be
// lost by it; zero: never.
func (s *Journal) Restored(ctx context.Context) (at, since time.Time, err error) {
	row, err := s.db.mainRead.q.LastRestoration(ctx)
	if ok, err := foundRow(err, "restorations"); !ok {
		return at, since, err
	}
	return instant(row.AtUs), instant(row.SinceUs), nil
}

// lettersAhead is by how much the numbers of letters jump: more than an office sends while a backup is the newest that is left.
const lettersAhead = 1000

// skipLetters makes sure that no number of a letter that was given out since the backup was made is given out again.
func skipLetters(ctx context.Context, q *sqldb.Queries, made, now time.Time) error {
	from, to := made.In(party.WIB.Location()).Year(), now.In(party.WIB.Location()).Year()
	for year := from; year <= to; year++ {
		if err := q.OpenLetterSeries(ctx, int64(year)); err != nil {
			return fmt.Errorf("jump numbers of letters: %w", err)
		}
	}
	if err := q.SkipLetters(ctx, sqldb.SkipLettersParams{By: lettersAhead, Since: int64(from)}); err != nil {
		return fmt.Errorf("jump numbers of letters: %w", err)
	}
	return nil
}

func lost(lags []Lag) (n int64) {
	for _, l := range lags {
		n += l.Had - l.Has
	}
	return n
}
