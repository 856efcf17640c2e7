// Package compat runs programs that speak the legacy wire as agencies' applications do, in three languages, against a running server.
package compat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const program = "../../bin/gapura"

type demo struct {
	Provider struct{ URL string }
	API      []api
	Legacy   []struct{ Agency, Path, Dialect, User, Password string }
	Balikan  []sender
	Sample   struct{ Found, Deceased, Unknown []string }
}

type api struct {
	Agency, User, Password, Token string
	Purposes                      []string
}

// A sender's names are the wire's.
type sender struct {
	Agency, Token string
	ID            string `json:"id_lembaga"`
	Name          string `json:"nama_lembaga"`
}

func TestClientsOfAgencies(t *testing.T) {
	for _, need := range []string{program, "node", "curl", "sh"} {
		if _, err := exec.LookPath(need); err != nil {
			t.Fatalf("%v; make deps build installs and builds what the tests need", err)
		}
	}
	golang := filepath.Join(t.TempDir(), "client")
	if out, err := exec.Command("go", "build", "-o", golang, "./clients/golang").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	d := start(t)
	env := append(os.Environ(), "HOST="+d.Provider.URL, "NAME="+name(t, d), "FOUND="+d.Sample.Found[0], "DECEASED="+d.Sample.Deceased[0],
		"UNKNOWN="+d.Sample.Unknown[0])
	for _, l := range d.Legacy {
		if l.Agency == "dinpertan" {
			env = append(env, map[string]string{"D1": "NATIONAL=", "D2": "REGIONAL=", "D3": "VERIFY="}[l.Dialect]+l.Path, "USER_ID="+l.User,
				"PASSWORD="+l.Password)
		}
	}
	at := slices.IndexFunc(d.Balikan, func(b sender) bool { return b.Agency == "dinpertan" })
	env = append(env, "TOKEN="+d.Balikan[at].Token, "ID="+d.Balikan[at].ID, "LEMBAGA="+d.Balikan[at].Name)
	want := "nama=" + name(t, d) + `
meninggal=Data Ditemukan, Meninggal Dunia
wilayah=13
salah=Login Gagal
formulir=` + name(t, d) + `
cocok=Sesuai (100)
balikan=200 Success
ulang=400 Data sudah pernah dikirim
multipart=200 Success
banyak=200 Success
token=401
`
	for lang, client := range map[string][]string{"go": {golang}, "node": {"node", "clients/client.mjs"},
		"shell": {"sh", "clients/client.sh"}} {
		t.Run(lang, func(t *testing.T) {
			c := exec.Command(client[0], client[1:]...)
			c.Env = append(env, "RUN="+lang)
			var out, complaint bytes.Buffer
			c.Stdout, c.Stderr = &out, &complaint
			if err := c.Run(); err != nil || complaint.Len() > 0 || out.String() != want {
				t.Errorf("%v %s\n%s\nwant\n%s", err, complaint.String(), out.String(), want)
			}
		})
	}
}

// start runs a demo on a free port until the test ends.
func start(t *testing.T) (d demo) {
	t.Helper()
	dir := t.TempDir()
	c := exec.Command(program, "demo", "--dir", dir, "--listen", "127.0.0.1:0", "--loket", "127.0.0.1:0", "--residents", "500")
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var log bytes.Buffer
	c.Stderr = &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Signal(os.Interrupt); c.Wait() })
	for range 600 {
		raw, err := os.ReadFile(filepath.Join(dir, "demo.json"))
		if err == nil {
			if err := json.Unmarshal(raw, &d); err != nil {
				t.Fatal(err)
			}
			return d
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the demo did not start\n%s", log.String())
	return d
}

// name is the sample person's, by the JSON API.
func name(t *testing.T, d demo) string {
	t.Helper()
	for _, l := range d.API {
		if l.Agency != "dinpertan" {
			continue
		}
		r, err := http.NewRequest("POST", d.Provider.URL+"/api/v1/lookups",
			strings.NewReader(fmt.Sprintf(`{"nik":%q,"purpose":%q,"reference":"K-1"}`, d.Sample.Found[0], l.Purposes[0])))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+l.Token)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var a struct {
			Person struct {
				Name string `json:"nama_lengkap"`
			}
		}
		if err := json.NewDecoder(answer.Body).Decode(&a); err != nil || a.Person.Name == "" {
			t.Fatal(answer.StatusCode, err)
		}
		return a.Person.Name
	}
	t.Fatal("the demo has no agency dinpertan")
	return ""
}
