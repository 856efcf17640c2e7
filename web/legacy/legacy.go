// Package legacy is the door for applications that speak the ministry's wire: it decodes, calls access.Gate, and encodes what the gate
// answers. It has no rules of its own. Every answer and notice has status 200, because clients read anything else as "service down"; only a
// path that is none, a method other than POST, a fault (500) and a source that does not answer (503) have others, in the wire's form too.
package legacy

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/exchange/wire"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/outage"
	"gapura/person/nik"
	"gapura/web/peer"
)

// Profiles finds the profile of a path; found is false when none is configured. Safe for concurrent use.
type Profiles interface {
	Profile(ctx context.Context, path string) (p wire.Profile, found bool, err error)
}

// Calls keeps what paths without a profile were called with, so that an administrator can choose one. Safe for concurrent use.
type Calls interface {
	Note(ctx context.Context, c wire.Call) error
}

// A Legacy serves what Serves says is the wire's.
type Legacy struct {
	Gate      *access.Gate
	Admission *admission.Admission
	Profiles  Profiles
	Calls     Calls
	Intake    *balikan.Intake
	Peer      func(*http.Request) netip.Addr
	Outages   *outage.Board
	Ill       told.Ill // nil: no error is the installation's illness
	Log       *slog.Logger
}

// Serves reports whether the path of a URL is the wire's: below the roots of wire.Base and of BalikanBases, in any case and with doubled
// slashes. Such a request is answered directly, because a redirect loses the body of a POST, and in the wire's form, also where nothing is.
func Serves(path string) bool {
	folded := wire.Fold(path)
	_, lookup := wire.Below(wire.Root, folded)
	_, delivery := belowBalikan(folded)
	return lookup || delivery
}

func (l *Legacy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	folded := wire.Fold(r.URL.Path)
	if rest, ok := belowBalikan(folded); ok {
		l.delivery(w, r, rest)
		return
	}
	path := wire.Clean(folded)
	if _, ok := wire.Below(wire.Base, folded); !ok || !wire.Fits(path) {
		write(w, http.StatusNotFound, wire.Default(path).Incomplete(access.Answer{}))
		return
	}
	profile, found, err := l.Profiles.Profile(r.Context(), path)
	if err != nil {
		l.fault(w, r, wire.Default(path).Trouble, err)
		return
	}
	if !found {
		profile = wire.Default(path)
	}
	if !allowed(w, r, profile) {
		if r.Method != http.MethodOptions {
			write(w, http.StatusMethodNotAllowed, profile.Incomplete(access.Answer{}))
		}
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, wire.MaxBody+1))
	fields, unread := wire.Read(body)
	if err != nil {
		unread = err
	}
	if unread == nil && profile.Query {
		fields.Query(r.URL.RawQuery)
	}
	said, err := l.answer(r, profile, fields, unread != nil)
	if err != nil {
		l.fault(w, r, profile.Trouble, err)
		return
	}
	if !found {
		l.note(r, wire.Call{Agency: said.agency, Path: path}, body)
	}
	if !said.asOf.IsZero() {
		w.Header()[wire.AsOf] = []string{said.asOf.Format(time.DateOnly)}
	}
	write(w, said.status, profile.Announced(said.body, strings.Join(l.Outages.Texts(party.WIB), " ")))
}

// note keeps the names of a call's keys; that it could not changes no answer.
func (l *Legacy) note(r *http.Request, c wire.Call, body []byte) {
	c.Keys, c.Query = wire.Named(body, r.URL.RawQuery)
	c.Count, c.Last = 1, l.Gate.Now()
	if err := l.Calls.Note(r.Context(), c); err != nil && r.Context().Err() == nil {
		l.Log.Error("call of a path without a profile is not kept", "error", err)
	}
}

// methods are what the wire's paths take.
const methods = http.MethodPost + ", " + http.MethodOptions

// allowed lets POST pass, answers OPTIONS, and names to a browser the origin whose scripts the profile lets call the path.
func allowed(w http.ResponseWriter, r *http.Request, p wire.Profile) bool {
	h := w.Header()
	if len(p.Origins) > 0 {
		h.Set("Vary", "Origin")
	}
	origin := r.Header.Get("Origin")
	if p.Allows(origin) {
		h.Set("Access-Control-Allow-Origin", origin)
	}
	if r.Method == http.MethodPost {
		return true
	}
	h.Set("Allow", methods)
	if r.Method == http.MethodOptions {
		if p.Allows(origin) {
			h.Set("Access-Control-Allow-Methods", http.MethodPost)
			h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
			h.Set("Access-Control-Max-Age", "600")
		}
		w.WriteHeader(http.StatusNoContent)
	}
	return false
}

// A said is an answer on its way out.
type said struct {
	status int
	body   []byte
	asOf   time.Time // day of the data; zero: not known, or none was asked
	agency int64     // the caller's where the profile names no purpose; 0: nobody known
}

