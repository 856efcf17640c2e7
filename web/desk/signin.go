package desk

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/desk/client"
	"gapura/desk/deskdb"
	"gapura/internal/told"
	"gapura/web/site"
)

// accounts are the pages by which people of the desk come in, and of their own account and the users.
type accounts struct{ *Desk }

type signInPage struct{ Failed, Expired, Left, Ready bool }

func (d accounts) signInForm(w http.ResponseWriter, r *http.Request) error {
	v, err := d.Visitor(r)
	if err != nil {
		return err
	}
	if v != nil {
		return d.Redirect(w, r, "/antrean")
	}
	why := r.URL.Query().Get("alasan")
	return d.Show(w, r, http.StatusOK, "masuk", d.Page(r, nil, "Masuk", signInPage{Expired: why == "sesi", Left: why == "keluar",
		Ready: why == "aktif"}))
}

// Waiting is how long one waits after several failures.
func (signInPage) Waiting() string { return party.Waiting() }

func (d accounts) signIn(w http.ResponseWriter, r *http.Request) error {
	f, err := d.Form(w, r, "user", "password")
	if err != nil {
		return err
	}
	next, err := d.enter(w, r, f["user"], f["password"])
	if err != nil {
		return err
	}
	if next == "" {
		user, held, err := d.DB.Accounts.Tried(r.Context(), f["user"], admission.Source(d.Peer(r)), d.Now())
		if err == nil {
			err = security(d).failed(r, user, held)
		}
		if err != nil {
			return err
		}
		return d.Show(w, r, http.StatusForbidden, "masuk", d.Page(r, nil, "Masuk", signInPage{Failed: true}))
	}
	return d.Redirect(w, r, next)
}

// enter is the one way in with a password: to a session and the page where it goes on; empty: refused.
func (d accounts) enter(w http.ResponseWriter, r *http.Request, login, password string) (next string, err error) {
	in, err := d.Entry.Admission.Authenticate(r.Context(), admission.Attempt{Door: admission.Desk, Kind: party.Password, Login: login,
		Secret: password, Source: d.Peer(r)})
	if err != nil || in.User == 0 {
		return "", err
	}
	token, stage, err := d.Entry.Open(r.Context(), d.Token(r), in, d.Peer(r), r.UserAgent())
	if err != nil {
		return "", err
	}
	d.SetCookie(w, r, token)
	return site.Onward(stage), nil
}

// signOut ends the session in the database too: a cookie that somebody has copied is worth nothing after it.
func (d accounts) signOut(w http.ResponseWriter, r *http.Request) error {
	if token := d.Token(r); token != "" {
		if err := d.Entry.SignIn.Close(r.Context(), token); err != nil {
			return err
		}
	}
	d.SetCookie(w, r, "")
	return d.Redirect(w, r, "/masuk?alasan=keluar")
}

type activationPage struct {
	Login, Name  string
	Whole        bool // the address holds both halves
	New          site.NewPassword
	Field, Error string // that is wrong, and what is wrong with it
}

// activationForm greets by name, so that whoever opens another's sheet sees it before choosing a password.
func (d accounts) activationForm(w http.ResponseWriter, r *http.Request) error {
	u, err := slips(d).of(r)
	if err != nil {
		return err
	}
	return d.activation(w, r, http.StatusOK, u, "", "")
}

func (d accounts) activation(w http.ResponseWriter, r *http.Request, status int, u party.User, field, wrong string) error {
	n, err := d.NewPassword(r.Context(), field)
	if err != nil {
		return err
	}
	_, second := party.Halves(r.PathValue("link"))
	n.Focus = field == "password" || second != "" // else the second code is typed first
	page := d.Page(r, nil, "Aktivasi user ID", activationPage{u.Login, u.Name, second != "", n, field, wrong})
	page.Script = site.PasswordScript
	return d.Show(w, r, status, "aktivasi", page)
}

