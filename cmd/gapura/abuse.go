package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"gapura/access/abuse"
	"gapura/person/nik"
)

type abuseCommand struct {
	Replay   abuseReplay   `cmd:"" help:"Judge recorded lookups: CSV time,user,nik on standard input, the same with action,rule on standard output."`
	Explain  abuseExplain  `cmd:"" help:"Say why recorded lookups were judged so: the same CSV on standard input."`
	Snooping abuseSnooping `cmd:"" help:"Judge a period for curiosity: which lookups no service explains, and which of them are alerts."`
}

type abuseReplay struct {
	Off []string `placeholder:"RULE" help:"Leave a detector out; may be repeated."`
}

func (c abuseReplay) Run() error {
	off, err := rulesOff(c.Off)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(os.Stdout, 1<<16)
	out := csv.NewWriter(buffered)
	out.Write([]string{"time", "user", "nik", "action", "rule"})
	err = replay(os.Stdin, off, func(_ int, row []string, _ nik.NIK, j abuse.Judgement) {
		action, rule := j.Action, j.Rule
		if action == abuse.Record { // answered, and nobody is told
			action = abuse.Allow
		}
		if action == abuse.Allow || action == abuse.Refused {
			rule = abuse.None
		}
		out.Write([]string{row[0], row[1], row[2], action.String(), rule.String()})
	})
	out.Flush()
	return errors.Join(err, out.Error(), buffered.Flush())
}

type abuseExplain struct {
	Line int      `help:"Only this line of data, counted from 1."`
	User string   `help:"Only this user."`
	All  bool     `help:"Lines that were allowed too."`
	Off  []string `placeholder:"RULE" help:"Leave a detector out; may be repeated."`
}

func (c abuseExplain) Run() error {
	off, err := rulesOff(c.Off)
	if err != nil {
		return err
	}
	out, met := bufio.NewWriter(os.Stdout), false
	err = replay(os.Stdin, off, func(line int, row []string, n nik.NIK, j abuse.Judgement) {
		if c.Line != 0 && c.Line != line || c.User != "" && c.User != row[1] {
			return
		}
		met = true
		if c.Line == 0 && !c.All && j.Action < abuse.Record {
			return
		}
		shown := n.Masked()
		if n.IsZero() {
			shown = "bukan NIK"
		}
		fmt.Fprintf(out, "%d  %s  %s  %s  %s", line, row[0], row[1], shown, j.Action)
		if j.Action == abuse.Refused {
			fmt.Fprintln(out, "\n    Pengguna sedang ditangguhkan.")
			return
		}
		fmt.Fprintf(out, "  %.0f\n", j.Score)
		for _, f := range j.Findings {
			fmt.Fprintf(out, "    %-12s %4.0f (+%.0f)  %s\n", f.Rule, f.Score, f.Added, f.Reason)
		}
		if len(j.Findings) == 0 {
			fmt.Fprintln(out, "    Tidak ada temuan.")
		}
	})
	if err = errors.Join(err, out.Flush()); err == nil && !met {
		err = refusal{errors.New("no such line or user")}
	}
	return err
}

func rulesOff(codes []string) (s abuse.Settings, err error) {
	for _, code := range codes {
		r, ok := abuse.ParseRule(code)
		if !ok {
			return s, fmt.Errorf("--off: unknown rule %q", code)
		}
		s.Off[r] = true
	}
	return s, nil
}

// replay reads lookups of one agency and hands each with its judgement to f, in order. A suspension ends at the next midnight WIB. Errors
// name lines, never values: a line may hold a NIK.
func replay(r io.Reader, s abuse.Settings, f func(line int, row []string, n nik.NIK, j abuse.Judgement)) error {
	in := csv.NewReader(bufio.NewReaderSize(r, 1<<16))
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	header, err := in.Read()
	if err != nil || len(header) < 3 || !slices.Equal(header[:3], []string{"time", "user", "nik"}) {
		return errors.New("standard input: want CSV with the columns time,user,nik")
	}
	watcher := abuse.New(nil, func(int64) abuse.Settings { return s })
	users := map[string]int64{}
	until := map[int64]time.Time{} // suspended users and the midnight that ends it
	for line := 1; ; line++ {
		row, err := in.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("line %d: not CSV", line)
		}
		if len(row) < 3 {
			return fmt.Errorf("line %d: want time,user,nik", line)
		}
		at, err := time.Parse(time.RFC3339, row[0])
		if err != nil {
			return fmt.Errorf("line %d: time is not RFC 3339", line)
		}
		user, ok := users[row[1]]
		if !ok {
			user = int64(len(users) + 1)
			users[string([]byte(row[1]))] = user
		}
		if end, ok := until[user]; ok && !at.Before(end) {
			watcher.Lapse(1, user)
			delete(until, user)
		}
		n, _ := nik.Parse(row[2]) // what is malformed is judged as such
		j := watcher.Observe(abuse.Lookup{At: at, Agency: 1, User: user, NIK: n})
		if j.Action == abuse.Suspend {
			y, m, d := at.In(abuse.WIB).Date()
			until[user] = time.Date(y, m, d+1, 0, 0, 0, 0, abuse.WIB)
		}
		f(line, row, n, j)
	}
}
