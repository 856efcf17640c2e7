// Package desk is the agency's counter for people: applications, cross-check, decision, hand-over, card reading. What the provider answers
// is written into one page, which is not cached and leaves by itself; what is kept goes through deskdb, which has no room for it. Bodies
// with files are read into memory, never to a disk.
package desk

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"strconv"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/desk/card"
	"gapura/desk/client"
	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/web/account"
	"gapura/web/site"
	"gapura/web/ui"
)

//go:embed templates
var files embed.FS

// A Provider is the part of client.Client that pages need.
type Provider interface {
	Lookup(ctx context.Context, token string, q client.Question) (client.Answer, error)
	Match(ctx context.Context, token string, q client.Question, claims map[string]string, threshold int) (client.Answer, error)
	Readers(ctx context.Context, token string) (list []reader.Reader, inForce bool, err error)
	Token(ctx context.Context, token string) (client.TokenState, error)
	DownSince() time.Time
}

// A Desk is not changed after Handler, so that many requests may use it at once.
type Desk struct {
	*site.Site
	DB       *deskdb.DB
	Provider Provider
	Wake     func() // brings the outbox on its way
	Office   desk.Office
	Zone     party.Zone
	Way      card.Way // nil: no card is read here
	Device   string   // serial number of the reader with its SAM, as the provider's register has it
	Blank    time.Duration
	Alarm    func() string // what is wrong with the agency's log at the provider; empty: nothing; nil: it is not watched

	failures admission.Tally // failed sign-ins that wait for their sum's entry
}

// Routes is the table of the room, without the static files.
func (d *Desk) Routes() []site.Route {
	in, aid, list, safe, sheet := accounts{d}, offers{d}, lists{d}, security{d}, slips{d}
	// the desk's log tells of who comes in with the session itself
	second := d.SecondStep(site.Outcomes{Entered: func(*http.Request, *access.Standing) error { return nil }, Missed: safe.missed})
	return safe.named(append(append(second, []site.Route{
		{Pattern: "GET /{$}", Act: access.ToArrive, Open: d.home},
		{Pattern: "GET /masuk", Act: access.ToArrive, Open: in.signInForm},
		{Pattern: "POST /masuk", Act: access.ToArrive, Open: in.signIn},
		{Pattern: "POST /keluar", Act: access.ToArrive, Open: in.signOut},
		{Pattern: "GET /aktivasi", Act: access.ToArrive, Open: sheet.codeForm},
		{Pattern: "POST /aktivasi", Act: access.ToArrive, Open: sheet.OpenSlip},
		{Pattern: "GET /aktivasi/{link}", Act: access.ToArrive, Open: in.activationForm},
		{Pattern: "POST /aktivasi/{link}", Act: access.ToArrive, Open: in.activate},
		{Pattern: "GET /bantuan", Act: access.ToArrive, Open: d.help},
		{Pattern: "GET /periksa/{code}", Act: access.ToArrive, Open: d.checkPage},
		{Pattern: "GET /antrean", Act: desk.ToServe, Handle: list.queue},
		{Pattern: "POST /antrean", Act: desk.ToServe, Handle: list.search},
		{Pattern: "GET /antrean.csv", Act: desk.ToServe, Handle: list.queueCSV},
		{Pattern: "GET /permohonan/baru", Act: desk.ToServe, Handle: d.newForm},
		{Pattern: "POST /permohonan/baru", Act: desk.ToServe, Handle: d.take},
		{Pattern: "GET /permohonan/{id}", Act: desk.ToServe, Handle: d.application},
		{Pattern: "POST /permohonan/{id}/langkah", Act: desk.ToServe, Handle: d.act},
		{Pattern: "POST /permohonan/{id}/cabut", Act: desk.ToRevoke, Handle: d.revoke},
		{Pattern: "POST /permohonan/{id}/lengkapi", Act: desk.ToServe, Handle: d.complete},
		{Pattern: "POST /permohonan/{id}/krosscek", Act: desk.ToServe, Handle: d.crossCheck},
		{Pattern: "POST /permohonan/{id}/lihat", Act: desk.ToServe, Handle: d.show},
		{Pattern: "GET /permohonan/{id}/berkas/{file}", Act: desk.ToServe, Handle: d.file},
		{Pattern: "GET /permohonan/{id}/surat.pdf", Act: desk.ToServe, Handle: d.letter},
		{Pattern: "GET /permohonan/{id}/kuitansi/{check}", Act: desk.ToServe, Handle: d.receipt},
		{Pattern: "GET /balikan", Act: desk.ToServe, Handle: d.outbox},
		{Pattern: "POST /balikan", Act: desk.ToServe, Handle: d.hurry},
		{Pattern: "GET /kartu", Act: desk.ToServe, Handle: d.cardForm},
		{Pattern: "POST /kartu", Act: desk.ToServe, Handle: d.readCard},
		{Pattern: "GET /layanan", Act: desk.ToOffer, Handle: aid.services},
		{Pattern: "GET /layanan/{key}", Act: desk.ToOffer, Handle: aid.editor},
		{Pattern: "POST /layanan/{key}", Act: desk.ToOffer, Handle: aid.edit},
		{Pattern: "GET /pengguna", Act: desk.ToStaff, Handle: in.users},
		{Pattern: "POST /pengguna", Act: desk.ToStaff, Handle: in.addUser},
		{Pattern: "POST /pengguna/{id}/{act}", Act: desk.ToStaff, Handle: in.changeUser},
		{Pattern: "GET /lembar", Act: desk.ToServe, Handle: sheet.list},
		{Pattern: "POST /lembar/{id}", Act: desk.ToServe, Handle: sheet.draw},
		{Pattern: "POST /lembar/{id}/cetak", Act: desk.ToStaff, Handle: sheet.print},
		{Pattern: "GET /akun/token", Act: desk.ToServe, Handle: in.tokenForm},
		{Pattern: "POST /akun/token", Act: desk.ToServe, Handle: in.setToken},
		{Pattern: "GET /keamanan", Act: desk.ToAudit, Handle: safe.page},
		{Pattern: "GET /keamanan.csv", Act: desk.ToAudit, Handle: safe.export},
	}...), d.own().Routes()...))
}

