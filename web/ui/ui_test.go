package ui

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPageIsNeverCachedAndCompressedWhenAsked(t *testing.T) {
	d := NewRenderer()
	d.Add("a", fstest.MapFS{"a.html": {Data: []byte(`{{define "main"}}<p>{{.}}</p>{{end}}`)}}, "a.html")
	for accept, want := range map[string]string{"gzip, br": "gzip", "gzip;q=0": "", "": ""} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		if err := d.Page(w, r, http.StatusOK, "a", Page{Title: "A", Body: "<script>" + strings.Repeat("x", 600)}); err != nil {
			t.Fatal(err)
		}
		if got := w.Header().Get("Content-Encoding"); got != want {
			t.Errorf("accepting %q: coded as %q, want %q", accept, got, want)
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Error("the page may be cached")
		}
		body := io.Reader(w.Body)
		if want == "gzip" {
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		text, err := io.ReadAll(body)
		if err != nil || !strings.Contains(string(text), "&lt;script&gt;") {
			t.Errorf("accepting %q: the value is not escaped, %v", accept, err)
		}
	}
}

func TestBrokenPageWritesNothing(t *testing.T) {
	d := NewRenderer()
	d.Add("a", fstest.MapFS{"a.html": {Data: []byte(`{{define "main"}}{{.Missing}}{{end}}`)}}, "a.html")
	w := httptest.NewRecorder()
	if err := d.Page(w, httptest.NewRequest("GET", "/", nil), http.StatusOK, "a", Page{Body: 1}); err == nil || w.Body.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, w.Body.Len())
	}
}

func TestHeadersForbidFramesInlineScriptAndReferrers(t *testing.T) {
	w := httptest.NewRecorder()
	SecurityHeaders(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy lacks %s: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || w.Header().Get("Referrer-Policy") != "no-referrer" ||
		w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", w.Header())
	}
}

// Rooms share a renderer, so that a page of one would silently take another's place.
func TestAPagesNameIsTakenOnce(t *testing.T) {
	d := NewRenderer()
	page := fstest.MapFS{"x.html": {Data: []byte(`{{define "main"}}x{{end}}`)}}
	d.Add("x", page, "x.html")
	defer func() {
		if recover() == nil {
			t.Error("a second page of the same name is taken")
		}
	}()
	d.Add("x", page, "x.html")
}
