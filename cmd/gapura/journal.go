package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gapura/journal"
)

type journalCommand struct {
	Export journalExport `cmd:"" help:"Write an agency's log with its checkpoint and key into an empty folder."`
	Verify journalVerify `cmd:"" help:"Check an exported log offline."`
	Prove  journalProve  `cmd:"" help:"Print the receipt of a record."`
	Check  journalCheck  `cmd:"" help:"Check a receipt offline."`
	Forget journalForget `cmd:"" help:"Destroy the NIKs of old records for good; the log goes on verifying."`
}

type journalExport struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Agency string `required:"" help:"Code of the agency; the provider's own code gives its log."`
	Out    string `required:"" placeholder:"DIR" help:"Empty folder."`
}

func (c journalExport) Run() error {
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		agency, _, found, err := p.store.InstitutionByCode(ctx, c.Agency)
		if err != nil {
			return err
		}
		if !found {
			return refusal{errors.New("--agency: no such agency")}
		}
		point, err := p.notary.Export(ctx, agency.ID, agency.Code, c.Out)
		if err != nil {
			return denied(err)
		}
		fmt.Printf("%d entries of %s\n", point.Size, point.Origin)
		return nil
	})
}

// denied makes a log that is not whole, or not there, a refusal: the command did its work, and the answer is no.
func denied(err error) error {
	if errors.Is(err, journal.ErrNoRecord) {
		return refusal{err}
	}
	if _, ok := errors.AsType[*journal.Tampered](err); ok {
		return refusal{fmt.Errorf("tampered: %w", err)}
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
		agency, _, found, err := p.store.InstitutionByCode(ctx, c.Agency)
		if err != nil {
			return err
		}
		if !found {
			return refusal{errors.New("--agency: no such agency")}
		}
		n, err := p.store.ForgetNIKs(ctx, fromHere(p, c.Letter), agency.ID, before)
		if err != nil {
			return err
		}
		fmt.Printf("%d NIKs destroyed\n", n)
		return nil
	})
}

type journalVerify struct {
	Dir   string `arg:"" help:"Folder of the exported log."`
	Since string `placeholder:"OLD_CHECKPOINT" help:"A checkpoint that was kept: the log must go on from it."`
	Key   string `placeholder:"KEY" help:"Verifier key, or a file with it, known from elsewhere; without it the one in the folder."`
}

func (c journalVerify) Run() error {
	if st, err := os.Stat(c.Dir); err != nil || !st.IsDir() {
		return fmt.Errorf("%s is not a folder", c.Dir)
	}
	key, err := verifierKey(c.Key, filepath.Join(c.Dir, journal.KeyFile))
	if err != nil {
		return denied(&journal.Tampered{Place: journal.KeyFile, Why: "cannot be read"})
	}
	var old []byte
	if c.Since != "" {
		if old, err = os.ReadFile(c.Since); err != nil {
			return fmt.Errorf("--since: %w", err)
		}
	}
	point, err := journal.Verify(os.DirFS(c.Dir), key, old, progressCount(os.Stderr))
	if err != nil {
		return denied(err)
	}
	fmt.Printf("whole: %s, %d entries\n", point.Origin, point.Size)
	return nil
}

// verifierKey takes a key as it is, or from a file; the fallback is a file's path.
func verifierKey(given, fallback string) (string, error) {
	if strings.Contains(given, "+") {
		return given, nil
	}
	if given == "" {
		given = fallback
	}
	b, err := os.ReadFile(given)
	return strings.TrimSuffix(string(b), "\n"), err
}

// progressCount tells how many entries were checked, on a terminal only.
func progressCount(f *os.File) func(int64) {
	show := progressOn(f)
	if show == nil {
		return nil
	}
	return func(n int64) {
		if n%65536 == 0 {
			show(int(n))
		}
	}
}

type journalProve struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Record string `arg:"" help:"Number of the record, for instance 7-1284."`
}

func (c journalProve) Run() error {
	id, err := journal.ParseID(c.Record)
	if err != nil {
		return fmt.Errorf("RECORD: %w", err)
	}
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		receipt, err := p.notary.Receipt(ctx, id)
		if err != nil {
			return denied(err)
		}
		_, err = os.Stdout.Write(receipt)
		return err
	})
}

type journalCheck struct {
	Receipt string `arg:"" help:"File of the receipt."`
	Key     string `required:"" placeholder:"KEY" help:"Verifier key of the log, or a file with it."`
}

func (c journalCheck) Run() error {
	receipt, err := os.ReadFile(c.Receipt)
	if err != nil {
		return err
	}
	key, err := verifierKey(c.Key, "")
	if err != nil {
		return fmt.Errorf("--key: %w", err)
	}
	entry, id, point, err := journal.CheckReceipt(receipt, key)
	if err != nil {
		return refusal{err}
	}
	fmt.Printf("%s\nrecord %s is in %s, signed with %d entries\n", entry, id, point.Origin, point.Size)
	return nil
}
