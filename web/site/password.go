package site

import (
	"context"

	"gapura/agreement/party"
)

// A NewPassword is the field by which somebody chooses a password (template "new-password"), the same on every page. Its page has
// PasswordScript.
type NewPassword struct {
	Rule         string // what the office asks for, in a sentence
	Min, Max     int
	Wrong, Focus bool
}

// PasswordScript is the static file that shows what is typed to who wishes it.
const PasswordScript = "sandi.js"

// NewPassword is the field as the policy has it now; the field of a fault, if any, says whether it is this one.
func (s *Site) NewPassword(ctx context.Context, field string) (NewPassword, error) {
	p, err := s.Entry.PasswordPolicy(ctx)
	return NewPassword{Rule: p.Rule(), Min: p.Least(), Max: party.MaxPassword, Wrong: field == "password", Focus: true}, err
}
