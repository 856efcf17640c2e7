// Package snooping sees an officer who looks up a person out of curiosity (requirements D5, D6). Rules alone cannot tell a neighbour who
// applies for aid from a neighbour who is spied on, so every lookup is first explained: by a case at the desk, by data balikan, by a list
// or by a letter. Of what nothing explains, the officer is asked the same evening; what else speaks against it makes an alert. A relation
// alone never does: most neighbours who are looked up are applicants.
//
// The package is pure: times, services and persons come in, findings go out, and the same input gives the same findings. So the evening's
// run, the trial of a rule on the past 90 days and the command that judges files are one code.
package snooping

import (
	"time"

	"gapura/person/nik"
)

// Memory is for how long a lookup counts for those that follow.
const Memory = 90 * day

const day = 24 * time.Hour

// Closes is the hour of the agency's day at which a day is judged; later lookups belong to the next day's run.
const Closes = 17

// A Lookup is one time that a person's data was asked for.
type Lookup struct {
	At        time.Time // in the agency's zone
	User      int64
	NIK       nik.NIK // zero: what was typed is no NIK
	Purpose   string
	Reference string // as typed
}

// A Kind is what a service is.
type Kind uint8

// The kinds, with the codes of the files of gapura abuse snooping.
const (
	Case    Kind = iota // an application at the agency's desk
	Balikan             // data balikan that came for the person
	List                // a list of persons, as of a programme's beneficiaries
	Letter              // a letter that asks about the person
	kinds
)

var kindCodes = [kinds]string{"case", "balikan", "list", "letter"}

// String is the code.
func (k Kind) String() string { return kindCodes[k] }

// Label is the kind in Indonesian.
func (k Kind) Label() string {
	return [kinds]string{"permohonan di loket", "data balikan", "daftar", "surat"}[k]
}

// ParseKind finds a kind by its code.
func ParseKind(code string) (Kind, bool) {
	for k := range kinds {
		if kindCodes[k] == code {
			return k, true
		}
	}
	return 0, false
}

// A Service is what may explain a lookup.
type Service struct {
	Reference string    // empty: it has none, and the person's number alone tells
	NIK       nik.NIK   // zero: a letter or a list that names nobody
	Day       time.Time // the agency's, UTC midnight
	Kind      Kind
}

// A Person is what a relation is told by; empty texts tell nothing.
type Person struct {
	Card  string // number of the family card
	Place string // village, or street with RT and RW
	Name  string
}

// A Directory tells who somebody is.
type Directory interface {
	Person(n nik.NIK) (Person, bool)
	// Own is the NIK of a user; zero when it is not known.
	Own(user int64) nik.NIK
}

// An Action is what follows from a lookup that nothing explains.
type Action uint8

// The actions. Neither stops anybody.
const (
	Ask   Action = iota + 1 // the officer is asked what it was for
	Alert                   // it belongs to a series that the office looks into
)

// String is the code of the files.
func (a Action) String() string { return [...]string{"", "ask", "alert"}[a] }

// A Finding is a lookup that nothing explains.
type Finding struct {
	Lookup
	Action  Action
	Score   float64 // points; Settings.AlertAt is an alert
	Rules   []Rule  // that added points, strongest first
	Reason  string  // formal Indonesian, without any number of a person
	Repeats int     // earlier days on which the user looked this person up without explanation
	New     bool    // an alert that begins a series
}

// A Rule is one circumstance that speaks against a lookup.
type Rule uint8

// The rules.
const (
	Self     Rule = iota // the officer's own record
	Family               // of the officer's family card
	Namesake             // of the officer's family name, as rare as it is
	Neighbor             // of the officer's place, as rare as applicants from there are
	Repeated             // looked up before, on other days, without explanation
	Shared               // by several officers, without explanation
	Late                 // outside office hours
	Dormant              // by an account that was long unused
	Empty                // the reference means nothing
	Nowhere              // the reference exists nowhere
	Borrowed             // the reference is another person's
	Stale                // the reference's service is long over, or was used more often than it needs
	Rules                // their number
)

var ruleCodes = [Rules]string{"self", "family", "namesake", "neighbor", "repeated", "shared", "late", "dormant", "empty", "nowhere",
	"borrowed", "stale"}

var ruleLabels = [Rules]string{"Data sendiri", "Satu kartu keluarga", "Nama keluarga sama", "Bertetangga", "Berulang pada hari lain",
	"Dicari beberapa petugas", "Di luar jam layanan", "Akun lama tidak dipakai", "Referensi tanpa arti", "Referensi tidak ditemukan",
	"Referensi milik orang lain", "Referensi layanan yang sudah lama"}

var ruleReasons = [Rules]string{"petugas mencari datanya sendiri", "orang ini satu kartu keluarga dengan petugas",
	"nama belakang orang ini sama dengan nama petugas", "orang ini bertempat tinggal di tempat yang sama dengan petugas",
	"petugas telah mencari orang ini pada hari lain tanpa dasar", "beberapa petugas mencari orang ini tanpa dasar",
	"pencarian di luar jam layanan", "akun lama tidak dipakai sebelumnya", "referensi tidak berarti",
	"referensi tidak ada dalam layanan mana pun",
	"referensi milik layanan orang lain", "layanan dengan referensi ini sudah lama selesai"}

// String is the stable code of a rule.
func (r Rule) String() string { return ruleCodes[r] }

// Label is the rule's name in Indonesian.
func (r Rule) Label() string { return ruleLabels[r] }

// OfRegistry reports whether a circumstance is worked out from what the registry knows of the person. Whoever reads it learns part of an
// address, a name or a family card, whatever is granted; so it is told to the provider alone.
func (r Rule) OfRegistry() bool { return r <= Neighbor }

// ParseRule finds a rule by its code.
func ParseRule(code string) (Rule, bool) {
	for r := range Rules {
		if ruleCodes[r] == code {
			return r, true
		}
	}
	return 0, false
}

// Settings are an agency's. The zero value is the default.
type Settings struct {
	// Weight multiplies the points of a rule; 0 is 1, a negative one switches the rule off.
	Weight [Rules]float64
	// AlertAt is how many points make an alert; 0: 3.5. From SureAt (6) on no week's budget holds it back.
	AlertAt, SureAt float64
	// Users is how many officers the agency has: ten of them have room for one doubtful alert a week, and an agency for three.
	Users int
}

// Weighs is a rule's multiplier.
func (s *Settings) Weighs(r Rule) float64 {
	switch w := s.Weight[r]; {
	case w < 0:
		return 0
	case w > 0:
		return w
	}
	return 1
}

func (s Settings) withDefaults() Settings {
	if s.AlertAt == 0 {
		s.AlertAt = 3.5
	}
	if s.SureAt == 0 {
		s.SureAt = max(6, s.AlertAt)
	}
	return s
}

// budget is how many doubtful series a week has room for.
func (s *Settings) budget() float64 { return max(3, float64(s.Users)/10) }

// RunOf is the day, UTC midnight, whose run judges a lookup of an instant in the agency's zone.
func RunOf(at time.Time) time.Time {
	d := DayOf(at)
	if at.Hour() >= Closes {
		d = d.AddDate(0, 0, 1)
	}
	return d
}

// DayOf is the calendar day of an instant in its own zone, as UTC midnight.
func DayOf(at time.Time) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
