package legacy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/demo/demotest"
	"gapura/exchange/balikan"
	"gapura/exchange/wire"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store"
	"gapura/store/storetest"
	"gapura/web/legacy"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// A door is the old wire on a real store with the demo's district.
type door struct {
	testing.TB
	st     *store.DB
	out    demo.Result
	legacy *legacy.Legacy
	peer   netip.Addr
	source *source
	log    bytes.Buffer
	now    time.Time
}

// A source is the registry, which can be made to fail.
type source struct {
	population.Source
	fail bool
}

func (s *source) Find(ctx context.Context, n nik.NIK) (population.Finding, error) {
	if s.fail {
		return population.Finding{}, fmt.Errorf("connection refused")
	}
	return s.Source.Find(ctx, n)
}

func open(t testing.TB, url string) *door {
	t.Helper()
	d := &door{TB: t, peer: netip.MustParseAddr("127.0.0.1"), now: now}
	d.st, d.out, _ = demotest.District(t, url, now, 300, 1)
	w := journal.NewWriter(d.st.Journal)
	t.Cleanup(w.Close)
	clock := func() time.Time { return d.now }
	d.source = &source{Source: d.st.Registry}
	d.legacy = &legacy.Legacy{
		Gate: &access.Gate{Rights: d.st.Rights, Source: d.source, Log: w, Now: clock}, Admission: admission.New(d.st.Accounts, clock),
		Profiles: d.st.Wire, Calls: d.st.Wire,
		Intake: &balikan.Intake{Store: d.st.Deliveries(), Authority: &access.Authority{Log: w, Rights: d.st.Rights, Now: clock}},
		Peer:   func(*http.Request) netip.Addr { return d.peer }, Log: slog.New(slog.NewTextHandler(&d.log, nil)),
	}
	return d
}

