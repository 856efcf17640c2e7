package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"gapura/agreement/party"
	"gapura/desk/client"
	"gapura/desk/deskdb"
	"gapura/internal/durable"
	"gapura/internal/keyring"
	"gapura/journal/journal"
)

type loketEnrolCommand struct {
	Config string        `required:"" placeholder:"FILE" help:"Configuration file of the desk."`
	Renew  bool          `help:"Make new keys and a new certificate in place of those of this enrolled desk; the old key signs them."`
	Wait   time.Duration `default:"10m" help:"How long to wait for the approval; the command can be run again without a code."`
	Code   string        `arg:"" optional:"" help:"The one-time code that the provider's console shows; without one the request that waits is asked for."`
}

// Run asks the provider to make this machine the agency's desk and waits until its people have decided.
func (c loketEnrolCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if c.Renew && c.Code != "" {
		return refusal{errors.New("--renew tidak memerlukan kode")}
	}
	if err := noCore(); err != nil {
		return err
	}
	l, err := openLoket(ctx, c.Config)
	if err != nil {
		return err
	}
	defer l.db.Close()
	e := &enrolment{l: l}
	switch {
	case c.Renew:
		return e.renew(ctx)
	case c.Code != "":
		if err := e.ask(ctx, strings.TrimSpace(c.Code)); err != nil {
			return err
		}
	}
	return e.wait(ctx, c.Wait)
}

// An enrolment is what the command does with the provider.
type enrolment struct{ l *loket }

// keys are the desk's: what it signs with, and the cosigner, with the newest key.
func (e *enrolment) keys() (*journal.Signer, *journal.Cosigner, error) {
	signer, err := deskSigner(e.l.cfg.Keys, e.l.cfg.Agency)
	if err != nil {
		return nil, nil, err
	}
	all, err := deskCosigners(e.l.cfg)
	if err != nil {
		return nil, nil, err
	}
	return signer, all[0], nil
}

// speak makes a client that shows a certificate, and says what the certificate's digest is; over a connection in clear none is shown.
func (e *enrolment) speak(certificate, key string) (_ *client.Client, pin string, err error) {
	cfg := e.l.cfg
	cfg.ClientCertificate, cfg.ClientKey = certificate, key
	connection, err := providerTLS(cfg)
	if err != nil {
		return nil, "", err
	}
	if strings.HasPrefix(cfg.Provider, "https://") {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, "", err
		}
		sum := sha256.Sum256(pair.Certificate[0])
		pin = string(sum[:])
	}
	c, err := client.New(client.Config{URL: cfg.Provider, TLS: connection, Timeout: time.Duration(cfg.TimeoutSeconds) * time.Second})
	return c, pin, err
}

// state signs what the desk says of itself.
func (e *enrolment) state(st *party.DeskStatement, signer *journal.Signer, cosigner *journal.Cosigner, pin string) client.DeskKeys {
	st.Agency, st.At = e.l.cfg.Agency, e.l.now().Truncate(time.Microsecond)
	st.Desk, st.Cosigner = party.Desk{Pin: pin, Key: signer.VerifierKeys()}, cosigner.VerifierKey()
	name, err := os.Hostname()
	if err != nil || name == "" {
		name = "loket"
	}
	return client.DeskKeys{
		Machine: name[:min(len(name), 64)], Key: st.Desk.Key, Cosigner: st.Cosigner, Certificate: hex.EncodeToString([]byte(pin)),
		At:    st.At.UnixMicro(),
		Proof: cosigner.Vouch(st.Text()),
	}
}

// refusedOr is a refusal in the provider's words, or the error.
func refusedOr(err error) error {
	if r, ok := errors.AsType[*client.Refused](err); ok {
		return refusal{errors.New(r.Text)}
	}
	return refusal{err}
}

