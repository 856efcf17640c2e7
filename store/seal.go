package store

import (
	"context"
	"crypto/hmac"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// A logState is what a log's seal is over: size, tree, the instant of the newest entry, and the state of the rights that the log explains.
type logState struct {
	size     int64
	frontier []byte
	atUs     int64
	rights   []byte
}

// seal is the MAC of a log's state, 16 bytes, under a key that is not in the database: who writes to the database alone makes none.
func (s *DB) seal(log int64, l logState) []byte {
	if s.sealless {
		return make([]byte, 16)
	}
	b := make([]byte, 0, 4*8+len(l.rights)+len(l.frontier))
	for _, n := range [...]int64{log, l.size, l.atUs, int64(len(l.rights))} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return s.logIndex.Index(string(append(append(b, l.rights...), l.frontier...)))
}

func (s *DB) isSealed(log int64, l logState, seal []byte) bool {
	return s.treeless || s.sealless || hmac.Equal(s.seal(log, l), seal)
}

// A takenLog is a log that belongs to a transaction, as it stood before.
type takenLog struct {
	tree   journal.Frontier
	rights []byte
}

// takePlaces takes the next n places of a log, which belongs to this transaction from then on, and returns it as it was before. A log that
// is not what the key sealed, or not the anchor's, is a *journal.Tampered.
func (s *DB) takePlaces(ctx context.Context, q *sqldb.Queries, log, n int64) (t takenLog, err error) {
	row, err := q.TakePlaces(ctx, sqldb.TakePlacesParams{ID: log, Size: n})
	if err != nil {
		return t, fmt.Errorf("take places in log %d: %w", log, err)
	}
	was := logState{row.Size - n, row.Frontier, row.SealedUs, row.State}
	if t.tree.Size = was.size; s.treeless {
		return t, nil
	}
	begins := was.size == 0 && len(row.Seal) == 0
	if !begins && !s.isSealed(log, was, row.Seal) {
		return t, &journal.Tampered{Place: fmt.Sprintf("log %d", log), Why: "its size and tree are not what the key sealed"}
	}
	if t.tree, err = journal.ReadFrontier(was.size, row.Frontier); err != nil {
		return t, fmt.Errorf("log %d: %w", log, err)
	}
	if t.rights = row.State; t.rights == nil { // of a log that begins
		t.rights = []byte{}
	}
	if s.sealless {
		return t, nil
	}
	return t, s.anchor.Holds(log, &t.tree)
}

// setFrontier writes a log's tree with its seal.
func (s *DB) setFrontier(ctx context.Context, q *sqldb.Queries, log int64, t takenLog, at time.Time) error {
	l := logState{t.tree.Size, t.tree.Bytes(), micros(at), t.rights}
	if err := q.SetFrontier(ctx, sqldb.SetFrontierParams{ID: log, Frontier: l.frontier, Seal: s.seal(log, l), SealedUs: l.atUs,
		State: l.rights}); err != nil {
		return fmt.Errorf("write tree of log %d: %w", log, err)
	}
	return nil
}

// saw tells the anchor how large the logs are after a commit.
func (s *DB) saw(entries []*journal.Entry) {
	sizes := map[int64]int64{}
	for _, e := range entries {
		if e.Err() != nil {
			continue
		}
		sizes[e.Log] = max(sizes[e.Log], e.Written.ID.Seq+1)
	}
	for log, size := range sizes {
		s.anchor.Saw(log, size)
	}
}

// secure holds the anchor against the database. An installation of before there were seals has neither: its logs are sealed as they are
// found, once, and an entry in each says so. Where a seal is there and the anchor is not, nothing is signed or written (journal.Anchor).
func (s *DB) secure(ctx context.Context) error {
	if s.anchor == nil {
		var err error
		if s.anchor, err = journal.OpenAnchor(""); err != nil {
			return err
		}
	}
	row, err := s.main.q.Installation(ctx)
	if err != nil {
		return fmt.Errorf("read installation: %w", err)
	}
	if err := s.anchor.Bind(row.Mark); err != nil {
		return err
	}
	logs, err := s.main.q.Unsealed(ctx)
	if err != nil {
		return fmt.Errorf("read logs: %w", err)
	}
	if len(s.anchor.Logs()) > 0 || slices.ContainsFunc(logs, func(l sqldb.UnsealedRow) bool { return len(l.Seal) > 0 }) {
		return nil
	}
	if s.anchor.Lost() { // first, so that a crash in between leaves what the next start goes on from
		if err := s.anchor.Begin(row.Mark, nil); err != nil {
			return err
		}
	}
	if len(logs) == 0 {
		return nil
	}
	return s.changes(ctx, func(q *sqldb.Queries) error {
		for _, l := range logs {
			if err := s.sealFound(ctx, q, l, time.Now()); err != nil {
				return err
			}
		}
		unlogged, err := q.ExplainedLogs(ctx)
		if err != nil {
			return fmt.Errorf("read logs: %w", err)
		}
		unlogged = slices.DeleteFunc(unlogged, func(id int64) bool {
			return slices.ContainsFunc(logs, func(l sqldb.UnsealedRow) bool { return l.ID == id })
		})
		return s.tellFound(ctx, q, unlogged, "pembaruan program")
	})
}

// explainFound tells the rights of all institutions in their logs as they are found, once, in an installation from before logs told of
// rights. That the provider's told of none lies under its seal: nobody without the key makes it so.
func (s *DB) explainFound(ctx context.Context) error {
	row, err := s.main.q.SealedLog(ctx, party.Provider)
	there, err := foundRow(err, "log")
	if !there || len(row.State) > 0 || !s.isSealed(party.Provider, logState{row.Size, row.Frontier, row.SealedUs, row.State}, row.Seal) {
		return err
	}
	all, err := s.main.q.ExplainedLogs(ctx)
	if err != nil {
		return fmt.Errorf("read logs: %w", err)
	}
	err = s.changes(ctx, func(q *sqldb.Queries) error { return s.tellFound(ctx, q, all, "pembaruan program") })
	if _, bad := errors.AsType[*journal.Tampered](err); bad { // a lost anchor, a log that is not what was signed: told by every look
		return nil
	}
	return err
}

// tellFound tells rights of institutions in their logs as they are found.
func (s *DB) tellFound(ctx context.Context, q *sqldb.Queries, logs []int64, why string) error {
	for _, log := range logs {
		if err := s.recordAs(ctx, q, log, journal.Change{At: time.Now(), Subject: "Hak instansi", Reason: why,
			After: "dicatat sebagaimana ditemukan"}, true); err != nil {
			return err
		}
	}
	return nil
}

// sealFound seals a log as it is found and tells so in it.
func (s *DB) sealFound(ctx context.Context, q *sqldb.Queries, l sqldb.UnsealedRow, at time.Time) error {
	tree, err := journal.ReadFrontier(l.Size, l.Frontier)
	if err != nil {
		return fmt.Errorf("log %d: %w", l.ID, err)
	}
	if err := s.setFrontier(ctx, q, l.ID, takenLog{tree, l.State}, at); err != nil {
		return err
	}
	return s.recordAs(ctx, q, l.ID, journal.Change{At: at, Subject: "Jurnal", Reason: "pembaruan program",
		After: fmt.Sprintf("disegel sebagaimana ditemukan, dengan %d catatan", l.Size)}, true)
}

// subjectAnchor is the subject of the entries that tell of an anchor that began anew.
const subjectAnchor = "Jangkar jurnal"

// RecoveryCode is what stands for the approval of a second person when an anchor begins anew, and no page works: it is printed at gapura
// init, kept on paper apart from the key file, and used once. It follows from the key file, the installation and how often it was used, so
// that nothing is kept of it.
func (s *Journal) RecoveryCode(ctx context.Context) (string, error) {
	row, err := s.db.mainRead.q.Installation(ctx)
	if err != nil {
		return "", fmt.Errorf("read installation: %w", err)
	}
	used, err := s.db.mainRead.q.CountChangesOf(ctx, sqldb.CountChangesOfParams{AgencyID: party.Provider, Subject: subjectAnchor})
	if err != nil {
		return "", fmt.Errorf("read journal: %w", err)
	}
	code := base32.StdEncoding.EncodeToString(s.db.logIndex.Index(fmt.Sprintf("recovery code %d %x", used, row.Mark)))[:25]
	var groups []string
	for part := range slices.Chunk([]byte(code), 5) {
		groups = append(groups, string(part))
	}
	return strings.Join(groups, "-"), nil
}

// errCode refuses a recovery code; which part of it is wrong is not said.
var errCode = told.Refuse("Kode pemulihan tidak benar atau sudah pernah dipakai; jangkar tidak diubah.")

// BeginAnchor begins the anchor of this machine anew from the logs as they stand now, with an entry in the provider's log, because of what
// (journal.ApproveAnchor, journal.ApproveRestore) and by the file of an approval that two administrators made, or one with the recovery
// code. Only the code of now is taken, so that either counts once. Rights that a log does not explain are told in it as they are found.
func (s *Journal) BeginAnchor(ctx context.Context, c journal.Change, what string, file []byte) error {
	c.Subject, c.After = subjectAnchor, "dimulai baru dari keadaan basis data, dengan kode pemulihan"
	if journal.IsApproval(file) {
		a, err := s.db.anchor.ReadApproval(file, s.db.logIndex, what, c.At)
		if err != nil {
			return err
		}
		c.After = fmt.Sprintf("dimulai baru dari keadaan basis data, dengan persetujuan %s dan %s", a.Asked, a.Approved)
	} else if err := s.checkCode(ctx, string(file)); err != nil {
		return err
	}
	row, err := s.db.mainRead.q.Installation(ctx)
	if err != nil {
		return fmt.Errorf("read installation: %w", err)
	}
	before := len(s.db.anchor.Logs())
	if err := s.db.anchor.Begin(row.Mark, nil); err != nil {
		return err
	}
	c.Before = fmt.Sprintf("%d log diketahui", before)
	newest, err := s.Newest(ctx)
	if err != nil {
		return err
	}
	all, err := s.db.Rights.Logs(ctx)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(log int64) bool { return s.db.Rights.Explained(ctx, log) == nil })
	return s.db.changes(ctx, func(q *sqldb.Queries) error {
		if err := s.db.tellFound(ctx, q, all, c.Subject); err != nil {
			return err
		}
		return errors.Join(s.db.record(ctx, q, party.Provider, c), addRestoration(ctx, q, c.At, newest))
	})
}

