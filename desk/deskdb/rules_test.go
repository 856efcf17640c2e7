package deskdb_test

import (
	"testing"
	"time"

	"gapura/agreement/party"
)

// The rules of passwords that came with the enrolment stay with the desk, until the next renewal tells others.
func TestRulesOfPasswordsComeWithTheEnrolment(t *testing.T) {
	c := open(t)
	want := []party.Policy{{}, {Min: 14, Kinds: 3, Days: 90}, {Min: 12}}
	for i, p := range want {
		if i > 0 {
			if err := c.Enrolment.SetCosigner(t.Context(), "kunci", p, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := c.Enrolment.PasswordPolicy(t.Context()); err != nil || got != p {
			t.Errorf("%v, want %v: %v", got, p, err)
		}
	}
}
