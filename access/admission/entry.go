package admission

import (
	"context"
	"encoding/base32"
	"errors"
	"net/netip"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/agreement/party/passkey"
	"gapura/internal/told"
)

// A Passkey is one with its key, as package passkey made it.
type Passkey struct {
	party.Credential
	Key []byte
}

// Factors keeps second factors. What changes them is recorded, ends what rested on the old ones, and is durable when it returns. Safe for
// concurrent use.
type Factors interface {
	Factors(ctx context.Context, user int64) (party.Factors, error)
	TOTP(ctx context.Context, user int64) (secret string, found bool, err error)
	// StepTOTP notes the step of a code that was used; false when it, or a later one, was used before.
	StepTOTP(ctx context.Context, user, step int64, now time.Time) (bool, error)
	// SetTOTP takes a secret in place of any other; empty: none is left.
	SetTOTP(ctx context.Context, u party.User, secret string, step int64, now time.Time) error
	Passkeys(ctx context.Context, user int64) ([]Passkey, error)
	AddPasskey(ctx context.Context, u party.User, id, key []byte, label string, now time.Time) error
	UsePasskey(ctx context.Context, user int64, id, key []byte, now time.Time) error
	DropPasskey(ctx context.Context, u party.User, credential int64, now time.Time) error
	// SetRecovery takes codes in place of all others; SpendRecovery uses one up, false when it is not there.
	SetRecovery(ctx context.Context, u party.User, codes []party.Hash, now time.Time) error
	SpendRecovery(ctx context.Context, u party.User, h party.Hash, now time.Time) (bool, error)
	// PasswordSet is when the password was chosen; zero: it is not known. ChangePassword takes the hash of a new one and ends all
	// sessions but the one to keep.
	PasswordSet(ctx context.Context, user int64) (time.Time, error)
	ChangePassword(ctx context.Context, u party.User, hash string, keep party.Hash, now time.Time) error
}

// An Entry is the way from a password that was right to a session that is signed in, the same for portal, console and desk. Safe for
// concurrent use.
//
//	Open ── Signed ────────────────────────────────▶ session
//	     ├─ AskCode ── Code, or Ask and Answer ────▶ session
//	     ├─ Enrol ──── NewTOTP, SetTOTP, or Register, Registered ──▶ session
//	     └─ Renew ──── Choose ─────────────────────▶ session; also after the second factor, when the password is too old
type Entry struct {
	Admission *Admission
	SignIn    *party.SignIn
	Factors   Factors
	Passkeys  *passkey.Site // nil: the site has no host name
	Issuer    string        // that an authenticator shows
	Now       func() time.Time
	Phone     func() time.Time // the time that authenticators go by; a demo at another time still asks real ones
	// what the office asks of passwords; nil: the zero policy. Programs that sign in with a password at their own doors are not stopped
	// by its age, because nobody sits there to choose another.
	Policy func(context.Context) (party.Policy, error)
}

// NewEntry returns the entry over what keeps accounts, sessions and second factors. Issuer and Passkeys may be set after.
func NewEntry(a interface {
	Accounts
	party.Sessions
}, f Factors, now func() time.Time) *Entry {
	return &Entry{Admission: New(a, now), SignIn: party.NewSignIn(a, now), Factors: f, Now: now, Phone: now}
}

// Texts of refusals, with the field of the form.
var (
	// ErrUnchanged refuses a new password that is the old one.
	ErrUnchanged = told.Wrong("password", "Kata sandi baru sama dengan kata sandi lama.")

	errCode     = told.Wrong("kode", "Kode keliru, sudah dipakai, atau terlalu sering dicoba. Masukkan kode yang baru.")
	errPasskey  = told.Refuse("Kunci sandi tidak dapat dipastikan. Silakan coba lagi.")
	errNoSite   = told.Refuse("Kunci sandi memerlukan alamat dengan nama host; alamat IP tidak dapat dipakai.")
	errLast     = told.Refuse("Peran Anda memerlukan faktor kedua. Pasanglah yang lain lebih dahulu.")
	errUnproven = told.Wrong("kode", "Kode keliru. Periksa jam pada telepon dan komputer, lalu masukkan kode yang baru.")
)