func (d *door) post(path, kind, body string) (int, string) {
	d.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	d.legacy.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func (d *door) user(login string) party.User {
	d.Helper()
	u, ok, err := d.st.Users.UserByLogin(context.Background(), login)
	if err != nil || !ok {
		d.Fatal(login, err)
	}
	return u
}

func (d *door) profile(p wire.Profile) string {
	d.Helper()
	if p.Agency == 0 {
		p.Agency = d.user("aplikasi.dinpertan").Institution
	}
	if p.Purpose == "" {
		p.Purpose = demo.Purpose
	}
	if err := d.st.Wire.PutProfile(context.Background(), journal.Change{At: now, Reason: "uji", Letter: "1"}, p); err != nil {
		d.Fatal(err)
	}
	return wire.Base + p.Path
}

// credentials are those of the demo's application, as an agency writes them.
func (d *door) credentials() map[string]any {
	return map[string]any{"user_id": "aplikasi.dinpertan", "password": d.out.Legacy[0].Password, "ip_user": "10.1.2.3"}
}

func with(m map[string]any, pairs ...any) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

// forms are the ways in which clients send the same fields; Content-Types are wrong as they are on the real wire.
var forms = []struct {
	name string
	make func(m map[string]any) (kind, body string)
}{
	{"json", func(m map[string]any) (string, string) { return "application/json", text(m) }},
	{"json, charset", func(m map[string]any) (string, string) { return "application/json; charset=utf-8", text(m) }},
	{"json, malformed type", func(m map[string]any) (string, string) { return "application/json,Accept: application/json", text(m) }},
	{"json as form", func(m map[string]any) (string, string) { return "application/x-www-form-urlencoded", " \n" + text(m) }},
	{"json array", func(m map[string]any) (string, string) { return "", "[" + text(m) + "]" }},
	{"form", func(m map[string]any) (string, string) {
		return "application/x-www-form-urlencoded", values(m).Encode()
	}},
	{"form as json", func(m map[string]any) (string, string) { return "application/json", values(m).Encode() }},
	{"multipart", func(m map[string]any) (string, string) { return multi(m) }},
	{"multipart without type", func(m map[string]any) (string, string) { _, b := multi(m); return "", b }},
	{"upper case keys", func(m map[string]any) (string, string) {
		return "", strings.ReplaceAll(strings.ReplaceAll(text(m), `"user_id"`, `"USERID"`), `"nik"`, `"NIK"`)
	}},
}

func text(m map[string]any) string {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func values(m map[string]any) url.Values {
	v := url.Values{}
	for k, x := range m {
		v.Set(k, fmt.Sprint(x))
	}
	return v
}

func multi(m map[string]any) (string, string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, x := range m {
		w.WriteField(k, fmt.Sprint(x))
	}
	w.Close()
	return w.FormDataContentType(), b.String()
}

// situations bring about each outcome of the wire.
var situations = []struct {
	name   string
	fields func(d *door) map[string]any
	before func(d *door)
	status int
}{
	{"found", func(d *door) map[string]any { return with(d.credentials(), "nik", d.out.Sample.Found[0]) }, nil, 200},
	{"03 login", func(d *door) map[string]any {
		return with(d.credentials(), "nik", d.out.Sample.Found[0], "password", "salah")
	}, nil, 200},
	{"04 network", func(d *door) map[string]any { return with(d.credentials(), "nik", d.out.Sample.Found[0]) },
		func(d *door) { d.peer = netip.MustParseAddr("192.0.2.9") }, 200},
	{"07 no nik", func(d *door) map[string]any { return d.credentials() }, nil, 200},
	{"09 no credentials", func(d *door) map[string]any { return map[string]any{"nik": d.out.Sample.Found[0]} }, nil, 200},
	{"11 deceased", func(d *door) map[string]any { return with(d.credentials(), "nik", d.out.Sample.Deceased[0]) }, nil, 200},
	{"12 duplicate", func(d *door) map[string]any { return with(d.credentials(), "nik", d.out.Sample.Duplicate[0]) }, nil, 200},
	{"13 unknown", func(d *door) map[string]any { return with(d.credentials(), "nik", d.out.Sample.Unknown[0]) }, nil, 200},
	{"14 inactive", func(d *door) map[string]any { return with(d.credentials(), "nik", d.out.Sample.Inactive[0]) }, nil, 200},
	{"15 malformed", func(d *door) map[string]any { return with(d.credentials(), "nik", d.out.Sample.Malformed[0]) }, nil, 200},
	{"99 source", func(d *door) map[string]any { return with(d.credentials(), "nik", d.out.Sample.Found[0]) },
		func(d *door) { d.source.fail = true }, 503},
	{"16 institution", func(d *door) map[string]any { return with(d.credentials(), "nik", d.out.Sample.Found[0]) },
		func(d *door) { d.now = now.AddDate(9, 0, 0) }, 200},
}

// Every form of a request, every outcome and every dialect, for full data and verification, answers byte for byte as the golden file has
// it.
func TestConformance(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	var golden bytes.Buffer
	for _, verify := range []bool{false, true} {
		for _, dialect := range wire.Dialects {
			path := d.profile(wire.Profile{Path: fmt.Sprintf("dinpertan/%s_%v", strings.ToLower(string(dialect)), verify), Dialect: dialect,
				Verify: verify})
			for _, s := range situations {
				d.peer, d.source.fail, d.now = netip.MustParseAddr("127.0.0.1"), false, now
				if s.before != nil {
					s.before(d)
				}
				fields := s.fields(d)
				if verify {
					fields = with(fields, "NAMA_LGKP", "AGUS", "TGL_LHR", "01-01-1980", "JENIS_KLMIN", "laki-laki", "NO_RT", 1, "TRESHOLD",
						80, "TMPT_LHR", " ")
				}
				first := ""
				for _, form := range forms {
					kind, body := form.make(fields)
					status, answer := d.post(path, kind, body)
					if status != s.status {
						t.Errorf("%s, %s, %s: status %d", dialect, s.name, form.name, status)
					}
					if first == "" {
						first = answer
						fmt.Fprintf(&golden, "%s verify=%v %s\n%s\n", dialect, verify, s.name, answer)
					}
					if answer != first {
						t.Errorf("%s, %s, %s differs:\n%s\n%s", dialect, s.name, form.name, answer, first)
					}
				}
			}
		}
	}
	check(t, "testdata/conformance.golden", golden.Bytes())
	if d.log.Len() > 0 {
		t.Error(d.log.String())
	}
}

func check(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (-update writes it anew):\n%s", file, got)
	}
}

// The options of a profile, each for itself.
func TestProfiles(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d := open(t, where)
		found, ask := d.out.Sample.Found[0], func(path string, m map[string]any) string {
			t.Helper()
			_, answer := d.post(path, "application/json", text(m))
			return answer
		}
		c := d.credentials()
		wants := func(answer string, list ...string) {
			t.Helper()
			for _, w := range list {
				if !strings.Contains(answer, w) {
					t.Errorf("%s lacks %s", answer, w)
				}
			}
		}
		wants(ask(d.profile(wire.Profile{Path: "dinpertan/a", Dialect: wire.D1, TextNIK: true}), with(c, "nik", found)),
			`"NIK":"`+found+`"`)
		wants(ask(d.profile(wire.Profile{Path: "dinpertan/b", Dialect: wire.D2, Unpadded: true}), c), `"RESPONSE_CODE":"7"`)
		wants(ask(d.profile(wire.Profile{Path: "dinpertan/c", Dialect: wire.D1, Texts: map[string]string{"13": "TIDAK ADA"}}),
			with(c, "nik", d.out.Sample.Unknown[0])), `{"RESPON":"TIDAK ADA"}`)
		wants(ask(d.profile(wire.Profile{Path: "dinpertan/d", Dialect: wire.D3, Verify: true, EchoNIK: true}),
			with(c, "nik", json.Number(found))), `"NIK":`+found)
		number := json.Number(found) // a NIK may come as a number
		wants(ask(wire.Base+"dinpertan/call_nik", with(c, "nik", number)), `"NIK":`+found)
		open, shut := d.profile(wire.Profile{Path: "dinpertan/e", Dialect: wire.D1, Query: true}),
			d.profile(wire.Profile{Path: "dinpertan/f", Dialect: wire.D1})
		query := "?user_id=aplikasi.dinpertan&password=" + d.out.Legacy[0].Password
		wants(ask(open+query, map[string]any{"nik": found}), `"NIK":`+found)
		wants(ask(shut+query, map[string]any{"nik": found}), `tidak boleh kosong`)
		// Without a profile: any name of the institution, the method's name says what it does, the purpose is the first of the agreement.
		wants(ask(wire.Base+"123456789012345/BYNIK", with(c, "nik", found)), `"NIK":`+found)
		wants(ask(wire.Base+"33-03/apa.saja/CALL_NIK", with(c, "nik", "1")),
			`{"RESPONSE_CODE":"15","RESPONSE_DESC":"Data Tidak Ditemukan, NIK tidak sesuai format Dukcapil"}`)
		wants(ask(wire.Base+"x/CALL_VERIFY_BY_ELEMEN", with(c, "nik", found, "threshold", "100")), `"NIK":"Sesuai"`,
			`"NAMA_LGKP":"Tidak Sesuai (0)"`, `"TGL_LHR":"Tidak Sesuai"`)
		wants(ask(wire.Base+"x/verif", with(c, "nik", found, "treshold", "banyak")), `"RESPONSE_CODE":"07"`)
		// A path that belongs to another institution is a failed login.
		d.profile(wire.Profile{Path: "dinkop/call_nik", Agency: d.user("aplikasi.dinkop").Institution, Dialect: wire.D1})
		wants(ask(wire.Base+"dinkop/call_nik", with(c, "nik", found)), `{"RESPON":"Login Gagal"}`)
		err := d.st.Wire.PutProfile(t.Context(), journal.Change{At: now, Reason: "x", Letter: "1"}, wire.Profile{Path: "dinkop/call_nik",
			Agency: d.user("aplikasi.dinpertan").Institution, Dialect: wire.D1})
		if err == nil {
			t.Error("a path was taken from another institution")
		}
		// An agency without the method is refused and recorded.
		_, answer := d.post(wire.Base+"dinkop/call_nik", "", text(with(c, "user_id", "aplikasi.dinkop", "nik", found)))
		wants(answer, "Instansi Tidak Aktif")
		rows, _, err := d.st.Journal.Records(t.Context(), access.HistoryQuery{Agency: d.user("aplikasi.dinkop").Institution, Limit: 1})
		if err != nil || len(rows) != 1 || rows[0].Outcome != string(access.Method) || rows[0].Method != agreement.Legacy {
			t.Errorf("%+v, %v", rows, err)
		}
	})
}

