package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// made makes a user id.
func (d *district) made(t *testing.T, u party.User, hash string) party.User {
	t.Helper()
	u.Name, u.Position = "Rekaan "+u.Login, "Rekaan"
	var err error
	if u.ID, err = d.st.Rights.CreateUser(context.Background(), journal.Change{At: now, Reason: "x", Letter: "1"}, u, hash); err != nil {
		t.Fatal(err)
	}
	return u
}

// sent are the recipients of the mails that wait, with the text of each.
func (d *district) sent(t *testing.T) map[string]string {
	t.Helper()
	list, err := d.st.Mails.MailList(context.Background(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range list {
		out[m.To] += m.Body
	}
	return out
}

// Whoever named the address of a person, by whatever user id of theirs, never prints the sheet: who invents a person has one half at most.
// The addresses that were known before learn of it, without the half.
func TestWhoNamedAnAddressPrintsNoSlipThatIsMailedThere(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		agency := d.user(t, d.out.API[0].User).Institution
		one := d.made(t, party.User{Login: "satu", Role: party.Operator, Identity: party.Identity{NIP: "701"}}, "x")
		self := d.made(t, party.User{Login: "satu2", Role: party.Operator, Identity: party.Identity{NIP: "7-01"}}, "x")
		other := d.made(t, party.User{Login: "lain", Role: party.Operator, Identity: party.Identity{NIP: "702"}}, "x")
		who := party.Identity{NIP: "198203042008012001"}
		d.made(t, party.User{Login: "lama", Role: party.Officer, Institution: agency, Email: "lama@dinpertan.example", Identity: who}, "x")
		u := d.made(t, party.User{Login: "baru", Role: party.Officer, Institution: agency, Email: "milik.satu@luar.example",
			EmailBy: one.ID, Identity: who}, "")
		issue := func(by int64) error {
			_, err := d.st.Credentials.IssueSlip(ctx, journal.Change{At: now, By: by, Letter: "1"}, u, party.Slip{For: party.Password})
			return err
		}
		for _, x := range []party.User{one, self} {
			if text, refused := told.Text(issue(x.ID)); !refused || !strings.Contains(text, "Anda sendiri yang mencatat") {
				t.Errorf("%s, who named the address, prints: %q", x.Login, text)
			}
		}
		if len(d.sent(t)) != 0 {
			t.Error("a second half went out")
		}
		if err := issue(other.ID); err != nil {
			t.Fatal(err)
		}
		mails := d.sent(t)
		if !strings.Contains(mails[u.Email], "Kode kedua Anda: ") {
			t.Errorf("the owner gets no second half: %v", mails)
		}
		if said := mails["lama@dinpertan.example"]; !strings.Contains(said, "m•••@luar.example") || strings.Contains(said,
			"Kode kedua Anda") ||
			strings.Contains(said, u.Email) {
			t.Errorf("the address known before is told %q", said)
		}
		institution, err := d.st.Institutions.Institution(ctx, agency)
		if err != nil || institution.Email == "" ||
			!strings.Contains(mails[institution.Email], "m•••@luar.example") || len(mails) != 3 {
			t.Errorf("the agency at %s is told %q, %v", institution.Email, mails[institution.Email], err)
		}
	})
}

