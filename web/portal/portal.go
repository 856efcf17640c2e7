// Package portal is the door for people: it signs them in, takes one NIK at a time, and shows what the gate answers. It promises that nothing
// personal is kept by a browser, stands in a URL or is written to the log. It decides nothing about rights except which page a role may see.
package portal

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"gapura/access"
	"gapura/agreement"
	"gapura/party"
	"gapura/web/console"
	"gapura/web/ui"
)

//go:embed templates
var files embed.FS

// A Portal is set up once and not changed after Handler. Safe for concurrent use then.
type Portal struct {
	Gate     *access.Gate
	SignIn   *party.SignIn
	Rights   access.Rights
	History  access.History
	Now      func() time.Time               // default time.Now
	Peer     func(*http.Request) netip.Addr // the real peer; default: of the connection
	Secure   func(*http.Request) bool       // whether cookies may be Secure; default: r.TLS != nil
	Blank    time.Duration                  // how long a result stands; default 60 s
	Provider string                         // name of the office, in the header
	DemoNote string                         // banner; empty normally
	Log      *slog.Logger                   // default slog.Default
	pages    *ui.Renderer
}

// defaultBlank is how long a result stands on a screen that others may see.
const defaultBlank = 60 * time.Second

// Handler returns the portal's pages with their static files. Cross-origin protection is the caller's.
func (p *Portal) Handler() http.Handler {
	p.defaults()
	mux := http.NewServeMux()
	mux.Handle("GET /static/", ui.Static())
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("GET /masuk", p.signInForm)
	mux.HandleFunc("POST /masuk", p.signIn)
	mux.HandleFunc("POST /keluar", p.signOut)
	mux.HandleFunc("GET /aktivasi/{link}", p.activationForm)
	mux.HandleFunc("POST /aktivasi/{link}", p.activate)
	mux.HandleFunc("GET /panduan", p.guide)
	mux.HandleFunc("GET /cari", p.signedIn(p.lookupForm))
	mux.HandleFunc("POST /cari", p.signedIn(p.lookup))
	mux.HandleFunc("GET /riwayat", p.signedIn(p.history))
	mux.HandleFunc("GET /riwayat.csv", p.signedIn(p.historyCSV))
	mux.HandleFunc("GET /konsol", p.signedIn(p.console))
	mux.HandleFunc("/", p.notFound)
	return ui.SecurityHeaders(p.guard(mux))
}

func (p *Portal) defaults() {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Peer == nil {
		p.Peer = func(r *http.Request) netip.Addr {
			a, _ := netip.ParseAddrPort(r.RemoteAddr)
			return a.Addr().Unmap()
		}
	}
	if p.Secure == nil {
		p.Secure = func(r *http.Request) bool { return r.TLS != nil }
	}
	if p.Blank <= 0 {
		p.Blank = defaultBlank
	}
	if p.Provider == "" {
		p.Provider = "Dinas Kependudukan dan Pencatatan Sipil"
	}
	if p.Log == nil {
		p.Log = slog.Default()
	}
	p.pages = ui.NewRenderer()
	for _, name := range []string{"masuk", "cari", "riwayat", "panduan", "aktivasi", "pesan"} {
		p.pages.Add(name, files, "templates/"+name+".html")
	}
	p.pages.Add("konsol", console.Templates, "overview.html")
}

// A visitor is a signed-in user with what a page shows of their standing.
type visitor struct {
	*access.Standing
	token string
	grant *agreement.Grant // nil: no agreement
	left  access.Left
	now   time.Time
}

// working reports whether the user id works at all.
func (v *visitor) working() bool { return v.User.Active(v.now, v.Institution.Zone.Day(v.now)) }

// served reports whether the institution may be answered.
func (v *visitor) served() bool {
	return v.grant != nil && v.grant.State.Works() && v.Institution.Head.Responsible(v.Institution.Zone.Day(v.now))
}

