package access

import (
	"net/netip"
	"time"

	"gapura/agreement/agreement"
)

// An Expected is what a door that stands open to agencies alone expects of callers, before it looks at anything that they say: where
// agencies' closed networks are, and which certificates their agreements ask for.
type Expected []expected

type expected struct {
	grant *agreement.Grant
	desk  string // pin of the agency's desk; empty: it has none
}

// Expect is what is expected by a method at the instant; all are the agencies' standings.
func Expect(all []Standing, method string, now time.Time) Expected {
	var out Expected
	for _, s := range all {
		g, ok := agreement.Current(s.Agreements, now, s.Institution.Zone.Day(now))
		if ok && g.Allows(method) && (g.State.Works() || g.State.Owes()) {
			out = append(out, expected{g, s.Institution.Desk.Pin})
		}
	}
	return out
}

// From reports whether some agency's network reaches the address.
func (e Expected) From(a netip.Addr) bool {
	for _, x := range e {
		if x.grant.Reaches(a) {
			return true
		}
	}
	return false
}

// Shown reports whether a caller at the address, with a certificate that the connection proved (SHA-256; empty: none), may be a program or
// the desk of some agency there.
func (e Expected) Shown(a netip.Addr, certificate string) bool {
	for _, x := range e {
		if x.grant.Reaches(a) && (x.grant.Shows(certificate) || x.desk != "" && x.desk == certificate) {
			return true
		}
	}
	return false
}
