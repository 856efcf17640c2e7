// Package console is the room of the provider's staff: agreements, cases, users, readers, duties, letters and the history of rights. It decodes what was
// typed, calls office or store, and shows what they say; it decides nothing but which role may open which page (see May).
package console

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gapura/access/access"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/exchange/balikan"
	"gapura/exchange/wire"
	"gapura/internal/bahasa"
	"gapura/internal/notify"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/office/report"
	"gapura/person/population"
	"gapura/web/site"
	"gapura/web/ui"
)

//go:embed templates
var files embed.FS

// perPage is how many rows a page shows at most.
const perPage = 50

// Store is what the pages read, and the few things that they write without a case.
type Store interface {
	Case(ctx context.Context, id int64, all []*procedure.Procedure) (procedure.Case, bool, error)
	Facts(ctx context.Context, agency int64, now time.Time) (procedure.Facts, error)
	Template(ctx context.Context, key string) (text string, version int, found bool, err error)
	Everyone(ctx context.Context) ([]access.Standing, error)
	DutyFacts(ctx context.Context, now time.Time) (map[int64]obligation.Facts, error)
	Holidays(ctx context.Context) ([]obligation.Holiday, error)
	Reports(ctx context.Context, agency int64, key string) ([]report.Kept, error)
	Quotas(ctx context.Context, now time.Time) ([]access.QuotaRow, error)
	Hits(ctx context.Context, agency int64, day time.Time) (int, error)
	InstitutionByCode(ctx context.Context, code string) (party.Institution, access.Agreements, bool, error)
	Heads(ctx context.Context, agency int64) ([]party.Head, error)
	Contacts(ctx context.Context, agency int64) ([]party.Contact, error)
	Users(ctx context.Context, text, after string, most int) ([]procedure.UserRow, error)
	UsersOfAgency(ctx context.Context, agency int64, after string, most int) ([]party.User, error)
	Readers(ctx context.Context, state reader.State, after int64, most int) ([]procedure.ReaderRow, error)
	Cases(ctx context.Context, agency int64, state procedure.State, before int64, most int) ([]procedure.CaseRow, error)
	File(ctx context.Context, id int64) (procedure.File, bool, error)
	FileContent(ctx context.Context, id int64) ([]byte, error)
	FilesOfCase(ctx context.Context, id int64) ([]procedure.File, error)
	Files(ctx context.Context, agency, before int64, most int) ([]procedure.File, error)
	Records(ctx context.Context, q access.HistoryQuery) ([]access.HistoryRow, bool, error)
	UserByLogin(ctx context.Context, login string) (party.User, bool, error)
	LogStates(ctx context.Context, after string, most int) ([]journal.LogState, error)
	LogState(ctx context.Context, log int64) (journal.LogState, bool, error)
	CheckOf(ctx context.Context, log int64) (journal.CheckState, bool, error)
	SaveCheck(ctx context.Context, log int64, c journal.CheckState) error
	EndAlarm(ctx context.Context, c journal.Change, agency int64) error
	Letters(ctx context.Context, year int, before int64, most int) ([]procedure.Letter, error)
	Changes(ctx context.Context, agency, before int64, most int) ([]journal.Change, error)
	Evidence(ctx context.Context, id int64) (procedure.Evidence, bool, error)
	EvidenceOf(ctx context.Context, agency int64) ([]procedure.Evidence, error)
	Deliver(ctx context.Context, e procedure.Evidence, f *procedure.File, told ...procedure.Notice) (int64, error)
	Judge(ctx context.Context, id, by int64, at time.Time, accept bool, told ...procedure.Notice) (bool, error)
	PutHoliday(ctx context.Context, c journal.Change, h obligation.Holiday) error
	DropHoliday(ctx context.Context, c journal.Change, h obligation.Holiday) error
	SetTemplate(ctx context.Context, c journal.Change, key, text string, version int) error
	Notices(ctx context.Context, agency, before int64, most int) ([]procedure.Notice, error)
	ReadNotices(ctx context.Context, user, upTo int64) error
	MailList(ctx context.Context, before int64, most int) ([]notify.Mail, error)
}

// A Console is set up once and not changed after Handler. Safe for concurrent use then.
type Console struct {
	*site.Site
	Store   Store
	Office  *office.Office
	Tell    *access.Disclosure
	Notary  *journal.Notary
	Balikan balikan.Store
	Wire    Wire

	Figures     Figures
	Incidents   Incidents
	Evaluations Evaluations
	Watching    Watching
	TestPersons TestPersons
	Desks       Desks
	Residents   population.Source // whether somebody has a NIK that is to be a decoy
}

// Wire keeps how paths of the legacy wire speak.
type Wire interface {
	Profiles(ctx context.Context) ([]wire.Profile, error)
	PutProfile(ctx context.Context, c journal.Change, p wire.Profile) error
	DropProfile(ctx context.Context, c journal.Change, agency int64, path string) error
}

// An action is what a route does, for the table of who may.
type action string

