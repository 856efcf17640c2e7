// Package site is what the rooms for people share: who is signed in, how a page, a message and a fault are written, and how a form is read.
// It promises that no answer repeats a value that was typed, and that nothing personal reaches the log. It decides nothing but who is
// signed in.
package site

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
	"gapura/office/outage"
	"gapura/web/ui"
)

//go:embed templates
var files embed.FS

// Config is what a site is made of; the zero value of an optional field means its default.
type Config struct {
	Entry    *admission.Entry // how people sign in
	Rights   access.Rights
	May      func(context.Context, access.Attempt) error         // before each page of the signed-in; see access.Authority
	Read     func(context.Context, access.Attempt, string) error // before what was kept of others is shown; see access.Authority
	Unread   func(context.Context, *Visitor) (int, error)        // number of notices for the visitor; optional
	Now      func() time.Time                                    // default time.Now
	Peer     func(*http.Request) netip.Addr                      // the real peer; default: of the connection
	Secure   func(*http.Request) bool                            // whether cookies may be Secure; default: r.TLS != nil
	Provider string                                              // name of the office, in the header
	Outages  *outage.Board                                       // planned outages, told on every page; optional
	Ill      told.Ill                                            // which errors are the installation's illness; optional
	DemoNote string                                              // banner; empty normally
	Log      *slog.Logger                                        // default slog.Default
	Guide    string                                              // path of the guide; default /panduan
	// Nav is the navigation of a site that is not the provider's; nil: that of the portal and the console. Such a site has no quota and no
	// notices.
	Nav func(*http.Request, *Visitor) []ui.Link
}

// A Site is shared by the rooms. Add is called before it serves; the rest is safe for concurrent use.
type Site struct {
	Config
	pages   *ui.Renderer
	mounted []mounted
}