// answer asks the gate, also when the parameters are not complete, because every attempt is recorded.
func (l *Legacy) answer(r *http.Request, p wire.Profile, f wire.Fields, unread bool) (out said, err error) {
	empty := f.Empty()
	q := access.Request{Who: l.who(r, p, f), Method: agreement.Legacy, Address: l.Peer(r), Certificate: peer.Certificate(r), NIK: f.NIK(),
		Purpose:   p.Purpose,
		Reference: f.Claimed()}
	if unread || empty {
		q.Who = access.Known(0)
	} else if q.Who, q.Purpose, out.agency, err = l.purpose(r.Context(), q.Who, p); err != nil {
		return said{}, err
	}
	var a access.Answer
	var verdicts []access.ClaimVerdict
	if p.Verify {
		threshold, ok := f.Threshold()
		claims, readable := f.Claims(l.Gate.Now())
		if !ok || !readable {
			q.NIK = "" // nothing is compared and nobody is looked for
		}
		a, verdicts, err = l.Gate.Match(r.Context(), q, claims, threshold)
	} else {
		a, err = l.Gate.Lookup(r.Context(), q)
	}
	out.status, out.asOf = http.StatusOK, a.AsOf
	switch {
	case err != nil:
		return said{}, err
	case unread, a.Code == access.Malformed && q.NIK == "":
		out.body = p.Incomplete(a)
	case empty:
		out.body = p.Empty()
	case a.Code == access.Source:
		out.status, out.body = http.StatusServiceUnavailable, p.Notice(a)
		if o, now := l.Outages.UnderWay(); now {
			out.body = p.Down(a, o.Text(party.WIB, l.Gate.Now()))
		}
	case a.Code != access.Found:
		out.body = p.Notice(a)
	case p.Verify:
		var n nik.NIK
		n, err = nik.Parse(q.NIK)
		out.body = p.Verdicts(a, n.Digits(), verdicts)
	default:
		out.body = p.Person(a)
	}
	return out, err
}

// who checks the credentials of the body, again each time that the gate asks. On a path whose profile belongs to another institution they
// are a failed login.
func (l *Legacy) who(r *http.Request, p wire.Profile, f wire.Fields) access.Who {
	return func(ctx context.Context) (access.Caller, error) {
		in, err := l.Admission.Authenticate(ctx, admission.Attempt{Door: admission.Legacy, Kind: party.Password, Login: f.User(),
			Secret: f.Password(), Source: l.Peer(r)})
		if err != nil || in.User == 0 {
			return access.Caller{}, err
		}
		s, err := l.Gate.Rights.Standing(ctx, in.User)
		if err != nil {
			return access.Caller{}, err
		}
		if p.Agency != 0 && p.Agency != s.Institution.ID {
			return access.Caller{}, nil
		}
		return access.Caller{User: in.User}, nil
	}
}

// purpose is the profile's; where none is configured, the first of what the user is granted. It asks who once, and the gate then does not
// ask a second time for the same check.
func (l *Legacy) purpose(ctx context.Context, who access.Who, p wire.Profile) (_ access.Who, purpose string, agency int64, err error) {
	caller, err := who(ctx)
	if err != nil {
		return nil, "", 0, err
	}
	first := true
	again := func(ctx context.Context) (access.Caller, error) {
		if first {
			first = false
			return caller, nil
		}
		return who(ctx)
	}
	if caller.User == 0 || p.Purpose != "" {
		return again, p.Purpose, p.Agency, nil
	}
	s, err := l.Gate.Rights.Standing(ctx, caller.User)
	if err != nil {
		return nil, "", 0, err
	}
	now := l.Gate.Now()
	if g, ok := agreement.Current(s.Agreements, now, s.Institution.Zone.Day(now)); ok {
		if may := s.Rights(caller.Application, agreement.Legacy, now).Serves(g.Purposes); len(may) > 0 {
			purpose = may[0]
		}
	}
	return again, purpose, s.Institution.ID, nil
}

// fault answers what went wrong on this side, in the form that say gives a text.
func (l *Legacy) fault(w http.ResponseWriter, r *http.Request, say func(text string) []byte, err error) {
	if e := l.Ill.Of(err); e != nil {
		err = e
	}
	if after, busy := told.RetryAfter(err); busy {
		text, _ := told.Text(err)
		w.Header().Set("Retry-After", after)
		write(w, http.StatusServiceUnavailable, say(text))
		return
	}
	number := party.NewSecret()[:8]
	if r.Context().Err() == nil {
		l.Log.Error("fault", "request", number, "error", err)
	}
	status := http.StatusInternalServerError
	if _, bad := errors.AsType[*journal.Tampered](err); bad {
		status = http.StatusServiceUnavailable
	}
	write(w, status, say("Terjadi gangguan, nomor permintaan "+strings.ToUpper(number)))
}

// Broken answers after a panic, in the form of the path.
func Broken(w http.ResponseWriter, r *http.Request) {
	const text = "Terjadi gangguan"
	folded := wire.Fold(r.URL.Path)
	if _, ok := belowBalikan(folded); ok {
		write(w, http.StatusInternalServerError, message(text))
		return
	}
	write(w, http.StatusInternalServerError, wire.Default(wire.Clean(folded)).Trouble(text))
}

// Headers that every answer has, made once.
var typeJSON, noStore, noSniff = []string{"application/json"}, []string{"no-store"}, []string{"nosniff"}

func write(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["X-Content-Type-Options"] = typeJSON, noStore, noSniff
	w.WriteHeader(status)
	w.Write(body)
}
