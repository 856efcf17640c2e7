package client

import (
	"context"
	"net/http"

	"gapura/agreement/party"
)

// DeskKeys are what a desk says of itself to its provider, with the proof that it has the cosigner's key.
type DeskKeys struct {
	Machine     string `json:"machine"`
	Key         string `json:"key"`
	Cosigner    string `json:"cosigner"`
	Certificate string `json:"certificate"` // SHA-256, hexadecimal; empty: none
	At          int64  `json:"at"`          // Unix microseconds
	Proof       string `json:"proof"`
}

// An Enrolment asks to become the agency's desk, for a one-time code.
type Enrolment struct {
	Code string `json:"code"`
	DeskKeys
}

// A Renewal takes new keys in place of those in force.
type Renewal struct {
	Agency   string `json:"agency"`
	Old      string `json:"old"`
	OldProof string `json:"old_proof"`
	DeskKeys
}

// Asked is a request that waits for approval.
type Asked struct {
	Ticket string // asks how it stands
	Words  string // as the approver's page shows them
	Pinned bool   // the certificate arrived and will be asked for
	// Contacts name the agency's administrators, one of whom approves, else whom to ask at the provider; none of an older provider.
	Contacts []string
}

// Enrolled is how a request stands. An enrolled desk knows the verifier keys of its agency's log.
type Enrolled struct {
	State  party.DeskState
	Why    string // of a refusal
	Words  string
	Agency string
	LogKey string `json:"log_key"`
	Pinned bool
	// What the provider asks of passwords, as two of its people decided.
	Password struct {
		Min   int `json:"min"`
		Kinds int `json:"kinds"`
		Days  int `json:"days"`
	} `json:"password"`
}

// Enrol asks to become the agency's desk.
func (c *Client) Enrol(ctx context.Context, e Enrolment) (out Asked, err error) {
	err = c.call(ctx, http.MethodPost, "/api/v1/enrolments", "", e, &out)
	return out, err
}

// Enrolment asks how a request stands.
func (c *Client) Enrolment(ctx context.Context, ticket string) (out Enrolled, err error) {
	err = c.call(ctx, http.MethodPost, "/api/v1/enrolments/state", "", map[string]string{"ticket": ticket}, &out)
	return out, err
}

// Renew brings new keys that were signed with the old one.
func (c *Client) Renew(ctx context.Context, e Renewal) (out Enrolled, err error) {
	err = c.call(ctx, http.MethodPost, "/api/v1/enrolments/renewals", "", e, &out)
	return out, err
}
