package desk

import (
	"net/http"

	"gapura/agreement/party"
	"gapura/desk/desk"
	"gapura/internal/told"
	"gapura/web/site"
)

// slips are the two halves by which people of the desk come to a password: the head prints the sheet, a colleague draws the second code.
type slips struct{ *Desk }

type slipsPage struct {
	Rows          []site.SlipRow
	Alone         bool   // nobody but the visitor could draw a second code
	Second, Of    string // that was drawn just now
	Done, Problem string
}

func (d slips) list(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return d.write(w, r, v, http.StatusOK, slipsPage{})
}

func (d slips) write(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p slipsPage) error {
	w.Header().Set("Cache-Control", "no-store")
	open, err := d.DB.Slips.Open(r.Context(), d.Now())
	if err != nil {
		return err
	}
	for _, s := range open {
		p.Rows = append(p.Rows, site.SlipRowOf(s, v, "/lembar", desk.For(desk.ToStaff, v.User.Role), s.Owner != v.User.ID))
	}
	users, err := d.DB.Users(r.Context())
	if err != nil {
		return err
	}
	p.Alone = true
	for _, u := range users {
		p.Alone = p.Alone && (u.ID == v.User.ID || !u.HasPassword || !u.Deactivated.IsZero())
	}
	return d.Show(w, r, status, "lembar", d.Page(r, v, "Lembar rahasia", p))
}

// issue issues a slip to a user and leads to where it is printed.
func (d slips) issue(w http.ResponseWriter, r *http.Request, user int64) error {
	if _, err := d.DB.Slips.Issue(r.Context(), user, d.Now()); err != nil {
		return err
	}
	return d.Redirect(w, r, "/lembar")
}

// print answers with the sheet, once: another one has another code.
func (d slips) print(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	id, ok := number(r, "id")
	if !ok {
		return site.ErrNotFound
	}
	if _, err := d.Form(w, r); err != nil {
		return err
	}
	s, err := d.DB.Slips.Print(r.Context(), id, v.User.ID, d.Now())
	if text, shown := told.Text(err); shown {
		return d.write(w, r, v, site.Status(err), slipsPage{Problem: text})
	}
	if err != nil {
		return err
	}
	u, err := d.DB.User(r.Context(), s.Owner)
	if err != nil {
		return err
	}
	pdf, err := desk.Sheet(d.Office, u.User, s.First, d.Zone.Day(s.Until), d.Now())
	if err != nil {
		return err // printing again makes another code
	}
	return site.SendSheet(w, s.OwnerLogin, pdf)
}

// draw shows the second code in this answer only.
func (d slips) draw(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	id, ok := number(r, "id")
	if !ok {
		return site.ErrNotFound
	}
	if _, err := d.Form(w, r); err != nil {
		return err
	}
	open, err := d.DB.Slips.Open(r.Context(), d.Now())
	if err != nil {
		return err
	}
	p := slipsPage{}
	for _, s := range open {
		if s.ID == id {
			p.Of = s.OwnerLogin
		}
	}
	p.Second, err = d.DB.Slips.DrawSecond(r.Context(), id, v.User.ID, d.Now())
	if text, shown := told.Text(err); shown {
		return d.write(w, r, v, site.Status(err), slipsPage{Problem: text})
	}
	if err != nil {
		return err
	}
	return d.write(w, r, v, http.StatusOK, p)
}

func (d slips) codeForm(w http.ResponseWriter, r *http.Request) error {
	return d.Show(w, r, http.StatusOK, "aktivasi-kode", d.Page(r, nil, "Lembar rahasia", nil))
}

// of finds the open slip of the address and whose it is. Guessing a code is counted as a try to sign in is.
func (d slips) of(r *http.Request) (party.User, error) {
	code, _ := party.Halves(r.PathValue("link"))
	_, u, ok, err := d.DB.Slips.Find(r.Context(), code, d.Now())
	if err != nil || ok {
		return u, err
	}
	if err := d.Entry.Admission.Guess(d.Peer(r)); err != nil {
		return u, err
	}
	return u, spent()
}

// spent is a slip that is not there, or not any more.
func spent() error {
	return &site.Problem{Status: http.StatusGone, Message: site.Message{
		Kind: "warn", Heading: "Lembar ini tidak berlaku",
		Advice: []string{"Lembar ini sudah digunakan, telah melewati masa berlakunya, diganti cetakan baru, atau kodenya tidak lengkap. " +
			"Mintalah lembar baru kepada kepala loket."},
	}}
}
