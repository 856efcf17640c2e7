package site

import (
	"net/http"

	"gapura/access/access"
	"gapura/agreement/party"
)

// A Handler answers a signed-in visitor; an error that it returns becomes the answer (see Answer).
type Handler func(w http.ResponseWriter, r *http.Request, v *Visitor) error

// A Route is one line of a room's table: where, what it lets somebody do, and who answers. Exactly one of Handle and Open is set.
type Route struct {
	Pattern string
	Act     access.Act // of the signed-in; empty: anything that the room itself does not forbid
	Handle  Handler
	Open    func(w http.ResponseWriter, r *http.Request) error // for anybody, signed in or not
}

// Mount puts a room's routes on a mux. may says why a visitor may not do an act; nil: nobody is asked.
func (s *Site) Mount(mux *http.ServeMux, routes []Route, may func(v *Visitor, act access.Act) error) {
	for _, route := range routes {
		if route.Open != nil {
			mux.HandleFunc(route.Pattern, s.open(route.Open))
			continue
		}
		mux.HandleFunc(route.Pattern, s.signedIn(func(w http.ResponseWriter, r *http.Request, v *Visitor) error {
			if may != nil {
				if err := may(v, route.Act); err != nil {
					return err
				}
			}
			return route.Handle(w, r, v)
		}))
	}
}

// open runs h for anybody.
func (s *Site) open(h func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.Answer(w, r, nil, err)
		}
	}
}

// signedIn runs h for a signed-in user and sends everybody else to the sign-in page.
func (s *Site) signedIn(h Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		v, err := s.Visitor(r)
		switch {
		case err != nil:
		case v != nil:
			err = h(w, r, v)
		case Fragment(r):
			w.Header().Set("HX-Redirect", "/masuk?alasan=sesi")
		case s.Token(r) != "":
			err = s.Redirect(w, r, "/masuk?alasan=sesi")
		default:
			err = s.Redirect(w, r, "/masuk")
		}
		if err != nil {
			s.Answer(w, r, v, err)
		}
	}
}

// NotFound answers paths that no room has; a visitor keeps their menu.
func (s *Site) NotFound(w http.ResponseWriter, r *http.Request) {
	v, err := s.Visitor(r)
	if err == nil {
		err = ErrNotFound
	}
	s.Answer(w, r, v, err)
}

var roles = map[party.Role]map[access.Act]bool{
	party.Administrator: {
		access.ToLook: true, access.ToFile: true, access.ToJudge: true, access.ToSet: true, access.ToTell: true, access.ToSearch: true, access.ToTrace: true,
		access.ToNotices: true,
	},
	party.Operator:      {access.ToLook: true, access.ToFile: true, access.ToTell: true, access.ToNotices: true},
	party.Auditor:       {access.ToLook: true, access.ToSearch: true, access.ToNotices: true},
	party.HeadOfAgency:  {access.ToOwn: true, access.ToFigures: true, access.ToNotices: true},
	party.Officer:       {access.ToFigures: true, access.ToNotices: true},
	party.Application:   {},
	party.CitizenPortal: {},
}

// May tells pages which buttons to show.
func (v *Visitor) May(act access.Act) bool { return roles[v.User.Role][act] }

// ByRole lets an act be done by the roles that may; the provider's roles count only at the provider.
func ByRole(v *Visitor, act access.Act) error {
	switch {
	case !v.Working():
		return Refused(access.UserInactive)
	case !v.May(act) || v.User.Role.OfProvider() != (v.User.Institution == party.Provider):
		return ErrForbidden
	}
	return nil
}
