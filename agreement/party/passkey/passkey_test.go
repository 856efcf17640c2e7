package passkey

import (
	"errors"
	"testing"

	"github.com/descope/virtualwebauthn"
)

// A device is an authenticator with one key.
type device struct {
	rp   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

func newDevice(origin, host string) *device {
	return &device{virtualwebauthn.RelyingParty{Name: "Gapura", ID: host, Origin: origin}, virtualwebauthn.NewAuthenticator(),
		virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA)}
}

func (d *device) create(t *testing.T, question []byte) []byte {
	t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(string(question))
	if err != nil {
		t.Fatal(err)
	}
	d.auth.Options.UserHandle = []byte(o.UserID)
	return []byte(virtualwebauthn.CreateAttestationResponse(d.rp, d.auth, d.key, *o))
}

func (d *device) get(t *testing.T, question []byte) []byte {
	t.Helper()
	o, err := virtualwebauthn.ParseAssertionOptions(string(question))
	if err != nil {
		t.Fatal(err)
	}
	d.key.Counter++
	return []byte(virtualwebauthn.CreateAssertionResponse(d.rp, d.auth, d.key, *o))
}

func TestAPasskeyProvesItsOwnerAtItsOwnSiteOnceAQuestion(t *testing.T) {
	const address, host = "https://gapura.example.go.id", "gapura.example.go.id"
	site, err := New(address, "Gapura")
	if err != nil {
		t.Fatal(err)
	}
	d, o := newDevice(address, host), Owner{User: 7, Login: "admin", Name: "Nama Rekaan"}
	question, state, err := site.Register(o)
	if err != nil {
		t.Fatal(err)
	}
	key, id, err := site.Registered(o, state, d.create(t, question))
	if err != nil || len(id) == 0 {
		t.Fatal(err)
	}
	o.Keys = [][]byte{key}

	question, state, err = site.Ask(o)
	if err != nil {
		t.Fatal(err)
	}
	answer := d.get(t, question)
	next, got, err := site.Answered(o, state, answer)
	if err != nil || string(got) != string(id) {
		t.Fatal(err)
	}
	_, later, err := site.Ask(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := site.Answered(o, later, answer); !errors.Is(err, ErrRefused) {
		t.Errorf("an old answer to a new question: %v", err)
	}
	o.Keys = [][]byte{next}
	again, state, err := site.Ask(o)
	if err != nil {
		t.Fatal(err)
	}
	copied := *d
	copied.key.Counter = 0 // a copy that was made before the last use
	if _, _, err := site.Answered(o, state, copied.get(t, again)); !errors.Is(err, ErrRefused) {
		t.Errorf("a copied key: %v", err)
	}
	other := *d
	other.key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA)
	if _, _, err := site.Answered(o, state, other.get(t, again)); !errors.Is(err, ErrRefused) {
		t.Errorf("another key: %v", err)
	}
	elsewhere := *d
	elsewhere.rp.Origin = "https://gapura.example.com"
	if _, _, err := site.Answered(o, state, elsewhere.get(t, again)); !errors.Is(err, ErrRefused) {
		t.Errorf("another site: %v", err)
	}
	if _, _, err := site.Answered(o, nil, d.get(t, again)); !errors.Is(err, ErrRefused) {
		t.Errorf("no question: %v", err)
	}
}

func TestPasskeysNeedAHostName(t *testing.T) {
	for _, address := range []string{"http://127.0.0.1:8080", "https://[::1]", "", "gapura"} {
		if _, err := New(address, "Gapura"); !errors.Is(err, ErrAddress) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := New("http://localhost:8080", "Gapura"); err != nil {
		t.Error(err)
	}
}
