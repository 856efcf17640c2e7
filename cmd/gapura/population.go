package main

import (
	"errors"
	"fmt"
	"os"

	"gapura/person/population"
)

type populationCommand struct {
	Generate generateCommand `cmd:"" help:"Write an invented population as CSV with SIAK columns."`
	Import   importCommand   `cmd:"" help:"Read residents from a CSV or XLSX with SIAK columns into the registry."`
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
