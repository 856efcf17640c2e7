package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/person/nik"
)

type journalVerify struct {
	Dir   string `arg:"" help:"Folder of the exported log."`
	Since string `placeholder:"OLD_CHECKPOINT" help:"A checkpoint that was kept: the log must go on from it."`
	Key   string `placeholder:"KEY" help:"Verifier key, or a file with it, known from elsewhere; without it the one in the folder."`

	Policy string `placeholder:"FILE" help:"C2SP tlog-policy: the log must be one of its logs and cosigned by its quorum of witnesses."`

	Document []string `placeholder:"FILE" help:"Scan of the signed agreement or of an addendum, repeatable: every access must rest on these."`
}

func (c journalVerify) Run() error {
	if st, err := os.Stat(c.Dir); err != nil || !st.IsDir() {
		return fmt.Errorf("%s is not a folder", c.Dir)
	}
	policy, err := readPolicy(c.Policy)
	if err != nil {
		return err
	}
	if c.Key == "" && policy != nil {
		c.Key = keyOfPolicy(policy, c.Dir)
	}
	// The key beside the log is a convenience: who has one from elsewhere needs none there, and who has none can judge nothing without it.
	_, missing := os.Stat(filepath.Join(c.Dir, journal.KeyFile))
	key, err := verifierKey(c.Key, filepath.Join(c.Dir, journal.KeyFile))
	switch {
	case err != nil && c.Key == "":
		return fmt.Errorf("%s is not in the folder: name the verifier key with --key", journal.KeyFile)
	case err != nil:
		return fmt.Errorf("--key: %w", err)
	case missing != nil:
		fmt.Fprintf(os.Stderr, "note: %s is not in the folder; the key that was named is used\n", journal.KeyFile)
	}
	var old []byte
	if c.Since != "" {
		if old, err = os.ReadFile(c.Since); err != nil {
			return fmt.Errorf("--since: %w", err)
		}
	}
	point, err := journal.Verify(os.DirFS(c.Dir), key, old, progressCount(os.Stderr))
	if untidy, ok := errors.AsType[*journal.Untidy](err); ok {
		if len(untidy.LineEnds) > 0 {
			return fmt.Errorf("the log is whole, but not its copy: %w; copy the folder again as it is (binary, not text)", err)
		}
		for _, name := range untidy.Stray {
			fmt.Fprintf(os.Stderr, "note: %s does not belong to the log\n", name)
		}
	} else if err != nil {
		return denied(err)
	}
	if policy != nil {
		by, err := journal.VerifyCosigned(os.DirFS(c.Dir), key, policy, old)
		if err != nil {
			return refusal{fmt.Errorf("the log is whole, but not cosigned as the policy asks: %w", err)}
		}
		tellCosigners(by)
	}
	if len(c.Document) > 0 {
		if err := restsOn(os.DirFS(c.Dir), point.Size, c.Document); err != nil {
			return err
		}
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
	return strings.TrimSuffix(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n"), err
}

// cosignerKey is the key that --key gives of somebody who cosigns.
func cosignerKey(given string) (string, error) {
	key, err := verifierKey(given, "")
	if err == nil {
		err = journal.CheckCosignerKey(key)
	}
	if err != nil {
		return "", fmt.Errorf("--key: %w", err)
	}
	return key, nil
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
	return withWitnesses(c.Config, func(ctx context.Context, p *provider) error {
		receipt, err := p.notary.Receipt(ctx, id)
		if err != nil {
			return denied(err)
		}
		if err := readFromHere(ctx, p, "Kuitansi "+id.String(), "dicetak"); err != nil {
			return denied(err)
		}
		if p.gather != nil {
			_, signed, _ := bytes.Cut(receipt, []byte("\n\n"))
			if _, err := p.gather.Policy.Demand(signed); err != nil {
				fmt.Fprintln(os.Stderr, "warning:", err)
			}
		}
		_, err = os.Stdout.Write(receipt)
		return err
	})
}

type journalCheck struct {
	Receipt string `arg:"" help:"File of the receipt."`
	Key     string `required:"" placeholder:"KEY" help:"Verifier key of the log, or a file with it."`
	Salt    string `placeholder:"BASE64" help:"Salt that the resident was given: the NIK on standard input must be the entry's."`
	Policy  string `placeholder:"FILE" help:"C2SP tlog-policy: the checkpoint must be of one of its logs and cosigned by its quorum."`
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
	policy, err := readPolicy(c.Policy)
	if err != nil {
		return err
	}
	entry, id, point, err := journal.CheckReceipt(receipt, key)
	if err != nil {
		return refusal{err}
	}
	if policy != nil {
		_, signed, _ := bytes.Cut(receipt, []byte("\n\n"))
		by, err := policy.Demand(signed)
		if err != nil {
			return refusal{fmt.Errorf("the record is in the log, but not cosigned as the policy asks: %w", err)}
		}
		tellCosigners(by)
	}
	if c.Salt != "" {
		if err := opens(entry, c.Salt); err != nil {
			return err
		}
		fmt.Println("the entry is about this NIK")
	}
	fmt.Printf("%s\nrecord %s is in %s, signed with %d entries\n", entry, id, point.Origin, point.Size)
	return nil
}

// opens checks with a salt that an entry is about the NIK on standard input, which is nowhere shown or kept.
func opens(entry []byte, salt string) error {
	b, err := base64.StdEncoding.DecodeString(salt)
	if err != nil || len(b) != len(journal.Salt{}) {
		return errors.New("--salt: not a salt")
	}
	typed, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && typed == "" {
		return errors.New("standard input: no NIK")
	}
	n, err := nik.Parse(strings.TrimSpace(typed))
	if err != nil {
		return errors.New("standard input: not a NIK")
	}
	_, c, _, err := journal.DecodeRecord(entry)
	if err != nil {
		return err
	}
	if c.NIK == nil || journal.Commit(journal.Salt(b), n) != *c.NIK {
		return refusal{errors.New("the entry is not about this NIK")}
	}
	return nil
}

type journalPermits struct {
	File string `arg:"" help:"The list, as /untuk-penduduk.txt gives it."`
	Key  string `required:"" placeholder:"KEY" help:"Verifier key of the list (on the page /untuk-penduduk), or a file with it."`
}

func (c journalPermits) Run() error {
	signed, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	key, err := verifierKey(c.Key, "")
	if err == nil {
		err = journal.CheckVerifierKeys(key)
	}
	if err != nil {
		return fmt.Errorf("--key: %w", err)
	}
	text, err := journal.OpenText(signed, key)
	if err != nil {
		return refusal{err}
	}
	// The name is the key's too, so that no other text that the journal's keys signed is taken for the list.
	name, list, _ := strings.Cut(text, "\n")
	if !strings.HasSuffix(name, "/"+office.PermitsName) || !strings.HasPrefix(key, name+"+") {
		return refusal{errors.New("signed, but not a list of who may ask for what")}
	}
	fmt.Print(list)
	return nil
}
