package party

import (
	"slices"
	"time"
)

// An AppKind is what an application is.
type AppKind string

// The kinds of applications.
const (
	PortalApp  AppKind = "portal" // the provider's own web portal, with which an agency's people look persons up
	ProgramApp AppKind = "program"
	DeskApp    AppKind = "desk" // the agency's service desk, with which its officers ask
)

// Label is the kind in Indonesian.
func (k AppKind) Label() string {
	return map[AppKind]string{PortalApp: "Web portal", ProgramApp: "Aplikasi layanan", DeskApp: "Loket pelayanan"}[k]
}

// An App is an application of an agency: what reads population data for it (Juknis II.D). A program or a desk holds credentials of its own
// (Juknis II.A.1) and is in the register; the portal comes with the agreement and has ID 0.
type App struct {
	ID      int64
	Agency  int64
	Name    string
	Kind    AppKind
	Methods []string // access methods that it is registered for; a card reader is registered by itself
	// MatchOnly and Purposes narrow its users as their own do; see Rights.
	MatchOnly bool
	Purposes  []string // of its agreement's; none: all of them
	Answers   string   // who answers for it: name and position
	Since     time.Time
	Ended     time.Time // zero: in use
	EndedBy   string    // letter or case
}

// Portal is the application that an agency's people use in a browser.
func Portal(agency int64, methods ...string) App {
	return App{Agency: agency, Name: PortalApp.Label(), Kind: PortalApp, Methods: methods}
}

// Uses reports whether the application is in use at the instant, and registered for the access method.
func (a App) Uses(method string, now time.Time) bool {
	return slices.Contains(a.Methods, method) && a.InUse(now)
}

// InUse reports whether the application has not ended at the instant.
func (a App) InUse(now time.Time) bool { return a.Ended.IsZero() || now.Before(a.Ended) }

// AppsAt are the applications that were in use at an instant, by what was recorded until known. A registration and its end take effect when
// they are recorded.
func AppsAt(apps []App, at, known time.Time) (out []App) {
	for _, a := range apps {
		ended := !a.InUse(at) && !a.Ended.After(known)
		if !a.Since.After(at) && !a.Since.After(known) && !ended {
			out = append(out, a)
		}
	}
	return out
}

// Find picks an application out of an agency's: the one with the id, or else, for a person's user id at a program's door, the desk in use.
func Find(apps []App, id int64, method string, now time.Time) (App, bool) {
	for _, a := range apps {
		if id != 0 && a.ID == id || id == 0 && a.Kind == DeskApp && a.Uses(method, now) {
			return a, true
		}
	}
	return App{}, false
}

// Rights are what somebody may do with what is found through an application: what the user and the application both may (A8). By which
// methods is not among them: what is not registered for a method is not used by it at all (Uses).
type Rights struct {
	MatchOnly bool     // values are compared, none is read
	user, app []string // purposes; none: all of the agreement's
}

// Through are a user's rights through an application; the zero App narrows nothing.
func (u *User) Through(a *App) Rights {
	return Rights{u.MatchOnly || a.MatchOnly, u.Purposes, a.Purposes}
}

// Serves are those of an agreement's purposes that may be asked for; none when user and application have none in common.
func (r Rights) Serves(agreed []string) []string {
	if len(r.user) == 0 && len(r.app) == 0 {
		return agreed
	}
	return slices.DeleteFunc(slices.Clone(agreed), func(p string) bool { return !has(r.user, p) || !has(r.app, p) })
}

// has reports whether a purpose is among those of a user or an application, of whom none are named when all are meant.
func has(purposes []string, p string) bool { return len(purposes) == 0 || slices.Contains(purposes, p) }
