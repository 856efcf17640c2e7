//go:build !race

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gapura/internal/config"
	"gapura/internal/notify"
	"gapura/office/office"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store/storetest"
	"gapura/test/life"
)

// TestTwoYears lives two years and two months of a district from an empty installation on, through console and API alone, on both engines.
func TestTwoYears(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		before := processorTime(t)
		life.Live(newWorld(t, url))
		// By the processor's time, so that a busy machine fails nothing: a quiet one lives them in a little more.
		if took := processorTime(t) - before; took > 5*time.Minute {
			t.Errorf("the two years took %s of this process, the bound is 5m", took)
		} else {
			t.Logf("%s of this process", took.Round(time.Second))
		}
	})
}

// processorTime is what this process has used so far, its own and the system's on its behalf.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// newWorld is an empty installation, wired as gapura serve does it, whose clock the story sets.
func newWorld(t *testing.T, url string) *life.World {
	dir := t.TempDir()
	c := demoCommand{Dir: dir, Listen: "127.0.0.1:0", Clock: life.Begin.Format(time.RFC3339)}
	if strings.HasPrefix(url, "postgres") {
		c.Database = url
	}
	post := life.OpenPost(t)
	file := filepath.Join(dir, "provider.toml")
	mail := fmt.Sprintf("smtp_host = \"127.0.0.1\"\nsmtp_port = %d\nsmtp_from = \"gapura@dukcapil.example\"\nsmtp_tls = \"none\"\n"+
		"office_email = \"kantor@dukcapil.example\"\n",
		post.Port)
	text, err := c.configuration()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text+mail), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := createInstallation(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	p, err := openProvider(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.store.Close() })
	at := life.Begin
	p.now = func() time.Time { return at }
	p.phone, p.office.Now, p.notary.Now, p.log = p.now, p.now, p.now, slog.New(slog.DiscardHandler)
	p.mailer = notify.NewSender(p.store.Mails, smtpOf(cfg), p.now, p.log)
	p.guard.Sleep = func(context.Context, time.Duration) {
		t.Errorf("%s: an honest lookup is slowed", at.Format(time.DateOnly))
	}
	t.Cleanup(p.record())
	people := residents(t)
	if _, err := p.store.Registry.Import(t.Context(), population.Import{Report: population.Report{Kind: population.Full}, At: at,
		Rows: population.Rows(slices.Values(people))}); err != nil {
		t.Fatal(err)
	}
	w := &life.World{T: t, Handler: p.handler(), Now: p.now, Set: func(to time.Time) { at = to }, Post: post}
	for _, r := range people {
		if r.Status == population.Alive {
			w.People = append(w.People, r.NIK.Digits())
		}
	}
	w.Look = func() {
		ctx := context.Background()
		if err := errors.Join(office.RemindersOf(p.office).Look(ctx), p.store.Derived.Fill(ctx)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.mailer.Deliver(ctx); err != nil {
			t.Fatal(err)
		}
	}
	w.Admin = func(name, login, nip string) string {
		return printed(t, func() error {
			return adminCommand{Config: file, Letter: "821/1/2025", Name: name, NIP: nip, Login: login}.Run()
		})
	}
	return w
}

// residents are some thousand whose numbers are spread as those of a district are: in a list of this size nearly all serials would be the
// first.
func residents(t *testing.T) (out []population.Person) {
	rng, has := rand.New(rand.NewPCG(3, 3)), map[nik.NIK]bool{}
	for p := range population.Generate(2000, 7, demoRegency) {
		n, err := nik.Parse(p.NIK.Digits()[:12] + fmt.Sprintf("%04d", serial(rng)))
		if err != nil {
			t.Fatal(err)
		}
		if p.NIK = n; !has[n] {
			has[n] = true
			out = append(out, p)
		}
	}
	return out
}

// printed is what a command writes on standard output.
func printed(t *testing.T, run func() error) string {
	t.Helper()
	r, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stdout
	os.Stdout = out
	failed := run()
	os.Stdout = before
	out.Close()
	text, err := io.ReadAll(r)
	if failed != nil || err != nil {
		t.Fatal(failed, err)
	}
	return string(text)
}

// serial is a running number as those of one birthday in one sub-district are: mostly small.
func serial(rng *rand.Rand) int {
	n := 1
	for rng.IntN(10) < 6 && n < 30 {
		n++
	}
	return n
}
