package admission

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/agreement/party"
)

// memory keeps accounts as a store does, for what does not need one. Several admissions over it are several processes.
type memory struct {
	mu       sync.Mutex
	accounts map[string]Account
	lanes    map[int64]map[Lane]Hold
	tokens   map[party.Hash]Token
	version  int64
	used     int
	admitted int
}

func newMemory(t *testing.T, logins ...string) *memory {
	t.Helper()
	m := &memory{accounts: map[string]Account{}, lanes: map[int64]map[Lane]Hold{}, tokens: map[party.Hash]Token{}, version: 1}
	for i, l := range logins {
		hash, err := party.HashPassword(t.Context(), right)
		if err != nil {
			t.Fatal(err)
		}
		id := int64(i + 1)
		m.accounts[l] = Account{User: id, Role: party.Officer, Hash: hash}
		m.lanes[id] = map[Lane]Hold{}
	}
	return m
}

const right, wrong = "kuda lumping hijau", "kuda lumping merah"

func (m *memory) Account(_ context.Context, login string) (Account, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.accounts[strings.ToLower(login)]
	a.Lanes = map[Lane]Hold{}
	for l, h := range m.lanes[a.User] {
		a.Lanes[l] = h
	}
	return a, ok, nil
}

func (m *memory) Reserve(_ context.Context, user int64, lane Lane, now time.Time) (ok bool, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lanes[user][lane], ok = m.lanes[user][lane].Reserve(now)
	return ok, nil
}

func (m *memory) Count(_ context.Context, user int64, lane Lane, now time.Time, n int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lanes[user][lane] = m.lanes[user][lane].Count(now, n)
	return nil
}

func (m *memory) Stranger(context.Context, time.Time) error { return nil }

func (m *memory) Admit(_ context.Context, user int64, lane, source Lane, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.admitted++
	delete(m.lanes[user], lane)
	if source != "" {
		m.lanes[user][source] = Hold{}
	}
	return nil
}

func (m *memory) TokenByHash(_ context.Context, h party.Hash, _ time.Time) (Token, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tokens[h]
	return t, ok, nil
}

func (m *memory) Use(_ context.Context, c party.Credential) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used++
	for h, t := range m.tokens {
		if t.ID == c.ID {
			t.Credential = c
			m.tokens[h] = t
		}
	}
	return nil
}

func (m *memory) Version(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.version, nil
}

func (m *memory) change(fn func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fn()
	m.version++
}

func (m *memory) hold(user int64, l Lane) Hold {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lanes[user][l]
}

// A clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

var (
	office  = netip.MustParseAddr("10.33.3.7")
	foreign = netip.MustParseAddr("198.51.100.9")
)
