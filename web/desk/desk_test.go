package desk_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/demo/demotest"
	"gapura/desk/client"
	"gapura/desk/courier"
	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/exchange/balikan"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store"
	"gapura/store/storetest"
	"gapura/web/api"
	webdesk "gapura/web/desk"
	"gapura/web/site"
)

var now = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

// A counter is a desk on a real database with a real provider behind a line that can be cut.
type counter struct {
	t        *testing.T
	provider *store.DB
	out      demo.Result
	cut      atomic.Bool
	lose     atomic.Bool // answers of what was done
	keys     *keyring.Ring
	db       *deskdb.DB
	courier  *courier.Courier
	far      *client.Client
	desk     *webdesk.Desk
	pages    http.Handler // its own
	url      string
	dir      string
	at       time.Time
	log      bytes.Buffer
	notary   *journal.Notary
}

const password = "kata sandi loket"

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{t: t, at: now, dir: t.TempDir()}
	clock := func() time.Time { return c.at }
	ctx := context.Background()
	var err error
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var keys *keyring.Ring
	c.provider, c.out, keys = demotest.District(t, storetest.SQLite(t), now, 300, 1)
	w := journal.NewWriter(c.provider.Journal)
	t.Cleanup(w.Close)
	signers, err := keys.Signers("journal")
	must(err)
	log := slog.New(slog.NewTextHandler(&c.log, nil))
	c.notary = &journal.Notary{Store: c.provider.Journal, Anchor: c.provider.Journal.Anchor(), Name: "gapura.test", Keys: signers,
		Now: clock}
	a := &api.API{
		Gate: &access.Gate{Rights: c.provider.Rights, Source: c.provider.Registry, Log: w, Now: clock,
			Readers: c.provider.Institutions},
		Admission: admission.New(c.provider.Accounts, clock), Notary: c.notary, Readers: c.provider.Institutions,
		Tokens: c.provider.Accounts, Desks: c.provider.Enrolment(),
		Peer: func(*http.Request) netip.Addr { return netip.MustParseAddr("127.0.0.1") }, Log: log,
	}
	a.Authority = &access.Authority{Log: w, Rights: c.provider.Rights, Now: clock}
	a.Intake = &balikan.Intake{Store: c.provider.Deliveries(), Authority: a.Authority}
	handler := a.Handler()
	line := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		if c.lose.Load() {
			handler.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		if r.URL.Path == "/healthz" { // the server's, beside the API
			w.WriteHeader(http.StatusOK)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(line.Close)
	far, err := client.New(client.Config{URL: line.URL, Timeout: 5 * time.Second, Now: clock})
	must(err)

	c.keys, c.far = storetest.Keys(t), far
	c.db = storetest.Desk(t, filepath.Join(c.dir, "loket.db"), c.keys)
	must(c.db.Services.Seed(ctx, desk.DefaultServices(), now))
	hash, err := party.HashPassword(ctx, password)
	must(err)
	officer, err := c.db.AddUser(ctx, "petugas", "Ratnasari Puspaningtyas", party.Officer, hash, now)
	must(err)
	_, err = c.db.AddUser(ctx, "kepala", "Wiratmaja Sunarya", party.HeadOfAgency, hash, now)
	must(err)
	must(c.db.SetToken(ctx, officer, c.token(), now))
	c.courier = courier.New(c.db, far, clock, log)
	c.desk = &webdesk.Desk{
		Site: site.New(site.Config{
			May:   desk.Allow,
			Entry: admission.NewEntry(c.db.Accounts, c.db.Credentials, clock), Rights: deskdb.Rights{DB: c.db,
				Office: party.Institution{ID: 1,
					Name: "Dinas Pertanian", Zone: party.WIB}}, Now: clock, Provider: "Dinas Pertanian", Log: log,
			Nav: webdesk.Nav, Guide: "/bantuan",
		}),
		DB: c.db, Provider: far, Wake: c.courier.Wake, Office: desk.Office{Name: "Dinas Pertanian", Place: "Purbalingga",
			URL: "http://loket.example"}, Zone: party.WIB, Blank: time.Minute,
	}
	c.pages = c.desk.Handler()
	near := httptest.NewServer(http.NewCrossOriginProtection().Handler(c.pages))
	t.Cleanup(near.Close)
	c.url = near.URL
	return c
}

func (c *counter) token() string {
	for _, a := range c.out.API {
		if a.Agency == "dinpertan" {
			return a.Token
		}
	}
	return ""
}

// A person is at a browser.
type person struct {
	*counter
	http *http.Client
	body string
	code int
	path string
	head http.Header
}

func (c *counter) person() *person {
	jar, _ := cookiejar.New(nil)
	return &person{counter: c, http: &http.Client{Jar: jar}}
}

func (c *counter) signedIn(user string) *person {
	c.t.Helper()
	p := c.person()
	p.post("/masuk", url.Values{"user": {user}, "password": {password}})
	if p.path != "/antrean" {
		c.t.Fatalf("%s cannot sign in: %d %s", user, p.code, p.path)
	}
	return p
}

func (p *person) done(r *http.Response, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	p.body, p.code, p.path, p.head = string(b), r.StatusCode, r.Request.URL.Path, r.Header
}

func (p *person) get(path string) {
	p.t.Helper()
	p.done(p.http.Get(p.url + path))
}

func (p *person) post(path string, f url.Values) {
	p.t.Helper()
	p.done(p.http.PostForm(p.url+path, f))
}

// send posts a form with scans.
func (p *person) send(path string, f map[string]string, scans ...string) {
	p.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range f {
		m.WriteField(k, v)
	}
	for _, s := range scans {
		w, _ := m.CreateFormFile("d."+s, "pindaian.png")
		w.Write([]byte("\x89PNG\r\n\x1a\n pindaian " + s))
	}
	m.Close()
	p.done(p.http.Post(p.url+path, m.FormDataContentType(), &b))
}

func (p *person) expect(code int, texts ...string) {
	p.t.Helper()
	if p.code != code {
		p.t.Fatalf("%s: status %d, want %d: %s", p.path, p.code, code, main(p.body))
	}
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			p.t.Errorf("%s: %q is missing in %s", p.path, text, main(p.body))
		}
	}
}

