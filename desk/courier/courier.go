// Package courier brings what waits in the desk's outbox to the provider, data balikan and each card that was read, and fetches the
// receipts of cross-checks. All goes on by itself: a line that is down only makes it later.
package courier

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"gapura/desk/client"
	"gapura/desk/deskdb"
)

// A Provider is the part of client.Client that is needed.
type Provider interface {
	Deliver(ctx context.Context, token string, d client.Delivery) (client.Taken, error)
	TellCard(ctx context.Context, token string, r client.CardRead) (client.Taken, error)
	Receipt(ctx context.Context, token, record string) ([]byte, error)
	Ping(ctx context.Context) (client.Restored, error)
	DownSince() time.Time
}

// A Courier is run by one goroutine; Wake may be called by any.
type Courier struct {
	DB       *deskdb.DB
	Provider Provider
	Now      func() time.Time
	Log      *slog.Logger

	wake   chan struct{}
	down   bool      // what was tried last did not reach the provider, or nothing was tried yet
	pinged time.Time // when the provider last answered whether it was restored
}

// New returns a courier.
func New(db *deskdb.DB, p Provider, now func() time.Time, log *slog.Logger) *Courier {
	return &Courier{DB: db, Provider: p, Now: now, Log: log, wake: make(chan struct{}, 1), down: true}
}

// Wake makes the courier look at once.
func (c *Courier) Wake() {
	select {
	case c.wake <- struct{}{}:
	default: // it is about to look
	}
}

// lookEvery is how often it looks without being woken; shorter than the first delay.
const lookEvery = 5 * time.Second

// Run looks until ctx ends.
func (c *Courier) Run(ctx context.Context) {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		if err := c.Round(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("courier: bring the outbox", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-c.wake:
		}
	}
}

// batch is how many letters and receipts one round takes.
const batch = 50

// Round brings all letters whose time has come, and fetches receipts while the line is up.
func (c *Courier) Round(ctx context.Context) error {
	if err := c.listen(ctx); err != nil {
		return err
	}
	letters, err := c.DB.Outbox.Due(ctx, c.Now(), batch)
	if err != nil {
		return err
	}
	for _, l := range letters {
		down, err := c.bring(ctx, l)
		if err != nil {
			return err
		}
		if down {
			c.down = true
			return nil // the others would only wait for the same line
		}
	}
	return c.receipts(ctx)
}

// pingEvery is how often the provider is asked for though the line is up.
const pingEvery = 5 * time.Minute

// listen asks whether the line is back, so that the counter learns it also when nothing waits. When it is, what waits does not wait for its
// next try; when the provider has gone on from a backup, what it may have lost is sent again, by its key.
func (c *Courier) listen(ctx context.Context) error {
	c.down = c.down || !c.Provider.DownSince().IsZero()
	if !c.down && c.Now().Sub(c.pinged) < pingEvery {
		return nil
	}
	restored, err := c.Provider.Ping(ctx)
	if err != nil {
		return nil // down: the client has noted it
	}
	if c.down {
		if err := c.DB.Outbox.Hurry(ctx, c.Now()); err != nil {
			return err
		}
	}
	c.down, c.pinged = false, c.Now()
	return c.DB.Outbox.Again(ctx, restored, c.Now())
}

// bring tries one letter. down is true when the line is.
func (c *Courier) bring(ctx context.Context, l deskdb.Letter) (down bool, err error) {
	token, err := c.token(ctx, l.User)
	if errors.Is(err, deskdb.ErrNone) {
		return false, c.DB.Outbox.Trouble(ctx, l, "Belum ada pengguna dengan token Dukcapil.", c.Now().Add(Delay(l.Tries)))
	}
	if err != nil {
		return false, err
	}
	taken, err := c.send(ctx, token, l)
	refused, isRefused := errors.AsType[*client.Refused](err)
	switch {
	case err == nil:
		return false, c.DB.Outbox.Delivered(ctx, l, taken, c.Now())
	case ctx.Err() != nil:
		return true, nil // the desk is being stopped; the key makes trying again harmless
	case errors.Is(err, client.ErrDown):
		return true, c.DB.Outbox.Trouble(ctx, l, "Sambungan ke Dukcapil terputus.", c.Now().Add(Delay(l.Tries)))
	case isRefused && l.OfCard() && refused.Judged():
		return false, c.DB.Outbox.Judged(ctx, l, client.Taken{At: c.Now(), Record: refused.Record}, refused.Text)
	case isRefused && refused.Code == "repeated":
		// The provider has the same data by another way, for instance its portal: nothing is owed any more.
		return false, c.DB.Outbox.Delivered(ctx, l, client.Taken{Key: l.Key, Accepted: len(l.Delivery.Items), At: c.Now(), Repeated: true},
			c.Now())
	case isRefused:
		return false, c.DB.Outbox.Trouble(ctx, l, "Ditolak Dukcapil: "+refused.Text, c.Now().Add(Delay(l.Tries)))
	}
	return false, err
}

func (c *Courier) send(ctx context.Context, token string, l deskdb.Letter) (client.Taken, error) {
	if l.OfCard() {
		return c.Provider.TellCard(ctx, token, l.Card)
	}
	return c.Provider.Deliver(ctx, token, l.Delivery)
}

// token is that of the officer who decided, so that the provider's record names them; whoever has one when that one has left.
func (c *Courier) token(ctx context.Context, user int64) (string, error) {
	token, err := c.DB.Token(ctx, user)
	if errors.Is(err, deskdb.ErrNone) {
		return c.DB.AnyToken(ctx)
	}
	return token, err
}

// receipts fetches proofs of records that are signed by now.
func (c *Courier) receipts(ctx context.Context) error {
	list, err := c.DB.Outbox.Unproved(ctx, c.Now().Add(-24*time.Hour), batch)
	if err != nil {
		return err
	}
	for _, u := range list {
		token, err := c.token(ctx, u.User)
		if errors.Is(err, deskdb.ErrNone) {
			continue
		}
		if err != nil {
			return err
		}
		receipt, err := c.Provider.Receipt(ctx, token, u.Record)
		if errors.Is(err, client.ErrDown) || ctx.Err() != nil {
			return nil
		}
		if err != nil {
			continue // not signed yet, or refused: it is asked for again
		}
		if err := c.DB.Outbox.KeepReceipt(ctx, u.Check, receipt); err != nil {
			return err
		}
	}
	return nil
}

// Delay is how long a letter waits after so many tries: 10 s, doubled up to 15 minutes, and up to a quarter more, so that desks do not all
// come at once.
func Delay(tries int) time.Duration {
	d := min(10*time.Second<<min(tries, 10), 15*time.Minute)
	return d + rand.N(d/4)
}
