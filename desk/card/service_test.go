package card

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

type wayFunc func() (Record, error)

func (f wayFunc) Read(context.Context) (Record, error) { return f() }

// A vendor is a small service of ours that answers as vendors' do. What it was asked is kept.
type vendor struct {
	*httptest.Server
	method, asked, origin string
}

// answer is what a vendor sends: a document for HTTP, one message after the other for websocket.
type answer struct {
	status   int // default 200
	kind     string
	messages []string
	binary   bool
	hang     bool // after the messages nothing comes, and the connection stays
}

func newVendor(t *testing.T, a answer) *vendor {
	v := new(vendor)
	stop := make(chan struct{})
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.method, v.origin = r.Method, r.Header.Get("Origin")
		if r.Header.Get("Upgrade") == "websocket" {
			v.talk(t, w, r, a, stop)
			return
		}
		body, _ := io.ReadAll(r.Body)
		v.asked = string(body)
		w.Header().Set("Content-Type", a.kind)
		if a.status != 0 {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(a.status)
		}
		for _, m := range a.messages {
			io.WriteString(w, m)
		}
		if a.hang {
			w.(http.Flusher).Flush()
			<-stop
		}
	}))
	t.Cleanup(func() { close(stop); v.CloseClientConnections(); v.Close() })
	return v
}

func (v *vendor) talk(t *testing.T, w http.ResponseWriter, r *http.Request, a answer, stop chan struct{}) {
	if a.status != 0 {
		http.Redirect(w, r, "/elsewhere", a.status)
		return
	}
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		t.Error(err)
		return
	}
	defer c.CloseNow()
	_, asked, err := c.Read(t.Context())
	if err != nil {
		return
	}
	v.asked = string(asked)
	kind := websocket.MessageText
	if a.binary {
		kind = websocket.MessageBinary
	}
	for _, m := range a.messages {
		if c.Write(t.Context(), kind, []byte(m)) != nil {
			return
		}
	}
	if a.hang {
		<-stop
	}
}

func (v *vendor) service(kind Kind) Service {
	s := Service{Name: "Contoh", Kind: kind, URL: v.URL + "/baca", Wait: 5 * time.Second}
	if kind == WebSocket {
		s.URL = "ws" + strings.TrimPrefix(s.URL, "http")
	}
	return s
}

func TestFourVendorsGiveOneRecord(t *testing.T) {
	want := sariRecord(t)
	for name, c := range map[string]struct {
		kind          Kind
		answer        answer
		method, asked string
		request       string
	}{
		"websocket": {WebSocket, answer{messages: []string{`{"event":"waiting","message":"Letakkan kartu"}`, `{"progress":50}`,
			asJSON(spell("camel"))}, hang: true},
			"GET", `{"command":"read"}`, ""},
		"json":         {JSON, answer{kind: "application/json", messages: []string{asJSON(spell("siak"))}}, "GET", "", ""},
		"form":         {Form, answer{messages: []string{asForm(spell("english"))}}, "POST", "perintah=baca", "perintah=baca"},
		"form to JSON": {Form, answer{messages: []string{"\n ", asJSON(spell("english"))}}, "POST", "", ""},
		"xml":          {XML, answer{kind: "text/xml", messages: []string{asXML(spell("short"))}}, "POST", "<Baca/>", "<Baca/>"},
		"a byte order mark before JSON": {JSON, answer{messages: []string{"\ufeff" + asJSON(spell("siak"))}},
			"GET", "", ""},
		"before a form": {Form, answer{messages: []string{"\ufeff" + asForm(spell("english"))}}, "POST", "", ""},
		"before JSON for a form": {Form, answer{messages: []string{"\ufeff" + asJSON(spell("english"))}},
			"POST", "", ""},
		"before XML": {XML, answer{messages: []string{"\ufeff" + asXML(spell("short"))}}, "GET", "", ""},
		"before a message": {WebSocket, answer{messages: []string{"\ufeff" + `{"event":"waiting"}`, "\ufeff" + asJSON(spell("camel"))},
			hang: true}, "GET", `{"command":"read"}`, ""},
		"xml by GET": {XML, answer{kind: "text/xml", messages: []string{asXML(spell("short"))}}, "GET", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor(t, c.answer)
			s := v.service(c.kind)
			s.Request, s.Headers = c.request, map[string]string{"Origin": "http://meja.contoh"}
			r, err := s.Read(t.Context())
			if err != nil || !r.Same(want) || r.Origin != (Origin{Service: "Contoh"}) {
				t.Fatal(r, r.Origin, err)
			}
			if v.method != c.method || v.asked != c.asked || v.origin != "http://meja.contoh" {
				t.Errorf("asked by %s %q from %q", v.method, v.asked, v.origin)
			}
		})
	}
}

