package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gapura/desk/client"
)

const number = "3303010101800001"

func serve(t *testing.T, h http.HandlerFunc) *client.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := client.New(client.Config{URL: s.URL, Timeout: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answer(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, text)
	}
}

func TestAPersonShowsInNoFormat(t *testing.T) {
	c := serve(t,
		answer(`{"record":"1-2","outcome":"found","person":{"nama_lengkap":"RAHASIA SEKALI","jenis_kelamin":null,"alamat":{"alamat":"JL RAHASIA","rt":"003"}},"quota_left":4}`))
	a, err := c.Lookup(t.Context(), "t", client.Question{NIK: number, Purpose: "p", Reference: "r"})
	if err != nil {
		t.Fatal(err)
	}
	name, _ := a.Person.Get("nama_lengkap")
	street, _ := a.Person.Get("alamat.alamat")
	sex, granted := a.Person.Get("jenis_kelamin")
	if _, other := a.Person.Get("no_kk"); other || name != "RAHASIA SEKALI" || street != "JL RAHASIA" || sex != "" || !granted ||
		*a.Left != 4 || !a.Found() {
		t.Errorf("%q %q %v", name, street, a.Left)
	}
	encoded, _ := json.Marshal(a)
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s", a, a, a, a.Person), string(encoded)} {
		if strings.Contains(text, "RAHASIA") {
			t.Errorf("a value shows: %s", text)
		}
	}
	if a.Person.Forget(); len(a.Person.Keys()) != 0 {
		t.Error("not forgotten")
	}
}

func TestClaimsAndVerdicts(t *testing.T) {
	var sent map[string]any
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		json.NewDecoder(r.Body).Decode(&sent)
		if r.Header.Get("Authorization") != "Bearer t" || r.URL.RawQuery != "" {
			t.Errorf("token %q, query %q", r.Header.Get("Authorization"), r.URL.RawQuery)
		}
		answer(`{"record":"1-3","outcome":"found","verdicts":{"nama_lengkap":{"verdict":"match","score":97},"alamat":{"rt":{"verdict":"mismatch"}}},"not_granted":["no_kk"],"quota_left":null}`)(w, r)
	})
	a, err := c.Match(t.Context(), "t", client.Question{NIK: number}, map[string]string{"nama_lengkap": "A", "alamat": "JL",
		"alamat.rt": "1"}, 90)
	if err != nil {
		t.Fatal(err)
	}
	claims := sent["claims"].(map[string]any)
	if address := claims["alamat"].(map[string]any); claims["nama_lengkap"] != "A" || address["alamat"] != "JL" || address["rt"] != "1" {
		t.Errorf("claims %v", claims)
	}
	if v := a.Verdicts["nama_lengkap"]; !v.Match || *v.Score != 97 || a.Verdicts["alamat.rt"].Match || len(a.Verdicts) != 2 ||
		a.Left != nil {
		t.Errorf("%+v", a)
	}
}

func TestARefusalIsToldFromALineThatIsDown(t *testing.T) {
	q := client.Question{NIK: number}
	lookup := func(h http.HandlerFunc) error {
		_, err := serve(t, h).Lookup(t.Context(), "t", q)
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, err), number) {
			t.Errorf("error %v", err)
		}
		return err
	}
	err := lookup(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(429)
		io.WriteString(w, `{"code":"quota","detail":"Kuota akses hari ini telah habis","record":"1-4"}`)
	})
	if r, ok := errors.AsType[*client.Refused](err); !ok || r.Code != "quota" || r.Status != 429 ||
		r.Text != "Kuota akses hari ini telah habis" || r.Record != "1-4" {
		t.Errorf("%#v", err)
	}
	for name, h := range map[string]http.HandlerFunc{
		"fault": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(500)
			io.WriteString(w, `{"code":"fault","detail":"Terjadi gangguan"}`)
		},
		"a proxy's page": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "bad gateway "+number, http.StatusBadGateway)
		},
		"a portal's page": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "<html>please log in "+number)
		},
		"broken off": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"a redirection": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
		"without record": answer(`{"outcome":"found","person":{}}`),
		"too slow":       func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() },
	} {
		if err := lookup(h); !errors.Is(err, client.ErrDown) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := client.New(client.Config{URL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Lookup(t.Context(), "t", q); !errors.Is(err, client.ErrDown) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestTheLineIsKnownToBeDownUntilItAnswers(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	at := time.Unix(1000, 0)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			panic(http.ErrAbortHandler)
		}
		http.NotFound(w, r)
	}))
	defer s.Close()
	c, err := client.New(client.Config{URL: s.URL, Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	if !c.DownSince().IsZero() {
		t.Error("down before the first call")
	}
	for range 2 {
		if _, err := c.Ping(t.Context()); !errors.Is(err, client.ErrDown) {
			t.Error(err)
		}
		at = at.Add(time.Minute)
	}
	if !c.DownSince().Equal(time.Unix(1000, 0)) {
		t.Errorf("down since %v", c.DownSince())
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	c.Ping(gone)
	if c.DownSince().IsZero() {
		t.Error("a caller that left mends the line")
	}
	broken.Store(false)
	// A page of somebody else, such as a proxy's, is no answer; a refusal in the provider's words is.
	c.Ping(t.Context())
	if c.DownSince().IsZero() {
		t.Error("any page mends the line")
	}
}

func TestADeliveryIsTakenOnlyWhenAllOfItIs(t *testing.T) {
	d := client.Delivery{Key: "kunci-0001", Items: []client.Item{{NIK: number, Reason: "mundur"}}}
	c := serve(t, answer(`{"key":"kunci-0001","accepted":1,"received_at":"2026-11-23T02:00:00Z","repeated":true}`))
	if got, err := c.Deliver(t.Context(), "t", d); err != nil || !got.Repeated || got.At.Hour() != 2 {
		t.Errorf("%+v %v", got, err)
	}
	for _, text := range []string{`{"key":"kunci-0002","accepted":1}`, `{"key":"kunci-0001","accepted":0}`, `{}`} {
		if _, err := serve(t, answer(text)).Deliver(t.Context(), "t", d); !errors.Is(err, client.ErrDown) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
