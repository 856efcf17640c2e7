package journal

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A logInMemory is the storage of one log, whose reads can be made to fail.
type logInMemory struct {
	entries [][]byte
	kept    []KeptCheckpoint
	fails   func() error // asked at each read of entries
}

func (l *logInMemory) Logs(context.Context, int64) ([]SignedLog, error) {
	h := SignedLog{LogHead: LogHead{Log: 7, Code: "dinrekaan"}}
	for _, e := range l.entries {
		h.Tree.Append(LeafHash(e))
	}
	if n := len(l.kept); n > 0 {
		h.Last = &l.kept[n-1]
	}
	return []SignedLog{h}, nil
}

func (l *logInMemory) KeepCheckpoint(_ context.Context, _ int64, c KeptCheckpoint) error {
	l.kept = append(l.kept, c)
	return nil
}

func (l *logInMemory) Checkpoints(context.Context, int64) (out [][]byte, err error) {
	for _, c := range l.kept {
		out = append(out, c.Signed)
	}
	return out, nil
}

func (l *logInMemory) LastCheckpoint(_ context.Context, _, least int64) (c KeptCheckpoint, found bool, err error) {
	c = l.kept[len(l.kept)-1]
	return c, c.Tree.Size >= least, nil
}

func (l *logInMemory) WitnessedCheckpoint(context.Context, int64, int64) (c KeptCheckpoint, found bool, err error) {
	return c, false, nil
}

func (l *logInMemory) Leaves(_ context.Context, _, from, to int64, give func([]byte) error) error {
	if err := l.fails(); err != nil {
		return err
	}
	for _, e := range l.entries[from:to] {
		if err := give(e); err != nil {
			return err
		}
	}
	return nil
}

func (l *logInMemory) Nodes(_ context.Context, _ int64, level int, from, n int64) ([]Hash, error) {
	return nodesOf(l.entries)(level, from, n)
}

func (l *logInMemory) ThinCheckpoints(context.Context, time.Time) error { return nil }

var errBusy = errors.New("database is locked")

// checked runs a check of a whole log of 300 entries; it returns what was saved and told, and how often the entries were read.
func checked(t *testing.T, l *logInMemory, fails func(try int) error, saves func(CheckState) error) (saved []CheckState, told []error,
	tries int, now func() time.Time) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for seq := range int64(300) {
		r := record(seq)
		c := Commit(Salt{byte(seq)}, r.NIK)
		l.entries = append(l.entries, EncodeRecord(r, Closed{Period: 202609, NIK: &c}))
	}
	anchor, err := OpenAnchor("")
	if err != nil {
		t.Fatal(err)
	}
	n := &Notary{Store: l, Anchor: anchor, Name: "gapura.example", Keys: []ed25519.PrivateKey{key}, Now: time.Now}
	l.fails = func() error {
		tries++
		if err := fails(tries); err != nil {
			if errors.Is(err, context.Canceled) {
				cancel()
			}
			return err
		}
		return nil
	}
	n.CheckInWords(ctx, 7, "dinrekaan", 5, func(c CheckState) error {
		if err := saves(c); err != nil {
			return err
		}
		saved = append(saved, c)
		return nil
	}, func(err error) { told = append(told, err) })
	return saved, told, tries, n.Now
}

func keepAll(CheckState) error { return nil }

// A busy database or a disk that cannot be read is no evidence: the check is tried again until it comes to an end, and says nothing of a
// broken log meanwhile.
func TestAPassingFailureIsNoBrokenLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		saved, told, tries, _ := checked(t, &logInMemory{}, func(try int) error {
			if try < 4 {
				return errBusy
			}
			return nil
		}, keepAll)
		last := saved[len(saved)-1]
		if !last.Ended || last.Broken != "" || last.Done != 300 || last.Size != 300 || tries != 4 {
			t.Errorf("after %d tries: %+v", tries, last)
		}
		if len(told) != 3 || !errors.Is(told[0], errBusy) {
			t.Errorf("told %v", told)
		}
	})
}

// What fails again and again gives the check up, for people to begin it anew; the same when the program ends. Neither is a broken log.
func TestAFailureThatStaysGivesTheCheckUp(t *testing.T) {
	for _, want := range []struct {
		err   error
		tries int
	}{{errBusy, checkTries}, {context.Canceled, 1}} {
		synctest.Test(t, func(t *testing.T) {
			saved, told, tries, now := checked(t, &logInMemory{}, func(int) error { return want.err }, keepAll)
			last := saved[len(saved)-1]
			if last.Ended || last.Broken != "" || !last.Stalled(now()) || tries != want.tries || len(told) != want.tries {
				t.Errorf("%v: after %d tries, told %v: %+v", want.err, tries, told, last)
			}
			if slices.ContainsFunc(saved, func(c CheckState) bool { return c.Broken != "" }) {
				t.Errorf("a broken log was saved: %+v", saved)
			}
		})
	}
}

// Evidence is kept at once, with its place, and told; it is not tried away.
func TestEvidenceIsKeptAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		saved, told, tries, now := checked(t, &logInMemory{}, func(int) error { return &Tampered{"record 7-12", "is missing"} }, keepAll)
		last := saved[len(saved)-1]
		if !last.Ended || last.Broken != "record 7-12: is missing" || tries != 1 || len(told) != 1 || !now().Equal(begun) {
			t.Errorf("after %d tries, told %v: %+v", tries, told, last)
		}
	})
}

// What came out is saved even when the database is busy just then, without going through the log again.
func TestTheOutcomeIsSavedWhenTheDatabaseIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ends := 0
		saved, told, tries, _ := checked(t, &logInMemory{}, func(int) error { return &Tampered{"record 7-12", "is missing"} },
			func(c CheckState) error {
				if !c.Ended {
					return nil
				}
				if ends++; ends < 3 {
					return errBusy
				}
				return nil
			})
		if last := saved[len(saved)-1]; !last.Ended || last.Broken == "" || tries != 1 || !slices.ContainsFunc(told,
			func(err error) bool { return errors.Is(err, errBusy) }) {
			t.Errorf("after %d tries, told %v: %+v", tries, told, last)
		}
	})
}

// A check that cannot even be noted down does not begin.
func TestACheckThatCannotBeNotedDoesNotBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		saved, told, tries, _ := checked(t, &logInMemory{}, func(int) error { return nil }, func(CheckState) error { return errBusy })
		if len(saved) != 0 || tries != 0 || len(told) != 1 {
			t.Errorf("%d tries, told %v", tries, told)
		}
	})
}
