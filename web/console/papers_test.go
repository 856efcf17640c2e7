package console

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/party/passkey"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// coded gives a user one-time codes and returns how to make the one of now.
func (r *room) coded(login string) func() string {
	r.Helper()
	u, _, err := r.store.Users.UserByLogin(r.Context(), login)
	if err != nil {
		r.Fatal(err)
	}
	secret := party.NewTOTP()
	if err := r.store.Credentials.SetTOTP(r.Context(), u, secret, 0, r.now); err != nil {
		r.Fatal(err)
	}
	return func() string { return party.TOTPCode(secret, r.now) }
}

// keyed gives a user a passkey and returns what its device answers to the question on a page.
func (r *room) keyed(login string) func(page string) string {
	r.Helper()
	u, _, err := r.store.Users.UserByLogin(r.Context(), login)
	if err != nil {
		r.Fatal(err)
	}
	const address = "http://localhost:1"
	if r.entry.Passkeys, err = passkey.New(address, "Dinas"); err != nil {
		r.Fatal(err)
	}
	rp, auth := virtualwebauthn.RelyingParty{Name: "Dinas", ID: "localhost", Origin: address}, virtualwebauthn.NewAuthenticator()
	key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA) // of an EC key it writes no leading zeros: one in 128 is refused
	owner := passkey.Owner{User: u.ID, Login: u.Login, Name: u.Name}
	question, state, err := r.entry.Passkeys.Register(owner)
	if err != nil {
		r.Fatal(err)
	}
	o, err := virtualwebauthn.ParseAttestationOptions(string(question))
	if err != nil {
		r.Fatal(err)
	}
	auth.Options.UserHandle = []byte(o.UserID)
	kept, id, err := r.entry.Passkeys.Registered(owner, state, []byte(virtualwebauthn.CreateAttestationResponse(rp, auth, key, *o)))
	if err == nil {
		err = r.store.Credentials.AddPasskey(r.Context(), u, id, kept, "Gawai", r.now)
	}
	if err != nil {
		r.Fatal(err)
	}
	return func(page string) string {
		r.Helper()
		m := regexp.MustCompile(`data-question="([^"]+)"`).FindStringSubmatch(page)
		if m == nil {
			r.Fatal("no passkey is asked for")
		}
		o, err := virtualwebauthn.ParseAssertionOptions(html.UnescapeString(m[1]))
		if err != nil {
			r.Fatal(err)
		}
		key.Counter++
		return virtualwebauthn.CreateAssertionResponse(rp, auth, key, *o)
	}
}

// Whoever has a passkey confirms by it in place of a code: by an answer to the question of their own page, once.
func TestAPaperIsConfirmedByAPasskey(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r := open(t, engine)
		_, all, _, err := r.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		a, hash := all[0], strings.Repeat("ab12", 16)
		today, quota := party.WIB.Day(r.now), 500
		if _, err := r.store.Rights.Apply(t.Context(), journal.Change{At: r.now, Reason: "uji", Letter: "470/1"}, procedure.AddAddendum{
			Agreement: a, Was: a.At(r.now, today), Addendum: agreement.Addendum{Number: "A-1/2026", SignedOn: today, EffectiveOn: today,
				Change: agreement.Change{Quota: &quota}, Document: hash}}); err != nil {
			t.Fatal(err)
		}
		for login, path := range map[string]string{"kepala.dinpertan": "/instansi/perjanjian",
			"admin": "/konsol/perjanjian/dinpertan/" + strconv.FormatInt(a.ID, 10)} {
			answer, session := r.keyed(login), r.session(login)
			page := func() string { return r.do(session, "GET", path, nil, "").Body.String() }
			confirm := func(document, answer string) int {
				return r.post(session, path+"/konfirmasi", url.Values{"dokumen": {document}, "jawaban": {answer}}).Code
			}
			old := answer(page())
			answer(page())
			for name, got := range map[string]int{"an answer to an older question": confirm(hash, old), "no answer": confirm(hash, "{}")} {
				if got == http.StatusSeeOther || got >= 500 {
					t.Errorf("%s, %s: %d", login, name, got)
				}
			}
			r.now = r.now.Add(10 * time.Minute)
			if confirm(hash, answer(page())) != http.StatusSeeOther {
				t.Errorf("%s cannot confirm by a passkey", login)
			}
			if strings.Contains(page(), "data-question") {
				t.Errorf("%s is asked again", login)
			}
		}
	})
}

