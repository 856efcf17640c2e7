// Package space watches the disk that a database lies on, so that a full one is told early, never answered as done, and left again.
package space

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"gapura/internal/durable"
	"gapura/internal/told"
)

// reserve is what a file holds back, in bytes, so that the last checkpoint has room when everything else is used up.
const reserve = 8 << 20

// again is after how long of trouble a write is tried anew.
const again = 5 * time.Second

// ErrUnsure is what a caller is told whose record may have been written before the storage fell silent.
var ErrUnsure = &told.Error{Kind: told.Busy, After: 30,
	Text: "Penyimpanan layanan terputus di tengah pencatatan. Permintaan ini mungkin sudah tercatat, tetapi tidak dijawab. Silakan " +
		"periksa riwayatnya sebelum mengulang."}

// ErrIll is what a caller is told while nothing can be kept.
var ErrIll = &told.Error{Kind: told.Busy, After: 30,
	Text: "Penyimpanan layanan sedang bermasalah, sehingga tidak ada yang dapat dicatat. Silakan coba lagi beberapa saat lagi."}

// A Disk is the place of a database. Safe for concurrent use.
type Disk struct {
	Dir     string
	Least   uint64 // bytes that must be free; below it nothing new is taken
	Reserve string // file that holds room back
	Free    func(dir string) (uint64, error)
	Reach   func() error // asks the database's server for a sign of life; nil: it is a file, in Dir
	// Files are the database's. They are open: when one is taken away or another put in its place, what is written is lost with the
	// process.
	Files []string
	Log   *slog.Logger

	write func(path string, content []byte) error // nil: durable.Write

	first []fs.FileInfo // of Files, as Look saw them first

	mu    sync.Mutex
	low   string    // why nothing new is taken; empty: there is room
	fails time.Time // until when a failed write is taken to say that the next fails too
	why   string
	told  time.Time
}

// Ill is what is wrong with the disk, in Indonesian; empty: nothing.
func (d *Disk) Ill() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ill()
}

func (d *Disk) ill() string {
	if d.low == "" && time.Now().Before(d.fails) {
		return d.why
	}
	return d.low
}

// Err is nil, or ErrIll while nothing can be kept.
func (d *Disk) Err() error {
	if d.Ill() == "" {
		return nil
	}
	return ErrIll
}

// Failed is told of a read or a write that the storage refused: for a while no write is tried, and what is held back is let go.
func (d *Disk) Failed(err error) {
	descriptors := openAny(d.Dir)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fails = time.Now().Add(again)
	if descriptors != nil { // SQLite does not say why it cannot open a file
		d.why = "Batas banyaknya berkas terbuka tercapai. Naikkan LimitNOFILE pada layanan; layanan pulih sendiri."
		d.tell(errors.Join(err, descriptors))
		return
	}
	d.why = "Penyimpanan menolak pembacaan atau penulisan."
	d.tell(err)
	d.release()
}

// openAny is what the system says when no file descriptor is left.
func openAny(dir string) error {
	f, err := os.Open(cmp.Or(dir, "."))
	if err == nil {
		return f.Close()
	}
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return err
	}
	return nil
}

// gone is the name of a file that is not what it was; empty: all are.
func (d *Disk) gone() string {
	if d.first == nil {
		d.first = make([]fs.FileInfo, len(d.Files))
	}
	for i, file := range d.Files {
		now, err := os.Stat(file)
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist): // of the disk, which says so itself
		case err == nil && d.first[i] == nil:
			d.first[i] = now
		case err != nil || !os.SameFile(d.first[i], now):
			return filepath.Base(file)
		}
	}
	return ""
}

// Look looks at the disk; it is called every second or so, by one caller at a time. Once there was too little room, a quarter more than the
// least must be free.
func (d *Disk) Look() {
	if d.Reach != nil {
		d.heard(d.Reach())
		return
	}
	if gone := d.gone(); gone != "" {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.low = "Berkas basis data " + gone + " tidak ada lagi di tempatnya atau sudah diganti, sehingga tidak ada yang dicatat. " +
			"Kembalikan berkas semula; bila tidak dapat, hentikan layanan dan pulihkan cadangan."
		d.tell(errors.New(d.low))
		return
	}
	free, err := d.Free(d.Dir)
	if d.judge(free, err) {
		d.hold()
	}
}

// heard keeps whether the server gave a sign of life.
func (d *Disk) heard(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		if d.low != "" {
			d.low, d.fails = "", time.Time{} // what failed meanwhile says nothing of the next write
		}
	} else {
		d.low = "Server basis data tidak menjawab. Periksa server PostgreSQL dan jaringannya; layanan pulih sendiri."
		d.tell(err)
	}
}

// judge keeps what was seen, and reports whether room may be held back.
func (d *Disk) judge(free uint64, err error) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	least := d.Least
	if d.low != "" {
		least += least / 4
	}
	switch {
	case err != nil:
		d.low = "Ruang kosong pada disk basis data tidak terbaca."
	case free < least:
		d.low = fmt.Sprintf("Disk basis data hampir penuh: tersisa %d MB, padahal paling sedikit %d MB. Kosongkan ruang; layanan pulih "+
			"sendiri.", free>>20, least>>20)
	default:
		d.low = ""
		return time.Now().After(d.fails)
	}
	d.tell(errors.Join(errors.New(d.low), err))
	if free < d.Least/4 { // somebody else eats the rest: what is under way needs the room now
		d.release()
	}
	return false
}

// hold makes the reserve, when it is not there. It takes as long as the disk takes, so nobody waits for it: what failed meanwhile lets it
// go again.
func (d *Disk) hold() {
	if _, err := os.Stat(d.Reserve); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	write := d.write
	if write == nil {
		write = durable.Write
	}
	err := write(d.Reserve, make([]byte, reserve))
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.tell(err)
	}
	if time.Now().Before(d.fails) {
		d.release()
	}
}

// release lets go of the reserve.
func (d *Disk) release() {
	if err := os.Remove(d.Reserve); err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.tell(err)
	}
}

// tell logs one line a minute.
func (d *Disk) tell(err error) {
	if now := time.Now(); now.Sub(d.told) >= time.Minute {
		d.told = now
		d.Log.Error("storage", "err", err)
	}
}
