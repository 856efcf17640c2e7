package site

import (
	"context"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/office/office"
)

// PerPage is how many rows a page shows at most.
const PerPage = 50

// Tabs are the pages of one agency.
type Tabs struct{ Code, Name, Here string }

// Actor is the visitor as the office takes them.
func (v *Visitor) Actor() office.Actor {
	return office.Actor{User: v.User.ID, Role: v.User.Role, Agency: v.User.Institution, Address: v.Address}
}

// A Finder finds institutions by their code.
type Finder interface {
	InstitutionByCode(ctx context.Context, code string) (party.Institution, access.Agreements, bool, error)
}
