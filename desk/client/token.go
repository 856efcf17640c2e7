package client

import (
	"context"
	"net/http"
	"time"
)

// A TokenState is how a token stands with the provider: "live", "replaced", "expired", "revoked", or "ended" with its owner, application or
// agreement.
type TokenState struct {
	State       string
	Fingerprint string
	Application string
	LastUsed    time.Time `json:"last_used"`
	Expires     time.Time
	Contacts    []string // whom the agency's people turn to, each "name (position)"
}

// Token asks how a token stands. A *Refused says that the provider does not know it, or not from here.
func (c *Client) Token(ctx context.Context, token string) (out TokenState, err error) {
	err = c.call(ctx, http.MethodGet, "/api/v1/token", token, nil, &out)
	return out, err
}