// What the wire answers is what the grant says: an element that is taken away is gone at once, and the record names purpose and claimed
// address.
func TestGrantRulesTheWire(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	ctx := t.Context()
	u := d.user("aplikasi.dinpertan")
	path := wire.Base + "dinpertan/call_nik"
	_, before := d.post(path, "", text(with(d.credentials(), "nik", d.out.Sample.Found[0])))
	if !strings.Contains(before, `"STATUS_KAWIN"`) || strings.Contains(before, "NO_KK") {
		t.Fatal(before)
	}
	rows, _, err := d.st.Journal.Records(ctx, access.HistoryQuery{Agency: u.Institution, Limit: 1})
	if err != nil || rows[0].Purpose != demo.Purpose || rows[0].Reference != "10.1.2.3" || rows[0].Address != d.peer {
		t.Errorf("%+v, %v", rows[0], err)
	}
	st, err := d.st.Rights.Agency(ctx, u.Institution)
	if err != nil {
		t.Fatal(err)
	}
	fewer := population.PKSElements.Without(population.ElMarital).Without(population.ElAddress)
	add := procedure.AddAddendum{Agreement: st.Agreements[0], Addendum: agreement.Addendum{Number: "1", EffectiveOn: now.AddDate(0, 0,
		-1).Truncate(24 * time.Hour), Change: agreement.Change{Elements: &fewer}}}
	if _, err := d.st.Rights.Apply(ctx, journal.Change{At: now, Reason: "x", Letter: "1"}, add); err != nil {
		t.Fatal(err)
	}
	_, after := d.post(path, "", text(with(d.credentials(), "nik", d.out.Sample.Found[0])))
	for _, key := range []string{"STATUS_KAWIN", "ALAMAT", "NO_RT", "KEC_NAME"} {
		if strings.Contains(after, key) {
			t.Errorf("%s is still answered: %s", key, after)
		}
	}
}

