package party

import (
	"testing"
	"time"
)

// TestAUserIDStandsWhereItsDatesSay: one state for pages, and Active is no second rule beside it.
func TestAUserIDStandsWhereItsDatesSay(t *testing.T) {
	now := time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)
	day := WIB.Day(now)
	good := User{Role: Officer, NDASigned: day, HasPassword: true}
	for _, c := range []struct {
		name   string
		spoil  func(*User)
		want   UserState
		active bool
	}{
		{"all in order", func(*User) {}, Working, true},
		{"deactivated now", func(u *User) { u.Deactivated = now }, Deactivated, false},
		{"to be deactivated", func(u *User) { u.Deactivated = now.Add(time.Second) }, Working, true},
		{"no NDA", func(u *User) { u.NDASigned = time.Time{} }, NoNDA, false},
		{"NDA of tomorrow", func(u *User) { u.NDASigned = day.AddDate(0, 0, 1) }, NoNDA, false},
		{"no NDA and no password", func(u *User) { u.NDASigned, u.HasPassword = time.Time{}, false }, NoNDA, false},
		{"no password", func(u *User) { u.HasPassword = false }, Unactivated, false},
		{"stopped", func(u *User) { u.Stopped = now }, Stopped, true},
		{"stopped and deactivated", func(u *User) { u.Stopped, u.Deactivated = now, now }, Deactivated, false},
		{"stopped and without NDA", func(u *User) { u.Stopped, u.NDASigned = now, time.Time{} }, NoNDA, false},
		{"an administrator of the agency without NDA", func(u *User) { u.Role, u.NDASigned = AgencyAdmin, time.Time{} }, NoNDA, false},
		{"the provider's own without NDA", func(u *User) { u.Role, u.NDASigned = Auditor, time.Time{} }, Working, true},
	} {
		u := good
		c.spoil(&u)
		if got := u.At(now, day); got != c.want || u.Active(now, day) != c.active {
			t.Errorf("%s: %s, active %v", c.name, got, u.Active(now, day))
		}
	}
}

// TestWhatEachRoleIs: who looks up, and who is of the provider.
func TestWhatEachRoleIs(t *testing.T) {
	for role, want := range map[Role][2]bool{Officer: {true, false}, Application: {true, false}, HeadOfAgency: {}, AgencyAdmin: {},
		Administrator: {false, true}, Operator: {false, true}, Auditor: {false, true}, CitizenPortal: {false, true}, "": {}} {
		if got := [2]bool{role.Asks(), role.OfProvider()}; got != want {
			t.Errorf("%s: looks up %v, of the provider %v", role, got[0], got[1])
		}
	}
}

// TestPeopleAndConnectionsInWords name what is known and nothing else.
func TestPeopleAndConnectionsInWords(t *testing.T) {
	for want, got := range map[string]string{
		"Rekaan (Kepala)": Person{Name: "Rekaan", Position: "Kepala"}.Title(), "Rekaan": Person{Name: "Rekaan"}.Title(),
		"Telko, 10 Mbps": Connection{"Telko", "10 Mbps"}.Words(), "Telko": Connection{Provider: "Telko"}.Words(),
		"10 Mbps": Connection{Bandwidth: "10 Mbps"}.Words(), "": Connection{}.Words(),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestADesksCertificateIsAskedForOnceItIsKnown.
func TestADesksCertificateIsAskedForOnceItIsKnown(t *testing.T) {
	for shown, want := range map[string][2]bool{"": {true, false}, "a": {true, true}, "b": {true, false}} {
		if got := [2]bool{(Desk{}).Fits(shown), (Desk{Pin: "a"}).Fits(shown)}; got != want {
			t.Errorf("%q: fits %v", shown, got)
		}
	}
}