// New returns a site.
func New(c Config) *Site {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Peer == nil {
		c.Peer = func(r *http.Request) netip.Addr {
			a, _ := netip.ParseAddrPort(r.RemoteAddr)
			return a.Addr().Unmap()
		}
	}
	if c.Secure == nil {
		c.Secure = func(r *http.Request) bool { return r.TLS != nil }
	}
	if c.Provider == "" {
		c.Provider = "Dinas Kependudukan dan Pencatatan Sipil"
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	s := &Site{Config: c, pages: ui.NewRenderer()}
	s.Add("pesan", files, "templates/pesan.html")
	s.Add("kode", files, "templates/kode.html")
	s.Add("sandi-baru", files, "templates/sandi-baru.html")
	return s
}

// Add adds a page to those that Show can write.
func (s *Site) Add(name string, files fs.FS, patterns ...string) {
	s.pages.Add(name, files, patterns...)
}

// Wrap protects a room's pages: security headers, and a fault page instead of a panic.
func (s *Site) Wrap(h http.Handler) http.Handler { return ui.SecurityHeaders(s.guard(h)) }

// A Visitor is a signed-in user with what a page shows of their standing.
type Visitor struct {
	*access.Standing
	Token   string
	Session party.Session
	Grant   *agreement.Grant // nil: no agreement
	Left    access.Left
	Now     time.Time
	Address netip.Addr // where they sit
}

// Working reports whether the user id works at all.
func (v *Visitor) Working() bool { return v.User.Active(v.Now, v.Today()) }

// Served reports whether the institution may be answered.
func (v *Visitor) Served() bool {
	return v.Grant.Opens()
}

// Restricted reports whether the visitor's agency is suspended or over, so that only what is still owed can be brought (B10).
func (v *Visitor) Restricted() bool { return !v.OfProvider() && v.Grant != nil && v.Grant.State.Owes() }

// limits says so on every page; empty normally.
func (v *Visitor) limits() string {
	if !v.Restricted() {
		return ""
	}
	why := map[agreement.State]string{agreement.Suspended: "sedang ditangguhkan", agreement.Ended: "telah berakhir",
		agreement.Terminated: "telah diakhiri"}
	return "Perjanjian instansi Anda " + why[v.Grant.State] + ". Anda hanya dapat menyampaikan yang masih menjadi kewajiban: bukti, " +
		"laporan semester, data balikan, dan insiden. " +
		"Pencarian data dan pengelolaan pengguna tidak dilayani."
}

// Zone is the time zone that pages show times in.
func (v *Visitor) Zone() party.Zone {
	if !v.Institution.Zone.Valid() {
		return party.WIB
	}
	return v.Institution.Zone
}

// Today is the visitor's calendar day.
func (v *Visitor) Today() time.Time { return v.Zone().Day(v.Now) }

// OfProvider reports whether the visitor is of the provider's staff.
func (v *Visitor) OfProvider() bool {
	return v.User.Role.OfProvider() && v.User.Institution == party.Provider
}

// Start is the first page of the visitor's role.
func (v *Visitor) Start() string {
	switch {
	case v.User.Role.OfProvider():
		return "/konsol"
	case v.Restricted():
		return "/kewajiban"
	case v.May(access.ToOversee):
		return "/instansi"
	}
	return "/cari"
}

// Visitor returns who is signed in, or nil.
func (s *Site) Visitor(r *http.Request) (*Visitor, error) {
	token := s.Token(r)
	if token == "" {
		return nil, nil
	}
	ses, ok, err := s.Entry.SignIn.Session(r.Context(), token)
	if err != nil || !ok {
		return nil, err
	}
	st, err := s.Rights.Standing(r.Context(), ses.User)
	if err != nil || st == nil {
		return nil, err
	}
	v := &Visitor{Standing: st, Token: token, Session: ses, Now: s.Now(), Address: s.Peer(r)}
	return v, s.Measure(r.Context(), v)
}

// Measure reads anew what the visitor's institution is granted and has used.
func (s *Site) Measure(ctx context.Context, v *Visitor) error {
	day := v.Institution.Zone.Day(v.Now)
	v.Grant, _ = agreement.Current(v.Agreements, v.Now, day)
	if v.Grant == nil || v.User.Role.OfProvider() {
		return nil
	}
	if v.Grant.Unlimited(agreement.PortalApplication) {
		v.Left = access.Shared(v.Grant, nil) // what was used is shown nowhere
		return nil
	}
	hits, err := s.Rights.Hits(ctx, v.Institution.ID, day)
	v.Left = access.Shared(v.Grant, hits)
	return err
}

// Redirect sends the browser on to a page with GET. It returns nil, so that a handler ends with it.
func (s *Site) Redirect(w http.ResponseWriter, r *http.Request, to string) error {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// Fragment reports whether htmx asks for a part of a page.
func Fragment(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// Page fills the layout for the visitor, who may be nil.
func (s *Site) Page(r *http.Request, v *Visitor, title string, body any) ui.Page {
	g := ui.Page{Title: title, Provider: s.Provider, Demo: s.DemoNote, Guide: s.Guide, Body: body}
	zone := party.WIB
	if v != nil {
		zone = v.Zone()
	}
	g.Outages = s.Outages.Texts(zone)
	if s.Nav != nil {
		g.Nav = s.Nav(r, v)
		if v != nil {
			// the header names the institution already
			g.Visitor = &ui.Visitor{Login: v.User.Login, Name: v.User.Name, Role: v.User.Role.Label(), NoBell: true}
		}
		return g
	}
	g.Nav = menu(r.URL.Path, v)
	if v == nil {
		return g
	}
	if v.OfProvider() {
		g.Crumb, g.Beside = around(r.URL.Path, v)
	}
	g.Limited = v.limits()
	g.Visitor = &ui.Visitor{Login: v.User.Login, Name: v.User.Name, Role: v.User.Role.Label()}
	if !v.User.Role.OfProvider() { // whose office the header names already
		g.Visitor.Institution = v.Institution.Name
		g.Visitor.Quota = Quota(v.Left, v.Grant != nil)
	}
	if s.Unread != nil {
		n, err := s.Unread(r.Context(), v)
		if err != nil {
			s.Log.ErrorContext(r.Context(), "site: count notices", "err", err) // the page itself does not depend on it
		}
		g.Visitor.Unread = n
	}
	return g
}

// Show writes a page; when it returns an error nothing was written.
func (s *Site) Show(w http.ResponseWriter, r *http.Request, status int, name string, page ui.Page) error {
	return s.pages.Page(w, r, status, name, page)
}

// ShowPart writes one template of a page for htmx; when it returns an error nothing was written.
func (s *Site) ShowPart(w http.ResponseWriter, r *http.Request, status int, name, part string, data any) error {
	return s.pages.Fragment(w, r, status, name, part, data)
}

// Quota is what is left of a quota in words.
func Quota(l access.Left, known bool) string {
	switch {
	case !known:
		return "-"
	case l.Unlimited:
		return "tanpa batas kuota"
	}
	return bahasa.Number(l.Remaining()) + " dari " + bahasa.Number(l.Quota)
}
