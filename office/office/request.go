package office

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gapura/agreement/party"
	"gapura/internal/document"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/procedure"
)

// A RequestRegister takes what an agency's own people ask for and decide.
type RequestRegister struct{ o *Office }

// RequestsOf is an office's.
func RequestsOf(o *Office) RequestRegister { return RequestRegister{o} }

// What the administrator of an agency does about its people (B10): ask for user ids by a case, and take away or unlock at once.

// Ask begins a case with what the agency's administrator filled in; nothing is sent until the first step is taken with the head's letter.
func (reg RequestRegister) Ask(ctx context.Context, who Actor, key string, in procedure.Input) (int64, error) {
	p, ok := procedure.Find(reg.o.Procedures, key)
	if !ok || !p.AgencyAsks {
		return 0, told.Refuse("Prosedur tidak dikenal.")
	}
	draft, x, err := reg.draft(ctx, who, &procedure.Case{Agency: who.Agency, Procedure: p, State: procedure.Open}, in)
	if err != nil {
		return 0, err
	}
	return reg.o.Store.Cases.OpenCase(ctx, who.Agency, p, draft, x.Now)
}

// AskAnew changes what was filled in, as long as it was not sent.
func (reg RequestRegister) AskAnew(ctx context.Context, who Actor, id int64, in procedure.Input) error {
	c, err := reg.own(ctx, who, id)
	if err != nil {
		return err
	}
	draft, _, err := reg.draft(ctx, who, &c, in)
	if err != nil {
		return err
	}
	ok, err := reg.o.Store.Cases.Redraft(ctx, id, draft)
	if err == nil && !ok {
		err = ErrMoved
	}
	return err
}

func (reg RequestRegister) own(ctx context.Context, who Actor, id int64) (procedure.Case, error) {
	c, found, err := reg.o.Store.Cases.Case(ctx, id, reg.o.Procedures)
	if err == nil && (!found || who.Agency != c.Agency) {
		err = errNoCase
	}
	return c, err
}

func (reg RequestRegister) draft(ctx context.Context, who Actor, c *procedure.Case, in procedure.Input) (map[string]string, procedure.Facts,
	error) {
	x, err := reg.o.Store.Cases.Facts(ctx, c.Agency, reg.o.Now())
	if err != nil {
		return nil, x, err
	}
	if c.Procedure.Needs == "agreement" && x.Agreement == nil {
		return nil, x, told.Refuse("Prosedur ini memerlukan perjanjian yang sudah ditandatangani.")
	}
	in.By, in.Role, in.At = who.User, who.Role, x.Now
	if s := c.Next(); s != nil {
		in = s.Filled(in, x)
	}
	if x.InUse, err = reg.o.Store.Cases.InUse(ctx, c.Names(in)); err != nil {
		return nil, x, err
	}
	values, err := c.Fill(in, x)
	return values, x, err
}

// Form is the form that goes with an agency's request, filled in, one for each person, as PDF: it has the agency's letterhead and no number
// of the office, is printed, signed, and comes back as a scan. A refusal when the procedure has none.
func (reg RequestRegister) Form(ctx context.Context, who Actor, id int64) ([]byte, error) {
	c, err := reg.own(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if c.Procedure.Form == "" || c.Draft == nil && len(c.Taken) == 0 {
		return nil, told.Refuse("Permohonan ini tidak memakai formulir.")
	}
	x, err := reg.o.Store.Cases.Facts(ctx, c.Agency, reg.o.Now())
	if err != nil {
		return nil, err
	}
	if x.Request, err = reg.o.Store.Cases.Request(ctx, c.Agency, reg.o.Procedures); err != nil {
		return nil, err
	}
	t, _, err := reg.o.Text(ctx, c.Procedure.Form)
	if err != nil {
		return nil, err
	}
	all, err := reg.o.valuesOfEach(&c, procedure.Result{}, "", x)
	if err != nil {
		return nil, fmt.Errorf("fill in %s: %w", t.Key, err)
	}
	for i, values := range all {
		// who has a user id is known, and not asked for anew; the office's own letters say no NIK
		if u, ok := owner(x, values["user_id"]); ok && values["nik"] == "" && !u.Identity.NIK.IsZero() {
			values["nik"] = u.Identity.NIK.Digits()
		}
		all[i] = fill(t, values)
	}
	pdf, err := document.RenderAll(t, agencyHead(x), all, x.Now)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", t.Key, err)
	}
	return pdf, nil
}

