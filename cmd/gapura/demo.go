package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"filippo.io/age"

	"gapura/demo"
	"gapura/internal/config"
)

type demoCommand struct {
	Dir          string `required:"" placeholder:"DIR" help:"Folder of the demo; made if it is not there."`
	Listen       string `default:"127.0.0.1:8080" help:"Address of the provider; port 0 takes a free one."`
	Loket        string `default:"127.0.0.1:8081" help:"Address of the agency's desk."`
	Residents    int    `default:"10000" help:"How many invented residents."`
	Seed         uint64 `default:"1" help:"The same seed gives the same district."`
	Database     string `placeholder:"URL" help:"PostgreSQL URL of an empty database; SQLite in DIR without it."`
	Clock        string `placeholder:"TIME" help:"Start at this time (RFC 3339) instead of now."`
	ExitAfterSet bool   `name:"exit-after-setup" help:"Set up and end."`
}

// demoFile is DIR/demo.json.
type demoFile struct {
	Provider struct {
		URL string `json:"url"`
		PID int    `json:"pid"`
	} `json:"provider"`
	Desk struct {
		URL string `json:"url"`
		Dir string `json:"dir"`
	} `json:"desk"`
	demo.Result
}

func (c demoCommand) Run() error {
	if c.Residents < 1 {
		return errors.New("--residents: want at least 1")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return fmt.Errorf("--dir: %w", err)
	}
	p, result, err := c.open(ctx)
	if err != nil {
		return err
	}
	if c.ExitAfterSet {
		defer p.store.Close()
		return errors.Join(c.writeDesk("http://"+c.Listen, c.Loket), c.tell("http://"+c.Listen, "http://"+c.Loket, result))
	}
	return c.serve(ctx, stop, p, result)
}

// open opens the district in the folder, which is set up when nothing has been set up there to its end.
func (c demoCommand) open(ctx context.Context) (p *provider, result demo.Result, err error) {
	saved, err := os.ReadFile(c.setupFile())
	fresh := errors.Is(err, os.ErrNotExist)
	if err != nil && !fresh {
		return nil, result, err
	}
	text, err := c.configuration()
	if err != nil {
		return nil, result, err
	}
	// The configuration is written at each start: address and clock may differ from the last.
	file := filepath.Join(c.Dir, "provider.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, result, fmt.Errorf("write configuration: %w", err)
	}
	cfg, err := config.Load(file)
	if err != nil {
		return nil, result, err
	}
	if fresh {
		if err = c.clear(); err == nil {
			err = createInstallation(ctx, cfg)
		}
		if err != nil {
			return nil, result, err
		}
	}
	if p, err = openProvider(ctx, cfg); err != nil {
		return nil, result, err
	}
	if fresh {
		result, err = c.setUp(ctx, p)
	} else if err = json.Unmarshal(saved, &result); err != nil {
		err = fmt.Errorf("read %s: %w", c.setupFile(), err)
	}
	if err != nil {
		p.store.Close()
	}
	return p, result, err
}

// recipient is the line of both configurations that says to whom backups are encrypted. The identity, which an office keeps elsewhere, is
// DIR/backup.age; it is made when it is not there.
func (c demoCommand) recipient() (string, error) {
	file := filepath.Join(c.Dir, "backup.age")
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		made, err := age.GenerateX25519Identity()
		if err != nil {
			return "", err
		}
		text = []byte(made.String() + "\n")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return "", err
		}
	} else if err != nil {
		return "", err
	}
	i, err := age.ParseX25519Identity(strings.TrimSpace(string(text)))
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return fmt.Sprintf("backup_recipients = [%q]\n", i.Recipient().String()), nil
}

// setupFile is what demo.json tells of the district; it is there when the set-up came to its end.
func (c demoCommand) setupFile() string { return filepath.Join(c.Dir, "setup.json") }

// clear removes what an interrupted set-up left: it is of no use.
func (c demoCommand) clear() error {
	for _, old := range []string{"desk", "desk.key", "gapura.db", "gapura.db-wal", "gapura.db-shm", "gapura-population.db",
		"gapura-population.db-wal", "gapura-population.db-shm", "gapura-derived.db", "gapura-derived.db-wal", "gapura-derived.db-shm",
		"gapura.key"} {
		if err := os.RemoveAll(filepath.Join(c.Dir, old)); err != nil {
			return err
		}
	}
	return nil
}

func (c demoCommand) setUp(ctx context.Context, p *provider) (demo.Result, error) {
	result, err := demo.Build(ctx, p.store, p.now(), c.Residents, c.Seed, progressOn(os.Stderr))
	if err != nil {
		return result, fmt.Errorf("set up the district: %w", err)
	}
	if err = c.buildDesk(ctx, p, &result); err != nil {
		return result, fmt.Errorf("set up the desk: %w", err)
	}
	saved, err := json.MarshalIndent(result, "", "  ")
	if err == nil {
		err = os.WriteFile(c.setupFile(), saved, 0o600)
	}
	if err != nil {
		err = fmt.Errorf("write %s: %w", c.setupFile(), err)
	}
	return result, err
}

