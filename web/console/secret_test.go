package console

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/document/pdftest"
	"gapura/journal/journal"
	"gapura/store/storetest"
)

// begin opens a case and returns its path.
func (r *room) begin(session, agency, key string) string {
	r.Helper()
	w := r.post(session, "/konsol/berkas", map[string][]string{"instansi": {agency}, "prosedur": {key}})
	if w.Code != http.StatusSeeOther {
		r.Fatalf("%s: %d %s", key, w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

// step takes a step and returns where it leads.
func (r *room) step(session, path string, n int, fields map[string]string, scan string) string {
	r.Helper()
	all := map[string]string{"langkah": fmt.Sprint(n)}
	for k, v := range fields {
		all[k] = v
	}
	w := r.multipart(session, path, all, scan)
	if w.Code != http.StatusSeeOther {
		r.Fatalf("step %d of %s: %d %s", n, path, w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

const signedScan = "%PDF-1.7\nisi rekaan\n%%EOF"

var (
	approve  = map[string]string{"keputusan": "approve"}
	slipCode = regexp.MustCompile(`\b[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\b`)
	second   = regexp.MustCompile(`\b[0-9A-Z]{4}(-[0-9A-Z]{4}){2}\b`)
)

// printed is the sheet of a slip, and its code.
func (r *room) printed(session, list string) (sheet, code string) {
	r.Helper()
	shown := r.do(session, "GET", strings.TrimSuffix(list, "#lembar"), nil, "").Body.String()
	print := regexp.MustCompile(`/konsol/lembar/[0-9]+/cetak`).FindString(shown)
	w := r.post(session, print, nil)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/pdf" || w.Header().Get("Cache-Control") != "no-store" {
		r.Fatalf("print %s: %d %s", list, w.Code, w.Body)
	}
	sheet = pdftest.Text(r, w.Body.Bytes())
	return sheet, slipCode.FindString(sheet)
}

// mailed is the second code that the last mail brought.
func (r *room) mailed(to string) string {
	r.Helper()
	mails, err := r.store.Mails.Claim(r.Context(), r.now, r.now.Add(time.Minute), 100)
	if err != nil {
		r.Fatal(err)
	}
	for _, m := range slices.Backward(mails) {
		if m.To == to && strings.Contains(m.Body, "Kode kedua Anda") {
			return second.FindString(m.Body)
		}
	}
	r.Fatal("no second code was mailed")
	return ""
}

// everything is every page and file that the console shows to somebody, found by its links from the first page on, and the text of PDFs.
func (r *room) everything(session string) map[string]string {
	r.Helper()
	seen, todo := map[string]string{}, []string{"/konsol"}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		if _, ok := seen[path]; ok {
			continue
		}
		w := r.do(session, "GET", path, nil, "")
		raw, _ := io.ReadAll(w.Body)
		seen[path] = string(raw)
		if w.Header().Get("Content-Type") == "application/pdf" && strings.HasPrefix(string(raw), "%PDF-1.3") {
			seen[path] = pdftest.Text(r, raw)
		}
		for _, m := range regexp.MustCompile(`href="(/konsol[^"#]*)"`).FindAllStringSubmatch(string(raw), -1) {
			p := strings.ReplaceAll(m[1], "&amp;", "&")
			if !strings.Contains(p, "?") || strings.HasPrefix(p, "/konsol/lembar") {
				todo = append(todo, p)
			}
		}
	}
	return seen
}

// From request to first use, nobody but its owner sees a password, a token, or both halves of what leads to them: every page and file of
// every member of the staff is searched after each step.
func TestNobodySeesAnotherPersonsSecret(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		operator, admin := r.session("operator"), r.session("admin")
		path := r.begin(operator, "dinpertan", "user-id")
		r.step(operator, path, 0, map[string]string{
			"surat": "470/1", "tanggal_surat": "2026-09-15", "f.nik": "3303014507900002", "f.nama": "Aplikasi Antrean", "f.nip": "-",
			"f.status_kepegawaian": "lainnya", "f.jabatan": "Aplikasi",
			"f.kode_wilayah": "33.03", "f.kantor": "Kantor", "f.surel": "pengembang@dinpertan.example", "f.user_id": "antrean.dinpertan",
			"f.peran": "application", "f.metode_pengguna": "api",
			"f.token": "api\nbalikan", "f.aplikasi": "Antrean Tani", "f.kegunaan": "verifikasi pemohon",
			"f.masa_berlaku": "90",
		}, signedScan)
		if body := r.do(admin, "GET", path, nil, "").Body.String(); !strings.Contains(body, "Kode kedua bagi antrean.dinpertan dikirim ke "+
			"pengembang@dinpertan.example. Setujui hanya apabila alamat itu tertulis") {
			t.Error("who decides is not shown the address that gets the second half")
		}
		r.step(admin, path, 1, approve, "") // which makes the BAST and the NDA
		r.step(operator, path, 3, nil, signedScan)
		list := r.step(admin, path, 4, approve, "")
		if !strings.HasSuffix(list, "#lembar") {
			t.Fatal(list)
		}
		shown := r.do(operator, "GET", "/konsol/lembar", nil, "").Body.String()
		if strings.Contains(shown, "/cetak") || !strings.Contains(shown, "Anda yang mencatat alamat surel pemiliknya") {
			t.Error("who named the address is offered the sheet")
		}
		void, old := r.printed(admin, list)
		wrong := r.mailed("pengembang@dinpertan.example")
		sheet, code := r.printed(admin, list)
		half := r.mailed("pengembang@dinpertan.example")
		if code == "" || code == old || half == wrong || strings.Contains(sheet, half) || strings.Contains(void, wrong) {
			t.Fatal("a sheet holds both halves, or the second print is the first one")
		}
		if _, ok, err := r.store.Credentials.Redeem(t.Context(), old, wrong, "hash", r.now); ok || err != nil {
			t.Error("a sheet works after another was printed", err)
		}
		secrets := map[string]string{"code": code, "void code": old, "second code": half, "second code of the void sheet": wrong}
		search := func(when string, people ...string) (all string) {
			t.Helper()
			for _, who := range people {
				pages := r.everything(r.session(who))
				if len(pages) < 60 {
					t.Fatalf("%s sees %d pages", who, len(pages))
				}
				for p, text := range pages {
					for name, secret := range secrets {
						if strings.Contains(text, secret) {
							t.Errorf("%s: %s shows the %s to %s", when, p, name, who)
						}
					}
					all += text
				}
			}
			return all
		}
		seen := search("printed", "operator", "admin")
		got, ok, err := r.store.Credentials.Redeem(t.Context(), code, half, "hash", r.now)
		if err != nil || !ok || len(got) != 2 {
			t.Fatal(len(got), ok, err)
		}
		for _, h := range got {
			if !strings.Contains(seen, h.Fingerprint) || !strings.Contains(sheet, h.Fingerprint) || h.AppName != "Antrean Tani" ||
				h.Label != "verifikasi pemohon" || !h.Expires.Equal(r.now.Add(90*24*time.Hour)) {
				t.Errorf("%+v: BAST and sheet name it by its fingerprint, its owner by application and purpose; it lives as asked for",
					h.Credential)
			}
			secrets["token "+string(h.Kind)] = h.Token
		}
		search("taken", "admin", "auditor")
		history := r.do(admin, "GET", "/konsol/instansi/dinpertan/riwayat", nil, "").Body.String()
		for _, want := range []string{"dicetak ulang; cetakan sebelumnya tidak berlaku lagi", "diambil oleh pemiliknya",
			"Token API disiapkan untuk aplikasi Antrean Tani"} {
			if !strings.Contains(history, want) {
				t.Errorf("the log lacks %q", want)
			}
		}
		mails, err := r.store.Mails.MailList(t.Context(), 0, 100)
		for _, m := range mails {
			if !m.Sent.IsZero() && m.Body != "" {
				t.Error("a mail that was sent is kept")
			}
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// Whoever prints a sheet never draws its second code; another person does, once, and sees no sheet.
func TestWhoPrintsNeverDrawsTheSecondCode(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	operator, admin := r.session("operator"), r.session("admin")
	path := r.begin(operator, "dinpertan", "tautan")
	r.step(operator, path, 0, map[string]string{"surat": "470/1", "tanggal_surat": "2026-09-15", "f.pengguna": "petugas.dinpertan"}, "")
	list := r.step(admin, path, 1, approve, "")
	shown := r.do(admin, "GET", strings.TrimSuffix(list, "#lembar"), nil, "").Body.String()
	draw := regexp.MustCompile(`/konsol/lembar/[0-9]+`).FindString(shown)
	if w := r.post(operator, draw, nil); w.Code != http.StatusConflict {
		t.Errorf("a second code before there is a sheet: %d", w.Code)
	}
	_, code := r.printed(admin, list)
	if w := r.post(admin, draw, nil); w.Code != http.StatusConflict || second.MatchString(w.Body.String()) {
		t.Errorf("who printed draws: %d", w.Code)
	}
	w := r.post(operator, draw, nil)
	half := regexp.MustCompile(`id="kode-kedua">([^<]+)<`).FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || half == nil || strings.Contains(w.Body.String(), code) {
		t.Fatalf("another person draws: %d", w.Code)
	}
	if w := r.post(operator, draw, nil); w.Code != http.StatusConflict {
		t.Errorf("drawn twice: %d", w.Code)
	}
	if got, ok, err := r.store.Credentials.Redeem(t.Context(), code, half[1], "hash", r.now); !ok || err != nil || len(got) != 0 {
		t.Error(got, ok, err)
	}
}

// A token is replaced with an overlap, revoked by one person, and dies with a reset, each by its case.
func TestTokensAreReplacedRevokedAndResetByCases(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		operator, admin := r.session("operator"), r.session("admin")
		old := r.api.Token
		works := func(token string) bool {
			t.Helper()
			got, err := r.entry.Admission.Authenticate(t.Context(), admission.Attempt{Door: admission.API, Kind: party.APIToken,
				Secret: token})
			if err != nil {
				t.Fatal(err)
			}
			return got.User != 0
		}
		replace := func() string {
			t.Helper()
			path := r.begin(operator, "dinpertan", "token")
			r.step(operator, path, 0, map[string]string{
				"surat": "470/2", "tanggal_surat": "2026-09-15", "f.pengguna": "aplikasi.dinpertan", "f.token": "api",
				"f.kegunaan": "penggantian tahunan", "f.masa_berlaku": "100", "f.masa_peralihan": "2",
			}, "")
			r.step(admin, path, 1, approve, "")
			list := r.step(operator, path, 3, nil, signedScan)
			_, code := r.printed(operator, list)
			shown := r.do(admin, "GET", path, nil, "").Body.String()
			draw := regexp.MustCompile(`action="(/konsol/lembar/[0-9]+)"`).FindStringSubmatch(shown)
			half := regexp.MustCompile(`id="kode-kedua">([^<]+)<`).FindStringSubmatch(r.post(admin, draw[1], nil).Body.String())
			got, ok, err := r.store.Credentials.Redeem(t.Context(), code, half[1], "", r.now)
			if err != nil || !ok || len(got) != 1 || !got[0].Expires.Equal(r.now.Add(100*24*time.Hour)) {
				t.Fatal(got, ok, err)
			}
			return got[0].Token
		}
		next := replace()
		if !works(old) || !works(next) {
			t.Error("within the overlap both work")
		}
		r.now = r.now.Add(49 * time.Hour)
		operator, admin = r.session("operator"), r.session("admin") // the old ones have ended
		if works(old) || !works(next) {
			t.Error("after the overlap the new one alone works")
		}
		path := r.begin(operator, "dinpertan", "pencabutan-token")
		r.step(operator, path, 0, map[string]string{"f.sidik": party.Fingerprint(party.HashSecret(next)), "f.alasan": "tersebar"}, "")
		if works(next) {
			t.Error("a revoked token works")
		}
		last := replace()
		path = r.begin(operator, "dinpertan", "atur-ulang")
		r.step(operator, path, 0, map[string]string{"f.pengguna": "aplikasi.dinpertan", "f.alasan": "komputer dicuri"}, "")
		if works(last) {
			t.Error("a token works after the reset of its owner")
		}
		if w := r.multipart(operator, path, map[string]string{"langkah": "1", "keputusan": "approve"}, ""); w.Code == http.StatusSeeOther {
			t.Error("who reported decides of the new slip")
		}
		if list := r.step(admin, path, 1, approve, ""); !strings.HasSuffix(list, "#lembar") {
			t.Error(list)
		}
	})
}

// Lists name a token with application, purpose, last use and end, and one that is dead with its reason; the agency's own people end one at
// once, and no other agency's.
func TestListsOfTokensSayWhyOneIsDead(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		print := party.Fingerprint(party.HashSecret(r.api.Token))
		row := func(session, path string) string {
			t.Helper()
			w := r.do(session, "GET", path, nil, "")
			_, after, found := strings.Cut(w.Body.String(), print)
			if w.Code != http.StatusOK || !found {
				t.Fatalf("%s: %d", path, w.Code)
			}
			line, _, _ := strings.Cut(after, "</tr>")
			return line
		}
		auditor, head := r.session("auditor"), r.session("kepala.dinpertan")
		const console, own = "/konsol/instansi/dinpertan/kredensial", "/kredensial"
		for session, path := range map[string]string{auditor: console, head: own} {
			if line := row(session, path); !strings.Contains(line, r.api.Application) || !strings.Contains(line, r.api.User) ||
				!strings.Contains(line, ">berlaku<") {
				t.Errorf("%s: %s", path, line)
			}
		}
		who := admission.Attempt{Door: admission.API, Kind: party.APIToken, Secret: r.api.Token, Source: netip.MustParseAddr("127.0.0.1")}
		if in, err := r.entry.Admission.Authenticate(t.Context(), who); err != nil || in.User == 0 {
			t.Fatal(in, err)
		}
		owner, _, err := r.store.Users.UserByLogin(t.Context(), r.api.User)
		if err != nil {
			t.Fatal(err)
		}
		list, err := r.store.Credentials.TokensOf(t.Context(), owner.Institution, 0, 100, r.now)
		n := slices.IndexFunc(list, func(x party.Listed) bool { return x.Fingerprint == print })
		if err != nil || n < 0 || list[n].Expires.IsZero() {
			t.Fatal(list, err)
		}
		used := `data-l="Dipakai terakhir">` + bahasa.Date(party.WIB.Day(r.now)) + "<"
		end := `data-l="Berlaku sampai">` + bahasa.Date(party.WIB.Day(list[n].Expires)) + "<"
		for session, path := range map[string]string{auditor: console, head: own} {
			if line := row(session, path); !strings.Contains(line, used) || !strings.Contains(line, end) {
				t.Errorf("%s: no %s %s in %s", path, used, end, line)
			}
		}
		if strings.Contains(row(auditor, console), "cabut") || !strings.Contains(row(head, own), own+"/"+print+"/cabut") {
			t.Error("the agency's own people revoke on the page, the office by a case")
		}
		if w := r.post(r.session("kepala.dinsos"), own+"/"+print+"/cabut",
			map[string][]string{"alasan": {"x"}}); w.Code != http.StatusNotFound && w.Code != http.StatusForbidden {
			t.Errorf("another agency revokes: %d", w.Code)
		}
		if w := r.post(head, own+"/"+print+"/cabut", map[string][]string{"alasan": {""}}); w.Code == http.StatusSeeOther {
			t.Error("revoked without a reason")
		}
		deactivate := r.begin(r.session("operator"), "dinpertan", "penonaktifan-user")
		r.step(r.session("operator"), deactivate, 0, map[string]string{"surat": "1", "tanggal_surat": "2026-09-15",
			"f.pengguna": r.api.User, "f.alasan": "x"}, "")
		if line := row(auditor, console); !strings.Contains(line, "mati: pemiliknya dinonaktifkan") {
			t.Error(line)
		}
		if w := r.post(head, own+"/"+print+"/cabut", map[string][]string{"alasan": {"tersebar"}}); w.Code != http.StatusSeeOther {
			t.Errorf("own people revoke: %d", w.Code)
		}
		if line := row(head, own); !strings.Contains(line, "mati: dicabut") {
			t.Error(line)
		}
	})
}

// A letter on paper that asks for several is registered in one form, which its button gives room for each; the case then has the slip of
// every one of them.
func TestAnOperatorRegistersALetterForSeveral(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		operator, admin := r.session("operator"), r.session("admin")
		path := r.begin(operator, "dinpertan", "user-id")
		form := map[string]string{"langkah": "0", "surat": "470/1", "tanggal_surat": "2026-09-15", "f.nik": "3303014507900002",
			"f.nama": "Rekaan Baru", "f.nip": "1", "f.status_kepegawaian": "pns", "f.jabatan": "Petugas", "f.kode_wilayah": "33.03",
			"f.kantor": "Kantor", "f.user_id": "baru1.dinpertan", "f.peran": "officer", "f.metode_pengguna": "portal"}
		form["tambah"] = "1"
		w := r.multipart(operator, path, form, "")
		if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, `name="f.nama-2"`) ||
			!strings.Contains(body, `value="Rekaan Baru"`) || !strings.Contains(body, `value="470/1"`) {
			t.Fatalf("%d: no room for a second, or something typed is lost", w.Code)
		}
		delete(form, "tambah")
		for key, v := range map[string]string{"nik": "3303014812880001", "nama": "Rekaan Kedua", "nip": "2", "status_kepegawaian": "pns",
			"jabatan": "Petugas", "user_id": "baru2.dinpertan", "peran": "officer"} {
			form["f."+key+"-2"] = v
		}
		r.step(admin, path, 0, form, "")
		// It waits for who may decide it, and not for who filled it in.
		for login, waits := range map[string]bool{"admin": false, "admin2": true} {
			body := r.do(r.session(login), "GET", "/konsol/menunggu", nil, "").Body.String()
			if strings.Contains(body, path+`"`) != waits {
				t.Errorf("it waits for %s: %v", login, !waits)
			}
		}
		r.step(r.session("admin2"), path, 1, approve, "")
		if body := r.do(operator, "GET", path, nil, "").Body.String(); !strings.Contains(body, "NDA ditandatangani pada, Rekaan Kedua") {
			t.Error("whose NDA is signed is not asked by name")
		}
		r.step(operator, path, 3, map[string]string{"f.nda_ditandatangani": "2026-09-16", "f.nda_ditandatangani-2": "2026-09-16",
			"f.nda_formulir": "FR.01"}, signedScan)
		r.step(r.session("admin2"), path, 4, approve, "")
		body := r.do(operator, "GET", path, nil, "").Body.String()
		for _, login := range []string{"baru1.dinpertan", "baru2.dinpertan"} {
			if !strings.Contains(body, "Cetak lembar Kata sandi untuk "+login) {
				t.Errorf("the case does not lead to the slip of %s", login)
			}
		}
	})
}

