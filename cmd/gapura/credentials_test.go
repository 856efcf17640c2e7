package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/store/storetest"
	"gapura/web/site"
)

// ask calls the JSON API over the whole server.
func (w *walk) ask(path, body string, from netip.Addr, auth func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.RemoteAddr = netip.AddrPortFrom(from, 1).String()
	r.Header.Set("Content-Type", "application/json")
	if auth != nil {
		auth(r)
	}
	out := httptest.NewRecorder()
	w.h.ServeHTTP(out, r)
	return out
}

func bearer(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func basic(login, password string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(login, password) }
}

// A token goes from the user-id case to its first lookup, and nobody but its owner sees it.
func TestATokenReachesItsOwnerAloneAndOpensTheAPI(t *testing.T) {
	w := newWalk(t)
	u := w.actor("aplikasi.dinpertan").User
	slip, err := w.p.store.Credentials.IssueToken(t.Context(), journal.Change{At: w.p.now(), By: 1, Letter: "BAST/1"}, u, party.APIToken,
		"", 0)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.p.store.Credentials.DrawSecond(t.Context(), slip.Slip, 2, w.p.now())
	if err != nil {
		t.Fatal(err)
	}
	redeem := func(code, second string, from netip.Addr) (int, map[string]string) {
		got := w.ask("/api/v1/slips", fmt.Sprintf(`{"code":%q,"second":%q}`, code, second), from, nil)
		var answer struct{ Tokens []map[string]string }
		if got.Code != http.StatusOK {
			return got.Code, nil
		}
		if err := json.Unmarshal(got.Body.Bytes(), &answer); err != nil || len(answer.Tokens) != 1 {
			t.Fatal(len(answer.Tokens), err)
		}
		return got.Code, answer.Tokens[0]
	}
	if code, _ := redeem(slip.Code, second, w.place(false)); code != http.StatusForbidden {
		t.Errorf("from another network: %d", code)
	}
	inside := w.place(true)
	for name, half := range map[string][2]string{"another slip": {party.NewSlipCode(), second}, "another half": {slip.Code,
		party.NewSecondCode()}} {
		if code, _ := redeem(half[0], half[1], inside); code != http.StatusForbidden {
			t.Errorf("%s: %d", name, code)
		}
	}
	code, answer := redeem(slip.Code, second, inside)
	if code != http.StatusOK || answer["kind"] != "api" {
		t.Fatal(code, answer)
	}
	if code, _ := redeem(slip.Code, second, inside); code != http.StatusForbidden {
		t.Errorf("a second time: %d", code)
	}
	lookup := fmt.Sprintf(`{"nik":%q,"purpose":"verifikasi penerima bantuan","reference":"A/1"}`, w.out.Sample.Found[0])
	if got := w.ask("/api/v1/lookups", lookup, inside, bearer(answer["token"])); got.Code != http.StatusOK {
		t.Errorf("first lookup: %d %s", got.Code, got.Body)
	}
	if _, err := w.p.store.Credentials.RevokeToken(t.Context(), journal.Change{At: w.p.now(), By: 1, Letter: "S/1"},
		answer["fingerprint"]); err != nil {
		t.Fatal(err)
	}
	if got := w.ask("/api/v1/lookups", lookup, inside, bearer(answer["token"])); got.Code != http.StatusUnauthorized {
		t.Errorf("after it was revoked: %d", got.Code)
	}
}

// Whoever makes a citizen portal's account sees no half of the slip of its token: one of the office prints it, a colleague hands the other
// one over.
func TestACitizenPortalsTokenComesByBothHalves(t *testing.T) {
	w := newWalk(t)
	note := journal.Change{At: w.p.now(), Letter: "470/2"}
	u := party.User{Institution: party.Provider, Login: "portal.warga", Name: "Portal", Position: "-", Role: party.CitizenPortal}
	var err error
	if u.ID, err = w.p.store.Rights.CreateUser(t.Context(), note, u, "nobody knows it"); err != nil {
		t.Fatal(err)
	}
	slip, err := w.p.store.Credentials.IssueSlip(t.Context(), note, u, party.Slip{For: party.APIToken})
	if err != nil || slip.Code != "" || slip.Second != "" {
		t.Fatalf("%+v, %v: a half is told to who is not known", slip, err)
	}
	if slip.Code, _, err = w.p.store.Credentials.PrintSlip(t.Context(), journal.Change{At: w.p.now(), By: 1}, slip.Slip); err != nil {
		t.Fatal(err)
	}
	second, err := w.p.store.Credentials.DrawSecond(t.Context(), slip.Slip, 2, w.p.now())
	if err != nil {
		t.Fatal(err)
	}
	got := w.ask("/api/v1/slips", fmt.Sprintf(`{"code":%q,"second":%q}`, slip.Code, second), w.place(true), nil)
	if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), `"kind":"api"`) {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}