func main(body string) string {
	_, body, _ = strings.Cut(body, "<main")
	return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")
}

// resident is someone of the registry, as their papers tell.
func (c *counter) resident(i int) (population.Person, map[string]string) {
	c.t.Helper()
	n, err := nik.Parse(c.out.Sample.Found[i])
	if err != nil {
		c.t.Fatal(err)
	}
	f, err := c.provider.Registry.Find(context.Background(), n)
	if err != nil || !f.Known {
		c.t.Fatal(f.Known, err)
	}
	p := f.Person
	return p, map[string]string{
		"layanan": "pupuk", "identitas": "ktp-el", "nik": n.Digits(), "nama_lengkap": p.Name, "tempat_lahir": p.BirthPlace,
		"tanggal_lahir": p.BirthDate.Format(time.DateOnly),
		"jenis_kelamin": strings.ToUpper(p.Sex.String()), "jenis_pekerjaan": p.Occupation, "alamat": p.Address, "alamat.rt": p.RT,
		"alamat.rw": p.RW, "alamat.kelurahan": p.Place().Village,
		"t.kelompok_tani": "Tani Makmur", "t.luas": "0,75", "t.komoditas": "Padi",
	}
}

func (p *person) act(path string, act, seen, note string) {
	p.t.Helper()
	p.post(path+"/langkah", url.Values{"langkah": {act}, "keadaan": {seen}, "catatan": {note}, "alasan": {"tidak-memenuhi"}})
}

func (c *counter) met() (met, excused int) {
	c.t.Helper()
	i, _, _, err := c.provider.Institutions.InstitutionByCode(context.Background(), "dinpertan")
	if err != nil {
		c.t.Fatal(err)
	}
	rates, err := c.provider.Balikan.Rates(context.Background(), i.ID, now.AddDate(-1, 0, 0), time.Time{})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, r := range rates {
		met, excused = met+r.Met, excused+r.Excused
	}
	return met, excused
}

func (c *counter) round() {
	c.t.Helper()
	if err := c.courier.Round(context.Background()); err != nil {
		c.t.Fatal(err)
	}
}

