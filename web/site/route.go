package site

import (
	"net/http"

	"gapura/access/access"
	"gapura/agreement/agreement"
)

// A Handler answers a signed-in visitor; an error that it returns becomes the answer (see Answer).
type Handler func(w http.ResponseWriter, r *http.Request, v *Visitor) error

// A Route is one line of a room's table: where, what it lets somebody do, and who answers. Exactly one of Handle and Open is set.
type Route struct {
	Pattern string
	Act     access.Act // see access.Authorise
	Handle  Handler
	Open    func(w http.ResponseWriter, r *http.Request) error // for anybody, signed in or not
}

// Mount puts a room's routes on a mux. The signed-in are asked for before they come to a page, except where the gate itself decides.
func (s *Site) Mount(mux *http.ServeMux, routes []Route) {
	acts := map[string]access.Act{}
	for _, route := range routes {
		acts[route.Pattern] = route.Act
	}
	s.mounted = append(s.mounted, mounted{mux, acts})
	for _, route := range routes {
		if route.Open != nil {
			mux.HandleFunc(route.Pattern, s.open(route.Open))
			continue
		}
		mux.HandleFunc(route.Pattern, s.signedIn(func(w http.ResponseWriter, r *http.Request, v *Visitor) error {
			if !route.Act.Gated() {
				if err := s.Allow(r, v, route.Act, v.Institution.ID); err != nil {
					return err
				}
			}
			return route.Handle(w, r, v)
		}))
	}
}

// mounted is a room's table, by pattern.
type mounted struct {
	mux  *http.ServeMux
	acts map[string]access.Act
}

// Leads reports whether the visitor may open the page of a path from where they are, so that a link is shown to those only whom it leads
// somewhere.
func (s *Site) Leads(r *http.Request, v *Visitor, path string) bool {
	to, err := http.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return false
	}
	for _, m := range s.mounted {
		_, pattern := m.mux.Handler(to)
		if act, ok := m.acts[pattern]; ok {
			a := s.attempt(r, v, act, v.Institution.ID)
			a.Now = v.Now
			return access.Authorise(a) == ""
		}
	}
	return false
}

// Allow says why a visitor may not do an act to an institution's data from where they are; nil when they may.
func (s *Site) Allow(r *http.Request, v *Visitor, act access.Act, of int64) error {
	return s.May(r.Context(), s.attempt(r, v, act, of))
}

// AllowRecord is Allow for the proof of a user's record.
func (s *Site) AllowRecord(r *http.Request, v *Visitor, act access.Act, of, by int64) error {
	a := s.attempt(r, v, act, of)
	a.By = by
	return s.May(r.Context(), a)
}

// Reads records that the visitor reads what was kept of others; it is shown only when that stands.
func (s *Site) Reads(r *http.Request, v *Visitor, act access.Act, what string) error {
	return s.Read(r.Context(), s.attempt(r, v, act, v.Institution.ID), what)
}

func (s *Site) attempt(r *http.Request, v *Visitor, act access.Act, of int64) access.Attempt {
	return access.Attempt{Who: v.Standing, Act: act, Of: of, Method: agreement.Portal, Address: s.Peer(r)}
}

// May tells pages which buttons to show.
func (v *Visitor) May(act access.Act) bool { return act.For(v.User.Role) }

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
			s.remember(w, r)
			err = s.Redirect(w, r, "/masuk?alasan=sesi")
		default:
			s.remember(w, r)
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
