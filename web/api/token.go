package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/party"
)

// Tokens finds tokens, also those that are dead.
type Tokens interface {
	TokenByHash(ctx context.Context, h party.Hash, now time.Time) (t admission.Token, found bool, err error)
}

// tokenState tells whoever holds a token how it stands, also when it opens nothing any more.
func (a *API) tokenState(w http.ResponseWriter, r *http.Request, _ *access.Standing) {
	secret, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	now := a.Gate.Now()
	t, found, err := a.Tokens.TokenByHash(r.Context(), party.HashSecret(secret), now)
	var s *access.Standing
	if err == nil && found {
		s, err = a.standing(r, t.Agency)
	} else if err == nil {
		err = a.Admission.Guess(a.Peer(r))
	}
	if err == nil {
		err = a.allow(r, s, access.ToKnow, t.Agency) // nobody's token is refused here as every unknown one is
	}
	if err != nil {
		a.fail(w, r, err)
		return
	}
	state := string(t.At(now))
	if !t.Stands(t.Ground, now) && (state == string(party.Live) || state == string(party.Replaced)) {
		state = "ended" // with its owner, application or agreement
	}
	a.sendJSON(w, struct {
		State       string    `json:"state"`
		Fingerprint string    `json:"fingerprint"`
		Application string    `json:"application"`
		LastUsed    time.Time `json:"last_used,omitzero"`
		Expires     time.Time `json:"expires,omitzero"`
		Contacts    []string  `json:"contacts"`
	}{state, t.Fingerprint, t.AppName, t.LastUsed, t.Expires, contacts(s.Institution)})
}

// contacts names whom an agency's people turn to.
func contacts(i party.Institution) []string {
	out := make([]string, len(i.Helpers))
	for n, p := range i.Helpers {
		out[n] = p.Title()
	}
	return out
}
