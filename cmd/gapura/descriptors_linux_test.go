package main

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"gapura/internal/space"
)

// A service that has no file descriptor left to ask another service with does not say that the other one is down, at any door: it says that
// it is ill itself, and when to come again; nothing is recorded.
func TestNoDescriptorLeftIsNoOutageOfTheSourceAtAnyDoor(t *testing.T) {
	w := newWalk(t)
	w.p.disk = w.p.watchDisk()
	officer, inside := w.actor("petugas.dinpertan"), w.place(true)
	api, old := w.out.API[0], w.out.Legacy[0]
	doors := map[string]func() *httptest.ResponseRecorder{
		"portal": func() *httptest.ResponseRecorder { return w.send(officer, "POST", "/cari", inside, 0) },
		"API": func() *httptest.ResponseRecorder {
			return w.ask("/api/v1/lookups", fmt.Sprintf(`{"nik":%q,"purpose":%q,"reference":"A/1"}`, w.out.Sample.Found[0],
				api.Purposes[0]), inside, basic(api.User, api.Password))
		},
		"old wire": func() *httptest.ResponseRecorder {
			return w.ask(old.Path, fmt.Sprintf(`{"user_id":%q,"password":%q,"ip_user":"x","nik":%q}`, old.User, old.Password,
				w.out.Sample.Found[0]), inside, nil)
		},
	}
	for name, ask := range doors { // the database's files are open now
		if got := ask(); got.Code != 200 {
			t.Fatal(name, got.Code, got.Body)
		}
	}
	last, any := w.recorded(officer, inside)
	if !any {
		t.Fatal("no record")
	}
	w.p.cfg.UpstreamURL = "http://127.0.0.1:1"
	w.h = w.p.handler()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	none := limit
	none.Cur = 3
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	answers := map[string]*httptest.ResponseRecorder{}
	for name, ask := range doors {
		answers[name] = ask()
	}
	ill := w.p.disk.Ill()
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	for name, got := range answers {
		if got.Code != 503 || got.Header().Get("Retry-After") != "30" || !strings.Contains(got.Body.String(), space.ErrIll.Text) {
			t.Errorf("%s: %d %v %s", name, got.Code, got.Header(), got.Body)
		}
	}
	if !strings.Contains(ill, "LimitNOFILE") {
		t.Errorf("the console reads %q", ill)
	}
	if now, _ := w.recorded(officer, inside); now.ID != last.ID {
		t.Errorf("something was recorded: %+v", now)
	}
}