// mayEnd says why an agency's administrator may not take a user id away; nil when they may. It only ever takes away, and only one at a
// time.
func mayEnd(who Actor, u party.User) error {
	switch {
	case u.ID == who.User:
		return told.Refuse("User ID Anda sendiri dinonaktifkan dengan surat kepala instansi kepada Dinas Dukcapil.")
	case u.Role == party.HeadOfAgency || u.Role == party.AgencyAdmin:
		return told.Refuse("User ID kepala instansi dan admin instansi dinonaktifkan dengan surat kepala instansi kepada Dinas Dukcapil.")
	case !u.Deactivated.IsZero():
		return told.Refuse("User ID ini sudah nonaktif.")
	}
	return nil
}

// EndUser takes a user id of the administrator's own agency away, at once, with a reason, and tells both sides. Only a case gives it back.
func (reg RequestRegister) EndUser(ctx context.Context, who Actor, login, reason string) error {
	x, u, err := reg.ownUser(ctx, who, login)
	if err != nil {
		return err
	}
	if err := mayEnd(who, u); err != nil {
		return err
	}
	if reason, err = stated(reason); err != nil {
		return err
	}
	e := procedure.Deactivate{User: u, At: x.Now}
	subject, _, after := e.Words()
	text := subject + " " + after + " oleh admin instansi. Alasan: " + reason
	notices := []procedure.Notice{
		{Agency: party.Provider, At: x.Now, Text: x.Institution.Name + ": " + text, Path: "/konsol/instansi/" + x.Institution.Code +
			"/pengguna"},
		{Agency: who.Agency, At: x.Now, Text: text, Path: "/instansi/pengguna"},
	}
	return reg.o.Store.Rights.ApplyTold(ctx, journal.Change{At: x.Now, By: who.User, Reason: reason}, notices, e)
}

// UnlockUser lets a person of the administrator's own agency try to sign in again who waits after failures.
func (reg RequestRegister) UnlockUser(ctx context.Context, who Actor, login string) error {
	x, u, err := reg.ownUser(ctx, who, login)
	if err != nil {
		return err
	}
	return reg.o.Store.Accounts.Unlock(ctx, journal.Change{At: x.Now, By: who.User, Reason: "dibuka oleh admin instansi"}, u)
}

// ownUser finds a user id of the administrator's own agency.
func (reg RequestRegister) ownUser(ctx context.Context, who Actor, login string) (procedure.Facts, party.User, error) {
	if who.Role != party.AgencyAdmin {
		return procedure.Facts{}, party.User{}, procedure.ErrReadOnly
	}
	x, err := reg.o.Store.Cases.Facts(ctx, who.Agency, reg.o.Now())
	if err != nil {
		return x, party.User{}, err
	}
	i := slices.IndexFunc(x.Users, func(u party.User) bool { return u.Login == login })
	if i < 0 {
		return x, party.User{}, &told.Error{Kind: told.Missing, Text: "User ID tidak ditemukan pada instansi Anda."}
	}
	return x, x.Users[i], nil
}

// stated is a reason in one line; a *told.Error for the field "alasan" when there is none.
func stated(reason string) (string, error) {
	reason = strings.Join(strings.Fields(reason), " ")
	if n := len([]rune(reason)); n == 0 || n > 500 {
		return "", told.Wrong("alasan", "Alasan harus diisi, paling panjang 500 karakter.")
	}
	return reason, nil
}

// Unlock lets a person of any agency, or of the office's own staff (party.Provider), try to sign in again, for a reason that the record
// keeps and the person's agency is told. One person of the office does it, but never for oneself.
func Unlock(ctx context.Context, o *Office, who Actor, agency int64, login, reason string) error {
	if who.Role != party.Administrator && who.Role != party.Operator {
		return procedure.ErrReadOnly
	}
	x, err := o.Store.Cases.Facts(ctx, agency, o.Now())
	if err != nil {
		return err
	}
	u, found := owner(x, login)
	if !found {
		return &told.Error{Kind: told.Missing, Text: "User ID tidak ditemukan pada instansi ini."}
	}
	self := u.ID == who.User || slices.ContainsFunc(x.Staff, func(s party.User) bool { return s.ID == who.User && party.SamePerson(s, u) })
	if self {
		return told.Refuse("User ID Anda sendiri dibuka oleh orang lain.")
	}
	if reason, err = stated(reason); err != nil {
		return err
	}
	n := procedure.Notice{Agency: agency, At: x.Now, Path: "/instansi/pengguna", Text: "User ID " + login +
		" dapat mencoba masuk lagi, dibuka oleh Dinas Dukcapil. Alasan: " + reason}
	if agency == party.Provider {
		n.Path = "/konsol/pengguna"
	}
	return o.Store.Accounts.Unlock(ctx, journal.Change{At: x.Now, By: who.User, Reason: "dibuka oleh Dinas Dukcapil: " + reason}, u, n)
}
