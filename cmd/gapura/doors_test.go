package main

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/internal/config"
	"gapura/journal/journal"
	"gapura/store/storetest"
)

// whoMay is the table of all routes a second time: whoever opens a door in the code must open it here. Its lines were first drawn from the
// routes' acts and then judged one by one by what a page shows and changes; a new line is judged so, not copied. Letters: o officer, h
// head, m administrator, p program of an agency; a administrator, r operator, u auditor, c citizen portal; * anybody.
var whoMay = map[string]string{
	"GET /{$}":                    "*",
	"GET /masuk":                  "*",
	"POST /masuk":                 "*",
	"POST /keluar":                "*",
	"GET /aktivasi":               "*",
	"POST /aktivasi":              "*",
	"GET /aktivasi/{link}":        "*",
	"GET /masuk/kode":             "*",
	"POST /masuk/kode":            "*",
	"POST /masuk/kunci":           "*",
	"GET /masuk/sandi":            "*",
	"POST /masuk/sandi":           "*",
	"GET /akun":                   "ohmaru",
	"GET /akun/sandi":             "ohmaru",
	"POST /akun/sandi":            "ohmaru",
	"GET /akun/kode":              "ohmaru",
	"POST /akun/kode":             "ohmaru",
	"POST /akun/kode/hapus":       "ohmaru",
	"GET /akun/kunci":             "ohmaru",
	"POST /akun/kunci":            "ohmaru",
	"POST /akun/kunci/{id}/hapus": "ohmaru",
	"GET /akun/pemulihan":         "ohmaru",
	"POST /akun/pemulihan":        "ohmaru",
	"POST /akun/sesi":             "ohmaru",
	"POST /akun/sesi/{id}":        "ohmaru",
	"POST /aktivasi/{link}":       "*",
	"GET /panduan":                "*",
	"GET /periksa":                "*",
	"GET /untuk-penduduk":         "*",
	"GET /kabar/{link}":           "*",
	"POST /kabar/{link}":          "*",
	"GET /untuk-penduduk.txt":     "*",
	"GET /untuk-penduduk.json":    "*",
	"GET /cari":                   "op",
	"POST /cari":                  "op",
	"GET /riwayat":                "ohp",
	"GET /riwayat.csv":            "ohp",
	"GET /riwayat/kuitansi/{id}":  "ohp",
	"GET /balikan":                "ohmp",
	"POST /balikan":               "ohmp",
	"POST /balikan/alasan":        "ohmp",
	"GET /balikan/unggah":         "ohmp",
	"POST /balikan/unggah":        "ohmp",
	"POST /balikan/kirim":         "ohmp",
	"GET /balikan/contoh.xlsx":    "ohmp",
	"GET /balikan/contoh.csv":     "ohmp",
	"GET /instansi":               "hm",
	"GET /instansi/pengguna":      "hm",
	"POST /instansi/pengguna/{login}/nonaktifkan":        "m",
	"POST /instansi/pengguna/{login}/buka":               "m",
	"GET /instansi/perjanjian":                           "hm",
	"POST /instansi/perjanjian/konfirmasi":               "hm",
	"GET /instansi/dokumen/{id}":                         "hm",
	"GET /instansi/permohonan":                           "hm",
	"POST /instansi/permohonan":                          "m",
	"GET /instansi/permohonan/baru":                      "m",
	"GET /instansi/permohonan/{id}":                      "hm",
	"POST /instansi/permohonan/{id}":                     "m",
	"GET /instansi/permohonan/{id}/formulir":             "hm",
	"POST /instansi/permohonan/{id}/kirim":               "m",
	"POST /instansi/permohonan/{id}/tarik":               "m",
	"POST /instansi/permohonan/{id}/jawab":               "m",
	"GET /evaluasi":                                      "hm",
	"GET /dasbor":                                        "ohm",
	"GET /insiden":                                       "hm",
	"GET /insiden/baru":                                  "hm",
	"POST /insiden":                                      "hm",
	"GET /insiden/{id}":                                  "hm",
	"POST /insiden/{id}":                                 "hm",
	"GET /pemberitahuan":                                 "ohmaru",
	"GET /laporan":                                       "hm",
	"GET /laporan/{period}":                              "hm",
	"POST /laporan/{period}":                             "hm",
	"GET /laporan/{period}/{form}":                       "hm",
	"GET /loket":                                         "hm",
	"POST /loket":                                        "hm",
	"GET /instansi/aplikasi":                             "hm",
	"GET /instansi/pembaca":                              "hm",
	"GET /kredensial":                                    "hm",
	"POST /kredensial/{sidik}/cabut":                     "hm",
	"POST /kode-kedua/{id}":                              "hm",
	"GET /kewajiban":                                     "hm",
	"POST /kewajiban":                                    "hm",
	"GET /kewajiban/dokumen/{id}":                        "hm",
	"GET /konsol":                                        "aru",
	"GET /konsol/instansi":                               "aru",
	"GET /konsol/instansi/{code}":                        "aru",
	"GET /konsol/instansi/{code}/pengguna":               "aru",
	"POST /konsol/instansi/{code}/pengguna/{login}/buka": "ar",
	"POST /konsol/pengguna/{login}/buka":                 "ar",
	"GET /konsol/instansi/{code}/dokumen":                "aru",
	"GET /konsol/instansi/{code}/riwayat":                "aru",
	"GET /konsol/balikan":                                "aru",
	"GET /konsol/balikan/{code}":                         "aru",
	"GET /konsol/perjanjian/{code}/{id}":                 "aru",
	"POST /konsol/perjanjian/{code}/{id}/konfirmasi":     "a",
	"GET /konsol/dokumen/{id}":                           "aru",
	"GET /konsol/naskah/{code}":                          "aru",
	"GET /konsol/naskah/{code}/susun":                    "ar",
	"POST /konsol/naskah/{code}/susun":                   "ar",
	"GET /konsol/naskah/{code}/banding":                  "aru",
	"POST /konsol/naskah/{code}/{id}/paraf":              "ar",
	"POST /konsol/naskah/{code}/{id}/pindaian":           "ar",
	"GET /konsol/pengguna":                               "aru",
	"GET /konsol/hak-akses":                              "aru",
	"GET /konsol/hak-akses.csv":                          "aru",
	"GET /konsol/empat-mata":                             "aru",
	"GET /konsol/empat-mata.csv":                         "aru",
	"GET /konsol/pembaca":                                "aru",
	"GET /konsol/riwayat":                                "aru",
	"GET /konsol/berkas":                                 "aru",
	"GET /konsol/berkas.csv":                             "aru",
	"GET /konsol/berkas/{id}/sampul.pdf":                 "aru",
	"GET /konsol/menunggu":                               "aru",
	"GET /konsol/berkas/baru":                            "ar",
	"POST /konsol/berkas":                                "ar",
	"GET /konsol/berkas/{id}":                            "aru",
	"POST /konsol/berkas/{id}":                           "ar",
	"POST /konsol/berkas/{id}/konsep":                    "ar",
	"POST /konsol/berkas/{id}/konsep/buang":              "ar",
	"GET /konsol/berkas/{id}/perbaiki":                   "ar",
	"POST /konsol/berkas/{id}/perbaiki":                  "ar",
	"POST /konsol/berkas/{id}/tarik":                     "ar",
	"GET /konsol/kepatuhan":                              "aru",
	"GET /konsol/kewajiban/{code}":                       "aru",
	"POST /konsol/kewajiban/{code}":                      "ar",
	"POST /konsol/penerusan/{code}":                      "ar",
	"GET /konsol/surat/bahasa":                           "aru",
	"POST /konsol/kalender/keputusan":                    "a",
	"POST /konsol/bukti/{id}":                            "a",
	"GET /konsol/agenda":                                 "aru",
	"GET /konsol/prosedur":                               "aru",
	"GET /konsol/evaluasi":                               "aru",
	"POST /konsol/evaluasi":                              "ar",
	"GET /konsol/evaluasi/{code}":                        "aru",
	"POST /konsol/evaluasi/{code}":                       "ar",
	"GET /konsol/dasbor":                                 "aru",
	"GET /konsol/laporan":                                "aru",
	"GET /konsol/laporan/{code}/{period}":                "aru",
	"GET /konsol/laporan/{code}/{period}/{form}":         "aru",
	"GET /konsol/jurnal":                                 "aru",
	"GET /konsol/saksi":                                  "aru",
	"GET /konsol/jurnal/cari/nik":                        "au",
	"POST /konsol/jurnal/cari/nik":                       "au",
	"GET /konsol/jurnal/{code}":                          "aru",
	"GET /konsol/jurnal/{code}/checkpoint":               "aru",
	"POST /konsol/jurnal/{code}/selesai":                 "a",
	"POST /konsol/jurnal/{code}/periksa":                 "aru",
	"GET /konsol/pengawasan":                             "aru",
	"GET /konsol/tanpa-dasar":                            "aru",
	"GET /konsol/tanpa-dasar/{id}":                       "aru",
	"POST /konsol/tanpa-dasar/{id}":                      "ar",
	"GET /konsol/instansi/{code}/tanpa-dasar":            "aru",
	"POST /konsol/instansi/{code}/tanpa-dasar":           "a",
	"GET /pertanyaan":                                    "ohp",
	"POST /pertanyaan":                                   "ohp",
	"GET /dasar-layanan":                                 "hm",
	"POST /dasar-layanan":                                "m",
	"GET /konsol/pengawasan/{code}/{login}":              "aru",
	"POST /konsol/pengawasan/{code}/{login}/hentikan":    "a",
	"GET /konsol/umpan":                                  "a",
	"POST /konsol/umpan":                                 "a",
	"GET /konsol/instansi/{code}/pengawasan":             "aru",
	"POST /konsol/instansi/{code}/pengawasan":            "a",
	"GET /konsol/insiden":                                "aru",
	"GET /konsol/insiden/baru":                           "ar",
	"POST /konsol/insiden":                               "ar",
	"GET /konsol/insiden/{id}":                           "aru",
	"POST /konsol/insiden/{id}":                          "ar",
	"POST /konsol/insiden/{id}/surat":                    "ar",
	"POST /konsol/insiden/{id}/akses":                    "a",
	"GET /konsol/kuitansi/{id}":                          "aru",
	"GET /konsol/penduduk":                               "ar",
	"POST /konsol/penduduk":                              "ar",
	"GET /konsol/penduduk/surel":                         "ar",
	"POST /konsol/penduduk/surel":                        "ar",
	"POST /konsol/penduduk/surat":                        "ar",
	"POST /konsol/penduduk/keberatan":                    "ar",
	"GET /konsol/instansi/{code}/layanan-lama":           "aru",
	"POST /konsol/instansi/{code}/layanan-lama":          "a",
	"GET /konsol/layanan-lama":                           "aru",
	"GET /konsol/bagian/pengawasan":                      "aru",
	"GET /konsol/bagian/laporan":                         "aru",
	"GET /konsol/bagian/pengaturan":                      "aru",
	"POST /konsol/data-penduduk":                         "a",
	"GET /konsol/jurnal/jangkar/persetujuan":             "aru",
	"POST /konsol/jurnal/jangkar/persetujuan":            "a",
	"GET /konsol/jurnal/jangkar/persetujuan/berkas":      "a",
	"GET /konsol/kata-sandi":                             "aru",
	"POST /konsol/kata-sandi":                            "a",
	"GET /konsol/lembar":                                 "aru",
	"POST /konsol/lembar/{id}":                           "ar",
	"POST /konsol/lembar/{id}/cetak":                     "ar",
	"GET /konsol/kalender":                               "aru",
	"POST /konsol/kalender":                              "a",
	"GET /konsol/surat":                                  "aru",
	"GET /konsol/surat/{key}":                            "aru",
	"POST /konsol/surat/{key}":                           "a",
	"GET /konsol/surat/{key}/contoh.pdf":                 "aru",
	"GET /konsol/penanda-tangan":                         "aru",
	"GET /konsol/data-penduduk":                          "aru",
	"GET /konsol/gangguan":                               "aru",
	"POST /konsol/gangguan":                              "a",
	"POST /konsol/gangguan/{id}/tarik":                   "a",
	"GET /api/v1/status":                                 "*",
	"GET /konsol/surel":                                  "aru",
	"GET /konsol/instansi/{code}/aplikasi":               "aru",
	"GET /konsol/instansi/{code}/kredensial":             "aru",
	"GET /konsol/instansi/{code}/loket":                  "aru",
	"POST /konsol/instansi/{code}/loket":                 "a",
	"GET /konsol/instansi/{code}/orang-uji":              "a",
	"POST /konsol/instansi/{code}/orang-uji":             "a",
	"/api/v1/lookups":                                    "op",
	"/api/v1/matches":                                    "op",
	"/api/v1/card-reads":                                 "op",
	"/api/v1/balikan":                                    "ohmp",
	"GET /api/v1/readers":                                "ohp",
	"GET /api/v1/canaries":                               "ohp",
	"/api/v1/enrolments":                                 "*",
	"GET /api/v1/token":                                  "*",
	"/api/v1/slips":                                      "*",
	"/api/v1/enrolments/state":                           "*",
	"/api/v1/enrolments/renewals":                        "*",
	"GET /api/v1/records/{id}/receipt":                   "ohp",
	"GET /api/v1/journal/checkpoint":                     "ohp",
	"GET /api/v1/journal/tile/{path...}":                 "ohp",
	"GET /api/v1/journal/proof":                          "ohp",
	"POST /api/v1/journal/cosignatures":                  "ohp",
	"POST /api/v1/journal/alarms":                        "ohp",
	"/api/v1/residents/uses":                             "c",
	"GET /api/openapi.json":                              "*",
	"/api/":                                              "*",
}