// tell writes DIR/demo.json. It is renamed into place: whoever waits for the file never reads half of it.
func (c demoCommand) tell(addr, desk string, result demo.Result) error {
	f := demoFile{Result: result}
	f.Provider.URL, f.Provider.PID = addr, os.Getpid()
	f.Desk.URL, f.Desk.Dir = desk, filepath.Join(c.Dir, "desk")
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	target := filepath.Join(c.Dir, "demo.json")
	if err := os.WriteFile(target+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(target+".new", target)
}

// serve runs both sides until ctx ends; stop ends it. The desk starts when the provider's address is known, and ends before it.
func (c demoCommand) serve(ctx context.Context, stop func(), p *provider, result demo.Result) error {
	var beside error
	var desk sync.WaitGroup
	err := p.serve(ctx, func(addr string) {
		if beside = c.writeDesk(addr, c.Loket); beside != nil {
			stop()
			return
		}
		l, err := openLoket(ctx, filepath.Join(c.Dir, "desk.toml"))
		if err != nil {
			beside = err
			stop()
			return
		}
		desk.Go(func() {
			defer stop()
			beside = l.serve(ctx, func(at string) {
				if beside = c.tell(addr, at, result); beside != nil {
					stop()
					return
				}
				c.print(addr, at, result)
			})
		})
	})
	stop()
	desk.Wait()
	return errors.Join(err, beside)
}

// writeDesk writes DIR/desk.toml.
func (c demoCommand) writeDesk(provider, listen string) error {
	var b strings.Builder
	for _, kv := range [][2]string{
		{"listen", listen}, {"dir", "desk"}, {"keys", "desk.key"}, {"provider", provider}, {"agency", demo.DeskAgency},
		{"office", demo.DeskOffice}, {"notice", demo.Notice}, {"clock_start", c.Clock},
		{"government", "Pemerintah Kabupaten Purbalingga"}, {"address", "Jalan Contoh Nomor 1, Purbalingga"}, {"place", "Purbalingga"},
		{"card_reader", demo.DeskReader}, {"card_kind", "chip"}, {"backup_dir", "cadangan-loket"},
	} {
		fmt.Fprintf(&b, "%s = %s\n", kv[0], strconv.Quote(kv[1]))
	}
	recipient, err := c.recipient()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(c.Dir, "desk.toml"), []byte(b.String()+recipient), 0o600); err != nil {
		return fmt.Errorf("write configuration of the desk: %w", err)
	}
	return nil
}

// buildDesk fills the desk's folder, before the provider serves.
func (c demoCommand) buildDesk(ctx context.Context, p *provider, result *demo.Result) error {
	if err := c.writeDesk("http://"+c.Listen, c.Loket); err != nil {
		return err
	}
	file := filepath.Join(c.Dir, "desk.toml")
	cfg, err := config.LoadDesk(file)
	if err != nil {
		return err
	}
	if err := createDesk(ctx, cfg); err != nil {
		return err
	}
	l, err := openLoket(ctx, file)
	if err != nil {
		return err
	}
	return errors.Join(demo.BuildDesk(ctx, l.db, p.store.Registry, c.Seed, l.now(), result), l.db.Close())
}

func (c demoCommand) configuration() (string, error) {
	database := "gapura.db"
	if c.Database != "" {
		database = c.Database
	}
	var b strings.Builder
	for _, kv := range [][2]string{
		{"listen", c.Listen}, {"database", database}, {"keys", "gapura.key"}, {"office", demo.Office}, {"notice", demo.Notice},
		{"clock_start", c.Clock},
		{"government", "Pemerintah Kabupaten Purbalingga"}, {"address", "Jalan Contoh Nomor 1, Purbalingga"}, {"place", "Purbalingga"},
		{"official", "Dra. Kusumaningrum Adiwinata"}, {"official_id", "19700101 199503 2 001"}, {"backup_dir", "cadangan"},
	} {
		fmt.Fprintf(&b, "%s = %s\n", kv[0], strconv.Quote(kv[1]))
	}
	recipient, err := c.recipient()
	return b.String() + recipient, err
}

func (c demoCommand) print(addr, desk string, r demo.Result) {
	if u, err := url.Parse(addr); err == nil {
		addr = u.String()
	}
	fmt.Printf("\nGapura demo, ready.\n\n  Portal  %s\n  Loket   %s\n\n  %-22s %-12s %-20s %s\n", addr, desk, "user", "role", "password",
		"secret for an authenticator")
	for _, l := range r.Logins {
		fmt.Printf("  %-22s %-12s %-20s %s\n", l.User, l.Role, l.Password, l.TOTPSecret)
	}
	fmt.Printf("\n  A NIK to try: %s\n  More in %s\n\n", r.Sample.Found[0], filepath.Join(c.Dir, "demo.json"))
}
