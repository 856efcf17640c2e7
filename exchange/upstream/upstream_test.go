package upstream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/demo/demotest"
	"gapura/exchange/upstream"
	"gapura/exchange/wire"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store/storetest"
	"gapura/web/legacy"
)

var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// A provider is a whole one: its own district, gate and legacy wire.
type provider struct {
	out  demo.Result
	gate *access.Gate
	url  string
	user func(login string) party.User
}

func newProvider(t *testing.T, seed uint64, source population.Source) *provider {
	t.Helper()
	st, out, _ := demotest.District(t, storetest.SQLite(t), now, 300, seed)
	p := &provider{user: func(login string) party.User {
		u, ok, err := st.Users.UserByLogin(context.Background(), login)
		if err != nil || !ok {
			t.Fatal(login, err)
		}
		return u
	}}
	p.out = out
	if source == nil {
		source = st.Registry
	}
	w := journal.NewWriter(st.Journal)
	t.Cleanup(w.Close)
	clock := func() time.Time { return now }
	p.gate = &access.Gate{Rights: st.Rights, Source: source, Log: w, Now: clock}
	l := &legacy.Legacy{Gate: p.gate, Admission: admission.New(st.Accounts, clock), Profiles: st.Wire, Calls: st.Wire,
		Log:  slog.New(slog.DiscardHandler),
		Peer: func(*http.Request) netip.Addr { return netip.MustParseAddr("127.0.0.1") }}
	s := httptest.NewServer(l)
	t.Cleanup(s.Close)
	p.url = s.URL
	return p
}