var letterOf = map[party.Role]string{
	party.Officer: "o", party.HeadOfAgency: "h", party.AgencyAdmin: "m", party.Application: "p", party.Administrator: "a",
	party.Operator: "r", party.Auditor: "u", party.CitizenPortal: "c",
}

// A walk tries the doors of a whole provider over an invented district.
type walk struct {
	*testing.T
	p        *provider
	h        http.Handler
	out      demo.Result
	routes   map[string]access.Act
	places   uint32 // addresses used up
	readings int    // of cards that were told
	at       time.Time
	file     string // configuration
}

func newWalk(t *testing.T) *walk { return newWalkOn(t, "") }

// newWalkOn takes a PostgreSQL database, or a file of its own.
func newWalkOn(t *testing.T, where string) *walk {
	dir := t.TempDir()
	if !strings.HasPrefix(where, "postgres") {
		where = ""
	}
	c := demoCommand{Dir: dir, Database: where, Listen: "127.0.0.1:0", Clock: "2026-11-23T09:00:00+07:00"}
	file := filepath.Join(dir, "provider.toml")
	text, err := c.configuration()
	if err != nil {
		t.Fatal(err)
	}
	text += "trusted_proxies = [\"203.0.113.1\"]\nconsole_networks = [\"127.0.0.0/8\"]\ncitizen_portals = " +
		"[\"127.0.0.0/8\"]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := createInstallation(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	w := &walk{T: t, routes: map[string]access.Act{}, file: file}
	if w.p, err = openProvider(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.p.store.Close() })
	w.at = w.p.now()
	w.p.now, w.p.log = func() time.Time { return w.at }, slog.New(slog.DiscardHandler)
	w.p.office.Now = w.p.now
	if w.out, err = demo.Build(context.Background(), w.p.store, w.at, 50, 1, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.p.record())
	d := w.p.doors()
	for _, r := range d.people.Routes() {
		w.routes[r.Pattern] = r.Act
	}
	for _, room := range d.rooms {
		for _, r := range room.Routes() {
			w.routes[r.Pattern] = r.Act
		}
	}
	for _, r := range d.json.Routes() {
		w.routes[r.Pattern] = r.Act
	}
	w.h = w.p.handler()
	return w
}

