// Package api is the JSON door: it decodes, calls access.Gate, and encodes what the gate answers. It has no rules of its own. The
// handlers are written by hand on net/http, because every lookup passes here and a framework's reflection costs more than the decision
// itself.
package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/outage"
	"gapura/web/peer"
)

//go:embed openapi.json
var openAPI []byte

// An API serves /api/.
type API struct {
	Gate        *access.Gate
	Authority   *access.Authority
	Intake      *balikan.Intake
	Admission   *admission.Admission
	Slips       Slips
	Tokens      Tokens
	Peer        func(*http.Request) netip.Addr
	Notary      *journal.Notary
	Readers     Readers
	TestPersons Canaries
	Desks       Desks
	Cosigners   Cosigners
	Alarm       Alarm
	Tell        *access.Disclosure
	Outages     *outage.Board
	Ill         told.Ill // nil: no error is the installation's illness
	Log         *slog.Logger
}

// A Route is one of the API's, with what it lets a caller do.
type Route struct {
	Pattern string
	Act     access.Act
	post    bool // other methods are told so in the API's own words
	handle  func(http.ResponseWriter, *http.Request, *access.Standing)
}

// Routes are all of the API's. There is no other way in.
func (a *API) Routes() []Route {
	return []Route{
		{"/api/v1/lookups", access.ToLookup, true, a.lookup},
		{"/api/v1/matches", access.ToMatch, true, a.match},
		{"/api/v1/balikan", access.ToDeliver, true, a.balikan},
		{"/api/v1/card-reads", access.ToCard, true, a.cards},
		{"GET /api/v1/readers", access.ToReaders, false, a.readers},
		{"GET /api/v1/canaries", access.ToCanaries, false, a.canaries},
		{"/api/v1/enrolments", access.ToEnrol, true, a.enrol},
		{"/api/v1/slips", access.ToRedeem, true, a.redeem},
		{"GET /api/v1/token", access.ToKnow, false, a.tokenState},
		{"/api/v1/enrolments/state", access.ToEnrol, true, a.enrolment},
		{"/api/v1/enrolments/renewals", access.ToEnrol, true, a.renewDesk},
		{"GET /api/v1/records/{id}/receipt", access.ToWitness, false, a.receipt},
		{"GET /api/v1/journal/checkpoint", access.ToWitness, false, a.checkpoint},
		{"GET /api/v1/journal/tile/{path...}", access.ToWitness, false, a.tile},
		{"GET /api/v1/journal/proof", access.ToWitness, false, a.proof},
		{"POST /api/v1/journal/cosignatures", access.ToWitness, false, a.cosign},
		{"POST /api/v1/journal/alarms", access.ToWitness, false, a.alarm},
		{"/api/v1/residents/uses", access.ToUses, true, a.uses},
		{"GET " + outage.StatusPath, access.ToArrive, false, a.status},
		{"GET /api/openapi.json", access.ToArrive, false, func(w http.ResponseWriter, _ *http.Request, _ *access.Standing) {
			w.Header().Set("Content-Type", "application/json")
			w.Write(openAPI)
		}},
		{"/api/", access.ToArrive, false, func(w http.ResponseWriter, _ *http.Request, _ *access.Standing) {
			problem(w, http.StatusNotFound, "input", "alamat layanan ini tidak ada", "")
		}},
	}
}

