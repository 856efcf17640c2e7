package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gapura/desk/deskdb"
	"gapura/desk/leak"
	"gapura/internal/keyring"
	"gapura/journal/journal"
)

type loketScanCommand struct {
	Config  string   `required:"" placeholder:"FILE" help:"Configuration file of the desk."`
	Out     string   `placeholder:"FILE" help:"The certificate; a file with the time in its name beside the desk's configuration unless set."`
	Folders []string `arg:"" optional:"" help:"Further folders and files, for instance shared folders and the browsers' profiles."`
}

// Run searches what the desk keeps for the canary persons' values, which are fetched for it and held in memory only.
func (c loketScanCommand) Run() error {
	ctx := context.Background()
	l, err := openLoket(ctx, c.Config)
	if err != nil {
		return err
	}
	defer l.db.Close()
	if err := noCore(); err != nil {
		return err
	}
	token, err := l.db.AnyToken(ctx)
	if err != nil {
		return refusal{errors.New("no user of the desk has a token for the provider, so the canary persons cannot be asked for")}
	}
	canaries, err := l.client.Canaries(ctx, token)
	if err != nil {
		return refusal{fmt.Errorf("ask the provider for the canary persons: %w", err)}
	}
	if len(canaries) == 0 {
		return refusal{errors.New("the provider has planted no canary persons for this agency")}
	}
	cert := leak.Certificate{Agency: l.cfg.Agency, Office: l.cfg.Office, Begun: l.now().UTC().Truncate(time.Second), Program: version,
		Canaries: len(canaries), Seen: []string{}}
	var values []string
	for _, x := range canaries {
		values = append(values, x.Values...)
		cert.Seen = append(cert.Seen, x.Records...)
	}
	search, err := leak.New(values)
	if err != nil {
		return err
	}
	if err := l.db.Security.Note(ctx, deskdb.Entry{At: l.now(), Kind: deskdb.Scanned,
		Text: "Pemeriksaan penyimpanan dijalankan"}); err != nil {
		return err
	}
	if err := l.db.Tidy(ctx); err != nil {
		return err
	}
	for _, folder := range append([]string{l.cfg.Dir, c.Config}, c.Folders...) {
		full, err := filepath.Abs(folder)
		if err != nil {
			return err
		}
		cert.Folders = append(cert.Folders, full)
		if err := search.Folder(full, &cert.Report); err != nil {
			return err
		}
	}
	err = l.db.Opened(ctx, func(place string, content []byte) error {
		cert.Sealed++
		found, err := search.In(filepath.Join(l.cfg.Dir, "loket.db")+" ("+place+")", bytes.NewReader(content), int64(len(content)))
		cert.Findings = append(cert.Findings, found...)
		return err
	})
	if err != nil {
		return err
	}
	if cert.SecuritySize, cert.SecurityEnd, err = l.db.Security.Check(ctx); err != nil {
		broken, is := errors.AsType[*deskdb.ErrBroken](err)
		if !is {
			return err
		}
		cert.SecurityBroken = broken.Seq
	}
	cert.Ended = l.now().UTC().Truncate(time.Second)
	return c.certify(l, &cert)
}

// certify signs and writes the certificate, says what was found, and makes anything but a clean search a refusal.
func (c loketScanCommand) certify(l *loket, cert *leak.Certificate) error {
	signer, err := deskSigner(l.cfg.Keys, l.cfg.Agency)
	if err != nil {
		return err
	}
	signed, err := signer.SignText(cert.Text())
	if err != nil {
		return err
	}
	out := c.Out
	if out == "" {
		out = filepath.Join(filepath.Dir(c.Config), "pemeriksaan-"+cert.Ended.Format("20060102-150405")+".txt")
	}
	if err := os.WriteFile(out, signed, 0o600); err != nil {
		return err
	}
	fmt.Printf("%d files, %d bytes, %d sealed contents searched for %d canary persons (looked up %d times)\n", cert.Files, cert.Bytes,
		cert.Sealed, cert.Canaries, len(cert.Seen))
	for _, f := range cert.Findings {
		fmt.Printf("FOUND %s at %d %s (%s)\n", f.File, f.Offset, f.Within, f.Encoding)
	}
	for _, u := range cert.Unread {
		fmt.Println("NOT READ", u)
	}
	if cert.SecurityBroken > 0 {
		fmt.Printf("CATATAN KEAMANAN TIDAK UTUH pada entri %d\n", cert.SecurityBroken)
	}
	fmt.Println("certificate:", out)
	fmt.Println("verifier key:", signer.VerifierKeys())
	switch {
	case len(cert.Findings) > 0:
		return refusal{fmt.Errorf("%d values found", len(cert.Findings))}
	case cert.SecurityBroken > 0:
		return refusal{&deskdb.ErrBroken{Seq: cert.SecurityBroken}}
	case len(cert.Unread) > 0:
		return refusal{fmt.Errorf("%d files could not be read", len(cert.Unread))}
	case len(cert.Seen) == 0:
		fmt.Println("note: no canary person was looked up yet; the search proves nothing")
	}
	return nil
}

// deskSigner signs in the name of an agency's desk, with the desk's own key file.
func deskSigner(keyFile, agency string) (*journal.Signer, error) {
	keys, err := keyring.Load(keyFile)
	if err != nil {
		return nil, err
	}
	signers, err := keys.Signers("desk")
	if err != nil {
		return nil, err
	}
	return journal.NewSigner(agency+"/loket", signers...)
}

type scanCheckCommand struct {
	Key  string `required:"" placeholder:"KEY" help:"Verifier key of the agency's desk, or a file with it."`
	File string `arg:"" help:"The certificate."`
}

// Run checks a certificate that an agency sent: its signature, and what it says.
func (c scanCheckCommand) Run() error {
	key, err := verifierKey(c.Key, "")
	if err != nil {
		return fmt.Errorf("--key: %w", err)
	}
	signed, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	text, err := journal.OpenText(signed, key)
	if err != nil {
		return refusal{err}
	}
	cert, err := leak.ReadCertificate(text)
	if err != nil {
		return refusal{err}
	}
	fmt.Print(text)
	if !cert.Proves() {
		return refusal{errors.New("the certificate is genuine, and does not prove that nothing is kept")}
	}
	return nil
}
