// Package account is everybody's own account, the same at portal, console and desk: password, second factors, recovery codes, sessions, and
// what was done with them. Whoever changes a way in gives the password once more, so that a browser left open hands out none; those tries
// count like any other.
package account

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/web/site"
	"gapura/web/ui"
)

//go:embed templates
var files embed.FS

// A Store keeps what only the owner's page reads and changes; second factors and sessions are the site's Entry's. What writes is durable
// when it returns.
type Store interface {
	// Own are the user's live credentials but sessions; recovery codes one by one, with the one that was spent last, which is revoked.
	Own(ctx context.Context, user int64) ([]party.Credential, error)
	// ChangePassword takes the hash of a new password and ends all sessions but the one to keep.
	ChangePassword(ctx context.Context, u party.User, hash string, keep party.Hash, now time.Time) error
	// Activity is what was lately done with the user's ways in, newest first.
	Activity(ctx context.Context, u party.User, most int) ([]party.Activity, error)
}

// Further is one more page of the own account, and what it tells.
type Further struct {
	ui.Link
	Hint string
}

// An Account is the room of the own account. It is set up once and not changed after Prepare.
type Account struct {
	*site.Site
	Store Store
	Door  admission.Door
	More  []Further
}

// Routes is the table of the room.
func (a *Account) Routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /akun", Act: access.ToAccount, Handle: a.overview},
		{Pattern: "GET /akun/sandi", Act: access.ToAccount, Handle: a.passwordForm},
		{Pattern: "POST /akun/sandi", Act: access.ToAccount, Handle: a.changePassword},
		{Pattern: "GET /akun/kode", Act: access.ToAccount, Handle: a.codeForm},
		{Pattern: "POST /akun/kode", Act: access.ToAccount, Handle: a.setCode},
		{Pattern: "POST /akun/kode/hapus", Act: access.ToAccount, Handle: a.dropCode},
		{Pattern: "GET /akun/kunci", Act: access.ToAccount, Handle: a.passkeyForm},
		{Pattern: "POST /akun/kunci", Act: access.ToAccount, Handle: a.addPasskey},
		{Pattern: "POST /akun/kunci/{id}/hapus", Act: access.ToAccount, Handle: a.dropPasskey},
		{Pattern: "GET /akun/pemulihan", Act: access.ToAccount, Handle: a.recoveryForm},
		{Pattern: "POST /akun/pemulihan", Act: access.ToAccount, Handle: a.newRecovery},
		{Pattern: "POST /akun/sesi", Act: access.ToAccount, Handle: a.endOthers},
		{Pattern: "POST /akun/sesi/{id}", Act: access.ToAccount, Handle: a.endSession},
	}
}

// Prepare adds the room's pages to the site's.
func (a *Account) Prepare() {
	for _, name := range []string{"akun", "akun-sandi", "akun-kode", "akun-kunci", "akun-pemulihan"} {
		a.Add(name, files, "templates/"+name+".html", "templates/bagian.html")
	}
}

// Handler returns the room by itself. Cross-origin protection is the caller's.
func (a *Account) Handler() http.Handler {
	a.Prepare()
	mux := http.NewServeMux()
	a.Mount(mux, a.Routes())
	mux.HandleFunc("/", a.NotFound)
	return a.Wrap(mux)
}

// mostActivity is how many lines of the own activity are shown.
const mostActivity = 20

type overviewPage struct {
	Done       string
	Problem    string
	Changed    string            // when the password was set; empty: not known
	Code       *party.Credential // one-time codes; nil: none
	Passkeys   []passkeyRow
	Recovery   int  // codes that are left
	Compulsory bool // the role needs a second factor
	Second     bool // there is one
	Sessions   []sessionRow
	Others     int
	Activity   []activityRow
	More       []Further
	Used       string // when a one-time code was last taken
	Entered    string // when the password was
	Spent      string // when a recovery code was; empty: never since any are kept
	Tokens     []tokenRow
	Helper     string // whom to tell of what the owner did not do
}

type tokenRow struct{ Kind, Fingerprint, For, Used, Expires string }

type passkeyRow struct {
	ID                int64
	Name, Since, Used string
}

type sessionRow struct {
	ID, Device, From, Since, Seen string
	Here                          bool
}

type activityRow struct{ At, Text, From string }

