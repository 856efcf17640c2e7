package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gapura/access/access"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
	"gapura/web/ui"
)

func actor(v *site.Visitor) office.Actor { return office.Actor{User: v.User.ID, Role: v.User.Role} }

// number reads a positive number of the path or the query; 0 when it is none.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// clock is the instant as pages show it.
func clock(t time.Time, v *site.Visitor) string {
	if t.IsZero() {
		return "-"
	}
	return bahasa.Date(t.In(v.Zone().Location())) + " " + ui.Clock(t, v.Zone())
}

// link makes a path with a query of the pairs whose value is not empty.
func link(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// A finder finds institutions by their code.
type finder interface {
	InstitutionByCode(ctx context.Context, code string) (party.Institution, access.Agreements, bool, error)
}

// institution finds the agency of the path.
func institution(r *http.Request, s finder) (party.Institution, access.Agreements, error) {
	i, all, found, err := s.InstitutionByCode(r.Context(), r.PathValue("code"))
	if err == nil && (!found || i.ID == party.Provider) {
		err = site.ErrNotFound
	}
	return i, all, err
}

// A dutyStore is what duties are computed from.
type dutyStore interface {
	DutyFacts(ctx context.Context, now time.Time) (map[int64]obligation.Facts, error)
	Holidays(ctx context.Context) ([]obligation.Holiday, error)
}

// A fileStore keeps letters and scans.
type fileStore interface {
	File(ctx context.Context, id int64) (procedure.File, bool, error)
	FileContent(ctx context.Context, id int64) ([]byte, error)
}

func text(id int64) string {
	if id == 0 {
		return ""
	}
	return fmt.Sprint(id)
}
