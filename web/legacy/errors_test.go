package legacy_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/exchange/wire"
	"gapura/store/storetest"
	"gapura/web/legacy"
)

// envelope reports whether a text is a whole envelope of the wire with these keys in content.
func envelope(t *testing.T, text string, keys ...string) bool {
	t.Helper()
	var e struct {
		Content             []map[string]string
		LastPage, FirstPage bool
		NumberOfElements    int
	}
	if err := json.Unmarshal([]byte(text), &e); err != nil || len(e.Content) != 1 || !e.LastPage || e.NumberOfElements != 1 {
		return false
	}
	for _, k := range keys {
		if e.Content[0][k] == "" {
			return false
		}
	}
	return len(e.Content[0]) == len(keys)
}

// dialects are a path of each default dialect with the keys of its notices.
var dialects = map[string][]string{
	"x/call_nik": {"RESPON"}, "33-03/x/call_nik": {"RESPONSE_CODE", "RESPONSE_DESC"},
	"x/verif": {"RESPONSE_CODE", "RESPONSE_DESC", "RESPONSE", "RESPON"},
}

// broken makes every look at profiles fail.
type broken struct{ err error }

func (b broken) Profile(context.Context, string) (wire.Profile, bool, error) {
	if b.err == nil {
		panic("RAHASIA")
	}
	return wire.Profile{}, false, b.err
}

// Whatever goes wrong below the wire's paths is told in the wire's form: an unknown path, another method, a fault, a panic, too many at
// once.
func TestErrorsHaveTheWiresForm(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	ask := func(h http.Handler, method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "http://gapura.example"+path, strings.NewReader("{}")))
		return w
	}
	profiles := d.legacy.Profiles
	for path, keys := range dialects {
		d.legacy.Profiles = profiles
		for _, method := range []string{"GET", "HEAD", "PUT", "DELETE", "PATCH"} {
			w := ask(d.legacy, method, wire.Base+path)
			if w.Code != 405 || w.Header().Get("Allow") != "POST, OPTIONS" || !envelope(t, w.Body.String(), keys...) {
				t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
			}
		}
		d.legacy.Profiles = broken{errors.New("database")}
		if w := ask(d.legacy, "POST", wire.Base+path); w.Code != 500 || !envelope(t, w.Body.String(), keys...) ||
			!strings.Contains(w.Body.String(), "nomor permintaan") || w.Header().Get("Location") != "" {
			t.Errorf("fault on %s: %d %s", path, w.Code, w.Body)
		}
		for after, busy := range map[string]error{"5": admission.ErrBusy, "1": access.ErrBusy} {
			d.legacy.Profiles = broken{busy}
			if w := ask(d.legacy, "POST", wire.Base+path); w.Code != 503 || !envelope(t, w.Body.String(), keys...) ||
				w.Header().Get("Retry-After") != after || !strings.Contains(w.Body.String(), busy.Error()) {
				t.Errorf("busy on %s: %d %s", path, w.Code, w.Body)
			}
		}
		w := httptest.NewRecorder()
		legacy.Broken(w, httptest.NewRequest("POST", wire.Base+path, nil))
		if w.Code != 500 || !envelope(t, w.Body.String(), keys...) {
			t.Errorf("panic on %s: %d %s", path, w.Code, w.Body)
		}
	}
	d.legacy.Profiles = profiles
	for _, path := range []string{wire.Base, wire.Base + "x", wire.Base + "a/b/c/d", "/dukcapil/get_json", "//DUKCAPIL/get_json//x/",
		"/dukcapil/",
		"/dukcapil/call_nik", "/dukcapil/get_jsonx/a/b"} {
		if w := ask(d.legacy, "POST", path); w.Code != 404 || !envelope(t, w.Body.String(), "RESPON") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	w := httptest.NewRecorder()
	d.legacy.ServeHTTP(w, httptest.NewRequest("POST", wire.Base+"x/call_nik", io.MultiReader(strings.NewReader("{"),
		iotest.ErrReader(io.ErrUnexpectedEOF))))
	if w.Code != 200 || w.Body.String() != string(wire.Default("x/call_nik").Incomplete(access.Answer{})) {
		t.Errorf("a body that breaks off: %d %s", w.Code, w.Body)
	}
}

