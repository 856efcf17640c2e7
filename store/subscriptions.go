package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gapura/internal/notify"
	"gapura/office/office"
	"gapura/person/nik"
	"gapura/store/sqldb"
)

// Subscriptions are the residents who asked to be told by e-mail of the uses of their data (L3); it implements office.SubscriptionStore.
type Subscriptions struct{ db *DB }

// A subscriber is what is sealed of a subscription.
type subscriber struct{ NIK, Email, Link string }

func subscriberContext(nikIndex []byte) []byte { return append([]byte("subscription"), nikIndex...) }

func (s *Subscriptions) emailIndex(email string) []byte {
	return s.db.mailIndex.Index("email\x00" + strings.ToLower(email))
}
func (s *Subscriptions) linkIndex(link string) []byte { return s.db.mailIndex.Index("link\x00" + link) }

// Begin implements office.SubscriptionStore.
func (s *Subscriptions) Begin(ctx context.Context, x office.Subscription, mails func(id int64) []notify.Mail) error {
	p := sqldb.InsertSubscriptionParams{NikIndex: s.db.nikIndex.Index(x.NIK.Digits()), EmailIndex: s.emailIndex(x.Email),
		LinkIndex: s.linkIndex(x.Link), Letter: x.Letter, ByUser: x.By, BegunUs: micros(x.Begun)}
	plain, err := json.Marshal(subscriber{x.NIK.Digits(), x.Email, x.Link})
	if err != nil {
		return fmt.Errorf("seal subscription: %w", err)
	}
	p.Sealed = s.db.mailSeal.Seal(plain, subscriberContext(p.NikIndex))
	return s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		was, err := q.SubscriptionOfPerson(ctx, p.NikIndex)
		there, err := foundRow(err, "subscription")
		if err == nil && there {
			_, err = s.end(ctx, q, was.ID, was.LinkIndex)
		}
		if err != nil {
			return err
		}
		_, err = q.SubscriptionOfEmail(ctx, p.EmailIndex)
		if taken, err := foundRow(err, "subscription"); err != nil || taken {
			return errors.Join(err, office.ErrEmailTaken)
		}
		id, err := q.InsertSubscription(ctx, p)
		if err != nil {
			return fmt.Errorf("insert subscription: %w", err)
		}
		return s.db.tell(ctx, q, nil, mails(id))
	})
}

// end forgets a subscription and what waits of its mails; false when it is not there any more.
func (s *Subscriptions) end(ctx context.Context, q *sqldb.Queries, id int64, link []byte) (bool, error) {
	n, err := q.EndSubscription(ctx, sqldb.EndSubscriptionParams{ID: id, LinkIndex: link})
	if err == nil && n == 1 {
		err = q.DropMailsOf(ctx, id)
	}
	if err != nil {
		return false, fmt.Errorf("end subscription: %w", err)
	}
	return n == 1, nil
}

// End implements office.SubscriptionStore.
func (s *Subscriptions) End(ctx context.Context, x office.Subscription, mails []notify.Mail) (ended bool, err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		if ended, err = s.end(ctx, q, x.ID, s.linkIndex(x.Link)); err != nil || !ended {
			return err
		}
		return s.db.tell(ctx, q, nil, mails)
	})
	return ended, err
}

// OfPerson implements office.SubscriptionStore.
func (s *Subscriptions) OfPerson(ctx context.Context, n nik.NIK) (office.Subscription, bool, error) {
	return s.one(s.db.mainRead.q.SubscriptionOfPerson(ctx, s.db.nikIndex.Index(n.Digits())))
}

// OfLink implements office.SubscriptionStore.
func (s *Subscriptions) OfLink(ctx context.Context, link string) (office.Subscription, bool, error) {
	return s.one(s.db.mainRead.q.SubscriptionOfLink(ctx, s.linkIndex(link)))
}

func (s *Subscriptions) one(r sqldb.Subscription, err error) (x office.Subscription, found bool, _ error) {
	if found, err = foundRow(err, "subscription"); err == nil && found {
		x, err = s.subscription(r)
	}
	return x, found, err
}

