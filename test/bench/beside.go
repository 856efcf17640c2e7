package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/person/population"
)

// besideRates are how many lookups a second go on beside other work, besideAlone how long each is measured without.
var besideRates = []float64{200, 1000}

const besideAlone = 20 * time.Second

// importRow is how long an import may take for each row of its file: a million rows in two minutes.
const importRow = 2 * time.Minute / 1_000_000

// A chore is work that a service has to bear while it answers. It says what it itself took.
type chore struct {
	name string
	do   func() (string, error)
	most time.Duration // that it may take; zero: no bound
}

// beside prints what lookups at a fixed rate take alone, and while each chore is done; it fails when an import takes longer than promised.
func (b *bench) beside(dir string) error {
	ask, err := b.asker("TOKEN", "PURPOSE")
	if err != nil {
		return err
	}
	for _, rate := range besideRates {
		all, err := b.chores(dir, int(rate))
		if err != nil {
			return err
		}
		fmt.Printf("beside %.0f lookups a second (goal: p99 at most 30 ms):\n", rate)
		nothing := chore{name: "nothing", do: func() (string, error) { time.Sleep(besideAlone); return "", nil }}
		for _, c := range append([]chore{nothing}, all...) {
			if err := b.during(c, ask, rate); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	return nil
}

// during does a chore while lookups go on, and lets what is derived catch up before the next.
func (b *bench) during(c chore, ask func(n int) (int, error), rate float64) error {
	end := make(chan struct{})
	var lookups tally
	var besides sync.WaitGroup
	var seen course
	var unseen error
	besides.Go(func() { seen, unseen = b.probe.follow(end) })
	besides.Go(func() { lookups.pour(ask, rate, end) })
	begun := time.Now()
	said, failed := c.do()
	took := time.Since(begun)
	close(end)
	besides.Wait()
	behind, err := b.probe.caughtUp()
	if err := errors.Join(failed, unseen, err); err != nil {
		return err
	}
	b.answered += int64(len(lookups.took))
	fmt.Printf("  %s: %.1f s; lookups %s, max %v; the service used %.1f s of CPU, %v; caught up %.1f s later\n", c.name+said,
		took.Seconds(),
		&lookups, slices.Max(append(lookups.took, 0)).Round(100*time.Microsecond), (seen[len(seen)-1].cpu - seen[0].cpu).Seconds(),
		seen.most(),
		behind.Seconds())
	if c.most > 0 && took > c.most {
		return fmt.Errorf("took %.1f s, may take %.1f", took.Seconds(), c.most.Seconds())
	}
	return nil
}

// pour asks at a fixed rate until the end; each lookup's time counts from when it was due.
func (t *tally) pour(ask func(n int) (int, error), rate float64, end <-chan struct{}) {
	const bundle = 10 * time.Millisecond // what is due within it starts together
	var wg sync.WaitGroup
	defer wg.Wait()
	n, begun := 0, time.Now()
	for due := begun; ; due = due.Add(bundle) {
		select {
		case <-end:
			return
		case <-time.After(time.Until(due)):
		}
		for ; float64(n) < rate*due.Sub(begun).Seconds(); n++ {
			wg.Go(func() { t.note(ask, n, due) })
		}
	}
}

// most is the most memory and log that was seen.
func (c course) most() string {
	var memory, log int64
	for _, s := range c {
		memory, log = max(memory, s.memory), max(log, s.log)
	}
	return fmt.Sprintf("memory %d MB, write-ahead log %d MB", memory>>20, log>>20)
}

// chores are all of them; round tells those of one rate from another's, so that each brings something new.
func (b *bench) chores(dir string, round int) (all []chore, err error) {
	files, err := os.MkdirTemp(dir, "chores-")
	if err != nil {
		return nil, err
	}
	var made demo.Result
	raw, err := os.ReadFile(filepath.Join(dir, "demo.json"))
	if err == nil {
		err = json.Unmarshal(raw, &made)
	}
	if err != nil {
		return nil, err
	}
	to := func(name string) string { return filepath.Join(files, name) }
	config := filepath.Join(dir, "provider.toml")
	run := func(name string, args ...string) chore {
		return chore{name: name, do: func() (string, error) { return command(nil, append(args, "--config", config)...) }}
	}
	imports := func(name, file string) chore {
		c := run(name, "population", "import", to(file))
		c.most = time.Duration(*residents) * importRow
		return c
	}
	for name, every := range map[string]int{"one.csv": 50, "all.csv": 1} {
		if err := writePeople(to(name), every, fmt.Sprint(" LT ", round)); err != nil {
			return nil, err
		}
	}
	officer, err := b.visitor(made, "officer", "dinpertan")
	if err != nil {
		return nil, err
	}
	admin, err := b.visitor(made, "auditor", "")
	if err != nil {
		return nil, err
	}
	rows, err := b.rows(round)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	older := int(besideRates[len(besideRates)-1]) / round // each round archives days that the one before left
	year := []string{"GAPURA_CLOCK_START=" + now.AddDate(1, 0, 2).Format(time.RFC3339)}
	return []chore{
		imports("import of a full set, one of 50 rows changed", "one.csv"),
		imports("import of a full set, each row changed", "all.csv"),
		{name: "a table of 5,000 rows of data balikan, read and sent", do: func() (string, error) { return officer.upload(rows) }},
		run("half-year report", "report", "semester", "--agency", "dinpertan", "--semester", obligation.SemesterOf(now).String(), "--out",
			to("report")),
		run("backup", "backup", "--out", to("backup")),
		{name: "pages of the console, one after the other", do: func() (string, error) { return admin.pages(besideAlone) }},
		{name: "archive", do: func() (string, error) { // of what this year holds, by the clock of the next
			return command(year, "journal", "archive", "--agency", "dinpertan", "--before",
				now.AddDate(0, 0, -1-older).Format(time.DateOnly),
				"--letter", "400.12/9/2026", "--config", config)
		}},
	}, nil
}

// command runs one of the program's and says how much processor time and memory it took.
func command(env []string, args ...string) (string, error) {
	c := exec.Command("bin/gapura", args...)
	c.Env = append(os.Environ(), env...)
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	used := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	said := fmt.Sprintf(" (%.1f s of CPU", used.Seconds())
	if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		said += fmt.Sprintf(", memory %d MB", u.Maxrss>>10)
	}
	return said + ")", nil
}

// writePeople writes the district's residents as a file, the address of each of so many with something behind it.
func writePeople(file string, every int, behind string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	var people iter.Seq[population.Person] = func(yield func(population.Person) bool) {
		n := 0
		for p := range population.Generate(*residents, 1, "3303") {
			if n++; n%every == 0 {
				p.Address += behind
			}
			if !yield(p) {
				return
			}
		}
	}
	return errors.Join(population.WriteCSV(f, people), f.Close())
}

// rows is a table of data balikan about persons who are looked up.
func (b *bench) rows(round int) ([]byte, error) {
	niks, err := os.ReadFile(b.get("NIKS"))
	if err != nil {
		return nil, err
	}
	var table bytes.Buffer
	table.WriteString("NIK;NOMOR;JENIS_BANTUAN\r\n")
	for i, n := range strings.Fields(string(niks))[:5000] {
		fmt.Fprintf(&table, "%s;B-%d-%d;PUPUK\r\n", n, round, i)
	}
	return table.Bytes(), nil
}

// A visitor is somebody at the service's pages.
type visitor struct {
	*http.Client
	url string
}

// visitor signs somebody of a role in.
func (b *bench) visitor(made demo.Result, role, agency string) (visitor, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return visitor{}, err
	}
	v := visitor{&http.Client{Jar: jar}, b.url}
	i := slices.IndexFunc(made.Logins, func(l demo.Login) bool { return l.Role == role && (agency == "" || l.Agency == agency) })
	if i < 0 {
		return v, fmt.Errorf("the district has no %s", role)
	}
	login := made.Logins[i]
	if _, err := v.read(v.PostForm(b.url+"/masuk", url.Values{"user": {login.User}, "password": {login.Password}})); err != nil {
		return v, err
	}
	if login.TOTPSecret != "" {
		_, err = v.read(v.PostForm(b.url+"/masuk/kode", url.Values{"kode": {party.TOTPCode(login.TOTPSecret, time.Now())}}))
	}
	return v, err
}

