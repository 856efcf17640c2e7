package desk_test

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/web/site"
)

const better = "ladang kopi lereng Slamet 7"

// signedOut reports whether a browser has lost its session.
func (p *person) signedOut() bool {
	p.get("/akun")
	return p.path == "/masuk"
}

func TestAPasswordIsChangedWithTheOldOneAndEndsTheOtherSessions(t *testing.T) {
	c := newCounter(t)
	here, there, other := c.signedIn("petugas"), c.signedIn("petugas"), c.signedIn("kepala")
	change := func(old, chosen string) {
		t.Helper()
		here.post("/akun/sandi", url.Values{"lama": {old}, "password": {chosen}})
	}
	for _, x := range []struct{ old, chosen, want string }{
		{"bukan kata sandi saya", better, "Kata sandi Anda keliru"},
		{password, password, "sama dengan kata sandi lama"},
		{password, "pendek", "10 sampai 128 karakter"},
		{password, "password123", "mudah ditebak"},
		{password, "petugas123", "user ID, nama Anda, atau nama kantor"},
	} {
		change(x.old, x.chosen)
		here.expect(422, x.want)
		if strings.Contains(here.body, `"`+x.chosen) {
			t.Errorf("%q: the page repeats a password", x.want)
		}
	}
	if there.signedOut() {
		t.Fatal("a refused change ended a session")
	}
	change(password, better)
	here.expect(200, "Kata sandi telah diganti", "Kata sandi diganti")
	if !there.signedOut() || here.signedOut() || other.signedOut() {
		t.Errorf("sessions that ended: other browser %v, this one %v, another user's %v", there.signedOut(), here.signedOut(),
			other.signedOut())
	}
	x := c.person()
	x.post("/masuk", url.Values{"user": {"petugas"}, "password": {password}})
	x.expect(403, "Gagal masuk")
	x.post("/masuk", url.Values{"user": {"petugas"}, "password": {better}})
	if x.path != "/antrean" {
		t.Errorf("with the new password: %d %s", x.code, x.path)
	}
}

func TestTheOldPasswordIsNotGuessedThroughAnOpenBrowser(t *testing.T) {
	c := newCounter(t)
	o := c.signedIn("petugas")
	c.at = c.at.Add(10 * time.Minute) // the sign-in's own password is not remembered any more
	for _, form := range []string{"/akun/sandi", "/akun/kode", "/akun/kunci", "/akun/pemulihan", "/akun/sandi", "/akun/kode"} {
		o.post(form, url.Values{"lama": {"salah sekali"}, "password": {better}, "nama": {"Laptop"}})
		o.expect(422, "Kata sandi Anda keliru")
	}
	o.post("/akun/sandi", url.Values{"lama": {password}, "password": {better}})
	if o.code != 422 {
		t.Errorf("after six guesses the right one is heard: %d", o.code)
	}
	c.at = c.at.Add(2 * time.Minute)
	o.post("/akun/sandi", url.Values{"lama": {password}, "password": {better}})
	o.expect(200, "Kata sandi telah diganti")
}

func TestOwnSessionsAreSeenAndEndedOneByOneOrAllOthers(t *testing.T) {
	c := newCounter(t)
	here, there, third, other := c.signedIn("petugas"), c.signedIn("petugas"), c.signedIn("petugas"), c.signedIn("kepala")
	ids := func(p *person) []string {
		p.get("/akun")
		var out []string
		for _, m := range regexp.MustCompile(`action="/akun/sesi/([0-9A-F-]+)"`).FindAllStringSubmatch(p.body, -1) {
			out = append(out, m[1])
		}
		return out
	}
	list := ids(here)
	here.expect(200, "sesi ini", "127.0.0.1", "Akhiri semua sesi lain")
	if len(list) != 2 {
		t.Fatalf("%d other sessions are shown", len(list))
	}
	other.post("/akun/sesi/"+list[0], nil)
	other.expect(404)
	if there.signedOut() || third.signedOut() {
		t.Fatal("somebody else ended a session")
	}
	own := ids(there)
	var mine string // of here, as the others see it
	for _, id := range own {
		if !slices.Contains(list, id) {
			mine = id
		}
	}
	here.post("/akun/sesi/"+mine, nil)
	here.expect(404)
	there.post("/akun/sesi/"+mine, nil)
	there.expect(200, "Sesi telah diakhiri")
	if !here.signedOut() || third.signedOut() {
		t.Fatal("another session ended than the one that was named")
	}
	third.post("/akun/sesi", nil)
	third.expect(200, "Semua sesi lain telah diakhiri")
	if !there.signedOut() || third.signedOut() || other.signedOut() {
		t.Error("all others: the wrong ones ended")
	}
	third.post("/keluar", nil)
	other.get("/keamanan?jenis=keluar")
	for id, what := range map[string]string{mine: "one by one", list[0]: "all others or signing out",
		list[1]: "all others or signing out"} {
		if !strings.Contains(other.body, "Sesi "+id+" diakhiri") {
			t.Errorf("the end of session %s, %s, is not in the log", id, what)
		}
	}
}

