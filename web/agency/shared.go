package agency

import (
	"context"
	"time"

	"gapura/access/access"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

// Actor is the visitor as the office takes them.
func Actor(v *site.Visitor) office.Actor { return office.Actor{User: v.User.ID, Role: v.User.Role} }

// A Finder finds institutions by their code.
type Finder interface {
	InstitutionByCode(ctx context.Context, code string) (party.Institution, access.Agreements, bool, error)
}

// A DutyStore is what duties are computed from.
type DutyStore interface {
	DutyFacts(ctx context.Context, now time.Time) (map[int64]obligation.Facts, error)
	Holidays(ctx context.Context) ([]obligation.Holiday, error)
}

// A FileStore keeps letters and scans.
type FileStore interface {
	File(ctx context.Context, id int64) (procedure.File, bool, error)
	FileContent(ctx context.Context, id int64) ([]byte, error)
}

// PerPage is how many rows a page shows at most.
const PerPage = 50

// Halves is how many half-years can be chosen.
const Halves = 6
