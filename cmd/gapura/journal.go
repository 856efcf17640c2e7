package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gapura/config"
	"gapura/journal"
)

type journalCommand struct {
	Export journalExport `cmd:"" help:"Write an agency's log with its checkpoint and key into an empty folder."`
	Verify journalVerify `cmd:"" help:"Check an exported log offline."`
	Prove  journalProve  `cmd:"" help:"Print the receipt of a record."`
	Check  journalCheck  `cmd:"" help:"Check a receipt offline."`
}

type journalExport struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Agency string `required:"" help:"Code of the agency; the provider's own code gives its log."`
	Out    string `required:"" placeholder:"DIR" help:"Empty folder."`
}

// withLog opens the provider and signs what is unsigned, so that the newest checkpoint covers the whole log.
func withLog(file string, do func(ctx context.Context, p *provider) error) error {
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
	if _, err := p.notary.Sign(ctx); err != nil {
		return err
	}
	return do(ctx, p)
}

func (c journalExport) Run() error {
	return withLog(c.Config, func(ctx context.Context, p *provider) error {
		agency, _, found, err := p.store.InstitutionByCode(ctx, c.Agency)
		if err != nil {
			return err
		}
		if !found {
			return refusal{errors.New("--agency: no such agency")}
		}
		signer, err := p.notary.Signer(agency.Code)
		if err != nil {
			return err
		}
		signed, size, found, err := p.store.LastCheckpoint(ctx, agency.ID, 0)
		if err != nil {
			return err
		}
		if !found {
			return refusal{errors.New("the log is empty")}
		}
		x, err := journal.NewExporter(c.Out)
		if err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		kept, err := p.store.Checkpoints(ctx, agency.ID)
		if err != nil {
			return err
		}
		if err := x.Expect(kept, signer.VerifierKey()); err != nil {
			return tampered(err)
		}
		err = p.store.Leaves(ctx, agency.ID, 0, size, x.Add)
		if err == nil {
			err = x.Finish(signed, signer.VerifierKey())
		}
		if errors.Is(err, journal.ErrTree) {
			err = &journal.Tampered{Place: journal.CheckpointFile, Why: "the records do not give the root that was signed"}
		}
		if err != nil {
			return tampered(err)
		}
		fmt.Printf("%d entries of %s/%s\n", size, p.cfg.JournalName, agency.Code)
		return nil
	})
}

// tampered makes a log that is not whole a refusal: the command did its work, and the answer is no.
func tampered(err error) error {
	if _, ok := errors.AsType[*journal.Tampered](err); ok {
		return refusal{fmt.Errorf("tampered: %w", err)}
	}
	return err
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
		return tampered(&journal.Tampered{Place: journal.KeyFile, Why: "cannot be read"})
	}
	var old []byte
	if c.Since != "" {
		if old, err = os.ReadFile(c.Since); err != nil {
			return fmt.Errorf("--since: %w", err)
		}
	}
	point, err := journal.Verify(os.DirFS(c.Dir), key, old, progressCount(os.Stderr))
	if err != nil {
		return tampered(err)
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
	return withLog(c.Config, func(ctx context.Context, p *provider) error {
		signed, size, found, err := p.store.LastCheckpoint(ctx, id.Log, id.Seq+1)
		if err != nil {
			return err
		}
		if !found {
			return refusal{errors.New("no such record")}
		}
		var entry []byte
		if err := p.store.Leaves(ctx, id.Log, id.Seq, id.Seq+1, func(e []byte) error { entry = e; return nil }); err != nil {
			return tampered(err)
		}
		receipt, err := journal.NewReceipt(entry, id.Seq, size, signed, func(from, n int64) ([]journal.Hash, error) {
			return p.store.LeafHashes(ctx, id.Log, from, n)
		})
		if err != nil {
			return err
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
