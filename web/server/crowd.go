package server

import (
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// The descriptors that connections leave to the database and its files, and how many connections there are at most, because each takes
// memory too.
const (
	keptBack = 64
	mostOpen = 1 << 14
)

// polite is how long who has a connection may say nothing before it makes room for others.
const polite = 250 * time.Millisecond

// A Crowd bounds how many connections are open at all doors together, so that many of them take neither the database's descriptors nor the
// memory. When it is full, who has said nothing for longest makes room; who waits for an answer never does. Safe for concurrent use.
type Crowd struct {
	places  chan struct{}
	waiting atomic.Int32 // for a place

	mu    sync.Mutex
	quiet *list.List                 // guarded by mu; of silent, who has been so for longest first
	of    map[net.Conn]*list.Element // guarded by mu
}

type silent struct {
	conn  net.Conn
	since time.Time
}

// NewCrowd is as large as the process's limit of open files allows.
func NewCrowd() *Crowd { return crowdOf(roomFor(descriptors())) }

// roomFor is how many connections go with a limit of open files; 0 is none.
func roomFor(files uint64) int {
	if files == 0 {
		return mostOpen
	}
	room := files / 8
	if files > keptBack {
		room = max(room, files-keptBack)
	}
	return int(min(max(room, 1), mostOpen))
}

func crowdOf(n int) *Crowd {
	return &Crowd{places: make(chan struct{}, n), quiet: list.New(), of: map[net.Conn]*list.Element{}}
}

// Door bounds what a server accepts from a listener, which stands before TLS.
func (c *Crowd) Door(s *http.Server, l net.Listener) net.Listener {
	s.ConnState = c.state
	next := s.Handler
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.waiting.Load() > 0 {
			w.Header().Set("Connection", "close") // its place is another's after the answer
		}
		next.ServeHTTP(w, r)
	})
	return crowded{l, c}
}

type crowded struct {
	net.Listener
	crowd *Crowd
}

// Accept implements net.Listener. What comes while there is no place waits, first here and then in the system.
func (l crowded) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.crowd.enter()
	return &member{Conn: conn, leave: sync.OnceFunc(func() { <-l.crowd.places })}, nil
}

// A member gives its place back when it is closed.
type member struct {
	net.Conn
	leave func()
}

func (m *member) Close() error {
	defer m.leave()
	return m.Conn.Close()
}

func (c *Crowd) enter() {
	select {
	case c.places <- struct{}{}:
		return
	default:
	}
	c.waiting.Add(1)
	defer c.waiting.Add(-1)
	for {
		c.makeRoom()
		select {
		case c.places <- struct{}{}:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// makeRoom closes the connection that has been silent for longest, if for long enough.
func (c *Crowd) makeRoom() {
	c.mu.Lock()
	first := c.quiet.Front()
	if first == nil || time.Since(first.Value.(silent).since) < polite {
		c.mu.Unlock()
		return
	}
	conn := first.Value.(silent).conn
	c.forget(conn)
	c.mu.Unlock()
	_ = conn.Close()
}

// forget takes a connection out of the silent ones. mu is held.
func (c *Crowd) forget(conn net.Conn) {
	if e, ok := c.of[conn]; ok {
		c.quiet.Remove(e)
		delete(c.of, conn)
	}
}

// state is told by the server what a connection does.
func (c *Crowd) state(conn net.Conn, s http.ConnState) {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn() // which is closed without a word to wait for
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(conn)
	if s == http.StateNew || s == http.StateIdle {
		c.of[conn] = c.quiet.PushBack(silent{conn, time.Now()})
	}
}
