package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/demo/demotest"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store"
	"gapura/store/storetest"
	"gapura/web/api"
)

var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// A door is the API on a real store with the demo's district.
type door struct {
	st      *store.DB
	out     demo.Result
	api     *api.API
	handler http.Handler
	log     bytes.Buffer
	peer    netip.Addr
	at      time.Time
	source  *source
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

// register makes one person all residents.
func (d *door) register(p population.Person) error {
	_, err := d.st.Registry.Import(context.Background(), population.Import{Report: population.Report{Kind: population.Full}, AsOf: now,
		At: now, Rows: population.Rows(slices.Values([]population.Person{p}))})
	return err
}

func newDoor(t testing.TB) *door { return newDoorAt(t, storetest.SQLite(t)) }

func newDoorAt(t testing.TB, url string) *door {
	t.Helper()
	d := &door{peer: netip.MustParseAddr("127.0.0.1"), at: now}
	d.st, d.out, _ = demotest.District(t, url, now, 300, 1)
	w := journal.NewWriter(d.st.Journal)
	t.Cleanup(w.Close)
	clock := func() time.Time { return d.at }
	d.source = &source{Source: d.st.Registry}
	a := &api.API{
		Gate:      &access.Gate{Rights: d.st.Rights, Source: d.source, Log: w, Now: clock, Readers: d.st.Institutions},
		Admission: admission.New(d.st.Accounts, clock),
		Readers:   d.st.Institutions,
		Peer:      func(*http.Request) netip.Addr { return d.peer }, Log: slog.New(slog.NewTextHandler(&d.log, nil)),
	}
	a.Authority = &access.Authority{Log: w, Rights: d.st.Rights, Now: clock}
	a.Intake = &balikan.Intake{Store: d.st.Deliveries(), Authority: a.Authority}
	a.Tell = &access.Disclosure{Uses: d.st.Uses, Log: w, Rights: d.st.Rights, Now: clock}
	d.api, d.handler = a, a.Handler()
	return d
}

func (d *door) account(agency string) demo.API {
	return d.out.API[slices.IndexFunc(d.out.API, func(a demo.API) bool { return a.Agency == agency })]
}

func (d *door) post(path, token, body string) (int, map[string]any, string) {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	var got map[string]any
	json.Unmarshal(w.Body.Bytes(), &got)
	return w.Code, got, w.Body.String()
}

func body(number, purpose, reference string) string {
	b, _ := json.Marshal(map[string]string{"nik": number, "purpose": purpose, "reference": reference})
	return string(b)
}

// A lookup that comes beside as many as may be under way is told so at once, and when to come again; it has no record.
func TestALookupTooManyIsToldToComeLater(t *testing.T) {
	d := newDoor(t)
	d.api.Gate.Limiter = access.NewLimiter(1, 0)
	token, came, on := d.account("dinkes").Token, make(chan struct{}), make(chan struct{})
	d.api.Gate.Source = heldSource{d.source, came, on}
	first := make(chan int)
	go func() {
		code, _, _ := d.post("/api/v1/lookups", token, body(d.out.Sample.Found[0], demo.Purpose, "P-1"))
		first <- code
	}()
	<-came
	r := httptest.NewRequest("POST", "/api/v1/lookups", strings.NewReader(body(d.out.Sample.Found[1], demo.Purpose, "P-2")))
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	if w.Code != 503 || w.Header().Get("Retry-After") != "1" || w.Header().Get("Content-Type") != "application/problem+json" ||
		!strings.Contains(w.Body.String(), `"code":"busy"`) || strings.Contains(w.Body.String(), `"record"`) {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	// Who is known is turned away with the body unread; a stranger is not told how busy it is.
	for _, path := range []string{"/api/v1/lookups", "/api/v1/matches"} {
		for presented, want := range map[string]bool{token: false, token + "x": true} {
			sent := &unread{Reader: strings.NewReader(body(d.out.Sample.Found[1], demo.Purpose, "P-3"))}
			r := httptest.NewRequest("POST", path, sent)
			r.Header.Set("Authorization", "Bearer "+presented)
			w := httptest.NewRecorder()
			d.handler.ServeHTTP(w, r)
			if sent.read != want || (w.Code == 503) == want {
				t.Errorf("%s, known %v: the body was read: %v, %d", path, !want, sent.read, w.Code)
			}
		}
	}
	close(on)
	if code := <-first; code != 200 {
		t.Error(code)
	}
	code, got, text := d.post("/api/v1/lookups", token, body(d.out.Sample.Found[1], demo.Purpose, "P-2"))
	if code != 200 || got["quota_left"] != 198.0 {
		t.Errorf("%d %s", code, text)
	}
}

// unread notes whether it was read.
type unread struct {
	io.Reader
	read bool
}

func (u *unread) Read(b []byte) (int, error) {
	u.read = true
	return u.Reader.Read(b)
}

// heldSource tells that it was asked, and answers when it may.
type heldSource struct {
	population.Source
	came chan<- struct{}
	on   <-chan struct{}
}

func (s heldSource) Find(ctx context.Context, n nik.NIK) (population.Finding, error) {
	select {
	case s.came <- struct{}{}:
	case <-s.on:
	}
	<-s.on
	return s.Source.Find(ctx, n)
}

func TestLookupsAnswerAsSpecified(t *testing.T) {
	d := newDoor(t)
	token, s := d.account("dinkes").Token, d.out.Sample
	for number, want := range map[string][2]string{
		s.Deceased[0]: {"deceased", "Data Ditemukan, Meninggal Dunia"}, s.Duplicate[0]: {"duplicate", "Data Ditemukan, Data Ganda"},
		s.Inactive[0]:  {"inactive", "Data Ditemukan, Status Non Aktif silahkan hubungi Dinas Dukcapil"},
		s.Unknown[0]:   {"unknown", "Data tidak ditemukan, NIK tidak terdapat di database kependudukan"},
		s.Malformed[0]: {"malformed", "Data tidak ditemukan, NIK tidak sesuai format Dukcapil"},
	} {
		code, got, _ := d.post("/api/v1/lookups", token, body(number, demo.Purpose, "P-1"))
		asked := number != s.Malformed[0]
		if code != 200 || got["outcome"] != want[0] || got["message"] != want[1] || got["person"] != nil ||
			asked != (got["data_as_of"] == now.Format(time.DateOnly)) {
			t.Errorf("%s: %d %v", want[0], code, got)
		}
	}
	code, got, text := d.post("/api/v1/lookups", token, body(s.Found[0], demo.Purpose, "P-1"))
	person, _ := got["person"].(map[string]any)
	if code != 200 || got["outcome"] != "found" || person["nik"] != s.Found[0] || got["quota_left"] != 195.0 ||
		got["data_as_of"] != now.Format(time.DateOnly) {
		t.Fatalf("%d %s", code, text)
	}
	var keys []string
	for k := range person {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	want := slices.Sorted(slices.Values(d.account("dinkes").Elements))
	if !slices.Equal(keys, want) {
		t.Errorf("keys %v, granted %v", keys, want)
	}
	id, err := journal.ParseID(got["record"].(string))
	if err != nil {
		t.Fatal(err)
	}
	rows, _, err := d.st.Journal.Records(context.Background(), access.HistoryQuery{Agency: id.Log, Limit: 1})
	if err != nil || rows[0].ID != id || rows[0].NIK.Digits() != s.Found[0] || rows[0].Method != agreement.API {
		t.Errorf("record %+v, %v", rows[0], err)
	}
}

func TestRefusalsAreProblemsAndRecorded(t *testing.T) {
	d := newDoor(t)
	ok, s := d.account("dinkop"), d.out.Sample
	found := body(s.Found[0], demo.Purpose, "P-1")
	check := func(name string, wantStatus int, wantCode, token, in string) {
		t.Helper()
		code, got, text := d.post("/api/v1/lookups", token, in)
		if code != wantStatus || got["code"] != wantCode || got["record"] == "" || strings.Contains(text, s.Found[0]) {
			t.Errorf("%s: %d %s", name, code, text)
		}
	}
	check("nobody", 401, "login", "", found)
	check("foreign token", 401, "login", party.NewSecret(), found)
	check("ended agreement", 403, "institution_inactive", d.account("disperin").Token, found)
	d.at = now.Add(party.OwedAfterEnd)
	check("agreement that ended long ago", 401, "login", d.account("disperin").Token, found)
	d.at = now
	check("suspended agreement", 403, "institution_inactive", d.account("dishub").Token, found)
	check("foreign purpose", 403, "purpose", ok.Token, body(s.Found[0], "lain", "P-1"))
	check("no purpose", 403, "purpose", ok.Token, `{"nik":"`+s.Found[0]+`"}`)
	check("a NIK as reference", 403, "purpose", ok.Token, body(s.Found[0], demo.Purpose, s.Found[0]))
	d.peer = netip.MustParseAddr("192.0.2.1")
	check("foreign network", 403, "network", ok.Token, found)
	d.peer = netip.MustParseAddr("127.0.0.1")
	d.source.fail = true
	check("source down", 503, "source", ok.Token, found)
	d.source.fail = false
	for range 200 {
		if code, got, text := d.post("/api/v1/lookups", ok.Token, found); code != 200 || got["outcome"] != "found" {
			t.Fatal(code, text)
		}
	}
	check("hit 201", 429, "quota", ok.Token, found)
	r := httptest.NewRequest("POST", "/api/v1/lookups", strings.NewReader(found))
	r.SetBasicAuth("petugas.dinsos", ok.Password) // portal only
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	if w.Code != 403 || !strings.Contains(w.Body.String(), `"method"`) {
		t.Errorf("portal-only: %d %s", w.Code, w.Body)
	}
}

func TestBadInputGetsAClearAnswerThatRepeatsNothing(t *testing.T) {
	d := newDoor(t)
	token := d.account("dinkop").Token
	const secret = "RAHASIA"
	nasty := []string{secret + "\x00", secret + `' OR 1=1 --`, "<script>" + secret + "</script>", strings.Repeat(secret, 300), secret +
		"\u202e", secret + "\ufffd"}
	for _, n := range nasty {
		for i := range 3 {
			f := []string{"3303010101800001", demo.Purpose, "P-1"}
			f[i] = n
			code, _, text := d.post("/api/v1/lookups", token, body(f[0], f[1], f[2]))
			if code >= 500 || strings.Contains(text, secret) {
				t.Errorf("%.20q in field %d: %d %s", n, i, code, text)
			}
		}
	}
	for _, c := range []struct {
		in     string
		status int
		says   string
	}{
		{"", 400, "JSON"}, {"{", 400, "JSON"}, {`"` + secret + `"`, 400, "JSON"}, {`[]`, 400, ""}, {`{} {}`, 400, "satu objek"},
		{"\xff\xfe{}", 400, "UTF-8"},
		{`{"nik":3303010101800001}`, 422, `nik`}, {`{"nik":null}`, 422, "nik"}, {`{"purpose":[]}`, 422, "purpose"},
		{`{"nik":"1","agama":"` + secret + `"}`, 422, "agama"}, {`{"nik":"1","` + secret + ` 3303":"x"}`, 400, ""},
		{`{"nik":"` + strings.Repeat("1", 10<<20) + `"}`, 413, "16 KB"}, {strings.Repeat(`{"nik":`, 5000), 413, ""},
		{strings.Repeat("[", 10_000), 400, ""},
	} {
		code, got, text := d.post("/api/v1/lookups", token, c.in)
		if code != c.status || got["code"] != "input" || !strings.Contains(text, c.says) || strings.Contains(text, secret) {
			t.Errorf("%.40q: %d %s", c.in, code, text)
		}
	}
	for _, path := range []string{"/api/v1/lookups", "/api/v1/matches"} {
		w := httptest.NewRecorder()
		d.handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != 405 || w.Header().Get("Allow") != "POST" {
			t.Errorf("GET %s: %d", path, w.Code)
		}
	}
	if strings.Contains(d.log.String(), secret) || d.log.Len() > 0 {
		t.Errorf("log: %s", d.log.String())
	}
}

// TestUngrantedValuesLeaveNowhere looks up a person whose every value is unlike any other text, with some elements not granted.
func TestUngrantedValuesLeaveNowhere(t *testing.T) {
	d := newDoor(t)
	n, _ := nik.Parse("3303010101800777")
	p := population.Person{NIK: n, FamilyNo: "7919191919191917", Name: "XQNAMA", Sex: population.Male, BirthPlace: "XQTEMPAT",
		BirthDate: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC),
		Marital:   "XQKAWIN", Occupation: "XQKERJA", Address: "XQALAMAT", RT: "077", RW: "078", Village: "3303012001"}
	if err := d.register(p); err != nil {
		t.Fatal(err)
	}
	token := d.account("dinkes").Token // without marital status and occupation
	ungranted := []string{"XQKAWIN", "XQKERJA", p.FamilyNo}
	_, _, all := d.post("/api/v1/lookups", token, body(n.Digits(), demo.Purpose, "P-1"))
	if !strings.Contains(all, "XQNAMA") || !strings.Contains(all, "XQALAMAT") {
		t.Fatal("granted values are missing:", all)
	}
	d.source.fail = true
	_, _, text := d.post("/api/v1/lookups", token, body(n.Digits(), demo.Purpose, "P-1"))
	all += text
	d.source.fail = false
	_, got, text := d.post("/api/v1/matches", token, fmt.Sprintf(
		`{"nik":%q,"purpose":%q,"reference":"P-1","threshold":80,"claims":{"nama_lengkap":"XQNAME","status_perkawinan":"KAWIN","alamat":{"rt":"77","kelurahan":"x"}}}`, n.Digits(), demo.Purpose))
	for _, v := range append(ungranted, "XQNAMA", "XQTEMPAT", "XQALAMAT", n.Digits()) {
		if strings.Contains(text, v) {
			t.Errorf("matches tells a value: %s", text)
		}
	}
	verdicts := got["verdicts"].(map[string]any)
	if got["outcome"] != "found" || verdicts["nama_lengkap"].(map[string]any)["verdict"] != "match" ||
		verdicts["alamat"].(map[string]any)["rt"].(map[string]any)["verdict"] != "match" ||
		fmt.Sprint(got["not_granted"]) != "[status_perkawinan]" {
		t.Errorf("%s", text)
	}
	for _, v := range ungranted {
		if strings.Contains(all+d.log.String(), v) {
			t.Errorf("%s left", v)
		}
	}
}

func TestOpenAPIHoldsEveryRouteFieldAndCode(t *testing.T) {
	d := newDoor(t)
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, httptest.NewRequest("GET", "/api/openapi.json", nil))
	var doc struct {
		OpenAPI    string                    `json:"openapi"`
		Paths      map[string]map[string]any `json:"paths"`
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct {
					Enum []any `json:"enum"`
				} `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || doc.OpenAPI != "3.1.0" {
		t.Fatal(err, doc.OpenAPI)
	}
	for _, path := range []string{"/api/v1/lookups", "/api/v1/matches", "/api/v1/card-reads", "/api/v1/residents/uses",
		"/api/v1/journal/cosignatures",
		"/api/v1/journal/alarms"} {
		if doc.Paths[path]["post"] == nil {
			t.Error("no", path)
		}
	}
	for _, path := range []string{"/api/v1/records/{id}/receipt", "/api/v1/journal/checkpoint", "/api/v1/journal/tile/{path}",
		"/api/v1/journal/proof"} {
		if doc.Paths[path]["get"] == nil {
			t.Error("no", path)
		}
	}
	person := doc.Components.Schemas["Person"].Properties
	for el := range population.PKSElements.With(population.ElFamilyNo).All() {
		if _, ok := person[el.String()]; !ok {
			t.Error("no element", el)
		}
	}
	codes := fmt.Sprint(doc.Components.Schemas["Problem"].Properties["code"].Enum,
		doc.Components.Schemas["LookupAnswer"].Properties["outcome"].Enum)
	for _, c := range []access.Code{access.Found, access.Deceased, access.Duplicate, access.Unknown, access.Inactive, access.Malformed,
		access.Login,
		access.UserInactive, access.InstitutionInactive, access.Quota, access.Method, access.Network, access.Purpose, access.Source} {
		if !strings.Contains(codes, string(c)) {
			t.Error("no code", c)
		}
	}
}

// TestAnswerIsJSONForAnyText puts any text into a person and reads the answer with encoding/json.
func TestAnswerIsJSONForAnyText(t *testing.T) {
	d := newDoor(t)
	n, _ := nik.Parse("3303010101800777")
	rapid.Check(t, func(t *rapid.T) {
		p := population.Person{NIK: n, Name: rapid.String().Draw(t, "name"), Address: rapid.String().Draw(t, "address"),
			Village: "3303012001"}
		if err := d.register(p); err != nil {
			t.Fatal(err)
		}
		_, got, text := d.post("/api/v1/lookups", d.account("dinpertan").Token, body(n.Digits(), demo.Purpose, "P-1"))
		person, _ := got["person"].(map[string]any)
		if name, _ := person["nama_lengkap"].(string); name != p.Name {
			t.Fatalf("%q came as %q: %s", p.Name, name, text)
		}
	})
}

func TestSlowBodyIsAnswered(t *testing.T) {
	d := newDoor(t)
	r := httptest.NewRequest("POST", "/api/v1/lookups", io.MultiReader(strings.NewReader(`{"nik":`), brokenReader{}))
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	if w.Code != 400 || !strings.Contains(w.Body.String(), "tidak terbaca") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