// Open begins the session of somebody who passed Authenticate, and returns the cookie's token with the stage that it is at. A session that
// the browser already had ends.
func (e *Entry) Open(ctx context.Context, old string, r Result, from netip.Addr, agent string) (token string, _ party.Stage, err error) {
	stage, err := e.Stage(ctx, r)
	if err != nil {
		return "", stage, err
	}
	if old != "" {
		if err := e.SignIn.Close(ctx, old); err != nil {
			return "", stage, err
		}
	}
	token, err = e.SignIn.Open(ctx, party.Session{User: r.User, Stage: stage, Source: from.Unmap().String(), Agent: agent})
	return token, stage, err
}

// Stage is how far somebody is who passed Authenticate.
func (e *Entry) Stage(ctx context.Context, r Result) (party.Stage, error) {
	if r.User == 0 || r.Stage != party.Signed {
		return r.Stage, nil
	}
	return e.last(ctx, r.User)
}

// last is the stage after everything was right: Signed, or Renew when the password is too old.
func (e *Entry) last(ctx context.Context, user int64) (party.Stage, error) {
	p, err := e.PasswordPolicy(ctx)
	if err != nil || p.Days == 0 {
		return party.Signed, err
	}
	set, err := e.Factors.PasswordSet(ctx, user)
	if err == nil && p.Expired(set, e.Now()) {
		return party.Renew, nil
	}
	return party.Signed, err
}

// PasswordPolicy is what the office asks of passwords now.
func (e *Entry) PasswordPolicy(ctx context.Context) (party.Policy, error) {
	if e.Policy == nil {
		return party.Policy{}, nil
	}
	return e.Policy(ctx)
}

// finish ends a pending session and begins the one that is signed in, or that waits for another password.
func (e *Entry) finish(ctx context.Context, token string, s party.Session) (string, error) {
	stage, err := e.last(ctx, s.User)
	if err != nil {
		return "", err
	}
	return e.move(ctx, token, s, stage)
}

func (e *Entry) move(ctx context.Context, token string, s party.Session, to party.Stage) (string, error) {
	if err := e.SignIn.Close(ctx, token); err != nil {
		return "", err
	}
	return e.SignIn.Open(ctx, party.Session{User: s.User, Stage: to, Source: s.Source, Agent: s.Agent})
}

// Chosen judges a new password of a user by the office's policy and returns its hash. The error is a *told.Error for the field "password".
func (e *Entry) Chosen(ctx context.Context, password string, about party.About) (hash string, err error) {
	p, err := e.PasswordPolicy(ctx)
	if err != nil {
		return "", err
	}
	if err := p.Check(password, about); err != nil {
		return "", err
	}
	return party.HashPassword(ctx, password)
}

// Choose takes a new password in a session at Renew and returns the token of the session that is signed in. A *told.Error for the field
// "password" says that it does not do.
func (e *Entry) Choose(ctx context.Context, token string, s party.Session, u party.User, password string, about party.About) (string,
	error) {
	hash, err := e.Chosen(ctx, password, about)
	if err != nil {
		return "", err
	}
	acc, _, err := e.Admission.accounts.Account(ctx, u.Login)
	if err != nil {
		return "", err
	}
	same, err := party.CheckHash(ctx, password, acc.Hash)
	if err == nil && same {
		err = ErrUnchanged
	}
	if err != nil {
		return "", err
	}
	if err := e.Factors.ChangePassword(ctx, u, hash, s.Hash, e.Now()); err != nil {
		return "", err
	}
	return e.move(ctx, token, s, party.Signed)
}

// Code takes a one-time code (six digits) or a recovery code of the user whose pending session it is, and returns the token of the session
// that is signed in. A *told.Error says that it does not fit.
func (e *Entry) Code(ctx context.Context, token string, pending party.Session, u party.User, code string) (string, error) {
	ok, err := e.check(ctx, pending, u, code)
	switch {
	case err != nil:
		return "", err
	case !ok:
		return "", errCode
	}
	return e.finish(ctx, token, pending)
}

