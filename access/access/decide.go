package access

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/journal/journal"
	"gapura/person/freetext"
	"gapura/person/nik"
	"gapura/person/population"
)

// Agreements are an institution's, in order of signing.
type Agreements []agreement.Agreement

// Bounds of what a caller may write into a record, in bytes.
const (
	MaxReference = 64
	MaxPurpose   = 200
)

// Facts are everything that a decision rests on. Nothing else may influence it.
type Facts struct {
	Act      string
	Now      time.Time
	Standing *Standing // nil: login failed
	Method   string
	// Application is the one of the agency's register whose token it is; 0: no token of an application
	Application int64
	Address     netip.Addr
	// SHA-256 of the certificate that the peer showed; empty: none
	Certificate string
	Networks    Networks
	Purpose     string
	Reference   string
	NIK         nik.NIK       // zero: not well-formed
	Reader      reader.Reader // of a reading, as it stood then; zero: none of the agency's
	ReadAt      time.Time     // when a card was read
	Hits        int           // used today of the quota that counts for it, before this one

	Shielded bool // a lawful order protects the person

	Asked  bool // the population source was asked
	Failed bool // it could not answer
	Known  bool // it knows the NIK
	Status population.LifeStatus
}

// A Verdict is what Decide says.
type Verdict struct {
	Code     Code
	Hit      bool                // charge one hit (C3)
	Elements population.Elements // that may leave: the purpose's on Found, else none
	Grant    agreement.Grant     // zero when there is none
	App      party.App           // of the access; zero when there is none
	Quota    Left                // of the application, without what was used
	Basis    string              // documents that the access rests on
	judged   bool                // of a reading: nothing was against who tells of it
}

// Decide is the whole rule book of one access, pure. The parameter checks come in the Juknis's order (II.C.2.b: login, user, institution,
// quota); the checks that the Juknis has no text for stand between institution and quota, so that a refused request never costs a hit. A
// hit is a well-formed NIK that was passed on to a source that answered, found or not (C3).
func Decide(f Facts) Verdict {
	if f.Standing == nil {
		return Verdict{Code: Login}
	}
	if f.Act == journal.ActCard {
		return decideCard(f)
	}
	s := f.Standing
	grant, _ := agreement.Current(s.Agreements, f.Now, s.Institution.Zone.Day(f.Now))
	v := Verdict{Code: f.attempt().authorise(grant)}
	if v.Code == UserInactive || s.OfProvider() {
		if v.Code == "" {
			v.Code = Entered // the provider's staff sign in to see, never to look up
		}
		return v
	}
	var open bool
	if grant != nil {
		v.Grant, v.Basis = *grant, grant.Basis
		if v.App, open = s.Application(f.Application, f.Method, f.Now); open {
			v.Basis = grant.BasisOf(v.App.ID)
		}
		v.Quota = Left{Unlimited: open && grant.Unlimited(v.App.ID), Quota: grant.Quota}
	}
	switch {
	case v.Code != "":
	case f.Act == journal.ActSignIn:
		v.Code = Entered
	case !open || !grant.Admits(v.App.ID):
		v.Code = PoC
	case !s.User.Stopped.IsZero():
		v.Code = Abuse
	case !slices.Contains(s.User.Through(&v.App).Serves(grant.Purposes), f.Purpose) || !ValidReference(f.Reference):
		v.Code = Purpose
	case !v.Quota.Unlimited && f.Hits >= grant.Quota:
		v.Code = Quota
	case f.NIK.IsZero():
		v.Code = Malformed
	case f.Shielded:
		v.Code = Protected // before the source is asked, which is so not told of the lookup either
	case !f.Asked:
		// Everything but the source allows it: the caller asks the source and decides again.
		v.Code = Source
	case f.Failed:
		v.Code = Source
	default:
		v.Hit = true
		v.Code = status(f)
		if v.Code == Found {
			v.Elements = grant.ElementsOf(f.Purpose)
		}
	}
	return v
}

func (f Facts) attempt() Attempt {
	return Attempt{
		Who: f.Standing, Now: f.Now, Act: Act(f.Act), Of: f.Standing.Institution.ID, Method: f.Method, Application: f.Application,
		Address: f.Address, Certificate: f.Certificate, Networks: f.Networks,
	}
}

func status(f Facts) Code {
	if !f.Known {
		return Unknown
	}
	switch f.Status {
	case population.Alive:
		return Found
	case population.Deceased:
		return Deceased
	case population.Duplicate:
		return Duplicate
	}
	return Inactive
}

// ValidReference reports whether a reference (application number) can stand in a record: 1 to 64 bytes of printable text that
// holds no NIK (K3).
func ValidReference(s string) bool {
	if strings.TrimSpace(s) == "" || len(s) > MaxReference {
		return false
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == '\ufffd' {
			return false
		}
	}
	return freetext.Problem(s) == ""
}