// The actions.
const (
	look     action = "look"     // read agreements, cases, users, duties
	file     action = "file"     // open cases, take steps, deliver evidence
	judge    action = "judge"    // accept or refuse evidence
	settings action = "settings" // letters' templates, calendar
	tell     action = "tell"     // tell a resident who asked for the resident's data
	trace    action = "trace"    // find the accesses that an incident is about; by NIK, recorded
	search   action = "search"   // search the journal for a NIK, recorded
	own      action = "own"      // an agency's head: the own agency's duties
	figures  action = "figures"  // an agency's people: the agency's figures, or their own
	notices  action = "notices"  // everybody's own notices
)

var may = map[party.Role]map[action]bool{
	party.Administrator: {look: true, file: true, judge: true, settings: true, tell: true, search: true, trace: true, notices: true},
	party.Operator:      {look: true, file: true, tell: true, notices: true},
	party.Auditor:       {look: true, search: true, notices: true},
	party.HeadOfAgency:  {own: true, figures: true, notices: true},
	party.Officer:       {figures: true, notices: true},
	party.Application:   {},
	party.CitizenPortal: {},
}

type handler func(http.ResponseWriter, *http.Request, *site.Visitor)

type route struct {
	pattern string
	action  action
	handle  handler
}

func (c *Console) routes() []route {
	return []route{
		{"GET /konsol", look, c.agencies},
		{"GET /konsol/instansi/{code}", look, c.agency},
		{"GET /konsol/instansi/{code}/pengguna", look, c.agencyUsers},
		{"GET /konsol/instansi/{code}/dokumen", look, c.agencyFiles},
		{"GET /konsol/instansi/{code}/riwayat", look, c.agencyHistory},
		{"GET /konsol/instansi/{code}/layanan-lama", look, c.wireProfiles},
		{"POST /konsol/instansi/{code}/layanan-lama", settings, c.setWireProfile},
		{"GET /konsol/balikan", look, c.balikanBoard},
		{"GET /konsol/balikan/{code}", look, c.agencyBalikan},
		{"GET /konsol/perjanjian/{code}/{id}", look, c.agreement},
		{"GET /konsol/berkas", look, c.cases},
		{"GET /konsol/berkas/baru", file, c.newCase},
		{"POST /konsol/berkas", file, c.openCase},
		{"GET /konsol/berkas/{id}", look, c.showCase},
		{"POST /konsol/berkas/{id}", file, c.takeStep},
		{"POST /konsol/berkas/{id}/tarik", file, c.takeBack},
		{"GET /konsol/dokumen/{id}", look, c.download},
		{"GET /konsol/pengguna", look, c.users},
		{"GET /konsol/pembaca", look, c.readers},
		{"GET /konsol/kepatuhan", look, c.board},
		{"GET /konsol/kewajiban/{code}", look, c.duties},
		{"POST /konsol/kewajiban/{code}", file, c.deliver},
		{"POST /konsol/bukti/{id}", judge, c.judge},
		{"GET /konsol/lainnya", look, c.more},
		{"GET /konsol/kalender", look, c.calendar},
		{"POST /konsol/kalender", settings, c.setHoliday},
		{"GET /konsol/surat", look, c.templates},
		{"GET /konsol/surat/{key}", look, c.template},
		{"POST /konsol/surat/{key}", settings, c.setTemplate},
		{"GET /konsol/surat/{key}/contoh.pdf", look, c.sample},
		{"GET /konsol/agenda", look, c.letters},
		{"GET /konsol/riwayat", look, c.providerHistory},
		{"GET /konsol/prosedur", look, c.procedures},
		{"GET /konsol/surel", look, c.mails},
		{"GET /konsol/jurnal", look, c.journal},
		{"GET /konsol/jurnal/cari/nik", search, c.searchForm},
		{"POST /konsol/jurnal/cari/nik", search, c.search},
		{"GET /konsol/jurnal/{code}", look, c.log},
		{"GET /konsol/jurnal/{code}/checkpoint", look, c.checkpoint},
		{"POST /konsol/jurnal/{code}/selesai", judge, c.endAlarm},
		{"POST /konsol/jurnal/{code}/periksa", look, c.checkLog},
		{"GET /konsol/pengawasan", look, c.alerts},
		{"GET /konsol/pengawasan/{code}/{login}", look, c.evidence},
		{"POST /konsol/pengawasan/{code}/{login}/hentikan", judge, c.stopUser},
		{"GET /konsol/umpan", settings, c.decoys},
		{"POST /konsol/umpan", settings, c.changeDecoys},
		{"GET /konsol/instansi/{code}/pengawasan", look, c.watchSettings},
		{"POST /konsol/instansi/{code}/pengawasan", settings, c.setWatch},
		{"GET /evaluasi", own, c.ownEvaluations},
		{"GET /konsol/evaluasi", look, c.evaluations},
		{"POST /konsol/evaluasi", file, c.reportEvaluations},
		{"GET /konsol/evaluasi/{code}", look, c.evaluation},
		{"POST /konsol/evaluasi/{code}", file, c.proposeEvaluation},
		{"GET /konsol/dasbor", look, c.providerDashboard},
		{"GET /dasbor", figures, c.ownDashboard},
		{"GET /konsol/instansi/{code}/loket", look, c.desk},
		{"POST /konsol/instansi/{code}/loket", settings, c.changeDesk},
		{"GET /konsol/instansi/{code}/orang-uji", settings, c.canaries},
		{"POST /konsol/instansi/{code}/orang-uji", settings, c.changeCanaries},
		{"GET /konsol/insiden", look, c.incidents},
		{"GET /konsol/insiden/baru", file, c.newIncident},
		{"POST /konsol/insiden", file, c.reportIncident},
		{"GET /konsol/insiden/{id}", look, c.incident},
		{"POST /konsol/insiden/{id}", file, c.stepIncident},
		{"POST /konsol/insiden/{id}/surat", file, c.incidentLetter},
		{"POST /konsol/insiden/{id}/akses", trace, c.incidentUses},
		{"GET /insiden", own, c.ownIncidents},
		{"GET /insiden/baru", own, c.newIncident},
		{"POST /insiden", own, c.reportIncident},
		{"GET /insiden/{id}", own, c.incident},
		{"POST /insiden/{id}", own, c.stepIncident},
		{"GET /konsol/kuitansi/{id}", look, c.receipt},
		{"GET /konsol/penduduk", tell, c.residentForm},
		{"POST /konsol/penduduk", tell, c.resident},
		{"GET /pemberitahuan", notices, c.notices},
		{"GET /konsol/laporan", look, c.reports},
		{"GET /konsol/laporan/{code}/{period}", look, c.agencyReport},
		{"GET /konsol/laporan/{code}/{period}/{form}", look, c.agencyReportFile},
		{"GET /laporan", own, c.ownReports},
		{"GET /laporan/{period}", own, c.ownReport},
		{"POST /laporan/{period}", own, c.writeReport},
		{"GET /laporan/{period}/{form}", own, c.ownReportFile},
		{"GET /kewajiban", own, c.ownDuties},
		{"POST /kewajiban", own, c.deliverOwn},
		{"GET /kewajiban/dokumen/{id}", own, c.ownDownload},
	}
}