// Prove asks somebody who is signed in for a code once more: a one-time code (six digits) or a recovery code, which is spent. A *told.Error
// says that it does not fit, or that they have none.
func (e *Entry) Prove(ctx context.Context, s party.Session, u party.User, code string) error {
	ok, err := e.check(ctx, s, u, code)
	if err == nil && !ok {
		return errCode
	}
	return err
}

// check tries a code under the limits of the lane of codes.
func (e *Entry) check(ctx context.Context, s party.Session, u party.User, code string) (bool, error) {
	return e.Admission.SecondFactor(ctx, u.ID, lane(s), func(ctx context.Context) (bool, error) {
		if !digits(code) {
			return e.Factors.SpendRecovery(ctx, u, party.HashRecovery(u.ID, code), e.Now())
		}
		secret, found, err := e.Factors.TOTP(ctx, u.ID)
		if err != nil || !found {
			return false, err
		}
		step, ok := party.CheckTOTP(secret, code, e.Phone(), 0)
		if !ok {
			return false, nil
		}
		return e.Factors.StepTOTP(ctx, u.ID, step, e.Now())
	})
}

// lane is that of the source which a session was opened from.
func lane(s party.Session) Lane {
	a, _ := netip.ParseAddr(s.Source) // what is none is a lane of its own
	return Source(a)
}

// digits reports whether a code is one of six digits, blanks aside.
func digits(code string) bool {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	return len(code) == 6 && strings.Trim(code, "0123456789") == ""
}

func (e *Entry) owner(ctx context.Context, u party.User) (o passkey.Owner, err error) {
	if e.Passkeys == nil {
		return o, errNoSite
	}
	keys, err := e.Factors.Passkeys(ctx, u.ID)
	o = passkey.Owner{User: u.ID, Login: u.Login, Name: u.Name}
	for _, k := range keys {
		o.Keys = append(o.Keys, k.Key)
	}
	return o, err
}

// Ask returns the question for navigator.credentials.get, to be answered within passkey.Wait in this session.
func (e *Entry) Ask(ctx context.Context, s party.Session, u party.User) (question []byte, err error) {
	return e.question(ctx, s, u, (*passkey.Site).Ask)
}

// Register returns the question for navigator.credentials.create.
func (e *Entry) Register(ctx context.Context, s party.Session, u party.User) (question []byte, err error) {
	return e.question(ctx, s, u, (*passkey.Site).Register)
}

func (e *Entry) question(ctx context.Context, s party.Session, u party.User, ask func(*passkey.Site, passkey.Owner) (q, state []byte,
	err error)) ([]byte, error) {
	o, err := e.owner(ctx, u)
	if err != nil {
		return nil, err
	}
	q, state, err := ask(e.Passkeys, o)
	if err != nil {
		return nil, err
	}
	return q, e.SignIn.Ask(ctx, s, state)
}

// Answer takes the browser's answer to Ask and returns the token of the session that is signed in. A *told.Error says that it proves
// nothing.
func (e *Entry) Answer(ctx context.Context, token string, pending party.Session, u party.User, answer []byte) (string, error) {
	if err := e.ProveByPasskey(ctx, pending, u, answer); err != nil {
		return "", err
	}
	return e.finish(ctx, token, pending)
}

// ProveByPasskey takes the browser's answer to Ask in a session, as Prove takes a code. A *told.Error says that it proves nothing.
func (e *Entry) ProveByPasskey(ctx context.Context, s party.Session, u party.User, answer []byte) error {
	o, err := e.owner(ctx, u)
	if err != nil {
		return err
	}
	state, err := e.SignIn.Asked(ctx, s)
	if err != nil {
		return err
	}
	ok, err := e.Admission.SecondFactor(ctx, u.ID, lane(s), func(ctx context.Context) (bool, error) {
		key, id, err := e.Passkeys.Answered(o, state, answer)
		if errors.Is(err, passkey.ErrRefused) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		return true, e.Factors.UsePasskey(ctx, u.ID, id, key, e.Now())
	})
	if err == nil && !ok {
		return errPasskey
	}
	return err
}

