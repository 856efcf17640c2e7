package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"gapura/internal/bahasa"
	"gapura/internal/config"
	"gapura/internal/told"
	"gapura/person/population"
)

type importCommand struct {
	Config        string `required:"" placeholder:"FILE" help:"Configuration file."`
	People        string `arg:"" name:"people" help:"CSV or XLSX file with SIAK columns."`
	Full          bool   `xor:"kind" help:"The file holds all residents: who is not in it is removed (the default)."`
	Changes       bool   `xor:"kind" help:"The file holds changes (columns JENIS_PERUBAHAN and TGL_BERLAKU)."`
	AsOf          string `placeholder:"YYYY-MM-DD" help:"Day of the data, shown with each answer; today without it."`
	Older         bool   `help:"Take data of an earlier day than that of the registry."`
	AllowRemovals bool   `help:"Let a full set remove many residents (more than 100 and more than 5 %)."`
	Sheet         string `help:"Sheet of an XLSX; the first that is shown without it."`
	SkipBad       bool   `help:"Leave bad rows out instead of importing nothing."`
	EmptyStatus   string `enum:"active,inactive," default:"" placeholder:"active|inactive" help:"What an empty FLAG_STATUS means."`
}

// reading is how the file is read; what it could not read is counted by column.
func (c importCommand) reading(now time.Time, unread map[string]int) population.Reading {
	how := population.Reading{Kind: population.Full, Sheet: c.Sheet, Today: now, Unread: func(column string) { unread[column]++ }}
	if c.Changes {
		how.Kind = population.Changes
	}
	meanings := map[string]population.LifeStatus{"active": population.Alive, "inactive": population.Inactive}
	if status, ok := meanings[c.EmptyStatus]; ok {
		how.EmptyStatus = &status
	}
	return how
}

// day is that of the data: UTC midnight.
func (c importCommand) day(now time.Time) (time.Time, error) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	if c.AsOf == "" {
		return today, nil
	}
	day, err := time.Parse(time.DateOnly, c.AsOf)
	if err != nil || day.After(today) {
		return day, errors.New("--as-of: want a day as YYYY-MM-DD that is not in the future")
	}
	return day, nil
}

func (c importCommand) Run() error {
	gentle()
	now := time.Now()
	asOf, err := c.day(now)
	if err != nil {
		return err
	}
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	f, err := os.Open(c.People)
	if err != nil {
		return fmt.Errorf("open residents: %w", err)
	}
	defer f.Close()
	hash := sha256.New()
	size, err := io.Copy(hash, f)
	if err != nil {
		return fmt.Errorf("read residents: %w", err)
	}
	ctx := context.Background()
	_, st, err := openInstallation(ctx, cfg)
	if err != nil {
		return err
	}
	defer st.Close()
	unread := map[string]int{}
	file, err := c.reading(now, unread).Open(f, size)
	if err != nil {
		return refusal{fmt.Errorf("nothing was imported: %w", err)}
	}
	in := population.Import{AsOf: asOf, At: now, Rows: file.Rows(), Older: c.Older, Left: file.Left, Progress: progressOn(os.Stderr),
		Skip: complaints(os.Stderr, c.SkipBad),
		Report: population.Report{Kind: population.Full, By: byHere(), Hash: hex.EncodeToString(hash.Sum(nil)), Unread: unread,
			Dropped: file.Dropped, Left: furtherColumns(file.Further)}}
	if c.Changes {
		in.Report.Kind = population.Changes
	}
	if !c.AllowRemovals {
		in.MayRemove = mayRemove
	}
	report, err := st.Registry.Import(ctx, in)
	if err != nil {
		return refusal{fmt.Errorf("nothing was imported: %w", err)}
	}
	fmt.Printf("%d residents imported, %d rows left out\n", report.Rows, report.Bad)
	describe(os.Stdout, report, asOf)
	return nil
}

func furtherColumns(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	return []string{"kolom " + strings.Join(names, ", ")}
}

// complaints names the first bad rows, by place and without their values.
func complaints(w io.Writer, skip bool) func(error) bool {
	bad := 0
	return func(err error) bool {
		var row *population.RowError
		if !errors.As(err, &row) {
			return false
		}
		if bad++; bad <= 20 {
			fmt.Fprintln(w, err)
		}
		return skip
	}
}

// Of a full set, more removals than these are asked about: a file that was cut off would empty the registry.
const (
	fewRemovals   = 100
	removalsOf100 = 5
)

// mayRemove asks at a terminal, and refuses elsewhere, before many residents go.
func mayRemove(gone, before int) error {
	if gone <= fewRemovals || gone*100 <= before*removalsOf100 {
		return nil
	}
	text := fmt.Sprintf("berkas ini tidak memuat %s dari %s penduduk yang terdaftar; mereka akan dihapus",
		bahasa.Number(gone), bahasa.Number(before))
	if term.IsTerminal(int(os.Stdin.Fd())) {
		fmt.Fprintf(os.Stderr, "\n%s. Ketik HAPUS untuk melanjutkan: ", text)
		answer, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err == nil && strings.TrimSpace(answer) == "HAPUS" {
			return nil
		}
	}
	return told.Refuse(text + ". Bila memang demikian, ulangi dengan --allow-removals; bila berkas memuat perubahan saja, dengan --changes")
}

// describe tells what an import changed.
func describe(w io.Writer, r population.Report, asOf time.Time) {
	fmt.Fprintf(w, "data per tanggal %s; %s penduduk terdaftar\n", bahasa.Date(asOf), bahasa.Number(r.Total))
	for _, e := range population.Effects {
		if n := r.Counts[e]; n > 0 {
			fmt.Fprintf(w, "%s: %s%s\n", e, bahasa.Number(n), lines(r.Lines[e], n))
		}
	}
	if r.Repeats > 0 {
		fmt.Fprintf(w, "baris yang berulang: %s\n", bahasa.Number(r.Repeats))
	}
	for _, column := range slices.Sorted(maps.Keys(r.Unread)) {
		fmt.Fprintf(w, "%s: %d values could not be read and are left empty\n", column, r.Unread[column])
	}
	if len(r.Dropped) > 0 {
		fmt.Fprintf(w, "tidak diambil karena dilindungi UU 24/2013 pasal 84: kolom %s\n", strings.Join(r.Dropped, ", "))
	}
	for _, left := range r.Left {
		fmt.Fprintf(w, "tidak dibaca: %s\n", left)
	}
}

// lines are the first lines of an effect.
func lines(list []int, of int) string {
	if len(list) == 0 {
		return ""
	}
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = fmt.Sprint(n)
	}
	text := " (baris " + strings.Join(words, ", ")
	if of > len(list) {
		text += ", …"
	}
	return text + ")"
}

// progressOn shows a running count on a terminal and nothing elsewhere.
func progressOn(f *os.File) func(int) {
	if !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return func(n int) { fmt.Fprintf(f, "\r%s baris", bahasa.Number(n)) }
}
