package portal

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/web/site"
)

const (
	known    = "3303010101800001"
	unknown  = "3303010101800002"
	password = "kata sandi yang panjang"
	secret   = "RAHASIA KELUARGA"
)

var now = time.Date(2025, 9, 16, 7, 5, 0, 0, time.UTC)

// world is accounts, rights, journal, history and source in one, for one agency.
type world struct {
	mu       sync.Mutex
	hash     string
	users    map[int64]party.User
	logins   map[string]int64
	sessions map[party.Hash]party.Session
	inst     party.Institution
	agree    access.Agreements
	rows     []access.HistoryRow
	hits     int
	down     error
	factors  map[int64]party.Factors
	tries    int               // of the slip
	others   []access.Standing // agencies beside inst
}

func (w *world) Account(_ context.Context, login string) (admission.Account, bool, error) {
	id, ok := w.logins[login]
	if !ok {
		return admission.Account{}, false, nil
	}
	u := w.users[id]
	return admission.Account{User: id, Role: u.Role, Hash: w.hash, Factors: w.factors[id]}, true, nil
}
func (w *world) Reserve(context.Context, int64, admission.Lane, time.Time) (bool, error) {
	return true, nil
}
func (w *world) Count(context.Context, int64, admission.Lane, time.Time, int) error { return nil }
func (w *world) Admit(context.Context, int64, admission.Lane, admission.Lane, time.Time) error {
	return nil
}
func (w *world) Stranger(context.Context, time.Time) error { return nil }
func (w *world) TokenByHash(context.Context, party.Hash, time.Time) (admission.Token, bool, error) {
	return admission.Token{}, false, nil
}
func (w *world) Use(context.Context, party.Credential) error { return nil }
func (w *world) OpenSession(_ context.Context, s party.Session) error {
	w.sessions[s.Hash] = s
	return nil
}
func (w *world) Session(_ context.Context, h party.Hash) (party.Session, bool, error) {
	s, ok := w.sessions[h]
	return s, ok, nil
}
func (w *world) TouchSession(context.Context, party.Hash, time.Time) error { return nil }
func (w *world) CloseSession(_ context.Context, h party.Hash) error {
	delete(w.sessions, h)
	return nil
}
func (w *world) EndSession(ctx context.Context, s party.Session, _ time.Time) error {
	return w.CloseSession(ctx, s.Hash)
}
func (w *world) AskSession(context.Context, party.Hash, []byte) error     { return nil }
func (w *world) TakeQuestion(context.Context, party.Hash) ([]byte, error) { return nil, nil }
func (w *world) SessionsOf(context.Context, int64, time.Time) ([]party.Session, error) {
	return nil, nil
}
func (w *world) Version(context.Context) (int64, error) { return 1, nil }

// Slip is open under the code "tautan", with "kode-kedua" as its second half, until it has spent its tries.
func (w *world) Slip(_ context.Context, code string, _ time.Time) (party.Slip, party.User, bool, error) {
	return party.Slip{For: party.Password}, w.users[1], code == "tautan" && w.tries < 2, nil
}
func (w *world) Redeem(_ context.Context, code, second, hash string, _ time.Time) ([]party.Handed, bool, error) {
	w.tries++
	ok := code == "tautan" && second == "kode-kedua"
	if ok {
		w.hash = hash
	}
	return nil, ok, nil
}
func (w *world) Standing(_ context.Context, user int64) (*access.Standing, error) {
	u, ok := w.users[user]
	if !ok {
		return nil, errors.New("no such user")
	}
	s := &access.Standing{Version: 1, User: u, Institution: w.inst, Agreements: w.agree}
	if u.Role.OfProvider() {
		s.Institution, s.Agreements = party.Institution{Name: "Dinas Dukcapil", Zone: party.WIB}, nil
	}
	return s, nil
}
func (w *world) Hits(context.Context, int64, time.Time) (journal.Hits, error) {
	return journal.Hits{0: w.hits}, nil
}
func (w *world) Forget() {}
func (w *world) Append(_ context.Context, e *journal.Entry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down != nil {
		return w.down
	}
	r := e.Decide(w.hits)
	r.ID = journal.ID{Log: e.Log, Seq: int64(len(w.rows))}
	if r.Hit {
		w.hits++
	}
	e.Written, e.Hits = r, w.hits
	w.rows = append(w.rows, access.HistoryRow{Record: r, Login: w.users[r.User].Login})
	return nil
}

