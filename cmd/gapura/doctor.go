package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/config"
	"gapura/internal/keyring"
	"gapura/internal/notify"
	"gapura/internal/pki"
	"gapura/internal/space"
	"gapura/office/procedure"
)

type doctorCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
}

// A finding is one line of the doctor: what was looked at, whether it is well, and what was seen or is to be done.
type finding struct {
	what string
	well bool
	says string
}

// Run looks at everything that a lookup needs and says in words what is wrong; exit code 1 when something is.
func (c doctorCommand) Run() error {
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	ill := 0
	for _, f := range append([]finding{configurationFinding(c.Config)}, examine(context.Background(), cfg, time.Now())...) {
		mark := "ok  "
		if !f.well {
			mark, ill = "FAIL", ill+1
		}
		fmt.Printf("%s  %-12s %s\n", mark, f.what, f.says)
	}
	if ill > 0 {
		return refusal{fmt.Errorf("%d of the checks failed", ill)}
	}
	return nil
}

func examine(ctx context.Context, cfg config.Provider, now time.Time) []finding {
	list := []finding{keysFinding(cfg)}
	list = append(list, databaseFindings(ctx, cfg)...)
	return append(list, consoleFinding(cfg), diskFinding(cfg), backupFinding(cfg, now), mailFinding(ctx, cfg), certificateFinding(cfg, now))
}

func wrong(what string, err error) finding { return finding{what, false, err.Error()} }

func configurationFinding(file string) finding {
	if err := keyring.Closed(file); err != nil {
		return wrong("config", err)
	}
	return finding{"config", true, "can be read by its owner and its group at most"}
}

func keysFinding(cfg config.Provider) finding {
	ring, err := keyring.Load(cfg.Keys)
	if err != nil {
		return wrong("keys", err)
	}
	if st, err := os.Stat(filepath.Dir(cfg.Keys)); err != nil || st.Mode().Perm()&0o022 != 0 {
		return finding{"keys", false, "others may write to the folder of the key file and could replace it"}
	}
	return finding{"keys", true, fmt.Sprintf("%d in the key file, which its owner and its group at most can read; keep a copy apart "+
		"from the database's backup", ring.Len())}
}

// clockSlack is how far a record may lie ahead of this machine's clock, for instance when it was written by another process's.
const clockSlack = 2 * time.Minute

func databaseFindings(ctx context.Context, cfg config.Provider) []finding {
	p, err := openProvider(ctx, cfg)
	if err != nil {
		return []finding{wrong("database", err)}
	}
	defer p.store.Close()
	now := p.now() // a demo's clock may be set
	var out []finding
	if err := p.store.Examine(ctx); err != nil {
		out = append(out, wrong("database", err))
	} else {
		out = append(out, finding{"database", true, "answers, is whole, and its schema is this program's"})
	}
	out = append(out, sealedFinding(ctx, "segel", p.keys, p.store.Sealing.Parts()), derivedFinding(ctx, p), registryFinding(ctx, p, now))
	newest, err := p.store.Journal.Newest(ctx)
	switch {
	case err != nil:
		out = append(out, wrong("clock", err))
	case newest.After(now.Add(clockSlack)):
		out = append(out, finding{"clock", false, fmt.Sprintf(
			"this machine's clock is behind the newest record by %s: quotas and dates go wrong; set it by NTP",
			newest.Sub(now).Round(time.Second))})
	default:
		out = append(out, finding{"clock", true, now.Format(time.RFC3339) + ", not behind any record"})
	}
	out = append(out, rightsFinding(ctx, p), administratorsFinding(ctx, p), witnessFinding(ctx, p))
	_, err = p.notary.Sign(ctx)
	if err = errors.Join(err, p.notary.Reread(ctx, doctorReads)); err != nil {
		return append(out, finding{"journal", false, strings.ReplaceAll(err.Error(), "\n", "; ")})
	}
	read := int64(0)
	for log := range p.store.Journal.Anchor().Logs() {
		if r := p.notary.Round(log); r.Whole.IsZero() {
			read += r.Done
		} else {
			read += r.Size
		}
	}
	return append(out, finding{"journal", true, fmt.Sprintf("every log goes on from its last checkpoint; %d old entries were read again",
		read)})
}

