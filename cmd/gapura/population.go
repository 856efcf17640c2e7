package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"golang.org/x/term"

	"gapura/internal/config"
	"gapura/person/population"
)

type populationCommand struct {
	Generate generateCommand `cmd:"" help:"Write an invented population as CSV with SIAK columns."`
	Import   importCommand   `cmd:"" help:"Read residents from a CSV with SIAK columns into the registry."`
}

type generateCommand struct {
	Residents int    `default:"10000" help:"How many residents."`
	Seed      uint64 `default:"1" help:"The same seed gives the same residents."`
	Out       string `placeholder:"FILE.csv" help:"File to write; standard output without it."`
}

func (c generateCommand) Run() (err error) {
	if c.Residents < 1 {
		return errors.New("--residents: want at least 1")
	}
	w := os.Stdout
	if c.Out != "" {
		if w, err = os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		defer func() { err = errors.Join(err, w.Close()) }()
	}
	return population.WriteCSV(w, population.Generate(c.Residents, c.Seed, demoRegency))
}

// demoRegency is the regency whose region codes an invented population uses.
const demoRegency = "3303"

type importCommand struct {
	Config      string `required:"" placeholder:"FILE" help:"Configuration file."`
	People      string `arg:"" name:"people" help:"CSV or XLSX file with SIAK columns."`
	SkipBad     bool   `help:"Leave bad rows out instead of importing nothing."`
	EmptyStatus string `enum:"active,inactive," default:"" placeholder:"active|inactive" help:"What an empty FLAG_STATUS means."`
}

// reading is how the file is read; what it could not read is counted by column.
func (c importCommand) reading(unread map[string]int) population.Reading {
	how := population.Reading{Today: time.Now(), Unread: func(column string) { unread[column]++ }}
	meanings := map[string]population.LifeStatus{"active": population.Alive, "inactive": population.Inactive}
	if status, ok := meanings[c.EmptyStatus]; ok {
		how.EmptyStatus = &status
	}
	return how
}

func (c importCommand) Run() error {
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	f, err := os.Open(c.People)
	if err != nil {
		return fmt.Errorf("open residents: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open residents: %w", err)
	}
	ctx := context.Background()
	_, st, err := openInstallation(ctx, cfg)
	if err != nil {
		return err
	}
	defer st.Close()
	bad, unread := 0, map[string]int{}
	how := c.reading(unread)
	n, err := st.Registry.Import(ctx, how.Read(f, info.Size()), func(err error) bool {
		var row *population.RowError
		if !errors.As(err, &row) {
			return false
		}
		if bad++; bad <= 20 {
			fmt.Fprintln(os.Stderr, err)
		}
		return c.SkipBad
	}, progressOn(os.Stderr))
	if err != nil {
		return refusal{fmt.Errorf("nothing was imported: %w", err)}
	}
	fmt.Printf("%d residents imported, %d rows left out\n", n, bad)
	for _, column := range slices.Sorted(maps.Keys(unread)) {
		fmt.Printf("%s: %d values could not be read and are left empty\n", column, unread[column])
	}
	return nil
}

// progressOn shows a running count on a terminal and nothing elsewhere.
func progressOn(f *os.File) func(int) {
	if !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return func(n int) { fmt.Fprintf(f, "\r%d", n) }
}
