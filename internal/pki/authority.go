// Package pki is TLS certificates in files: an office's own small authority (gapura ca), what it issues, and certificates that are renewed
// and read anew while they are served.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"gapura/internal/durable"
	"gapura/internal/keyring"
)

// How long certificates hold. An authority's has to be brought to every machine that trusts it; those it issues to this program renew
// themselves when half of their time is over.
const (
	authorityYears = 10
	serverLife     = 90 * 24 * time.Hour
)

// The files of an authority, within its folder.
const (
	AuthorityFile = "ca.pem" // what clients trust
	authorityKey  = "ca.key"
)

// slack is how far clocks may differ.
const slack = time.Hour

// An Authority issues certificates. Its own permits it host names and addresses of the office alone, so that whoever steals its key can
// stand for no other host towards those that trust it.
type Authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// ErrThere says that the folder holds an authority already.
var ErrThere = errors.New("otoritas sertifikat sudah ada")

// closed are the addresses of closed networks and of the machine itself, which an authority may always issue for.
var closed = []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128"}

// Create makes an authority in a folder, for the hosts (names, addresses) besides closed networks and localhost.
func Create(dir, name string, hosts []string, now time.Time) (*Authority, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, AuthorityFile)); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("%w: %s", ErrThere, dir), err)
	}
	key, err := newKey(filepath.Join(dir, authorityKey))
	if err != nil {
		return nil, err
	}
	self := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-slack), NotAfter: now.AddDate(authorityYears, 0,
			0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"localhost"},
	}
	for _, c := range closed {
		_, network, err := net.ParseCIDR(c)
		if err != nil {
			return nil, err
		}
		self.PermittedIPRanges = append(self.PermittedIPRanges, network)
	}
	for _, h := range hosts {
		ip := net.ParseIP(h)
		if ip == nil {
			if !slices.Contains(self.PermittedDNSDomains, h) {
				self.PermittedDNSDomains = append(self.PermittedDNSDomains, h)
			}
			continue
		}
		bits := 8 * len(ip)
		if four := ip.To4(); four != nil {
			ip, bits = four, 32
		}
		self.PermittedIPRanges = append(self.PermittedIPRanges, &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)})
	}
	der, err := x509.CreateCertificate(rand.Reader, self, self, key.Public(), key)
	if err != nil {
		return nil, err
	}
	if err := durable.Write(filepath.Join(dir, AuthorityFile), certificatePEM(der)); err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &Authority{cert, key}, err
}

// Open reads the authority of a folder.
func Open(dir string) (*Authority, error) {
	cert, err := Certificate(filepath.Join(dir, AuthorityFile))
	if err != nil {
		return nil, fmt.Errorf("otoritas sertifikat: %w", err)
	}
	key, err := readKey(filepath.Join(dir, authorityKey))
	if err != nil {
		return nil, fmt.Errorf("otoritas sertifikat: %w", err)
	}
	if own, ok := key.Public().(*ecdsa.PublicKey); !ok || !own.Equal(cert.PublicKey) {
		return nil, fmt.Errorf("otoritas sertifikat %s: kunci dan sertifikatnya bukan pasangan: pasang kembali keduanya dari cadangan", dir)
	}
	return &Authority{cert, key}, nil
}

// Server issues a certificate for the hosts (names, addresses), as PEM with the authority's own after it.
func (a *Authority) Server(public crypto.PublicKey, hosts []string, now time.Time) ([]byte, error) {
	c := &x509.Certificate{Subject: pkix.Name{CommonName: hosts[0]}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, h)
		}
	}
	return a.issue(c, public, now, now.Add(serverLife))
}

// Client issues a certificate that a program shows, for so many days.
func (a *Authority) Client(public crypto.PublicKey, name string, days int, now time.Time) ([]byte, error) {
	c := &x509.Certificate{Subject: pkix.Name{CommonName: name}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	return a.issue(c, public, now, now.AddDate(0, 0, days))
}

func (a *Authority) issue(c *x509.Certificate, public crypto.PublicKey, now, end time.Time) ([]byte, error) {
	if end.After(a.cert.NotAfter) {
		end = a.cert.NotAfter
	}
	c.SerialNumber, c.NotBefore, c.NotAfter, c.KeyUsage = serial(), now.Add(-slack), end, x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, public, a.key)
	if err != nil {
		return nil, err
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	if _, err := made.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: now, KeyUsages: c.ExtKeyUsage}); err != nil {
		return nil, fmt.Errorf("otoritas sertifikat ini tidak berlaku untuk itu (%w): buat otoritas baru dengan gapura ca init --host "+
			"untuk "+
			"setiap nama dan alamat, lalu pasang ca.pem yang baru pada setiap klien", err)
	}
	return append(certificatePEM(der), certificatePEM(a.cert.Raw)...), nil
}

// Certificate is the first one in a PEM file.
func Certificate(path string) (*x509.Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("%s: tidak berisi sertifikat PEM", path)
	}
	return x509.ParseCertificate(block.Bytes)
}

// Key reads the private key of a file, which nobody else may read, or makes one when there is none.
func Key(path string) (crypto.Signer, error) {
	key, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(path)
	}
	return key, err
}

func readKey(path string) (crypto.Signer, error) {
	if err := keyring.Closed(path); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s: tidak berisi kunci PEM", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s: bukan kunci tanda tangan", path)
	}
	return s, nil
}

func newKey(path string) (crypto.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, durable.Write(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
