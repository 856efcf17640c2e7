// Package watch holds what an office's monitoring gets, alert rules and a dashboard, against a running installation and Prometheus's own
// tool.
package watch

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	gapura = "../../bin/gapura"
	folder = "../../monitoring"
)

func read(t *testing.T, path ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func promtool(t *testing.T, args ...string) {
	t.Helper()
	c := exec.Command("promtool", args...)
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("promtool %v: %v\n%s", args, err, out)
	}
}

// Each alert fires on what it is for and keeps still on what is usual; the guide names each.
func TestAlertsFireOnWhatTheyAreFor(t *testing.T) {
	promtool(t, "check", "rules", "gapura.rules.yml")
	promtool(t, "test", "rules", "gapura.rules.test.yml")
	names := regexp.MustCompile(`(?m)^  - alert: (\w+)$`).FindAllStringSubmatch(read(t, folder, "gapura.rules.yml"), -1)
	if len(names) < 10 {
		t.Fatal("few alerts are read: ", names)
	}
	tests, guide := read(t, folder, "gapura.rules.test.yml"), read(t, "../../docs/pantauan.md")
	for _, n := range names {
		if !strings.Contains(tests, "alertname: "+n[1]+"\n    exp_alerts:") || strings.Count(tests, "alertname: "+n[1]+"\n") < 2 {
			t.Errorf("%s is not tried firing and at rest", n[1])
		}
		if !strings.Contains(guide, "| "+n[1]+" |") {
			t.Errorf("the guide lacks %s", n[1])
		}
	}
}

// expressions are those of the rules and of the dashboard, which has the form that Grafana reads.
func expressions(t *testing.T) (list []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?m)^    expr: '(.*)'$`).FindAllStringSubmatch(read(t, folder, "gapura.rules.yml"), -1) {
		list = append(list, strings.ReplaceAll(m[1], "''", "'"))
	}
	var board struct {
		Title         string
		UID           string
		SchemaVersion int
		Panels        []struct {
			ID      int
			Type    string
			Title   string
			GridPos struct{ H, W, X, Y int }
			Targets []struct{ RefID, Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, folder, "gapura-dashboard.json")), &board); err != nil {
		t.Fatal(err)
	}
	if board.Title == "" || board.UID == "" || board.SchemaVersion < 30 || len(board.Panels) == 0 {
		t.Errorf("not a dashboard: %+v", board)
	}
	ids, taken := map[int]bool{}, map[[2]int]string{}
	for _, p := range board.Panels {
		if ids[p.ID] || p.Title == "" || p.Type != "timeseries" || len(p.Targets) == 0 || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %d, %q", p.ID, p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" {
					t.Fatalf("%q lies on %q", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		for _, q := range p.Targets {
			list = append(list, q.Expr)
		}
	}
	return list
}

// What rules and dashboard ask for, a running installation shows; Prometheus reads each expression.
func TestRulesAndDashboardAskForWhatThereIs(t *testing.T) {
	list := expressions(t)
	shown := metrics(t)
	asked := regexp.MustCompile(`\b(?:gapura|process|go)_\w+`)
	var all strings.Builder
	all.WriteString("groups:\n- name: all\n  rules:\n")
	found := 0
	for i, e := range list {
		fmt.Fprintf(&all, "  - record: x%d\n    expr: '%s'\n", i, strings.ReplaceAll(e, "'", "''"))
		for _, name := range asked.FindAllString(e, -1) {
			found++
			if !strings.Contains(shown, "\n"+name+"{") && !strings.Contains(shown, "\n"+name+" ") {
				t.Errorf("%s: there is no %s", e, name)
			}
		}
	}
	if found < len(list)-1 { // all but the one that asks whether it answers at all
		t.Errorf("%d names in %d expressions", found, len(list))
	}
	file := filepath.Join(t.TempDir(), "all.yml")
	if err := os.WriteFile(file, []byte(all.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", "--lint=none", file)
	for _, kind := range []string{"backup", "disk", "log", "mail", "rights", "witness"} {
		if !strings.Contains(shown, "gapura_ill{kind=\""+kind+"\"} ") {
			t.Errorf("nothing is said of %s", kind)
		}
	}
	// The daily backup was taken out of the configuration.
	if !strings.Contains(shown, `gapura_ill{kind="backup"} 1`) || !strings.Contains(shown, `gapura_ill{kind="log"} 0`) {
		t.Error("what is wrong is not told from what is well")
	}
}

// metrics are those of a running installation that has recorded a refusal.
func metrics(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, dir := l.Addr().String(), t.TempDir()
	l.Close()
	if out, err := exec.Command(gapura, "demo", "--dir", dir, "--listen", address, "--residents", "200",
		"--exit-after-setup").CombinedOutput(); err != nil {
		t.Fatalf("%v; make build makes %s\n%s", err, gapura, out)
	}
	config := filepath.Join(dir, "provider.toml")
	without := regexp.MustCompile(`(?m)^backup_.*\n`).ReplaceAllString(read(t, config), "")
	if err := os.WriteFile(config, []byte(without), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(gapura, "serve", "--config", config)
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Signal(syscall.SIGTERM); _ = c.Wait() })
	url := "http://" + address
	var demo struct{ API []struct{ Token string } }
	if err := json.Unmarshal([]byte(read(t, dir, "demo.json")), &demo); err != nil || len(demo.API) == 0 {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		// A purpose that nobody granted: it is refused, and recorded.
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1/lookups",
			strings.NewReader(`{"nik":"3303010101800001","purpose":"lain","reference":"A-1"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+demo.API[0].Token)
		r.Header.Set("Content-Type", "application/json")
		if answer, err := http.DefaultClient.Do(r); err == nil {
			answer.Body.Close()
			break
		} else if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		r, err := http.Get(url + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatal(r.StatusCode, err)
		}
		if text := string(raw); strings.Contains(text, "\ngapura_access_total{") && strings.Contains(text, "commit_seconds_count{") {
			return text
		} else if time.Now().After(end) {
			t.Fatal(text)
		}
	}
}