// doctorReads is how long old entries are read again: some hundred thousand. gapura serve and gapura journal export read all.
const doctorReads = 5 * time.Second

// derivedFinding tells of what is filled behind the journal: how large it is, and how much is still to be taken in.
func derivedFinding(ctx context.Context, p *provider) finding {
	s, err := p.store.Derived.State(ctx)
	if err != nil {
		return wrong("derived", err)
	}
	says := fmt.Sprintf("index of uses, expectations and sums: %d entries of the journal are still to be taken in", s.Behind)
	if s.Building {
		says = fmt.Sprintf("index of uses, expectations and sums are being made anew from the journal: %d %% done; figures are not shown "+
			"until then", s.Progress.Percent())
	}
	if s.Bytes > 0 {
		says += fmt.Sprintf("; %.1f MB", float64(s.Bytes)/1e6)
	}
	return finding{"derived", true, says}
}

// rightsFinding holds all rights against the logs.
func rightsFinding(ctx context.Context, p *provider) finding {
	if err := p.store.Rights.LookAround(ctx, 0); err != nil {
		return wrong("hak", err)
	}
	bad := p.store.Rights.Unexplained()
	if len(bad) == 0 {
		return finding{"hak", true, "setiap hak dijelaskan oleh catatan terakhirnya dalam jurnal"}
	}
	var list []string
	for _, log := range slices.Sorted(maps.Keys(bad)) {
		list = append(list, strings.ReplaceAll(bad[log].Error(), "\n", "; "))
	}
	return finding{"hak", false, strings.Join(list, "; ") + ". Jangan mengubah apa pun; amankan basis data dan cadangan, lalu jalankan " +
		"gapura journal replay"}
}

// administratorsFinding warns when no administrator more is there than a decision needs: whoever leaves then leaves nobody to decide.
func administratorsFinding(ctx context.Context, p *provider) finding {
	n, err := p.store.Credentials.Deciders(ctx)
	if err != nil {
		return wrong("admins", err)
	}
	staff, err := p.store.Users.UsersOfAgency(ctx, party.Provider, "", 1000)
	if err != nil {
		return wrong("admins", err)
	}
	says := fmt.Sprintf("%d administrators with password and second factor can decide", n)
	switch founded := procedure.Founded(staff); {
	case n < 2 && founded:
		return finding{"admins", false, says + ": a decision needs two people; nothing can be decided until another has set up a second " +
			"factor, or is made by a case that an operator files"}
	case n < 2:
		return finding{"admins", true, "WARNING: " + says + ": the office begins with two (gapura user admin), each with a second factor"}
	case n == 2:
		return finding{"admins", true, "WARNING: " + says + ": when one leaves, nobody can decide; appoint a third by the case " +
			"“User ID staf Dinas Dukcapil”"}
	}
	return finding{"admins", true, says}
}

// witnessFinding tells of witnesses outside the office that do not cosign. It is ill only where nothing goes out without them.
func witnessFinding(ctx context.Context, p *provider) finding {
	if p.gather == nil {
		return finding{"witnesses", true, "WARNING: none outside the office are configured (witnesses): only agencies' desks and kept " +
			"checkpoints would show a log that was rewritten with its key"}
	}
	list, err := p.store.Witness.Witnesses(ctx)
	if err != nil {
		return wrong("witnesses", err)
	}
	var missing []string
	for _, w := range list {
		if w.Active && !w.Failed.IsZero() {
			missing = append(missing, fmt.Sprintf("%s since %s: %s", w.Name, w.Failed.Format(time.RFC3339), w.Failure))
		}
	}
	if len(missing) > 0 {
		return finding{"witnesses", !p.notary.Demand, "WARNING: " + strings.Join(missing, "; ")}
	}
	return finding{"witnesses", true, fmt.Sprintf("%d outside the office, none is known to fail", len(p.gather.Policy.Witnesses))}
}

