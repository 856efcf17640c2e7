package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"gapura/access/snooping"
	"gapura/person/nik"
)

type abuseSnooping struct {
	Lookups  string `required:"" placeholder:"FILE" help:"CSV time,user,nik,purpose,reference, by time."`
	Services string `required:"" placeholder:"FILE" help:"CSV reference,nik,day,kind (case, balikan, list, letter)."`
	People   string `required:"" placeholder:"FILE" help:"CSV nik,no_kk,village,name."`
	Users    string `required:"" placeholder:"FILE" help:"CSV user,nik: the officers' own numbers."`
}

// Run judges a period as the evening's run does, and writes CSV day,user,nik,action,reason: one line for each lookup that is not explained.
func (c abuseSnooping) Run() error {
	p := &period{people: map[nik.NIK]snooping.Person{}, own: map[int64]nik.NIK{}, users: map[string]int64{}}
	if err := errors.Join(p.readPeople(c.People), p.readUsers(c.Users)); err != nil {
		return err
	}
	services, err := p.readServices(c.Services)
	if err != nil {
		return err
	}
	lookups, err := p.readLookups(c.Lookups)
	if err != nil {
		return err
	}
	plain := make([]snooping.Lookup, len(lookups))
	for i, l := range lookups {
		plain[i] = l.Lookup
	}
	buffered := bufio.NewWriterSize(os.Stdout, 1<<16)
	out := csv.NewWriter(buffered)
	out.Write([]string{"day", "user", "nik", "action", "reason"})
	snooping.Replay(snooping.Settings{Users: len(p.users)}, p, services, plain, func(n int, v snooping.Verdict) {
		if l := lookups[n]; !v.Explained {
			out.Write([]string{snooping.DayOf(l.At).Format(time.DateOnly), l.login, l.typed, v.Finding.Action.String(), v.Finding.Reason})
		}
	})
	out.Flush()
	return errors.Join(out.Error(), buffered.Flush())
}

// A period is what the files say; it is a snooping.Directory.
type period struct {
	people map[nik.NIK]snooping.Person
	own    map[int64]nik.NIK
	users  map[string]int64
}

func (p *period) Person(n nik.NIK) (snooping.Person, bool) { x, ok := p.people[n]; return x, ok }
func (p *period) Own(user int64) nik.NIK                   { return p.own[user] }

func (p *period) user(login string) int64 {
	id, ok := p.users[login]
	if !ok {
		id = int64(len(p.users) + 1)
		p.users[login] = id
	}
	return id
}

// readRows reads a CSV file with at least the given columns in its heading, in any order, and gives the values of those. Errors name the
// file, the line and the column, never a value: it may be a NIK.
func readRows(file string, columns []string, give func(row []string) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	in := csv.NewReader(bufio.NewReaderSize(f, 1<<16))
	in.FieldsPerRecord = -1
	header, err := in.Read()
	if err == nil {
		header[0] = strings.TrimPrefix(header[0], "\ufeff")
	}
	at := make([]int, len(columns))
	for i, c := range columns {
		if at[i] = slices.Index(header, c); at[i] < 0 {
			return fmt.Errorf("%s: want CSV with the columns %s", file, strings.Join(columns, ","))
		}
	}
	row := make([]string, len(columns))
	for line := 2; ; line++ {
		all, err := in.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: line %d: not CSV", file, line)
		}
		for i, n := range at {
			if n >= len(all) {
				return fmt.Errorf("%s: line %d: column %s is missing", file, line, columns[i])
			}
			row[i] = strings.Clone(strings.TrimSpace(all[n]))
		}
		if err := give(row); err != nil {
			return fmt.Errorf("%s: line %d: %w", file, line, err)
		}
	}
}

func (p *period) readPeople(file string) error {
	return readRows(file, []string{"nik", "no_kk", "village", "name"}, func(row []string) error {
		n, err := nik.Parse(row[0])
		if err != nil {
			return errors.New("column nik: no NIK")
		}
		p.people[n] = snooping.Person{Card: row[1], Place: row[2], Name: row[3]}
		return nil
	})
}

func (p *period) readUsers(file string) error {
	return readRows(file, []string{"user", "nik"}, func(row []string) error {
		if row[0] == "" {
			return errors.New("column user: empty")
		}
		id := p.user(row[0])
		if row[1] == "" {
			return nil // it is not known
		}
		n, err := nik.Parse(row[1])
		if err != nil {
			return errors.New("column nik: no NIK")
		}
		p.own[id] = n
		return nil
	})
}

func (p *period) readServices(file string) (out []snooping.Service, err error) {
	err = readRows(file, []string{"reference", "nik", "day", "kind"}, func(row []string) error {
		s := snooping.Service{Reference: row[0]}
		if row[1] != "" { // a letter may name nobody
			if s.NIK, err = nik.Parse(row[1]); err != nil {
				return errors.New("column nik: no NIK")
			}
		}
		if s.Day, err = time.Parse(time.DateOnly, row[2]); err != nil {
			return errors.New("column day: want a day like 2026-01-31")
		}
		ok := false
		if s.Kind, ok = snooping.ParseKind(row[3]); !ok {
			return errors.New("column kind: want case, balikan, list or letter")
		}
		out = append(out, s)
		return nil
	})
	return out, err
}

type typedLookup struct {
	snooping.Lookup
	login, typed string
}

func (p *period) readLookups(file string) (out []typedLookup, err error) {
	err = readRows(file, []string{"time", "user", "nik", "purpose", "reference"}, func(row []string) error {
		at, err := time.Parse(time.RFC3339, row[0])
		if err != nil {
			return errors.New("column time: not RFC 3339")
		}
		if _, offset := at.Zone(); offset == 0 { // the agency's day, as replay takes it
			at = at.In(time.FixedZone("WIB", 7*60*60))
		}
		n, _ := nik.Parse(row[2]) // what is malformed was typed all the same
		out = append(out, typedLookup{snooping.Lookup{At: at, User: p.user(row[1]), NIK: n, Purpose: row[3], Reference: row[4]}, row[1],
			row[2]})
		return nil
	})
	slices.SortStableFunc(out, func(a, b typedLookup) int { return a.At.Compare(b.At) })
	return out, err
}
