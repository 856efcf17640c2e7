package report

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	"gapura/access/access"
	"gapura/agreement/obligation"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/office/procedure"
)

// Counts are sums of records. What was asked is Data+Matches+Notices+Refused.
type Counts struct {
	Data    int `json:"data"`    // lookups that showed a person's data
	Matches int `json:"matches"` // element matchings that were answered: the NIK was used, no data shown
	Notices int `json:"notices"` // one of the five notices
	Refused int `json:"refused"`
	Hits    int `json:"hits"` // charged to the quota
}

// Asked are all lookups and matchings.
func (c Counts) Asked() int { return c.Data + c.Matches + c.Notices + c.Refused }

// NIKs is how often a NIK was used: what was answered, with data, a verdict or a notice.
func (c Counts) NIKs() int { return c.Data + c.Matches + c.Notices }

func (c *Counts) add(u Usage) {
	switch code := access.Code(u.Outcome); {
	case code.Refused():
		c.Refused += u.Lookups
	case code.Notice():
		c.Notices += u.Lookups
	case u.Act == journal.ActMatch:
		c.Matches += u.Lookups
	default:
		c.Data += u.Lookups
	}
	c.Hits += u.Hits
}

// A Column is a figure that every line has.
type Column struct {
	Name   string
	Figure access.Figure
	Of     func(Counts) int
}

// Columns are the figures of a line in their order.
var Columns = []Column{
	{"Data", access.Data, func(c Counts) int { return c.Data }}, {"Verifikasi", access.Verified, func(c Counts) int { return c.Matches }},
	{"Pemberitahuan", access.Noticed, func(c Counts) int { return c.Notices }}, {"Ditolak", access.Declined,
		func(c Counts) int { return c.Refused }},
	{"Permintaan", access.Asked, Counts.Asked}, {"Kuota", access.Charged, func(c Counts) int { return c.Hits }},
}

// A Part is what a line is about, as the lists of records filter by it.
type Part struct{ By, Key string }

// The filters of the lists of records, for Part.By.
const (
	ByUser    = "user"
	ByPurpose = "tujuan"
	ByMethod  = "metode"
	ByOutcome = "hasil"
)

// Query finds the records behind a figure in a list of records: the query of its URL. It is not ok for what no list can be filtered by,
// such as nobody's.
func (p Period) Query(f access.Figure, of Part) (query string, ok bool) {
	q := url.Values{"dari": {p.From.Format(time.DateOnly)}, "sampai": {p.To.Format(time.DateOnly)}, "angka": {string(f)}}
	if of.By == ByPurpose && of.Key == "" {
		of.Key = access.NoPurpose
	}
	if of.By != "" {
		q.Set(of.By, of.Key)
	}
	return q.Encode(), of.By == "" || of.Key != ""
}

// A Line is the sum of one month, user, purpose, method or outcome.
type Line struct {
	Key  string `json:"key"`  // month "2026-03", login, purpose, method, outcome
	Name string `json:"name"` // as people read it
	Counts
}

// A Person is a user of the agency at the end of the period.
type Person struct {
	ID      int64     `json:"id"`
	Login   string    `json:"login"`
	Name    string    `json:"name"`
	Role    string    `json:"role"`
	NDA     time.Time `json:"nda"`      // date; zero: none
	NDAForm string    `json:"nda_form"` // its number
	State   string    `json:"state"`    // Indonesian
}

// A Named is a figure with its name.
type Named struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// A Duty is what the agency owed in the period.
type Duty struct {
	Name   string    `json:"name"`
	Clause string    `json:"clause"`
	Due    time.Time `json:"due"`
	State  string    `json:"state"`
}

// Facts are what a report is made from besides the sums.
type Facts struct {
	Read         time.Time         `json:"read"` // day of the agency on which what holds was read
	Code         string            `json:"code"`
	Agency       string            `json:"agency"`
	Agreement    string            `json:"agreement"` // the provider's number of the PKS
	SignedOn     time.Time         `json:"signed_on"`
	EndsOn       time.Time         `json:"ends_on"`
	Head         string            `json:"head"`
	HeadPosition string            `json:"head_position"`
	SPTJM        time.Time         `json:"sptjm"`
	People       []Person          `json:"people"`
	Readers      []Named           `json:"readers"` // by state
	Duties       []Duty            `json:"duties"`
	Balikan      []BalikanLine     `json:"balikan"` // by user
	Overdue      int               `json:"overdue"` // as of the day that the report was made
	Unmatched    int               `json:"unmatched"`
	Stops        int               `json:"stops"` // of users, for abuse, in the period
	Incidents    []Named           `json:"incidents"`
	Narrative    map[string]string `json:"narrative"` // by the keys of Questions
}

// Hold takes over what held at the end of the period from facts that were read then. What is counted or told by dates stays as read now.
func (f *Facts) Hold(of Facts) {
	f.Agency, f.Agreement, f.SignedOn, f.EndsOn = of.Agency, of.Agreement, of.SignedOn, of.EndsOn
	f.Head, f.HeadPosition, f.SPTJM = of.Head, of.HeadPosition, of.SPTJM
	f.People, f.Readers, f.Duties, f.Read = of.People, of.Readers, of.Duties, of.Read
}

