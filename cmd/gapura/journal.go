package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/keyring"
	"gapura/journal/journal"
	"gapura/journal/witness"
)

type journalCommand struct {
	Export   journalExport   `cmd:"" help:"Write an agency's log with its checkpoint and key into an empty folder."`
	Verify   journalVerify   `cmd:"" help:"Check an exported log offline."`
	Prove    journalProve    `cmd:"" help:"Print the receipt of a record."`
	Check    journalCheck    `cmd:"" help:"Check a receipt offline; with --salt also that it is about the NIK on standard input."`
	Permits  journalPermits  `cmd:"" help:"Check the signed list of /untuk-penduduk.txt offline and print it."`
	Archive  journalArchive  `cmd:"" help:"Move old entries into signed archive files."`
	Forget   journalForget   `cmd:"" help:"Destroy the NIKs of old records for good; the log goes on verifying."`
	Replay   journalReplay   `cmd:"" help:"Rebuild all rights from the logs and compare; exit 1 with the first row that no entry explains."`
	Anchor   journalAnchor   `cmd:"" help:"Show what this machine knows of each log; with --approval begin that anew."`
	Cosigner journalCosigner `cmd:"" help:"Register the key with which an agency cosigns its log."`
	Cosign   journalCosign   `cmd:"" help:"The agency's side: watch the own log at the provider and cosign it."`
}

type journalExport struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Agency string `required:"" help:"Code of the agency; the provider's own code gives its log."`
	Out    string `required:"" placeholder:"DIR" help:"Empty folder."`
}

func (c journalExport) Run() error {
	return withWitnesses(c.Config, func(ctx context.Context, p *provider) error {
		agency, err := agencyOf(ctx, p, c.Agency)
		if err != nil {
			return err
		}
		if err := p.store.Rights.Explained(ctx, agency.ID); err != nil {
			return denied(err)
		}
		if err := readFromHere(ctx, p, "Jurnal "+agency.Code, "diekspor"); err != nil {
			return denied(err)
		}
		point, err := p.notary.Export(ctx, agency.ID, agency.Code, c.Out)
		if err != nil {
			return denied(err)
		}
		fmt.Printf("%d entries of %s\n", point.Size, point.Origin)
		if p.gather == nil {
			return nil
		}
		if _, err := journal.VerifyCosigned(os.DirFS(c.Out), "", p.gather.Policy, nil); err != nil {
			fmt.Fprintln(os.Stderr, "warning:", err)
		}
		return nil
	})
}

func agencyOf(ctx context.Context, p *provider, code string) (party.Institution, error) {
	i, _, found, err := p.store.Institutions.InstitutionByCode(ctx, code)
	if err == nil && !found {
		err = refusal{errors.New("--agency: no such agency")}
	}
	return i, err
}

// denied makes a log that is not whole, or not there, a refusal: the command did its work, and the answer is no.
func denied(err error) error {
	if errors.Is(err, journal.ErrNoRecord) {
		return refusal{err}
	}
	if _, ok := errors.AsType[*journal.Tampered](err); ok {
		return refusal{fmt.Errorf("tampered: %w", err)}
	}
	if errors.Is(err, journal.ErrUnwitnessed) {
		return refusal{err}
	}
	return err
}

type journalForget struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Agency string `required:"" help:"Code of the agency."`
	Before string `required:"" placeholder:"YYYY-MM-DD" help:"Records from before this day."`
	Letter string `required:"" help:"Number of the decision behind it."`
}

// keepAtLeast is how old a record must be before its NIK can be destroyed: residents may ask, and agencies owe data balikan, for a while.
const keepAtLeast = 365 * 24 * time.Hour

func (c journalForget) Run() error {
	before, err := time.Parse(time.DateOnly, c.Before)
	if err != nil {
		return errors.New("--before: want YYYY-MM-DD")
	}
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		if before.After(p.now().Add(-keepAtLeast)) {
			return refusal{errors.New("--before: NIKs are kept for at least a year")}
		}
		agency, err := agencyOf(ctx, p, c.Agency)
		if err != nil {
			return err
		}
		n, err := p.store.Journal.ForgetNIKs(ctx, fromHere(p, c.Letter), agency.ID, before)
		if err != nil {
			return err
		}
		fmt.Printf("%d NIKs destroyed\n", n)
		return nil
	})
}

type journalArchive struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Agency string `required:"" help:"Code of the agency; the provider's own code archives its log."`
	Before string `required:"" placeholder:"YYYY-MM-DD" help:"Entries from before this day."`
	Letter string `required:"" help:"Number of the decision behind it."`
}

