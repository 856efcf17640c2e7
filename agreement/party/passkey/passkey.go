// Package passkey makes and checks passkeys (W3C Web Authentication) as second factors. It keeps nothing: what must be remembered between a
// question and its answer, and the keys themselves, are bytes that the caller seals and stores. A question's state is used once.
package passkey

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Wait is how long a browser's answer is waited for.
const Wait = 5 * time.Minute

// ErrRefused says that an answer does not prove the passkey: wrong key, wrong origin, an old question, or a key that seems to exist twice.
var ErrRefused = errors.New("passkey was not proven")

// ErrAddress says that passkeys need a host name: browsers make none for an IP address.
var ErrAddress = errors.New("passkeys need an address with a host name")

// A Site is what a passkey is bound to: one host name. Safe for concurrent use.
type Site struct{ w *webauthn.WebAuthn }

// New returns the site at an address such as https://gapura.example.go.id, under the name that the browser shows. ErrAddress when the host
// is an IP address.
func New(address, name string) (*Site, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, ErrAddress
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return nil, ErrAddress
	}
	limit := webauthn.TimeoutConfig{Enforce: true, Timeout: Wait, TimeoutUVD: Wait}
	w, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: name, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementDiscouraged, UserVerification: protocol.VerificationPreferred,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: limit, Registration: limit},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	return &Site{w}, nil
}

// An Owner is who a passkey is for, with the keys that they have, as Registered and Answered returned them.
type Owner struct {
	User        int64
	Login, Name string
	Keys        [][]byte
}

// owner is an Owner with its keys read.
type owner struct {
	Owner
	keys []webauthn.Credential
}

func read(o Owner) (*owner, error) {
	u := &owner{Owner: o}
	for _, k := range o.Keys {
		var c webauthn.Credential
		if err := json.Unmarshal(k, &c); err != nil {
			return nil, fmt.Errorf("read passkey: %w", err)
		}
		u.keys = append(u.keys, c)
	}
	return u, nil
}

// WebAuthnID is the same for ever and says nothing about the person.
func (o *owner) WebAuthnID() []byte {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("gapura passkey"), uint64(o.User)))
	return sum[:]
}

func (o *owner) WebAuthnName() string                       { return o.Login }
func (o *owner) WebAuthnDisplayName() string                { return o.Name }
func (o *owner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

// Register asks for a new passkey. Question is the JSON for navigator.credentials.create, state is given back with the answer.
func (s *Site) Register(o Owner) (question, state []byte, err error) {
	u, err := read(o)
	if err != nil {
		return nil, nil, err
	}
	var have []protocol.CredentialDescriptor
	for _, k := range u.keys {
		have = append(have, k.Descriptor())
	}
	ask, session, err := s.w.BeginRegistration(u, webauthn.WithExclusions(have))
	if err != nil {
		return nil, nil, fmt.Errorf("ask for a passkey: %w", err)
	}
	return both(ask, session)
}

// Registered checks the browser's answer and returns the new key and the id by which it is found. ErrRefused when it proves nothing.
func (s *Site) Registered(o Owner, state, answer []byte) (key, id []byte, err error) {
	u, session, err := begun(o, state)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	c, err := s.w.CreateCredential(u, session, parsed)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	key, err = json.Marshal(c)
	return key, c.ID, err
}

// Ask asks for one of the owner's passkeys. Question is the JSON for navigator.credentials.get.
func (s *Site) Ask(o Owner) (question, state []byte, err error) {
	u, err := read(o)
	if err != nil {
		return nil, nil, err
	}
	ask, session, err := s.w.BeginLogin(u)
	if err != nil {
		return nil, nil, fmt.Errorf("ask for a passkey: %w", err)
	}
	return both(ask, session)
}

// Answered checks the browser's answer and returns the key as it is to be kept from now on, and its id. ErrRefused when it proves nothing,
// also when the key's own counter went back, because then it exists twice.
func (s *Site) Answered(o Owner, state, answer []byte) (key, id []byte, err error) {
	u, session, err := begun(o, state)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	c, err := s.w.ValidateLogin(u, session, parsed)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if c.Authenticator.CloneWarning {
		return nil, nil, fmt.Errorf("%w: its counter went back", ErrRefused)
	}
	key, err = json.Marshal(c)
	return key, c.ID, err
}

func both(question, session any) (q, s []byte, err error) {
	if q, err = json.Marshal(question); err == nil {
		s, err = json.Marshal(session)
	}
	return q, s, err
}

func begun(o Owner, state []byte) (u *owner, session webauthn.SessionData, err error) {
	if u, err = read(o); err != nil {
		return nil, session, err
	}
	if err = json.Unmarshal(state, &session); err != nil {
		return nil, session, fmt.Errorf("%w: no question was asked", ErrRefused)
	}
	return u, session, nil
}