// An actor is a user with a session and a token.
type actor struct {
	party.User
	session, token string
}

func (w *walk) actor(login string) actor {
	w.Helper()
	u, ok, err := w.p.store.Users.UserByLogin(w.Context(), login)
	if err != nil || !ok {
		w.Fatal(login, ok, err)
	}
	a := actor{User: u, token: party.NewSecret()}
	if err := w.p.store.Credentials.AddToken(w.Context(), journal.Change{At: w.p.now(), Reason: "x", Letter: "1"},
		party.Credential{Kind: party.APIToken, Agency: u.Institution, Owner: u.ID}, a.token); err != nil {
		w.Fatal(err)
	}
	if a.session, err = party.NewSignIn(w.p.store.Accounts, w.p.now).Open(w.Context(), party.Session{User: u.ID}); err != nil {
		w.Fatal(err)
	}
	return a
}

// place is an address that nobody has come from yet, inside the networks or outside.
func (w *walk) place(inside bool) netip.Addr {
	w.places++
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], w.places)
	if inside {
		return netip.AddrFrom4([4]byte{127, 1, b[2], b[3]})
	}
	return netip.AddrFrom4([4]byte{198, 18, b[2], b[3]})
}

// send asks from an address. How many says how: 0 directly, 1 directly with a forged header, 2 through the trusted proxy.
func (w *walk) send(a actor, method, path string, from netip.Addr, how int) *httptest.ResponseRecorder {
	body, kind := "nik="+w.out.Sample.Found[0]+"&purpose="+strings.ReplaceAll(demo.Purpose, " ", "+")+"&reference=P-1",
		"application/x-www-form-urlencoded"
	isAPI := strings.HasPrefix(path, "/api/")
	if isAPI {
		kind = "application/json"
		body = fmt.Sprintf(`{"nik":%q,"purpose":%q,"reference":"P-1"}`, w.out.Sample.Found[0], demo.Purpose)
		if strings.HasSuffix(path, "matches") {
			body = strings.TrimSuffix(body, "}") + `,"claims":{"nama_lengkap":"X"}}`
		}
		if strings.HasSuffix(path, "card-reads") {
			w.readings++
			body = strings.TrimSuffix(body, "}") + fmt.Sprintf(`,"key":"baca-%08d","reader":"RDR-dinpertan-01","read_at":%q}`, w.readings,
				w.p.now().Format(time.RFC3339Nano))
		}
	}
	r := httptest.NewRequest(cmp.Or(method, "POST"), path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.RemoteAddr = netip.AddrPortFrom(from, 1).String()
	switch how {
	case 1:
		r.Header.Set("X-Forwarded-For", "127.0.0.1")
	case 2:
		r.RemoteAddr = "203.0.113.1:1"
		r.Header.Set("X-Forwarded-For", "127.0.0.1, "+from.String())
	}
	if a.token != "" && isAPI {
		r.Header.Set("Authorization", "Bearer "+a.token)
	} else if a.session != "" {
		r.AddCookie(&http.Cookie{Name: "gapura", Value: a.session})
	}
	out := httptest.NewRecorder()
	w.h.ServeHTTP(out, r)
	return out
}

// recorded is the user's last record when it came from the address.
func (w *walk) recorded(a actor, from netip.Addr) (journal.Record, bool) {
	w.Helper()
	rows, _, err := w.p.store.Journal.Records(w.Context(), access.HistoryQuery{Agency: a.Institution, User: a.ID, Limit: 1})
	if err != nil {
		w.Fatal(err)
	}
	if len(rows) == 0 || rows[0].Address != from {
		return journal.Record{}, false
	}
	return rows[0].Record, true
}

// expected is what the tables of the agreement and of the roles say: the door, the network, the role for an agency's people; the role, the
// network for the provider's.
func expected(a actor, act access.Act, may string, isAPI, inside bool) access.Code {
	door, other := agreement.Portal, access.Role
	if isAPI {
		door, other = agreement.API, access.Method
	}
	if act == "deliver" || act == "lookup" {
		other = access.Method
	}
	fits := strings.Contains(may, letterOf[a.Role])
	switch {
	case a.Institution != party.Provider && !slices.Contains(a.Methods, door):
		return access.Method
	case !fits && (inside || a.Institution == party.Provider):
		return other
	case !inside && a.Institution == party.Provider && a.Role != party.CitizenPortal:
		return access.Office
	case !inside:
		return access.Network
	}
	return ""
}

// Every route of every room, by every role, from inside and outside its network: who may not is refused, and that is recorded, whatever a
// header claims.
func TestEveryDoorAsksWhoAndFromWhere(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) { everyDoor(t, newWalkOn(t, where)) })
}

