package compat

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gapura/access/access"
)

// The examples for programmers say the same in five languages, on a real server: data, a notice, verdicts, a value that cannot be read,
// data
// balikan that is sent twice, and a token that nobody has.
func TestExamplesInFiveLanguages(t *testing.T) {
	for _, need := range []string{program, "php", "java", "python3", "node"} {
		if _, err := exec.LookPath(need); err != nil {
			t.Fatalf("%v; make deps build installs and builds what the tests need", err)
		}
	}
	golang := filepath.Join(t.TempDir(), "client")
	if out, err := exec.Command("go", "build", "-o", golang, "../../examples/golang").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	d := start(t)
	at := slices.IndexFunc(d.API, func(a api) bool { return a.Agency == "dinpertan" })
	who, found := name(t, d), d.Sample.Found[1]
	for lang, command := range map[string][]string{"php": {"php", "../../examples/client.php"}, "java": {"java", "-XX:-UsePerfData",
		"../../examples/Client.java"},
		"python": {"python3", "-B", "../../examples/client.py"}, "node": {"node", "../../examples/client.mjs"}, "go": {golang}} {
		t.Run(lang, func(t *testing.T) {
			for _, c := range []struct {
				token, args, out, complaint string
			}{
				{args: "lookup|" + d.Sample.Found[0] + "|K-1", out: "found: " + who},
				{args: "lookup|" + d.Sample.Deceased[0] + "|K-2", out: "deceased: " + access.Deceased.Text()},
				{args: "match|" + d.Sample.Found[0] + "|K-1|" + strings.ToLower(who) + "|01-01-1901",
					out: "nama_lengkap=match tanggal_lahir=mismatch"},
				{args: "match|" + d.Sample.Found[0] + "|K-1|O'REILLY \"\\É|31-02-1980", complaint: "HTTP 422: elemen \"tanggal_lahir\""},
				{args: "balikan|contoh-" + lang + "-1|" + found + "|" + lang + "|Pupuk \"A\"", out: "accepted 1"},
				{args: "balikan|contoh-" + lang + "-1|" + found + "|" + lang + "|Pupuk \"A\"", out: "accepted 1 (already there)"},
				{token: "salah", args: "lookup|" + d.Sample.Found[0] + "|K-1", complaint: "HTTP 401: "},
			} {
				x := exec.Command(command[0], append(slices.Clone(command[1:]), strings.Split(c.args, "|")...)...)
				if c.token == "" {
					c.token = d.API[at].Token
				}
				x.Env = append(os.Environ(), "GAPURA_URL="+d.Provider.URL, "GAPURA_TOKEN="+c.token, "GAPURA_PURPOSE="+d.API[at].Purposes[0],
					"LC_ALL=C.UTF-8")
				var out, complaint bytes.Buffer
				x.Stdout, x.Stderr = &out, &complaint
				err := x.Run()
				if (err != nil) != (c.complaint != "") || strings.TrimSpace(out.String()) != c.out ||
					!strings.HasPrefix(complaint.String(), c.complaint) || c.complaint == "" && complaint.Len() > 0 {
					t.Errorf("%s: %v\n%s%s\nwant %s%s", c.args, err, out.String(), complaint.String(), c.out, c.complaint)
				}
			}
		})
	}
	t.Run("http file", func(t *testing.T) { requests(t, d, d.API[at]) })
}

// requests sends each request of the file for editors, with the demo's values in the place of its variables.
func requests(t *testing.T, d demo, a api) {
	t.Helper()
	raw, err := os.ReadFile("../../examples/gapura.http")
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(raw), "\n###")
	sender := d.Balikan[slices.IndexFunc(d.Balikan, func(b sender) bool { return b.Agency == a.Agency })]
	values := map[string]string{"url": d.Provider.URL, "token": a.Token, "purpose": a.Purposes[0], "nik": d.Sample.Found[2], "user": a.User,
		"password": a.Password, "balikan": sender.Token, "lembaga": sender.ID}
	for line := range strings.Lines(head) {
		if key, _, ok := strings.Cut(strings.TrimPrefix(line, "@"), " = "); ok && strings.HasPrefix(line, "@") && values[key] == "" {
			t.Errorf("variable %s is not known", key)
		}
	}
	list := strings.Split(string(raw), "\n### ")[1:]
	if len(list) != 6 {
		t.Fatalf("%d requests", len(list))
	}
	for _, text := range list {
		for key, value := range values {
			text = strings.ReplaceAll(text, "{{"+key+"}}", value)
		}
		title, text, _ := strings.Cut(text, "\n")
		lines, body, _ := strings.Cut(text, "\n\n")
		first, headers, _ := strings.Cut(lines, "\n")
		method, url, _ := strings.Cut(first, " ")
		r, err := http.NewRequest(method, strings.TrimSpace(url), strings.NewReader(body))
		if err != nil {
			t.Fatal(title, err)
		}
		for line := range strings.Lines(headers) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			r.Header.Set(key, value)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(title, err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK || strings.Contains(body, "{{") {
			t.Errorf("%s: %d", title, answer.StatusCode)
		}
	}
}