// Handler routes /api/. A route of one path is found by it, the others by a mux, which cleans paths too.
func (a *API) Handler() http.Handler {
	mux, paths := http.NewServeMux(), map[string]http.HandlerFunc{}
	for _, r := range a.Routes() {
		h := a.only(r)
		mux.HandleFunc(r.Pattern, h)
		if strings.HasPrefix(r.Pattern, "/") && !strings.HasSuffix(r.Pattern, "/") && !strings.Contains(r.Pattern, "{") {
			paths[r.Pattern] = h
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := paths[r.URL.Path]; h != nil {
			h(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// only lets those through who may. Acts with a gate of their own (a lookup, a delivery, a desk's code) are authorised there.
func (a *API) only(rt Route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var s *access.Standing
		var err error
		switch rt.Act {
		case access.ToArrive, access.ToLookup, access.ToMatch, access.ToCard, access.ToDeliver, access.ToEnrol, access.ToRedeem,
			access.ToKnow:
		default:
			if s, err = a.caller(r); err == nil {
				err = a.allow(r, s, rt.Act, own(s))
			}
		}
		switch {
		case err != nil:
			a.fail(w, r, err)
		case rt.post && r.Method != http.MethodPost:
			w.Header().Set("Allow", http.MethodPost)
			problem(w, http.StatusMethodNotAllowed, "input", "layanan ini hanya menerima POST", "")
		default:
			rt.handle(w, r, s)
		}
	}
}

// full turns a lookup away when its caller, if known, has as many under way as may be: before its body is read.
func (a *API) full(r *http.Request) error {
	if !a.Gate.Pressed() {
		return nil
	}
	t, ok := a.presented(r)
	if !ok {
		return nil
	}
	if in := a.Admission.Recognise(r.Context(), t); in.User != 0 {
		return a.Gate.Full(r.Context(), in.User, agreement.API)
	}
	return nil
}

// caller finds who calls; nil when nobody whom we know.
func (a *API) caller(r *http.Request) (*access.Standing, error) {
	caller, err := a.who(r)(r.Context())
	if err != nil || caller.User == 0 {
		return nil, err
	}
	return a.Gate.Rights.Standing(r.Context(), caller.User)
}

// own is the institution whose data a caller means when nothing else is said.
func own(s *access.Standing) int64 {
	if s == nil {
		return party.Provider
	}
	return s.Institution.ID
}

func (a *API) allow(r *http.Request, s *access.Standing, act access.Act, of int64) error {
	return a.Authority.Allow(r.Context(), a.attempt(r, s, act, of))
}

// reads records that the caller reads what was kept of others.
func (a *API) reads(r *http.Request, s *access.Standing, act access.Act, what string) error {
	return a.Authority.Read(r.Context(), a.attempt(r, s, act, own(s)), what)
}

func (a *API) attempt(r *http.Request, s *access.Standing, act access.Act, of int64) access.Attempt {
	return access.Attempt{Who: s, Act: act, Of: of, Method: agreement.API, Address: a.Peer(r), Certificate: peer.Certificate(r)}
}

// fail answers an error: a refusal by its code, what a person may see in its words, the rest as a fault.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	if refusal, ok := errors.AsType[*access.Refusal](err); ok {
		a.refuse(w, refusal.Code, refusal.Record)
		return
	}
	if e, ok := errors.AsType[*told.Error](err); ok {
		tell(w, e)
		return
	}
	a.fault(w, r, err)
}

// codes are those of refusals that programs must tell apart.
var codes = map[*told.Error]string{balikan.ErrKey: "key", balikan.ErrRepeated: "repeated", access.ErrCardKey: "key"}

var kinds = map[told.Kind]int{
	told.Refused: http.StatusConflict, told.Forbidden: http.StatusForbidden, told.Invalid: http.StatusUnprocessableEntity,
	told.Missing: http.StatusNotFound,
	told.Moved:   http.StatusConflict, told.Busy: http.StatusServiceUnavailable,
}

func tell(w http.ResponseWriter, e *told.Error) {
	code := codes[e]
	if code == "" {
		code = "input"
	}
	if after, busy := told.RetryAfter(e); busy {
		code = "busy"
		w.Header().Set("Retry-After", after)
	}
	problem(w, kinds[e.Kind], code, e.Text, "")
}

// who checks the credentials that the request carries, again each time that the gate asks.
func (a *API) who(r *http.Request) access.Who {
	return func(ctx context.Context) (access.Caller, error) {
		t, ok := a.presented(r)
		if !ok {
			return access.Caller{}, nil
		}
		in, err := a.Admission.Authenticate(ctx, t)
		return access.Caller{User: in.User, Application: in.Application}, err
	}
}

// presented are the credentials that a request carries, if any.
func (a *API) presented(r *http.Request) (t admission.Attempt, ok bool) {
	t.Door, t.Source = admission.API, a.Peer(r)
	if t.Secret, ok = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		t.Kind = party.APIToken
		return t, true
	}
	t.Kind = party.Password
	t.Login, t.Secret, ok = r.BasicAuth()
	return t, ok
}

var statuses = map[access.Code]int{access.Login: http.StatusUnauthorized, access.Quota: http.StatusTooManyRequests,
	access.Source: http.StatusServiceUnavailable, access.Foreign: http.StatusNotFound}

// number names an answer's record; empty when it has none of its own.
func number(a access.Answer) string {
	if a.Summed {
		return ""
	}
	return a.Record.String()
}

// refuse answers a refusal; record is empty for a stranger's.
func (a *API) refuse(w http.ResponseWriter, code access.Code, record string) {
	status, ok := statuses[code]
	if !ok {
		status = http.StatusForbidden
	}
	if code == access.Login {
		w.Header().Add("WWW-Authenticate", `Basic realm="gapura", charset="UTF-8"`)
		w.Header().Add("WWW-Authenticate", "Bearer")
	}
	text := code.Text()
	if o, now := a.Outages.UnderWay(); now && code == access.Source {
		text += ". " + o.Text(party.WIB, a.Gate.Now())
	}
	problem(w, status, string(code), text, record)
}

// status tells anybody what outages are planned (M6).
func (a *API) status(w http.ResponseWriter, _ *http.Request, _ *access.Standing) {
	s := outage.Status{Now: a.Gate.Now().UTC(), Outages: a.Outages.Standing()}
	if s.Outages == nil {
		s.Outages = []outage.Outage{}
	}
	for i := range s.Outages {
		s.Outages[i].From, s.Outages[i].To = s.Outages[i].From.UTC(), s.Outages[i].To.UTC()
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	json.NewEncoder(w).Encode(s)
}

func (a *API) fault(w http.ResponseWriter, r *http.Request, err error) {
	if e := a.Ill.Of(err); e != nil {
		tell(w, e)
		return
	}
	number := party.NewSecret()[:8]
	if r.Context().Err() == nil { // a caller who left is no fault
		a.Log.Error("fault", "request", number, "error", err)
	}
	status := http.StatusInternalServerError
	if _, bad := errors.AsType[*journal.Tampered](err); bad { // as when the source is down: later, when people have looked
		status = http.StatusServiceUnavailable
	}
	problem(w, status, "fault", "Terjadi gangguan, nomor permintaan "+number, "")
}

// A problemBody is RFC 9457's, with the code and, where there is one, the record.
type problemBody struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
	Record string `json:"record,omitempty"`
}

const problemType = "application/problem+json"

func newProblem(status int, code, detail, record string) problemBody {
	return problemBody{"about:blank", http.StatusText(status), status, detail, code, record}
}

func problem(w http.ResponseWriter, status int, code, detail, record string) {
	write(w, problemType, status, problemText(newProblem(status, code, detail, record)))
}

func problemText(body any) []byte {
	b, err := json.Marshal(body)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return b
}

func (a *API) send(w http.ResponseWriter, b []byte) { write(w, "application/json", http.StatusOK, b) }

// Headers that every answer has, made once.
var noStore, noSniff = []string{"no-store"}, []string{"nosniff"}

func write(w http.ResponseWriter, contentType string, status int, b []byte) {
	h := w.Header()
	h["Content-Type"] = []string{contentType}
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
	h["Content-Length"] = []string{strconv.Itoa(len(b))}
	w.WriteHeader(status)
	w.Write(b)
}