// Registered takes the browser's answer to Register and adds the passkey. In a session at Enrol it returns the token of the one that is
// signed in; else the same token.
func (e *Entry) Registered(ctx context.Context, token string, s party.Session, u party.User, answer []byte, label string) (string, error) {
	o, err := e.owner(ctx, u)
	if err != nil {
		return "", err
	}
	state, err := e.SignIn.Asked(ctx, s)
	if err != nil {
		return "", err
	}
	key, id, err := e.Passkeys.Registered(o, state, answer)
	if errors.Is(err, passkey.ErrRefused) {
		return "", errPasskey
	}
	if err != nil {
		return "", err
	}
	if err := e.Factors.AddPasskey(ctx, u, id, key, label, e.Now()); err != nil {
		return "", err
	}
	return e.enrolled(ctx, token, s)
}

// Address is what an authenticator reads from a QR code: a secret of party.NewTOTP, under the issuer and the user's login. SetTOTP keeps
// the secret.
func (e *Entry) Address(u party.User, secret string) string {
	return party.TOTPAddress(e.Issuer, u.Login, secret)
}

// SetTOTP takes a new secret with a code of it, which proves that the authenticator has it. In a session at Enrol it returns the token of
// the one that is signed in; else the same token.
func (e *Entry) SetTOTP(ctx context.Context, token string, s party.Session, u party.User, secret, code string) (string, error) {
	if raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret); err != nil || len(raw) != 20 {
		return "", errUnproven
	}
	step, ok := party.CheckTOTP(secret, code, e.Phone(), 0)
	if !ok {
		return "", errUnproven
	}
	if err := e.Factors.SetTOTP(ctx, u, secret, step, e.Now()); err != nil {
		return "", err
	}
	return e.enrolled(ctx, token, s)
}

// enrolled signs a session in that waited for its first second factor.
func (e *Entry) enrolled(ctx context.Context, token string, s party.Session) (string, error) {
	if s.Stage != party.Enrol {
		return token, nil
	}
	return e.finish(ctx, token, s)
}

// DropTOTP takes the one-time codes away, with a code as proof; DropPasskey a passkey. The last second factor of a role that must have one
// stays.
func (e *Entry) DropTOTP(ctx context.Context, s party.Session, u party.User, code string) error {
	if err := e.leaves(ctx, u, func(f *party.Factors) { f.TOTP = false }); err != nil {
		return err
	}
	ok, err := e.check(ctx, s, u, code)
	if err != nil {
		return err
	}
	if !ok {
		return errCode
	}
	return e.Factors.SetTOTP(ctx, u, "", 0, e.Now())
}

// DropPasskey takes one of the own passkeys away.
func (e *Entry) DropPasskey(ctx context.Context, u party.User, credential int64) error {
	if err := e.leaves(ctx, u, func(f *party.Factors) { f.Passkeys-- }); err != nil {
		return err
	}
	return e.Factors.DropPasskey(ctx, u, credential, e.Now())
}

func (e *Entry) leaves(ctx context.Context, u party.User, without func(*party.Factors)) error {
	f, err := e.Factors.Factors(ctx, u.ID)
	if err != nil {
		return err
	}
	if without(&f); u.Role.SecondFactorCompulsory() && !f.Any() {
		return errLast
	}
	return nil
}

// RecoveryCodes gives a user new recovery codes, to be shown once; the old ones end.
func (e *Entry) RecoveryCodes(ctx context.Context, u party.User) ([]string, error) {
	codes := party.NewRecoveryCodes()
	hashes := make([]party.Hash, len(codes))
	for i, c := range codes {
		hashes[i] = party.HashRecovery(u.ID, c)
	}
	return codes, e.Factors.SetRecovery(ctx, u, hashes, e.Now())
}
