// Package agency is the room of an agency's own people: their dashboard, duties, reports, incidents, evaluations and notices. The
// provider's staff open the same pages of an agency in the console, which adds what is theirs alone. It decodes what was typed, calls
// office or store, and shows what they say.
package agency

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/office/report"
	"gapura/web/site"
)

//go:embed templates
var files embed.FS

// OwnStore is what the pages of one agency read, and the evidence that it delivers.
type OwnStore interface {
	site.Finder
	DutyStore
	site.FileStore
	Everyone(ctx context.Context) ([]access.Standing, error)
	Facts(ctx context.Context, agency int64, now time.Time) (procedure.Facts, error)
	Hits(ctx context.Context, agency int64, day time.Time) (journal.Hits, error)
	UserByLogin(ctx context.Context, login string) (party.User, bool, error)
	UsersOfAgency(ctx context.Context, agency int64, after string, most int) ([]party.User, error)
	EvidenceOf(ctx context.Context, agency int64) ([]procedure.Evidence, error)
	Deliver(ctx context.Context, e procedure.Evidence, f *procedure.File, told ...procedure.Notice) (int64, error)
	Reports(ctx context.Context, agency int64, key string) ([]report.Kept, error)
	Notices(ctx context.Context, agency, before int64, most int) ([]procedure.Notice, error)
	Contacts(ctx context.Context, agency int64) ([]party.Contact, error)
	Past(ctx context.Context, agency int64) (party.Past, error)
	Devices(ctx context.Context, agency int64) ([]reader.Device, error)
	ReaderUses(ctx context.Context, agency int64, since time.Time) ([]reader.Use, error)
	Case(ctx context.Context, id int64, all []*procedure.Procedure) (procedure.Case, bool, error)
	Cases(ctx context.Context, agency int64, state procedure.State, before int64, most int) ([]procedure.CaseRow, error)
	// FilesOfCase are the files of a case, oldest first; Files those of an agency before an id, newest first.
	FilesOfCase(ctx context.Context, id int64) ([]procedure.File, error)
	Files(ctx context.Context, agency, before int64, most int) ([]procedure.File, error)
	// HeldOf is until when sign-ins to the agency's user ids are held, by user; without those that are not.
	HeldOf(ctx context.Context, agency int64, now time.Time) (map[int64]time.Time, error)
	LastUses(ctx context.Context, agency int64) (map[int64]time.Time, error)
	ReadNotices(ctx context.Context, user, upTo int64) error
}

// Agency are the pages about one agency: for its own people, and those of them that the provider's staff open too.
type Agency struct {
	*site.Site
	Store       OwnStore
	Office      *office.Office
	Balikan     balikan.Store
	Sums        Sums
	Incidents   Incidents
	Evaluations Evaluations
	Watching    Watching
	Desks       Desks
	Tokens      Tokens
}

// Pages are the templates.
func (c *Agency) Pages() []string {
	return []string{"instansi-beranda", "instansi-perjanjian", "instansi-orang", "aplikasi-sendiri", "pembaca-sendiri", "permohonan-semua",
		"permohonan",
		"kewajiban", "kredensial", "loket-sendiri", "evaluasi-sendiri", "insiden-semua", "insiden-baru", "insiden", "laporan-semua",
		"laporan", "dasbor",
		"pemberitahuan"}
}

// Duties are the pages of how an agency meets its duties: dashboard, what it owes and delivers, reports, evaluations.
func (c *Agency) Duties() Duties { return Duties{c} }

// Events are the pages of an agency's incidents.
func (c *Agency) Events() Events { return Events{c} }

// Routes is the table.
func (c *Agency) Routes() []site.Route {
	return slices.Concat(c.own(), Requests{c}.routes(), c.Duties().routes(), c.Events().routes())
}

// own are the pages of what an agency has: agreement, people, applications, readers, credentials, desk, notices.
func (c *Agency) own() []site.Route {
	return []site.Route{
		{Pattern: "GET /instansi", Act: access.ToOversee, Handle: c.home},
		{Pattern: "GET /instansi/perjanjian", Act: access.ToOversee, Handle: c.ownAgreement},
		{Pattern: "POST /instansi/perjanjian/konfirmasi", Act: access.ToOversee, Handle: c.confirmPaper},
		{Pattern: "GET /instansi/dokumen/{id}", Act: access.ToOversee, Handle: c.document},
		{Pattern: "GET /instansi/pengguna", Act: access.ToOversee, Handle: c.ownPeople},
		{Pattern: "POST /instansi/pengguna/{login}/nonaktifkan", Act: access.ToManage, Handle: c.endUser},
		{Pattern: "POST /instansi/pengguna/{login}/buka", Act: access.ToManage, Handle: c.unlockUser},
		{Pattern: "GET /instansi/aplikasi", Act: access.ToOversee, Handle: c.ownApplications},
		{Pattern: "GET /instansi/pembaca", Act: access.ToOversee, Handle: c.ownReaders},
		{Pattern: "GET /kredensial", Act: access.ToOversee, Handle: ownTokens{c}.page},
		{Pattern: "POST /kode-kedua/{id}", Act: access.ToOversee, Handle: ownTokens{c}.draw},
		{Pattern: "POST /kredensial/{sidik}/cabut", Act: access.ToOversee, Handle: c.revokeOwn},
		{Pattern: "GET /loket", Act: access.ToOversee, Handle: c.ownDesk},
		{Pattern: "POST /loket", Act: access.ToAdmit, Handle: c.decideDesk},
		{Pattern: "GET /pemberitahuan", Act: access.ToNotices, Handle: c.notices},
	}
}

// Handler returns the pages of the agency's own people. Cross-origin protection is the caller's.
func (c *Agency) Handler() http.Handler {
	for _, name := range c.Pages() {
		c.Add(name, files, "templates/"+name+".html")
	}
	mux := http.NewServeMux()
	c.Mount(mux, c.Routes())
	mux.HandleFunc("/", c.NotFound)
	return c.Wrap(mux)
}
