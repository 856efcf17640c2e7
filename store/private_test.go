package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// PostgreSQL is reached over a network by verify-full alone (A5, K6).
func TestPostgreSQLOverANetworkIsKnownByItsCertificate(t *testing.T) {
	for _, name := range []string{"PGSSLMODE", "PGSSLROOTCERT", "PGHOST"} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	for dsn, want := range map[string]error{
		"postgres://gapura@/gapura?host=/run/postgresql":                             nil,
		"postgres://gapura@127.0.0.1/gapura":                                         nil,
		"postgres://gapura@localhost/gapura?sslmode=disable":                         nil,
		"postgres://gapura:rahasia@db.internal/gapura":                               errOpen,
		"postgres://gapura:rahasia@db.internal/gapura?sslmode=disable":               errOpen,
		"postgres://gapura:rahasia@db.internal/gapura?sslmode=require":               errOpen,
		"postgres://gapura:rahasia@10.0.0.5/gapura?sslmode=prefer":                   errOpen,
		"postgres://gapura@db1.internal,db2.internal/gapura?sslmode=verify-ca":       errOpen,
		"postgres://gapura@db1.internal,db2.internal/gapura?sslmode=verify-full":     nil,
		"postgres://gapura@db1.internal:5433,127.0.0.1:1/gapura?sslmode=verify-full": nil,
	} {
		if err := private(dsn); !errors.Is(err, want) || err != nil && strings.Contains(err.Error(), "rahasia") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
	if _, err := openPool("postgres://gapura@db.internal/gapura", 1); !errors.Is(err, errOpen) {
		t.Errorf("a pool: %v", err)
	}
	if _, err := Present(t.Context(), "postgres://gapura@db.internal/gapura"); !errors.Is(err, errOpen) {
		t.Errorf("is there one: %v", err)
	}
	if err := private("postgres://gapura:rahasia@db.internal/x?sslmode=verify-full&sslrootcert=" + filepath.Join(t.TempDir(),
		"none.pem")); err == nil || strings.Contains(err.Error(), "gapura:rahasia") {
		t.Errorf("a certificate that is not there: %v", err)
	}
}

func TestConnectionsAreSharedOut(t *testing.T) {
	for all, want := range map[int][2]int{0: {6, 12}, 20: {6, 12}, 8: {2, 4}, 100: {32, 66}} {
		if w, r := shares(all); [2]int{w, r} != want {
			t.Errorf("of %d: %d write and %d read", all, w, r)
		}
	}
}