func everyDoor(t *testing.T, w *walk) {
	for pattern := range whoMay {
		if _, there := w.routes[pattern]; !there {
			t.Errorf("%s is expected and not there", pattern)
		}
	}
	actors := []actor{}
	for _, login := range []string{"admin", "operator", "auditor", "kepala.dinpertan", "admin.dinpertan", "petugas.dinpertan",
		"aplikasi.dinpertan"} {
		actors = append(actors, w.actor(login))
	}
	w.create(party.User{Login: "portal.penduduk", Role: party.CitizenPortal})
	actors = append(actors, w.actor("portal.penduduk"))
	path := strings.NewReplacer("{code}", "dinpertan", "{id}", "1", "{key}", "nda", "{login}", "lama.dinpertan", "{period}", "2026-2",
		"{form}", "pdf", "{path...}", "0/000",
		"{link}", "x", "{$}", "")
	for pattern, act := range w.routes {
		may, ruled := whoMay[pattern]
		if !ruled || act == "" {
			t.Errorf("%s has no rule (%q)", pattern, act)
			continue
		}
		method, target, cut := strings.Cut(path.Replace(pattern), " ")
		if !cut {
			method, target = "", method
		}
		isAPI := strings.HasPrefix(target, "/api/")
		stranger := w.place(false)
		got := w.send(actor{}, method, target, stranger, 0)
		if may == "*" {
			if got.Code >= 500 || got.Header().Get("Location") != "" && act != access.ToArrive {
				t.Errorf("%s by nobody: %d", pattern, got.Code)
			}
			continue
		}
		if isAPI && got.Code != http.StatusUnauthorized || !isAPI && got.Header().Get("Location") != "/masuk" {
			t.Errorf("%s by nobody: %d", pattern, got.Code)
		}
		for _, a := range actors {
			for how, inside := range []bool{false, false, false, true} {
				from := w.place(inside)
				if inside {
					how = 2 * int(w.places%2)
				}
				name := fmt.Sprintf("%s by %s, inside %v, way %d", pattern, a.Login, inside, how)
				got := w.send(a, method, target, from, how)
				rec, there := w.recorded(a, from)
				if want := expected(a, act, may, isAPI, inside); want != "" {
					if !there || rec.Outcome != string(want) || rec.Act != string(act) {
						t.Errorf("%s: recorded %v %q %q, want %q", name, there, rec.Act, rec.Outcome, want)
					}
					if got.Code != http.StatusForbidden && pattern != "POST /cari" || pattern == "POST /cari" &&
						!strings.Contains(got.Body.String(), want.Text()) {
						t.Errorf("%s: answered %d", name, got.Code)
					}
					continue
				}
				if got.Code == 401 || got.Code == 403 || got.Code >= 500 || there && !act.Gated() && access.Code(rec.Outcome).Refused() {
					t.Errorf("%s: %d, %q", name, got.Code, rec.Outcome)
				}
			}
		}
	}
}