// The whole way of Lampiran II, with the repair loop, and with the line cut in the middle.
func TestTheWholeWayWithRepairAndACutLine(t *testing.T) {
	c := newCounter(t)
	o := c.signedIn("petugas")
	who, form := c.resident(0)
	right := form["nama_lengkap"]
	form["nama_lengkap"] = right + " KELIRU"
	o.send("/permohonan/baru", form, "ktp")
	o.expect(200, "PB-20261124-001", "Diajukan", "Surat keterangan kelompok tani", "belum ada")
	app := o.path
	o.act(app, "periksa", "diajukan", "")
	o.expect(422, "Dokumen yang diminta belum lengkap")
	o.act(app, "tidak-lengkap", "diajukan", "Surat kelompok tani belum ada")
	o.expect(200, "Menunggu perbaikan pemohon", "Surat kelompok tani belum ada")
	form["keadaan"] = "perbaikan"
	o.send(app+"/lengkapi", form, "kelompok")
	o.expect(200, "Dokumen dilengkapi", "8. Perbaikan diterima", "9. Perbaikan diterima")
	o.act(app, "periksa", "dilengkapi", "")
	o.expect(200, "Dokumen lengkap", "10. Dokumen lengkap")

	c.cut.Store(true)
	o.post(app+"/krosscek", url.Values{"keadaan": {"diperiksa"}})
	o.expect(502, "Sambungan ke Dukcapil terputus", "Krosscek menunggu", "Dokumen lengkap")
	_, second := c.resident(1)
	o.send("/permohonan/baru", second, "ktp", "kelompok")
	o.expect(200, "PB-20261124-002", "Sambungan ke Dukcapil terputus sejak 10.00 WIB")
	other := o.path
	c.cut.Store(false)

	o.post(app+"/krosscek", url.Values{"keadaan": {"diperiksa"}})
	o.expect(200, "Data tidak sesuai", "Nama lengkap: <b class=\"o bad\">Tidak sesuai", "Tanggal lahir: <b class=\"o ok\">Sesuai")
	if strings.Contains(o.body, "Sambungan ke Dukcapil terputus") {
		t.Error("the line is still called down")
	}
	o.act(app, "setujui", "tidak-sesuai", "")
	o.expect(409)
	o.act(app, "kembalikan", "tidak-sesuai", "")
	o.expect(422, "Alasan harus diisi")
	o.act(app, "kembalikan", "tidak-sesuai", "Nama berbeda dengan KTP-el")
	o.expect(200, "Menunggu perbaikan pemohon")
	form["nama_lengkap"] = right
	o.send(app+"/lengkapi", form)
	o.act(app, "periksa", "dilengkapi", "")
	o.post(app+"/krosscek", url.Values{"keadaan": {"diperiksa"}})
	o.expect(200, "Data sesuai", "Setujui dan terbitkan surat", "kuitansi menunggu", "data per tanggal 24 November 2026")

	c.cut.Store(true)
	o.act(app, "setujui", "sesuai", "")
	o.expect(200, "Dokumen terbit", "520/0001/2026")
	c.round()
	o.get("/balikan")
	o.expect(200, "Sambungan ke Dukcapil terputus.", "PB-20261124-001")
	o.act(app, "serahkan", "terbit", "")
	o.expect(200, "Dokumen diserahkan")
	if met, _ := c.met(); met != 0 {
		t.Error("data balikan over a line that is cut")
	}
	c.cut.Store(false)
	if _, err := c.notary.Sign(context.Background()); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(time.Minute)
	o.get("/antrean")
	o.expect(200, "Sambungan ke Dukcapil terputus sejak 10.00 WIB")
	c.round()
	c.round()
	o.get("/antrean")
	if strings.Contains(o.body, "terputus") {
		t.Error("the counter does not learn that the line is back")
	}
	if met, _ := c.met(); met != 1 {
		t.Errorf("data balikan met %d", met)
	}
	o.get(app)
	o.expect(200, "Selesai", "7. Data balikan diterima Dukcapil", ">kuitansi</a>")
	for _, s := range []string{"1. ", "2. ", "8. ", "9. ", "10. ", "3. ", "4b. ", "4a. ", "5. ", "6. ", "7. "} {
		if !strings.Contains(o.body, "<strong>"+s) {
			t.Errorf("step %s is not recorded", s)
		}
	}
	o.get(app + "/surat.pdf")
	o.expect(200, "%PDF")
	o.get(app)
	receipt := regexp.MustCompile(app + `/kuitansi/\d+`).FindString(o.body)
	o.get(receipt)
	o.expect(200, "tlog-proof")
	seen, err := c.db.Security.Entries(t.Context(), deskdb.SecurityFilter{Kind: deskdb.PaperSeen, Most: 9})
	if err != nil || len(seen) < 2 || !strings.HasPrefix(seen[0].Text, "Kuitansi ") || !strings.HasPrefix(seen[1].Text, "Surat ") {
		t.Errorf("that letter and receipt were opened is not noted: %+v, %v", seen, err)
	}

	// The second is rejected after a lookup that showed the data: its reason answers the expectation.
	o.act(other, "periksa", "diajukan", "")
	o.post(other+"/lihat", url.Values{"keadaan": {"diperiksa"}})
	o.expect(200, "Seluruh isian sesuai", "<dt>Data per tanggal</dt><dd>24 November 2026</dd>", "data-blank=\"60\"",
		"http-equiv=\"refresh\" content=\"60;url="+other)
	if o.head.Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control %q", o.head.Get("Cache-Control"))
	}
	o.get(other)
	o.expect(200, "Data diperlihatkan · data per tanggal 24 November 2026")
	o.act(other, "tolak", "sesuai", "Lahan di luar wilayah")
	c.round()
	o.get(other)
	o.expect(200, "11. Data balikan diterima Dukcapil", "Selesai, ditolak")
	if met, excused := c.met(); met != 1 || excused != 1 {
		t.Errorf("met %d, excused %d", met, excused)
	}
	for _, secret := range []string{who.NIK.Digits(), who.Name, c.token()} {
		if strings.Contains(c.log.String(), secret) {
			t.Error("the log holds a value")
		}
	}
}

