package desk

import (
	"context"
	"slices"

	"gapura/access/access"
	"gapura/agreement/party"
)

// The acts of the desk's people, beside those that they share with the provider's: access.ToArrive and access.ToAccount.
const (
	ToServe  access.Act = "desk_serve"  // the counter: applications, cross-checks, cards, data balikan, the own token for the provider
	ToRevoke access.Act = "desk_revoke" // take a letter's validity away
	ToDecide access.Act = "desk_decide" // the decision that a kind of aid leaves to the head
	ToOffer  access.Act = "desk_offer"  // kinds of aid
	ToStaff  access.Act = "desk_staff"  // users of the desk
	ToAudit  access.Act = "desk_audit"  // the security log
)

var (
	counter = []party.Role{party.Officer, party.HeadOfAgency}
	leading = []party.Role{party.HeadOfAgency}
)

// rules is the one table of who may do what at the desk. An act that is not in it is nobody's.
var rules = map[access.Act][]party.Role{
	access.ToAccount: counter,

	ToServe:  counter,
	ToRevoke: leading,
	ToDecide: leading,
	ToOffer:  leading,
	ToStaff:  leading,
	ToAudit:  leading,
}

// For reports whether a role may do an act at the desk.
func For(act access.Act, role party.Role) bool { return slices.Contains(rules[act], role) }

// Allow asks the table before each page, as access.Authority does at the provider. There is no question of whose data it is, nor from which
// network: a desk has one agency, on whose machine it runs.
func Allow(_ context.Context, a access.Attempt) error {
	if !For(a.Act, a.Who.User.Role) {
		return &access.Refusal{Code: access.Role}
	}
	return nil
}
