package pace

import (
	"testing"
	"testing/synctest"
	"time"
)

// Who works at a pace leaves half of the time to others, and no more; who does not never sleeps.
func TestHalfOfTheTimeIsLeftToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took := func(piece time.Duration, n int) time.Duration {
			ctx, begun := Gently(t.Context()), time.Now()
			for range n {
				time.Sleep(piece)
				Rest(ctx)
			}
			return time.Since(begun)
		}
		if d := took(100*time.Microsecond, 100); d != 20*time.Millisecond {
			t.Errorf("10 ms of work in small pieces took %v", d)
		}
		if d := took(time.Second, 2); d != 2*time.Second+2*most {
			t.Errorf("pieces that were long for another reason took %v", d)
		}
		begun := time.Now()
		Rest(t.Context())
		brisk := Briskly(Gently(t.Context()))
		time.Sleep(time.Second)
		if Rest(brisk); time.Since(begun) != time.Second {
			t.Error("who has no pace has slept")
		}
	})
}
