package notify_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"gapura/internal/notify"
	"gapura/store/storetest"
)

// A dialogue is how a server behaved, with what becomes of the mail.
type dialogue struct {
	name, want, tls string
	lines           []string
}

func dialogues(t *testing.T) (all []dialogue) {
	t.Helper()
	b, err := os.ReadFile("testdata/dialogues.txt")
	if err != nil {
		t.Fatal(err)
	}
	for block := range strings.SplitSeq(string(b), "\n\n") {
		d := dialogue{tls: "none"}
		for line := range strings.Lines(block) {
			line = strings.TrimSuffix(line, "\n")
			kind, rest, _ := strings.Cut(line, " ")
			switch kind {
			case "#":
				d.name = rest
			case "=":
				d.want = rest
			case "@":
				d.tls = rest
			case "S", "C":
				d.lines = append(d.lines, line)
			default:
				t.Fatalf("%q is no line of a dialogue", line)
			}
		}
		if len(d.lines) > 0 {
			all = append(all, d)
		}
	}
	return all
}

// fromTheField is a server that mail did not get past, as it was noted there: AUTH LOGIN alone, and no TLS. What it would have said after
// its greeting is added.
func fromTheField(t *testing.T) dialogue {
	t.Helper()
	const file = "testdata/field/08-smtp-login-only.txt"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d := dialogue{name: file, tls: "none"}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "S ") || strings.HasPrefix(line, "C ") {
			d.lines = append(d.lines, strings.Replace(line, "...", "…", 1))
		}
	}
	if len(d.lines) != 5 || d.lines[1] != "C EHLO …" || d.lines[3] != "S 250-AUTH LOGIN" {
		t.Fatalf("%s: %q", file, d.lines)
	}
	d.lines = append(d.lines, "C AUTH LOGIN", "S 334 VXNlcm5hbWU6", "C Z2FwdXJh", "S 334 UGFzc3dvcmQ6", "C cmFoYXNpYS1zdXJlbA==",
		"S 235 2.7.0 Authentication successful")
	return d
}

// speak is the server's side of one connection. It tells what of the client's side is not as written.
func (d dialogue) speak(conn net.Conn) error {
	defer conn.Close()
	in := bufio.NewReader(conn)
	read := func() (string, error) {
		line, err := in.ReadString('\n')
		return strings.TrimRight(line, "\r\n"), err
	}
	for _, line := range d.lines {
		who, text := line[:1], line[2:]
		switch {
		case text == "hangup":
			return nil
		case text == "silence":
			for { // until the client gives up
				if _, err := read(); err != nil {
					return nil
				}
			}
		case who == "S":
			if _, err := fmt.Fprintf(conn, "%s\r\n", text); err != nil {
				return err
			}
		case text == "{mail}":
			for said := ""; said != "."; {
				var err error
				if said, err = read(); err != nil {
					return err
				}
			}
		default:
			said, err := read()
			for err == nil && said == "NOOP" { // the client's question whether the connection lives
				if _, err = fmt.Fprint(conn, "250 2.0.0 Ok\r\n"); err == nil {
					said, err = read()
				}
			}
			begin, open := strings.CutSuffix(text, "…")
			if err != nil || said != text && (!open || !strings.HasPrefix(said, begin)) {
				return fmt.Errorf("the client said %q (%v), want %q", said, err, text)
			}
		}
	}
	for data := false; ; {
		said, err := read()
		if err != nil {
			return nil
		}
		answer := "250 2.0.0 Ok"
		switch {
		case data && said != ".":
			continue
		case data:
			data = false
		case said == "DATA":
			data, answer = true, "354 End data with <CR><LF>.<CR><LF>"
		case said == "QUIT":
			answer = "221 2.0.0 Bye"
		}
		if _, err := fmt.Fprintf(conn, "%s\r\n", answer); err != nil {
			return err
		}
	}
}

// TestEachRefusalIsToldAsWhatItIs, in the queue and by Reach when it is of the connection; neither shows an address or what the server
// said.
func TestEachRefusalIsToldAsWhatItIs(t *testing.T) {
	all := dialogues(t)
	if len(all) < 25 {
		t.Fatalf("%d dialogues", len(all))
	}
	all = append(all, fromTheField(t))
	for _, d := range all {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			p := open(t, storetest.SQLite(t))
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			spoken := make(chan error, 1)
			go func() {
				conn, err := l.Accept()
				if err == nil {
					err = d.speak(conn)
				}
				spoken <- err
			}()
			p.server.port = l.Addr().(*net.TCPAddr).Port
			p.queue(notify.Mail{To: "kepala@rekaan.example", Subject: "Pengingat", Body: strings.Repeat("Jatuh tempo besok.\n", 20)})
			s := p.sender(func(s *notify.SMTP) { s.TLS = d.tls })
			s.Patience = time.Second
			want := 0
			if d.want == "" {
				want = 1
			}
			p.deliver(s, want)
			l.Close()
			if err := <-spoken; err != nil && d.tls == "none" && !errors.Is(err, net.ErrClosed) {
				t.Error(err)
			}
			m := p.state(0)
			if m.Failure != d.want || m.Sent.IsZero() != (d.want != "") {
				t.Errorf("%q, want %q", m.Failure, d.want)
			}
			// What a server refuses for good waits a day; what the office can put right, or the server will take later, a minute.
			lasting := strings.HasPrefix(d.want, notify.Refused) || strings.HasPrefix(d.want, notify.TooLarge)
			wait := time.Minute
			if lasting {
				wait = 24 * time.Hour
			}
			if d.want != "" && !m.Next.Equal(p.now.Add(wait)) {
				t.Errorf("tried again after %s, want %s", m.Next.Sub(p.now), wait)
			}
			p.revealsNothing()
		})
	}
}

// TestReachTellsWhyNobodySignsIn, for the doctor: within its patience, and in the queue's words.
func TestReachTellsWhyNobodySignsIn(t *testing.T) {
	for _, d := range dialogues(t) {
		words := d.want
		if !strings.HasPrefix(words, notify.LoginRefused) && words != notify.NoLogin {
			continue
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			if conn, err := l.Accept(); err == nil {
				d.speak(conn)
			}
		}()
		p := &post{T: t, server: &server{port: l.Addr().(*net.TCPAddr).Port}, now: time.Now()}
		err = p.senderOn(nil, func(s *notify.SMTP) { s.TLS = d.tls }).Reach(t.Context())
		if err == nil || err.Error() != words {
			t.Errorf("%s: %v", d.name, err)
		}
		l.Close()
	}
}
