// Package portal is the door for people: it signs them in, takes one NIK at a time, and shows what the gate answers. It promises that nothing
// personal is kept by a browser, stands in a URL or is written to the log. It decides nothing about rights except which page a role may see.
package portal

import (
	"embed"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/exchange/balikan"
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
	Receipts Receipts
	Balikan  balikan.Store
	Blank    time.Duration // how long a result stands; default 60 s
}

// defaultBlank is how long a result stands on a screen that others may see.
const defaultBlank = 60 * time.Second

// Handler returns the portal's pages with the static files of all rooms. Cross-origin protection is the caller's.
func (p *Portal) Handler() http.Handler {
	if p.Blank <= 0 {
		p.Blank = defaultBlank
	}
	for _, name := range []string{"masuk", "cari", "riwayat", "panduan", "aktivasi", "balikan", "balikan-unggah"} {
		p.Add(name, files, "templates/"+name+".html")
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", ui.Static())
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("GET /masuk", p.signInForm)
	mux.HandleFunc("POST /masuk", p.signIn)
	mux.HandleFunc("POST /keluar", p.signOut)
	mux.HandleFunc("GET /aktivasi/{link}", p.activationForm)
	mux.HandleFunc("POST /aktivasi/{link}", p.activate)
	mux.HandleFunc("GET /panduan", p.guide)
	mux.HandleFunc("GET /cari", p.SignedIn(p.lookupForm))
	mux.HandleFunc("POST /cari", p.SignedIn(p.lookup))
	mux.HandleFunc("GET /riwayat", p.SignedIn(p.history))
	mux.HandleFunc("GET /riwayat.csv", p.SignedIn(p.historyCSV))
	mux.HandleFunc("GET /riwayat/kuitansi/{id}", p.SignedIn(p.receipt))
	mux.HandleFunc("GET /balikan", p.SignedIn(p.balikanHome))
	mux.HandleFunc("POST /balikan", p.SignedIn(p.sendOne))
	mux.HandleFunc("POST /balikan/alasan", p.SignedIn(p.excuse))
	mux.HandleFunc("GET /balikan/unggah", p.SignedIn(p.uploadForm))
	mux.HandleFunc("POST /balikan/unggah", p.SignedIn(p.upload))
	mux.HandleFunc("POST /balikan/kirim", p.SignedIn(p.sendRows))
	mux.HandleFunc("GET /balikan/contoh.csv", p.SignedIn(p.sampleTable))
	mux.HandleFunc("/", p.NotFound)
	return p.Wrap(mux)
}

func (p *Portal) home(w http.ResponseWriter, r *http.Request) {
	v, err := p.Visitor(r)
	switch {
	case err != nil:
		p.Fault(w, r, err)
	case v == nil:
		p.Redirect(w, r, "/masuk")
	default:
		p.Redirect(w, r, v.Start())
	}
}
