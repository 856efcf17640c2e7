package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"gapura/internal/config"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/journal/witness"
	"gapura/office/office"
	"gapura/store"
	"gapura/web/peer"
	"gapura/web/server"
)

type witnessCommand struct {
	Serve   witnessServe   `cmd:"" help:"Be a witness: answer C2SP tlog-witness add-checkpoint for the logs of witness_logs."`
	Key     witnessKey     `cmd:"" help:"Print this witness's verifier key, which those whose logs it witnesses put into their policy."`
	Logs    witnessLogs    `cmd:"" help:"Print the verifier keys of this office's logs, which its witnesses put into their lists."`
	Replace witnessReplace `cmd:"" help:"Take a witness's new key, which its old key has signed."`
}

// cosignersOf are the witness's keys: the newest, and the one before it until the next change, so that those who still hold only the older
// one are served.
func cosignersOf(cfg config.Provider) (list []*journal.Cosigner, err error) {
	ring, err := keyring.Load(cfg.Keys)
	if err != nil {
		return nil, err
	}
	keys, err := ring.Signers("witness")
	if err != nil {
		return nil, err
	}
	for _, key := range keys[:min(2, len(keys))] {
		c, err := journal.NewCosigner(cfg.WitnessName, key)
		if err != nil {
			return nil, fmt.Errorf("witness_name: %w", err)
		}
		list = append(list, c)
	}
	return list, nil
}

type witnessKey struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
}

// Run makes the key file of an office that has no installation of its own, and the witness's memory, when they are not there.
func (c witnessKey) Run() error {
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	if _, err := os.Stat(cfg.Keys); errors.Is(err, fs.ErrNotExist) {
		there, err := store.Present(context.Background(), cfg.Database)
		if err != nil {
			return err
		}
		if !there { // else the installation's key file is lost, and a new one would open nothing
			if err := keyring.Create(cfg.Keys); err != nil {
				return err
			}
		}
	}
	list, err := cosignersOf(cfg)
	if err != nil {
		return err
	}
	if err := witness.BeginState(cfg.WitnessState); err != nil {
		return err
	}
	fmt.Println(list[0].VerifierKey())
	if len(list) > 1 {
		older, key := list[1], list[0].VerifierKey()
		fmt.Printf("# in place of %s, which signed the new one:\n# %s\n", older.VerifierKey(),
			older.Vouch(witness.Succession(older.VerifierKey(),
				key)))
	}
	return nil
}

type witnessServe struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
}

func (c witnessServe) Run() error {
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	if err := keyring.Closed(c.Config); err != nil {
		return err
	}
	if err := noCore(); err != nil {
		return err
	}
	list, err := cosignersOf(cfg)
	if err != nil {
		return err
	}
	if err := witness.CheckState(cfg.WitnessState); err != nil {
		return refusal{fmt.Errorf("%w (a new witness begins it with: gapura witness key --config %s)", err, c.Config)}
	}
	logs, err := witness.ReadLogs(cfg.WitnessLogs)
	if err != nil {
		return fmt.Errorf("witness_logs: %w", err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	s := &witness.Server{Cosigners: list, LogsFile: cfg.WitnessLogs, File: cfg.WitnessState, Now: time.Now, Log: log}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", cfg.WitnessListen)
	if err != nil {
		return fmt.Errorf("witness_listen: %w", err)
	}
	scheme, addr := "http", listener.Addr().String()
	if cfg.TLSCertificate != "" {
		scheme = "https"
		certificate, err := liveCertificate(cfg.TLS, cfg.Hosts, log)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		go renewing(ctx, certificate)
		listener = server.Secure(listener, certificate.Get, cfg.LeastTLS(), false)
	}
	srv := server.HTTP(server.Private(peer.Resolver{Trusted: cfg.Trusted}, s.Handler()))
	srv.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	fmt.Printf("witness %s of %d logs listens on %s://%s\n", cfg.WitnessName, len(logs), scheme, addr)
	return server.Run(ctx, server.Door{Server: srv, Listener: listener})
}

type witnessLogs struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
}

func (c witnessLogs) Run() error {
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		logs, err := p.store.Journal.Logs(ctx, journal.AllLogs)
		if err != nil {
			return err
		}
		for _, l := range logs {
			s, err := p.notary.Signer(l.Code)
			if err != nil {
				return err
			}
			fmt.Println(s.VerifierKeys())
		}
		return nil
	})
}

