package api

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/person/freetext"
	"gapura/web/peer"
)

// Desks enrol agencies' desks.
type Desks interface {
	// DeskCodeOf finds the agency that a code is for, without using it.
	DeskCodeOf(ctx context.Context, now time.Time, code string) (agency, by int64, ok bool, err error)
	AskDesk(ctx context.Context, code string, r party.DeskRequest) (ticket string, ok bool, err error)
	DeskByTicket(ctx context.Context, ticket string) (r party.DeskRequest, ok bool, err error)
	RenewDesk(ctx context.Context, now time.Time, agency int64, st party.DeskStatement) (ok bool, err error)
	CosignerKey(ctx context.Context, agency int64) (string, error)
	PasswordPolicy(ctx context.Context) (party.Policy, error)
	InstitutionByCode(ctx context.Context, code string) (party.Institution, access.Agreements, bool, error)
	Agency(ctx context.Context, id int64) (access.Standing, error) // without a user
}

func (a *API) standing(r *http.Request, agency int64) (*access.Standing, error) {
	s, err := a.Desks.Agency(r.Context(), agency)
	return &s, err
}

// deskKeys are what a desk says of itself, with the proof that it has the cosigner's key.
type deskKeys struct {
	Machine     string `json:"machine"`     // as it names itself
	Key         string `json:"key"`         // verifier key of what the desk signs
	Cosigner    string `json:"cosigner"`    // verifier key with which it cosigns the agency's log
	Certificate string `json:"certificate"` // SHA-256, hexadecimal, of the one that it shows; empty: none
	At          int64  `json:"at"`          // Unix microseconds
	Proof       string `json:"proof"`       // party.DeskStatement signed with the cosigner's key
}

// statement completes what the desk states, with what this door sees of it, and returns the text that it signed. Whatever is wrong is told
// and false.
func (a *API) statement(w http.ResponseWriter, r *http.Request, k deskKeys, st party.DeskStatement) (_ party.DeskStatement, signed []byte,
	ok bool) {
	wrong := func(text string) (party.DeskStatement, []byte, bool) {
		problem(w, http.StatusUnprocessableEntity, "input", text, "")
		return st, nil, false
	}
	pin, err := hex.DecodeString(k.Certificate)
	seen := peer.Certificate(r)
	switch {
	case len(k.Key) > 300 || journal.CheckVerifierKeys(k.Key) != nil || journal.CheckCosignerKey(k.Cosigner) != nil:
		return wrong(`field "key" dan "cosigner" harus kunci pemeriksa`)
	case len(k.Machine) > 64 || k.Machine == "" || freetext.Problem(k.Machine) != "" ||
		strings.ContainsFunc(k.Machine, func(c rune) bool { return !unicode.IsPrint(c) }):
		return wrong(`field "machine" harus nama komputer, paling panjang 64 huruf`)
	case err != nil || seen != "" && seen != string(pin):
		return wrong(`field "certificate" bukan sertifikat sambungan ini`)
	}
	st.Desk, st.Cosigner, st.At = party.Desk{Pin: string(pin), Key: k.Key}, k.Cosigner, time.UnixMicro(k.At)
	signed = st.Text()
	if !journal.CheckVouched(k.Cosigner, signed, k.Proof) {
		return wrong(`field "proof" bukan tanda tangan kunci yang didaftarkan atas permintaan ini`)
	}
	st.Desk.Pin = seen // behind a proxy that ends TLS no certificate can be asked for
	return st, signed, true
}

// mayEnrol reports whether a desk of the agency may be talked to from where the caller is; what is wrong is told.
func (a *API) mayEnrol(w http.ResponseWriter, r *http.Request, agency int64) bool {
	s, err := a.standing(r, agency)
	if err == nil {
		err = a.allow(r, s, access.ToEnrol, agency)
	}
	if err != nil {
		a.fail(w, r, err)
	}
	return err == nil
}

func noCode(w http.ResponseWriter) {
	problem(w, http.StatusForbidden, "code", "kode pendaftaran tidak dikenal, sudah dipakai, atau sudah lewat waktunya", "")
}

// enrol takes a machine's request to become an agency's desk, for a one-time code and from the agency's network. It waits for approval
// then; see enrolment.
func (a *API) enrol(w http.ResponseWriter, r *http.Request, _ *access.Standing) {
	var body struct {
		Code string `json:"code"`
		deskKeys
	}
	if !decode(w, r, &body) {
		return
	}
	agency, _, ok, err := a.Desks.DeskCodeOf(r.Context(), a.Gate.Now(), body.Code)
	if err != nil {
		a.fault(w, r, err)
		return
	}
	if !ok {
		a.nobodysDesk(w, r, func() { noCode(w) })
		return
	}
	if !a.mayEnrol(w, r, agency) {
		return
	}
	s, err := a.standing(r, agency)
	if err != nil {
		a.fault(w, r, err)
		return
	}
	st, _, ok := a.statement(w, r, body.deskKeys, party.DeskStatement{Agency: s.Institution.Code, Code: body.Code})
	if !ok {
		return
	}
	asked := party.DeskRequest{Desk: st.Desk, Cosigner: st.Cosigner, Machine: body.Machine, From: a.Peer(r).String(), Asked: a.Gate.Now()}
	ticket, ok, err := a.Desks.AskDesk(r.Context(), body.Code, asked)
	switch {
	case err != nil:
		a.fault(w, r, err)
	case !ok:
		noCode(w)
	default:
		a.sendJSON(w, struct {
			Ticket string `json:"ticket"` // asks how the request stands
			Words  string `json:"words"`  // to be compared with the approver's page
			Pinned bool   `json:"pinned"` // the certificate arrived and will be asked for
			// Contacts name the agency's administrators, one of whom approves, else whom to ask at the provider.
			Contacts []string `json:"contacts"`
		}{ticket, asked.Words(), st.Desk.Pin != "", contacts(s.Institution)})
	}
}

