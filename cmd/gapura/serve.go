package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/access/guard"
	"gapura/agreement/party/passkey"
	"gapura/desk/client"
	"gapura/exchange/balikan"
	"gapura/exchange/upstream"
	"gapura/internal/config"
	"gapura/internal/keyring"
	"gapura/internal/notify"
	"gapura/journal/journal"
	"gapura/journal/witness"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/person/population"
	"gapura/store"
	"gapura/web/api"
	"gapura/web/legacy"
	"gapura/web/peer"
	"gapura/web/portal"
	"gapura/web/server"
	"gapura/web/site"
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
	log    *slog.Logger
	now    func() time.Time
	phone  func() time.Time // the time that authenticators go by
	began  time.Time        // when it was opened
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
	p.office = &office.Office{
		Store: st.Office(), Procedures: procedures, Now: now, Wake: p.mailer.Wake,
		Details: office.Details{
			Government: cfg.Government, Name: cfg.Office, Address: cfg.Address, Place: cfg.Place, Official: cfg.Official,
			OfficialPosition: cfg.OfficialPosition, OfficialID: cfg.OfficialID, LetterClass: cfg.LetterClass, URL: cfg.URL,
			Email: cfg.OfficeEmail, Ministry: cfg.MinistryEmail,
		},
	}
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

// collectLessOften lets the heap, which is small here, grow to three times what lives in it before it is collected, and more often again
// when memory becomes short. Under load this costs 2 % of the processor time instead of the 1 % of five times, and spares 60 MB.
// GOGC and GOMEMLIMIT still rule when they are set.
func collectLessOften() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
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
	if err := p.enlist(ctx); err != nil {
		return err
	}
	collectLessOften()
	defer p.record()()
	defer p.background()()
	listener, err := net.Listen("tcp", p.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	scheme := "http"
	if p.cfg.TLSCertificate != "" {
		scheme = "https"
	}
	p.address = cmp.Or(p.cfg.URL, scheme+"://"+listener.Addr().String()) // with port 0 it is known only now
	srv := server.HTTP(p.handler())
	srv.ErrorLog = slog.NewLogLogger(p.log.Handler(), slog.LevelWarn)
	listeners := []net.Listener{listener}
	if p.cfg.TLSCertificate != "" {
		if listeners[0], err = server.Secure(listener, p.cfg.TLSCertificate, p.cfg.TLSKey, p.cfg.LeastTLS(), false); err != nil {
			return err
		}
	}
	if p.cfg.AgencyListen != "" {
		// An address of its own, because a browser that is asked for a certificate bothers its user.
		desks, err := net.Listen("tcp", p.cfg.AgencyListen)
		if err != nil {
			return fmt.Errorf("listen for desks: %w", err)
		}
		if desks, err = server.Secure(desks, p.cfg.TLSCertificate, p.cfg.TLSKey, p.cfg.LeastTLS(), true); err != nil {
			return err
		}
		listeners = append(listeners, desks)
	}
	ready(scheme + "://" + listener.Addr().String())
	return server.Run(ctx, srv, listeners...)
}

// record opens the journal for what happens; it is closed when all of it is written.
func (p *provider) record() (end func()) {
	p.metrics = server.NewMetrics()
	p.writer = journal.NewWriter(p.metrics.Commits(p.store.Journal))
	p.metrics.Journal(p.writer.Waiting, p.notary.Unsigned)
	p.metrics.Behind(p.store.Derived.Behind)
	p.limiter = access.NewLimiter(access.MostOwn, access.LineOwn)
	if p.cfg.UpstreamURL != "" {
		p.limiter = access.NewLimiter(access.MostUpstream, 0)
	}
	p.metrics.Lookups(p.limiter)
	p.authority = &access.Authority{
		Log: counted{p.writer, p.metrics}, Rights: p.store.Rights, Now: p.now, Networks: access.Networks{Office: p.cfg.Console,
			Citizens: p.cfg.Citizens},
		Stranger: func(_ access.Act, method string, from netip.Addr, c access.Code) {
			p.metrics.Outcome(method, string(c))
			p.strangers.Add(method, from, p.now())
		},
	}
	return func() {
		// Whoever failed in the last minute has a record too.
		if err := p.recordSums(context.Background(), p.now().Add(time.Minute)); err != nil {
			p.log.Error("journal: record strangers' failures", "err", err)
		}
		if err := p.authority.Flush(context.Background()); err != nil {
			p.log.Error("journal: record refusals", "err", err)
		}
		p.writer.Close()
	}
}

// recordSums writes the failures of strangers in minutes that are over at the instant.
func (p *provider) recordSums(ctx context.Context, at time.Time) error {
	return (&access.Gate{Rights: p.store.Rights, Log: counted{p.writer, p.metrics}, Strangers: &p.strangers}).RecordSums(ctx, at)
}

