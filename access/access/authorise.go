package access

import (
	"net/netip"
	"slices"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
)

// Networks are the provider's own, as its configuration names them.
type Networks struct {
	Office   []netip.Prefix // of the staff; none: everywhere
	Citizens []netip.Prefix // of citizen portals; none: nowhere
}

// An Attempt is somebody who is about to do something: who, what, to whose data, from where.
type Attempt struct {
	Who *Standing // nil: nobody whom we know; without a user: an institution by its own token or code
	Now time.Time
	Act Act
	Of  int64 // institution whose data it is
	By  int64 // user whose record it is, when it is one record's proof (see Whose); 0: not about one
	// Method is the door: agreement.Portal, agreement.API or agreement.Legacy.
	Method string
	// Application is the one whose token it is; 0: no token of an application
	Application int64
	Address     netip.Addr // the real peer, never a claim
	Certificate string     // SHA-256 of the one that the peer proved to have; empty: none
	Networks    Networks
}

// Authorise decides, pure, whether somebody may do an act to somebody's data from where they are: "" when they may, else why not. Every
// page, route and message is asked here, and only here; Decide asks it too. Checks stand in the Juknis's order (II.C.2.b: login, user,
// institution), then method, network, role, what the user is granted of it, and whose data it is.
func Authorise(a Attempt) Code {
	var grant *agreement.Grant
	if a.Who != nil {
		grant, _ = agreement.Current(a.Who.Agreements, a.Now, a.Who.Institution.Zone.Day(a.Now))
	}
	return a.authorise(grant)
}

func (a Attempt) authorise(grant *agreement.Grant) Code {
	rule, known := rules[a.Act]
	switch {
	case rule.open:
		return ""
	case a.Who == nil:
		return Login
	case !known:
		return Role
	}
	if a.Who.User.ID != 0 && !rule.fresh && !a.Who.User.Active(a.Now, a.day()) {
		return UserInactive
	}
	if a.Who.OfProvider() {
		return a.byProvider(rule)
	}
	return a.byAgency(rule, grant)
}

func (a Attempt) day() time.Time { return a.Who.Institution.Zone.Day(a.Now) }

// mayNot is what a role is told that the rule does not name.
func (r rule) mayNot() Code {
	if r.other != "" {
		return r.other
	}
	return Role
}

func (a Attempt) byProvider(rule rule) Code {
	role := a.Who.User.Role
	within := len(a.Networks.Office) == 0 || contains(a.Networks.Office, a.Address)
	if role == party.CitizenPortal && a.Method == agreement.API {
		within = contains(a.Networks.Citizens, a.Address)
	}
	switch {
	case !role.OfProvider() || !a.Act.For(role):
		return rule.mayNot()
	case a.Act == ToSignIn && a.Method != agreement.Portal:
		return Method
	case !within && role == party.CitizenPortal:
		return Network
	case !within:
		return Office
	}
	return ""
}

// byAgency takes what is owed, and lets the past be read, after the agreement's end too; the network is then the last one that was agreed
// (A5).
func (a Attempt) byAgency(rule rule, grant *agreement.Grant) Code {
	s := a.Who
	byUser := s.User.ID != 0
	switch {
	case grant == nil, rule.works && !grant.Opens() && (!grant.State.Owes() || !slices.Contains(rule.owing, s.User.Role)):
		return InstitutionInactive
	case byUser && !rule.fresh && !slices.Contains(s.User.Methods, a.Method), rule.works && !grant.Allows(a.Method):
		return Method
	case !grant.Reaches(a.Address):
		return Network
	case a.Method == agreement.API && byUser && s.User.Role != party.Application && !s.Institution.Desk.Fits(a.Certificate):
		return Network
	case (a.Method == agreement.Legacy || a.Method != agreement.Portal && a.byProgram()) && !grant.Shows(a.Certificate):
		return Network
	case s.User.Role.OfProvider() || !a.Act.For(s.User.Role):
		return rule.mayNot()
	case rule.with != "" && (!grant.Allows(rule.with) || !slices.Contains(s.User.Methods, rule.with)):
		return Method
	case a.Act == ToLookup && s.Rights(a.Application, a.Method, a.Now).MatchOnly:
		return MatchOnly
	case a.Of != s.Institution.ID, a.By != 0 && a.By != s.User.ID && !Answers(s.User.Role):
		return Foreign
	}
	return ""
}

// Answers reports whether an agency's role reads each record of the agency; the others read their own alone. It is the one rule of the
// portal's lists and exports and of proofs at every door.
func Answers(r party.Role) bool { return slices.Contains(answering, r) }

// byProgram reports whether an agency's program acts: by a program's user id, or by the agency's token of data balikan. What takes the
// certificate of its desk is the desk's own. The old wire is spoken by programs alone, with the user id of a person too.
func (a Attempt) byProgram() bool {
	return a.Who.User.Role == party.Application || a.Who.User.ID == 0 && a.Act == ToDeliver
}

// OfProvider reports whether the user is of the provider itself.
func (s *Standing) OfProvider() bool { return s.User.ID != 0 && s.User.Institution == party.Provider }

func contains(list []netip.Prefix, a netip.Addr) bool {
	a = a.Unmap()
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}
