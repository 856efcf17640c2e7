package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/journal/journal"
)

// Desks enrol agencies' desks.
type Desks interface {
	// DeskCodeOf finds the agency that a code is for, without using it.
	DeskCodeOf(ctx context.Context, now time.Time, code string) (agency int64, ok bool, err error)
	EnrolDesk(ctx context.Context, now time.Time, code string, d party.Desk, cosigner string) (agency int64, ok bool, err error)
	Agency(ctx context.Context, id int64) (access.Standing, error) // without a user
}

func (a *API) standing(r *http.Request, agency int64) (*access.Standing, error) {
	s, err := a.Desks.Agency(r.Context(), agency)
	return &s, err
}

// certificate is the SHA-256 of the certificate that the peer proved to have; empty: none. What a proxy in front says about certificates is not believed.
func certificate(r *http.Request) string {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return ""
	}
	sum := sha256.Sum256(r.TLS.PeerCertificates[0].Raw)
	return string(sum[:])
}

type enrolBody struct {
	Code     string `json:"code"`
	Key      string `json:"key"`      // verifier key of what the desk signs
	Cosigner string `json:"cosigner"` // verifier key with which it cosigns the agency's log
}

// enrol exchanges keys with a desk for a one-time code: the certificate of this very connection is pinned, and the desk is told the keys of its log.
func (a *API) enrol(w http.ResponseWriter, r *http.Request, _ *access.Standing) {
	var body enrolBody
	if !decode(w, r, &body) {
		return
	}
	if len(body.Code) > 100 || len(body.Key) > 300 || journal.CheckVerifierKeys(body.Key) != nil || journal.CheckCosignerKey(body.Cosigner) != nil {
		problem(w, http.StatusUnprocessableEntity, "input", `field "key" dan "cosigner" harus kunci pemeriksa`, "")
		return
	}
	agency, ok, err := a.Desks.DeskCodeOf(r.Context(), a.Gate.Now(), body.Code)
	var s *access.Standing
	if err == nil && ok {
		s, err = a.standing(r, agency)
	}
	if err == nil {
		err = a.allow(r, s, access.ToEnrol, agency)
	}
	if refusal, is := errors.AsType[*access.Refusal](err); is && refusal.Code == access.Login {
		err = nil // the code's own words follow
	}
	if err != nil {
		a.fail(w, r, err)
		return
	}
	_, ok, err = a.Desks.EnrolDesk(r.Context(), a.Gate.Now(), body.Code, party.Desk{Pin: certificate(r), Key: body.Key}, body.Cosigner)
	if err != nil {
		a.fault(w, r, err)
		return
	}
	if !ok {
		problem(w, http.StatusForbidden, "code", "kode pendaftaran tidak dikenal, sudah dipakai, atau sudah lewat waktunya", "")
		return
	}
	signer, err := a.Notary.Signer(s.Institution.Code)
	if err != nil {
		a.fault(w, r, err)
		return
	}
	a.sendJSON(w, struct {
		Agency string `json:"agency"`
		LogKey string `json:"log_key"`
		Pinned bool   `json:"pinned"` // the certificate is asked for from now on
	}{s.Institution.Code, signer.VerifierKeys(), certificate(r) != ""})
}