// What the provider tells beyond the applicant's papers is in its page only.
func TestAnAnswerIsKeptNowhere(t *testing.T) {
	c := newCounter(t)
	o := c.signedIn("petugas")
	who, form := c.resident(2)
	form["nama_lengkap"], form["alamat"], form["jenis_pekerjaan"], form["tempat_lahir"] = "ORANG LAIN", "JALAN LAIN 9", "LAINNYA",
		"TEMPAT LAIN"
	o.send("/permohonan/baru", form, "ktp", "kelompok")
	app := o.path
	o.act(app, "periksa", "diajukan", "")
	o.post(app+"/lihat", url.Values{"keadaan": {"diperiksa"}})
	o.expect(200, "Ada yang tidak sesuai", "<mark>")
	plain := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(o.body)
	if !strings.Contains(plain, who.Name) || !strings.Contains(plain, who.Address) {
		t.Fatal("the page does not show the data")
	}
	o.get(app)
	if plain := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(o.body); strings.Contains(plain, who.Name) ||
		strings.Contains(plain, who.Address) {
		t.Error("the application's page shows the answer")
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(app, "/permohonan/"), "?")
	a, err := c.db.Applications.Application(context.Background(), atoi(id))
	if err != nil {
		t.Fatal(err)
	}
	if kept := fmt.Sprintf("%#v %v", a.Checks, a.Papers.Values); strings.Contains(kept, who.Name) || strings.Contains(kept, who.Address) {
		t.Error("the answer is kept")
	}
	entries, err := os.ReadDir(c.dir)
	if err != nil || len(entries) == 0 {
		t.Fatal(len(entries), err)
	}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(c.dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte(who.Name)) || bytes.Contains(raw, []byte(who.Address)) {
			t.Errorf("%s holds the answer", e.Name())
		}
	}
}

func atoi(s string) (n int64) {
	fmt.Sscan(s, &n)
	return n
}