func (e *enrolment) ask(ctx context.Context, code string) error {
	cfg := e.l.cfg
	if _, err := os.Stat(cfg.ClientKey); errors.Is(err, fs.ErrNotExist) {
		if err := makeCertificate(cfg.ClientCertificate, cfg.ClientKey, cfg.Agency+" loket", e.l.now()); err != nil {
			return err
		}
	}
	signer, cosigner, err := e.keys()
	if err != nil {
		return err
	}
	provider, pin, err := e.speak(cfg.ClientCertificate, cfg.ClientKey)
	if err != nil {
		return err
	}
	st := party.DeskStatement{Code: code}
	got, err := provider.Enrol(ctx, client.Enrolment{Code: code, DeskKeys: e.state(&st, signer, cosigner, pin)})
	if err != nil {
		return refusedOr(err)
	}
	if !got.Pinned {
		st.Desk.Pin = "" // a proxy that ends TLS kept it back
		fmt.Println("Sertifikat komputer ini tidak sampai ke Dukcapil: sambungannya bukan TLS ke alamat khusus loket (agency_listen).")
	}
	if err := e.l.db.Enrolment.SetTicket(ctx, got.Ticket); err != nil {
		return err
	}
	if err := e.l.db.Security.Note(ctx, deskdb.Entry{At: e.l.now(), Kind: deskdb.Enrolled,
		Text: "Permintaan menjadi loket dikirim ke Dukcapil"}); err != nil {
		return err
	}
	fmt.Println("Permintaan terkirim. Kata pengenal komputer ini:", party.DeskWords(st.Desk, st.Cosigner))
	fmt.Println("Kepala atau admin instansi membuka halaman Loket di portal Dukcapil, mencocokkan kata pengenal itu, lalu menyetujuinya.")
	if len(got.Contacts) > 0 {
		fmt.Println("Hubungi", strings.Join(got.Contacts, " atau ")+".")
	}
	return nil
}

// askAgainEvery is how often it is asked whether the request was approved.
const askAgainEvery = 2 * time.Second

// wait asks until the request was decided, or for as long as was said.
func (e *enrolment) wait(ctx context.Context, long time.Duration) error {
	ticket, err := e.l.db.Enrolment.Ticket(ctx)
	if err != nil {
		return err
	}
	if ticket == "" {
		return refusal{errors.New("tidak ada permintaan yang menunggu: jalankan gapura loket enrol dengan kode dari Dukcapil")}
	}
	provider, _, err := e.speak(e.l.cfg.ClientCertificate, e.l.cfg.ClientKey)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	t := time.NewTicker(askAgainEvery)
	defer t.Stop()
	for {
		got, err := provider.Enrolment(ctx, ticket)
		switch {
		case ctx.Err() != nil || errors.Is(err, client.ErrDown): // asked again
		case err != nil:
			return refusedOr(err)
		case got.State == party.DeskEnrolled:
			return e.enrolled(ctx, got)
		case got.State != party.DeskWaits:
			why := map[party.DeskState]string{party.DeskRefused: "permintaan ditolak: " + got.Why,
				party.DeskLapsed: "permintaan tidak disetujui pada waktunya; mintalah kode baru"}[got.State]
			return errors.Join(refusal{errors.New(why)}, e.l.db.Enrolment.SetTicket(ctx, ""))
		}
		select {
		case <-ctx.Done():
			return refusal{errors.New("permintaan masih menunggu persetujuan kepala atau admin instansi (dan administrator Dukcapil " +
				"apabila menggantikan loket lama); setelah disetujui, jalankan lagi gapura loket enrol tanpa kode")}
		case <-t.C:
		}
	}
}