// While no administrator more is there than a decision needs, the first page says so, and leads to where a third one is asked for.
func TestTheFirstPageWarnsWhenNoAdministratorMayLeave(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	says := func(login string) string {
		return r.do(r.session(login), "GET", "/konsol", nil, "").Body.String()
	}
	for login, leads := range map[string]bool{"admin": true, "auditor": false} {
		if body := says(login); !strings.Contains(body, "Hanya dua administrator dapat memutuskan.") ||
			strings.Contains(body, `href="/konsol/berkas/baru">Angkat administrator ketiga`) != leads {
			t.Errorf("%s is not warned, or led where they may not go", login)
		}
	}
	second, _, err := r.store.Users.UserByLogin(t.Context(), "admin2")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.store.Credentials.Reset(t.Context(), journal.Change{At: r.now, Letter: "1"}, second); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(says("admin"), "Kurang dari dua administrator dapat memutuskan.") {
		t.Error("one alone is not warned of")
	}
	for _, login := range []string{"tiga", "empat"} {
		u := party.User{Login: login, Name: "Rekaan", Position: "-", Role: party.Administrator, Identity: party.Identity{NIP: "9" + login}}
		id, err := r.store.Rights.CreateUser(t.Context(), journal.Change{At: r.now, Letter: "1"}, u, "x")
		if err != nil {
			t.Fatal(err)
		}
		u.ID = id
		if err := r.store.Credentials.SetTOTP(t.Context(), u, party.NewTOTP(), 0, r.now); err != nil {
			t.Fatal(err)
		}
	}
	if body := says("admin"); strings.Contains(body, "administrator dapat memutuskan") {
		t.Error("three are warned of")
	}
}
