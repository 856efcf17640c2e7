package journal

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// ErrStale says that a right changed between the decision and its record: decide again on today's rights.
var ErrStale = errors.New("rights changed meanwhile")

// ErrKey says that the entry's key stands for something else.
var ErrKey = errors.New("key stands for another entry")

// ErrClosed says that the writer no longer takes entries.
var ErrClosed = errors.New("journal is closed")

// ErrUncertain says that a commit did not answer: its records may or may not be there. It is answered as not done and never repeated, so
// that no hit is charged twice.
var ErrUncertain = errors.New("commit did not answer")

// ErrUnavailable says that the storage takes nothing for now: what was to be written is not there, and nothing else of its transaction
// would fare better.
var ErrUnavailable = errors.New("storage takes nothing")

// A commit costs much the same for five entries as for fifty, so under load fewer and fuller commits serve everybody sooner: a commit waits
// until as many entries are there as the one before had, but for no more than enough and no longer than patience. A lone entry never waits.
const (
	enough   = 48
	patience = 2 * time.Millisecond
)

// maxBatch bounds a transaction, so that the first entry of a rush does not wait for hundreds of others.
const maxBatch = 256

// A Writer commits entries in groups: whatever waits when a commit returns is the next transaction.
type Writer struct {
	store Store
	queue chan *Entry
	quit  chan struct{}
	ended chan struct{}
	once  sync.Once

	want atomic.Int64  // entries in the queue at which full is told
	full chan struct{} // holds one
}

// NewWriter starts the writing goroutine. Close ends it.
func NewWriter(s Store) *Writer {
	w := &Writer{store: s, queue: make(chan *Entry, maxBatch), quit: make(chan struct{}), ended: make(chan struct{}),
		full: make(chan struct{}, 1)}
	go w.run()
	return w
}

// Append returns nil only after the entry's record is durable. It does not return early when ctx ends, because the record may be
// written by then; ctx bounds the wait for a place in the queue. ErrStale asks the caller to decide again.
func (w *Writer) Append(ctx context.Context, e *Entry) error {
	e.done, e.err = make(chan struct{}), nil
	select {
	case <-w.quit:
		return ErrClosed
	default:
	}
	select {
	case w.queue <- e:
		if int64(len(w.queue)) >= w.want.Load() {
			select {
			case w.full <- struct{}{}:
			default:
			}
		}
	case <-w.quit:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-e.done:
		return e.err
	case <-w.ended:
		// The goroutine drains the queue before it ends; an entry that slipped in behind it was not written.
		select {
		case <-e.done:
			return e.err
		default:
			return ErrClosed
		}
	}
}

// Waiting is how many entries wait for a transaction.
func (w *Writer) Waiting() int { return len(w.queue) }

// Close writes what waits and ends the goroutine.
func (w *Writer) Close() {
	w.once.Do(func() { close(w.quit) })
	<-w.ended
}

func (w *Writer) run() {
	defer close(w.ended)
	batch := make([]*Entry, 0, maxBatch)
	for {
		want := min(len(batch), enough)
		batch = batch[:0]
		select {
		case e := <-w.queue:
			batch = append(batch, e)
		case <-w.quit:
			select {
			case e := <-w.queue:
				batch = append(batch, e)
			default:
				return
			}
		}
		w.await(want - len(batch))
		for more := true; more && len(batch) < maxBatch; {
			select {
			case e := <-w.queue:
				batch = append(batch, e)
			default:
				more = false
			}
		}
		w.commit(batch)
	}
}

// await returns when n entries are in the queue, or after patience.
func (w *Writer) await(n int) {
	select {
	case <-w.full: // told of an earlier wait
	default:
	}
	w.want.Store(int64(n))
	if len(w.queue) >= n {
		return
	}
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case <-w.full:
	case <-timeout.C:
	case <-w.quit:
	}
}

// commit writes a batch; when the batch fails as a whole each entry is tried alone, so that one that the database refuses does not
// take the others with it. Where the storage takes nothing that would only keep everybody waiting.
func (w *Writer) commit(batch []*Entry) {
	ctx := context.Background()
	err := w.store.AppendRecords(ctx, batch)
	alone := err != nil && len(batch) > 1 && !errors.Is(err, ErrUncertain) && !errors.Is(err, ErrUnavailable)
	for _, e := range batch {
		if alone {
			e.err = nil
			err = w.store.AppendRecords(ctx, []*Entry{e})
		}
		if err != nil {
			e.err = err
		}
	}
	for _, e := range batch {
		close(e.done)
	}
}
