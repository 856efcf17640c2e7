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

// An Intake is the one way in for data balikan: every door (JSON API, legacy wire, portal) opens it, decodes what came on the terms that it
// tells, and hands that over. It settles by whom, from where and on which terms something is delivered; a delivery that is refused is
// recorded. Safe for concurrent use.
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

// A Parcel is who brings something, from where, and by which door.
type Parcel struct {
	Who         *access.Standing // nil: nobody whom we know
	Method      string           // the door; see access.Attempt
	Address     netip.Addr
	Certificate string
	Via         string
}

// An Opening is an intake that lets its caller deliver: there is no other way to take anything. Nothing of a body is looked at before.
type Opening struct {
	Terms  agreement.Balikan // what the agency's agreement asks for
	intake *Intake
	parcel Parcel
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

// Open settles who delivers, from where, and on which terms, after the agreement's end too. A *access.Refusal is for the sender.
func (t *Intake) Open(ctx context.Context, p Parcel) (*Opening, error) {
	a := access.Attempt{Who: p.Who, Act: access.ToDeliver, Method: p.Method, Address: p.Address, Certificate: p.Certificate}
	if p.Who != nil {
		a.Of = p.Who.Institution.ID
	}
	if err := t.Authority.Allow(ctx, a); err != nil {
		return nil, err
	}
	return &Opening{Terms: Terms(p.Who, t.Authority.Now()), intake: t, parcel: p}, nil
}

// Take takes a delivery, all of it or nothing; what stands in it twice is taken once. *AlreadySent and ErrKey are for the sender.
func (o *Opening) Take(ctx context.Context, c Content) (Taken, error) {
	who := o.parcel.Who
	d := Delivery{Agency: who.Institution.ID, By: who.User.ID, At: o.intake.Authority.Now(), Via: o.parcel.Via, Key: c.Key}
	var numbers func([]int) []int
	d.Items, numbers = once(c.Items)
	got, err := o.intake.Store.TakeBalikan(ctx, d)
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
		i.digest = i.Digest()
		key := same{i.digest, i.Reason}
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
func (o *Opening) Preview(ctx context.Context, content []byte, choice table.Choice) (Table, error) {
	out, err := ReadTable(content, o.Terms, choice)
	if err != nil {
		return out, err
	}
	rows := out.Rows
	sent, err := o.intake.Store.Sent(ctx, o.parcel.Who.Institution.ID, Good(rows))
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
func (o *Opening) Excuse(ctx context.Context, seq int64, reason string) error {
	if _, known := ReasonLabel(reason); !known || seq < 0 {
		return ErrReason
	}
	who := o.parcel.Who
	done, err := o.intake.Store.Excuse(ctx, who.Institution.ID, seq, who.User.ID, o.intake.Authority.Now(), reason)
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

// Terms are what an institution owes for a lookup at an instant: the agreement's that decides then, or decided last.
func Terms(s *access.Standing, at time.Time) agreement.Balikan {
	return agreement.Owed(s.Agreements, at, s.Institution.Zone.Day(at))
}