// activate counts the attempt before anything is computed for it, as a sign-in is: codes are short, and hashing a password is dear. When
// the machine is too busy to sign the user in at once, the password stands all the same, and the sign-in page says so.
func (d accounts) activate(w http.ResponseWriter, r *http.Request) error {
	f, err := d.Form(w, r, "kode", "password")
	if err != nil {
		return err
	}
	u, err := slips(d).of(r)
	if err != nil {
		return err
	}
	if err := d.Entry.Admission.Guess(d.Peer(r)); err != nil {
		return err
	}
	hash, err := d.Entry.Chosen(r.Context(), f["password"], party.About{Login: u.Login, Name: u.Name, Agency: d.Office.Name})
	if weak, unfit := errors.AsType[*told.Error](err); unfit {
		return d.activation(w, r, site.Status(err), u, weak.Field, weak.Text)
	}
	if err != nil {
		return err
	}
	code, second := party.Halves(r.PathValue("link"))
	ok, err := d.DB.Slips.Redeem(r.Context(), code, cmp.Or(second, f["kode"]), hash, d.Now())
	if err != nil {
		return err
	}
	if !ok {
		if _, err := slips(d).of(r); err != nil {
			return err // that was the last try
		}
		if second != "" {
			return spent()
		}
		return d.activation(w, r, http.StatusUnprocessableEntity, u, "kode",
			"Kode kedua keliru. Setelah beberapa kali keliru, lembar ini tidak berlaku lagi.")
	}
	next, err := d.enter(w, r, u.Login, f["password"])
	if errors.Is(err, admission.ErrBusy) || err == nil && next == "" {
		next, err = "/masuk?alasan=aktif", nil
	}
	if err != nil {
		return err
	}
	return d.Redirect(w, r, next)
}

type tokenPage struct {
	HasToken bool
	Problem  string
	State    site.Tag
	Facts    string // of the token that is kept
	Next     string // what to do when it does not work
}

func (d accounts) tokenForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return d.writeToken(w, r, v, http.StatusOK, "")
}

