package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gapura/internal/told"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// mostTyped bounds what is kept of a form that was not saved, in bytes.
const mostTyped = 64 << 10

// typedContext binds what somebody typed to the case and to who typed it.
func typedContext(id, user int64) []byte { return fmt.Appendf(nil, "typed case %d user %d", id, user) }

// typedForm is what is kept of an Input.
type typedForm struct {
	Letter    string            `json:"letter,omitempty"`
	LetterDay time.Time         `json:"letter_day,omitzero"`
	Reason    string            `json:"reason,omitempty"`
	Values    map[string]string `json:"values"`
}

// KeepTyped keeps what a person of the office has typed for the step that comes after so many, sealed, in the place of what they typed for
// the case before; not a verdict, which nobody should find chosen.
func (s *Cases) KeepTyped(ctx context.Context, id, user int64, steps int, in procedure.Input, at time.Time) error {
	plain := []byte(jsonText(typedForm{in.Letter, in.LetterDay, in.Reason, in.Values}))
	if len(plain) > mostTyped {
		return told.Refuse("Isian ini terlalu panjang untuk disimpan sementara.")
	}
	err := s.db.main.q.KeepTyped(ctx, sqldb.KeepTypedParams{CaseID: id, UserID: user, Seq: int64(steps), AtUs: micros(at),
		Sealed: s.db.formSeal.Seal(plain, typedContext(id, user))})
	if err != nil {
		return fmt.Errorf("keep what was typed: %w", err)
	}
	return nil
}

// Typed is what a person typed for the step that comes after so many and did not save, and when; false: nothing, or too long ago.
func (s *Cases) Typed(ctx context.Context, id, user int64, steps int, now time.Time) (in procedure.Input, at time.Time, found bool,
	err error) {
	r, err := s.db.mainRead.q.Typed(ctx, sqldb.TypedParams{CaseID: id, UserID: user})
	if ok, err := foundRow(err, "what was typed"); !ok || r.Seq != int64(steps) {
		return in, at, false, err
	}
	if at = instant(r.AtUs); now.Sub(at) > procedure.TypedLife {
		return in, at, false, nil
	}
	plain, err := s.db.formSeal.Open(nil, r.Sealed, typedContext(id, user))
	var f typedForm
	if err = errors.Join(err, json.Unmarshal(plain, &f)); err != nil {
		return in, at, false, fmt.Errorf("read what was typed for case %d: %w", id, err)
	}
	return procedure.Input{Letter: f.Letter, LetterDay: f.LetterDay, Reason: f.Reason, Values: f.Values}, at, true, nil
}

// DropTyped forgets what a person typed for a case.
func (s *Cases) DropTyped(ctx context.Context, id, user int64) error {
	return s.db.main.q.DropTyped(ctx, sqldb.DropTypedParams{CaseID: id, UserID: user})
}

// DropTypedBefore forgets what nobody came back to.
func (s *Cases) DropTypedBefore(ctx context.Context, before time.Time) error {
	return s.db.main.q.DropTypedBefore(ctx, micros(before))
}
