package party

import (
	"context"
	"regexp"
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestPasswordHashes(t *testing.T) {
	ctx := context.Background()
	a, err := HashPassword(ctx, "sebuah kata sandi")
	if err != nil {
		t.Fatal(err)
	}
	form := regexp.MustCompile(`^\$argon2id\$v=19\$m=(\d+),t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`).FindStringSubmatch(a)
	if form == nil || form[1] != argonMemory {
		t.Errorf("%s: not with 16 bytes of salt and 32 of key, or at another cost", a)
	}
	if b, _ := HashPassword(ctx, "sebuah kata sandi"); a == b {
		t.Error("no salt")
	}
	for _, c := range []struct {
		password, hash string
		want           bool
	}{{"sebuah kata sandi", a, true}, {"sebuah kata sandI", a, false}, {"", a, false}, {"sebuah kata sandi", "", false}, {"", "", false},
		{"x", "$a$b$c$d$e", false}} {
		if ok, err := CheckHash(ctx, c.password, c.hash); ok != c.want || err != nil {
			t.Errorf("%q: %v %v", c.password, ok, err)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	for range cap(slots) {
		slots <- struct{}{}
	}
	if _, err := HashPassword(ended, "x"); err == nil {
		t.Error("did not wait for a slot")
	}
	if ok, err := CheckHash(ended, "sebuah kata sandi", a); ok || err == nil {
		t.Error("a password is good that was not looked at")
	}
	for range cap(slots) {
		<-slots
	}
}

// TestRushOfSignInsIsBounded sends 16 at once and looks at the memory that the process then holds.
func TestRushOfSignInsIsBounded(t *testing.T) {
	if cap(slots) > 2 {
		t.Fatalf("%d hashes at once", cap(slots))
	}
	runtime.GC()
	var before, m runtime.MemStats
	runtime.ReadMemStats(&before)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() { CheckHash(context.Background(), "x", "") })
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	peak := uint64(0)
	for {
		select {
		case <-done:
			// All at once hold 16 × 19 MiB; two hold 38, and what earlier ones left for the collector comes on top.
			if grown := (peak - before.HeapAlloc) >> 20; peak > before.HeapAlloc && grown > 152 {
				t.Errorf("%d MiB", grown)
			}
			return
		default:
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
			time.Sleep(5 * time.Millisecond) // ReadMemStats stops the world: not without a pause
		}
	}
}

func TestDelayGrows(t *testing.T) {
	var last time.Duration
	for failures, want := range map[int]time.Duration{0: 0, 4: 0, 5: 30 * time.Second, 6: time.Minute, 11: 32 * time.Minute, 12: time.Hour,
		1000: time.Hour} {
		if got := Delay(failures); got != want {
			t.Errorf("%d failures: %v, want %v", failures, got, want)
		}
	}
	for f := range 40 {
		if d := Delay(f); d < last {
			t.Errorf("shrinks at %d", f)
		} else {
			last = d
		}
	}
}

func TestWhoIsActiveOnWhichDay(t *testing.T) {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	now := day.Add(3 * time.Hour)
	whole := User{Role: Officer, HasPassword: true, NDASigned: day}
	for name, c := range map[string]struct {
		change func(*User)
		want   bool
	}{
		"whole":                         {func(*User) {}, true},
		"NDA signed tomorrow":           {func(u *User) { u.NDASigned = day.AddDate(0, 0, 1) }, false},
		"no NDA":                        {func(u *User) { u.NDASigned = time.Time{} }, false},
		"provider's staff needs no NDA": {func(u *User) { u.Role, u.NDASigned = Auditor, time.Time{} }, true},
		"no password yet":               {func(u *User) { u.HasPassword = false }, false},
		"deactivated now":               {func(u *User) { u.Deactivated = now }, false},
		"deactivated later":             {func(u *User) { u.Deactivated = now.Add(time.Second) }, true},
	} {
		u := whole
		c.change(&u)
		if u.Active(now, day) != c.want {
			t.Error(name)
		}
	}
}
