package server

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func fixture(t *testing.T, log *bytes.Buffer, ready error) http.Handler {
	t.Helper()
	portal := http.NewServeMux()
	portal.HandleFunc("POST /cari", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("answered")) })
	portal.HandleFunc("GET /broken", func(http.ResponseWriter, *http.Request) { panic("SECRET-3303010101800001") })
	api := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("api")) })
	old := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("old")) })
	m := NewMetrics()
	m.Outcome("api", "found")
	return New(Config{
		Portal: portal, API: api, Legacy: old, Metrics: m, Ready: func(context.Context) error { return ready },
		Peer:    func(r *http.Request) netip.Addr { return netip.MustParseAddrPort(r.RemoteAddr).Addr() },
		Allowed: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
}

func ask(h http.Handler, method, path, from string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.RemoteAddr = from
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestMetricsAreForLoopbackAndAllowedAddresses(t *testing.T) {
	h := fixture(t, &bytes.Buffer{}, nil)
	for from, want := range map[string]int{"127.0.0.1:9": 200, "[::1]:9": 200, "10.1.2.3:9": 200, "10.2.0.1:9": 404, "203.0.113.9:9": 404} {
		if w := ask(h, "GET", "/metrics", from); w.Code != want {
			t.Errorf("/metrics from %s: %d, want %d", from, w.Code, want)
		}
	}
	if body := ask(h, "GET", "/metrics", "127.0.0.1:9").Body.String(); !strings.Contains(body,
		`gapura_access_total{method="api",outcome="found"} 1`) {
		t.Error("the count of outcomes is missing")
	}
}

func TestAnotherSiteCannotPostToThePortal(t *testing.T) {
	h := fixture(t, &bytes.Buffer{}, nil)
	if w := ask(h, "POST", "http://gapura.example/cari", "10.0.0.1:9", "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
		t.Errorf("from another site: %d", w.Code)
	}
	if w := ask(h, "POST", "http://gapura.example/cari", "10.0.0.1:9", "Origin", "http://evil.example"); w.Code != http.StatusForbidden {
		t.Errorf("from another origin: %d", w.Code)
	}
	if w := ask(h, "POST", "http://gapura.example/cari", "10.0.0.1:9", "Sec-Fetch-Site", "same-origin"); w.Code != http.StatusOK {
		t.Errorf("from the portal itself: %d", w.Code)
	}
}

func TestPanicIsAnsweredAndItsValueKeptOut(t *testing.T) {
	var log bytes.Buffer
	w := ask(fixture(t, &log, nil), "GET", "/broken", "10.0.0.1:9")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "SECRET") {
		t.Errorf("%d %q", w.Code, w.Body.String())
	}
	if !strings.Contains(log.String(), "panic in a handler") || strings.Contains(log.String(), "SECRET") {
		t.Errorf("log: %q", log.String())
	}
}

func TestReadiness(t *testing.T) {
	if w := ask(fixture(t, &bytes.Buffer{}, nil), "GET", "/readyz", "10.0.0.1:9"); w.Code != http.StatusOK {
		t.Errorf("with a database: %d", w.Code)
	}
	broken := fixture(t, &bytes.Buffer{}, errors.New("password=hunter2"))
	if w := ask(broken, "GET", "/readyz", "10.0.0.1:9"); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(),
		"hunter2") {
		t.Errorf("without one: %d %q", w.Code, w.Body.String())
	}
	if w := ask(broken, "GET", "/healthz", "10.0.0.1:9"); w.Code != http.StatusOK {
		t.Errorf("alive: %d", w.Code)
	}
}

func TestOldWireIsReachedInAnyCase(t *testing.T) {
	h := fixture(t, new(bytes.Buffer), nil)
	for _, path := range []string{"/dukcapil/get_json/x/call_nik", "/Dukcapil/GET_JSON/33-03/X/CALL_NIK",
		"/data_balikan/public/api/store"} {
		if w := ask(h, "POST", path, "127.0.0.1:9"); w.Body.String() != "old" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := ask(h, "POST", "/kependudukan/get_json", "127.0.0.1:9"); w.Body.String() == "old" {
		t.Error("another path reaches the old wire")
	}
}

// A redirect loses the body of a POST: whatever way a path of the old wire is written, it is answered directly.
func TestOldWireIsNeverRedirected(t *testing.T) {
	h := fixture(t, new(bytes.Buffer), nil)
	for _, path := range []string{"//dukcapil/get_json/x/call_nik", "/dukcapil//get_json///x/call_nik/", "/dukcapil/get_json",
		"/DataBalikan/api/store/",
		"//databalikan//api/store", "/data_balikan//public/api/store/", "/dukcapil/get_json/./x/call_nik"} {
		for _, method := range []string{"POST", "OPTIONS", "GET"} {
			r := httptest.NewRequest(method, "http://gapura.example"+path, nil)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Body.String() != "old" || w.Code != 200 {
				t.Errorf("%s %s: %d %s", method, path, w.Code, w.Header().Get("Location"))
			}
		}
	}
}

// A panic below the old wire's paths is told in its form, and its value kept out.
func TestPanicOfTheOldWireHasItsForm(t *testing.T) {
	var log bytes.Buffer
	h := New(Config{Portal: http.NotFoundHandler(), API: http.NotFoundHandler(), Metrics: NewMetrics(),
		Legacy: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("SECRET") }), Log: slog.New(slog.NewTextHandler(&log,
			nil))})
	for path, want := range map[string]string{"/dukcapil/get_json/x/call_nik": `{"content":[{"RESPON":"Terjadi gangguan"}],"lastPage":true`,
		"/databalikan/api/store": `{"message":"Terjadi gangguan"}`} {
		w := ask(h, "POST", path, "127.0.0.1:9")
		if w.Code != 500 || !strings.HasPrefix(w.Body.String(), want) || strings.Contains(log.String(), "SECRET") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