type witnessReplace struct {
	Config    string `required:"" placeholder:"FILE" help:"Configuration file."`
	Name      string `required:"" help:"Name of the witness in the policy."`
	Key       string `required:"" placeholder:"KEY" help:"Its new verifier key, or a file with it."`
	Signature string `placeholder:"BASE64" help:"The old key's signature under the new one, as gapura witness key prints it."`
	Approval  string `placeholder:"FILE" help:"Instead of it, where the old key is lost: the approval of two administrators (console)."`
	Letter    string `required:"" help:"Number of the letter with which it came."`
}

func (c witnessReplace) Run() error {
	key, err := cosignerKey(c.Key)
	if err != nil {
		return err
	}
	var approval []byte
	switch {
	case (c.Signature == "") == (c.Approval == ""):
		return errors.New("--signature or --approval must be given, not both")
	case c.Approval != "":
		if approval, err = os.ReadFile(c.Approval); err != nil {
			return fmt.Errorf("--approval: %w", err)
		}
	}
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		if err := p.store.Witness.ReplaceWitness(ctx, fromHere(p, c.Letter), c.Name, key, c.Signature, approval); err != nil {
			return refusal{err}
		}
		fmt.Println("the new key is recorded; put it into the policy file and restart every process")
		return nil
	})
}

// readPolicy reads a policy file; no name, no policy.
func readPolicy(file string) (*journal.Policy, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--policy: %w", err)
	}
	p, err := journal.ParsePolicy(text)
	if err != nil {
		return nil, fmt.Errorf("--policy %s: %w", file, err)
	}
	return p, nil
}

// keyOfPolicy is the policy's verifier keys of the log in a folder; empty: it names none.
func keyOfPolicy(p *journal.Policy, dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, journal.CheckpointFile))
	if err != nil {
		return "" // told when the folder is checked
	}
	origin, _, _ := strings.Cut(string(text), "\n")
	keys, _ := p.LogKeys(origin)
	return keys
}

func tellCosigners(list []journal.Cosignature) {
	for _, c := range list {
		fmt.Printf("cosigned by %s at %s\n", c.Witness, c.At.UTC().Format(time.RFC3339))
	}
}

// witnesses reads who cosigns the office's logs from outside, and wires them.
func (p *provider) witnesses() error {
	if p.cfg.Witnesses == "" {
		return nil
	}
	text, err := os.ReadFile(p.cfg.Witnesses)
	if err != nil {
		return fmt.Errorf("configuration: witnesses: %w", err)
	}
	policy, err := journal.ParsePolicy(text)
	if err != nil {
		return fmt.Errorf("configuration: witnesses: %s: %w", p.cfg.Witnesses, err)
	}
	for _, w := range policy.Witnesses {
		if u, err := url.Parse(w.URL); w.URL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && !isLoopback(u.Hostname())) {
			return fmt.Errorf("configuration: witnesses: %s: want https://host; in clear to this machine only", w.Name)
		}
	}
	p.gather = &witness.Gatherer{
		Store: p.store.Witness, Notary: p.notary, Policy: policy, Client: &http.Client{Timeout: 30 * time.Second}, Now: time.Now,
		Log: p.log,
		Alarm: func(ctx context.Context, log int64, text string) error {
			i, err := p.store.Institutions.Institution(ctx, log)
			if err != nil {
				return err
			}
			return office.RemindersOf(p.office).Alarm(ctx, i, p.now(), text)
		},
	}
	p.notary.Witnesses, p.notary.Policy, p.notary.Demand = p.gather, policy, p.cfg.WitnessMissing == "stop"
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// enlist records the witnesses of the configuration.
func (p *provider) enlist(ctx context.Context) error {
	var list []journal.PolicyWitness
	if p.gather != nil {
		list = p.gather.Policy.Witnesses
	}
	c := fromHere(p, "")
	c.Reason = "berkas kebijakan saksi; " + c.Reason
	return p.store.Witness.Enlist(ctx, c, list)
}

// withWitnesses is withProvider for a command that hands checkpoints out.
func withWitnesses(file string, do func(ctx context.Context, p *provider) error) error {
	return withProvider(file, func(ctx context.Context, p *provider) error {
		if err := p.enlist(ctx); err != nil {
			return refusal{err}
		}
		return do(ctx, p)
	})
}