// isLogin reports whether a refusal only says that nobody is known.
func isLogin(err error) bool {
	refusal, is := errors.AsType[*access.Refusal](err)
	return is && refusal.Code == access.Login
}

// enrolment tells a machine how its request stands; when it has become the desk, also the keys of its log.
func (a *API) enrolment(w http.ResponseWriter, r *http.Request, _ *access.Standing) {
	var body struct {
		Ticket string `json:"ticket"`
	}
	if !decode(w, r, &body) {
		return
	}
	asked, ok, err := a.Desks.DeskByTicket(r.Context(), body.Ticket)
	if err != nil {
		a.fault(w, r, err)
		return
	}
	if !ok {
		a.nobodysDesk(w, r, func() { problem(w, http.StatusForbidden, "code", "permintaan ini tidak dikenal", "") })
		return
	}
	if a.mayEnrol(w, r, asked.Agency) {
		a.sendEnrolment(w, r, asked.Agency, asked.At(a.Gate.Now()), asked)
	}
}

// nobodysDesk answers a caller who names no agency: as a stranger, whose attempt is counted, and only then in words.
func (a *API) nobodysDesk(w http.ResponseWriter, r *http.Request, say func()) {
	if err := a.allow(r, nil, access.ToEnrol, party.Provider); !isLogin(err) {
		a.fail(w, r, err)
		return
	}
	say()
}

// passwordRules are party.Policy, which the desk's own passwords follow.
type passwordRules struct {
	Min   int `json:"min"`
	Kinds int `json:"kinds"`
	Days  int `json:"days"`
}

func (a *API) sendEnrolment(w http.ResponseWriter, r *http.Request, agency int64, state party.DeskState, asked party.DeskRequest) {
	s, err := a.standing(r, agency)
	if err != nil {
		a.fault(w, r, err)
		return
	}
	out := struct {
		State  party.DeskState `json:"state"`
		Why    string          `json:"why,omitempty"` // of a refusal
		Words  string          `json:"words"`
		Agency string          `json:"agency"`
		LogKey string          `json:"log_key,omitempty"`
		Pinned bool            `json:"pinned"` // the certificate is asked for from now on
		Rules  *passwordRules  `json:"password,omitempty"`
	}{State: state, Why: asked.Why, Words: asked.Words(), Agency: s.Institution.Code, Pinned: asked.Desk.Pin != ""}
	if state == party.DeskEnrolled {
		signer, err := a.Notary.Signer(s.Institution.Code)
		if err != nil {
			a.fault(w, r, err)
			return
		}
		rules, err := a.Desks.PasswordPolicy(r.Context())
		if err != nil {
			a.fault(w, r, err)
			return
		}
		out.LogKey, out.Rules = signer.VerifierKeys(), &passwordRules{rules.Min, rules.Kinds, rules.Days}
	}
	a.sendJSON(w, out)
}

// renewDesk takes new keys of an enrolled desk, signed with the cosigner's key in force. Asked again with the keys that are in force by now
// it says so, because the first answer may have been lost.
func (a *API) renewDesk(w http.ResponseWriter, r *http.Request, _ *access.Standing) {
	var body struct {
		Agency   string `json:"agency"`
		Old      string `json:"old"`       // verifier key that is to end
		OldProof string `json:"old_proof"` // the statement signed with it
		deskKeys
	}
	if !decode(w, r, &body) {
		return
	}
	stale := func() {
		problem(w, http.StatusForbidden, "key", "kunci lama tidak berlaku, tanda tangannya tidak sah, atau permintaan ini sudah lewat "+
			"waktunya", "")
	}
	i, _, ok, err := a.Desks.InstitutionByCode(r.Context(), body.Agency)
	if err != nil {
		a.fault(w, r, err)
		return
	}
	if !ok {
		a.nobodysDesk(w, r, stale)
		return
	}
	if !a.mayEnrol(w, r, i.ID) {
		return
	}
	st, signed, ok := a.statement(w, r, body.deskKeys, party.DeskStatement{Agency: i.Code, Old: body.Old})
	if !ok {
		return
	}
	asked := party.DeskRequest{Desk: st.Desk, Cosigner: st.Cosigner}
	inForce, err := a.Desks.CosignerKey(r.Context(), i.ID)
	if err == nil && inForce == st.Cosigner && i.Desk.Pin == st.Desk.Pin && i.Desk.Key == st.Desk.Key {
		a.sendEnrolment(w, r, i.ID, party.DeskEnrolled, asked)
		return
	}
	if ok = err == nil && journal.CheckVouched(body.Old, signed, body.OldProof); ok {
		ok, err = a.Desks.RenewDesk(r.Context(), a.Gate.Now(), i.ID, st)
	}
	switch {
	case err != nil:
		a.fault(w, r, err)
	case !ok:
		stale()
	default:
		a.sendEnrolment(w, r, i.ID, party.DeskEnrolled, asked)
	}
}
