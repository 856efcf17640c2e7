// Package pace lets what people wait for pass before what works behind it: work that is done at a pace is cut into parts of a millisecond,
// and rests after each for as long as it took. The scheduler alone would let it keep a processor for ten milliseconds at a time.
package pace

import (
	"context"
	"time"
)

const (
	part = time.Millisecond
	most = 10 * time.Millisecond // of a rest: on a busy machine a part takes long without being much work
)

type key struct{}

type worker struct{ since time.Time }

// Gently returns a context for one goroutine that works at a pace; each call of Rest with it may sleep.
func Gently(ctx context.Context) context.Context {
	return context.WithValue(ctx, key{}, &worker{time.Now()})
}

// Briskly returns a context without a pace.
func Briskly(ctx context.Context) context.Context {
	return context.WithValue(ctx, key{}, (*worker)(nil))
}

// Rest is called between small pieces of work. It does nothing where the context knows no pace.
func Rest(ctx context.Context) {
	w, _ := ctx.Value(key{}).(*worker)
	if w == nil {
		return
	}
	worked := time.Since(w.since)
	if worked < part {
		return
	}
	time.Sleep(min(worked, most))
	w.since = time.Now()
}