// Data balikan is taken below both bases in any case, with doubled slashes and one at the end, and every error there is JSON with message.
func TestBothBasesOfBalikan(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	s, found := d.out.Balikan[0], d.out.Sample.Found
	ask := func(method, path, token, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "http://gapura.example"+path, strings.NewReader(body))
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w := httptest.NewRecorder()
		if !legacy.Serves(r.URL.Path) {
			t.Errorf("%s is not the wire's", path)
		}
		d.legacy.ServeHTTP(w, r)
		return w
	}
	for i, path := range []string{"/data_balikan/public/api/store", "/databalikan/api/store", "/DataBalikan/API/Store/",
		"//data_balikan//public/api//store//", "/DATABALIKAN/api/store"} {
		body := `{"nik":"` + found[i] + `","id_lembaga":"` + s.ID + `","param":[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk"}]}`
		if w := ask("POST", path, s.Token, body); w.Code != 200 || w.Body.String() != success {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if w := ask("OPTIONS", path, "", ""); w.Code != 204 || w.Header().Get("Allow") != "POST, OPTIONS" || w.Body.Len() > 0 {
			t.Errorf("OPTIONS %s: %d %s", path, w.Code, w.Body)
		}
		for method, at := range map[string]string{"GET": path, "PUT": path, "POST": "/databalikan", "DELETE": "/data_balikan/public/x",
			"POST ": "/data_balikan", "PATCH": "/data_balikan/api/store", "FOO": "/Data_Balikan//publicx"} {
			method = strings.TrimSpace(method)

			var answer map[string]string
			w := ask(method, at, s.Token, body)
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer) != 1 || answer["message"] == "" || w.Code < 404 ||
				w.Code > 405 {
				t.Errorf("%s %s: %d %s", method, at, w.Code, w.Body)
			}
		}
	}
	for _, path := range []string{"/databalikan/api/store", "/data_balikan/public"} {
		w := httptest.NewRecorder()
		legacy.Broken(w, httptest.NewRequest("POST", path, nil))
		if w.Code != 500 || w.Body.String() != `{"message":"Terjadi gangguan"}` {
			t.Errorf("panic: %d %s", w.Code, w.Body)
		}
	}
	for _, other := range []string{"/databalikanx/api/store", "/data_balikanx", "/dukcapilx/get_json/a/b", "/api/v1/x"} {
		if legacy.Serves(other) {
			t.Errorf("%s is the wire's", other)
		}
	}
}

// The nested forms of PHP's http_build_query and of an HTML form are taken for data balikan, urlencoded and multipart.
func TestNestedFormsOfBalikan(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	s, found := d.out.Balikan[0], d.out.Sample.Found
	head := "id_lembaga=" + s.ID + "&nama_lembaga=x&nik="
	for i, rest := range []string{"&param[0][NOMOR]=7&param[0][JENIS_BANTUAN]=Pupuk",
		"&param%5B0%5D%5BNOMOR%5D=7&param%5B0%5D%5BJENIS_BANTUAN%5D=Pupuk", "&param[][NOMOR]=7&param[][JENIS_BANTUAN]=Pupuk",
		"&param[NOMOR]=7&param[JENIS_BANTUAN]=Pupuk", "&param=&param[0][nomor]=7&param[0][jenis_bantuan]=Pupuk"} {
		if code, answer := d.deliver(s.Token, "application/json", head+found[i]+rest); code != 200 {
			t.Errorf("%s: %d %s", rest, code, answer)
		}
	}
	multi := ""
	for _, pair := range [][2]string{{"id_lembaga", s.ID}, {"nik", found[5]}, {"param[0][NOMOR]", "7"}, {"param[0][JENIS_BANTUAN]",
		"Pupuk"}} {
		multi += "--x\r\nContent-Disposition: form-data; name=\"" + pair[0] + "\"\r\n\r\n" + pair[1] + "\r\n"
	}
	if code, answer := d.deliver(s.Token, "", multi+"--x--\r\n"); code != 200 {
		t.Errorf("multipart: %d %s", code, answer)
	}
	list, err := d.st.Balikan.Received(t.Context(), d.user("aplikasi.dinpertan").Institution, now.AddDate(0, 0, 1), false, 100)
	if err != nil || len(list) != 6 {
		t.Fatal(len(list), err)
	}
	for _, r := range list {
		if len(r.Item.Params) != 1 || r.Item.Params[0]["NOMOR"] != "7" || r.Item.Params[0]["JENIS_BANTUAN"] != "Pupuk" ||
			r.Item.Incomplete {
			t.Errorf("%+v", r.Item.Params)
		}
	}
}

// A page's script may call a path only where its profile names the page's origin.
func TestOptionsAndOrigins(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	shut, opened := wire.Base+"dinpertan/shut", d.profile(wire.Profile{Path: "dinpertan/open", Dialect: wire.D1,
		Origins: []string{"https://rs.example"}})
	for _, c := range []struct{ path, origin, allow string }{
		{shut, "https://rs.example", ""}, {opened, "https://rs.example", "https://rs.example"}, {opened, "https://lain.example", ""},
		{opened, "", ""},
	} {
		for _, method := range []string{"OPTIONS", "POST"} {
			r := httptest.NewRequest(method, c.path, strings.NewReader("{}"))
			r.Header.Set("Origin", c.origin)
			w := httptest.NewRecorder()
			d.legacy.ServeHTTP(w, r)
			h := w.Header()
			if h.Get("Access-Control-Allow-Origin") != c.allow || (method == "OPTIONS") != (w.Code == 204) ||
				(method == "OPTIONS") != (h.Get("Allow") == "POST, OPTIONS") ||
				(method == "OPTIONS" && c.allow != "") != (h.Get("Access-Control-Allow-Headers") != "") ||
				h.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s %+v: %d %v", method, c, w.Code, h)
			}
		}
	}
}

// The numbers of the region are those of the village's code.
func TestNumbersOfTheRegion(t *testing.T) {
	d := open(t, storetest.SQLite(t))
	path := d.profile(wire.Profile{Path: "dinpertan/nomor", Dialect: wire.D1, Codes: true})
	_, answer := d.post(path, "", text(with(d.credentials(), "nik", d.out.Sample.Found[0])))
	for _, want := range []string{`"NO_PROP":33,`, `"NO_KAB":3,`, `"NO_KEC":2,`, `"NO_KEL":20`, `"KAB_NAME":"PURBALINGGA"`} {
		if !strings.Contains(answer, want) {
			t.Errorf("%s lacks %s", answer, want)
		}
	}
}
