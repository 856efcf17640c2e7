// Package party holds who asks: institutions, their responsible heads with SPTJM, users with NDA, and how a user proves who they are.
// Whether somebody may do something is never stored here as a state that can go stale: it is derived from dates at the time of the call.
package party

import (
	"slices"
	"strings"
	"time"
)

// Provider is the institution id of the provider (Dinas Dukcapil) itself; its acts are recorded in log 0.
const Provider int64 = 0

// An Institution is an agency (PIHAK KEDUA) or, with id Provider, the provider.
type Institution struct {
	ID   int64
	Code string // short name used in paths and commands: "dinpertan"
	Name string
	Zone Zone // decides where its day begins (C1)
	// Heads are all who answered, answer or will answer for it, by their first day.
	Heads Heads

	Address, Email string // of the office
	Desk           Desk
	// Helpers are whom the institution's people turn to: its administrators whose user ids work, else the provider's contact persons.
	// Office are the latter.
	Helpers, Office []Person
}

// Helper names whom the institution's people turn to: its administrators, else the provider's contact persons, by name, position and how
// they are reached. The zero Institution is one that is not known: nobody is named.
func (i Institution) Helper() string {
	if len(i.Helpers) > 0 && i.Helpers[0].OfProvider {
		return i.OfficeHelper()
	}
	return named("admin instansi Anda", i.Helpers)
}

// OfficeHelper names whom the institution's people turn to at the provider.
func (i Institution) OfficeHelper() string {
	if len(i.Office) == 0 {
		return "Dinas Dukcapil"
	}
	return named("narahubung Dinas Dukcapil", i.Office)
}

// Leader names the head in office on a day.
func (i Institution) Leader(day time.Time) string {
	h := i.Head(day)
	if h.Name == "" {
		return "kepala instansi Anda"
	}
	return named("kepala instansi Anda", []Person{{Name: h.Name, Position: h.Office()}})
}

func named(what string, who []Person) string {
	names := make([]string, len(who))
	for n, p := range who {
		names[n] = p.Title()
	}
	if len(names) == 0 {
		return what
	}
	return what + ", " + strings.Join(names, " atau ")
}

// Head is who is in office on a day; the zero Head when nobody is.
func (i Institution) Head(day time.Time) Head {
	if h := i.Heads.On(day); h != nil {
		return *h
	}
	return Head{}
}

// A Person is named on pages and letters.
type Person struct {
	Name, Position string
	Phone, Email   string // as the agreement's contact persons name them; may be empty
	OfProvider     bool
}

// Title is "Name (Position, telephone, e-mail)", of what is known.
func (p Person) Title() string {
	known := slices.DeleteFunc([]string{p.Position, p.Phone, p.Email}, func(s string) bool { return s == "" })
	if len(known) == 0 {
		return p.Name
	}
	return p.Name + " (" + strings.Join(known, ", ") + ")"
}

// A Desk is an agency's own service desk, as it was enrolled. Its certificate is asked for from the agency's people on the API, not from
// its other programs.
type Desk struct {
	Pin   string    // SHA-256 of the certificate that it shows, 32 bytes; empty: none is asked for
	Key   string    // verifier key of what it signs; empty: none is enrolled
	Since time.Time // when it was enrolled
}

// Fits reports whether a certificate (SHA-256; empty: none was shown) is the desk's, as far as one is asked for.
func (d Desk) Fits(certificate string) bool { return d.Pin == "" || d.Pin == certificate }

// A Contact is a contact person (PIC) of one side (Juknis VI.B).
type Contact struct {
	Side                         string // "provider" or "agency"
	Name, Position, Phone, Email string
}

// A Role says what a user is for. Roles of an agency and of the provider are disjoint.
type Role string

// The roles.
const (
	Officer      Role = "officer"     // agency: looks persons up at the counter
	Application  Role = "application" // agency: a program that calls the API or the legacy wire
	HeadOfAgency Role = "head"        // agency: answers for every lookup, sees the agency's own records
	// agency: named by the head's letter; looks after its user ids and duties, never looks persons up (B10)
	AgencyAdmin   Role = "agency-admin"
	Administrator Role = "admin"    // provider
	Operator      Role = "operator" // provider
	Auditor       Role = "auditor"  // provider, read-only
	CitizenPortal Role = "citizen"  // provider: a portal in which residents, signed in there, read who asked for their data
)

