package abuse

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"gapura/person/nik"
)

// A Watcher that goes on from a kept state judges as the one that kept it, over months with suspensions in them.
func TestAKeptStateJudgesOn(t *testing.T) {
	whole, going := New(nil, nil), New(nil, nil)
	until := map[int64]int{}
	compared, suspended := 0, 0
	for i, l := range twelveWeeks(11) {
		if i%997 == 0 {
			next := New(nil, nil)
			if err := next.SetState(1, going.State(1)); err != nil {
				t.Fatal(err)
			}
			going = next
		}
		n, _ := nik.Parse(l.text)
		look := Lookup{At: l.at, Agency: 1, User: l.user, NIK: n}
		if d, ok := until[l.user]; ok && l.at.YearDay() != d {
			whole.Lapse(1, l.user)
			going.Lapse(1, l.user)
			delete(until, l.user)
		}
		j, k := whole.Observe(look), going.Observe(look)
		for _, w := range []*Watcher{whole, going} {
			w.Outcome(look, l.kind != "" && n.Serial()%3 == 0)
		}
		a, _ := json.Marshal(j)
		b, _ := json.Marshal(k)
		if string(a) != string(b) {
			t.Fatalf("%v: %s, from a kept state %s", l.at, a, b)
		}
		if compared++; j.Action == Suspend {
			suspended++
			until[l.user] = l.at.YearDay()
		}
	}
	if compared < 5000 || suspended < 3 {
		t.Errorf("%d lookups compared, %d suspensions: too few to tell", compared, suspended)
	}
}

func TestAStateThatCannotBeReadIsRefusedWhole(t *testing.T) {
	s := newScript(t, Settings{})
	s.walk(1)
	good := s.w.State(1)
	for _, bad := range [][]byte{nil, {}, good[:len(good)/2], good[:len(good)-1], append([]byte{99}, good[1:]...),
		append(good[:len(good):len(good)], 0)} {
		w := New(nil, nil)
		if err := w.SetState(1, bad); !errors.Is(err, ErrState) {
			t.Errorf("%d bytes of %d: %v", len(bad), len(good), err)
		}
		if len(w.agencies) != 0 {
			t.Error("part of an unreadable state was taken")
		}
	}
}

// BenchmarkState keeps and reads the state of an agency whose window is full.
func BenchmarkState(b *testing.B) {
	w := New(nil, nil)
	for _, l := range busy() {
		w.Observe(l)
	}
	var kept []byte
	start := time.Now()
	for b.Loop() {
		kept = w.State(1)
		if err := New(nil, nil).SetState(1, kept); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(time.Since(start).Microseconds())/float64(b.N), "µs/round")
	b.ReportMetric(float64(len(kept)), "bytes")
}

// FuzzState: no bytes make reading a state panic or take memory without bound.
func FuzzState(f *testing.F) {
	s := newScript(&testing.T{}, Settings{})
	s.walk(1)
	f.Add(s.w.State(1))
	f.Fuzz(func(_ *testing.T, state []byte) { _ = New(nil, nil).SetState(1, state) })
}
