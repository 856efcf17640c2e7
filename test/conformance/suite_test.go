package conformance

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the files of cases anew, from the tables")

// groups are the files of cases, each of which begins with a house of its own and runs in its order.
var groups = map[string]func() []kase{
	"outcomes": outcomeCases, "spellings": spellingCases, "requests": requestCases, "paths": pathCases, "accounts": accountCases,
	"profiles": profileCases, "values": valueCases, "balikan": balikanCases,
}

// TestSuite sends each case's request to a real server and compares the answer byte by byte, but for its date.
func TestSuite(t *testing.T) {
	if *update {
		for name, compose := range groups {
			write(t, filepath.Join("cases", name+".jsonl"), compose())
		}
	}
	total := 0
	for _, file := range files(t) {
		list := read(t, file)
		total += len(list)
		t.Run(strings.TrimSuffix(filepath.Base(file), ".jsonl"), func(t *testing.T) {
			h := start(t)
			for _, c := range list {
				got, err := exchange(h.address, c.Request)
				if err != nil {
					t.Errorf("%s: %v", c.Name, err)
				} else if got != c.Answer {
					t.Errorf("%s\n%s\nanswered\n%s\nwant\n%s", c.Name, c.Request, got, c.Answer)
				}
			}
		})
	}
	if total < 500 {
		t.Errorf("%d cases", total)
	}
}

// The files are what the tables say: an answer is composed of the wire's rules, never taken from a server.
func TestFilesAreTheTables(t *testing.T) {
	if list := files(t); len(list) != len(groups) {
		t.Errorf("%d files of cases, %d tables", len(list), len(groups))
	}
	for name, compose := range groups {
		raw, err := os.ReadFile(filepath.Join("cases", name+".jsonl"))
		if err != nil || string(raw) != lines(t, compose()) {
			t.Errorf("cases/%s.jsonl is not what its table says (-update writes it anew): %v", name, err)
		}
	}
}

func lines(t *testing.T, list []kase) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	names := map[string]bool{}
	for _, c := range list {
		if names[c.Name] {
			t.Errorf("two cases are named %q", c.Name)
		}
		names[c.Name] = true
		if err := e.Encode(c); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func write(t *testing.T, file string, list []kase) {
	t.Helper()
	if err := os.WriteFile(file, []byte(lines(t, list)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) (list []kase) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for d := json.NewDecoder(f); ; {
		var c kase
		if err := d.Decode(&c); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(file, err)
		}
		list = append(list, c)
	}
}

// exchange sends a request's bytes over a connection of its own and reads the answer to its end, without the lines Date and
// Data-As-Of, which tell days.
func exchange(address, request string) (string, error) {
	raw := make([]byte, 0, len(request))
	for _, r := range request {
		if r > 0xff {
			return "", fmt.Errorf("a character of the request is no byte")
		}
		raw = append(raw, byte(r))
	}
	c, err := net.Dial("tcp", address)
	if err != nil {
		return "", fmt.Errorf("connect: %w", err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return "", fmt.Errorf("set deadline: %w", err)
	}
	if _, err := c.Write(raw); err != nil {
		return "", fmt.Errorf("send: %w", err)
	}
	var b strings.Builder
	head := true
	for r := bufio.NewReader(c); ; {
		line, err := r.ReadString('\n')
		if !head || !strings.HasPrefix(line, "Date: ") && !strings.HasPrefix(line, "Data-As-Of: ") {
			b.WriteString(bytes(line))
		}
		head = head && line != "\r\n"
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return "", fmt.Errorf("receive: %w", err)
		}
	}
}
