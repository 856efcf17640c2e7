package office

import (
	"context"
	"time"

	"gapura/access/access"
	"gapura/access/guard"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/internal/notify"
	"gapura/journal/journal"
	"gapura/office/evaluation"
	"gapura/office/incident"
	"gapura/office/manuscript"
	"gapura/office/outage"
	"gapura/office/procedure"
	"gapura/office/report"
	"gapura/person/nik"
)

// A Store is what the office reads and keeps, by subject. Every method that writes is durable when it returns. Safe for concurrent use.
type Store struct {
	Accounts      Accounts
	Balikan       Balikan
	Calendar      Calendar
	Cases         Cases
	Curiosity     Curiosity
	Duties        Duties
	Evaluations   Evaluations
	Incidents     Incidents
	Institutions  Institutions
	Letters       Letters
	Manuscripts   Manuscripts
	Outages       Outages
	Reports       Reports
	Rights        Rights
	Stops         Stops
	Sums          Sums
	Witness       Witness
	Protections   Protections
	Subscriptions SubscriptionStore
}

// Accounts are what people sign in with.
type Accounts interface {
	// Unlock ends the wait of a user after failed sign-ins, with its record and notices.
	Unlock(ctx context.Context, c journal.Change, u party.User, told ...procedure.Notice) error
}

// Balikan is what agencies owe.
type Balikan interface {
	AllRates(ctx context.Context, from, to time.Time) (map[int64]balikan.Rate, error)
	// Overdue is how many looked-up persons of an agency are without data balikan after their days; OverdueOf, of those looked up in a
	// period.
	Overdue(ctx context.Context, agency int64, now time.Time) (int, error)
	OverdueOf(ctx context.Context, agency int64, p obligation.Semester, now time.Time) (int, error)
	// Reconciled is about lookups of the agency's calendar days from one up to another, as of now.
	Reconciled(ctx context.Context, agency int64, from, to, now time.Time) (report.Balikan, error)
}

// Calendar is the days on which nobody works.
type Calendar interface {
	Holidays(ctx context.Context) ([]obligation.Holiday, error)
}

// Cases are runs of procedures.
type Cases interface {
	// OpenCase begins a case, with a draft of its first step or without (nil). Redraft changes the draft while that step is not taken;
	// false: it was.
	OpenCase(ctx context.Context, agency int64, p *procedure.Procedure, draft map[string]string, at time.Time) (int64, error)
	Redraft(ctx context.Context, id int64, draft map[string]string) (bool, error)
	Case(ctx context.Context, id int64, all []*procedure.Procedure) (procedure.Case, bool, error)
	// Cases are cases before an id, newest first; agency below 0 and an empty state mean all.
	Cases(ctx context.Context, agency int64, state procedure.State, before int64, most int) ([]procedure.CaseRow, error)
	Facts(ctx context.Context, agency int64, now time.Time) (procedure.Facts, error)
	// Request is the letter by which the agency asked last for an agreement or its extension, unless it was refused.
	Request(ctx context.Context, agency int64, all []*procedure.Procedure) (procedure.Request, error)
	// InUse are those of some names that an institution or a user has, and those of some records that are there.
	InUse(ctx context.Context, asked procedure.Names) (procedure.Names, error)
	// DropTypedBefore forgets what was typed for a step, not saved, and not come back to since.
	DropTypedBefore(ctx context.Context, before time.Time) error
	// TakeStep writes all of it or nothing; ErrMoved when the case is not where the caller saw it.
	TakeStep(ctx context.Context, s Step) ([]Applied, error)
}

// Duties are what duties rest on.
type Duties interface {
	// DutyFacts are the facts of all agreements of an agency (0: of each) that were signed, by agency id, in the order of their signing.
	DutyFacts(ctx context.Context, agency int64, now time.Time) (map[int64][]obligation.Facts, error)
	// Remind writes a reminder's marks and what say makes of those that are new, by their place, in one transaction; false when none is, or
	// when Once was marked before.
	Remind(ctx context.Context, r Reminder, say func(fresh []int) ([]procedure.Notice, []notify.Mail)) (bool, error)
	// Received is the last accepted evidence for a rule and a period of an agency.
	Received(ctx context.Context, agency int64, rule, period string) (procedure.Evidence, bool, error)
	// Forward notes that what a piece of evidence brought was passed on, with the mails that carry it; false when it was before.
	Forward(ctx context.Context, f procedure.Forwarding, mails []notify.Mail) (bool, error)
}

// Evaluations are half-year judgements.
type Evaluations interface {
	ProposeEvaluation(ctx context.Context, e evaluation.Evaluation, by int64) (int64, error)
	EvaluationsOfAgency(ctx context.Context, agency int64, most int) ([]evaluation.Evaluation, error)
	EvaluationsOfPeriod(ctx context.Context, p obligation.Semester) ([]evaluation.Evaluation, error)
	// KeepMinistryReport keeps the report and queues its mails in one transaction; with mails it counts as sent.
	KeepMinistryReport(ctx context.Context, p obligation.Semester, f procedure.File, mails []notify.Mail) error
}

// Incidents is the register of incidents.
type Incidents interface {
	Incidents(ctx context.Context, agency int64, open bool, before int64, most int) ([]incident.Incident, error)
	Incident(ctx context.Context, id int64) (incident.Incident, bool, error)
	// IncidentPeople gives an incident's affected residents one after the other, with what was seen of them, up to most after so many; more
	// says whether there are others.
	IncidentPeople(ctx context.Context, id int64, skip, most int, give func(incident.Person) error) (more bool, err error)
	// ReportIncident writes a new incident with its record and tells people, in one transaction; the incident's id is added to the notices'
	// paths.
	ReportIncident(ctx context.Context, c journal.Change, i incident.Incident, told []procedure.Notice, mails []notify.Mail) (int64, error)
	// TakeIncident writes a step with its record, or nothing; incident.ErrMoved when the incident is not where the caller saw it.
	TakeIncident(ctx context.Context, n IncidentStep) error
}