// dataSet is what lookups rest on.
var dataSet = population.Set{Number: 1, AsOf: time.Date(2025, 9, 15, 0, 0, 0, 0, time.UTC)}

func (w *world) Current(context.Context) (population.Set, error) { return dataSet, nil }
func (w *world) Find(_ context.Context, n nik.NIK) (population.Finding, error) {
	k, _ := nik.Parse(known)
	if n != k {
		return population.Finding{Set: dataSet}, nil
	}
	return population.Finding{Known: true, Set: dataSet, Person: population.Person{
		NIK: n, FamilyNo: "3303019999999999", Name: "SITI <b>AMINAH</b>", Sex: population.Female, BirthPlace: "BOGOR",
		BirthDate: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC),
		Marital:   secret, Occupation: secret, Address: "JL. MERDEKA 1", RT: "001", RW: "002", Village: "3303012001",
	}}, nil
}
func (w *world) Records(_ context.Context, q access.HistoryQuery) ([]access.HistoryRow, bool, error) {
	var out []access.HistoryRow
	for i := len(w.rows) - 1; i >= 0; i-- {
		r := w.rows[i]
		if r.ID.Log != q.Agency || (q.User != 0 && r.User != q.User) || (q.Outcome != "" && r.Outcome != string(q.Outcome)) ||
			(q.Figure != "" && !slices.Contains(q.Figure.Acts(), r.Act)) || (q.Method != "" && r.Method != q.Method) ||
			(q.Purpose != "" && r.Purpose != q.Purpose) ||
			(!q.From.IsZero() && r.At.Before(q.From)) || (!q.To.IsZero() && !r.At.Before(q.To)) {
			continue
		}
		out = append(out, r)
	}
	out = out[min(q.Offset, len(out)):]
	more := len(out) > q.Limit
	return out[:min(q.Limit, len(out))], more, nil
}
func (w *world) UserByLogin(_ context.Context, login string) (party.User, bool, error) {
	u, ok := w.users[w.logins[login]]
	return u, ok, nil
}
func (w *world) Quotas(context.Context, time.Time) ([]access.QuotaRow, error) {
	return []access.QuotaRow{{Standing: access.Standing{Institution: w.inst, Agreements: w.agree}, Left: access.Left{Quota: 5,
		Used: w.hits}}}, nil
}
func (w *world) Everyone(context.Context) ([]access.Standing, error) {
	return append([]access.Standing{{Institution: w.inst, Agreements: w.agree}}, w.others...), nil
}

// Receipt has the shape of a real one, without its proof.
func (w *world) Receipt(_ context.Context, id journal.ID) ([]byte, error) {
	if id.Seq >= int64(len(w.rows)) {
		return nil, journal.ErrNoRecord
	}
	return fmt.Appendf(nil, "head\nextra %s\nindex %d\n", base64.StdEncoding.EncodeToString(journal.EncodeRecord(w.rows[id.Seq].Record,
		journal.Closed{})), id.Seq), nil
}

