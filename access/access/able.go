package access

import (
	"slices"
	"time"

	"gapura/agreement/agreement"
)

// reviewed are the acts by which somebody gets at data or changes rights, in the order in which a review of rights names them.
var reviewed = []Act{ToLookup, ToMatch, ToDeliver, ToReview, ToManage, ToAdmit, ToUses, ToLook, ToFile, ToJudge, ToSet, ToTell, ToTrace,
	ToSearch}

// Able are the acts of a review that a user may do at the instant, at whichever door, from a network and with a certificate that is theirs:
// what Authorise allows them. Lookups that were stopped for abuse are none.
func Able(s *Standing, now time.Time) (list []Act) {
	grant, _ := agreement.Current(s.Agreements, now, s.Institution.Zone.Day(now))
	a := Attempt{Who: s, Now: now, Of: s.Institution.ID}
	if grant != nil && len(grant.Networks) > 0 {
		a.Address = grant.Networks[0].Addr()
	}
	for _, act := range reviewed {
		if (act == ToLookup || act == ToMatch) && !s.User.Stopped.IsZero() {
			continue
		}
		may := func(door string) bool {
			a := a
			a.Act, a.Method = act, door
			switch a.authorise(grant) {
			case "":
				return true
			case Network: // its certificate is missing here, or it is a citizen portal's network; the checks that come after are these
				return act.For(s.User.Role) && (act != ToLookup || !s.Rights(0, door, now).MatchOnly)
			}
			return false
		}
		if slices.ContainsFunc([]string{agreement.Portal, agreement.API, agreement.Legacy}, may) {
			list = append(list, act)
		}
	}
	return list
}
