package balikan

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/internal/table"
	"gapura/internal/told"
)

// An Intake is the one way in for data balikan: every door (JSON API, legacy wire, portal) decodes, calls it, and encodes what it
// returns. It settles by whom, from where and on which terms something is delivered; a delivery that is refused is recorded. Safe for
// concurrent use.
type Intake struct {
	Store interface {
		// Sender is an institution's name on the service, false when it has none; Agency its standing, without a user.
		Sender(ctx context.Context, agency int64) (Sender, bool, error)
		Agency(ctx context.Context, id int64) (access.Standing, error)
		// TakeBalikan is durable when it returns without an error: all items, now or at the receipt's time. An error, *AlreadySent and
		// ErrKey among them: none.
		TakeBalikan(ctx context.Context, d Delivery) (Receipt, error)
		// Sent tells of each item whether the very same is there already.
		Sent(ctx context.Context, agency int64, items []Item) ([]bool, error)
		// Excuse keeps why nothing comes for a lookup; false when nothing is open for it any more.
		Excuse(ctx context.Context, agency, seq, by int64, at time.Time, reason string) (bool, error)
	}
	Authority *access.Authority
}

// A Parcel is one delivery as a door got it.
type Parcel struct {
	Who         *access.Standing // nil: nobody whom we know
	Method      string           // the door; see access.Attempt
	Address     netip.Addr
	Certificate string
	Via         string
	// Read makes what is delivered, on the terms of the agency's agreement. It is called only when the sender may deliver.
	Read func(agreement.Balikan) (Content, error)
}

// Content is what is delivered.
type Content struct {
	// Key is the sender's own name of the delivery, so that it may be repeated after an answer was lost; empty: it has none.
	Key   string
	Items []Item
}

// Taken says what came of a delivery.
type Taken struct {
	Content
	At       time.Time
	Repeated bool // the same delivery came then already, and nothing was taken now
	// Unmatched are the numbers, from 1, of the items about somebody whom nobody of the agency had looked up. They are taken like any
	// other.
	Unmatched []int
}

// Take takes a delivery, all of it or nothing, after the agreement's end too; what stands in it twice is taken once. A *access.Refusal, a
// fault of an item, *AlreadySent and ErrKey are for the sender.
func (t *Intake) Take(ctx context.Context, p Parcel) (Taken, error) {
	spec, err := t.open(ctx, p)
	if err != nil {
		return Taken{}, err
	}
	c, err := p.Read(spec)
	if err != nil {
		return Taken{}, err
	}
	d := Delivery{Agency: p.Who.Institution.ID, By: p.Who.User.ID, At: t.Authority.Now(), Via: p.Via, Key: c.Key}
	var numbers func([]int) []int
	d.Items, numbers = once(c.Items)
	got, err := t.Store.TakeBalikan(ctx, d)
	if there, ok := errors.AsType[*AlreadySent](err); ok {
		return Taken{}, &AlreadySent{numbers(there.Items)}
	}
	return Taken{Content: c, At: got.At, Repeated: got.Repeated, Unmatched: numbers(got.Unmatched)}, err
}

// once leaves out what stands in a body twice. numbers turns places in what is left into the numbers, from 1, of all that say the same.
func once(all []Item) (distinct []Item, numbers func(places []int) []int) {
	type same struct {
		digest [32]byte
		reason string
	}
	at, standing := map[same]int{}, [][]int{}
	for n, i := range all {
		key := same{i.Digest(), i.Reason}
		place, known := at[key]
		if !known {
			place = len(distinct)
			at[key] = place
			distinct, standing = append(distinct, i), append(standing, nil)
		}
		standing[place] = append(standing[place], n+1)
	}
	return distinct, func(places []int) []int {
		var out []int
		for _, p := range places {
			out = append(out, standing[p]...)
		}
		slices.Sort(out)
		return out
	}
}

// Preview reads a table as Take would, and names the rows that are there already, so that the rest can be sent. It takes nothing.
func (t *Intake) Preview(ctx context.Context, p Parcel, content []byte, choice table.Choice) (Table, error) {
	spec, err := t.open(ctx, p)
	if err != nil {
		return Table{}, err
	}
	out, err := ReadTable(content, spec, choice)
	if err != nil {
		return out, err
	}
	rows := out.Rows
	sent, err := t.Store.Sent(ctx, p.Who.Institution.ID, Good(rows))
	if err != nil {
		return Table{}, err
	}
	for i := range rows {
		if rows[i].Problem != nil {
			continue
		}
		if sent[0] {
			rows[i].Problem = unfit(0, "", "sudah pernah dikirim")
		}
		sent = sent[1:]
	}
	return out, nil
}

// Why there is no excuse.
var (
	ErrReason   = told.Wrong("alasan", "Alasan harus dipilih dari daftar.")
	ErrAnswered = told.Refuse("Pencarian ini sudah mempunyai data balikan atau alasan.")
)

// Excuse keeps why nothing comes for the lookup at a place of the agency's log.
func (t *Intake) Excuse(ctx context.Context, p Parcel, seq int64, reason string) error {
	if _, err := t.open(ctx, p); err != nil {
		return err
	}
	if _, known := ReasonLabel(reason); !known || seq < 0 {
		return ErrReason
	}
	done, err := t.Store.Excuse(ctx, p.Who.Institution.ID, seq, p.Who.User.ID, t.Authority.Now(), reason)
	if err == nil && !done {
		err = ErrAnswered
	}
	return err
}

// From is an institution's name on the service and its standing; without a name it is the institution's own.
func (t *Intake) From(ctx context.Context, agency int64) (Sender, *access.Standing, error) {
	from, known, err := t.Store.Sender(ctx, agency)
	if err != nil {
		return from, nil, err
	}
	s, err := t.Store.Agency(ctx, agency)
	if !known {
		from = Sender{Agency: agency, ID: s.Institution.Code, Name: s.Institution.Name}
	}
	return from, &s, err
}

// open settles who delivers, from where, and on which terms.
func (t *Intake) open(ctx context.Context, p Parcel) (agreement.Balikan, error) {
	a := access.Attempt{Who: p.Who, Act: access.ToDeliver, Method: p.Method, Address: p.Address, Certificate: p.Certificate}
	if p.Who != nil {
		a.Of = p.Who.Institution.ID
	}
	if err := t.Authority.Allow(ctx, a); err != nil {
		return agreement.Balikan{}, err
	}
	return Terms(p.Who, t.Authority.Now()), nil
}

// Terms are what an institution owes for a lookup at an instant: the agreement's that decides then, or decided last.
func Terms(s *access.Standing, at time.Time) agreement.Balikan {
	return agreement.Owed(s.Agreements, at, s.Institution.Zone.Day(at))
}