var hashOnce = sync.OnceValue(func() string {
	h, err := party.HashPassword(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return h
})

type desk struct {
	*testing.T
	w      *world
	h      http.Handler
	log    *bytes.Buffer
	cookie string
}

func open(t *testing.T) *desk {
	signed := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	user := func(id int64, login string, role party.Role) party.User {
		return party.User{ID: id, Institution: 7, Login: login, Name: "Nama " + login, Role: role, Methods: []string{agreement.Portal},
			NDASigned: signed, HasPassword: true}
	}
	admin := user(3, "dukcapil", party.Administrator)
	admin.Institution = party.Provider
	w := &world{
		hash: hashOnce(), sessions: map[party.Hash]party.Session{}, logins: map[string]int64{"budi": 1, "kepala": 2, "dukcapil": 3,
			"ani": 4},
		users: map[int64]party.User{1: user(1, "budi", party.Officer), 2: user(2, "kepala", party.HeadOfAgency), 3: admin,
			4: user(4, "ani", party.Officer)},
		inst: party.Institution{ID: 7, Code: "dinsos", Name: "Dinas Sosial", Zone: party.WIB},
		agree: access.Agreements{{ID: 1, Agency: 7, ProviderNumber: "400/1", SignedOn: signed, EndsOn: signed.AddDate(2, 0, 0),
			Heads: party.Heads{{ID: 1, Name: "K", Since: signed}}, SPTJM: []agreement.SPTJM{{Head: 1, SignedOn: signed}},
			Terms: agreement.Terms{
				Elements: population.Of(population.ElNIK, population.ElName, population.ElAddress), Methods: []string{agreement.Portal},
				Quota:    5,
				Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Purposes: []string{"Bantuan sosial"},
			}}},
	}
	clock := func() time.Time { return now }
	log := new(bytes.Buffer)
	authority := &access.Authority{Log: w, Rights: w, Now: clock}
	p := &Portal{
		Site: site.New(site.Config{May: authority.Allow, Read: authority.Read, Entry: admission.NewEntry(w, nil, clock), Rights: w,
			Now: clock, Provider: "Dukcapil Kabupaten Rekaan", Log: slog.New(slog.NewTextHandler(log, nil))}),
		Gate: &access.Gate{Rights: w, Source: w, Log: w, Now: clock}, History: w, Slips: w, Receipts: w, Letters: w, Data: w,
		Missed: authority.Missed,
	}
	return &desk{T: t, w: w, h: p.Handler(), log: log}
}

func (d *desk) do(method, path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	d.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode())) // from 192.0.2.1
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if d.cookie != "" {
		r.Header.Set("Cookie", d.cookie)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	return w
}

func (d *desk) enter(login string) {
	d.Helper()
	w := d.do("POST", "/masuk", url.Values{"user": {login}, "password": {password}})
	if w.Code != http.StatusSeeOther {
		d.Fatalf("sign-in of %s: status %d", login, w.Code)
	}
	c := w.Result().Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" {
		d.Errorf("cookie %v is not closed enough", c)
	}
	d.cookie = c.Name + "=" + c.Value
}

func ask(n string) url.Values {
	return url.Values{"nik": {n}, "purpose": {"Bantuan sosial"}, "reference": {"BA-17/2025"}}
}

func (d *desk) wants(body string, texts ...string) {
	d.Helper()
	for _, s := range texts {
		if !strings.Contains(body, s) {
			d.Errorf("page lacks %q", s)
		}
	}
}

func (d *desk) lacks(body string, texts ...string) {
	d.Helper()
	for _, s := range texts {
		if strings.Contains(body, s) {
			d.Errorf("page holds %q", s)
		}
	}
}

