package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/store/sqldb"
)

// Activity is what was lately done with a user's ways in, newest first: sign-ins, let through or refused, and changes of the user id, by
// its owner or by others. It is read from the agency's log, so that it shows nothing else than the record does.
func (s *Credentials) Activity(ctx context.Context, u party.User, most int) ([]party.Activity, error) {
	q := s.db.mainRead.q
	entered, err := q.SignInsOfUser(ctx, sqldb.SignInsOfUserParams{AgencyID: u.Institution, UserID: u.ID, Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read sign-ins: %w", err)
	}
	changed, err := q.ChangesOfSubject(ctx, sqldb.ChangesOfSubjectParams{AgencyID: u.Institution, Subject: "User ID " + u.Login,
		Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read changes of a user id: %w", err)
	}
	var out []party.Activity
	for _, r := range entered {
		text := "Masuk dengan kata sandi"
		if c := access.Code(r.Outcome); c != access.Entered {
			text = "Ditolak masuk: " + c.Text()
		}
		out = append(out, party.Activity{At: instant(r.AtUs), Text: text, From: r.Address})
	}
	for _, r := range changed {
		x, _, err := s.db.Journal.openChange(ctx, r)
		if err != nil {
			return nil, err
		}
		text := x.After
		if text != "" {
			text = strings.ToUpper(text[:1]) + text[1:]
		}
		if r.ByUser != u.ID {
			text += " (bukan oleh Anda)"
		}
		out = append(out, party.Activity{At: instant(r.AtUs), Text: text})
	}
	slices.SortStableFunc(out, func(a, b party.Activity) int { return b.At.Compare(a.At) })
	return out[:min(most, len(out))], nil
}
