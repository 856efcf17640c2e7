// Package desk is the agency's counter for people: applications, cross-check, decision, hand-over, card reading. What the provider answers is written into one page,
// which is not cached and leaves by itself; what is kept goes through deskdb, which has no room for it. Bodies with files are read into memory, never to a disk.
package desk

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"strconv"
	"time"

	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/desk/card"
	"gapura/desk/client"
	"gapura/desk/desk"
	"gapura/desk/deskdb"
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
	DownSince() time.Time
}

// A Desk is set up once and not changed after Handler. Safe for concurrent use then.
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
}

// Handler returns the desk's pages with the static files. Cross-origin protection is the caller's.
func (d *Desk) Handler() http.Handler {
	for _, name := range []string{"masuk", "aktivasi", "antrean", "baru", "permohonan", "banding", "balikan", "layanan", "naskah", "pengguna", "akun", "kartu", "periksa", "bantuan"} {
		d.Add(name, files, "templates/"+name+".html", "templates/bagian.html")
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", ui.Static())
	mux.HandleFunc("GET /{$}", d.home)
	mux.HandleFunc("GET /masuk", d.signInForm)
	mux.HandleFunc("POST /masuk", d.signIn)
	mux.HandleFunc("POST /keluar", d.signOut)
	mux.HandleFunc("GET /aktivasi/{link}", d.activationForm)
	mux.HandleFunc("POST /aktivasi/{link}", d.activate)
	mux.HandleFunc("GET /bantuan", d.help)
	mux.HandleFunc("GET /periksa/{code}", d.checkPage)
	mux.HandleFunc("GET /antrean", d.SignedIn(d.queue))
	mux.HandleFunc("POST /antrean", d.SignedIn(d.search))
	mux.HandleFunc("GET /antrean.csv", d.SignedIn(d.queueCSV))
	mux.HandleFunc("GET /permohonan/baru", d.SignedIn(d.newForm))
	mux.HandleFunc("POST /permohonan/baru", d.SignedIn(d.take))
	mux.HandleFunc("GET /permohonan/{id}", d.SignedIn(d.application))
	mux.HandleFunc("POST /permohonan/{id}/langkah", d.SignedIn(d.act))
	mux.HandleFunc("POST /permohonan/{id}/cabut", d.head(d.revoke))
	mux.HandleFunc("POST /permohonan/{id}/lengkapi", d.SignedIn(d.complete))
	mux.HandleFunc("POST /permohonan/{id}/krosscek", d.SignedIn(d.crossCheck))
	mux.HandleFunc("POST /permohonan/{id}/lihat", d.SignedIn(d.show))
	mux.HandleFunc("GET /permohonan/{id}/berkas/{file}", d.SignedIn(d.file))
	mux.HandleFunc("GET /permohonan/{id}/surat.pdf", d.SignedIn(d.letter))
	mux.HandleFunc("GET /permohonan/{id}/kuitansi/{check}", d.SignedIn(d.receipt))
	mux.HandleFunc("GET /balikan", d.SignedIn(d.outbox))
	mux.HandleFunc("POST /balikan", d.SignedIn(d.hurry))
	mux.HandleFunc("GET /kartu", d.SignedIn(d.cardForm))
	mux.HandleFunc("POST /kartu", d.SignedIn(d.readCard))
	mux.HandleFunc("GET /layanan", d.head(d.services))
	mux.HandleFunc("GET /layanan/{key}", d.head(d.editor))
	mux.HandleFunc("POST /layanan/{key}", d.head(d.edit))
	mux.HandleFunc("GET /pengguna", d.head(d.users))
	mux.HandleFunc("POST /pengguna", d.head(d.addUser))
	mux.HandleFunc("POST /pengguna/{id}/{act}", d.head(d.changeUser))
	mux.HandleFunc("GET /akun", d.SignedIn(d.account))
	mux.HandleFunc("POST /akun/token", d.SignedIn(d.setToken))
	mux.HandleFunc("POST /akun/kode", d.SignedIn(d.setTOTP))
	mux.HandleFunc("/", d.NotFound)
	return d.Wrap(mux)
}

// Nav is the desk's navigation, for site.Config.
func Nav(r *http.Request, v *site.Visitor) []ui.Link {
	var out []ui.Link
	link := func(label, path string) {
		out = append(out, ui.Link{Label: label, Path: path, Here: r.URL.Path == path || len(r.URL.Path) > len(path) && r.URL.Path[:len(path)+1] == path+"/"})
	}
	if v == nil {
		link("Masuk", "/masuk")
		link("Bantuan", "/bantuan")
		return out
	}
	link("Antrean", "/antrean")
	link("Permohonan baru", "/permohonan/baru")
	link("Data balikan", "/balikan")
	if v.User.Role == party.HeadOfAgency {
		link("Layanan", "/layanan")
		link("Pengguna", "/pengguna")
	}
	link("Akun", "/akun")
	link("Bantuan", "/bantuan")
	return out
}

// head lets only the head of the desk in.
func (d *Desk) head(h func(http.ResponseWriter, *http.Request, *site.Visitor)) http.HandlerFunc {
	return d.SignedIn(func(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
		if v.User.Role != party.HeadOfAgency {
			d.Forbidden(w, r, v)
			return
		}
		h(w, r, v)
	})
}

func (d *Desk) home(w http.ResponseWriter, r *http.Request) {
	v, err := d.Visitor(r)
	switch {
	case err != nil:
		d.Fault(w, r, err)
	case v == nil:
		d.Redirect(w, r, "/masuk")
	default:
		d.Redirect(w, r, "/antrean")
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
		return "Sambungan ke Dukcapil terputus. Krosscek menunggu sampai sambungan pulih; permohonan tetap tersimpan dan loket dapat terus menerima permohonan.", true
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