// Nobody knows who gives commands on the server, but for that they are of the office. Once the office is founded a person's slip is not
// printed there, and the second half of a token's is the agency's own people's to hand over, or goes to an address that they named.
func TestTheCommandLineHasNoSayInSecondHalves(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		app, here := d.user(t, d.out.API[0].User), journal.Change{At: now, Letter: "1"}
		for _, x := range []struct {
			owner party.User
			kind  party.Kind
		}{{app, party.Password}, {d.user(t, "operator"), party.Password},
			{d.made(t, party.User{Login: "warga", Role: party.CitizenPortal}, "x"), party.APIToken}} {
			out, err := d.st.Credentials.IssueSlip(ctx, here, x.owner, party.Slip{For: x.kind})
			if err != nil || out.Slip == 0 || out.Code != "" || out.Second != "" {
				t.Errorf("%s: %+v %v", x.owner.Login, out, err)
			}
			if code, _, err := d.st.Credentials.PrintSlip(ctx, journal.Change{At: now, By: 2, Letter: "1"}, out.Slip); err != nil ||
				code == "" {
				t.Errorf("%s: it is not printed in the console: %v", x.owner.Login, err)
			}
			if _, err := d.st.Credentials.DrawSecond(ctx, out.Slip, 1, now); err != nil {
				t.Errorf("%s: nobody of the office hands the second half over: %v", x.owner.Login, err)
			}
		}
		keeper, foreign := d.user(t, "admin.dinpertan"), d.user(t, "kepala.dinsos")
		out, err := d.st.Credentials.IssueToken(ctx, here, app, party.APIToken, "", 0)
		if err != nil || out.Code == "" || out.Mailed {
			t.Fatalf("%+v %v", out, err)
		}
		for _, by := range []int64{1, 2, foreign.ID} {
			if _, err := d.st.Credentials.DrawSecond(ctx, out.Slip, by, now); err == nil {
				t.Errorf("user %d draws the second half", by)
			}
		}
		second, err := d.st.Credentials.DrawSecond(ctx, out.Slip, keeper.ID, now)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok, err := d.st.Credentials.Redeem(ctx, out.Code, second, "", now); !ok || err != nil || len(got) != 1 {
			t.Error(got, ok, err)
		}
		notices, err := d.st.Notices.Notices(ctx, app.Institution, 0, 5)
		if err != nil || !strings.Contains(notices[0].Text, "diterbitkan dari server") || notices[0].Path != "/kredensial" {
			t.Errorf("the agency is not told: %+v %v", notices, err)
		}
		for by, mailed := range map[int64]bool{0: false, 1: false, keeper.ID: true} {
			app.Email, app.EmailBy = "program@dinpertan.example", by
			out, err := d.st.Credentials.IssueToken(ctx, here, app, party.APIToken, "", 0)
			if err != nil || out.Mailed != mailed {
				t.Errorf("an address that user %d named: %+v %v", by, out, err)
			}
		}
		for _, login := range []string{"admin.dinpertan", "kepala.dinpertan"} {
			u := d.user(t, login)
			if err := d.st.Credentials.Reset(ctx, here, u); err != nil {
				t.Fatal(err)
			}
		}
		if text, _ := told.Text(func() error {
			_, err := d.st.Credentials.IssueToken(ctx, here, app, party.APIToken, "", 0)
			return err
		}()); !strings.Contains(text, "belum mempunyai admin atau kepala") {
			t.Errorf("with nobody to hand it over: %q", text)
		}
		if log := changed(t, d.st, app.Institution, 20); !slices.ContainsFunc(log, func(s string) bool {
			return strings.Contains(s,
				"diserahkan")
		}) {
			t.Error("the log does not tell who handed it over")
		}
	})
}

// Who can decide is counted by persons, with a password and a second factor.
func TestDecidersAreDifferentPeopleWithASecondFactor(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		cred := d.st.Credentials
		count := func(what string, want int) {
			t.Helper()
			if n, err := cred.Deciders(ctx); err != nil || n != want {
				t.Errorf("%s: %d people can decide, want %d: %v", what, n, want, err)
			}
		}
		enrolled := func(u party.User, hash string) party.User {
			u = d.made(t, u, hash)
			if err := cred.SetTOTP(ctx, u, party.NewTOTP(), 0, now); err != nil {
				t.Fatal(err)
			}
			return u
		}
		count("at first", 2)
		d.made(t, party.User{Login: "tanpa", Role: party.Administrator, Identity: party.Identity{NIP: "801"}}, "x")
		count("one without a second factor", 2)
		enrolled(party.User{Login: "belum", Role: party.Administrator, Identity: party.Identity{NIP: "802"}}, "")
		count("one without a password", 2)
		enrolled(party.User{Login: "petugas", Role: party.Operator, Identity: party.Identity{NIP: "803"}}, "x")
		count("an operator", 2)
		enrolled(party.User{Login: "sama", Role: party.Administrator, Identity: d.user(t, "admin").Identity}, "x")
		count("the first one's second user id", 2)
		third := enrolled(party.User{Login: "ketiga", Role: party.Administrator, Identity: party.Identity{NIP: "804"}}, "x")
		count("a third person", 3)
		if err := d.st.Rights.ApplyTold(ctx, journal.Change{At: now, Letter: "1"}, nil, procedure.Deactivate{User: third,
			At: now}); err != nil {
			t.Fatal(err)
		}
		count("who left", 2)
		if err := cred.Reset(ctx, journal.Change{At: now, By: 1, Letter: "1"}, d.user(t, "admin2")); err != nil {
			t.Fatal(err)
		}
		count("whose second factor is gone", 1)
	})
}
