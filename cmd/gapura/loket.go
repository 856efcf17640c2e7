package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/desk/card"
	"gapura/desk/client"
	"gapura/desk/courier"
	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/internal/config"
	"gapura/internal/keyring"
	"gapura/internal/reseal"
	"gapura/office/outage"
	webdesk "gapura/web/desk"
	"gapura/web/peer"
	"gapura/web/server"
	"gapura/web/site"
)

type loketCommand struct {
	Run    loketRunCommand    `cmd:"" default:"withargs" help:"Run the agency's service desk."`
	Enrol  loketEnrolCommand  `cmd:"" help:"Exchange keys with the provider by its one-time code."`
	Scan   loketScanCommand   `cmd:"" help:"Search all that the desk keeps for the canary persons' values and write a signed certificate."`
	Check  scanCheckCommand   `cmd:"" help:"Check such a certificate."`
	Doctor loketDoctorCommand `cmd:"" help:"Look at the desk's keys, database, security log and enrolment."`
	User   loketUserCommand   `cmd:"" help:"Make a user of the desk and print the activation link."`
}

type loketRunCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file of the desk."`
}

func (c loketRunCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := keyring.Closed(c.Config); err != nil {
		return err
	}
	l, err := openLoket(ctx, c.Config)
	if err != nil {
		return err
	}
	return l.serve(ctx, func(addr string) { fmt.Println("gapura loket listens on", addr) })
}

type loketUserCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file of the desk."`
	Name   string `required:"" help:"Full name."`
	Role   string `default:"head" enum:"head,officer" help:"head or officer."`
	Login  string `arg:"" help:"The new user id."`
}

// Run makes a user of the desk and prints the slip. The first two get both halves here, as one: nobody is there yet to
// hand one over.
func (c loketUserCommand) Run() error {
	ctx := context.Background()
	l, err := openLoket(ctx, c.Config)
	if err != nil {
		return err
	}
	defer l.db.Close()
	id, err := l.db.AddUser(ctx, c.Login, c.Name, party.Role(c.Role), "", l.now())
	if errors.Is(err, deskdb.ErrLogin) {
		return refusal{err}
	}
	if err != nil {
		return err
	}
	slip, err := l.db.Slips.Issue(ctx, id, l.now())
	if err != nil {
		return err
	}
	printed, err := l.db.Slips.Print(ctx, slip, 0, l.now())
	if err != nil {
		return err
	}
	if printed.Second != "" {
		fmt.Println(l.address() + "/aktivasi/" + party.WholeSlip(printed.First, printed.Second))
		return nil
	}
	fmt.Println(l.address() + "/aktivasi/" + printed.First)
	fmt.Println("kode kedua: diambil pengguna lain di loket, Akun, Lembar rahasia")
	return nil
}

// A loket is the wired desk.
type loket struct {
	cfg     config.Desk
	keys    *keyring.Ring
	db      *deskdb.DB
	client  *client.Client
	way     card.Way
	lookout *lookout
	outages *outage.Board // what the provider announces
	now     func() time.Time
	log     *slog.Logger
}

