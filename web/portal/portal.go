// Package portal is the door for people: it signs them in, takes one NIK at a time, and shows what the gate answers. It promises that
// nothing personal is kept by a browser, stands in a URL or is written to the log. It decides nothing about rights except which page a role
// may see.
package portal

import (
	"context"
	"embed"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/exchange/balikan"
	"gapura/office/office"
	"gapura/person/population"
	"gapura/web/site"
	"gapura/web/ui"
)

//go:embed templates
var files embed.FS

// A Portal is set up once and not changed after Handler. Safe for concurrent use then.
type Portal struct {
	*site.Site
	Gate     *access.Gate
	History  access.History
	Slips    Slips
	Receipts Receipts
	Letters  Letters
	Public   office.PublicList
	Mails    Mails
	Balikan  balikan.Store
	Intake   *balikan.Intake
	Missed   func(context.Context, access.Attempt) error // records a refused second step; see access.Authority
	Data     Data                                        // nil: another service is asked, and the day of its data is not known
	Blank    time.Duration                               // how long a result stands; default 60 s
}

// Data tells which set of residents lookups rest on.
type Data interface {
	Current(ctx context.Context) (population.Set, error)
}

// defaultBlank is how long a result stands on a screen that others may see.
const defaultBlank = 60 * time.Second

// Routes is the table of the room, without the static files.
func (p *Portal) Routes() []site.Route {
	return append(p.SecondStep(site.Outcomes{Entered: p.entered, Missed: p.missed}), []site.Route{
		{Pattern: "GET /{$}", Act: access.ToArrive, Open: p.home},
		{Pattern: "GET /masuk", Act: access.ToArrive, Open: p.signInForm},
		{Pattern: "POST /masuk", Act: access.ToSignIn, Open: p.signIn},
		{Pattern: "POST /keluar", Act: access.ToArrive, Open: p.signOut},
		{Pattern: "GET /aktivasi", Act: access.ToArrive, Open: p.codeForm},
		{Pattern: "POST /aktivasi", Act: access.ToArrive, Open: p.OpenSlip},
		{Pattern: "GET /aktivasi/{link}", Act: access.ToActivate, Open: p.activationForm},
		{Pattern: "POST /aktivasi/{link}", Act: access.ToActivate, Open: p.activate},
		{Pattern: "GET /panduan", Act: access.ToArrive, Open: p.guide},
		{Pattern: "GET /periksa", Act: access.ToArrive, Open: p.checkLetter},
		{Pattern: "GET /kabar/{link}", Act: access.ToArrive, Open: p.mailsForm},
		{Pattern: "POST /kabar/{link}", Act: access.ToArrive, Open: p.changeMails},
		{Pattern: "GET /untuk-penduduk", Act: access.ToArrive, Open: p.forResidents},
		{Pattern: "GET /untuk-penduduk.txt", Act: access.ToArrive, Open: p.permitsNote},
		{Pattern: "GET /untuk-penduduk.json", Act: access.ToArrive, Open: p.permitsJSON},
		{Pattern: "GET /cari", Act: access.ToAsk, Handle: p.lookupForm},
		{Pattern: "POST /cari", Act: access.ToLookup, Handle: p.lookup},
		{Pattern: "GET /riwayat", Act: access.ToReview, Handle: p.history},
		{Pattern: "GET /riwayat.csv", Act: access.ToReview, Handle: p.historyCSV},
		{Pattern: "GET /riwayat/kuitansi/{id}", Act: access.ToReview, Handle: p.receipt},
		{Pattern: "GET /balikan", Act: access.ToDeliver, Handle: p.balikanHome},
		{Pattern: "POST /balikan", Act: access.ToDeliver, Handle: p.sendOne},
		{Pattern: "POST /balikan/alasan", Act: access.ToDeliver, Handle: p.excuse},
		{Pattern: "GET /balikan/unggah", Act: access.ToDeliver, Handle: p.uploadForm},
		{Pattern: "POST /balikan/unggah", Act: access.ToDeliver, Handle: p.upload},
		{Pattern: "POST /balikan/kirim", Act: access.ToDeliver, Handle: p.sendRows},
		{Pattern: "GET /balikan/contoh.xlsx", Act: access.ToDeliver, Handle: p.sampleBook},
		{Pattern: "GET /balikan/contoh.csv", Act: access.ToDeliver, Handle: p.sampleTable},
	}...)
}

// Handler returns the portal's pages with the static files of all rooms. Cross-origin protection is the caller's.
func (p *Portal) Handler() http.Handler {
	if p.Blank <= 0 {
		p.Blank = defaultBlank
	}
	for _, name := range []string{"masuk", "cari", "riwayat", "panduan", "aktivasi", "aktivasi-kode", "token", "balikan",
		"balikan-unggah", "periksa", "untuk-penduduk", "kabar"} {
		p.Add(name, files, "templates/"+name+".html")
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", ui.Static())
	p.Mount(mux, p.Routes())
	mux.HandleFunc("/", p.NotFound)
	return p.Wrap(mux)
}

func (p *Portal) home(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Visitor(r)
	switch {
	case err != nil:
		return err
	case v == nil:
		return p.Redirect(w, r, "/masuk")
	default:
		return p.Redirect(w, r, p.Wanted(w, r, v))
	}
}
