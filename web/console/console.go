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

// Routes is the table of the console.
func (c *Console) Routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /konsol", Act: access.ToLook, Handle: c.agencies},
		{Pattern: "GET /konsol/instansi/{code}", Act: access.ToLook, Handle: c.agency},
		{Pattern: "GET /konsol/instansi/{code}/pengguna", Act: access.ToLook, Handle: c.agencyUsers},
		{Pattern: "GET /konsol/instansi/{code}/dokumen", Act: access.ToLook, Handle: c.agencyFiles},
		{Pattern: "GET /konsol/instansi/{code}/riwayat", Act: access.ToLook, Handle: c.agencyHistory},
		{Pattern: "GET /konsol/instansi/{code}/layanan-lama", Act: access.ToLook, Handle: c.wireProfiles},
		{Pattern: "POST /konsol/instansi/{code}/layanan-lama", Act: access.ToSet, Handle: c.setWireProfile},
		{Pattern: "GET /konsol/balikan", Act: access.ToLook, Handle: c.balikanBoard},
		{Pattern: "GET /konsol/balikan/{code}", Act: access.ToLook, Handle: c.agencyBalikan},
		{Pattern: "GET /konsol/perjanjian/{code}/{id}", Act: access.ToLook, Handle: c.agreement},
		{Pattern: "GET /konsol/berkas", Act: access.ToLook, Handle: c.cases},
		{Pattern: "GET /konsol/berkas/baru", Act: access.ToFile, Handle: c.newCase},
		{Pattern: "POST /konsol/berkas", Act: access.ToFile, Handle: c.openCase},
		{Pattern: "GET /konsol/berkas/{id}", Act: access.ToLook, Handle: c.showCase},
		{Pattern: "POST /konsol/berkas/{id}", Act: access.ToFile, Handle: c.takeStep},
		{Pattern: "POST /konsol/berkas/{id}/tarik", Act: access.ToFile, Handle: c.takeBack},
		{Pattern: "GET /konsol/dokumen/{id}", Act: access.ToLook, Handle: c.download},
		{Pattern: "GET /konsol/pengguna", Act: access.ToLook, Handle: c.users},
		{Pattern: "GET /konsol/pembaca", Act: access.ToLook, Handle: c.readers},
		{Pattern: "GET /konsol/kepatuhan", Act: access.ToLook, Handle: c.board},
		{Pattern: "GET /konsol/kewajiban/{code}", Act: access.ToLook, Handle: c.duties},
		{Pattern: "POST /konsol/kewajiban/{code}", Act: access.ToFile, Handle: c.deliver},
		{Pattern: "POST /konsol/bukti/{id}", Act: access.ToJudge, Handle: c.judge},
		{Pattern: "GET /konsol/lainnya", Act: access.ToLook, Handle: c.more},
		{Pattern: "GET /konsol/kalender", Act: access.ToLook, Handle: c.calendar},
		{Pattern: "POST /konsol/kalender", Act: access.ToSet, Handle: c.setHoliday},
		{Pattern: "GET /konsol/surat", Act: access.ToLook, Handle: c.templates},
		{Pattern: "GET /konsol/surat/{key}", Act: access.ToLook, Handle: c.template},
		{Pattern: "POST /konsol/surat/{key}", Act: access.ToSet, Handle: c.setTemplate},
		{Pattern: "GET /konsol/surat/{key}/contoh.pdf", Act: access.ToLook, Handle: c.sample},
		{Pattern: "GET /konsol/agenda", Act: access.ToLook, Handle: c.letters},
		{Pattern: "GET /konsol/riwayat", Act: access.ToLook, Handle: c.providerHistory},
		{Pattern: "GET /konsol/prosedur", Act: access.ToLook, Handle: c.procedures},
		{Pattern: "GET /konsol/surel", Act: access.ToLook, Handle: c.mails},
		{Pattern: "GET /konsol/jurnal", Act: access.ToLook, Handle: c.journal},
		{Pattern: "GET /konsol/jurnal/cari/nik", Act: access.ToSearch, Handle: c.searchForm},
		{Pattern: "POST /konsol/jurnal/cari/nik", Act: access.ToSearch, Handle: c.search},
		{Pattern: "GET /konsol/jurnal/{code}", Act: access.ToLook, Handle: c.log},
		{Pattern: "GET /konsol/jurnal/{code}/checkpoint", Act: access.ToLook, Handle: c.checkpoint},
		{Pattern: "POST /konsol/jurnal/{code}/selesai", Act: access.ToJudge, Handle: c.endAlarm},
		{Pattern: "POST /konsol/jurnal/{code}/periksa", Act: access.ToLook, Handle: c.checkLog},
		{Pattern: "GET /konsol/pengawasan", Act: access.ToLook, Handle: c.alerts},
		{Pattern: "GET /konsol/pengawasan/{code}/{login}", Act: access.ToLook, Handle: c.evidence},
		{Pattern: "POST /konsol/pengawasan/{code}/{login}/hentikan", Act: access.ToJudge, Handle: c.stopUser},
		{Pattern: "GET /konsol/umpan", Act: access.ToSet, Handle: c.decoys},
		{Pattern: "POST /konsol/umpan", Act: access.ToSet, Handle: c.changeDecoys},
		{Pattern: "GET /konsol/instansi/{code}/pengawasan", Act: access.ToLook, Handle: c.watchSettings},
		{Pattern: "POST /konsol/instansi/{code}/pengawasan", Act: access.ToSet, Handle: c.setWatch},
		{Pattern: "GET /evaluasi", Act: access.ToOwn, Handle: c.ownEvaluations},
		{Pattern: "GET /konsol/evaluasi", Act: access.ToLook, Handle: c.evaluations},
		{Pattern: "POST /konsol/evaluasi", Act: access.ToFile, Handle: c.reportEvaluations},
		{Pattern: "GET /konsol/evaluasi/{code}", Act: access.ToLook, Handle: c.evaluation},
		{Pattern: "POST /konsol/evaluasi/{code}", Act: access.ToFile, Handle: c.proposeEvaluation},
		{Pattern: "GET /konsol/dasbor", Act: access.ToLook, Handle: c.providerDashboard},
		{Pattern: "GET /dasbor", Act: access.ToFigures, Handle: c.ownDashboard},
		{Pattern: "GET /konsol/instansi/{code}/loket", Act: access.ToLook, Handle: c.desk},
		{Pattern: "POST /konsol/instansi/{code}/loket", Act: access.ToSet, Handle: c.changeDesk},
		{Pattern: "GET /konsol/instansi/{code}/orang-uji", Act: access.ToSet, Handle: c.canaries},
		{Pattern: "POST /konsol/instansi/{code}/orang-uji", Act: access.ToSet, Handle: c.changeCanaries},
		{Pattern: "GET /konsol/insiden", Act: access.ToLook, Handle: c.incidents},
		{Pattern: "GET /konsol/insiden/baru", Act: access.ToFile, Handle: c.newIncident},
		{Pattern: "POST /konsol/insiden", Act: access.ToFile, Handle: c.reportIncident},
		{Pattern: "GET /konsol/insiden/{id}", Act: access.ToLook, Handle: c.incident},
		{Pattern: "POST /konsol/insiden/{id}", Act: access.ToFile, Handle: c.stepIncident},
		{Pattern: "POST /konsol/insiden/{id}/surat", Act: access.ToFile, Handle: c.incidentLetter},
		{Pattern: "POST /konsol/insiden/{id}/akses", Act: access.ToTrace, Handle: c.incidentUses},
		{Pattern: "GET /insiden", Act: access.ToOwn, Handle: c.ownIncidents},
		{Pattern: "GET /insiden/baru", Act: access.ToOwn, Handle: c.newIncident},
		{Pattern: "POST /insiden", Act: access.ToOwn, Handle: c.reportIncident},
		{Pattern: "GET /insiden/{id}", Act: access.ToOwn, Handle: c.incident},
		{Pattern: "POST /insiden/{id}", Act: access.ToOwn, Handle: c.stepIncident},
		{Pattern: "GET /konsol/kuitansi/{id}", Act: access.ToLook, Handle: c.receipt},
		{Pattern: "GET /konsol/penduduk", Act: access.ToTell, Handle: c.residentForm},
		{Pattern: "POST /konsol/penduduk", Act: access.ToTell, Handle: c.resident},
		{Pattern: "GET /pemberitahuan", Act: access.ToNotices, Handle: c.notices},
		{Pattern: "GET /konsol/laporan", Act: access.ToLook, Handle: c.reports},
		{Pattern: "GET /konsol/laporan/{code}/{period}", Act: access.ToLook, Handle: c.agencyReport},
		{Pattern: "GET /konsol/laporan/{code}/{period}/{form}", Act: access.ToLook, Handle: c.agencyReportFile},
		{Pattern: "GET /laporan", Act: access.ToOwn, Handle: c.ownReports},
		{Pattern: "GET /laporan/{period}", Act: access.ToOwn, Handle: c.ownReport},
		{Pattern: "POST /laporan/{period}", Act: access.ToOwn, Handle: c.writeReport},
		{Pattern: "GET /laporan/{period}/{form}", Act: access.ToOwn, Handle: c.ownReportFile},
		{Pattern: "GET /kewajiban", Act: access.ToOwn, Handle: c.ownDuties},
		{Pattern: "POST /kewajiban", Act: access.ToOwn, Handle: c.deliverOwn},
		{Pattern: "GET /kewajiban/dokumen/{id}", Act: access.ToOwn, Handle: c.ownDownload},
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
	c.Mount(mux, c.Routes(), site.ByRole)
	mux.HandleFunc("/", c.NotFound)
	return c.Wrap(mux)
}

func actor(v *site.Visitor) office.Actor { return office.Actor{User: v.User.ID, Role: v.User.Role} }

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

// institution finds the agency of the path.
func (c *Console) institution(r *http.Request) (party.Institution, access.Agreements, error) {
	i, all, found, err := c.Store.InstitutionByCode(r.Context(), r.PathValue("code"))
	if err == nil && (!found || i.ID == party.Provider) {
		err = site.ErrNotFound
	}
	return i, all, err
}

func text(id int64) string {
	if id == 0 {
		return ""
	}
	return fmt.Sprint(id)
}