// openLoket opens the data of a desk that gapura init made.
func openLoket(ctx context.Context, file string) (*loket, error) {
	cfg, err := config.LoadDesk(file)
	if err != nil {
		return nil, err
	}
	l := &loket{cfg: cfg, log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	if l.now, err = clock(cfg.ClockStart); err != nil {
		return nil, err
	}
	if !l.policy().Valid() {
		return nil, fmt.Errorf("configuration %s: password_min, password_kinds, password_days: want 0 to 64, 0 to 4, and 0 or 30 to 3650",
			file)
	}
	if l.way, err = cardWay(cfg); err != nil {
		return nil, err
	}
	connection, err := providerTLS(cfg)
	if err != nil {
		return nil, err
	}
	if l.client, err = client.New(client.Config{URL: cfg.Provider, TLS: connection,
		Timeout: time.Duration(cfg.TimeoutSeconds) * time.Second, Now: l.now}); err != nil {
		return nil, err
	}
	l.outages = &outage.Board{Read: l.client.Outages, Now: l.now, Log: slog.New(slog.DiscardHandler)} // the courier tells of the line
	if l.keys, l.db, err = openDesk(ctx, cfg); err != nil {
		return nil, err
	}
	if err := l.db.Services.Seed(ctx, desk.DefaultServices(), l.now()); err != nil {
		return nil, errors.Join(err, l.db.Close())
	}
	return l, nil
}

// outagesEvery is how often the desk asks what outages the provider plans.
const outagesEvery = time.Minute

// cardWay is the configured way to a card; nil: none.
func cardWay(cfg config.Desk) (card.Way, error) {
	switch cfg.CardKind {
	case "":
		return nil, nil
	case "chip":
		return card.Direct{Layout: card.DefaultLayout}, nil
	}
	s := card.Service{
		Name: cfg.CardName, Kind: card.Kind(cfg.CardKind), URL: cfg.CardURL, Remote: cfg.CardRemote == "yes", Request: cfg.CardRequest,
		Headers: map[string]string{}, Fields: map[string]string{},
	}
	for _, h := range cfg.CardHeaders {
		name, value, _ := strings.Cut(h, ":")
		s.Headers[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	for _, f := range cfg.CardFields {
		name, key, _ := strings.Cut(f, "=")
		s.Fields[strings.TrimSpace(name)] = strings.TrimSpace(key)
	}
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("configuration: card_*: %w", err)
	}
	return s, nil
}

// address is where people open the desk.
func (l *loket) address() string {
	switch {
	case l.cfg.URL != "":
		return strings.TrimRight(l.cfg.URL, "/")
	case l.cfg.TLSCertificate != "":
		return "https://" + l.cfg.Listen
	}
	return "http://" + l.cfg.Listen
}

func (l *loket) zone() party.Zone { return party.Zone(l.cfg.Zone) }

// serve answers until ctx ends, then finishes what is under way.
func (l *loket) serve(ctx context.Context, ready func(addr string)) error {
	defer l.db.Close()
	if err := noCore(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", l.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	scheme := "http"
	if l.cfg.TLSCertificate != "" {
		scheme = "https"
		certificate, err := liveCertificate(l.cfg.TLS, l.cfg.Hosts, l.log)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		go renewing(ctx, certificate)
		listener = server.Secure(listener, certificate.Get, l.cfg.LeastTLS(), false)
	}
	addr := scheme + "://" + listener.Addr().String()
	if l.cfg.URL == "" {
		l.cfg.URL = addr // with port 0 it is known only now
	}
	carrier := courier.New(l.db, l.client, l.now, l.log)
	var done sync.WaitGroup
	background, stop := context.WithCancel(context.Background())
	done.Go(func() { carrier.Run(background) })
	done.Go(func() { l.outages.Run(background, outagesEvery) })
	sealing := l.db.Sealing(l.keys)
	worker := &reseal.Worker{Keys: l.keys, Parts: sealing.Parts(), Kept: sealing, Rest: restAfter, Recount: recountEvery,
		Log: l.log}
	done.Go(func() { worker.Run(background, keysEvery) })
	daily, err := l.daily()
	if err != nil {
		stop()
		return errors.Join(err, listener.Close())
	}
	done.Go(func() { clearing(background, l.log, l.cfg.Dir, l.cfg.BackupDir) })
	if daily != nil {
		done.Go(func() { daily.Run(background) })
	}
	if l.lookout, err = newLookout(l); err != nil {
		stop()
		return errors.Join(err, listener.Close())
	}
	done.Go(func() {
		l.lookout.run(background, func(err error) { l.log.Error("journal: look at the agency's log", "err", err) })
	})
	defer done.Wait()
	defer stop()
	srv := server.HTTP(server.Private(peer.Resolver{}, l.handler(carrier)))
	srv.ErrorLog = slog.NewLogLogger(l.log.Handler(), slog.LevelWarn)
	ready(addr)
	return server.Run(ctx, server.Door{Server: srv, Listener: listener})
}

// entry is how the desk's people are let in, by the same rules as at the provider.
func (l *loket) entry(office party.Institution) *admission.Entry {
	e := admission.NewEntry(l.db.Accounts, l.db.Credentials, l.now)
	e.Issuer, e.Phone, e.Passkeys = "Loket "+office.Name, time.Now, passkeys(l.address(), "Loket "+office.Name)
	e.Policy = l.rules
	return e
}

// rules are what is asked of passwords at the desk: what two of the provider's people decided, and what the agency's file asks for beyond.
func (l *loket) rules(ctx context.Context) (party.Policy, error) {
	p, err := l.db.Enrolment.PasswordPolicy(ctx)
	return p.And(l.policy()), err
}

// policy is what the agency's file asks of passwords at its desk.
func (l *loket) policy() party.Policy {
	return party.Policy{Min: l.cfg.PasswordMin, Kinds: l.cfg.PasswordKinds, Days: l.cfg.PasswordDays}
}

func (l *loket) handler(carrier *courier.Courier) http.Handler {
	c := l.cfg
	office := party.Institution{ID: 1, Code: c.Agency, Name: c.Office, Zone: l.zone()}
	pages := &webdesk.Desk{
		Site: site.New(site.Config{
			May:   desk.Allow,
			Entry: l.entry(office), Rights: deskdb.Rights{DB: l.db, Office: office}, Now: l.now, Provider: c.Office, DemoNote: c.Notice,
			Outages: l.outages,
			Log:     l.log, Nav: webdesk.Nav, Guide: "/bantuan",
		}),
		DB: l.db, Provider: l.client, Wake: carrier.Wake, Zone: l.zone(), Way: l.way, Device: c.CardReader,
		Blank: time.Duration(c.BlankSeconds) * time.Second,
		Office: desk.Office{Government: c.Government, Name: c.Office, Address: c.Address, Place: c.Place, URL: l.address(),
			Official: c.Official, Position: c.OfficialPosition},
	}
	if l.lookout != nil {
		pages.Alarm = l.lookout.alarm
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.NewCrossOriginProtection().Handler(pages.Handler()))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return mux
}