// The days of the filter count whole, in the agency's zone: one day in both bounds finds that day's records, from its first instant to its
// last, and none beside it.
func TestOneDayInBothBoundsIsThatDay(t *testing.T) {
	d := open(t)
	d.enter("kepala")
	begin := time.Date(2025, 9, 10, 0, 0, 0, 0, party.WIB.Location())
	for n, at := range []time.Time{begin.Add(-time.Microsecond), begin, begin.Add(24*time.Hour - time.Microsecond),
		begin.Add(24 * time.Hour)} {
		r := d.w.rows[0]
		r.ID, r.At, r.Reference = journal.ID{Log: 7, Seq: int64(100 + n)}, at, "Batas-"+strconv.Itoa(n)
		d.w.rows = append(d.w.rows, r)
	}
	found := func(from, to string) (which []string) {
		t.Helper()
		body := d.do("GET", "/riwayat?"+url.Values{"dari": {from}, "sampai": {to}}.Encode(), nil).Body.String()
		for n := range 4 {
			if name := "Batas-" + strconv.Itoa(n); strings.Contains(body, name) {
				which = append(which, name)
			}
		}
		return which
	}
	for _, c := range []struct {
		from, to string
		want     []string
	}{
		{"2025-09-10", "2025-09-10", []string{"Batas-1", "Batas-2"}},
		{"2025-09-09", "2025-09-09", []string{"Batas-0"}},
		{"2025-09-11", "2025-09-11", []string{"Batas-3"}},
		{"2025-09-09", "2025-09-11", []string{"Batas-0", "Batas-1", "Batas-2", "Batas-3"}},
	} {
		if got := found(c.from, c.to); !slices.Equal(got, c.want) {
			t.Errorf("from %s to %s: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

// Whom to turn to is named where people are told to: by the network that they come from, when it is one agency's, and never by the login
// that they typed.
func TestWhoHelpsIsNamed(t *testing.T) {
	d := open(t)
	failed := func(login string) string {
		return d.do("POST", "/masuk", url.Values{"user": {login}, "password": {"keliru-sekali"}}).Body.String()
	}
	d.wants(failed("budi"), "silakan menghubungi admin instansi Anda.")
	d.w.inst.Helpers = []party.Person{{Name: "Rekaan Admin", Position: "Kasubbag"}, {Name: "Rekaan Kedua"}}
	const named = "silakan menghubungi admin instansi Anda, Rekaan Admin (Kasubbag) atau Rekaan Kedua."
	d.wants(failed("budi"), named)
	d.wants(d.do("GET", "/masuk", nil).Body.String(), "kepada admin instansi Anda, Rekaan Admin (Kasubbag) atau Rekaan Kedua, atau")
	d.wants(failed("tidak-ada"), named)
	d.w.others = []access.Standing{{Institution: party.Institution{Name: "Lain", Zone: party.WIB}, Agreements: d.w.agree}}
	d.wants(failed("budi"), "silakan menghubungi admin instansi Anda.")
	d.w.others = nil
	d.w.inst.Office = []party.Person{{Name: "Rekaan Dinas", Position: "Pengelola", Phone: "0281 000 001", OfProvider: true}}
	d.w.inst.Helpers = d.w.inst.Office
	d.wants(failed("budi"), "silakan menghubungi narahubung Dinas Dukcapil, Rekaan Dinas (Pengelola, 0281 000 001).")
	if got := site.Advice(access.UserInactive, d.w.inst, time.Time{}); !strings.Contains(got,
		"Rekaan Dinas (Pengelola, 0281 000 001), agar") {
		t.Error(got)
	}
}

// Whose password was right, or who holds a slip, is known: the person who helps is named also where no network tells the agency.
func TestWhoHelpsIsNamedToWhoIsKnown(t *testing.T) {
	d := open(t)
	d.w.inst.Helpers = []party.Person{{Name: "Rekaan Admin", Position: "Kasubbag"}}
	d.w.others = []access.Standing{{Institution: party.Institution{Name: "Lain", Zone: party.WIB}, Agreements: d.w.agree}}
	const named, unnamed = "Rekaan Admin (Kasubbag)", "admin instansi Anda."
	u := d.w.users[1]
	u.NDASigned = time.Time{}
	d.w.users[1] = u
	sign := func(password string) string {
		return d.do("POST", "/masuk", url.Values{"user": {"budi"}, "password": {password}}).Body.String()
	}
	d.wants(sign(password), ">User ID non aktif, silahkan menghubungi Admin</p>", named)
	d.lacks(sign(password), "Periksa kembali user ID dan kata sandi")
	d.wants(sign("keliru-sekali"), unnamed, "Setelah 5 kali keliru berturut-turut", "30 detik", "paling lama 60 menit")
	d.lacks(sign("keliru-sekali"), named)
	d.wants(d.do("GET", "/aktivasi/tautan", nil).Body.String(), "Kode kedua belum Anda terima?", named)
	outside := httptest.NewRequest("GET", "/aktivasi/tautan", nil)
	outside.RemoteAddr = "203.0.113.9:1"
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, outside)
	if w.Code != http.StatusForbidden {
		t.Error(w.Code)
	}
	for _, path := range []string{"/aktivasi", "/aktivasi/lain"} {
		d.wants(d.do("GET", path, nil).Body.String(), "lembar baru kepada "+unnamed)
	}
	d.w.others = nil
	for _, path := range []string{"/aktivasi", "/aktivasi/lain"} {
		d.wants(d.do("GET", path, nil).Body.String(), "lembar baru kepada admin instansi Anda, "+named+".")
	}
	d.w.sessions[party.HashSecret("kode")] = party.Session{User: 1, Opened: now, LastSeen: now, Stage: party.AskCode}
	d.cookie = "gapura=kode"
	d.wants(d.do("GET", "/masuk/kode", nil).Body.String(), "tidak ada kode pemulihan? Hubungi admin instansi Anda, "+named+":")
}

func TestFailedSignInSaysItsTextAndIsRecorded(t *testing.T) {
	d := open(t)
	var pages []string
	for _, login := range []string{"budi", "tidak-ada"} {
		w := d.do("POST", "/masuk", url.Values{"user": {login}, "password": {"keliru-sekali"}})
		if w.Code != http.StatusForbidden || len(w.Result().Cookies()) != 0 {
			t.Errorf("%s: status %d, cookies %v", login, w.Code, w.Result().Cookies())
		}
		d.wants(w.Body.String(), `<p class="notice-text" id="teks">Gagal Login</p>`)
		d.lacks(w.Body.String(), "keliru-sekali", "tidak-ada")
		pages = append(pages, w.Body.String())
	}
	if pages[0] != pages[1] {
		t.Error("an unknown login gets another page than a wrong password")
	}
	if len(d.w.rows) != 2 {
		t.Errorf("%d records of 2 failed sign-ins", len(d.w.rows))
	}
}

func TestSignInOfInactiveUserSaysItsText(t *testing.T) {
	d := open(t)
	u := d.w.users[1]
	u.Deactivated = now.Add(-time.Hour)
	d.w.users[1] = u
	w := d.do("POST", "/masuk", url.Values{"user": {"budi"}, "password": {password}})
	d.wants(w.Body.String(), ">User ID non aktif, silahkan menghubungi Admin</p>")
	if w.Code != http.StatusForbidden || len(w.Result().Cookies()) != 0 {
		t.Error("an inactive user was let in")
	}
}

func TestResultShowsGrantedElementsOnly(t *testing.T) {
	d := open(t)
	d.enter("budi")
	d.wants(d.do("GET", "/cari", nil).Body.String(), "Data per tanggal 15 September 2025.")
	for _, hx := range []string{"true", ""} {
		w := d.do("POST", "/cari", ask(known), "HX-Request", hx)
		body := w.Body.String()
		d.wants(body, "SITI &lt;b&gt;AMINAH", "3303 0101 0180 0001", "JL. MERDEKA 1", "BA-17/2025", "Bantuan sosial", "16 September 2025",
			"14.05 WIB", "Nomor catatan", `aria-hidden="true"><span>budi`)
		d.wants(body, "<dt>Data per tanggal</dt><dd>15 September 2025</dd>")
		d.lacks(body, secret, "BOGOR", "9999", "Jenis kelamin", "Perempuan", "Nomor KK", known)
		if hx == "" {
			d.wants(body, `content="60;url=/cari"`)
		} else {
			d.lacks(body, "<html")
		}
	}
	d.lacks(d.log.String(), known, "SITI")
}

func TestNoticesStandInTheirWordsWithoutTheNIK(t *testing.T) {
	d := open(t)
	d.enter("budi")
	for n, text := range map[string]string{
		unknown:    "Data tidak ditemukan, NIK tidak terdapat di database kependudukan",
		"12345678": "Data tidak ditemukan, NIK tidak sesuai format Dukcapil",
	} {
		for _, hx := range []string{"true", ""} {
			body := d.do("POST", "/cari", ask(n), "HX-Request", hx).Body.String()
			d.wants(body, `id="teks">`+text+"</p>")
			if found := strings.Contains(body, "<dt>Data per tanggal</dt><dd>15 September 2025</dd>"); found != (n == unknown) {
				t.Errorf("%s: the day of the data is told: %v", text, found)
			}
			d.lacks(body, n, fours(n), secret)
		}
	}
	for n, says := range map[string]string{
		"12345678":         "Isian memuat 8 angka, seharusnya 16.",
		"330301O101800001": "tanda yang bukan angka",
		"3303013301800001": "Angka ke-7 dan ke-8 (tanggal lahir)",
		"3303010113800001": "Angka ke-9 dan ke-10 (bulan lahir)",
		"3303013002800001": "Angka ke-7 sampai ke-12 bukan tanggal",
		"3303010101800000": "Empat angka terakhir",
	} {
		body := d.do("POST", "/cari", ask(n)).Body.String()
		d.wants(body, says)
		d.lacks(body, n, fours(n))
	}
	f := ask(known)
	f.Set("reference", unknown) // a NIK as a reference is not kept and not echoed
	body := d.do("POST", "/cari", f).Body.String()
	d.wants(body, access.Purpose.Text())
	d.lacks(body, unknown, known, "SITI")
}

func TestRefusalsStandInTheirWords(t *testing.T) {
	d := open(t)
	d.enter("budi")
	d.w.hits = 5
	d.wants(d.do("POST", "/cari", ask(known)).Body.String(), "Kuota akses hari ini telah habis")
	d.w.agree[0].EndsOn = now.AddDate(0, 0, -3)
	d.wants(d.do("GET", "/cari", nil).Body.String(), "Pencarian belum dapat digunakan", `name="nik"`)
	d.wants(d.do("POST", "/cari", ask(known)).Body.String(), "Instansi tidak aktif")
	u := d.w.users[1]
	u.Deactivated = now
	d.w.users[1] = u
	d.wants(d.do("POST", "/cari", ask(known)).Body.String(), "User ID non aktif, silahkan menghubungi Admin")
	if w := d.do("GET", "/riwayat", nil); w.Code != http.StatusForbidden {
		t.Errorf("history of an inactive user: status %d", w.Code)
	}
}

func TestQuotaWarningAtEightyPercent(t *testing.T) {
	d := open(t)
	d.enter("budi")
	d.w.hits = 2
	d.lacks(d.do("POST", "/cari", ask(known), "HX-Request", "true").Body.String(), "80 %")
	d.wants(d.do("POST", "/cari", ask(known), "HX-Request", "true").Body.String(), "80 %", `<b id="sisa" hx-swap-oob="true">1 dari 5</b>`)
}

func TestNothingIsStored(t *testing.T) {
	d := open(t)
	check := func(w *httptest.ResponseRecorder, what string) {
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be stored: %q", what, w.Header().Get("Cache-Control"))
		}
		d.lacks(w.Body.String(), "style=", "onclick", "<style", "javascript:")
	}
	for _, who := range []string{"", "budi", "kepala", "dukcapil"} {
		if d.cookie = ""; who != "" {
			d.enter(who)
		}
		for _, path := range []string{"/", "/masuk", "/cari", "/riwayat", "/riwayat.csv", "/panduan", "/konsol", "/aktivasi/tautan",
			"/aktivasi/lain", "/tidak-ada"} {
			check(d.do("GET", path, nil), who+" "+path)
		}
		check(d.do("POST", "/cari", ask(known)), who+" POST /cari")
	}
	check(d.do("POST", "/keluar", url.Values{}), "/keluar")
	if w := d.do("GET", "/cari", nil); w.Code != http.StatusSeeOther {
		t.Errorf("signed out, /cari: status %d", w.Code)
	}
}

func TestHistoryBelongsToItsReader(t *testing.T) {
	d := open(t)
	d.enter("ani")
	d.do("POST", "/cari", ask(known))
	d.enter("budi")
	d.do("POST", "/cari", ask(unknown))
	own := d.do("GET", "/riwayat?user=ani", nil).Body.String()
	d.wants(own, `data-l="User ID">budi`)
	d.lacks(own, `data-l="User ID">ani`, known, unknown)
	d.enter("kepala")
	d.wants(d.do("GET", "/riwayat", nil).Body.String(), `data-l="User ID">budi`, `data-l="User ID">ani`)
	one := d.do("GET", "/riwayat?user=ANI", nil).Body.String()
	d.wants(one, `data-l="User ID">ani`)
	d.lacks(one, `data-l="User ID">budi`)
	budis, anis := d.w.rows[3].ID, d.w.rows[1].ID // each signed in before
	for _, c := range []struct {
		login string
		may   map[journal.ID]int
	}{{"budi", map[journal.ID]int{budis: 200, anis: 404, {Log: 8, Seq: 0}: 404, {Log: 7, Seq: 99}: 404}},
		{"kepala", map[journal.ID]int{budis: 200, anis: 200, {Log: 0, Seq: 0}: 404}}} {
		d.enter(c.login)
		for id, want := range c.may {
			if w := d.do("GET", "/riwayat/kuitansi/"+id.String(), nil); w.Code != want {
				t.Errorf("receipt %s for %s: %d", id, c.login, w.Code)
			}
		}
	}
	d.wants(d.do("GET", "/riwayat?user=siapa", nil).Body.String(), "Tidak ada catatan yang sesuai")
	d.wants(d.do("GET", "/riwayat?dari=2030-01-01", nil).Body.String(), "Tidak ada catatan yang sesuai")
	w := d.do("GET", "/riwayat.csv", nil)
	d.lacks(w.Body.String(), known, unknown)
	d.wants(w.Body.String(), "\ufeffnomor_catatan;waktu;")
	table := csv.NewReader(w.Body)
	table.Comma = ';'
	rows, err := table.ReadAll()
	if err != nil || len(rows) != 13 { // with what was refused and what the head read: the list, and receipts
		t.Errorf("export: %d rows, %v", len(rows), err)
	}
	if head, last := rows[0], rows[len(rows)-1]; !slices.Equal(head[10:], []string{"aplikasi", "metode"}) || last[11] != "Web portal" {
		t.Errorf("application and method of each record: %q, %q", head, last)
	}
}

func TestProviderSeesNoPersons(t *testing.T) {
	d := open(t)
	w := d.do("POST", "/masuk", url.Values{"user": {"dukcapil"}, "password": {password}})
	d.cookie = w.Result().Cookies()[0].Name + "=" + w.Result().Cookies()[0].Value
	if w.Header().Get("Location") != "/masuk/kode" || d.do("GET", "/cari", nil).Header().Get("Location") == "" {
		t.Errorf("a password alone lets the provider's people in: %q", w.Header().Get("Location"))
	}
	d.wants(d.do("GET", "/masuk/kode", nil).Body.String(), "Peran Anda memerlukan faktor kedua", "data:image/png;base64,")
	d.w.sessions[party.HashSecret("masuk")] = party.Session{User: 3, Opened: now, LastSeen: now}
	d.cookie = w.Result().Cookies()[0].Name + "=masuk"
	body := d.do("POST", "/cari", ask(known)).Body.String()
	d.wants(body, access.Method.Text())
	d.lacks(body, "SITI")
	if w := d.do("GET", "/riwayat", nil); w.Code != http.StatusForbidden {
		t.Errorf("agency history for the provider: status %d", w.Code)
	}
}

func TestFaultShowsANumberOnly(t *testing.T) {
	d := open(t)
	d.enter("budi")
	d.w.down = errors.New("disk is gone")
	for _, hx := range []string{"true", ""} {
		w := d.do("POST", "/cari", ask(known), "HX-Request", hx)
		if w.Code != http.StatusInternalServerError {
			t.Errorf("status %d", w.Code)
		}
		d.wants(w.Body.String(), "Terjadi gangguan", "Nomor permintaan")
		d.lacks(w.Body.String(), "disk is gone", "SITI", known)
	}
	d.wants(d.log.String(), "disk is gone")
	d.lacks(d.log.String(), known, "BA-17")
}

func TestUnfitFormsAreNotEchoed(t *testing.T) {
	d := open(t)
	d.enter("budi")
	for name, value := range map[string]string{"NUL": "ABC\x00DEF", "UTF-8": "ABC\xff"} {
		f := ask(known)
		f.Set("reference", value)
		w := d.do("POST", "/cari", f)
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, w.Code)
		}
		d.lacks(w.Body.String(), "ABC", known)
	}
	if w := d.do("POST", "/cari", url.Values{"nik": {strings.Repeat("1", 80<<10)}}); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("large form: status %d", w.Code)
	}
	before := len(d.w.rows)
	d.do("POST", "/cari?nik="+known+"&purpose=Bantuan+sosial&reference=x", url.Values{"purpose": {"Bantuan sosial"}, "reference": {"x"}})
	if last := d.w.rows[len(d.w.rows)-1]; len(d.w.rows) != before+1 || !last.NIK.IsZero() {
		t.Error("a NIK was read from the URL")
	}
}
