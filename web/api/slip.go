package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
)

// Slips hand out tokens to whoever has both halves of a slip.
type Slips interface {
	Slip(ctx context.Context, code string, now time.Time) (party.Slip, party.User, bool, error)
	Redeem(ctx context.Context, code, second, passwordHash string, now time.Time) ([]party.Handed, bool, error)
}

type slipBody struct {
	Code   string `json:"code"`
	Second string `json:"second"`
}

// redeem tells the owner of a slip its token, once, from the agency's own network. That a code is not there and that a half is wrong are
// told alike.
func (a *API) redeem(w http.ResponseWriter, r *http.Request, _ *access.Standing) {
	var body slipBody
	if !decode(w, r, &body) {
		return
	}
	if !clean(body.Code, 100) || !clean(body.Second, 100) {
		problem(w, http.StatusUnprocessableEntity, "input", `field "code" dan "second" harus teks sampai 100 byte`, "")
		return
	}
	now := a.Gate.Now()
	if err := a.Admission.Guess(a.Peer(r)); err != nil {
		a.fail(w, r, err)
		return
	}
	x, owner, ok, err := a.Slips.Slip(r.Context(), body.Code, now)
	var s *access.Standing
	if ok = ok && x.For.Token(); err == nil && ok {
		if s, err = a.standing(r, x.Agency); x.Agency == party.Provider { // a citizen portal's, which has no agreement
			s, err = a.Gate.Rights.Standing(r.Context(), owner.ID)
		}
	}
	if err == nil {
		err = a.allow(r, s, access.ToRedeem, x.Agency)
	}
	if refusal, is := errors.AsType[*access.Refusal](err); is && refusal.Code == access.Login {
		err = nil // the slip's own words follow
	}
	var got []party.Handed
	if err == nil && ok {
		got, ok, err = a.Slips.Redeem(r.Context(), body.Code, body.Second, "", now)
	}
	switch {
	case err != nil:
		a.fail(w, r, err)
	case !ok:
		problem(w, http.StatusForbidden, "code", "kode lembar atau kode kedua keliru, sudah dipakai, atau sudah lewat waktunya", "")
	default:
		var answer handedBody
		for _, h := range got {
			answer.Tokens = append(answer.Tokens, tokenBody{h.Token, string(h.Kind), h.Fingerprint, h.Expires})
		}
		answer.tokenBody = answer.Tokens[0]
		a.sendJSON(w, answer)
	}
}

type tokenBody struct {
	Token       string    `json:"token"`
	Kind        string    `json:"kind"`
	Fingerprint string    `json:"fingerprint"`
	Expires     time.Time `json:"expires"`
}

// handedBody names the first token itself, because most slips hand out one.
type handedBody struct {
	tokenBody
	Tokens []tokenBody `json:"tokens"`
}