// writeToken never shows a token, not even to its owner: the page tells its fingerprint, as the provider's console does.
func (d accounts) writeToken(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, problem string) error {
	u, err := d.DB.User(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	return d.Show(w, r, status, "token", d.Page(r, v, "Token Dukcapil", d.tokenFacts(r, v, tokenPage{HasToken: u.Token, Problem: problem})))
}

// tokenFacts asks the provider how the kept token stands, and says what to do when it does not work.
func (d accounts) tokenFacts(r *http.Request, v *site.Visitor, p tokenPage) tokenPage {
	if !p.HasToken {
		return p
	}
	token, err := d.DB.Token(r.Context(), v.User.ID)
	if err != nil {
		p.State, p.Next = site.Tag{Label: "Tidak dapat dibuka", Kind: "bad"},
			"Token yang tersimpan tidak dapat dibuka. Masukkan token sekali lagi."
		return p
	}
	s, err := d.Provider.Token(r.Context(), token)
	if text, ok := d.trouble(err); ok {
		p.State, p.Next = site.Tag{Label: "Belum diketahui", Kind: "mid"}, text
		if refused, is := errors.AsType[*client.Refused](err); is && refused.Code == "login" {
			p.State, p.Next = site.Tag{Label: "Tidak dikenal", Kind: "bad"},
				"Dukcapil tidak mengenal token ini. Masukkan token dari BAST terbaru, atau mintalah yang baru."
		}
		return p
	} else if err != nil {
		p.State = site.Tag{Label: "Belum diketahui", Kind: "mid"}
		return p
	}
	again := "Admin instansi mengajukan berkas Token aplikasi untuk mendapat token baru."
	if len(s.Contacts) > 0 {
		again += " Hubungi " + strings.Join(s.Contacts, " atau ") + "."
	}
	p.State = map[string]site.Tag{"live": {Label: "Berlaku", Kind: "ok"}, "replaced": {Label: "Diganti, masih berlaku sementara",
		Kind: "mid"}, "expired": {Label: "Lewat masa berlaku", Kind: "bad"},
		"revoked": {Label: "Dicabut", Kind: "bad"}, "ended": {Label: "Berakhir bersama user ID, aplikasi, atau perjanjiannya",
			Kind: "bad"}}[s.State]
	p.Next = map[string]string{"replaced": "Masukkan token penggantinya sebelum tanggal berakhir.", "expired": again, "revoked": again,
		"ended": again}[s.State]
	p.Facts = "Sidik " + s.Fingerprint + "; terakhir dipakai " + d.when(s.LastUsed) + "; berlaku sampai " + d.when(s.Expires)
	return p
}

// setToken keeps the officer's own token. When the provider can be asked, it is tried first.
func (d accounts) setToken(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := d.Form(w, r, "token")
	if err != nil {
		return err
	}
	token := strings.TrimSpace(f["token"])
	if len(token) < 16 || len(token) > 200 || strings.ContainsAny(token, " \t\r\n") {
		return d.writeToken(w, r, v, http.StatusUnprocessableEntity, "Token tidak lengkap. Salin seluruh token dari BAST user ID.")
	}
	state, err := d.Provider.Token(r.Context(), token)
	if refused, ok := errors.AsType[*client.Refused](err); ok {
		return d.writeToken(w, r, v, http.StatusUnprocessableEntity, "Ditolak Dukcapil: "+refused.Text+". Token tidak disimpan.")
	}
	if err == nil && state.State != "live" && state.State != "replaced" {
		return d.writeToken(w, r, v, http.StatusUnprocessableEntity, "Token ini tidak berlaku lagi di Dukcapil. Masukkan token dari BAST "+
			"terbaru. Token tidak disimpan.")
	}
	if err := d.DB.SetToken(r.Context(), v.User.ID, token, d.Now()); err != nil {
		return err
	}
	d.Wake()
	return d.Redirect(w, r, "/akun?selesai=token")
}

type usersPage struct {
	Users         []deskdb.User
	Self          int64
	Done, Problem string
}

func (d accounts) users(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return d.writeUsers(w, r, v, http.StatusOK, usersPage{})
}

func (d accounts) writeUsers(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p usersPage) error {
	var err error
	if p.Users, err = d.DB.Users(r.Context()); err != nil {
		return err
	}
	p.Self = v.User.ID
	return d.Show(w, r, status, "pengguna", d.Page(r, v, "Pengguna", p))
}

// addUser ends with the sheet that is to be printed: its halves are shown once, and a user id without a password can do nothing.
func (d accounts) addUser(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := d.Form(w, r, "user", "nama", "peran")
	if err != nil {
		return err
	}
	login, name, role := strings.ToLower(strings.TrimSpace(f["user"])), strings.Join(strings.Fields(f["nama"]), " "), party.Role(f["peran"])
	if len(login) < 3 || len(login) > 40 || strings.Trim(login, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" || name == "" ||
		len(name) > 100 || role != party.Officer && role != party.HeadOfAgency {
		return d.writeUsers(w, r, v, http.StatusUnprocessableEntity,
			usersPage{Problem: "Isi user ID (3–40 huruf kecil, angka, titik, atau tanda hubung), nama, dan peran."})
	}
	id, err := d.DB.AddUser(r.Context(), login, name, role, "", d.Now())
	if text, shown := told.Text(err); shown {
		return d.writeUsers(w, r, v, site.Status(err), usersPage{Problem: text})
	}
	if err != nil {
		return err
	}
	return slips(d).issue(w, r, id)
}

// changeUser does what a head may do to another's user id. Nobody changes their own: a desk whose only head has ended itself could be
// opened again on the machine alone.
func (d accounts) changeUser(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	id, ok := number(r, "id")
	if !ok {
		return site.ErrNotFound
	}
	if _, err := d.Form(w, r); err != nil {
		return err
	}
	u, err := d.DB.User(r.Context(), id)
	if errors.Is(err, deskdb.ErrNone) || err == nil && !u.Deactivated.IsZero() {
		return site.ErrNotFound
	}
	if err != nil {
		return err
	}
	p := usersPage{}
	switch r.PathValue("act") {
	case "lembar":
		return slips(d).issue(w, r, id)
	case "akhiri":
		if id == v.User.ID {
			return d.writeUsers(w, r, v, http.StatusConflict, usersPage{Problem: "User ID sendiri tidak dapat diakhiri."})
		}
		err, p.Done = d.DB.Deactivate(r.Context(), id, d.Now()), "User ID "+u.Login+" telah diakhiri; sesi dan tokennya dihapus."
	case "peran":
		if id == v.User.ID {
			return d.writeUsers(w, r, v, http.StatusConflict, usersPage{Problem: "Peran sendiri tidak dapat diubah."})
		}
		role := party.HeadOfAgency
		if u.Role == role {
			role = party.Officer
		}
		err, p.Done = d.DB.SetRole(r.Context(), id, role, d.Now()), "Peran "+u.Login+" sekarang "+role.Label()+"; sesinya berakhir."
	case "kode":
		err, p.Done = d.DB.Credentials.DropFactors(r.Context(), id, d.Now()),
			"Kode verifikasi dan kunci sandi "+u.Login+" telah dihapus; sesinya berakhir."
	default:
		return site.ErrNotFound
	}
	if err != nil {
		return err
	}
	return d.writeUsers(w, r, v, http.StatusOK, p)
}