// A route that stands in no table is asked by nobody: rooms mount their tables, and the server only what is listed here.
func TestNoRoomMountsARouteBesideItsTable(t *testing.T) {
	mounts := map[string]int{
		// static files, not found, tables
		"web/portal/portal.go": 2, "web/console/console.go": 1, "web/agency/agency.go": 1, "web/agency/questions.go": 1,
		"web/account/account.go": 1, "web/api/api.go": 1,
		"web/site/route.go":    2,
		"web/server/server.go": 5, // portal, rooms, healthz, readyz, metrics; /api/ stands before the mux
	}
	files, err := filepath.Glob("../../web/*/*.go")
	if err != nil || len(files) < 50 {
		t.Fatal(len(files), err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") || strings.HasPrefix(f, "../../web/desk/") {
			continue // the desk is the agency's own program
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		n := strings.Count(string(text), ".HandleFunc(") + strings.Count(string(text), ".Handle(\"") + strings.Count(string(text),
			".Handle(path")
		if want := mounts[strings.TrimPrefix(filepath.ToSlash(f), "../../")]; n != want {
			t.Errorf("%s mounts %d handlers, want %d", f, n, want)
		}
	}
}

// signIn signs in by password, from inside or outside.
func (w *walk) signIn(login string, inside bool) *httptest.ResponseRecorder {
	return w.fill(actor{}, "/masuk", url.Values{"user": {login}, "password": {w.out.Logins[0].Password}}, w.place(inside))
}
