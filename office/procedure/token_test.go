package procedure

import (
	"slices"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
)

// request is a token case with what was filled in.
func request(t *testing.T, values map[string]string) *Case {
	t.Helper()
	return &Case{ID: 1, Agency: 7, Procedure: find(t, "token"), State: Open, Taken: []Taken{{Step: "permohonan", Letter: "470/1",
		Values: values}}}
}

func TestATokenIsForWhoCanUseIt(t *testing.T) {
	x := facts()
	x.Users = []party.User{
		{ID: 11, Login: "petugas", Role: party.Officer, Methods: []string{agreement.Portal, agreement.API}}, {ID: 12, Login: "portal",
			Role: party.Officer, Methods: []string{agreement.Portal}},
		{ID: 13, Login: "program", Name: "Antrean", Role: party.Application, Methods: []string{agreement.API}}, {ID: 14, Login: "kepala",
			Role: party.HeadOfAgency, Methods: []string{agreement.API}},
	}
	for _, c := range []struct {
		user, token string
		app         string // of each token; empty: refused
	}{
		{"petugas", "desk", "Loket Pasar"}, {"petugas", "api", ""}, {"petugas", "balikan", ""}, {"portal", "desk", ""},
		{"program", "api\nbalikan", "Antrean"}, {"program", "desk", ""}, {"kepala", "api", ""}, {"kepala", "desk", ""},
	} {
		values := map[string]string{"pengguna": c.user, "token": c.token, "kegunaan": "uji"}
		if c.token == "desk" {
			values["aplikasi"] = "Loket Pasar"
		}
		got, err := effects["prepare-token"].build(request(t, values), x)
		if _, refused := told.Text(err); refused != (c.app == "") {
			t.Errorf("%s, %s: %v", c.user, c.token, err)
		}
		for _, e := range got {
			if p := e.(PrepareToken); p.Application != c.app || p.Agreement != x.Agreement.ID || p.Purpose != "uji" {
				t.Errorf("%+v", p)
			}
		}
	}
}

// TestATokenOfADeskNamesTheDesk when it is asked for, before it is printed, and when it is decided.
func TestATokenOfADeskNamesTheDesk(t *testing.T) {
	x := facts()
	for token, fine := range map[string]bool{"desk": false, "api": true, "api\ndesk": false} {
		for _, name := range []string{"", "Loket Pasar"} {
			c := asked(t, "token")
			in := input(c.Next(), 9, party.AgencyAdmin)
			in.Values["token"], in.Values["aplikasi"] = token, name
			_, err := c.Take(in, x)
			if wrong := told.Invalids(err).Of("aplikasi"); (wrong == "") != (fine || name != "") {
				t.Errorf("%q for %q: %v", token, name, err)
			}
			draft, err := c.Fill(in, x)
			if c.Draft = draft; err != nil || slices.Contains(c.Missing(), "Nama aplikasi") == (fine || name != "") {
				t.Errorf("draft of %q for %q misses %q, %v", token, name, c.Missing(), err)
			}
		}
	}
	old := request(t, map[string]string{"pengguna": "petugas.rekaan", "token": "desk", "kegunaan": "uji"})
	if _, err := effects["prepare-token"].build(old, x); err == nil {
		t.Error("an older request without a name is granted")
	}
}

func TestDaysOfATokenAreBounded(t *testing.T) {
	x := facts()
	for value, fine := range map[string]bool{"": true, "1": true, "730": true, "731": false, "0": false} {
		_, err := effects["prepare-token"].build(request(t, map[string]string{"pengguna": "petugas.rekaan", "token": "desk",
			"aplikasi": "Loket Pasar", "masa_berlaku": value}), x)
		if (err == nil) != fine {
			t.Errorf("life of %q days: %v", value, err)
		}
		_, err = effects["prepare-token"].build(request(t, map[string]string{"pengguna": "petugas.rekaan", "token": "desk",
			"aplikasi": "Loket Pasar", "masa_peralihan": map[string]string{"730": "90", "731": "91"}[value]}), x)
		if (err == nil) != (value != "731") {
			t.Errorf("overlap beside %q: %v", value, err)
		}
	}
	x.Tokens = []party.Credential{{Kind: party.DeskToken, Owner: 11}}
	got, err := effects["issue-token"].build(request(t, map[string]string{"pengguna": "petugas.rekaan", "token": "desk",
		"masa_berlaku": "30", "masa_peralihan": "2"}), x)
	if err != nil || got[0].(IssueToken).Life != 30*24*time.Hour || got[0].(IssueToken).Overlap != 48*time.Hour {
		t.Errorf("%+v %v", got, err)
	}
	x.Tokens[0].Issued = day
	if _, err := effects["issue-token"].build(request(t, map[string]string{"pengguna": "petugas.rekaan", "token": "desk"}), x); err == nil {
		t.Error("a slip for a token that was taken already")
	}
}
