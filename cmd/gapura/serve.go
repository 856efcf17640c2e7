package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/access/guard"
	"gapura/desk/client"
	"gapura/internal/config"
	"gapura/internal/keyring"
	"gapura/internal/notify"
	"gapura/internal/reseal"
	"gapura/internal/space"
	"gapura/journal/journal"
	"gapura/journal/witness"
	"gapura/office/office"
	"gapura/office/outage"
	"gapura/office/procedure"
	"gapura/store"
	"gapura/web/server"
)

type serveCommand struct {
	Config      string `required:"" placeholder:"FILE" help:"Configuration file."`
	AcceptClock bool   `help:"Start though the clock is behind the newest record: that one was wrong. It is recorded."`
}

func (c serveCommand) Run() error {
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	if err := keyring.Closed(c.Config); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p, err := openProvider(ctx, cfg)
	if err != nil {
		return err
	}
	if err := p.mayStart(ctx, c.AcceptClock); err != nil {
		return errors.Join(err, p.store.Close())
	}
	return p.serve(ctx, func(addr string) { fmt.Println("gapura listens on", addr) })
}

// A provider is the wired program.
type provider struct {
	cfg    config.Provider
	keys   *keyring.Ring
	store  *store.DB
	writer *journal.Writer
	office *office.Office
	mailer *notify.Sender
	notary *journal.Notary
	gather *witness.Gatherer // nil: no witnesses outside are configured
	guard  *guard.Guard
	// sealing takes new keys of the key file into use.
	sealing *reseal.Worker
	disk    *space.Disk
	lately  lately        // what the background could not do
	outages *outage.Board // what is announced
	log     *slog.Logger
	now     func() time.Time
	phone   func() time.Time // the time that authenticators go by
	began   time.Time        // when it was opened
	// restored is when the installation last went on from a backup.
	restored client.Restored

	metrics   *server.Metrics
	limiter   *access.Limiter // one for all doors
	authority *access.Authority
	address   string          // that people open
	strangers admission.Tally // failures that wait for their sum's record
}

func openProvider(ctx context.Context, cfg config.Provider) (*provider, error) {
	now, err := clock(cfg.ClockStart)
	if err != nil {
		return nil, err
	}
	keys, st, err := openInstallation(ctx, cfg)
	if err != nil {
		return nil, err
	}
	p := &provider{cfg: cfg, keys: keys, store: st, now: now, phone: time.Now, began: now(), log: slog.New(slog.NewTextHandler(os.Stderr,
		nil))}
	signers, err := keys.Signers("journal")
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	p.notary = &journal.Notary{Store: st.Journal, Anchor: st.Journal.Anchor(), Name: cfg.JournalName, Keys: signers, Now: now}
	if err := p.witnesses(); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	procedures := procedure.Defaults()
	if cfg.Procedures != "" {
		own, err := procedure.Read(os.DirFS(cfg.Procedures), ".")
		if err != nil {
			return nil, errors.Join(err, st.Close())
		}
		procedures = append(procedures, own...)
	}
	smtp := smtpOf(cfg)
	if err := smtp.Check(); err != nil {
		return nil, errors.Join(fmt.Errorf("configuration: %w", err), st.Close())
	}
	if p.restored.At, p.restored.Since, err = st.Journal.Restored(ctx); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	st.Cases.Region = cfg.Region
	p.mailer = notify.NewSender(st.Mails, smtp, now, p.log)
	stamp, err := keys.Indexer("letter")
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	p.office = &office.Office{
		Store: st.Office(), Stamp: stamp.Index, Procedures: procedures, Now: now, Wake: p.mailer.Wake,
		Details: office.Details{
			Government: cfg.Government, Name: cfg.Office, Address: cfg.Address, Place: cfg.Place, Official: cfg.Official,
			OfficialPosition: cfg.OfficialPosition, OfficialID: cfg.OfficialID, LetterClass: cfg.LetterClass, URL: cfg.URL,
			Email: cfg.OfficeEmail, Ministry: cfg.MinistryEmail,
		},
	}
	p.sealing, p.disk = p.resealer(), p.watchDisk()
	p.outages = &outage.Board{Read: st.Outages.Standing, Now: func() time.Time { return p.now() }, Log: p.log}
	p.guard = guard.New(st.Guard, p.office)
	return p, nil
}

// withProvider opens the provider for a command and closes it after.
func withProvider(file string, do func(ctx context.Context, p *provider) error) error {
	cfg, err := config.Load(file)
	if err != nil {
		return err
	}
	ctx := context.Background()
	p, err := openProvider(ctx, cfg)
	if err != nil {
		return err
	}
	defer p.store.Close()
	return do(ctx, p)
}

// clock is the machine's, or one that starts at the given time now.
func clock(start string) (func() time.Time, error) {
	if start == "" {
		return time.Now, nil
	}
	t, err := time.Parse(time.RFC3339, start)
	if err != nil {
		return nil, errors.New("clock: want RFC 3339, for instance 2026-11-23T09:00:00+07:00")
	}
	begin := time.Now()
	return func() time.Time { return t.Add(time.Since(begin)) }, nil
}

// leastThreads is how many threads run Go code at least. Each commit, checkpoint and read of a page is a call into the system; on two cores
// what came back from one would wait for a whole turn of what is running, which the system's scheduler shares out in smaller ones.
const leastThreads = 4

// runTogether has at least so many threads. GOMAXPROCS still rules when it is set.
func runTogether() {
	if os.Getenv("GOMAXPROCS") == "" && runtime.GOMAXPROCS(0) < leastThreads {
		runtime.GOMAXPROCS(leastThreads)
	}
}

// collectLessOften lets the heap, of which some 20 MB live under load, grow to four times that before it is collected, and more often again
// when memory becomes short. GOGC and GOMEMLIMIT still rule when they are set.
func collectLessOften() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(160 << 20)
	}
}

// serve answers until ctx ends, then finishes what is under way: requests first, then the journal, then the database.
func (p *provider) serve(ctx context.Context, ready func(addr string)) error {
	defer p.store.Close()
	if err := noCore(); err != nil {
		return err
	}
	if err := errors.Join(p.enlist(ctx), p.store.Connect(ctx)); err != nil {
		return err
	}
	collectLessOften()
	runTogether()
	defer p.record()()
	defer p.background()()
	doors, address, err := p.listen(ctx)
	if err != nil {
		return err
	}
	ready(address)
	return server.Run(ctx, doors...)
}
