package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"gapura/internal/durable"
)

// A Status is what came of the backups that a program makes by itself. It lies in their folder.
type Status struct {
	At     time.Time `json:"at"`               // when the last one was tried
	Failed string    `json:"failed,omitempty"` // what went wrong then; empty: it was made, and restored to try it
	Good   time.Time `json:"good"`             // when the last good one was made; zero: never
	File   string    `json:"file"`             // its name
	Bytes  int64     `json:"bytes"`
}

const statusName = "keadaan.json"

// ReadStatus reads the status in a folder; the zero one when no backup was tried there.
func ReadStatus(dir string) (s Status, err error) {
	text, err := os.ReadFile(filepath.Join(dir, statusName))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("keadaan cadangan: %w", err)
	}
	return s, nil
}

// Write keeps the status in a folder.
func (s Status) Write(dir string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return durable.Write(filepath.Join(dir, statusName), text)
}

// late is how old the last good backup may become: a day and a night.
const late = 36 * time.Hour

// Ill says in a sentence what is wrong with the backups at an instant; empty: nothing. Since is when the program began to make them.
func (s Status) Ill(now, since time.Time) string {
	switch {
	case s.Failed != "":
		return "Cadangan harian gagal: " + s.Failed
	case now.Sub(later(s.Good, since)) > late:
		return "Sudah lebih dari 36 jam tidak ada cadangan yang baik."
	}
	return ""
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Due reports whether a backup is due: since the last try the time of day (from midnight, in the zone of now) came by.
func (s Status) Due(now time.Time, at time.Duration) bool {
	slot := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()).Add(at)
	if slot.After(now) {
		slot = slot.AddDate(0, 0, -1)
	}
	return s.At.Before(slot)
}

// fileOf is the name of a daily backup; by name is by time.
func fileOf(role string, at time.Time) string {
	return "gapura-" + role + "-" + at.UTC().Format("20060102T150405Z") + ".age"
}

// Thin removes all but the newest daily backups of a role.
func Thin(dir, role string, keep int) error {
	list, err := filepath.Glob(filepath.Join(dir, "gapura-"+role+"-*Z.age"))
	if err != nil || len(list) <= keep {
		return err
	}
	slices.Sort(list)
	for _, f := range list[:len(list)-keep] {
		err = errors.Join(err, os.Remove(f))
	}
	return err
}