func (v visitor) read(r *http.Response, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", r.Request.URL.Path, r.Status)
	}
	return io.ReadAll(r.Body)
}

// pages looks at pages for so long.
func (v visitor) pages(d time.Duration) (string, error) {
	var took []time.Duration
	paths := []string{"/konsol", "/konsol/dasbor", "/konsol/jurnal", "/konsol/jurnal/dinpertan", "/konsol/balikan", "/konsol/laporan",
		"/konsol/kepatuhan", "/konsol/data-penduduk", "/konsol/instansi/dinpertan"}
	for begun := time.Now(); time.Since(begun) < d; {
		at := time.Now()
		if _, err := v.read(v.Get(v.url + paths[len(took)%len(paths)])); err != nil {
			return "", err
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	return fmt.Sprintf(" (%d; p50 %v p99 %v)", len(took), part(took, 50), part(took, 99)), nil
}

// upload brings a table: the preview, and then what it showed.
func (v visitor) upload(rows []byte) (string, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	w, err := form.CreateFormFile("berkas", "balikan.csv")
	if err == nil {
		_, err = w.Write(rows)
	}
	if err := errors.Join(err, form.Close()); err != nil {
		return "", err
	}
	begun := time.Now()
	page, err := v.read(v.Post(v.url+"/balikan/unggah", form.FormDataContentType(), &body))
	if err != nil {
		return "", err
	}
	if !bytes.Contains(page, []byte("/balikan/kirim")) {
		return "", errors.New("the table was not taken")
	}
	shown := time.Since(begun)
	if _, err = v.read(v.PostForm(v.url+"/balikan/kirim", url.Values{"data": {string(rows)}})); err != nil {
		return "", err
	}
	return fmt.Sprintf(" (shown after %.1f s)", shown.Seconds()), nil
}
