package deskdb_test

import (
	"errors"
	"testing"
	"time"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/desk/deskdb"
	"gapura/internal/told"
)

// An entry of the desk's officer, whose clock the test moves.
func (c *counter) entry(at *time.Time) *admission.Entry {
	return admission.NewEntry(c.Accounts, c.Credentials, func() time.Time { return *at })
}

func TestWrongCodesHoldTheAccountAndACodeWorksOnce(t *testing.T) {
	c := open(t)
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	at := time.Unix(1111111111, 0)
	e, u := c.entry(&at), party.User{ID: c.officer, Login: "petugas"}
	try := func(code string) bool {
		t.Helper()
		token, err := e.SignIn.Open(t.Context(), party.Session{User: c.officer, Stage: party.AskCode})
		c.must(err)
		s, _, err := e.SignIn.Pending(t.Context(), token)
		c.must(err)
		signed, err := e.Code(t.Context(), token, s, u, code)
		if err != nil {
			if _, told := errors.AsType[*told.Error](err); !told {
				t.Fatal(err)
			}
			return false
		}
		if _, ok, _ := e.SignIn.Session(t.Context(), token); ok {
			t.Error("the pending session was taken over")
		}
		_, ok, err := e.SignIn.Session(t.Context(), signed)
		c.must(err)
		return ok
	}
	if try("050471") {
		t.Error("a code of nobody")
	}
	c.must(c.Credentials.SetTOTP(t.Context(), u, secret, 0, at))
	if try("") || try("000000") {
		t.Error("passed without the code")
	}
	if !try("050471") || try("050471") {
		t.Error("a code works once")
	}
	codes, err := e.RecoveryCodes(t.Context(), u)
	c.must(err)
	if !try(codes[3]) || try(codes[3]) {
		t.Error("a recovery code works once")
	}
	at = time.Unix(1234567890, 0)
	for range 5 {
		try("000000")
	}
	if try("005924") || try(codes[4]) {
		t.Error("not held after five wrong codes")
	}
}

func TestAUserIDThatEndedIsNobody(t *testing.T) {
	c := open(t)
	c.must(c.SetToken(t.Context(), c.officer, "T", now))
	id, err := c.Slips.Issue(t.Context(), c.officer, now)
	c.must(err)
	slip, err := c.Slips.Print(t.Context(), id, 0, now)
	c.must(err)
	hash, err := party.HashPassword(t.Context(), "kata sandi panjang")
	c.must(err)
	if ok, err := c.Slips.Redeem(t.Context(), slip.First, slip.Second, hash, now); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, _ := c.Slips.Redeem(t.Context(), slip.First, slip.Second, hash, now); ok {
		t.Error("a slip works twice")
	}
	at := now
	e := c.entry(&at)
	enter := func(login string) int64 {
		in, err := e.Admission.Authenticate(t.Context(), admission.Attempt{Door: admission.Desk, Login: login,
			Secret: "kata sandi panjang"})
		c.must(err)
		return in.User
	}
	if user := enter("PETUGAS"); user != c.officer {
		t.Fatal(user)
	}
	token, err := e.SignIn.Open(t.Context(), party.Session{User: c.officer})
	c.must(err)
	c.must(c.Deactivate(t.Context(), c.officer, now))
	if enter("petugas") != 0 {
		t.Error("signs in")
	}
	if _, ok, _ := e.SignIn.Session(t.Context(), token); ok {
		t.Error("stays signed in")
	}
	if _, err := c.AnyToken(t.Context()); !errors.Is(err, deskdb.ErrNone) {
		t.Errorf("token: %v", err)
	}
	if _, err := c.AddUser(t.Context(), "petugas", "Lain", party.Officer, "", now); !errors.Is(err, deskdb.ErrLogin) {
		t.Errorf("login again: %v", err)
	}
}
