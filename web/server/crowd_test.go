package server

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

func TestConnectionsLeaveDescriptorsToTheDatabase(t *testing.T) {
	for files, want := range map[uint64]int{0: mostOpen, 1: 1, 64: 8, 70: 8, 128: 64, 1024: 960, 1 << 20: mostOpen, 1<<64 - 1: mostOpen} {
		if got := roomFor(files); got != want {
			t.Errorf("%d files: %d connections, want %d", files, got, want)
		}
	}
}

// Whoever comes finds a place though all are taken by some who say nothing; who waits for an answer keeps its own.
func TestWhoSaysNothingMakesRoomAndWhoWaitsDoesNot(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	slow := make(chan struct{})
	srv := HTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-slow
		}
		fmt.Fprint(w, r.URL.Path)
	}))
	crowd := crowdOf(4)
	go srv.Serve(crowd.Door(srv, l))
	defer srv.Close()
	ask := func(c net.Conn, path string) error {
		_, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path)
		return err
	}
	read := func(c net.Conn) error {
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err == nil && r.StatusCode != http.StatusOK {
			err = fmt.Errorf("status %d", r.StatusCode)
		}
		return err
	}
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	waits := dial()
	if err := ask(waits, "/slow"); err != nil {
		t.Fatal(err)
	}
	for n := range 12 { // half of them have asked once, half never
		c := dial()
		if n%2 == 0 {
			if err := ask(c, "/once"); err != nil {
				t.Fatal(err)
			}
		}
	}
	var all sync.WaitGroup
	for range 6 {
		c := dial()
		all.Go(func() {
			if err := ask(c, "/"); err != nil {
				t.Error(err)
			}
			if err := read(c); err != nil {
				t.Error("not let in: ", err)
			}
		})
	}
	all.Wait()
	close(slow)
	if err := read(waits); err != nil {
		t.Error("who waited for an answer was sent away: ", err)
	}
}