func TestALookupIsPossibleOnlyInsideAnOpenApplication(t *testing.T) {
	c := newCounter(t)
	o := c.signedIn("petugas")
	_, form := c.resident(3)
	o.send("/permohonan/baru", form, "ktp", "kelompok")
	app := o.path
	size := func() int64 {
		t.Helper()
		i, _, _, err := c.provider.Institutions.InstitutionByCode(context.Background(), "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		list, _, err := c.provider.Journal.Records(context.Background(), access.HistoryQuery{Agency: i.ID, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		return int64(len(list))
	}
	before := size()
	for _, way := range []string{"/krosscek", "/lihat"} {
		o.post(app+way, url.Values{"keadaan": {"diajukan"}}) // not its turn
		o.expect(409)
		o.post(app+way, url.Values{"keadaan": {"diperiksa"}}) // a lie about its state
		o.expect(409)
		o.post("/permohonan/999"+way, url.Values{"keadaan": {"diperiksa"}})
		o.expect(404)
	}
	h := c.signedIn("kepala")
	o.act(app, "periksa", "diajukan", "")
	h.post(app+"/krosscek", url.Values{"keadaan": {"diperiksa"}})
	h.expect(409, "Token Dukcapil Anda belum diisi")
	nobody := c.person()
	nobody.post(app+"/lihat", url.Values{"keadaan": {"diperiksa"}})
	if nobody.path != "/masuk" {
		t.Errorf("nobody comes to %s", nobody.path)
	}
	if after := size(); after != before {
		t.Errorf("%d lookups were made", after-before)
	}
}

func TestANoticeCannotBeApproved(t *testing.T) {
	c := newCounter(t)
	o := c.signedIn("petugas")
	_, form := c.resident(4)
	form["nik"] = c.out.Sample.Deceased[0]
	o.send("/permohonan/baru", form, "ktp", "kelompok")
	app := o.path
	o.act(app, "periksa", "diajukan", "")
	o.post(app+"/krosscek", url.Values{"keadaan": {"diperiksa"}})
	o.expect(200, "Data Ditemukan, Meninggal Dunia", "Data tidak sesuai")
	if strings.Contains(o.body, "Nyatakan sesuai") {
		t.Error("a notice may be explained away")
	}
	o.act(app, "nyatakan-sesuai", "tidak-sesuai", "masih hidup")
	o.expect(409)
}

func TestTheCheckPageShowsOnlyWhatItMust(t *testing.T) {
	c := newCounter(t)
	o := c.signedIn("petugas")
	who, form := c.resident(5)
	o.send("/permohonan/baru", form, "ktp", "kelompok")
	app := o.path
	o.act(app, "periksa", "diajukan", "")
	o.post(app+"/krosscek", url.Values{"keadaan": {"diperiksa"}})
	o.act(app, "setujui", "sesuai", "")
	m := regexp.MustCompile(`http://loket\.example(/periksa/[A-Za-z0-9_-]{22})`).FindStringSubmatch(o.body)
	if m == nil {
		t.Fatalf("no check page: %s", main(o.body))
	}
	nobody := c.person()
	nobody.get(m[1])
	nobody.expect(200, "Surat ini diterbitkan oleh Dinas Pertanian", "520/0001/2026", "Pupuk bersubsidi", desk.MaskName(who.Name),
		"24 November 2026")
	for _, secret := range []string{who.NIK.Digits(), nik.Group(who.NIK.Digits()), who.Name, who.Address} {
		if strings.Contains(nobody.body, secret) {
			t.Error("the check page shows a value")
		}
	}
	o.post(app+"/cabut", url.Values{"catatan": {"keliru"}})
	o.expect(403)
	h := c.signedIn("kepala")
	h.post(app+"/cabut", url.Values{"catatan": {""}})
	h.expect(422, "Alasan harus diisi")
	h.post(app+"/cabut", url.Values{"catatan": {"Lahan ternyata dijual"}})
	h.expect(200, "Surat telah dicabut", "Lahan ternyata dijual", "Wiratmaja Sunarya")
	h.post(app+"/cabut", url.Values{"catatan": {"lagi"}})
	h.expect(409)
	nobody.get(m[1])
	nobody.expect(200, "telah dicabut pada 24 November 2026 dan tidak berlaku", "520/0001/2026")
	if strings.Contains(nobody.body, "dijual") {
		t.Error("the check page shows the reason")
	}
	nobody.get("/periksa/tidak-ada")
	nobody.expect(404, "Kode tidak dikenal")
}

func TestFormsSayWhatIsWrongAndTakeNoOddFiles(t *testing.T) {
	c := newCounter(t)
	o := c.signedIn("petugas")
	_, form := c.resident(8)
	form["nik"], form["t.komoditas"] = "12", "Ganja"
	o.send("/permohonan/baru", form, "ktp")
	o.expect(422, "Isian belum lengkap", "NIK harus 16 angka", "Komoditas harus dipilih dari daftar", form["nama_lengkap"])
	_, form = c.resident(8)
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range form {
		m.WriteField(k, v)
	}
	w, _ := m.CreateFormFile("d.ktp", "virus.html")
	io.WriteString(w, "<html><script>alert(1)</script>")
	m.Close()
	o.done(o.http.Post(o.url+"/permohonan/baru", m.FormDataContentType(), &b))
	o.expect(422, "harus gambar (JPEG, PNG, WebP) atau PDF")
	o.send("/permohonan/baru", form, "ktp", "tidak-diminta")
	o.expect(422, "tidak diminta oleh layanan ini")
	o.post("/antrean", url.Values{"cari": {form["nik"]}})
	o.expect(200, "Tidak ada permohonan")
	o.send("/permohonan/baru", form, "ktp")
	o.post("/antrean", url.Values{"cari": {form["nik"]}})
	o.expect(200, "PB-20261124-001")
	o.get("/antrean.csv")
	o.expect(200, "PB-20261124-001;Pupuk bersubsidi")
	if strings.Contains(o.body, form["nama_lengkap"]) {
		t.Error("the export holds a name")
	}
	for _, page := range []string{"/bantuan", "/akun", "/balikan", "/antrean", "/antrean?hari=2026-11-01&keadaan=selesai",
		"/antrean?semua=ya", "/kartu"} {
		o.get(page)
		o.expect(200)
	}
}
