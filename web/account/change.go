package account

import (
	"encoding/base32"
	"html/template"
	"net/http"
	"strings"
	"unicode/utf8"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/web/site"
)

type passwordPage struct {
	Login string
	New   site.NewPassword
	Fault fault
}

func (a *Account) passwordForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return a.writePassword(w, r, v, http.StatusOK, fault{})
}

func (a *Account) writePassword(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, f fault) error {
	field, err := a.NewPassword(r.Context(), f.Field)
	if err != nil {
		return err
	}
	field.Focus = false // the old one is asked for first
	page := a.Page(r, v, "Ganti kata sandi", passwordPage{v.User.Login, field, f})
	page.Script = site.PasswordScript
	return a.Show(w, r, status, "akun-sandi", page)
}

// changePassword takes a new password; all other sessions end.
func (a *Account) changePassword(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := a.Form(w, r, "lama", "password")
	if err != nil {
		return err
	}
	err, hash := a.confirm(r, v, f["lama"]), ""
	switch {
	case err != nil:
	case f["password"] == f["lama"]:
		err = admission.ErrUnchanged
	default:
		hash, err = a.Entry.Chosen(r.Context(), f["password"], a.About(v.Standing))
	}
	if wrong, ok := beside(err); ok {
		return a.writePassword(w, r, v, site.Status(err), fault{wrong.Field, wrong.Text})
	}
	if err != nil {
		return err
	}
	if err := a.Store.ChangePassword(r.Context(), v.User, hash, v.Session.Hash, a.Now()); err != nil {
		return err
	}
	return a.Redirect(w, r, "/akun?selesai=sandi")
}

type codePage struct {
	Has    bool // there are one-time codes already
	Secret string
	Image  template.URL
	Fault  fault
}

func (a *Account) codeForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return a.writeCode(w, r, v, http.StatusOK, "", fault{})
}

// writeCode shows a new secret, or the one that was shown before.
func (a *Account) writeCode(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, secret string, wrong fault) error {
	if raw, err := base32.StdEncoding.DecodeString(secret); err != nil || len(raw) != 20 {
		secret = party.NewTOTP()
	}
	image, err := site.QR(a.Entry.Address(v.User, secret))
	if err != nil {
		return err
	}
	have, err := a.Entry.Factors.Factors(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	return a.Show(w, r, status, "akun-kode", a.Page(r, v, "Kode verifikasi", codePage{have.TOTP, secret, image, wrong}))
}

// setCode sets one-time codes up, in place of those that were.
func (a *Account) setCode(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := a.Form(w, r, "rahasia", "kode", "lama")
	if err != nil {
		return err
	}
	if err = a.confirm(r, v, f["lama"]); err == nil {
		_, err = a.Entry.SetTOTP(r.Context(), v.Token, v.Session, v.User, f["rahasia"], f["kode"])
	}
	if wrong, ok := beside(err); ok {
		return a.writeCode(w, r, v, site.Status(err), f["rahasia"], fault{wrong.Field, wrong.Text})
	}
	if err != nil {
		return err
	}
	return a.Redirect(w, r, "/akun?selesai=kode")
}

func (a *Account) dropCode(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := a.Form(w, r, "kode")
	if err != nil {
		return err
	}
	err = a.Entry.DropTOTP(r.Context(), v.Session, v.User, f["kode"])
	return a.after(w, r, v, err, "tanpa")
}

// after goes back to the overview, with what went wrong or what was done.
func (a *Account) after(w http.ResponseWriter, r *http.Request, v *site.Visitor, err error, key string) error {
	if wrong, ok := beside(err); ok {
		return a.show(w, r, v, site.Status(err), overviewPage{Problem: wrong.Text})
	}
	if err != nil {
		return err
	}
	return a.Redirect(w, r, "/akun?selesai="+key)
}

type passkeyPage struct {
	Question string // for the browser; empty: this address can have no passkeys
	Name     string
	Fault    fault
}

func (a *Account) passkeyForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return a.writePasskey(w, r, v, http.StatusOK, site.Device(r.UserAgent()), fault{})
}

func (a *Account) writePasskey(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, name string, wrong fault) error {
	p := passkeyPage{Name: name, Fault: wrong}
	if a.Entry.Passkeys != nil {
		question, err := a.Entry.Register(r.Context(), v.Session, v.User)
		if err != nil {
			return err
		}
		p.Question = string(question)
	}
	page := a.Page(r, v, "Kunci sandi", p)
	page.Script = site.PasskeyScript
	return a.Show(w, r, status, "akun-kunci", page)
}

func (a *Account) addPasskey(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := a.Form(w, r, "nama", "lama", "jawaban")
	if err != nil {
		return err
	}
	name := strings.Join(strings.Fields(f["nama"]), " ")
	if name == "" || utf8.RuneCountInString(name) > 60 {
		err = told.Wrong("nama", "Isi nama kunci, paling panjang 60 karakter, misalnya nama gawainya.")
	}
	if err == nil {
		err = a.confirm(r, v, f["lama"])
	}
	if err == nil {
		_, err = a.Entry.Registered(r.Context(), v.Token, v.Session, v.User, []byte(f["jawaban"]), name)
	}
	if wrong, ok := beside(err); ok {
		return a.writePasskey(w, r, v, site.Status(err), f["nama"], fault{wrong.Field, wrong.Text})
	}
	if err != nil {
		return err
	}
	return a.Redirect(w, r, "/akun?selesai=kunci")
}

func (a *Account) dropPasskey(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := a.Form(w, r, "lama")
	if err != nil {
		return err
	}
	if err = a.confirm(r, v, f["lama"]); err == nil {
		err = a.Entry.DropPasskey(r.Context(), v.User, site.Number(r.PathValue("id")))
	}
	return a.after(w, r, v, err, "tanpa-kunci")
}

type recoveryPage struct {
	Codes []string // new ones, shown this once
	Left  int
	Login string
	Made  string
	Fault fault
}

func (a *Account) recoveryForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return a.writeRecovery(w, r, v, http.StatusOK, recoveryPage{})
}

func (a *Account) writeRecovery(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p recoveryPage) error {
	have, err := a.Entry.Factors.Factors(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	p.Left, p.Login, p.Made = have.Recovery, v.User.Login, site.Clock(a.Now(), v)
	return a.Show(w, r, status, "akun-pemulihan", a.Page(r, v, "Kode pemulihan", p))
}

// newRecovery makes new recovery codes and shows them, this once; the old ones end.
func (a *Account) newRecovery(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := a.Form(w, r, "lama")
	if err != nil {
		return err
	}
	var codes []string
	if err = a.confirm(r, v, f["lama"]); err == nil {
		codes, err = a.Entry.RecoveryCodes(r.Context(), v.User)
	}
	if wrong, ok := beside(err); ok {
		return a.writeRecovery(w, r, v, site.Status(err), recoveryPage{Fault: fault{wrong.Field, wrong.Text}})
	}
	if err != nil {
		return err
	}
	return a.writeRecovery(w, r, v, http.StatusOK, recoveryPage{Codes: codes})
}
