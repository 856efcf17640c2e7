package life

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/internal/document/pdftest"
)

// A World is a wired provider whose clock the story sets.
type World struct {
	T       testing.TB
	Handler http.Handler
	Now     func() time.Time
	Set     func(time.Time)
	Look    func()                                     // what runs by itself every few minutes
	Admin   func(name, login, nip string) (out string) // gapura user admin
	Post    *Post                                      // takes the mails

	People []string // NIKs of residents who are alive

	places  byte
	read    map[string]bool   // letters that were read, by their path
	titles  []string          // what they call themselves
	phones  map[string]string // login → secret of its authenticator
	secrets map[string]string // login → password
}

// Day is today in the office's zone.
func (w *World) Day() time.Time {
	n := w.Now().In(wib)
	return time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, time.UTC)
}

var wib = time.FixedZone("WIB", 7*60*60)

// Somebody is a person who sits somewhere within the networks.
func (w *World) Somebody() *Browser {
	w.places++
	return &Browser{T: w.T, Handler: w.Handler, printed: w.letter, From: netip.AddrFrom4([4]byte{127, 0, 2, w.places})}
}

// Activate redeems the two halves of a slip, chooses a password, sets up a second factor where the role needs one, and gives the tokens
// that came with it.
func (w *World) Activate(b *Browser, login, path, half string) (tokens []string) {
	w.T.Helper()
	if w.secrets == nil {
		w.secrets, w.phones = map[string]string{}, map[string]string{}
	}
	w.secrets[login] = "kalimat rekaan milik " + login
	b.Open(path)
	typed := map[string]string{"password": w.secrets[login]}
	if half != "" { // else the path holds both
		typed["kode"] = half
	}
	b.Press("Aktifkan user ID", typed, false)
	w.second(b, login)
	return b.Secrets()
}

// second answers the page that asks for a second factor, if it is shown.
func (w *World) second(b *Browser, login string) {
	w.T.Helper()
	if b.Path() != "/masuk/kode" {
		return
	}
	if b.has("rahasia-teks") {
		w.phones[login] = strings.ReplaceAll(b.ByID("rahasia-teks"), " ", "")
	}
	b.Press("Lanjutkan", map[string]string{"kode": party.TOTPCode(w.phones[login], w.Now())}, false)
}

// SignIn signs somebody in at the portal's door.
func (w *World) SignIn(b *Browser, login string) {
	w.T.Helper()
	if !w.enter(b, login) {
		w.T.Fatalf("%s, %s is not let in: %s", w.Day().Format(time.DateOnly), login, b.Text())
	}
}

// enter is a sign-in that may be refused.
func (w *World) enter(b *Browser, login string) bool {
	w.T.Helper()
	b.Open("/masuk")
	b.Press("Masuk", map[string]string{"user": login, "password": w.secrets[login]}, false)
	w.second(b, login)
	return b.Path() != "/masuk" && b.Path() != "/masuk/kode"
}

// Lookup asks by the JSON API; the answer's code and what is told.
type Lookup struct {
	Status  int
	Outcome string
	Code    string
	Record  string
	Detail  string
	Person  map[string]json.RawMessage
	Left    *int `json:"quota_left"`
}

// Lookup asks for a person with a token.
func (w *World) Lookup(token, nik, purpose string, from netip.Addr) (out Lookup) {
	w.T.Helper()
	body, err := json.Marshal(map[string]string{"nik": nik, "purpose": purpose, "reference": "P-" + w.Day().Format("20060102")})
	if err != nil {
		w.T.Fatal(err)
	}
	a := w.post("/api/v1/lookups", token, body, from)
	if err := json.Unmarshal(a.Body.Bytes(), &out); err != nil {
		w.T.Fatalf("%d %s", a.Code, a.Body)
	}
	out.Status = a.Code
	return out
}

// Deliver sends data balikan for a person with a token.
func (w *World) Deliver(token, key, nik string, from netip.Addr) {
	w.T.Helper()
	body, err := json.Marshal(map[string]any{"key": key, "items": []any{map[string]any{"nik": nik,
		"param": []map[string]string{{"NOMOR": key, "JENIS_BANTUAN": "Benih"}}}}})
	if err != nil {
		w.T.Fatal(err)
	}
	if a := w.post("/api/v1/balikan", token, body, from); a.Code != http.StatusOK {
		w.T.Fatalf("%s, data balikan: %d %s", w.Day().Format(time.DateOnly), a.Code, a.Body)
	}
}

// Card tells of a card that a reader read; what is said when it is refused.
func (w *World) Card(token, key, nik, reader, purpose string, from netip.Addr) string {
	w.T.Helper()
	body, err := json.Marshal(map[string]any{"key": key, "nik": nik, "reader": reader, "purpose": purpose, "reference": key,
		"read_at": w.Now()})
	if err != nil {
		w.T.Fatal(err)
	}
	a := w.post("/api/v1/card-reads", token, body, from)
	if a.Code == http.StatusOK {
		return ""
	}
	var problem struct{ Detail string }
	if err := json.Unmarshal(a.Body.Bytes(), &problem); err != nil || problem.Detail == "" {
		w.T.Fatalf("%d %s", a.Code, a.Body)
	}
	return problem.Detail
}

// post sends JSON with a token.
func (w *World) post(path, token string, body []byte, from netip.Addr) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	r.RemoteAddr = netip.AddrPortFrom(from, 40000).String()
	a := httptest.NewRecorder()
	w.Handler.ServeHTTP(a, r)
	return a
}

// Fetch is a file that a page links to, as text when it is a PDF; the page stays.
func (b *Browser) Fetch(path string) string {
	b.T.Helper()
	return b.read(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *Browser) read(r *http.Request) string {
	b.T.Helper()
	a := b.send(r)
	if a.Code != http.StatusOK {
		b.T.Fatalf("%s: %d", r.URL.Path, a.Code)
	}
	if bytes.HasPrefix(a.Body.Bytes(), []byte("%PDF")) {
		if b.printed != nil {
			b.printed(a.Body.Bytes(), false)
		}
		return pdftest.Text(b.T, a.Body.Bytes())
	}
	return a.Body.String()
}

var sheetCode = regexp.MustCompile(`/aktivasi/[0-9A-Z-]{19}`)