// enrolled keeps what the provider took and told.
func (e *enrolment) enrolled(ctx context.Context, got client.Enrolled) error {
	if got.Agency != e.l.cfg.Agency || journal.CheckVerifierKeys(got.LogKey) != nil {
		return refusal{errors.New("jawaban Dukcapil bukan untuk instansi pada konfigurasi ini")}
	}
	rules := party.Policy{Min: got.Password.Min, Kinds: got.Password.Kinds, Days: got.Password.Days}
	if !rules.Valid() {
		return refusal{errors.New("aturan kata sandi dari Dukcapil tidak dapat dipakai")}
	}
	_, cosigner, err := e.keys()
	if err != nil {
		return err
	}
	if err := durable.Write(e.l.cfg.LogKey, []byte(got.LogKey+"\n")); err != nil {
		return err
	}
	if err := e.l.db.Enrolment.SetCosigner(ctx, cosigner.VerifierKey(), rules, e.l.now()); err != nil {
		return err
	}
	fmt.Println("Loket terdaftar pada", e.l.cfg.Provider)
	if got.Pinned {
		fmt.Println("Mulai sekarang Dukcapil meminta sertifikat komputer ini pada setiap permintaan petugas.")
	} else {
		fmt.Println("Sertifikat komputer ini tidak diminta: sambungannya bukan TLS ke alamat khusus loket (agency_listen).")
	}
	return nil
}

// renew makes new keys and a certificate, has the key in force sign them, and takes them over when the provider did. It may be run again
// after a crash at any point: the new key lies in the key file and the certificate beside the old one before anything is sent, and the
// provider takes the same renewal once.
func (e *enrolment) renew(ctx context.Context) error {
	cfg := e.l.cfg
	inForce, err := e.l.db.Enrolment.Cosigner(ctx)
	if err != nil {
		return err
	}
	all, err := deskCosigners(cfg)
	if err != nil {
		return err
	}
	old := slices.IndexFunc(all, func(c *journal.Cosigner) bool { return c.VerifierKey() == inForce })
	if old < 0 {
		return refusal{errors.New("loket ini belum terdaftar, atau kunci yang terdaftar tidak ada lagi pada berkas kunci: daftarkan " +
			"dengan kode dari Dukcapil")}
	}
	if old == 0 {
		if err := keyring.Rotate(cfg.Keys, time.Time{}); err != nil {
			return refusal{err}
		}
		if err := e.reopen(ctx); err != nil {
			return err
		}
		if all, err = deskCosigners(cfg); err != nil {
			return err
		}
		old = 1
	}
	certificate, key := cfg.ClientCertificate+".new", cfg.ClientKey+".new"
	if _, err := os.Stat(key); errors.Is(err, fs.ErrNotExist) {
		if err := makeCertificate(certificate, key, cfg.Agency+" loket", e.l.now()); err != nil {
			return err
		}
	}
	signer, cosigner, err := e.keys()
	if err != nil {
		return err
	}
	provider, pin, err := e.speak(certificate, key)
	if err != nil {
		return err
	}
	st := party.DeskStatement{Old: inForce}
	body := client.Renewal{Agency: cfg.Agency, Old: inForce, DeskKeys: e.state(&st, signer, cosigner, pin)}
	body.OldProof = all[old].Vouch(st.Text())
	got, err := provider.Renew(ctx, body)
	if err != nil {
		return refusedOr(err)
	}
	if err := errors.Join(os.Rename(key, cfg.ClientKey), os.Rename(certificate, cfg.ClientCertificate)); err != nil {
		return err
	}
	fmt.Println("Kunci loket diperbarui. Jalankan ulang loket, lalu simpan salinan baru berkas kunci pada cadangan rahasia:", cfg.Keys)
	return e.enrolled(ctx, got)
}

// reopen binds the database to the key file that now has one key more.
func (e *enrolment) reopen(ctx context.Context) error {
	if err := e.l.db.Close(); err != nil {
		return err
	}
	keys, db, err := openDesk(ctx, e.l.cfg)
	if err != nil {
		return err
	}
	e.l.keys, e.l.db = keys, db
	return nil
}

// makeCertificate writes a self-signed certificate and its key, readable by the owner only. The provider pins the certificate itself, so
// that no authority and no name matters.
func makeCertificate(certificate, keyFile, name string, now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	t := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := durable.Write(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})); err != nil {
		return err
	}
	return durable.Write(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}