func (v *visitor) start() string {
	switch {
	case v.User.Role.OfProvider():
		return "/konsol"
	case v.User.Role == party.HeadOfAgency:
		return "/riwayat"
	}
	return "/cari"
}

// visitor returns who is signed in, or nil.
func (p *Portal) visitor(r *http.Request) (*visitor, error) {
	token := p.token(r)
	if token == "" {
		return nil, nil
	}
	ses, ok, err := p.SignIn.Session(r.Context(), token)
	if err != nil || !ok {
		return nil, err
	}
	s, err := p.Rights.Standing(r.Context(), ses.User)
	if err != nil || s == nil {
		return nil, err
	}
	v := &visitor{Standing: s, token: token, now: p.Now()}
	return v, p.measure(r.Context(), v)
}

func (p *Portal) measure(ctx context.Context, v *visitor) error {
	day := v.Institution.Zone.Day(v.now)
	v.grant, _ = agreement.Current(v.Agreements, v.now, day)
	if v.grant == nil || v.User.Role.OfProvider() {
		return nil
	}
	v.left = access.Left{Unlimited: v.grant.Unlimited, Quota: v.grant.Quota}
	if v.left.Unlimited {
		return nil
	}
	var err error
	v.left.Used, err = p.Rights.Hits(ctx, v.Institution.ID, day)
	return err
}

// signedIn runs h for a signed-in user and sends everybody else to the sign-in page.
func (p *Portal) signedIn(h func(http.ResponseWriter, *http.Request, *visitor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		v, err := p.visitor(r)
		switch {
		case err != nil:
			p.fault(w, r, err)
		case v != nil:
			h(w, r, v)
		case fragment(r):
			w.Header().Set("HX-Redirect", "/masuk?alasan=sesi")
		case p.token(r) != "":
			p.redirect(w, r, "/masuk?alasan=sesi")
		default:
			p.redirect(w, r, "/masuk")
		}
	}
}

func (p *Portal) home(w http.ResponseWriter, r *http.Request) {
	v, err := p.visitor(r)
	switch {
	case err != nil:
		p.fault(w, r, err)
	case v == nil:
		p.redirect(w, r, "/masuk")
	default:
		p.redirect(w, r, v.start())
	}
}

func (p *Portal) redirect(w http.ResponseWriter, r *http.Request, to string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// fragment reports whether htmx asks for a part of a page.
func fragment(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// page fills the layout for the visitor, who may be nil.
func (p *Portal) page(r *http.Request, v *visitor, title string, body any) ui.Page {
	g := ui.Page{Title: title, Provider: p.Provider, Demo: p.DemoNote, Body: body}
	link := func(label, path string) {
		g.Nav = append(g.Nav, ui.Link{Label: label, Path: path, Here: r.URL.Path == path})
	}
	switch {
	case v == nil:
		link("Masuk", "/masuk")
	case v.User.Role.OfProvider():
		link("Instansi", "/konsol")
	case v.User.Role == party.HeadOfAgency:
		link("Riwayat", "/riwayat")
	default:
		link("Pencarian", "/cari")
		link("Riwayat", "/riwayat")
	}
	link("Panduan", "/panduan")
	if v != nil {
		g.Visitor = &ui.Visitor{Login: v.User.Login, Name: v.User.Name, Role: v.User.Role.Label(), Institution: v.Institution.Name}
		if !v.User.Role.OfProvider() {
			g.Visitor.Quota = quota(v.left, v.grant != nil)
		}
	}
	return g
}

// show writes a page, or a fault when it cannot be made.
func (p *Portal) show(w http.ResponseWriter, r *http.Request, status int, name string, page ui.Page) {
	if err := p.pages.Page(w, r, status, name, page); err != nil {
		p.fault(w, r, err)
	}
}

func quota(l access.Left, known bool) string {
	switch {
	case !known:
		return "-"
	case l.Unlimited:
		return "tanpa batas kuota"
	}
	return ui.Number(l.Remaining()) + " dari " + ui.Number(l.Quota)
}