func TestARecoveryCodeIsShownOnceAndWorksOnce(t *testing.T) {
	c := newCounter(t)
	o := c.signedIn("petugas")
	secret := party.NewTOTP()
	o.post("/akun/kode", url.Values{"lama": {password}, "rahasia": {secret}, "kode": {party.TOTPCode(secret, c.at)}})
	o.expect(200, "Kode verifikasi telah diaktifkan", "Anda belum mempunyai kode pemulihan")
	o.post("/akun/pemulihan", url.Values{"lama": {password}})
	o.expect(200, "hanya ditampilkan satu kali")
	var codes []string
	for _, m := range regexp.MustCompile(`<li>([A-Z0-9-]+)</li>`).FindAllStringSubmatch(o.body, -1) {
		codes = append(codes, m[1])
	}
	if len(codes) != party.RecoveryCodes {
		t.Fatalf("%d codes", len(codes))
	}
	for _, page := range []string{"/akun", "/akun/pemulihan"} {
		o.get(page)
		o.expect(200, "Tersisa 10 kode")
		if strings.Contains(o.body, codes[0]) {
			t.Errorf("%s shows a code again", page)
		}
	}
	enter := func(code string) *person {
		x := c.person()
		x.post("/masuk", url.Values{"user": {"petugas"}, "password": {password}})
		x.expect(200, "kode pemulihan")
		x.post("/masuk/kode", url.Values{"kode": {code}})
		return x
	}
	o.get("/akun")
	o.expect(200, "kunci Anda hilang. Terakhir dipakai -.")
	if x := enter(strings.ToLower(codes[3])); x.path != "/antrean" {
		t.Fatalf("by a recovery code: %d %s", x.code, x.path)
	}
	wib := site.Visitor{Standing: &access.Standing{Institution: party.Institution{Zone: party.WIB}}}
	spent := "kunci Anda hilang. Terakhir dipakai " + site.Clock(c.at, &wib)
	o.get("/akun")
	o.expect(200, spent, " Terakhir dipakai "+site.Clock(c.at, &wib)+".</p>\n<p class=\"acts\"><a class=\"button quiet\" "+
		`href="/akun/sandi"`,
		"Token Dukcapil</h2><p>Kapan terakhir dipakai")
	enter(codes[3]).expect(422, "Kode keliru")
	head := c.signedIn("kepala")
	head.get("/keamanan?jenis=gagal")
	head.expect(200, "Langkah kedua gagal")
	o.get("/akun")
	o.expect(200, "Tersisa 9 kode", "Satu kode pemulihan dipakai")
	o.post("/akun/pemulihan", url.Values{"lama": {password}})
	o.get("/akun")
	o.expect(200, "Tersisa 10 kode", spent)
	enter(codes[4]).expect(422, "Kode keliru") // new ones end the old ones

	// A code that was used once, also the one by which it was set up, is of no use again.
	enter(party.TOTPCode(secret, c.at)).expect(422, "Kode keliru")
	c.at = c.at.Add(time.Minute)
	now := party.TOTPCode(secret, c.at)
	if x := enter(now); x.path != "/antrean" {
		t.Fatalf("by the next code: %d %s", x.code, x.path)
	}
	enter(now).expect(422, "Kode keliru")

	o.post("/akun/kode/hapus", url.Values{"kode": {"000000"}})
	o.expect(422, "Kode keliru")
	c.at = c.at.Add(time.Minute)
	o.post("/akun/kode/hapus", url.Values{"kode": {party.TOTPCode(secret, c.at)}})
	o.expect(200, "Kode verifikasi telah dimatikan")
	if have, err := c.db.Credentials.Factors(context.Background(), c.user("petugas").ID); err != nil || have.TOTP {
		t.Errorf("%+v %v", have, err)
	}
}

func (c *counter) user(login string) party.User {
	c.t.Helper()
	all, err := c.db.Users(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	for _, u := range all {
		if u.Login == login {
			return u.User
		}
	}
	c.t.Fatal("no user " + login)
	return party.User{}
}

// A password that has become too old opens one page only, on which another is chosen; its rules are those of the policy.
func TestAPasswordThatIsTooOldIsChangedBeforeAnythingElse(t *testing.T) {
	c := newCounter(t)
	policy := party.Policy{Kinds: 3, Days: 90}
	c.desk.Entry.Policy = func(context.Context) (party.Policy, error) { return policy, nil }
	if young := c.signedIn("petugas"); young.signedOut() {
		t.Fatal("a young password is not enough")
	}
	c.at = c.at.Add(91 * 24 * time.Hour)
	o := c.person()
	o.post("/masuk", url.Values{"user": {"petugas"}, "password": {password}})
	o.expect(200, "melewati masa berlakunya", "paling sedikit 3 jenis", "diganti setiap 90 hari")
	for _, page := range []string{"/antrean", "/akun", "/lembar", "/masuk/kode"} {
		if o.get(page); o.path == page {
			t.Errorf("%s opens beside a password that is too old", page)
		}
	}
	const sturdy = "Ladang kopi lereng Slamet 7"
	for chosen, want := range map[string]string{"ladang kopi lereng gunung": "3 jenis", "Petugas-2026": "user ID, nama Anda",
		password: "Kata sandi"} {
		o.post("/masuk/sandi", url.Values{"password": {chosen}})
		o.expect(422, want)
	}
	o.post("/masuk/sandi", url.Values{"password": {sturdy}})
	if o.path != "/antrean" {
		t.Fatalf("after the change: %d %s", o.code, o.path)
	}
	policy.Kinds = 0
	c.at = c.at.Add(91 * 24 * time.Hour)
	o = c.person()
	o.post("/masuk", url.Values{"user": {"petugas"}, "password": {sturdy}})
	o.post("/masuk/sandi", url.Values{"password": {sturdy}})
	o.expect(422, "sama dengan kata sandi lama")
	x := c.person()
	x.post("/masuk/sandi", url.Values{"password": {better}})
	if x.path != "/masuk" {
		t.Errorf("somebody without a sign-in is at %s", x.path)
	}
}