func (s *Subscriptions) subscription(r sqldb.Subscription) (x office.Subscription, err error) {
	in := stored{table: "subscriptions", key: r.ID}
	x = office.Subscription{ID: r.ID, Letter: r.Letter, By: r.ByUser, Begun: instant(r.BegunUs), Confirmed: instant(r.ConfirmedUs)}
	if r.Told != "" {
		x.Told = in.day("told", r.Told)
	}
	plain, err := s.db.mailSeal.Open(nil, r.Sealed, subscriberContext(r.NikIndex))
	var p subscriber
	if err == nil {
		err = json.Unmarshal(plain, &p)
	}
	if err == nil {
		x.NIK, err = nik.Parse(p.NIK)
	}
	if err != nil {
		return x, fmt.Errorf("open subscription %d: %w", r.ID, err)
	}
	x.Email, x.Link = p.Email, p.Link
	return x, in.err
}

// Confirm implements office.SubscriptionStore.
func (s *Subscriptions) Confirm(ctx context.Context, id int64, at, told time.Time) (bool, error) {
	n, err := s.db.main.q.ConfirmSubscription(ctx, sqldb.ConfirmSubscriptionParams{ID: id, AtUs: micros(at), Told: dayText(told)})
	if err != nil {
		return false, fmt.Errorf("confirm subscription: %w", err)
	}
	return n == 1, nil
}

// ToTell implements office.SubscriptionStore.
func (s *Subscriptions) ToTell(ctx context.Context, day, now time.Time, after int64, most int) ([]office.Subscription, error) {
	rows, err := s.db.mainRead.q.SubscriptionsToTell(ctx, sqldb.SubscriptionsToTellParams{Day: dayText(day), NowUs: micros(now), ID: after,
		Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read subscriptions: %w", err)
	}
	return eachRead(rows, s.subscription)
}

// Unconfirmed implements office.SubscriptionStore.
func (s *Subscriptions) Unconfirmed(ctx context.Context, before time.Time, most int) ([]office.Subscription, error) {
	rows, err := s.db.mainRead.q.SubscriptionsUnconfirmed(ctx, sqldb.SubscriptionsUnconfirmedParams{BeforeUs: micros(before),
		Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read subscriptions: %w", err)
	}
	return eachRead(rows, s.subscription)
}

// Claim implements office.SubscriptionStore.
func (s *Subscriptions) Claim(ctx context.Context, id int64, day, now, until time.Time) (bool, error) {
	n, err := s.db.main.q.ClaimSubscription(ctx, sqldb.ClaimSubscriptionParams{ID: id, Day: dayText(day), NowUs: micros(now),
		UntilUs: micros(until)})
	if err != nil {
		return false, fmt.Errorf("claim subscription: %w", err)
	}
	return n == 1, nil
}

// KeepTold implements office.SubscriptionStore.
func (s *Subscriptions) KeepTold(ctx context.Context, x office.Subscription, day time.Time, mails []notify.Mail) (kept bool, err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		n, err := q.ToldSubscription(ctx, sqldb.ToldSubscriptionParams{ID: x.ID, Day: dayText(day), LinkIndex: s.linkIndex(x.Link)})
		if kept = err == nil && n == 1; !kept {
			return err
		}
		return s.db.tell(ctx, q, nil, mails)
	})
	if err != nil {
		err = fmt.Errorf("keep what was told: %w", err)
	}
	return kept, err
}

// Released implements office.SubscriptionStore.
func (s *Subscriptions) Released(ctx context.Context, n nik.NIK, since, today time.Time) ([]office.Released, error) {
	rows, err := s.db.mainRead.q.ReleasedUses(ctx, sqldb.ReleasedUsesParams{NikIndex: s.db.nikIndex.Index(n.Digits()),
		Since: dayText(since), Today: dayText(today)})
	if err != nil {
		return nil, fmt.Errorf("read what is withheld no longer: %w", err)
	}
	return each(rows, func(r sqldb.ReleasedUsesRow) office.Released {
		return office.Released{Agency: r.AgencyID, From: instant(r.FromUs), To: instant(r.ToUs)}
	}), nil
}
