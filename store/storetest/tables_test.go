package storetest

import (
	"database/sql"
	"testing"
)

// On a busy machine a server notices late that a connection was closed: neither a database that is made nor the one that it is a copy of
// waits for that.
func TestDatabasesAreMadeThoughConnectionsLinger(t *testing.T) {
	url := Postgres(t)
	linger, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer linger.Close()
	if err := linger.Ping(); err != nil {
		t.Fatal(err)
	}
	if err := ready(url); err != nil {
		t.Error("an address that somebody is connected to:", err)
	}
	if err := execute("pgx", dsn(postgresTables), "SELECT 1"); err == nil {
		t.Error("somebody may connect to what others are copies of")
	}
	Open(t, url, Keys(t)) // with its tables
}