func TestQuotaLimiterCountsDown(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	u := d.user("aplikasi.dinkop")
	st, err := d.st.Rights.Agency(t.Context(), u.Institution)
	if err != nil {
		t.Fatal(err)
	}
	quota := 2
	add := procedure.AddAddendum{Agreement: st.Agreements[0], Addendum: agreement.Addendum{Number: "1", EffectiveOn: now.AddDate(0, 0,
		-1).Truncate(24 * time.Hour),
		Change: agreement.Change{Methods: []string{"api", "legacy"}, Quota: &quota}}}
	if _, err := d.st.Rights.Apply(t.Context(), journal.Change{At: now, Reason: "x", Letter: "1"}, add); err != nil {
		t.Fatal(err)
	}
	app := party.App{Agency: u.Institution, Name: "Lama", Kind: party.ProgramApp, Methods: []string{agreement.Legacy}, Since: now}
	made, err := d.st.Rights.Apply(t.Context(), journal.Change{At: now}, procedure.RegisterApplication{App: app})
	if err != nil {
		t.Fatal(err)
	}
	app.ID = made[0].ID
	trial := agreement.PoCLetter{Application: app.ID, Letter: "J", On: now.AddDate(0, 0, -2), Until: now.AddDate(0, 0, 2)}
	if _, err := d.st.Rights.Apply(t.Context(), journal.Change{At: now}, procedure.RecordPoC{Agreement: st.Agreements[0], App: app,
		Letter: trial}); err != nil {
		t.Fatal(err)
	}
	other := party.User{Institution: u.Institution, Application: app.ID, Login: "lama.dinkop", Role: party.Application,
		Methods:   []string{"legacy"},
		NDASigned: now.AddDate(0, -1, 0), Name: "x"}
	hash, err := party.HashPassword(t.Context(), "rahasia-sekali")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.st.Rights.CreateUser(t.Context(), journal.Change{At: now, Reason: "x", Letter: "1"}, other, hash); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{`"quotaLimiter":1}`, `"quotaLimiter":0}`, `"RESPONSE_CODE":"05"`} {
		_, answer := d.post(wire.Base+"dinkop/verif", "", fmt.Sprintf(`{"user_id":"lama.dinkop","password":"rahasia-sekali","nik":%q}`,
			d.out.Sample.Found[0]))
		if !strings.Contains(answer, want) {
			t.Errorf("%d: %s", i, answer)
		}
	}
}

func TestOddRequests(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	const secret = "RAHASIA"
	path := wire.Base + "dinpertan/call_nik"
	for _, body := range []string{"", "{", "[]", "[{},{}]", "null", "--", "--x\r\nnothing", "%zz", strings.Repeat("a", 200_000),
		`{"nik":{"a":"` + secret + `"}}`, "\xff\xfe", `{"user_id":"` + secret + `"}{}`, strings.Repeat("[", 10_000)} {
		status, answer := d.post(path, "application/json", body)
		if status != 200 || strings.Contains(answer, secret) || !strings.Contains(answer, `"RESPON":`) {
			t.Errorf("%.20q: %d %s", body, status, answer)
		}
	}
	for path, want := range map[string]int{wire.Base: 404, wire.Base + "x": 404, wire.Base + "a/b/c": 404, wire.Base + "33-3/b/c": 404,
		wire.Base + "33/b/c/d": 404} {
		if status, _ := d.post(path, "", "{}"); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
	if d.log.Len() > 0 {
		t.Error(d.log.String())
	}
}

func FuzzRead(f *testing.F) {
	for _, form := range forms {
		_, body := form.make(map[string]any{"nik": "3303010101800001", "user_id": "a", "password": "b"})
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := wire.Read(body)
		if err != nil && err != wire.ErrBody {
			t.Error("an error that may hold something of the body:", err)
		}
		fields.Claims(time.Now())
		if c := fields.Claimed(); !access.ValidReference(c) {
			t.Errorf("reference %q", c)
		}
	})
}
