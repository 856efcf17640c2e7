package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"gapura/access/abuse"
	"gapura/access/access"
	"gapura/access/guard"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store"
)

type login struct {
	Agency, Token string
	Purposes      []string
}

// oldLogin is a path of the legacy wire with the password that comes with each call.
type oldLogin struct{ Agency, Path, Dialect, User, Password string }

// setUp makes an invented district in the folder.
func setUp(demo string) error {
	args := []string{"demo", "--dir", demo, "--listen", "127.0.0.1:0", "--loket", "127.0.0.1:0", "--residents", strconv.Itoa(*residents)}
	if *database != "" {
		args = append(args, "--database", *database)
	}
	begun := time.Now()
	if out, err := exec.Command("bin/gapura", append(args, "--exit-after-setup")...).CombinedOutput(); err != nil {
		return fmt.Errorf("set up: %w\n%s", err, out)
	}
	fmt.Printf("set up an invented district of %d residents: %.1f s\n", *residents, time.Since(begun).Seconds())
	return nil
}

// environment is what wrk's scripts are told: whom to ask for, and as whom. The agency's code comes with it.
func environment(dir, demo string) (env []string, agency string, err error) {
	var config struct {
		API    []login
		Legacy []oldLogin
	}
	raw, err := os.ReadFile(filepath.Join(demo, "demo.json"))
	if err != nil {
		return nil, "", err
	}
	if err := json.Unmarshal(raw, &config); err != nil {
		return nil, "", err
	}
	user := config.API[slices.IndexFunc(config.API, func(l login) bool { return l.Agency == "dinpertan" })]
	other := config.API[slices.IndexFunc(config.API, func(l login) bool { return l.Agency != user.Agency })]
	for _, l := range []login{user, other} {
		if err := tolerate(demo, l.Agency); err != nil {
			return nil, "", err
		}
	}
	niks := filepath.Join(dir, "niks")
	if err := sample(niks, 200_000); err != nil {
		return nil, "", err
	}
	old := config.Legacy[slices.IndexFunc(config.Legacy, func(l oldLogin) bool { return l.Agency == "dinpertan" && l.Dialect == "D1" })]
	return append(os.Environ(), "NIKS="+niks, "TOKEN="+user.Token, "PURPOSE="+user.Purposes[0], "LEGACY_PATH="+old.Path,
		"OTHER_TOKEN="+other.Token, "OTHER_PURPOSE="+other.Purposes[0], "USER_ID="+old.User, "PASSWORD="+old.Password), user.Agency, nil
}

// timeDataset makes the residents as a file and imports them into a registry of their own.
func timeDataset(dir string) error {
	people, registry := filepath.Join(dir, "people.csv"), filepath.Join(dir, "registry.toml")
	begun := time.Now()
	if out, err := exec.Command("bin/gapura", "population", "generate", "--residents", strconv.Itoa(*residents), "--seed", "1", "--out",
		people).CombinedOutput(); err != nil {
		return fmt.Errorf("generate: %w\n%s", err, out)
	}
	fmt.Printf("generate %d residents as CSV: %.1f s\n", *residents, time.Since(begun).Seconds())
	config := fmt.Sprintf("database = %q\nkeys = %q\n", filepath.Join(dir, "registry.db"), filepath.Join(dir, "registry.key"))
	if err := os.WriteFile(registry, []byte(config), 0o600); err != nil {
		return err
	}
	if out, err := exec.Command("bin/gapura", "init", "--config", registry).CombinedOutput(); err != nil {
		return fmt.Errorf("init: %w\n%s", err, out)
	}
	begun = time.Now()
	if out, err := exec.Command("bin/gapura", "population", "import", "--config", registry, people).CombinedOutput(); err != nil {
		return fmt.Errorf("import: %w\n%s", err, out)
	}
	fmt.Printf("import them: %.1f s\n", time.Since(begun).Seconds())
	return nil
}

// sample writes NIKs of residents all over the district.
func sample(file string, n int) error {
	rng := rand.New(rand.NewPCG(7, 7))
	var b bytes.Buffer
	for p := range population.Generate(*residents, 1, "3303") {
		if rng.Float64() < float64(n)/float64(*residents) {
			b.WriteString(p.NIK.Digits() + "\n")
		}
	}
	return os.WriteFile(file, b.Bytes(), 0o600)
}

