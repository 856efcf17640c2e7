package server

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/journal/journal"
)

// A ledger is a journal.Store that takes what it is told to.
type ledger struct{ err error }

func (l *ledger) AppendRecords(context.Context, []*journal.Entry) error { return l.err }

// shown is what /metrics answers.
func shown(m *Metrics) string {
	none := http.NotFoundHandler()
	h := New(Config{
		Portal: none, API: none, Legacy: none, Metrics: m, Ready: func(context.Context) error { return nil },
		Peer: func(*http.Request) netip.Addr { return netip.MustParseAddr("127.0.0.1") },
		Log:  slog.New(slog.NewTextHandler(new(bytes.Buffer), nil)),
	})
	return ask(h, "GET", "/metrics", "127.0.0.1:9").Body.String()
}

func holds(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("%q is not shown", line)
		}
	}
}

func TestCommitsAreTimedAndTheirEntriesCounted(t *testing.T) {
	m, l := NewMetrics(), &ledger{}
	w := journal.NewWriter(m.Commits(l))
	if err := w.Append(t.Context(), &journal.Entry{}); err != nil {
		t.Fatal(err)
	}
	l.err = errors.New("disk full")
	if err := w.Append(t.Context(), &journal.Entry{}); !errors.Is(err, l.err) {
		t.Fatalf("a failed write is answered with %v", err)
	}
	w.Close()
	s := m.Commits(&ledger{})
	if err := s.AppendRecords(t.Context(), make([]*journal.Entry, 40)); err != nil {
		t.Fatal(err)
	}
	holds(t, shown(m), `gapura_journal_commit_seconds_count{result="done"} 2`, `gapura_journal_commit_seconds_count{result="failed"} 1`,
		`gapura_journal_commit_entries_count 3`, `gapura_journal_commit_entries_sum 42`, `gapura_journal_commit_entries_bucket{le="32"} 2`)
}

func TestQueueAndCheckpointsAreWatched(t *testing.T) {
	m := NewMetrics()
	known := false
	m.Journal(func() int { return 7 }, func() (time.Duration, bool) { return 90 * time.Second, known })
	holds(t, shown(m), "gapura_journal_queue_entries 7", "gapura_journal_checkpoint_age_seconds NaN")
	known = true
	holds(t, shown(m), "gapura_journal_checkpoint_age_seconds 90")
}

func TestLookupsUnderWayAndTurnedAwayAreWatched(t *testing.T) {
	m := NewMetrics()
	m.Lookups(access.NewLimiter(access.MostOwn, 0))
	holds(t, shown(m), "gapura_lookups_under_way 0", `gapura_lookups_busy_total{method="api"} 0`,
		`gapura_lookups_busy_total{method="legacy"} 0`, `gapura_lookups_busy_total{method="portal"} 0`)
}

func TestWorkBehindTheLogIsWatchedAndItsFaultHidesNothingElse(t *testing.T) {
	m := NewMetrics()
	var err error
	m.Behind(func(context.Context) (map[string]int64, error) { return map[string]int64{"sums": 12}, err })
	holds(t, shown(m), `gapura_journal_behind_records{work="sums"} 12`)
	err = errors.New("password=hunter2")
	m.Outcome("api", "found")
	text := shown(m)
	holds(t, text, `gapura_access_total{method="api",outcome="found"} 1`)
	if strings.Contains(text, "behind_records{") || strings.Contains(text, "hunter2") {
		t.Error("a fault is shown as a figure, or in its words")
	}
}
