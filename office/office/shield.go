package office

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/person/nik"
)

// A Shield implements access.Shield: whose data are protected, and who is told when somebody asks for them. Safe for concurrent use.
type Shield struct {
	*Office
	Log *slog.Logger

	mu   sync.Mutex
	last map[int64]time.Time // guarded by mu: by user, when a watcher was told of them last
}

// tellAgainAfter is how long a user's next lookups of protected persons are told by their records alone: a program that tries again and
// again fills no mailbox.
const tellAgainAfter = time.Minute

// Protected implements access.Shield.
func (s *Shield) Protected(ctx context.Context, n nik.NIK, now time.Time) ([]int64, error) {
	return s.Store.Protections.Protected(ctx, n, now)
}

// Touched implements access.Shield. What is told names the lookup by its record and the user by their id, never the person: the notice is
// the office's, the e-mail the watchers', or the office's while none of them has an address. That nobody could be told changes no answer.
func (s *Shield) Touched(ctx context.Context, st *access.Standing, r journal.Record, watchers []int64) {
	if !s.fresh(st.User.ID, r.At) {
		return
	}
	ctx = context.WithoutCancel(ctx)
	if err := s.tellWatchers(ctx, st, r, watchers); err != nil {
		s.Log.ErrorContext(ctx, "tell of a lookup of protected data", "record", r.ID.String(), "err", err)
	}
}

func (s *Shield) fresh(user int64, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		s.last = map[int64]time.Time{}
	}
	for u, at := range s.last { // a minute's users are few
		if now.Sub(at) >= tellAgainAfter {
			delete(s.last, u)
		}
	}
	if _, told := s.last[user]; told {
		return false
	}
	s.last[user] = now
	return true
}

func (s *Shield) tellWatchers(ctx context.Context, st *access.Standing, r journal.Record, watchers []int64) error {
	text := fmt.Sprintf("Permintaan atas data yang dilindungi ditolak: %s, User ID %s, catatan %s.", st.Institution.Name, st.User.Login,
		r.ID)
	path := "/konsol/jurnal/" + st.Institution.Code
	const subject = "Permintaan atas data yang dilindungi ditolak"
	body := text + "\n\n" + s.link(path)
	var to []string
	x, err := s.Store.Cases.Facts(ctx, party.Provider, r.At)
	if err != nil {
		return err
	}
	for _, u := range x.Users {
		for _, w := range watchers {
			if u.ID == w && u.Email != "" && u.Active(r.At, party.WIB.Day(r.At)) {
				to = append(to, u.Email)
			}
		}
	}
	var mails []notify.Mail
	if mails = s.mailsTo(to, r.At, subject, body); len(mails) == 0 {
		if mails, err = s.mails(ctx, party.Provider, r.At, subject, body); err != nil {
			return err
		}
	}
	notice := procedure.Notice{Agency: party.Provider, At: r.At, Text: text, Path: path}
	if err := s.Store.Protections.Tell(ctx, []procedure.Notice{notice}, mails); err != nil {
		return err
	}
	s.wake(len(mails) > 0)
	return nil
}
