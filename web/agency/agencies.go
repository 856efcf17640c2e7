package agency

import (
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/web/site"
)

// AgreementTags are the states of an agreement with their colours.
var AgreementTags = map[agreement.State]site.Tag{
	agreement.Draft:      {Label: "Belum berlaku", Kind: "mid"},
	agreement.InForce:    {Label: "Berlaku", Kind: "ok"},
	agreement.Expiring:   {Label: "Akan berakhir", Kind: "mid"},
	agreement.Extending:  {Label: "Dalam proses perpanjangan", Kind: "mid"},
	agreement.Ended:      {Label: "Berakhir", Kind: "bad"},
	agreement.Terminated: {Label: "Diakhiri", Kind: "bad"},
	agreement.Suspended:  {Label: "Ditangguhkan", Kind: "bad"},
}

// NoAgreement is the state of an agency that has none.
var NoAgreement = site.Tag{Label: "Belum ada perjanjian", Kind: "mid"}

// An AgencyRow is an agency with its state, quota and duties, as lists show it.
type AgencyRow struct {
	ID              int64
	Code, Name      string
	State           site.Tag
	Why             string // why it is not served; empty when it is
	Unlimited, Warn bool
	Quota, Used     int
	Left            int
	EndsOn          time.Time
	Overdue, Soon   int // duties
}

// AgencyRowOf is an agency at an instant.
func AgencyRowOf(q access.QuotaRow, now time.Time) AgencyRow {
	in := q.Standing.Institution
	day := in.Zone.Day(now)
	row := AgencyRow{ID: in.ID, Code: in.Code, Name: in.Name, Used: q.Left.Used, State: NoAgreement, Why: "Belum ada perjanjian."}
	grant, ok := agreement.Current(q.Standing.Agreements, now, day)
	if !ok {
		return row
	}
	row.State = AgreementTags[grant.State]
	row.Unlimited, row.Quota, row.EndsOn = q.Left.Unlimited, q.Left.Quota, grant.LastDay(in.Zone)
	row.Left, row.Why = q.Left.Remaining(), NotServed(grant)
	row.Warn = row.Why == "" && q.Left.Warn()
	return row
}

// NotServed says why an agency gets no answers; empty when it does.
func NotServed(g *agreement.Grant) string {
	switch {
	case g == nil:
		return "Belum ada perjanjian."
	case !g.State.Works():
		return "Perjanjian tidak berlaku."
	case !g.Responsible:
		return "SPTJM penanggung jawab tidak berlaku."
	}
	return ""
}

// CountDuties counts the duties that are late and those that soon will be.
func CountDuties(list []obligation.Duty) (overdue, soon int) {
	for _, d := range list {
		switch d.State {
		case obligation.Overdue:
			overdue++
		case obligation.Soon:
			soon++
		}
	}
	return overdue, soon
}

// DutyFacts reads what the duties of an agency (0: of each) follow from, with the calendar.
func DutyFacts(r *http.Request, v *site.Visitor, s DutyStore, agency int64) (map[int64][]obligation.Facts, *obligation.Calendar, error) {
	facts, err := s.DutyFacts(r.Context(), agency, v.Now)
	if err != nil {
		return nil, nil, err
	}
	holidays, err := s.Holidays(r.Context())
	if err != nil {
		return nil, nil, err
	}
	return facts, obligation.NewCalendar(holidays), nil
}
