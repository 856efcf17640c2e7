package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"gapura/store"
)

// growthDays is the span that grown records lie in.
const growthDays = 730

// grow measures lookups on a nearly empty log and again after so many records, and what each table and index takes.
func grow(demo, agency string, env []string) error {
	empty, _, err := served(demo, env, "lookups, nearly empty")
	if err != nil {
		return err
	}
	if err := history(demo, agency, *records, growthDays); err != nil {
		return err
	}
	full, seen, err := served(demo, env, "lookups, grown")
	if err != nil {
		return err
	}
	fmt.Printf("grown to nearly empty: %.2f (goal 0.90); memory %d MB (goal 300)\n", full.rate/empty.rate, seen.memory>>20)
	return sizes(demo, int64(*records)+empty.requests+full.requests)
}

// served serves and puts lookups on the service.
func served(demo string, env []string, name string) (got result, seen sight, err error) {
	gapura, url, err := startIn(env, "gapura listens on ", "bin/gapura", "serve", "--config", filepath.Join(demo, "provider.toml"))
	if err != nil {
		return got, seen, err
	}
	defer stop(gapura)
	b := &bench{env: env, url: url, probe: probe{url: url, pid: gapura.Process.Pid, log: filepath.Join(demo, "gapura.db-wal")}}
	if err := b.warmUp(); err != nil {
		return got, seen, err
	}
	got, err = b.load(name, "lookup.lua", 64, time.Duration(*others)*time.Second)
	if err == nil {
		seen, err = b.probe.look()
	}
	return got, seen, err
}

// sizes tells what each table and index takes of a record, all of it together and its largest parts.
func sizes(demo string, n int64) error {
	var parts []tablePart
	var err error
	if *database != "" {
		parts, err = relations(*database, "pgx", "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't') "+
			"ORDER BY 2 DESC")
	} else {
		main := filepath.Join(demo, "gapura.db")
		for _, file := range []string{main, store.DerivedFile(main)} {
			more, failed := relations(file, "sqlite", "SELECT name, SUM(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC")
			if parts = append(parts, more...); failed != nil {
				err = failed
			}
		}
	}
	if err != nil {
		return err
	}
	all := 0.0
	for _, p := range parts {
		each := float64(p.bytes) / float64(n)
		if strings.HasPrefix(p.name, "resident") || strings.HasPrefix(p.name, "goose") {
			continue
		}
		if all += each; each >= 1 {
			fmt.Printf("  %-32s %6.1f bytes a record\n", p.name, each)
		}
	}
	fmt.Printf("%.0f bytes a record with all tables and indexes (goal 450)\n", all)
	return nil
}

// A tablePart is a table or an index.
type tablePart struct {
	name  string
	bytes int64
}

func relations(at, driver, query string) (out []tablePart, err error) {
	db, err := sql.Open(driver, at)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("sizes of tables in %s: %w", filepath.Base(at), err)
	}
	defer rows.Close()
	for rows.Next() {
		var p tablePart
		if err := rows.Scan(&p.name, &p.bytes); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}