// own is the room of the own account.
func (d *Desk) own() *account.Account {
	return &account.Account{Site: d.Site, Store: d.DB.Credentials, Door: admission.Desk,
		More: []account.Further{
			{Link: ui.Link{Label: "Token Dukcapil", Path: "/akun/token"},
				Hint: "Kapan terakhir dipakai dan sampai kapan berlaku ditanyakan kepada Dukcapil ketika halamannya dibuka."},
			{Link: ui.Link{Label: "Lembar rahasia", Path: "/lembar"}},
		}}
}

// Handler returns the desk's pages with the static files. Cross-origin protection is the caller's.
func (d *Desk) Handler() http.Handler {
	for _, name := range []string{"masuk", "aktivasi", "antrean", "baru", "permohonan", "banding", "balikan", "layanan", "naskah",
		"pengguna", "lembar", "aktivasi-kode", "token", "keamanan", "kartu", "periksa", "bantuan"} {
		d.Add(name, files, "templates/"+name+".html", "templates/bagian.html")
	}
	d.own().Prepare()
	mux := http.NewServeMux()
	mux.Handle("GET /static/", ui.Static())
	d.Mount(mux, d.Routes())
	mux.HandleFunc("/", d.NotFound)
	return d.Wrap(mux)
}

// Nav is the desk's navigation, for site.Config.
func Nav(r *http.Request, v *site.Visitor) []ui.Link {
	var out []ui.Link
	link := func(label, path string) {
		out = append(out, ui.Link{Label: label, Path: path, Here: r.URL.Path == path || len(r.URL.Path) > len(path) &&
			r.URL.Path[:len(path)+1] == path+"/"})
	}
	if v == nil {
		link("Masuk", "/masuk")
		link("Bantuan", "/bantuan")
		return out
	}
	for _, l := range []struct {
		label, path string
		act         access.Act
	}{
		{"Antrean", "/antrean", desk.ToServe}, {"Permohonan baru", "/permohonan/baru", desk.ToServe},
		{"Data balikan", "/balikan", desk.ToServe}, {"Layanan", "/layanan", desk.ToOffer}, {"Pengguna", "/pengguna", desk.ToStaff},
		{"Keamanan", "/keamanan", desk.ToAudit},
	} {
		if desk.For(l.act, v.User.Role) {
			link(l.label, l.path)
		}
	}
	link("Bantuan", "/bantuan")
	return out
}

func (d *Desk) home(w http.ResponseWriter, r *http.Request) error {
	v, err := d.Visitor(r)
	switch {
	case err != nil:
		return err
	case v == nil:
		return d.Redirect(w, r, "/masuk")
	default:
		return d.Redirect(w, r, "/antrean")
	}
}

// lineDown tells since when the line is down, in words; empty: it is not, as far as is known.
func (d *Desk) lineDown() string {
	since := d.Provider.DownSince()
	if since.IsZero() {
		return ""
	}
	return ui.Clock(since, d.Zone)
}

// trouble is what the officer is told of a failed call to the provider.
func (d *Desk) trouble(err error) (text string, ok bool) {
	refused, isRefused := errors.AsType[*client.Refused](err)
	switch {
	case errors.Is(err, client.ErrDown):
		return "Sambungan ke Dukcapil terputus. Krosscek menunggu sampai sambungan pulih; permohonan tetap tersimpan dan loket dapat " +
			"terus menerima permohonan.", true
	case isRefused && refused.Code == "source":
		return "Sumber data kependudukan di Dukcapil sedang tidak menjawab. Krosscek menunggu; coba kembali beberapa saat lagi.", true
	case isRefused:
		return "Ditolak Dukcapil: " + refused.Text, true
	}
	return "", false
}

// number reads a positive number of a path.
func number(r *http.Request, name string) (int64, bool) {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	return n, err == nil && n > 0
}

// today is the office's calendar day.
func (d *Desk) today() time.Time { return d.Zone.Day(d.Now()) }
