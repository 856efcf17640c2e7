// Package manuscript draws up the agreement (PKS) and its guideline (Juknis) as documents from what is known, and compares their versions
// (PKS 9(3); requirement E14). It is pure: facts come in, values of a template and clauses go out.
package manuscript

import (
	"slices"
	"time"

	"gapura/internal/document"
	"gapura/office/procedure"
)

// A Kind of document; it is the key of its template too.
type Kind string

// The kinds.
const (
	PKS    Kind = "pks"
	Juknis Kind = "juknis"
)

// Kinds are all of them, in the order in which they are signed.
var Kinds = []Kind{PKS, Juknis}

// Name is the kind in Indonesian.
func (k Kind) Name() string {
	if k == Juknis {
		return "Petunjuk teknis"
	}
	return "Perjanjian kerja sama"
}

// A Manuscript is one version of a document. It never changes; initials and the signed scan are added to it.
type Manuscript struct {
	ID        int64
	Agency    int64
	Agreement int64 // 0: not signed yet
	Case      int64 // in which it is prepared; 0: drawn up for an agreement that stands
	Kind      Kind
	Version   int // from 1, for each kind and agreement
	Reason    string
	By        int64 // 0: the program, because what it rests on has changed
	ByName    string
	At        time.Time
	File      procedure.File // the PDF, without its content
	Scan      procedure.File // what was signed; the zero File: not kept yet
	Content   Content
	Initials  []Initial
}

// Of reports whether the manuscript is of the agreement, or of the case that prepares it; 0 is none.
func (m Manuscript) Of(agreement, id int64) bool {
	return agreement != 0 && m.Agreement == agreement || id != 0 && m.Case == id
}

// Content is what a manuscript says; kept sealed, because it names persons.
type Content struct {
	Filled  map[string]string `json:"filled"` // by Fields
	Values  map[string]string `json:"values"` // of the template
	Clauses []document.Clause `json:"clauses"`
	// By the case that registered an application the guideline was revised; 0: by something else.
	App     int64 `json:"app,omitempty"`
	AppCase int64 `json:"app_case,omitempty"`
}

// An Initial is the paraph of one party on every page.
type Initial struct {
	Side           string // "provider" or "agency"
	Name, Position string
	On             time.Time // day
	By             int64
	At             time.Time
}

// Sides are the parties with their names on pages.
var Sides = []procedure.Option{{Value: "provider", Label: "Dinas Dukcapil"}, {Value: "agency", Label: "Instansi"}}

// Initialled reports whether both parties have put their initials.
func (m Manuscript) Initialled() bool {
	return !slices.ContainsFunc(Sides, func(s procedure.Option) bool {
		return !slices.ContainsFunc(m.Initials, func(i Initial) bool { return i.Side == s.Value })
	})
}

// ForCase is the version that a case brought about by registering an application; false: there is none.
func ForCase(all []Manuscript, id int64) (Manuscript, bool) {
	i := slices.IndexFunc(all, func(m Manuscript) bool { return id != 0 && m.Content.AppCase == id })
	if i < 0 {
		return Manuscript{}, false
	}
	return all[i], true
}

// Last is the newest version of a kind among an agreement's or a case's manuscripts; false: there is none.
func Last(all []Manuscript, k Kind, agreement, id int64) (last Manuscript, ok bool) {
	for _, m := range all {
		if m.Kind == k && m.Of(agreement, id) && m.Version > last.Version {
			last, ok = m, true
		}
	}
	return last, ok
}
