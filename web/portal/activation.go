package portal

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
	"gapura/web/site"
)

// Slips are how a secret reaches its owner: two halves, of which the address holds the first. Safe for concurrent use.
type Slips interface {
	// Slip finds an open slip by its code; Redeem sets the password of its owner and hands out tokens, false when the halves do not fit.
	Slip(ctx context.Context, code string, now time.Time) (party.Slip, party.User, bool, error)
	Redeem(ctx context.Context, code, second, passwordHash string, now time.Time) ([]party.Handed, bool, error)
}

type activationPage struct {
	Login, Name string
	Password    bool              // is chosen; else a token alone is handed out
	New         *site.NewPassword // nil: none is chosen
	Whole       bool              // the address holds both halves
	Mailed      bool
	Helper      string // whom to ask
	Field       string // that is wrong
	Error       string // what is wrong with it
}

// A handedRow is a token as its owner sees it, once.
type handedRow struct{ Kind, Fingerprint, Token, App, Purpose, Where, Until string }

type handedPage struct {
	Login string
	Next  string // where its owner, who chose a password, goes on; empty: none was chosen
	Rows  []handedRow
}

// where says what its owner does with a token.
var where = map[party.Kind]string{
	party.APIToken: "Pengaturan aplikasi: header “Authorization: Bearer” pada setiap permintaan ke /api/v1, atau kata sandi pada " +
		"profil layanan lama yang membaca header itu.",
	party.BalikanToken: "Pengaturan pengiriman data balikan: kunci “token” pada layanan lama, atau header “Authorization: Bearer” pada " +
		"/api/v1.",
	party.DeskToken: "Aplikasi loket: halaman “Akun”, kolom token, masuk sebagai diri Anda sendiri.",
}

// codeForm asks for the code of a printed slip.
func (p *Portal) codeForm(w http.ResponseWriter, r *http.Request) error {
	helper, err := p.helper(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, "aktivasi-kode", p.Page(r, nil, "Lembar rahasia", struct{ Helper string }{helper}))
}

func (p *Portal) activationForm(w http.ResponseWriter, r *http.Request) error {
	_, s, x, err := p.slip(r)
	if err != nil {
		return err
	}
	return p.activation(w, r, http.StatusOK, s, x, "", "")
}

// slip finds the activation slip of the address, and says why it may not be used from where the request comes. The first half is as good as
// a password is, and so is guessing it counted.
func (p *Portal) slip(r *http.Request) (code string, s *access.Standing, x party.Slip, err error) {
	code, _ = party.Halves(r.PathValue("link"))
	x, u, ok, err := p.Slips.Slip(r.Context(), code, p.Now())
	if err != nil {
		return code, nil, x, err
	}
	if !ok {
		if err := p.Entry.Admission.Guess(p.Peer(r)); err != nil {
			return code, nil, x, err
		}
		return code, nil, x, p.spent(r)
	}
	if s, err = p.Rights.Standing(r.Context(), u.ID); err != nil {
		return code, nil, x, err
	}
	return code, s, x, site.Named(p.Allow(r, &site.Visitor{Standing: s}, access.ToActivate, s.Institution.ID), s.Institution, p.Now())
}

func (p *Portal) activation(w http.ResponseWriter, r *http.Request, status int, s *access.Standing, x party.Slip, field,
	wrong string) error {
	a := activationPage{Login: s.User.Login, Name: s.User.Name, Helper: site.HelperOf(s), Password: x.For == party.Password,
		Mailed: x.Mailed, Field: field, Error: wrong}
	_, second := party.Halves(r.PathValue("link"))
	a.Whole = second != ""
	title := "Penyerahan token"
	if a.Password {
		title = "Aktivasi user ID"
		n, err := p.NewPassword(r.Context(), field)
		if err != nil {
			return err
		}
		n.Focus = field == "password" || a.Whole // else the second half is typed first
		a.New = &n
	}
	page := p.Page(r, nil, title, a)
	if a.Password {
		page.Script = site.PasswordScript
	}
	return p.Show(w, r, status, "aktivasi", page)
}

func (p *Portal) activate(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Form(w, r, "kode", "password")
	if err != nil {
		return err
	}
	code, s, x, err := p.slip(r)
	if err != nil {
		return err
	}
	if err := p.Entry.Admission.Guess(p.Peer(r)); err != nil {
		return err
	}
	u, hash := s.User, ""
	if x.For == party.Password {
		hash, err = p.Entry.Chosen(r.Context(), f["password"], p.About(s))
		if weak, unfit := errors.AsType[*told.Error](err); unfit {
			return p.activation(w, r, site.Status(err), s, x, weak.Field, weak.Text)
		}
		if err != nil {
			return err
		}
	}
	_, second := party.Halves(r.PathValue("link"))
	got, ok, err := p.Slips.Redeem(r.Context(), code, cmp.Or(second, f["kode"]), hash, p.Now())
	if err != nil {
		return err
	}
	if !ok {
		if _, _, _, err := p.slip(r); err != nil {
			return err // that was the last try
		}
		if second != "" {
			return p.spent(r)
		}
		return p.activation(w, r, http.StatusUnprocessableEntity, s, x, "kode",
			"Kode kedua keliru. Setelah beberapa kali keliru, lembar ini tidak berlaku lagi.")
	}
	next := ""
	if hash != "" {
		if next, err = p.arrive(w, r, u.Login, f["password"]); err != nil {
			return err
		}
	}
	if len(got) == 0 {
		return p.Redirect(w, r, next)
	}
	page := handedPage{Login: u.Login, Next: next}
	for _, h := range got {
		page.Rows = append(page.Rows, handedRow{
			h.Kind.Label(), h.Fingerprint, h.Token, h.AppName, h.Label, where[h.Kind],
			bahasa.Date(h.Expires.In(s.Institution.Zone.Location())),
		})
	}
	shown := p.Page(r, nil, "Token Anda", page)
	shown.Script = "salin.js"
	return p.Show(w, r, http.StatusOK, "token", shown)
}

// arrive signs in who has just chosen a password, through the gate like everybody, and says where they go on: the first page, the second
// factor, or the page that signs in when the user id does not work yet (its NDA is missing) or the service is busy.
func (p *Portal) arrive(w http.ResponseWriter, r *http.Request, login, password string) (string, error) {
	code, next, _, err := p.enter(w, r, login, password)
	switch {
	case errors.Is(err, admission.ErrBusy), err == nil && code != access.Entered:
		return "/masuk?alasan=aktif", nil
	}
	return next, err
}

// spent is a slip that is not there, or not any more.
func (p *Portal) spent(r *http.Request) error {
	helper, err := p.helper(r)
	if err != nil {
		return err
	}
	return &site.Problem{Status: http.StatusGone, Message: site.Message{
		Kind: "warn", Heading: "Lembar ini tidak berlaku",
		Advice: []string{"Lembar ini sudah digunakan, telah melewati masa berlakunya, diganti cetakan baru, atau kodenya tidak lengkap. " +
			"Silakan meminta lembar baru kepada " + helper + "."},
	}}
}