// 50,000 anonymous calls in a burst add few records; the demo's clock stands still here, so that they are of one minute.
func TestAnonymousCallsAddFewRecords(t *testing.T) {
	w := newWalk(t)
	count := func() int64 {
		var n int64
		rows, _, err := w.p.store.Journal.Records(t.Context(), access.HistoryQuery{Agency: party.Provider, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		n = int64(len(rows))
		return n
	}
	before := count()
	calls := 50_000
	if testing.Short() {
		calls = 4_000
	}
	var wg sync.WaitGroup
	for part := range 8 {
		wg.Go(func() {
			for i := range calls / 8 {
				from := netip.AddrFrom4([4]byte{198, byte(part), byte(i >> 8), byte(i)})
				auth := bearer("tidak-dikenal")
				if i%2 == 0 {
					auth = nil
				}
				if got := w.ask("/api/v1/lookups", `{"nik":"1"}`, from, auth); got.Code != http.StatusUnauthorized {
					t.Errorf("%d %s", got.Code, got.Body)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := w.p.recordSums(t.Context(), w.p.now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	added := count() - before
	t.Logf("figure: %d anonymous calls from as many sources added %d records", calls, added)
	if added < 2 || added > 300 {
		t.Errorf("%d records", added)
	}
}

// A staff password opens no door of programs, right or wrong, and is answered as a login that nobody has.
func TestProgramsDoorsRefuseStaffPasswords(t *testing.T) {
	w := newWalk(t)
	tried := 0
	for _, l := range w.out.Logins {
		if !party.Role(l.Role).OfProvider() {
			continue
		}
		if tried++; l.TOTPSecret == "" {
			t.Errorf("%s has no second factor", l.User)
		}
		for path, body := range map[string]string{"/api/v1/lookups": `{"nik":"1","purpose":"x","reference":"y"}`,
			w.out.Legacy[0].Path: fmt.Sprintf(`{"user_id":%q,"password":%q,"nik":"1"}`, l.User, l.Password)} {
			right := w.ask(path, body, w.place(true), basic(l.User, l.Password))
			nobody := w.ask(path, strings.Replace(body, l.User, "tidak.ada", 1), w.place(true), basic("tidak.ada", l.Password))
			cut := func(r *httptest.ResponseRecorder) string {
				before, _, _ := strings.Cut(r.Body.String(), `,"record"`)
				return before
			}
			if right.Code != nobody.Code || cut(right) != cut(nobody) {
				t.Errorf("%s at %s: %d %s, nobody %d %s", l.User, path, right.Code, right.Body, nobody.Code, nobody.Body)
			}
		}
	}
	if tried < 3 {
		t.Errorf("%d of the provider's people were tried, want an administrator, an operator and an auditor", tried)
	}
}

// What an operator does with a token by commands: its slip is printed, its owner takes it with the second half, the list tells when it was
// used and when it ends, and once revoked it opens nothing.
func TestATokenIsTakenListedAndRevokedByCommands(t *testing.T) {
	w := newWalk(t)
	srv := httptest.NewServer(w.h)
	defer srv.Close()
	run := func(in string, args ...string) string {
		t.Helper()
		c := exec.Command("gapura", args...)
		c.Stdin = strings.NewReader(in)
		out, err := c.Output()
		if failed, is := errors.AsType[*exec.ExitError](err); is {
			t.Fatalf("%v: %v: %s", args, err, failed.Stderr)
		} else if err != nil {
			t.Fatal(args, err)
		}
		return string(out)
	}
	later := func() { // each command's clock begins anew where the configuration says
		t.Helper()
		w.at = w.at.Add(time.Hour)
		text, err := os.ReadFile(w.file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(w.file, []byte(replaceKey(string(text), "clock_start", w.at.Format(time.RFC3339))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	head := w.actor("kepala.dinpertan")
	issued := run("", "token", "issue", "--config", w.file, "--user", "aplikasi.dinpertan", "--for", "api", "--letter", "BAST/9",
		"--days", "30")
	later()
	code := regexp.MustCompile(`(?m)^kode: (\S+)$`).FindStringSubmatch(issued)
	slips, err := w.p.store.Credentials.OpenSlips(t.Context(), head.Institution, w.p.now())
	if err != nil || len(slips) != 1 || code == nil {
		t.Fatal(slips, err, issued)
	}
	second, err := w.p.store.Credentials.DrawSecond(t.Context(), slips[0].ID, head.ID, w.p.now())
	if err != nil {
		t.Fatal(err)
	}
	token := strings.TrimSpace(run(second+"\n", "token", "redeem", "--url", srv.URL, code[1]))
	print := party.Fingerprint(party.HashSecret(token))
	line := func() string {
		t.Helper()
		_, after, found := strings.Cut(run("", "token", "list", "--config", w.file, "--agency", "dinpertan"), print)
		if !found {
			t.Fatalf("%s is not listed", print)
		}
		line, _, _ := strings.Cut(after, "\n")
		return strings.Join(strings.Fields(line), " ")
	}
	opens := func() int {
		return w.ask("/api/v1/lookups", fmt.Sprintf(`{"nik":%q,"purpose":%q,"reference":"A/1"}`, w.out.Sample.Found[0],
			w.out.API[0].Purposes[0]), w.place(true), bearer(token)).Code
	}
	day := func(days int) string { return w.at.In(party.WIB.Location()).AddDate(0, 0, days).Format(time.DateOnly) }
	if got, want := line(), " - "+day(30)+" berlaku"; !strings.HasSuffix(got, want) {
		t.Errorf("before its first use: %q, want ...%q", got, want)
	}
	if got := opens(); got != http.StatusOK {
		t.Fatal(got)
	}
	if got, want := line(), " "+day(0)+" "+day(30)+" berlaku"; !strings.HasSuffix(got, want) {
		t.Errorf("after its first use: %q, want ...%q", got, want)
	}
	run("", "token", "revoke", "--config", w.file, "--letter", "S/1", print)
	later()
	if got := line(); !strings.HasSuffix(got, " dicabut") {
		t.Errorf("after it was revoked: %q", got)
	}
	for began := time.Now(); opens() != http.StatusUnauthorized; { // another process sees it within a second, or by its next record
		if time.Since(began) > 20*time.Second {
			t.Fatal("a revoked token opens")
		}
	}
}

// Akun tells of each way in when it was used last, to an agency's officer at the portal and to the office's people at the console:
// password, one-time code, passkey, recovery code, token, session.
func TestTheOwnerSeesWhenEachWayInWasUsedLast(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		w := newWalkOn(t, where)
		cred, began, day := w.p.store.Credentials, w.at, 0
		next := func() time.Time { // each is used on a day of its own
			day++
			return began.AddDate(0, 0, day).Add(time.Duration(day) * time.Minute)
		}
		reader := site.Visitor{Standing: &access.Standing{Institution: party.Institution{Zone: party.WIB}}}
		for _, login := range []string{"petugas.dinpertan", "operator"} {
			u, id, key, code := w.actor(login).User, []byte("gawai "+login), []byte("{}"), party.HashSecret("kode "+login)
			used := map[string]time.Time{"Kata sandi": next(), "Kode verifikasi": next(), "Kunci sandi": next(), "Kode pemulihan": next(),
				"Token": next()}
			for _, err := range []error{
				w.p.store.Accounts.Admit(t.Context(), u.ID, "", admission.Lane("192.0.2."+login), used["Kata sandi"].Add(-time.Hour)),
				w.p.store.Accounts.Admit(t.Context(), u.ID, "", "192.0.2.1", used["Kata sandi"]),
				cred.SetTOTP(t.Context(), u, party.NewTOTP(), 1, began),
				cred.AddPasskey(t.Context(), u, id, key, "Gawai", began),
				cred.UsePasskey(t.Context(), u.ID, id, key, used["Kunci sandi"]),
				cred.SetRecovery(t.Context(), u, []party.Hash{code, party.HashSecret(login)}, began),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			if ok, err := cred.StepTOTP(t.Context(), u.ID, 2, used["Kode verifikasi"]); !ok || err != nil {
				t.Fatal(ok, err)
			}
			if ok, err := cred.SpendRecovery(t.Context(), u, code, used["Kode pemulihan"]); !ok || err != nil {
				t.Fatal(ok, err)
			}
			if ok, err := cred.SpendRecovery(t.Context(), u, code, next()); ok || err != nil {
				t.Fatal("a recovery code works twice", err)
			}
			tokens, err := cred.Own(t.Context(), u.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range tokens {
				if c.LastUsed = used["Token"]; c.Kind.Token() {
					if err := w.p.store.Accounts.Use(t.Context(), c); err != nil {
						t.Fatal(err)
					}
				}
			}
			w.at = next()
			body := w.send(w.actor(login), "GET", "/akun", w.place(true), 0).Body.String()
			for what, at := range used {
				_, box, found := strings.Cut(body, "<h2>"+what+"</h2>")
				box, _, _ = strings.Cut(box, "</section>")
				if want := "erakhir dipakai " + site.Clock(at, &reader); !found || !strings.Contains(box, want) {
					t.Errorf("%s: no %q at %s: %q", login, want, what, box)
				}
			}
			if want := `data-l="Terakhir aktif">` + site.Clock(w.at, &reader); !strings.Contains(body, want) ||
				!strings.Contains(body, "Tersisa 1 kode.") {
				t.Errorf("%s: no %q, or not one code left", login, want)
			}
			w.at = began
		}
	})
}

// The office's own name is in no password that anybody chooses, wherever they are.
func TestTheOfficesNameIsInNoPassword(t *testing.T) {
	w := newWalk(t)
	for _, login := range []string{"petugas.dinpertan", "operator"} {
		got := w.form(w.actor(login), "/akun/sandi", false, url.Values{"lama": {w.out.Logins[0].Password},
			"password": {strings.ToLower(w.p.cfg.Office) + " 26"}})
		if got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.Body.String(), "nama kantor") {
			t.Errorf("%s: %d", login, got.Code)
		}
	}
}
