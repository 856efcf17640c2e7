package snooptest

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Write writes the traffic as the files of gapura abuse snooping: lookups.csv (with a last column label: the kind of the story, empty for
// honest work), services.csv, people.csv and users.csv.
func (t *Traffic) Write(dir string) error {
	login := func(user int64) string { return fmt.Sprintf("petugas%d", user) }
	lookups := [][]string{{"time", "user", "nik", "purpose", "reference", "label"}}
	for _, l := range t.Lines {
		lookups = append(lookups, []string{l.At.Format(time.RFC3339), login(l.User), l.NIK.Digits(), l.Purpose, l.Reference, l.Kind})
	}
	services := [][]string{{"reference", "nik", "day", "kind"}}
	for _, s := range t.Services {
		services = append(services, []string{s.Reference, s.NIK.Digits(), s.Day.Format(time.DateOnly), s.Kind.String()})
	}
	people := [][]string{{"nik", "no_kk", "village", "name"}}
	for n, p := range t.People {
		people = append(people, []string{n.Digits(), p.Card, p.Place, p.Name})
	}
	users := [][]string{{"user", "nik"}}
	for u, n := range t.Officers {
		users = append(users, []string{login(u), n.Digits()})
	}
	for name, rows := range map[string][][]string{"lookups": lookups, "services": services, "people": people, "users": users} {
		f, err := os.Create(filepath.Join(dir, name+".csv"))
		if err != nil {
			return err
		}
		w := csv.NewWriter(f)
		if err := w.WriteAll(rows); err != nil {
			f.Close()
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}