// registryFinding warns of an own registry without the Director General's leave (A10): population data are the central service's.
func registryFinding(ctx context.Context, p *provider, now time.Time) finding {
	if p.cfg.UpstreamURL != "" {
		return finding{"registry", true, "another service is asked; the own registry answers nothing"}
	}
	leave, err := p.store.Registry.Leave(ctx)
	switch {
	case err != nil:
		return wrong("registry", err)
	case leave.Holds(party.WIB.Day(now)):
		return finding{"registry", true, "own, by leave of the Director General until " + leave.Until.Format(time.DateOnly)}
	}
	return finding{"registry", true, "WARNING: the own registry answers without a leave of the Director General that holds today; record " +
		"the letter in the console (Pengaturan, Data penduduk), or set upstream_url"}
}

// consoleFinding mentions a console that is open to every network; an office may mean it so.
func consoleFinding(cfg config.Provider) finding {
	if len(cfg.ConsoleNetworks) == 0 {
		return finding{"console", true, "console_networks is not set: the office's staff sign in from every network"}
	}
	return finding{"console", true, "the office's staff sign in from " + strings.Join(cfg.ConsoleNetworks, ", ")}
}

// diskSpare is the space that must be left: a busy year of records of one agency.
const diskSpare = 2 << 30

func diskFinding(cfg config.Provider) finding {
	if strings.Contains(cfg.Database, "://") {
		return finding{"disk", true, "the database is on a server; look at its disk there"}
	}
	free, err := space.Free(filepath.Dir(cfg.Database))
	if err != nil {
		return wrong("disk", err)
	}
	return finding{"disk", free >= diskSpare, fmt.Sprintf("%.1f GB free beside the database, %d GB are needed", float64(free)/1e9,
		diskSpare>>30)}
}

func mailFinding(ctx context.Context, cfg config.Provider) finding {
	if cfg.SMTPHost == "" {
		return finding{"mail", true, "no server is configured: e-mails wait in the queue"}
	}
	if err := notify.NewSender(nil, smtpOf(cfg), time.Now, nil).Reach(ctx); err != nil {
		return wrong("mail", err)
	}
	return finding{"mail", true, cfg.SMTPHost + " takes our e-mails"}
}

func smtpOf(cfg config.Provider) notify.SMTP {
	return notify.SMTP{Host: cfg.SMTPHost, Port: cfg.SMTPPort, User: cfg.SMTPUser, Password: cfg.SMTPPassword, From: cfg.SMTPFrom,
		TLS: cfg.SMTPTLS}
}

// certificateDays is how long before its end a certificate is told: letters for a new one take a while.
const certificateDays = 30

func certificateFinding(cfg config.Provider, now time.Time) finding {
	if cfg.TLSCertificate == "" {
		return finding{"certificate", true, "none: TLS ends at the reverse proxy, or this is a machine of its own"}
	}
	if err := keyring.Closed(cfg.TLSKey); err != nil {
		return wrong("certificate", err)
	}
	if _, err := tls.LoadX509KeyPair(cfg.TLSCertificate, cfg.TLSKey); err != nil {
		return wrong("certificate", err)
	}
	c, err := pki.Certificate(cfg.TLSCertificate)
	if err != nil {
		return wrong("certificate", err)
	}
	days := int(c.NotAfter.Sub(now).Hours() / 24)
	return finding{"certificate", days >= certificateDays && !now.Before(c.NotBefore), fmt.Sprintf("valid until %s, %d days",
		c.NotAfter.Format(time.DateOnly), days)}
}