// done are the words after an act, by the query's key.
var done = map[string]string{
	"sandi":       "Kata sandi telah diganti. Semua sesi lain telah berakhir.",
	"kode":        "Kode verifikasi telah diaktifkan.",
	"tanpa":       "Kode verifikasi telah dimatikan.",
	"kunci":       "Kunci sandi telah dipasang.",
	"tanpa-kunci": "Kunci sandi telah dihapus.",
	"sesi":        "Sesi telah diakhiri.",
	"semua":       "Semua sesi lain telah diakhiri.",
	"token":       "Token Dukcapil telah disimpan.",
}

func (a *Account) overview(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return a.show(w, r, v, http.StatusOK, overviewPage{Done: done[r.URL.Query().Get("selesai")]})
}

func (a *Account) show(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p overviewPage) error {
	ctx := r.Context()
	own, err := a.Store.Own(ctx, v.User.ID)
	if err != nil {
		return err
	}
	sessions, err := a.Entry.SignIn.List(ctx, v.User.ID)
	if err != nil {
		return err
	}
	activity, err := a.Store.Activity(ctx, v.User, mostActivity)
	if err != nil {
		return err
	}
	p.Compulsory, p.More, p.Helper = v.User.Role.SecondFactorCompulsory(), a.More, site.HelperOf(v.Standing)
	for _, c := range own {
		switch c.Kind {
		case party.Password:
			if !c.Issued.IsZero() {
				p.Changed = site.Clock(c.Issued, v)
			}
			p.Entered = site.Clock(c.LastUsed, v)
		case party.TOTP:
			p.Code, p.Second, p.Used = &c, true, site.Clock(c.LastUsed, v)
		case party.Passkey:
			p.Passkeys, p.Second = append(p.Passkeys, passkeyRow{c.ID, c.Label, site.Clock(c.Issued, v), site.Clock(c.LastUsed, v)}), true
		case party.RecoveryCode:
			if c.Revoked.IsZero() {
				p.Recovery++
			} else {
				p.Spent = site.Clock(c.LastUsed, v)
			}
		case party.APIToken, party.BalikanToken, party.DeskToken:
			p.Tokens = append(p.Tokens, tokenRow{c.Kind.Label(), c.Fingerprint, c.Label, site.Clock(c.LastUsed, v),
				site.Clock(c.Expires, v)})
		}
	}
	for _, s := range sessions {
		here := s.Hash == v.Session.Hash
		if !here {
			p.Others++
		}
		p.Sessions = append(p.Sessions, sessionRow{
			ID: party.Fingerprint(s.Hash), Device: site.Device(s.Agent), From: s.Source, Since: site.Clock(s.Opened, v),
			Seen: site.Clock(s.LastSeen, v),
			Here: here,
		})
	}
	for _, x := range activity {
		p.Activity = append(p.Activity, activityRow{site.Clock(x.At, v), x.Text, x.From})
	}
	return a.Show(w, r, status, "akun", a.Page(r, v, "Akun", p))
}

// confirm asks who is signed in for the password once more. The error is a *told.Error for its field when it is another one.
func (a *Account) confirm(r *http.Request, v *site.Visitor, password string) error {
	in, err := a.Entry.Admission.Authenticate(r.Context(), admission.Attempt{
		Door: a.Door, Kind: party.Password, Login: v.User.Login, Secret: password, Source: a.Peer(r),
	})
	if err == nil && in.User != v.User.ID {
		return told.Wrong("lama", "Kata sandi Anda keliru, atau terlalu sering dicoba. Periksa kembali, atau tunggulah sebentar.")
	}
	return err
}

// beside is an error that belongs into the form, beside its field. What says that the service is busy is a page of its own.
func beside(err error) (*told.Error, bool) {
	e, ok := errors.AsType[*told.Error](err)
	return e, ok && e.Kind != told.Busy
}

// fault is what a form shows of an error.
type fault struct{ Field, Text string }

func (a *Account) endSession(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	if _, err := a.Form(w, r); err != nil {
		return err
	}
	if r.PathValue("id") == party.Fingerprint(v.Session.Hash) {
		return site.ErrNotFound // that is what signing out is for
	}
	found, err := a.Entry.SignIn.End(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !found {
		return site.ErrNotFound
	}
	return a.Redirect(w, r, "/akun?selesai=sesi")
}

func (a *Account) endOthers(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	if _, err := a.Form(w, r); err != nil {
		return err
	}
	if err := a.Entry.SignIn.EndOthers(r.Context(), v.User.ID, v.Session.Hash); err != nil {
		return err
	}
	return a.Redirect(w, r, "/akun?selesai=semua")
}
