package store

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// errOpen says that a server would be spoken to over the network without knowing that it is the server.
var errOpen = errors.New("sambungan ke PostgreSQL melalui jaringan harus memakai TLS dan memeriksa servernya: tambahkan " +
	"sslmode=verify-full&sslrootcert=BERKAS_CA pada 'database' (soket di komputer ini tidak memerlukannya)")

// private refuses a way to PostgreSQL that leaves this machine without TLS by which the server is known (verify-full): whoever sits in
// between would read and change everything. It counts each host and each fallback that the driver would try.
func private(dsn string) error {
	c, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("database: %w", err) // the driver's error names no password
	}
	ways := append([]*pgconn.FallbackConfig{{Host: c.Host, TLSConfig: c.TLSConfig}}, c.Fallbacks...)
	if slices.ContainsFunc(ways, func(w *pgconn.FallbackConfig) bool {
		return !here(w.Host) && (w.TLSConfig == nil || w.TLSConfig.InsecureSkipVerify)
	}) {
		return errOpen
	}
	return nil
}

// here reports whether a host of a connection is this machine: a folder of sockets, or a loopback address.
func here(host string) bool {
	a, err := netip.ParseAddr(host)
	return strings.HasPrefix(host, "/") || host == "localhost" || err == nil && a.IsLoopback()
}
