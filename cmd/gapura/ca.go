package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"gapura/internal/config"
	"gapura/internal/durable"
	"gapura/internal/pki"
)

type caCommand struct {
	Init   caInitCommand   `cmd:"" help:"Make the own certificate authority of the configuration (tls_authority), and issue tls_certificate."`
	Issue  caIssueCommand  `cmd:"" help:"Issue tls_certificate anew at once; a running service takes it without a restart."`
	Client caClientCommand `cmd:"" help:"Issue a certificate that an agency's program shows, and print its fingerprint."`
	Show   caShowCommand   `cmd:"" help:"Tell what clients have to trust, and until when certificates hold."`
}

// A tlsOf is what one configuration, of a provider or a desk, says of TLS.
type tlsOf struct {
	config.TLS
	name  string
	hosts []string
}

func loadTLS(file string) (t tlsOf, err error) {
	isDesk, err := config.IsDesk(file)
	if err != nil {
		return t, err
	}
	if isDesk {
		cfg, err := config.LoadDesk(file)
		return tlsOf{cfg.TLS, cfg.Office, cfg.Hosts()}, err
	}
	cfg, err := config.Load(file)
	return tlsOf{cfg.TLS, cfg.Office, cfg.Hosts()}, err
}

// own is loadTLS for a configuration that has an authority of its own.
func own(file string) (tlsOf, error) {
	t, err := loadTLS(file)
	if err == nil && t.TLSAuthority == "" {
		err = fmt.Errorf("configuration %s: tls_authority: tidak diisi, maka tidak ada otoritas sertifikat sendiri", file)
	}
	return t, err
}

func (t tlsOf) live() *pki.Live {
	return &pki.Live{Certificate: t.TLSCertificate, Key: t.TLSKey, Authority: t.TLSAuthority, Hosts: func() []string { return t.hosts },
		Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

// begin makes the authority and the first certificate, when there is an authority of its own and it is not there.
func (t tlsOf) begin(more ...string) error {
	if t.TLSAuthority == "" {
		return nil
	}
	_, err := pki.Create(t.TLSAuthority, "Otoritas sertifikat "+t.name, append(more, t.hosts...), time.Now())
	if err != nil && !errors.Is(err, pki.ErrThere) {
		return err
	}
	if failed := t.live().Renew(); failed != nil {
		return failed // alone: who takes ErrThere for nothing would take this along
	}
	return err
}

type caInitCommand struct {
	Config string   `required:"" placeholder:"FILE" help:"Configuration file, the provider's or a desk's."`
	Host   []string `placeholder:"HOST" help:"Further name or address, besides those of url and listen, that the authority may issue for."`
}

func (c caInitCommand) Run() error {
	t, err := own(c.Config)
	if err != nil {
		return err
	}
	if err := t.begin(c.Host...); err != nil {
		return refusal{err}
	}
	return t.tell()
}

// tell says what clients have to trust.
func (t tlsOf) tell() error {
	file := filepath.Join(t.TLSAuthority, pki.AuthorityFile)
	for _, x := range [][2]string{{"otoritas sertifikat, dipasang pada setiap peramban dan klien", file}, {"sertifikat layanan",
		t.TLSCertificate}} {
		c, err := pki.Certificate(x[1])
		if err != nil {
			return refusal{fmt.Errorf("%s: %w", x[0], err)}
		}
		fmt.Printf("%s: %s\n  sidik jari SHA-256 %s, berlaku sampai %s\n", x[0], x[1], fingerprint(c.Raw), c.NotAfter.Format(time.DateOnly))
		var hosts []string
		hosts = append(hosts, c.DNSNames...)
		for _, ip := range c.IPAddresses {
			hosts = append(hosts, ip.String())
		}
		if len(hosts) > 0 {
			fmt.Println("  untuk", strings.Join(hosts, ", "))
		}
	}
	return nil
}

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

type caIssueCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file, the provider's or a desk's."`
}

func (c caIssueCommand) Run() error {
	t, err := own(c.Config)
	if err != nil {
		return err
	}
	if err := t.live().Issue(); err != nil {
		return refusal{err}
	}
	return t.tell()
}

type caShowCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file, the provider's or a desk's."`
}

func (c caShowCommand) Run() error {
	t, err := own(c.Config)
	if err != nil {
		return err
	}
	return t.tell()
}

type caClientCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Name   string `required:"" help:"Name of the program, which the certificate bears."`
	Out    string `required:"" placeholder:"PREFIX" help:"Writes PREFIX.pem and PREFIX.key; a key that is there is kept."`
	Days   int    `default:"365" help:"How many days it holds."`
}

// Run issues a certificate. Its fingerprint becomes a term of the agreement, by an addendum, before it opens anything.
func (c caClientCommand) Run() error {
	t, err := own(c.Config)
	if err != nil {
		return err
	}
	if c.Days < 1 || c.Days > 3650 {
		return errors.New("--days: want 1 to 3650")
	}
	a, err := pki.Open(t.TLSAuthority)
	if err != nil {
		return refusal{err}
	}
	key, err := pki.Key(c.Out + ".key")
	if err != nil {
		return refusal{err}
	}
	text, err := a.Client(key.Public(), c.Name, c.Days, time.Now())
	if err != nil {
		return refusal{err}
	}
	if err := durable.Write(c.Out+".pem", text); err != nil {
		return refusal{err}
	}
	made, err := pki.Certificate(c.Out + ".pem")
	if err != nil {
		return refusal{err}
	}
	fmt.Printf("%s.pem dan %s.key: serahkan keduanya kepada instansi dengan aman.\nSidik jari untuk ketentuan \"Sertifikat aplikasi\" "+
		"dalam "+
		"perjanjian atau perubahannya:\n%s\n", c.Out, c.Out, fingerprint(made.Raw))
	return nil
}