// What both offices signed is confirmed by its hash by the agency's head and by an administrator, each with a code that is asked for then
// and there; it waits for both on their first pages, is recorded in the agency's log, and stops nobody meanwhile.
func TestBothOfficesConfirmTheHashOfWhatTheySigned(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r := open(t, engine)
		i, all, _, err := r.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		g, _ := agreement.Current(all, r.now, i.Zone.Day(r.now))
		n := 0
		for all[n].ID != g.Agreement {
			n++
		}
		home := func(login, path string) string { return r.do(r.session(login), "GET", path, nil, "").Body.String() }
		if strings.Contains(home("kepala.dinpertan", "/instansi"), "Cocokkan sidik") || strings.Contains(home("admin", "/konsol"),
			"konfirmasi sidik") {
			t.Error("an agreement of before hashes were kept is to be confirmed")
		}
		hash, today := strings.Repeat("ab12", 16), i.Zone.Day(r.now)
		quota := 500
		if _, err := r.store.Rights.Apply(t.Context(), journal.Change{At: r.now, Reason: "uji", Letter: "470/1"}, procedure.AddAddendum{
			Agreement: all[n], Was: *g, Addendum: agreement.Addendum{Number: "A-1/2026", SignedOn: today, EffectiveOn: today,
				Change: agreement.Change{Quota: &quota}, Document: hash}}); err != nil {
			t.Fatal(err)
		}
		r.lookup("petugas.dinpertan", r.found[0], "A-1") // which fails the test when nobody is answered
		paper := "/konsol/perjanjian/dinpertan/" + "1"
		if !strings.Contains(home("kepala.dinpertan", "/instansi"), "Adendum A-1/2026") || !strings.Contains(home("admin", "/konsol"),
			"Adendum A-1/2026") || !strings.Contains(home("admin", paper), hash) {
			t.Error("the confirmation waits for nobody, or nobody sees the hash")
		}
		head, chief := r.coded("kepala.dinpertan"), r.coded("admin")
		own := "/instansi/perjanjian/konfirmasi"
		post := func(login, path, document, code string) int {
			t.Helper()
			return r.post(r.session(login), path, url.Values{"dokumen": {document}, "kode": {code}}).Code
		}
		for name, got := range map[string]int{
			"a wrong code":            post("kepala.dinpertan", own, hash, "000000"),
			"no code":                 post("admin", paper+"/konfirmasi", hash, ""),
			"an agency administrator": post("admin.dinpertan", own, hash, head()),
			"an operator":             post("operator", paper+"/konfirmasi", hash, chief()),
			"another agency's head":   post("kepala.dinkes", own, hash, "123456"),
		} {
			if got == http.StatusSeeOther || got >= 500 {
				t.Errorf("%s: %d", name, got)
			}
		}
		r.now = r.now.Add(10 * time.Minute) // the wrong code holds for a while
		if got := post("kepala.dinpertan", own, strings.Repeat("cd", 32), head()); got == http.StatusSeeOther {
			t.Error("another hash is confirmed")
		}
		r.now = r.now.Add(10 * time.Minute)
		if got := post("kepala.dinpertan", own, hash, head()); got != http.StatusSeeOther {
			t.Fatal("the head:", got)
		}
		if got := post("admin", paper+"/konfirmasi", hash, chief()); got != http.StatusSeeOther {
			t.Fatal("the administrator:", got)
		}
		r.now = r.now.Add(10 * time.Minute)
		if got := post("admin", paper+"/konfirmasi", hash, chief()); got == http.StatusSeeOther {
			t.Error("confirmed twice")
		}
		if page := home("auditor", paper); strings.Contains(page, "Belum dikonfirmasi") || strings.Contains(page, `name="kode"`) {
			t.Error("it is not told who has confirmed")
		}
		if strings.Contains(home("kepala.dinpertan", "/instansi"), "Cocokkan sidik") || strings.Contains(home("admin", "/konsol"),
			"konfirmasi sidik") {
			t.Error("what was confirmed still waits")
		}
		changes, err := r.store.Journal.Changes(t.Context(), i.ID, 0, 50)
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, c := range changes {
			if strings.Contains(c.After, "SHA-256 "+hash+" dikonfirmasi oleh") && c.By != 0 {
				told++
			}
		}
		if told != 2 {
			t.Errorf("%d of 2 confirmations are recorded", told)
		}
	})
}
