package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gapura/internal/backup"
)

// The backup of each day is made, restored to try it, and told of; one that cannot be restored is told on the console's home and by the
// doctor, and takes no older one away.
func TestTheDailyBackupIsTriedAndToldOf(t *testing.T) {
	w := newWalk(t)
	daily := w.p.daily()
	if daily == nil {
		t.Fatal("the demo's configuration makes no daily backup")
	}
	admin := ""
	for _, l := range w.out.Logins {
		if l.Role == "admin" {
			admin = l.User
		}
	}
	home := func() string {
		a := w.actor(admin)
		return w.send(a, "GET", "/konsol", w.place(true), 0).Body.String()
	}
	if err := daily.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := backup.ReadStatus(daily.Dir)
	if err != nil || s.Failed != "" || !s.Good.Equal(w.at) || s.Bytes < 100_000 {
		t.Errorf("%+v %v", s, err)
	}
	if f := backupFinding(w.p.cfg, w.at); !f.well || !strings.Contains(f.says, s.File) {
		t.Errorf("the doctor says %+v", f)
	}
	if text := home(); strings.Contains(text, "cadangan") || !strings.Contains(text, "Beranda") {
		t.Errorf("home speaks of a backup that is well: %s", text)
	}
	if left, _ := filepath.Glob(filepath.Join(daily.Dir, "*")); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
	// An entry that nobody reads any more is changed in the database: only reading all of them finds it.
	db, err := sql.Open("sqlite", w.p.cfg.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	r, err := db.Exec("UPDATE changes SET subject = 'lain' WHERE agency_id = 1 AND seq = 0")
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := r.RowsAffected(); n != 1 {
		t.Fatalf("%d entries were changed", n)
	}
	w.at = w.at.AddDate(0, 0, 1)
	if err := daily.Once(t.Context()); err == nil {
		t.Fatal("a backup of a changed log is good")
	}
	if s, err = backup.ReadStatus(daily.Dir); err != nil || !strings.Contains(s.Failed, "tidak dapat dipulihkan") || s.Good.Equal(w.at) {
		t.Errorf("%+v %v", s, err)
	}
	if f := backupFinding(w.p.cfg, w.at); f.well {
		t.Errorf("the doctor says %+v", f)
	}
	if text := home(); !strings.Contains(text, "Cadangan harian gagal") {
		t.Errorf("home does not say that the backup failed: %s", text)
	}
	if _, err := os.Stat(filepath.Join(daily.Dir, s.File)); err != nil {
		t.Errorf("the last good backup: %v", err)
	}
}

// An office without daily backups is reminded of it.
func TestTheLackOfDailyBackupsIsTold(t *testing.T) {
	p := &provider{now: time.Now}
	if !strings.Contains(p.backupsIll(), "belum diatur") {
		t.Error("nothing is said")
	}
}
