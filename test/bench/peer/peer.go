// Package peer is what Gapura is measured against besides a bare handler: nginx with basic authentication in front of a plain service that
// appends one line for each lookup to a file, syncs it, and answers. It checks no right, charges no quota and seals nothing.
package peer

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

//go:embed nginx.conf
var config string

// The one account.
const login, password = "bench", "bench"

// Authorization is the header's value that nginx lets in.
var Authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(login+":"+password))

// Serve is the plain service: it prints its address, and answers each request with 400 constant bytes once its line in the file is durable.
func Serve(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	answer := bytes.Repeat([]byte("x"), 400)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ NIK, Purpose, Reference string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, "body", http.StatusBadRequest)
			return
		}
		_, err := fmt.Fprintln(f, time.Now().Format(time.RFC3339Nano), body.NIK, body.Purpose, body.Reference)
		if err = errors.Join(err, f.Sync()); err != nil {
			http.Error(w, "disk", http.StatusInternalServerError)
			return
		}
		w.Write(answer)
	}))
}

// Nginx starts nginx (Debian package nginx-light) before a service; its files lie in a folder. Its address is returned when it answers.
func Nginx(dir, service string) (c *exec.Cmd, address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	address = l.Addr().String()
	if err := l.Close(); err != nil { // nginx takes no port that it is not told
		return nil, "", err
	}
	user := ""
	if os.Getuid() == 0 {
		user = "user root root;"
	}
	text := strings.NewReplacer("{USER}", user, "{DIR}", dir, "{SERVICE}", service, "{LISTEN}", address).Replace(config)
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(text), 0o600),
		os.WriteFile(filepath.Join(dir, "passwords"), []byte(login+":{PLAIN}"+password+"\n"), 0o600)); err != nil {
		return nil, "", err
	}
	c = exec.Command("/usr/sbin/nginx", "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", filepath.Join(dir, "error.log"), "-g",
		"daemon off;")
	c.Stderr, c.SysProcAttr = os.Stderr, &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := c.Start(); err != nil {
		return nil, "", fmt.Errorf("start nginx (Debian package nginx-light): %w", err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return c, address, conn.Close()
		}
		if time.Now().After(deadline) {
			return c, "", fmt.Errorf("nginx does not answer: %w", err)
		}
	}
}