func openStore(demo string) (*store.DB, error) {
	keys, err := keyring.Load(filepath.Join(demo, "gapura.key"))
	if err != nil {
		return nil, err
	}
	url := *database
	if url == "" {
		url = filepath.Join(demo, "gapura.db")
	}
	return store.Open(context.Background(), store.Options{URL: url, Keys: keys})
}

// tolerate switches off what would rightly stop one user with thousands of lookups a second. BenchmarkWatchCost in store measures the
// Watcher.
func tolerate(demo, agency string) error {
	s, err := openStore(demo)
	if err != nil {
		return err
	}
	defer s.Close()
	ctx := context.Background()
	i, _, ok, err := s.Institutions.InstitutionByCode(ctx, agency)
	if err != nil || !ok {
		return fmt.Errorf("agency %s: %v", agency, err)
	}
	set := guard.Settings{}
	for r := abuse.Decoy + 1; r <= abuse.Shared; r++ {
		set.Off = append(set.Off, r.String())
	}
	return s.Guard.SetAbuseSettings(ctx, journal.Change{At: time.Now(), Reason: "measurement"}, i.ID, set)
}

func countHits(demo, agency string) (int64, error) {
	s, err := openStore(demo)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	var n int64
	now := time.Now()
	rows, err := s.Rights.Quotas(context.Background(), now)
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		if r.Standing.Institution.Code == agency {
			for _, day := range []time.Time{now, now.AddDate(0, 0, -1)} {
				hits, err := s.Rights.Hits(context.Background(), r.Standing.Institution.ID, r.Standing.Institution.Zone.Day(day))
				if err != nil {
					return 0, err
				}
				n += int64(hits.Of(nil))
			}
		}
	}
	return n, nil
}

// fillEach is after how many records what is derived takes them in: while they are still held.
const fillEach = 20_000

// history writes records of the last days as lookups leave them, and lets what is derived from them keep up.
func history(demo, agency string, n, days int) error {
	s, err := openStore(demo)
	if err != nil {
		return err
	}
	defer s.Close()
	ctx, begun := context.Background(), time.Now()
	i, _, ok, err := s.Institutions.InstitutionByCode(ctx, agency)
	if err != nil || !ok {
		return fmt.Errorf("agency %s: %v", agency, err)
	}
	version, err := s.Rights.Version(ctx)
	if err != nil {
		return err
	}
	users, err := s.Users.UsersOfAgency(ctx, i.ID, "", 50)
	if err != nil {
		return err
	}
	people := make([]nik.NIK, 0, *residents)
	for p := range population.Generate(*residents, 1, "3303") {
		people = append(people, p.NIK)
	}
	rng, first, at := rand.New(rand.NewPCG(3, 3)), begun.AddDate(0, 0, -days), begun
	entries := make([]*journal.Entry, 0, 256)
	for k := range n {
		at = first.Add(time.Duration(float64(k) / float64(n) * float64(days-1) * 24 * float64(time.Hour)))
		r := journal.Record{At: at, Act: journal.ActLookup, User: users[k%len(users)].ID, Method: agreement.API, Purpose: "riwayat",
			Reference: "H-" + strconv.Itoa(k), NIK: people[rng.IntN(len(people))], Outcome: string(access.Found), Hit: true}
		entries = append(entries, &journal.Entry{Log: i.ID, Day: party.WIB.Day(at), Rights: version,
			Decide: func(int) journal.Record { return r }})
		if len(entries) == cap(entries) || k == n-1 {
			if err := s.Journal.AppendRecords(ctx, entries); err != nil {
				return err
			}
			entries = entries[:0]
		}
		if (k+1)%fillEach == 0 {
			if err := s.Derived.Fill(ctx); err != nil {
				return err
			}
		}
		if (k+1)%1_000_000 == 0 && k+1 < n {
			fmt.Printf("  %d million records after %.0f s\n", (k+1)/1_000_000, time.Since(begun).Seconds())
		}
	}
	if err := s.Derived.Fill(ctx); err != nil {
		return err
	}
	fmt.Printf("history of %d records over %d days: written and taken in by what is derived in %.0f s\n", n, days,
		time.Since(begun).Seconds())
	return nil
}
