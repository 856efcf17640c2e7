package store

import (
	"context"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/office/office"
)

// A view joins handles for a consumer whose interface spans subjects.

// Office is what the office reads and keeps.
func (s *DB) Office() office.Store {
	return office.Store{
		Accounts: s.Accounts, Balikan: s.Balikan, Calendar: s.Calendar, Cases: s.Cases, Curiosity: s.Curiosity, Duties: s.Duties,
		Evaluations: s.Evaluations, Incidents: s.Incidents,
		Institutions: s.Institutions, Letters: s.Letters, Manuscripts: s.Manuscripts, Outages: s.Outages, Reports: s.Reports,
		Rights: s.Rights, Stops: s.Guard, Sums: s.Sums,
		Witness: s.Witness, Protections: s.Protections, Subscriptions: s.Subscriptions,
	}
}

// Embedded under these names, a handle's name does not hide its method of the same name.
type (
	caseHandle   = Cases
	fileHandle   = Files
	letterHandle = Letters
	noticeHandle = Notices
	reportHandle = Reports
	userHandle   = Users
)

type pages struct {
	*Calendar
	*Duties
	*Institutions
	*Journal
	*Mails
	*Rights
	*Witness
	*caseHandle
	*fileHandle
	*letterHandle
	*noticeHandle
	*reportHandle
	*userHandle
}

// Pages is what the console's pages read, and the few things that they write without a case.
func (s *DB) Pages() *pages {
	return &pages{s.Calendar, s.Duties, s.Institutions, s.Journal, s.Mails, s.Rights, s.Witness, s.Cases, s.Files, s.Letters, s.Notices,
		s.Reports, s.Users}
}

// History is what the portal shows of past lookups.
func (s *DB) History() access.History {
	return struct {
		*Journal
		*Rights
		*Users
	}{s.Journal, s.Rights, s.Users}
}

type deliveries struct {
	*Balikan
	*Rights
}

// Deliveries is what the intake of data balikan reads and writes.
func (s *DB) Deliveries() *deliveries { return &deliveries{s.Balikan, s.Rights} }

type enrolment struct {
	*Desks
	*Institutions
	*Rights
	*Witness
	letters *Letters
}

// PasswordPolicy is what the office asks of passwords, which its agencies' desks follow.
func (e *enrolment) PasswordPolicy(ctx context.Context) (party.Policy, error) {
	return e.letters.PasswordPolicy(ctx)
}

// Enrolment is the enrolment of desks with what is shown of it.
func (s *DB) Enrolment() *enrolment {
	return &enrolment{s.Desks, s.Institutions, s.Rights, s.Witness, s.Letters}
}