func TestBadAnswersAreErrorsWithoutValues(t *testing.T) {
	whole := map[Kind]string{WebSocket: asJSON(sari), JSON: asJSON(sari), Form: asForm(sari), XML: asXML(sari)}
	huge := strings.Repeat(" ", maxAnswer)
	for name, c := range map[string]struct {
		kinds  []Kind
		answer func(Kind) answer
		err    error
	}{
		"cut": {[]Kind{WebSocket, JSON, XML}, func(k Kind) answer {
			return answer{messages: []string{whole[k][:len(whole[k])-9]}}
		}, ErrAnswer},
		"of another form": {[]Kind{WebSocket, JSON, XML}, func(k Kind) answer { return answer{messages: []string{whole[Form]}} },
			ErrAnswer},
		"XML for a form": {[]Kind{Form}, func(k Kind) answer { return answer{messages: []string{whole[XML]}} }, ErrNoRecord},
		"a page": {[]Kind{JSON, XML}, func(k Kind) answer {
			return answer{kind: "text/html", messages: []string{"<!doctype html><p>SARI WULANDARI"}}
		}, ErrAnswer},
		"nothing":       {[]Kind{JSON, XML}, func(k Kind) answer { return answer{} }, ErrAnswer},
		"bytes":         {[]Kind{WebSocket}, func(k Kind) answer { return answer{binary: true, messages: []string{whole[k]}} }, ErrAnswer},
		"the line ends": {[]Kind{WebSocket}, func(k Kind) answer { return answer{messages: []string{`{"event":"waiting"}`}} }, ErrService},
		"chatter": {[]Kind{WebSocket}, func(k Kind) answer { return answer{messages: slices.Repeat([]string{`{}`}, maxMessages+1)} },
			ErrNoRecord},
		"huge": {[]Kind{WebSocket, JSON, Form, XML}, func(k Kind) answer { return answer{messages: []string{huge + whole[k]}} },
			ErrTooLarge},
		"a fault": {[]Kind{JSON, Form, XML}, func(k Kind) answer { return answer{status: 500, messages: []string{whole[k]}} },
			ErrAnswer},
		"sent elsewhere": {[]Kind{JSON, Form, XML}, func(k Kind) answer { return answer{status: 302, messages: []string{whole[k]}} },
			ErrAnswer},
		"no card": {[]Kind{WebSocket, JSON}, func(k Kind) answer {
			return answer{messages: []string{`{"status":"error"}`},
				hang: k == WebSocket}
		}, ErrNoRecord},
		"led elsewhere": {[]Kind{WebSocket}, func(k Kind) answer { return answer{status: 302} }, ErrService},
		"broken UTF-8": {[]Kind{JSON, XML}, func(k Kind) answer {
			return answer{messages: []string{strings.Replace(whole[k], "ISLAM", "ISL\xff", 1)}}
		}, ErrAnswer},
		"two persons": {[]Kind{WebSocket, JSON}, func(k Kind) answer {
			return answer{messages: []string{`[` + whole[k] + `,{"nik":"3303015508950002"}]`}}
		}, ErrAmbiguous},
	} {
		for _, kind := range c.kinds {
			t.Run(name+" "+string(kind), func(t *testing.T) {
				r, err := newVendor(t, c.answer(kind)).service(kind).Read(t.Context())
				if !errors.Is(err, c.err) {
					t.Fatalf("error %v, want %v", err, c.err)
				}
				if reveals(t, err.Error()); r.content != nil {
					t.Error("something comes with the error")
				}
			})
		}
	}
}

func TestSlowServiceDoesNotHoldTheOfficer(t *testing.T) {
	for _, kind := range []Kind{WebSocket, JSON, Form, XML} {
		v := newVendor(t, answer{messages: []string{"{}"}, hang: true})
		s := v.service(kind)
		s.Wait = 100 * time.Millisecond
		start := time.Now()
		_, err := s.Read(t.Context())
		if !errors.Is(err, ErrService) || time.Since(start) > 3*time.Second {
			t.Errorf("%s: %v after %v", kind, err, time.Since(start))
		}
		s.Wait = time.Minute
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := s.Read(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", kind, err)
		}
		cancel()
	}
}

func TestServiceThatIsNotThere(t *testing.T) {
	for _, kind := range []Kind{WebSocket, JSON, Form, XML} {
		v := newVendor(t, answer{})
		s := v.service(kind)
		v.Close()
		if _, err := s.Read(t.Context()); !errors.Is(err, ErrService) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestOnlyThisMachineIsAsked(t *testing.T) {
	s := Service{Name: "Contoh", Kind: JSON, URL: "http://192.0.2.1:9/"}
	if err := s.Check(); !errors.Is(err, ErrConfig) {
		t.Error(err)
	}
	if _, err := s.client().Get(s.URL); !errors.Is(err, ErrConfig) { // a name that leads elsewhere
		t.Error(err)
	}
	s.Remote = true
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	good := Service{Name: "Contoh", Kind: WebSocket, URL: "ws://localhost:8181/ktp"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Service){
		"no name":       func(s *Service) { s.Name = "" },
		"kind":          func(s *Service) { s.Kind = "soap" },
		"scheme":        func(s *Service) { s.URL = "http://localhost/" },
		"no host":       func(s *Service) { s.URL = "ws:///x" },
		"no url":        func(s *Service) { s.URL = "" },
		"not a url":     func(s *Service) { s.URL = "ws://[::1" },
		"password":      func(s *Service) { s.URL = "ws://a:b@localhost/" },
		"other machine": func(s *Service) { s.URL = "ws://pembaca.contoh/" },
		"field":         func(s *Service) { s.Fields = map[string]string{"x": "nomor"} },
		"JSON request":  func(s *Service) { s.Kind, s.URL, s.Request = JSON, "http://[::1]:80/", "x" },
	} {
		s := good
		change(&s)
		if err := s.Check(); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Read(t.Context()); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
