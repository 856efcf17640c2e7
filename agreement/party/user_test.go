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
