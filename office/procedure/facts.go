package procedure

import (
	"slices"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
)

// SpecificationKey names the office's setting that holds the technical specification of card readers.
const SpecificationKey = "spesifikasi-pembaca"

// Facts are what a step is checked against and an effect is made from, read just before.
type Facts struct {
	Now         time.Time
	Today       time.Time // in the agency's zone
	Institution party.Institution
	Agreement   *agreement.Agreement // the one that decides now; nil: none
	Grant       *agreement.Grant     // of Agreement
	Request     Request              // the last one for an agreement or for its extension, unless it was refused; letters alone ask for it
	Users       []party.User         // of the agency, each with whose it is
	Staff       []party.User         // of the provider, likewise
	Readers     []reader.Reader      // of the agency
	Reader      reader.Specification // that a model must meet, as the office has it now
	Apps        []party.App          // of the agency's register, ended ones too
	Tokens      []party.Credential   // of the agency that work, or wait for their owner
	InUse       Names                // those of Case.Names that are taken
	Connection  party.Connection     // of the agency to the closed network, today
	Signatories party.Signatories    // of the provider's office
	Region      string               // Kemendagri code of the district that the office is of; may be empty
}

// A Request is the letter by which an agency asks for an agreement, or for more of its time.
type Request struct {
	Letter    string // its number; empty: there is none
	Day       time.Time
	Extension bool
	Open      bool // not decided to its end
}

// Requests reports whether the procedure begins with a request for an agreement or for its extension.
func (p *Procedure) Requests() bool { return p.Makes("sign-agreement") || p.Makes("ask-extension") }

// Request is the case's as it stands: the first of its letters, as it was corrected.
func (c *Case) Request() Request {
	r := Request{Extension: c.Procedure.Makes("ask-extension"), Open: c.State == Open}
	if i := slices.IndexFunc(c.Standing(), func(t Taken) bool { return t.Letter != "" }); i >= 0 {
		r.Letter, r.Day = c.Standing()[i].Letter, c.Standing()[i].LetterDay
	}
	return r
}

// Head is the head in office today; the zero Head when nobody is.
func (x Facts) Head() party.Head { return x.Institution.Head(x.Today) }

func (x Facts) user(login string) (party.User, bool) {
	i := slices.IndexFunc(x.Users, func(u party.User) bool { return u.Login == login })
	if i < 0 {
		return party.User{}, false
	}
	return x.Users[i], true
}

func (x Facts) token(fingerprint string) (party.Credential, bool) {
	i := slices.IndexFunc(x.Tokens, func(t party.Credential) bool { return t.Fingerprint == fingerprint })
	if i < 0 {
		return party.Credential{}, false
	}
	return x.Tokens[i], true
}

// gone finds a user id that was deactivated.
func (x Facts) gone(login string) (party.User, bool) {
	u, ok := x.user(login)
	return u, ok && !u.Deactivated.IsZero() && !x.Now.Before(u.Deactivated)
}

func (x Facts) reader(serial string) (reader.Reader, bool) {
	i := slices.IndexFunc(x.Readers, func(r reader.Reader) bool { return r.Serial == serial })
	if i < 0 {
		return reader.Reader{}, false
	}
	return x.Readers[i], true
}

// Names are names that nobody else may have (codes of institutions, user ids), and numbers of records, which must be there, with the
// institution in whose log.
type Names struct {
	Codes, Logins, Records []string
	Of                     int64
}

// Names are those that the next step would give to somebody, in this form or in one before: who takes the step looks them up first.
func (c *Case) Names(in Input) (n Names) {
	n.Of = c.Agency
	next := c.Next()
	if next == nil {
		return n
	}
	for _, s := range c.Procedure.Steps {
		for _, f := range s.each(upTo(s.Persons)) {
			v := c.Value(f.Key)
			if typed, sent := in.Values[f.Key]; sent && s.Key == next.Key {
				v = name(typed)
			}
			switch {
			case v == "":
			case f.Kind == "code":
				n.Codes = append(n.Codes, v)
			case f.Kind == "login":
				n.Logins = append(n.Logins, v)
			case f.Kind == "record":
				n.Records = append(n.Records, v)
			}
		}
	}
	return n
}

// name is a code or user id as it is kept.
func name(typed string) string { return strings.ToLower(clean(typed)) }