// Institutions are who is written to.
type Institutions interface {
	// Emails are the addresses of an institution's people who are told of its cases.
	Emails(ctx context.Context, agency int64) ([]string, error)
	// Contacts are an agency's contact persons of both sides.
	Contacts(ctx context.Context, agency int64) ([]party.Contact, error)
	// Heads are all heads of an institution, oldest first.
}

// Outages are planned outages as they were announced.
type Outages interface {
	AnnounceOutage(ctx context.Context, c journal.Change, o outage.Outage, told []procedure.Notice, mails []notify.Mail) error
	// WithdrawOutage refuses for one that is over or was withdrawn.
	WithdrawOutage(ctx context.Context, c journal.Change, o outage.Outage, told []procedure.Notice, mails []notify.Mail) error
	// Standing are those that are not over at an instant nor withdrawn, the next first.
	Standing(ctx context.Context, now time.Time) ([]outage.Outage, error)
}

// Letters is the register of letters, and the office's own texts of them.
type Letters interface {
	TakeLetterNumber(ctx context.Context, l procedure.Letter) (int, error)
	// Template is the office's own text of a template; found is false when it was never changed.
	Template(ctx context.Context, key string) (text string, version int, found bool, err error)
}

// Manuscripts are versions of agreements and guidelines as documents.
type Manuscripts interface {
	// Manuscripts are all of an agency, oldest first.
	Manuscripts(ctx context.Context, agency int64) ([]manuscript.Manuscript, error)
	// KeepManuscript keeps a new version with its PDF and its record, and tells people, in one transaction; a version that exists already
	// is an error.
	KeepManuscript(ctx context.Context, c journal.Change, m manuscript.Manuscript, pdf procedure.File, told []procedure.Notice) (int64,
		error)
	AddInitial(ctx context.Context, c journal.Change, m manuscript.Manuscript, i manuscript.Initial) error
	KeepScan(ctx context.Context, c journal.Change, m manuscript.Manuscript, scan procedure.File) error
	// Applications are the names of an agency's programs that work.
	Applications(ctx context.Context, agency int64) ([]string, error)
}

// Reports are semester reports as they were kept (PKS 8; Juknis V).
type Reports interface {
	KeptReport(ctx context.Context, agency int64, key string) (report.Kept, bool, error)
	KeepDraft(ctx context.Context, k report.Kept, told []procedure.Notice, mails []notify.Mail) error
	SendReport(ctx context.Context, k report.Kept, e procedure.Evidence, pdf procedure.File, told []procedure.Notice,
		mails []notify.Mail) error
}

// Rights are all agencies with their agreements.
type Rights interface {
	Everyone(ctx context.Context) ([]access.Standing, error)
	// Unexplained are the institutions with rows of rights that no entry explains, each with what is wrong.
	Unexplained() map[int64]error
	// Confirm keeps a confirmation with its record and tells people, in one transaction; false when that side had confirmed before.
	// Confirmations are those of an agency, or of all (below 0), oldest first.
	Confirm(ctx context.Context, c journal.Change, x Confirmation, told []procedure.Notice) (bool, error)
	Confirmations(ctx context.Context, agency int64) ([]Confirmation, error)
	// Quotas are all agencies with their hits of today.
	Quotas(ctx context.Context, now time.Time) ([]access.QuotaRow, error)
	// ApplyTold changes a right with its record and tells of it, in one transaction.
	ApplyTold(ctx context.Context, c journal.Change, told []procedure.Notice, e procedure.Effect) error
}

// Stops are users whose lookups were stopped for abuse.
type Stops interface {
	Stops(ctx context.Context, agency int64) ([]guard.Stop, error)
	// StopUser stops a user's lookups with its record and tells people, in one transaction; false when they were stopped before.
	StopUser(ctx context.Context, u party.User, f guard.Finding, c journal.Change, told []procedure.Notice, mails []notify.Mail) (bool,
		error)
}

// Sums is sums of the records.
type Sums interface {
	// Counts are alerts, stops and incidents by agency.
	Counts(ctx context.Context, from, to, now time.Time) (map[int64]evaluation.Counts, error)
	Usage(ctx context.Context, agency int64, from, to time.Time) ([]report.Usage, error)
	// AgencyTotals are sums over the days from the first up to, but not with, the second; TotalsOf is one agency's. What was recorded
	// before the call counts.
	AgencyTotals(ctx context.Context, from, to time.Time) (map[int64]evaluation.Totals, error)
	TotalsOf(ctx context.Context, agency int64, from, to time.Time) (evaluation.Totals, error)
	// UsedElements is what each purpose of the agency used on those days.
	UsedElements(ctx context.Context, agency int64, from, to time.Time) (map[string]evaluation.Uses, error)
}

// Protections are the persons whose data no lookup is answered with.
type Protections interface {
	// Protected names who watches over a person's data; none: they are not protected.
	Protected(ctx context.Context, n nik.NIK, now time.Time) (watchers []int64, err error)
	Tell(ctx context.Context, told []procedure.Notice, mails []notify.Mail) error
}

// Witness is what agencies' cosigners say about their logs.
type Witness interface {
	// RaiseAlarm keeps an alarm about a log and tells people, in one transaction.
	RaiseAlarm(ctx context.Context, agency int64, at time.Time, text string, told []procedure.Notice, mails []notify.Mail) error
}
