package sqldb

import (
	"database/sql"
	"os"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// A step reads its own persons alone: SQLite, which knows no figures of a table, would read all that their agency has.
func TestAStepReadsItsOwnPersonsAlone(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	schema, err := os.ReadFile("../migrations/sqlite/derived/00001_derived.sql")
	if err != nil {
		t.Fatal(err)
	}
	up, _, _ := strings.Cut(string(schema), "-- +goose Down")
	if _, err := db.Exec(up); err != nil {
		t.Fatal(err)
	}
	for _, query := range NewDerive(false).persons {
		args := make([]any, strings.Count(query, "?"))
		for i := range args {
			args[i] = i
		}
		var id, parent, unused int
		var plan string
		if err := db.QueryRow("EXPLAIN QUERY PLAN "+query, args...).Scan(&id, &parent, &unused, &plan); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, "(agency_id=? AND nik_place=?)") {
			t.Errorf("%d persons: %s", len(args)-1, plan)
		}
	}
}