// Asks reports whether the role may look persons up at all.
func (r Role) Asks() bool { return r == Officer || r == Application }

// OfProvider reports whether the role belongs to the provider's staff.
func (r Role) OfProvider() bool {
	return r == Administrator || r == Operator || r == Auditor || r == CitizenPortal
}

// Label is the role in Indonesian, as pages show it.
func (r Role) Label() string {
	switch r {
	case Officer:
		return "Petugas"
	case Application:
		return "Aplikasi"
	case HeadOfAgency:
		return "Kepala Instansi"
	case AgencyAdmin:
		return "Admin Instansi"
	case Administrator:
		return "Administrator"
	case Operator:
		return "Operator"
	case Auditor:
		return "Auditor"
	case CitizenPortal:
		return "Portal Penduduk"
	}
	return string(r)
}

// A User is one user id.
type User struct {
	ID          int64
	Institution int64
	Login       string
	Name        string
	Position    string
	Role        Role
	Methods     []string  // access methods bound to this user (A4)
	MatchOnly   bool      // compares values and gets verdicts, and never reads a value, by whatever door or path
	Purposes    []string  // of its agreement's; none: all of them (A8)
	NDASigned   time.Time // date; zero: no NDA, the user id does not work (Juknis VI.E)
	Deactivated time.Time // instant; zero: not deactivated
	Stopped     time.Time // when lookups were stopped for abuse; zero: they are not (D2)
	HasPassword bool      // false until the one-time activation link was used (B1)
	NDAForm     string    // number of the form that was signed
	Email       string    // for notices and second halves of slips; may be empty
	EmailBy     int64     // who named Email in the request; 0: nobody that is kept, or there is none
	Identity    Identity  // whose it is
	Application int64     // program of the agency that the user id is for; 0: a person's
	Known       time.Time // of one version of a History: since when the records say so
	Reset       time.Time // when its credentials were taken back by force; tokens from before are dead; zero: never
}

// A UserState is where a user id stands in its life.
type UserState string

// The states of a user id, in the order in which they are looked for.
const (
	Deactivated UserState = "deactivated"
	NoNDA       UserState = "no_nda"
	Unactivated UserState = "unactivated" // the owner has chosen no password yet
	Stopped     UserState = "stopped"     // signs in, but looks nobody up (D2)
	Working     UserState = "working"
)

// At is the state at an instant whose calendar day in the agency's zone is day.
func (u User) At(now, day time.Time) UserState {
	switch {
	case !u.Deactivated.IsZero() && !now.Before(u.Deactivated):
		return Deactivated
	case !u.Role.OfProvider() && (u.NDASigned.IsZero() || u.NDASigned.After(day)):
		return NoNDA
	case !u.HasPassword:
		return Unactivated
	case !u.Stopped.IsZero():
		return Stopped
	}
	return Working
}

// Active reports whether the user id works at the instant: not deactivated, activated, and for an agency's user with a signed NDA.
func (u User) Active(now, day time.Time) bool {
	s := u.At(now, day)
	return s == Working || s == Stopped
}

// A Zone is one of Indonesia's three times, fixed offsets without daylight saving.
type Zone string

// The three zones.
const (
	WIB  Zone = "WIB"
	WITA Zone = "WITA"
	WIT  Zone = "WIT"
)

var zones = map[Zone]*time.Location{
	WIB: time.FixedZone("WIB", 7*3600), WITA: time.FixedZone("WITA", 8*3600), WIT: time.FixedZone("WIT", 9*3600),
}

// Location returns the zone's location; an unknown zone is WIB.
func (z Zone) Location() *time.Location {
	if l, ok := zones[z]; ok {
		return l
	}
	return zones[WIB]
}

// Valid reports whether z is one of the three zones.
func (z Zone) Valid() bool { _, ok := zones[z]; return ok }

// Begin is the first instant of a calendar day in the zone; the reverse of Day.
func (z Zone) Begin(day time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, z.Location())
}

// Day is the calendar day of the instant in the zone, as UTC midnight, the form of every date in this program.
func (z Zone) Day(now time.Time) time.Time {
	y, m, d := now.In(z.Location()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