// archiveAfter is how old an entry must be: what the console and the portal list, and what data balikan may still come for, stays in the
// database.
const archiveAfter = 365 * 24 * time.Hour

func (c journalArchive) Run() error {
	gentle()
	before, err := time.Parse(time.DateOnly, c.Before)
	if err != nil {
		return errors.New("--before: want YYYY-MM-DD")
	}
	return withWitnesses(c.Config, func(ctx context.Context, p *provider) error {
		if before.After(p.now().Add(-archiveAfter)) {
			return refusal{errors.New("--before: entries stay in the database for at least a year")}
		}
		agency, err := agencyOf(ctx, p, c.Agency)
		if err != nil {
			return err
		}
		a, err := p.notary.Archive(ctx, p.store.Journal, agency.ID, agency.Code, agency.Zone.Begin(before), fromHere(p, c.Letter))
		if err != nil {
			return denied(err)
		}
		if a == nil {
			fmt.Println("nothing to archive: entries go in whole bundles of 256")
			return nil
		}
		fmt.Printf("%d entries in %s\n", a.Size(), a.Dir())
		return nil
	})
}

type journalCosigner struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Agency string `required:"" help:"Code of the agency."`
	Key    string `required:"" placeholder:"KEY" help:"Verifier key that the agency's cosigner prints, or a file with it."`
	Letter string `required:"" help:"Number of the letter or BAST with which the key was handed over."`
}

func (c journalCosigner) Run() error {
	key, err := cosignerKey(c.Key)
	if err != nil {
		return err
	}
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		agency, err := agencyOf(ctx, p, c.Agency)
		if err != nil {
			return err
		}
		return p.store.Witness.SetCosigner(ctx, fromHere(p, c.Letter), agency.ID, key)
	})
}

type journalCosign struct {
	Keys      string        `required:"" placeholder:"FILE" help:"The cosigner's own key file; it is created when it is not there."`
	Name      string        `required:"" help:"Name of the cosigner, for instance dinpertan.example/loket."`
	PrintKey  bool          `help:"Print the verifier key, to be registered by the provider, and stop."`
	URL       string        `placeholder:"URL" help:"Address of the provider."`
	TokenFile string        `placeholder:"FILE" help:"File with the API token of a user of the agency."`
	LogKey    string        `placeholder:"KEY" help:"Verifier key of the log, or a file with it."`
	State     string        `placeholder:"FILE" help:"Keeps the last checkpoint seen. Never delete it: it is the memory of the log's past."`
	Every     time.Duration `default:"0" help:"Look again after this time; 0: look once."`
}

// Run exits 1 with the first look that finds the log changed.
func (c journalCosign) Run() error {
	if _, err := os.Stat(c.Keys); errors.Is(err, fs.ErrNotExist) {
		if err := keyring.Create(c.Keys); err != nil {
			return err
		}
	}
	ring, err := keyring.Load(c.Keys)
	if err != nil {
		return err
	}
	keys, err := ring.Signers("cosign")
	if err != nil {
		return err
	}
	cosigner, err := journal.NewCosigner(c.Name, keys[0])
	if err != nil {
		return fmt.Errorf("--name: %w", err)
	}
	if c.PrintKey {
		fmt.Println(cosigner.VerifierKey())
		return nil
	}
	if c.URL == "" || c.TokenFile == "" || c.LogKey == "" || c.State == "" {
		return errors.New("--url, --token-file, --log-key and --state must be given")
	}
	token, err := os.ReadFile(c.TokenFile)
	if err != nil {
		return fmt.Errorf("--token-file: %w", err)
	}
	logKey, err := verifierKey(c.LogKey, "")
	if err != nil {
		return fmt.Errorf("--log-key: %w", err)
	}
	w := &witness.Witness{
		URL: c.URL, Token: strings.TrimSpace(string(token)), Client: &http.Client{Timeout: 30 * time.Second}, Cosigner: cosigner,
		LogKeys: logKey, File: c.State, Now: time.Now,
	}
	for {
		point, err := w.Look(context.Background())
		switch {
		case err == nil:
			fmt.Printf("%s: %d entries, cosigned\n", point.Origin, point.Size)
		case c.Every == 0:
			return denied(err)
		default:
			if _, ok := errors.AsType[*journal.Tampered](err); ok {
				return denied(err)
			}
			fmt.Fprintln(os.Stderr, "gapura:", err) // the line is down; the next look tells
		}
		if c.Every == 0 {
			return nil
		}
		time.Sleep(c.Every)
	}
}