// Balikan is what the lookups of a period expected and what came of it.
type Balikan struct {
	Users     []BalikanLine
	Overdue   int // expected by lookups of the period, and late as of today
	Unmatched int // came in the period for somebody whom nobody had looked up
}

// A BalikanLine is what one user's lookups of the period expected.
type BalikanLine struct {
	Login string `json:"login"`
	balikan.Rate
}

// A Report is everything that a semester report says. Once it is sent it is kept as it is, so that a report of the past does not change
// when rights do.
type Report struct {
	Period Period    `json:"period"`
	Made   time.Time `json:"made"`
	Facts
	Total    Counts `json:"total"`
	Reads    int    `json:"reads"` // readings of KTP-el that were told and allowed (Juknis IV.G); none of Total
	Months   []Line `json:"months"`
	Users    []Line `json:"users"`
	Purposes []Line `json:"purposes"`
	Methods  []Line `json:"methods"`
	Outcomes []Line `json:"outcomes"`
}

// A Question is a narrative field that the head of the agency fills in.
type Question struct{ Key, Label string }

// Questions are asked in this order; a template of the office uses them by their keys.
var Questions = []Question{
	{"pelaksanaan", "Pelaksanaan pemanfaatan"}, {"manfaat", "Manfaat bagi pelayanan"}, {"kendala", "Kendala"},
	{"tindak_lanjut", "Rencana tindak lanjut"},
}

// Make sums up. months holds the sums of each of the period's months, in order.
func Make(p Period, made time.Time, f Facts, months [][]Usage) Report {
	r := Report{Period: p, Made: made, Facts: f}
	logins := map[int64]Person{}
	for _, x := range f.People {
		logins[x.ID] = x
	}
	users, purposes, methods, outcomes := lines{}, lines{}, lines{}, lines{}
	for n, month := range p.Months() {
		line := Line{Key: month.From.Format("2006-01"), Name: month.Month()}
		for _, u := range months[n] {
			if u.Act == journal.ActCard && access.Code(u.Outcome) == access.Card {
				r.Reads += u.Lookups
			}
			if u.Act != journal.ActLookup && u.Act != journal.ActMatch {
				continue
			}
			line.add(u)
			r.Total.add(u)
			who, ok := logins[u.User]
			if !ok {
				who = Person{Login: "", Name: "Tidak dikenal"} // a refusal before anybody was known
			}
			users.add(who.Login, who.Name, u)
			purposes.add(u.Purpose, cmp.Or(u.Purpose, "Tanpa tujuan"), u)
			methods.add(u.Method, methodName(u.Method), u)
			outcomes.add(u.Outcome, OutcomeName(access.Code(u.Outcome)), u)
		}
		r.Months = append(r.Months, line)
	}
	r.Users, r.Purposes, r.Methods, r.Outcomes = users.sorted(), purposes.sorted(), methods.sorted(), outcomes.sorted()
	return r
}

// BalikanTotal sums up all users' data balikan.
func (r Report) BalikanTotal() (t balikan.Rate) {
	for _, b := range r.Balikan {
		t.Opened, t.Met, t.Late, t.Excused = t.Opened+b.Opened, t.Met+b.Met, t.Late+b.Late, t.Excused+b.Excused
	}
	return t
}

type lines map[string]*Line

func (l lines) add(key, name string, u Usage) {
	if l[key] == nil {
		l[key] = &Line{Key: key, Name: name}
	}
	l[key].add(u)
}

// sorted are the lines, the largest first.
func (l lines) sorted() []Line {
	out := make([]Line, 0, len(l))
	for _, x := range l {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Line) int { return cmp.Or(b.Asked()-a.Asked(), cmp.Compare(a.Key, b.Key)) })
	return out
}

// methodName is a method of access as people read it.
func methodName(method string) string {
	for _, m := range procedure.Methods {
		if m.Value == method {
			return m.Label
		}
	}
	return cmp.Or(method, "Tidak diketahui")
}

// OutcomeName is an outcome as people read it.
func OutcomeName(c access.Code) string {
	if c == access.Found {
		return "Data ditemukan"
	}
	return cmp.Or(c.Text(), string(c))
}

var dutyStates = map[obligation.State]string{
	obligation.Met: "Dipenuhi", obligation.Waiting: "Menunggu pemeriksaan", obligation.Open: "Belum jatuh tempo",
	obligation.Soon: "Segera jatuh tempo", obligation.Overdue: "Lewat jatuh tempo",
}

// Owed are the duties of the agency that were open in the period.
func Owed(p Period, all []obligation.Duty) []Duty {
	var out []Duty
	for _, d := range all {
		if d.Rule.Party == "provider" || d.State == obligation.NotYet || d.From.After(p.To) || (d.State == obligation.Met &&
			!d.MetOn.IsZero() && d.MetOn.Before(p.From) && d.Rule.Kind == "once") {
			continue
		}
		name := d.Rule.Name
		if d.Period != "" {
			name += " " + d.Period
		}
		out = append(out, Duty{name, d.Rule.Clause, d.Due, dutyStates[d.State]})
	}
	return out
}
