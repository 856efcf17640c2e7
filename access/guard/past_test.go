package guard

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/person/nik"
)

// A growing log of agency 1 gets so many lookups a second, and counts what is read of it and kept.
type growing struct {
	Store
	begun     time.Time
	perSecond float64
	kept      []Kept
	read      int64 // at most at once
}

func (s *growing) size() int64 { return int64(s.perSecond * time.Since(s.begun).Seconds()) }

func (s *growing) LogSizes(context.Context) (map[int64]int64, error) {
	return map[int64]int64{1: s.size()}, nil
}
func (s *growing) PlaceAt(context.Context, int64, time.Time) (int64, error) {
	return 0, nil
}
func (s *growing) Lookups(_ context.Context, _, from, to int64, _ func(Seen)) error {
	s.read = max(s.read, to-from)
	return nil
}
func (s *growing) Stops(context.Context, int64) ([]Stop, error)           { return nil, nil }
func (s *growing) Decoys(context.Context) ([]Decoy, error)                { return nil, nil }
func (s *growing) AbuseSettings(context.Context, int64) (Settings, error) { return Settings{}, nil }
func (s *growing) KeptState(context.Context, int64) (Kept, bool, error) {
	if len(s.kept) == 0 {
		return Kept{}, false, nil
	}
	return s.kept[len(s.kept)-1], true, nil
}
func (s *growing) KeepState(_ context.Context, _ int64, k Kept) error {
	s.kept = append(s.kept, k)
	return nil
}

// What a start had to read of a log is kept at once: neither keeping nor the next start reads it again.
func TestWhatAStartReadIsKept(t *testing.T) {
	s := &growing{begun: time.Now().Add(-time.Hour), perSecond: 100}
	who := &access.Standing{Version: 1, Institution: party.Institution{ID: 1}, User: party.User{ID: 5}}
	for _, least := range []int64{300_000, 0} {
		s.read = 0
		g := New(s, nil)
		if _, err := g.Judge(t.Context(), who, time.Now(), nik.NIK{}); err != nil || s.read < least {
			t.Fatal(s.read, err)
		}
		if least == 0 && s.read > 10_000 {
			t.Errorf("the next start read %d lookups", s.read)
		}
		s.read = 0
		if err := g.Keep(t.Context(), time.Now(), keepMany); err != nil || s.read != 0 || len(s.kept) != 1 {
			t.Errorf("%d read to be kept, %d times kept, %v", s.read, len(s.kept), err)
		}
	}
}

// Whose past was read at the start waits for nothing at the first lookup, and is judged by it.
func TestAnAgencyThatWasWarmedReadsNothingAtItsFirstLookup(t *testing.T) {
	s := &growing{begun: time.Now().Add(-time.Minute), perSecond: 100}
	who := access.Standing{Version: 1, Institution: party.Institution{ID: 1}}
	g := New(s, nil)
	if err := g.Warm(t.Context(), &who, time.Now()); err != nil || s.read < 5900 {
		t.Fatalf("%d lookups read, %v", s.read, err)
	}
	s.read, who.User = 0, party.User{ID: 5}
	if _, err := g.Judge(t.Context(), &who, time.Now(), nik.NIK{}); err != nil || s.read != 0 {
		t.Errorf("the first lookup read %d, %v", s.read, err)
	}
}

// However busy a log is, a start after a crash reads no more than some two seconds' lookups beyond keepMany, and keeping never reads more
// at once; a quiet log is kept each half minute, one without anything new never.
func TestAStartReadsFewLookupsHoweverBusyTheLogWas(t *testing.T) {
	for _, c := range []struct {
		perSecond   float64
		most        int64
		least, upTo int // times that it is kept in ten minutes
	}{
		{6000, keepMany + 2*6000, 250, 400}, {400, keepMany + 2*400, 20, 40}, {100, 31 * 100, 19, 21}, {1, 31 * keepSome, 0, 1},
		{0, 0, 0, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &growing{begun: time.Now(), perSecond: c.perSecond}
			g := New(s, nil)
			who := &access.Standing{Version: 1, Institution: party.Institution{ID: 1}, User: party.User{ID: 5}}
			if _, err := g.Judge(t.Context(), who, time.Now(), nik.NIK{}); err != nil {
				t.Fatal(err)
			}
			ctx, crash := context.WithCancel(t.Context())
			defer crash()
			go g.Run(ctx, time.Now, func(err error) { t.Error(err) })
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			behind := s.size()
			if len(s.kept) > 0 {
				behind -= s.kept[len(s.kept)-1].Upto
			}
			if behind > c.most || s.read > c.most || len(s.kept) < c.least || len(s.kept) > c.upTo {
				t.Errorf("%.0f lookups a second: %d to be read after a crash, %d at once, kept %d times", c.perSecond, behind, s.read,
					len(s.kept))
			}
		})
	}
}
