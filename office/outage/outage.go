// Package outage is what the office announces of planned outages (M6): when lookups may not be answered, until when, and why. An
// announcement changes no right and stops nothing: whatever is still answered meanwhile is answered by the same rules. It is over by
// itself.
package outage

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
)

// An Outage is one that was announced.
type Outage struct {
	ID                     int64     `json:"-"`
	From                   time.Time `json:"begin"`
	To                     time.Time `json:"end"`
	Reason                 string    `json:"reason"` // Indonesian, without a stop at its end
	Announced, Withdrawn   time.Time `json:"-"`
	AnnouncedBy, TakenBack string    `json:"-"` // names
}

// Header is the header by which every answer of the provider tells of the next planned outage: both instants as an ISO 8601 interval in UTC
// ("2026-11-28T01:00:00Z/2026-11-28T03:00:00Z"). The reason is told by StatusPath.
const Header = "Gapura-Outage"

// StatusPath is where anybody reads what is announced, as a Status.
const StatusPath = "/api/v1/status"

// A Status is the answer of StatusPath.
type Status struct {
	Now     time.Time `json:"now"`
	Outages []Outage  `json:"outages"` // those that are not over, the next first
}

// Bounds of what can be announced.
const (
	MaxReason = 200 // characters
	longest   = 7 * 24 * time.Hour
	farthest  = 366 * 24 * time.Hour
)

// Check says what is wrong with an announcement made now, by the console's form.
func (o Outage) Check(now time.Time) (faults told.Errors) {
	switch {
	case o.From.IsZero():
		faults.Add("mulai", "Tanggal dan jam mulai harus diisi.")
	case o.From.Before(now):
		faults.Add("mulai", "Mulainya sudah lewat; gangguan terencana diumumkan sebelumnya.")
	case o.From.After(now.Add(farthest)):
		faults.Add("mulai", "Mulainya paling lama satu tahun dari sekarang.")
	}
	switch {
	case o.To.IsZero():
		faults.Add("selesai", "Tanggal dan jam selesai harus diisi.")
	case !o.From.IsZero() && !o.To.After(o.From):
		faults.Add("selesai", "Selesainya harus sesudah mulainya.")
	case !o.From.IsZero() && o.To.Sub(o.From) > longest:
		faults.Add("selesai", "Gangguan terencana paling lama tujuh hari.")
	}
	if o.Reason == "" || len([]rune(o.Reason)) > MaxReason {
		faults.Add("sebab", fmt.Sprintf("Sebab harus diisi, paling panjang %d karakter.", MaxReason))
	}
	return faults
}

// UnderWay reports whether the outage is now.
func (o Outage) UnderWay(now time.Time) bool { return o.Stands(now) && !now.Before(o.From) }

// Stands reports whether it is announced and not over.
func (o Outage) Stands(now time.Time) bool { return o.Withdrawn.IsZero() && now.Before(o.To) }

// Interval is the value of Header.
func (o Outage) Interval() string {
	return o.From.UTC().Format(time.RFC3339) + "/" + o.To.UTC().Format(time.RFC3339)
}

// Period is from when to when in words: "28 November 2026 08.00 sampai 10.00 WIB".
func (o Outage) Period(z party.Zone) string {
	from, to := o.From.In(z.Location()), o.To.In(z.Location())
	until := to.Format("15.04")
	if bahasa.Date(from) != bahasa.Date(to) {
		until = bahasa.Date(to) + " " + until
	}
	return bahasa.Date(from) + " " + from.Format("15.04") + " sampai " + until + " " + string(z)
}

// Text is the announcement in a sentence or two.
func (o Outage) Text(z party.Zone, now time.Time) string {
	say := "Gangguan terencana: "
	if o.UnderWay(now) {
		say = "Gangguan terencana sedang berlangsung: "
	}
	return say + o.Period(z) + ", layanan mungkin tidak menjawab. Sebab: " + strings.TrimRight(o.Reason, ".") + "."
}

// RetryAfter is the value of that header while the outage is under way: the seconds until its end, one at least.
func (o Outage) RetryAfter(now time.Time) string {
	return strconv.Itoa(max(1, int((o.To.Sub(now)+time.Second-1)/time.Second)))
}

// A Board is what a process knows of announcements: read anew every few seconds, so that all processes tell the same soon after, and no
// answer waits for it. The zero Board, and a nil one, tell of none. Safe for concurrent use.
type Board struct {
	Read func(ctx context.Context, now time.Time) ([]Outage, error) // those that stand, the next first
	Now  func() time.Time
	Log  *slog.Logger

	mu   sync.Mutex
	list []Outage
}

// Every is how often a board is read anew.
const Every = 5 * time.Second

// Refresh reads what is announced. What was known stays when it cannot be read.
func (b *Board) Refresh(ctx context.Context) {
	if b == nil || b.Read == nil {
		return
	}
	list, err := b.Read(ctx, b.Now())
	if err != nil {
		if ctx.Err() == nil {
			b.Log.Warn("outages: read announcements", "err", err)
		}
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = list
}

// Run refreshes until ctx ends.
func (b *Board) Run(ctx context.Context, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		b.Refresh(ctx)
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Standing are the announcements that stand now, the next first.
func (b *Board) Standing() (out []Outage) {
	if b == nil || b.Now == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.list {
		if o.Stands(b.Now()) {
			out = append(out, o)
		}
	}
	return out
}

// UnderWay is the outage that is now, if any.
func (b *Board) UnderWay() (Outage, bool) {
	for _, o := range b.Standing() {
		if o.UnderWay(b.Now()) {
			return o, true
		}
	}
	return Outage{}, false
}

// Texts are the announcements that stand, in words.
func (b *Board) Texts(z party.Zone) (out []string) {
	for _, o := range b.Standing() {
		out = append(out, o.Text(z, b.Now()))
	}
	return out
}