// source is where persons are found: the own registry, or another service over the legacy wire.
func (p *provider) source() population.Source {
	if p.cfg.UpstreamURL == "" {
		return p.store.Registry
	}
	return upstream.New(upstream.Config{URL: p.cfg.UpstreamURL, User: p.cfg.UpstreamUser, Password: p.cfg.UpstreamPassword,
		Timeout: upstreamTimeout, Log: p.log})
}

// upstreamTimeout is how long an officer waits at most for another service.
const upstreamTimeout = 5 * time.Second

// entry is how people and programs are let in.
func (p *provider) entry() *admission.Entry {
	e := admission.NewEntry(p.store.Accounts, p.store.Credentials, p.now)
	e.Issuer, e.Phone, e.Passkeys = p.cfg.Office, p.phone, passkeys(p.address, p.cfg.Office)
	e.Policy = p.store.Letters.PasswordPolicy
	return e
}

// passkeys is what passkeys are bound to at an address: its host name. This machine itself has one, localhost; any other IP address has
// none, and no passkeys.
func passkeys(address, name string) *passkey.Site {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.IsLoopback() {
		u.Host = net.JoinHostPort("localhost", u.Port())
	}
	site, err := passkey.New(u.String(), name)
	if err != nil {
		return nil
	}
	return site
}

// doors are the ways in, each with its table of routes.
type doors struct {
	people *portal.Portal
	rooms  []server.Room
	json   *api.API
	old    *legacy.Legacy
}

func (p *provider) doors() doors {
	resolver := peer.Resolver{Trusted: p.cfg.Trusted}
	gate := &access.Gate{
		Rights: p.store.Rights, Source: p.source(), Log: counted{p.writer, p.metrics}, Watch: p.guard, Now: p.now,
		Networks: p.authority.Networks, Strangers: &p.strangers, Readers: p.store.Institutions,
		Limiter: p.limiter,
	}
	entry := p.entry()
	intake := &balikan.Intake{Store: p.store.Deliveries(), Authority: p.authority}
	pages := site.New(site.Config{
		Entry: entry, Rights: p.store.Rights, Unread: func(ctx context.Context, v *site.Visitor) (int,
			error) {
			return p.store.Notices.Unread(ctx, v.User.ID)
		},
		May: p.authority.Allow, Read: p.authority.Read, Now: p.now, Peer: resolver.Addr, Secure: resolver.Secure, Provider: p.cfg.Office,
		DemoNote: p.cfg.Notice, Log: p.log,
	})
	people := &portal.Portal{Site: pages, Gate: gate, History: p.store.History(), Receipts: p.notary, Balikan: p.store.Balikan,
		Slips: p.store.Credentials, Intake: intake, Blank: time.Duration(p.cfg.BlankSeconds) * time.Second}
	if p.cfg.UpstreamURL == "" {
		people.Data = p.store.Registry
	}
	told := &access.Disclosure{Uses: p.store.Uses, Log: p.writer, Rights: p.store.Rights, Now: p.now}
	json := &api.API{
		Gate: gate, TestPersons: p.store.Canaries, Desks: p.store.Enrolment(), Admission: entry.Admission, Slips: p.store.Credentials,
		Tokens: p.store.Accounts, Peer: resolver.Addr, Notary: p.notary, Authority: p.authority, Intake: intake,
		Readers: p.store.Institutions, Cosigners: p.store.Witness, Alarm: p.office.Alarm, Tell: told, Log: p.log,
	}
	old := &legacy.Legacy{Gate: gate, Admission: entry.Admission, Profiles: p.store.Wire, Calls: p.store.Wire, Intake: intake,
		Peer: resolver.Addr, Log: p.log}
	return doors{people, p.rooms(pages, told), json, old}
}

// ready says why lookups cannot be answered: the database, or a log that is not what was signed.
func (p *provider) ready(ctx context.Context) error {
	return errors.Join(p.store.Ready(ctx), p.store.Journal.Anchor().Broken())
}

func (p *provider) handler() http.Handler {
	d := p.doors()
	return server.New(server.Config{
		Portal: d.people.Handler(), Rooms: d.rooms, API: d.json.Handler(), Legacy: d.old, Metrics: p.metrics,
		Ready: p.ready, Peer: d.old.Peer,
		Allowed: p.cfg.Allowed, Restored: p.restored.String(), Log: p.log,
	})
}

// counted counts outcomes on their way into the journal.
type counted struct {
	log     access.Log
	metrics *server.Metrics
}

func (c counted) Append(ctx context.Context, e *journal.Entry) error {
	err := c.log.Append(ctx, e)
	if err == nil {
		c.metrics.Outcome(e.Written.Method, e.Written.Outcome)
	}
	return err
}