// Handler returns the pages. Cross-origin protection is the caller's.
func (c *Console) Handler() http.Handler {
	for _, name := range []string{
		"instansi-semua", "instansi", "instansi-pengguna", "instansi-dokumen", "riwayat-hak", "perjanjian", "berkas-semua", "berkas-baru", "berkas",
		"tautan", "pengguna", "pembaca", "kepatuhan", "kewajiban", "lainnya", "kalender", "surat-semua", "surat", "agenda", "prosedur", "surel", "penduduk", "jurnal", "jurnal-log", "balikan-semua", "balikan-instansi", "layanan-lama", "pemberitahuan",
		"pengawasan", "pengawasan-pengguna", "umpan", "instansi-pengawasan", "orang-uji", "loket", "dasbor", "evaluasi-semua", "evaluasi", "evaluasi-sendiri", "insiden-semua", "insiden-baru", "insiden", "laporan-semua", "laporan",
	} {
		c.Add(name, files, "templates/bagian.html", "templates/"+name+".html")
	}
	mux := http.NewServeMux()
	for _, r := range c.routes() {
		mux.HandleFunc(r.pattern, c.SignedIn(c.only(r)))
	}
	mux.HandleFunc("/", c.NotFound)
	return c.Wrap(mux)
}

// only lets a route's action be done by the roles that may; the provider's roles count only at the provider.
func (c *Console) only(r route) handler {
	return func(w http.ResponseWriter, q *http.Request, v *site.Visitor) {
		switch {
		case !v.Working():
			c.Refuse(w, q, v, access.UserInactive)
		case !may[v.User.Role][r.action] || v.User.Role.OfProvider() != (v.User.Institution == party.Provider):
			c.Forbidden(w, q, v)
		default:
			r.handle(w, q, v)
		}
	}
}

func actor(v *site.Visitor) office.Actor { return office.Actor{User: v.User.ID, Role: v.User.Role} }

// mayDo tells pages which buttons to show.
func mayDo(v *site.Visitor, a action) bool { return may[v.User.Role][a] }

// number reads a positive number of the path or the query; 0 when it is none.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// clock is the instant as pages show it.
func clock(t time.Time, v *site.Visitor) string {
	if t.IsZero() {
		return "-"
	}
	return bahasa.Date(t.In(v.Zone().Location())) + " " + ui.Clock(t, v.Zone())
}

// link makes a path with a query of the pairs whose value is not empty.
func link(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// institution finds the agency of the path; when it returns false it has answered.
func (c *Console) institution(w http.ResponseWriter, r *http.Request, v *site.Visitor) (party.Institution, access.Agreements, bool) {
	i, all, found, err := c.Store.InstitutionByCode(r.Context(), r.PathValue("code"))
	switch {
	case err != nil:
		c.Fault(w, r, err)
	case !found || i.ID == party.Provider:
		c.NotFound(w, r)
	default:
		return i, all, true
	}
	return i, nil, false
}

func text(id int64) string {
	if id == 0 {
		return ""
	}
	return fmt.Sprint(id)
}
