package store

import (
	"slices"
	"sync"
	"time"

	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/store/sqldb"
)

// What works behind the log does so each second or two: it finds in the tail what this process has committed since, also at 10,000 records
// a second.
const (
	tailMost = 1 << 15 // records
	tailAge  = time.Minute
)

// mostGaps is in how many pieces a stretch of a log is read; one with more, because other processes write to it as well, is read whole.
const mostGaps = 4

// A tail is the latest records that this process has committed, opened: what works behind the log reads and opens them once less. Whatever
// is not in it, such as another process's records, is read from the database. Safe for concurrent use; the zero tail is empty.
type tail struct {
	mu     sync.Mutex
	size   int                // guarded by mu; records
	order  []*piece           // guarded by mu; oldest first
	logs   map[int64][]*piece // guarded by mu; ascending by place
	expiry *time.Timer        // guarded by mu; nil: nothing is held
}

// A piece is records of one commit that follow each other in one log.
type piece struct {
	log     int64
	at      time.Time
	records []tailed
}

func (p *piece) from() int64 { return p.records[0].Seq }
func (p *piece) end() int64  { return p.records[len(p.records)-1].Seq + 1 }

// A tailed is a record as RecordsToFill gives it, with nothing sealed.
type tailed struct {
	sqldb.RecordsToFillRow
	nik nik.NIK
}

// tailedOf is what RecordsToFill and openRecord would give of a record and its row.
func tailedOf(r journal.Record, row *sqldb.InsertRecordParams) tailed {
	return tailed{sqldb.RecordsToFillRow{Seq: row.Seq, AtUs: row.AtUs, Act: row.Act, UserID: row.UserID, Method: row.Method,
		Purpose: row.Purpose, Outcome: row.Outcome, Reference: r.Reference, Hit: row.Hit, Elements: row.Elements, NikIndex: row.NikIndex,
		Period: row.Period, Nobody: row.NikCommitment == nil}, r.NIK}
}

// add takes in pieces that were committed.
func (t *tail) add(pieces []*piece) {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.logs == nil {
		t.logs = map[int64][]*piece{}
	}
	for _, p := range pieces {
		p.at = now
		t.size += len(p.records)
		t.order, t.logs[p.log] = append(t.order, p), append(t.logs[p.log], p)
	}
	for t.size > tailMost {
		t.drop()
	}
	if t.expiry == nil {
		t.expiry = time.AfterFunc(tailAge, t.expire)
	}
}

// expire drops what has become old, also where nothing follows it.
func (t *tail) expire() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.order) > 0 && time.Since(t.order[0].at) >= tailAge {
		t.drop()
	}
	t.expiry = nil
	if len(t.order) > 0 {
		t.expiry = time.AfterFunc(tailAge-time.Since(t.order[0].at), t.expire)
	}
}

// clear drops everything.
func (t *tail) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.order) > 0 {
		t.drop()
	}
}

// drop drops the oldest piece. mu is held.
func (t *tail) drop() {
	p := t.order[0]
	t.order[0], t.order = nil, t.order[1:]
	t.size -= len(p.records)
	own := t.logs[p.log]
	if own[0] = nil; len(own) == 1 {
		delete(t.logs, p.log)
		return
	}
	t.logs[p.log] = own[1:]
}

// A stretch is places of a log, with the records in them where the tail has them all.
type stretch struct {
	from, to int64
	held     bool
	records  []tailed
}

// stretches cuts places of a log into those that are held and those that are to be read.
func (t *tail) stretches(log, from, to int64) (out []stretch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	own, at := t.logs[log], from
	first, _ := slices.BinarySearchFunc(own, from, func(p *piece, from int64) int { return int(p.end() - 1 - from) })
	for _, p := range own[first:] {
		if at >= to || p.from() >= to {
			break
		}
		if p.from() > at {
			out, at = append(out, stretch{from: at, to: p.from()}), p.from()
		}
		s := stretch{from: at, to: min(p.end(), to), held: true}
		s.records = p.records[s.from-p.from() : s.to-p.from()]
		out, at = append(out, s), s.to
	}
	if at < to {
		out = append(out, stretch{from: at, to: to})
	}
	gaps := 0
	for _, s := range out {
		if !s.held {
			gaps++
		}
	}
	if gaps > mostGaps {
		return []stretch{{from: from, to: to}}
	}
	return out
}