func (p *provider) ask(t *testing.T, login, number string) access.Answer {
	t.Helper()
	a, err := p.gate.Lookup(t.Context(), access.Request{Who: access.Known(p.user(login).ID), Method: agreement.API,
		Address: netip.MustParseAddr("127.0.0.1"), NIK: number, Purpose: demo.Purpose, Reference: "P-1"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Two providers in a chain, in each dialect: what the first grants the second is cut again to the agency's grant, and each notice arrives
// as itself.
func TestChainedProvidersCutAtBothHops(t *testing.T) {
	far := newProvider(t, 1, nil)
	for _, path := range []string{"dinpertan/call_nik", "33-03/dinpertan/call_nik"} {
		near := newProvider(t, 2, upstream.New(upstream.Config{URL: far.url + wire.Base + path, User: "aplikasi.dinpertan",
			Password: far.out.Legacy[0].Password, Timeout: 5 * time.Second, Log: slog.Default()}))
		s := far.out.Sample
		whole, cut := near.ask(t, "aplikasi.dinpertan", s.Found[0]), near.ask(t, "aplikasi.dinkes", s.Found[0])
		direct := far.ask(t, "aplikasi.dinpertan", s.Found[0])
		if whole.Code != access.Found || whole.Person.Name != direct.Person.Name ||
			whole.Person.Address.Village != direct.Person.Address.Village ||
			whole.Person.Address.Regency != direct.Person.Address.Regency || whole.Person.Sex != direct.Person.Sex ||
			whole.Person.Address.RT != direct.Person.Address.RT || !whole.Person.BirthDate.Equal(direct.Person.BirthDate) ||
			whole.Person.Marital == "" || whole.Person.FamilyNo != "" {
			t.Errorf("%s: %+v\n%+v", path, whole, direct.Person)
		}
		if !whole.AsOf.Equal(now.Truncate(24*time.Hour)) || !direct.AsOf.Equal(whole.AsOf) {
			t.Errorf("%s: data of %s, of the far provider %s", path, whole.AsOf, direct.AsOf)
		}
		if cut.Code != access.Found || cut.Person.Marital != "" || cut.Person.Occupation != "" || cut.Person.Name == "" {
			t.Errorf("%s: not cut at the second hop: %+v", path, cut)
		}
		for number, want := range map[string]access.Code{s.Deceased[0]: access.Deceased, s.Duplicate[0]: access.Duplicate,
			s.Inactive[0]: access.Inactive, s.Unknown[0]: access.Unknown} {
			if a := near.ask(t, "aplikasi.dinpertan", number); a.Code != want || !a.AsOf.Equal(whole.AsOf) {
				t.Errorf("%s: %s of %s, want %s", path, a.Code, a.AsOf, want)
			}
		}
	}
	bad := newProvider(t, 3, upstream.New(upstream.Config{URL: far.url + wire.Base + "dinpertan/call_nik", User: "aplikasi.dinpertan",
		Password: "salah", Timeout: time.Second, Log: slog.New(slog.DiscardHandler)}))
	if a := bad.ask(t, "aplikasi.dinpertan", far.out.Sample.Found[0]); a.Code != access.Source {
		t.Error("a refusal of the far service is told as", a.Code)
	}
}

// A service that ends in mid-request, hangs, or answers nonsense is a source that cannot answer: recorded, free of charge, and left alone
// for a moment.
func TestOutageIsToldAndCostsNothing(t *testing.T) {
	n, err := nik.Parse("3303010101800001")
	if err != nil {
		t.Fatal(err)
	}
	found := fmt.Sprintf(`{"content":[{"NIK":%s,"NAMA_LGKP":"REKAAN"}]}`, n.Digits())
	for name, handle := range map[string]http.HandlerFunc{
		"killed in mid-request": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"broken off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9999")
			fmt.Fprint(w, found[:20])
			panic(http.ErrAbortHandler)
		},
		"hangs": func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body) // only then does the server see that the client left
			<-r.Context().Done()
		},
		"nonsense": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
		"status":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) },
		"other person": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, strings.Replace(found, n.Digits(), "3303010101800002", 1))
		},
		"redirected": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
		"strange words": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"content":[{"RESPON":"Sedang pemeliharaan"}]}`)
		},
	} {
		var asked atomic.Int32
		ctx, stop := context.WithCancel(context.Background())
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked.Add(1); handle(w, r) }))
		src := upstream.New(upstream.Config{URL: s.URL + "/elsewhere", User: "u", Password: "p", Timeout: 200 * time.Millisecond,
			Log: slog.New(slog.DiscardHandler)})
		for range 20 {
			if f, err := src.Find(ctx, n); err == nil || f.Known || strings.Contains(err.Error(), n.Digits()) {
				t.Errorf("%s: %v %v", name, f.Known, err)
			}
		}
		if asked.Load() > 6 {
			t.Errorf("%s: asked %d times although it is down", name, asked.Load())
		}
		if _, err := src.Find(ctx, n); !errors.Is(err, upstream.ErrDown) {
			t.Errorf("%s: %v", name, err)
		}
		stop()
		s.CloseClientConnections()
		s.Close()
	}
	near := newProvider(t, 2, upstream.New(upstream.Config{URL: "http://127.0.0.1:1/x", User: "u", Password: "p", Timeout: time.Second,
		Log: slog.New(slog.DiscardHandler)}))
	a := near.ask(t, "aplikasi.dinkop", near.out.Sample.Found[0])
	if a.Code != access.Source || a.Quota.Used != 0 || a.Record == (journal.ID{}) {
		t.Errorf("%+v", a)
	}
}

// A service that is back is found again by one lookup at a time.
func TestServiceThatIsBackIsAskedAgain(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			w.WriteHeader(500)
			return
		}
		fmt.Fprint(w, `{"content":[{"RESPON":"Data Tidak Ditemukan"}]}`)
	}))
	defer s.Close()
	clock := time.Now()
	src := upstream.NewAt(upstream.Config{URL: s.URL, User: "u", Password: "p", Timeout: time.Second, Log: slog.New(slog.DiscardHandler)},
		func() time.Time { return clock })
	n, _ := nik.Parse("3303010101800001")
	for range 8 {
		src.Find(t.Context(), n)
	}
	down.Store(false)
	if _, err := src.Find(t.Context(), n); !errors.Is(err, upstream.ErrDown) {
		t.Fatal("not left alone:", err)
	}
	clock = clock.Add(time.Minute)
	for range 3 {
		if f, err := src.Find(t.Context(), n); err != nil || f.Known {
			t.Fatal(err)
		}
	}
}
