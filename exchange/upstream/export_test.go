package upstream

import "time"

// NewAt is New with a clock of the test's.
func NewAt(cfg Config, now func() time.Time) *Source {
	s := New(cfg)
	s.breaker.now = now
	return s
}
