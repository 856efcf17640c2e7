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

// A search for a part of a letter's number reads the index of numbers and never the forms beside them.
func TestALettersNumberIsSoughtInItsIndex(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, name := range []string{"00001_gate", "00002_console", "00021_drafts", "00056_case_letters"} {
		schema, err := os.ReadFile("../migrations/sqlite/main/" + name + ".sql")
		if err != nil {
			t.Fatal(err)
		}
		up, _, _ := strings.Cut(string(schema), "-- +goose Down")
		if _, err := db.Exec(up); err != nil {
			t.Fatal(name, err)
		}
	}
	rows, err := db.Query("EXPLAIN QUERY PLAN "+cases, 1, "", -1, 0, "", 0, 1, "%17%", 50)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var line string
		if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, line)
	}
	all := strings.Join(plan, "\n")
	for _, want := range []string{"x USING COVERING INDEX case_steps_letter", "f USING COVERING INDEX files_number"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s: %s", want, all)
		}
	}
}
