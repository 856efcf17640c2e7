package main

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A probe looks at the service from outside while a load is on it: by its metrics, and by what the system says of its process and files.
type probe struct {
	url string
	pid int
	log string // SQLite's write-ahead log; there is none on PostgreSQL
}

// A sight is what a probe sees at one moment.
type sight struct {
	at                         time.Time
	accesses, commits, entries float64
	allocations                float64
	behind                     float64 // records that what is derived has not taken in
	cpu                        time.Duration
	memory, log                int64 // bytes
}

func (p probe) look() (s sight, err error) {
	r, err := http.Get(p.url + "/metrics")
	if err != nil {
		return s, err
	}
	defer r.Body.Close()
	s.at = time.Now()
	for lines := bufio.NewScanner(r.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			continue // a comment
		}
		switch name, _, _ := strings.Cut(name, "{"); name {
		case "gapura_access_total":
			s.accesses += v
		case "gapura_journal_commit_entries_count":
			s.commits += v
		case "gapura_journal_commit_entries_sum":
			s.entries += v
		case "gapura_journal_behind_records":
			s.behind = max(s.behind, v)
		case "go_memstats_mallocs_total":
			s.allocations = v
		case "process_cpu_seconds_total":
			s.cpu = time.Duration(v * float64(time.Second))
		case "process_resident_memory_bytes":
			s.memory = int64(v)
		}
	}
	if i, err := os.Stat(p.log); err == nil {
		s.log = i.Size()
	}
	return s, nil
}

// A course is what was seen each second of a load.
type course []sight

// follow looks each second until told to end.
func (p probe) follow(end <-chan struct{}) (c course, err error) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		s, err := p.look()
		if err != nil {
			return nil, err
		}
		c = append(c, s)
		select {
		case <-end:
			return c, nil
		case <-t.C:
		}
	}
}

// perSecond are the accesses of each whole second, ascending; the first and the last, which the load fills in part, are left out.
func (c course) perSecond() (all []float64) {
	for i := 2; i < len(c)-1; i++ {
		all = append(all, (c[i].accesses-c[i-1].accesses)/c[i].at.Sub(c[i-1].at).Seconds())
	}
	slices.Sort(all)
	return all
}

func (c course) String() string {
	if len(c) < 4 {
		return "too short to tell seconds"
	}
	first, last, all := c[0], c[len(c)-1], c.perSecond()
	memory, log := int64(0), int64(0)
	for _, s := range c {
		memory, log = max(memory, s.memory), max(log, s.log)
	}
	commits, n := last.commits-first.commits, last.accesses-first.accesses
	kept := fmt.Sprintf("write-ahead log at most %d MB, memory %d MB", log>>20, memory>>20)
	if n == 0 {
		return kept
	}
	return fmt.Sprintf("worst second %.0f (%.2f of the median); %.0f µs of CPU and %.0f allocations each; "+
		"%.0f fsyncs/s, %.0f records each; ",
		all[0], all[0]/all[len(all)/2], float64((last.cpu-first.cpu).Microseconds())/n, (last.allocations-first.allocations)/n,
		commits/last.at.Sub(first.at).Seconds(),
		(last.entries-first.entries)/max(commits, 1)) + kept
}

// mostBehind is how long after a load what is derived from the records may take to catch up.
const mostBehind = 30 * time.Second

func (p probe) caughtUp() (time.Duration, error) {
	begun := time.Now()
	for {
		s, err := p.look()
		if err != nil {
			return 0, err
		}
		if s.behind == 0 {
			return time.Since(begun), nil
		}
		if time.Since(begun) > mostBehind {
			return 0, fmt.Errorf("what is derived is still %.0f records behind, %v after the load", s.behind, mostBehind)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// fsyncs is how many a second the disk under a folder takes, of 4 KiB appended each.
func fsyncs(dir string, d time.Duration) (float64, error) {
	f, err := os.Create(filepath.Join(dir, "fsync"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	page, n, begun := make([]byte, 4096), 0, time.Now()
	for ; time.Since(begun) < d; n++ {
		if _, err := f.Write(page); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begun).Seconds(), nil
}