func (s *Journal) checkCode(ctx context.Context, code string) error {
	want, err := s.RecoveryCode(ctx)
	if err != nil {
		return err
	}
	if !hmac.Equal([]byte(want), []byte(strings.ToUpper(strings.TrimSpace(code)))) {
		return errCode
	}
	return nil
}

// approve keeps the file of an approval that was decided, sealed by who decided it: what lies in the database cannot be made without the
// key.
func (s *DB) approve(ctx context.Context, q *sqldb.Queries, c journal.Change, a journal.Approval) error {
	u, err := q.User(ctx, c.By)
	if err != nil {
		return fmt.Errorf("read user %d: %w", c.By, err)
	}
	last, err := q.Template(ctx, approvalKey)
	if _, err := foundRow(err, "approval"); err != nil {
		return err
	}
	if a.Generation != s.anchor.Generation() {
		return errSettingMoved
	}
	a.Approved, a.At = u.Login, c.At
	return q.InsertTemplate(ctx, sqldb.InsertTemplateParams{Key: approvalKey, Version: last.Version + 1, Text: string(a.File(s.logIndex)),
		ByUser: c.By, AtUs: micros(c.At)})
}

// Approval is the newest approval of two administrators, with its file; false when none is good any more.
func (s *Journal) Approval(ctx context.Context, now time.Time) (a journal.Approval, file []byte, good bool, err error) {
	t, err := s.db.mainRead.q.Template(ctx, approvalKey)
	if there, err := foundRow(err, "approval"); !there {
		return a, nil, false, err
	}
	file = []byte(t.Text)
	if a, err := s.db.anchor.ReadApproval(file, s.db.logIndex, journal.ApprovalFor(file), now); err == nil {
		return a, file, true, nil
	}
	return a, nil, false, nil
}
