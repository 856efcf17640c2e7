package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/journal/witness"
	"gapura/store/sqldb"
)

// LastCheckpoint makes Witness a witness.Kept.
func (s *Witness) LastCheckpoint(ctx context.Context, log, least int64) (c journal.KeptCheckpoint, found bool, err error) {
	return s.db.Journal.LastCheckpoint(ctx, log, least)
}

// NewestCheckpoints are the sizes of the newest checkpoint of each log.
func (s *Witness) NewestCheckpoints(ctx context.Context) (map[int64]int64, error) {
	rows, err := s.db.mainRead.q.NewestCheckpoints(ctx)
	if err != nil {
		return nil, fmt.Errorf("read checkpoints: %w", err)
	}
	out := make(map[int64]int64, len(rows))
	for _, r := range rows {
		out[r.AgencyID] = r.Size
	}
	return out, nil
}

// LastGiven is the newest cosignature of each witness outside under each log, or one.
func (s *Witness) LastGiven(ctx context.Context, only int64) ([]witness.Given, error) {
	rows, err := s.db.mainRead.q.LastCosignatures(ctx, only)
	if err != nil {
		return nil, fmt.Errorf("read cosignatures: %w", err)
	}
	return each(rows, func(r sqldb.LastCosignaturesRow) witness.Given {
		return witness.Given{Log: r.AgencyID, Size: r.Size, Cosignature: journal.Cosignature{Witness: r.Witness, At: instant(r.AtUs)}}
	}), nil
}

// errRegression says that a witness's times or sizes do not ascend.
var errRegression = errors.New("a witness's cosignatures do not ascend")

// KeepGiven keeps a cosignature and that its witness answers. One that is earlier than the witness's last under the same log is refused.
func (s *Witness) KeepGiven(ctx context.Context, g witness.Given, at time.Time) error {
	err := s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		last, err := q.LastCosignatures(ctx, g.Log)
		if err != nil {
			return err
		}
		for _, l := range last {
			if l.Witness == g.Witness && (g.Size >= l.Size && micros(g.At) < l.AtUs || g.Size < l.Size && micros(g.At) > l.AtUs) {
				return errRegression
			}
		}
		if _, err := q.AddCosignature(ctx, sqldb.AddCosignatureParams{AgencyID: g.Log, Size: g.Size, Witness: g.Witness,
			AtUs: micros(g.At), Line: g.Line}); err != nil {
			return err
		}
		return q.WitnessAnswered(ctx, sqldb.WitnessAnsweredParams{Name: g.Witness, AnsweredUs: micros(at)})
	})
	if err != nil {
		return fmt.Errorf("keep cosignature of log %d: %w", g.Log, err)
	}
	return nil
}

// GivenLines are the lines of a checkpoint's cosignatures of witnesses outside.
func (s *Witness) GivenLines(ctx context.Context, log, size int64) ([]byte, error) {
	lines, err := s.db.mainRead.q.CosignaturesAt(ctx, sqldb.CosignaturesAtParams{AgencyID: log, Size: size})
	if err != nil {
		return nil, fmt.Errorf("read cosignatures of log %d: %w", log, err)
	}
	return []byte(strings.Join(lines, "")), nil
}

// SetQuorum says that a checkpoint has enough cosignatures.
func (s *Witness) SetQuorum(ctx context.Context, log, size int64) error {
	return s.db.main.q.SetQuorum(ctx, sqldb.SetQuorumParams{AgencyID: log, Size: size})
}

// WitnessFailed keeps why a witness did not cosign.
func (s *Witness) WitnessFailed(ctx context.Context, name string, at time.Time, why string) error {
	return s.db.main.q.WitnessFailed(ctx, sqldb.WitnessFailedParams{Name: name, FailedUs: micros(at), Failure: why})
}

// Witnesses are the witnesses outside the office, those of before too.
func (s *Witness) Witnesses(ctx context.Context) ([]witness.Standing, error) {
	rows, err := s.db.mainRead.q.Witnesses(ctx)
	if err != nil {
		return nil, fmt.Errorf("read witnesses: %w", err)
	}
	return each(rows, func(r sqldb.Witness) witness.Standing {
		return witness.Standing{Name: r.Name, Key: r.VerifierKey, Active: r.Active, Answered: instant(r.AnsweredUs),
			Failed:  instant(r.FailedUs),
			Failure: r.Failure}
	}), nil
}

const subjectWitness = "Saksi jurnal"

// Enlist takes over the witnesses that the configuration names, with an entry in the provider's log for each that is new or no longer
// named. A known witness's key is never replaced from here.
func (s *Witness) Enlist(ctx context.Context, c journal.Change, list []journal.PolicyWitness) error {
	known, err := s.Witnesses(ctx)
	if err != nil {
		return err
	}
	c.Subject = subjectWitness
	named := map[string]string{}
	for _, w := range list {
		named[w.Name] = w.Key
	}
	for _, k := range known {
		key, is := named[k.Name]
		switch {
		case is && key != k.Key:
			return told.Refuse("Kunci saksi " + k.Name +
				" dalam berkas kebijakan bukan kunci yang terdaftar. Kunci baru berlaku hanya dengan " +
				"tanda tangan kunci lama: gapura witness replace. Saksi yang kehilangan kunci lamanya didaftarkan dengan nama baru.")
		case is && k.Active:
			delete(named, k.Name)
		case !is && k.Active:
			c.Before, c.After = k.Name+" "+k.Key, "tidak dipakai lagi"
			if err := s.db.change(ctx, party.Provider, c, func(q *sqldb.Queries) error {
				return q.RetireWitness(ctx,
					k.Name)
			}); err != nil {
				return err
			}
		}
	}
	for _, w := range list {
		if _, isNew := named[w.Name]; !isNew {
			continue
		}
		c.Before, c.After = "", w.Name+" "+w.Key
		err := s.db.change(ctx, party.Provider, c, func(q *sqldb.Queries) error {
			return q.PutWitness(ctx, sqldb.PutWitnessParams{Name: w.Name, VerifierKey: w.Key})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var (
	errNoWitness = told.Refuse("Saksi dengan nama itu tidak terdaftar.")
	errSuccessor = told.Refuse("Kunci baru tidak ditandatangani kunci saksi yang terdaftar; kunci lama tetap berlaku.")
)

// ReplaceWitness puts a new key in the place of a witness's, with its entry in the provider's log: the key in force has signed the new one,
// or the file of an approval says that two administrators took it over from the witness's office, which has lost the old one.
func (s *Witness) ReplaceWitness(ctx context.Context, c journal.Change, name, key, signature string, approval []byte) error {
	known, err := s.Witnesses(ctx)
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.Name != name {
			continue
		}
		how := "ditandatangani kunci lama"
		switch {
		case approval != nil:
			a, err := s.db.anchor.ReadApproval(approval, s.db.logIndex, journal.ApproveWitness(name, k.Key, key), c.At)
			if err != nil {
				return err
			}
			how = fmt.Sprintf("dengan persetujuan %s dan %s: %s", a.Asked, a.Approved, a.Reason)
		case !journal.CheckVouched(k.Key, witness.Succession(k.Key, key), signature):
			return errSuccessor
		}
		c.Subject, c.Before, c.After = subjectWitness, name+" "+k.Key, name+" "+key+", "+how
		return s.db.change(ctx, party.Provider, c, func(q *sqldb.Queries) error {
			return q.PutWitness(ctx, sqldb.PutWitnessParams{Name: name, VerifierKey: key})
		})
	}
	return errNoWitness
}
