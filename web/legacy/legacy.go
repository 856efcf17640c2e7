// Package legacy is the door for applications that speak the ministry's wire: it decodes, calls access.Gate, and encodes what the gate
// answers. It has no rules of its own. Every answer and notice has status 200, because clients read anything else as "service down"; only a
// fault and a source that does not answer are 500 and 503.
package legacy

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/exchange/wire"
	"gapura/person/nik"
)

// Profiles finds the profile of a path; found is false when none is configured. Safe for concurrent use.
type Profiles interface {
	Profile(ctx context.Context, path string) (p wire.Profile, found bool, err error)
}

// A Legacy serves the paths below wire.Base, and BalikanPath.
type Legacy struct {
	Gate      *access.Gate
	Admission *admission.Admission
	Profiles  Profiles
	Intake    *balikan.Intake
	Peer      func(*http.Request) netip.Addr
	Log       *slog.Logger
}

func (l *Legacy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "layanan ini hanya menerima POST", http.StatusMethodNotAllowed)
		return
	}
	path := wire.Clean(r.URL.Path)
	if !wire.Fits(path) {
		http.NotFound(w, r)
		return
	}
	profile, found, err := l.Profiles.Profile(r.Context(), path)
	if err != nil {
		l.fault(w, r, err)
		return
	}
	if !found {
		profile = wire.Default(path)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, wire.MaxBody+1))
	var large *http.MaxBytesError
	if err != nil && !errors.As(err, &large) {
		return // the client has gone
	}
	fields, unread := wire.Read(body)
	if unread == nil && profile.Query {
		fields.Query(r.URL.Query())
	}
	status, answer, err := l.answer(r, profile, fields, unread != nil)
	if err != nil {
		l.fault(w, r, err)
		return
	}
	write(w, status, answer)
}

// answer asks the gate, also when the parameters are not complete, because every attempt is recorded.
func (l *Legacy) answer(r *http.Request, p wire.Profile, f wire.Fields, unread bool) (status int, body []byte, err error) {
	empty := f.Empty()
	q := access.Request{Who: l.who(r, p, f), Method: agreement.Legacy, Address: l.Peer(r), NIK: f.NIK(), Purpose: p.Purpose,
		Reference: f.Claimed()}
	if unread || empty {
		q.Who = access.Known(0)
	} else if q.Who, q.Purpose, err = l.purpose(r.Context(), q.Who, p); err != nil {
		return 0, nil, err
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
	switch {
	case err != nil:
		return 0, nil, err
	case unread, a.Code == access.Malformed && q.NIK == "":
		return http.StatusOK, p.Incomplete(), nil
	case empty:
		return http.StatusOK, p.Empty(), nil
	case a.Code == access.Source:
		return http.StatusServiceUnavailable, p.Notice(a), nil
	case a.Code != access.Found:
		return http.StatusOK, p.Notice(a), nil
	case p.Verify:
		n, err := nik.Parse(q.NIK)
		return http.StatusOK, p.Verdicts(a, n.Digits(), verdicts), err
	}
	return http.StatusOK, p.Person(a), nil
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
func (l *Legacy) purpose(ctx context.Context, who access.Who, p wire.Profile) (access.Who, string, error) {
	caller, err := who(ctx)
	if err != nil {
		return nil, "", err
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
		return again, p.Purpose, nil
	}
	s, err := l.Gate.Rights.Standing(ctx, caller.User)
	if err != nil {
		return nil, "", err
	}
	now := l.Gate.Now()
	if g, ok := agreement.Current(s.Agreements, now, s.Institution.Zone.Day(now)); ok {
		if may := s.User.Serves(g.Purposes); len(may) > 0 {
			return again, may[0], nil
		}
	}
	return again, "", nil
}

func (l *Legacy) fault(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, admission.ErrBusy) {
		w.Header().Set("Retry-After", admission.RetryAfter)
		http.Error(w, admission.ErrBusy.Text, http.StatusServiceUnavailable)
		return
	}
	number := party.NewSecret()[:8]
	if r.Context().Err() == nil {
		l.Log.Error("fault", "request", number, "error", err)
	}
	http.Error(w, "Terjadi gangguan, nomor permintaan "+strings.ToUpper(number), http.StatusInternalServerError)
}

func write(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Cache-Control"] = []string{"no-store"}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	w.WriteHeader(status)
	w.Write(body)
}
