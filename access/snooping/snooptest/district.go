// Package snooptest invents labelled traffic of one agency for measuring package snooping: what counters do, with the base rates of a
// district (most accesses to neighbours, relatives and namesakes are honest), and what those do who are curious. Everybody is invented.
package snooptest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"gapura/access/snooping"
	"gapura/person/nik"
)

// A Line is one lookup with the story that it belongs to: 0 for honest work.
type Line struct {
	snooping.Lookup
	Story int
	Kind  string // of the story; empty: honest
}

// Traffic is what a period brought.
type Traffic struct {
	Lines    []Line // by time
	Services []snooping.Service
	People   map[nik.NIK]snooping.Person
	Officers map[int64]nik.NIK
	Stories  map[int]string // kinds
	Weeks    int
}

// Person implements snooping.Directory.
func (t *Traffic) Person(n nik.NIK) (snooping.Person, bool) { p, ok := t.People[n]; return p, ok }

// Own implements snooping.Directory.
func (t *Traffic) Own(user int64) nik.NIK { return t.Officers[user] }

var zone = time.FixedZone("WIB", 7*60*60)

var given = []string{"SITI", "AGUS", "DWI", "TRI", "EKO", "SRI", "BUDI", "RINA", "JOKO", "WATI", "HADI", "NUR", "TONO", "LESTARI", "BAYU",
	"RATNA", "YUDI", "INDAH", "SLAMET", "PONIRAH", "WARNO", "KASTINI", "DEWI", "FAJAR", "GILANG", "HESTI"}

var starts = []string{"SUTAR", "WIRYO", "KARTO", "PRAWI", "SASTRO", "MANGUN", "HARJO", "ATMO", "RESO", "SOSRO", "KROMO", "DIRJO"}

var ends = []string{"NINGSIH", "DINATA", "WIBOWO", "SUDARMO", "PRANOTO", "UTOMO", "SENTONO", "WARDOYO", "MULYONO", "RAHARJO", "SAPUTRO"}

// dice invents one agency's months.
type dice struct {
	*rand.Rand
	t        *Traffic
	villages [][]nik.NIK
	cards    map[string][]nik.NIK
	all      []nik.NIK
	numbers  int // of references
	serial   map[string]int
}

const villages = 24

// populate invents households. Names of families are as uneven as real ones: some are everywhere.
func (d *dice) populate(households int) {
	d.villages, d.cards, d.serial = make([][]nik.NIK, villages), map[string][]nik.NIK{}, map[string]int{}
	for h := range households {
		v := d.IntN(villages)
		card := fmt.Sprintf("3303%02d%06d%04d", 1+v%18, 10124+h%28*10000, h%9999)
		last := starts[min(int(d.ExpFloat64()*4), len(starts)-1)] + ends[d.IntN(len(ends))]
		for range 2 + d.IntN(4) {
			birth := fmt.Sprintf("3303%02d%02d%02d%02d", 1+v%18, 1+d.IntN(28)+40*d.IntN(2), 1+d.IntN(12), d.IntN(100))
			d.serial[birth]++
			n, err := nik.Parse(fmt.Sprintf("%s%04d", birth, d.serial[birth]))
			if err != nil {
				continue
			}
			name := given[d.IntN(len(given))] + " " + given[d.IntN(len(given))]
			if d.IntN(3) > 0 { // many have no family name
				name = given[d.IntN(len(given))] + " " + last
			}
			d.t.People[n] = snooping.Person{Card: card, Place: fmt.Sprintf("330301%04d", 2001+v), Name: name}
			d.cards[card] = append(d.cards[card], n)
			d.villages[v], d.all = append(d.villages[v], n), append(d.all, n)
		}
	}
}

func (d *dice) anybody() nik.NIK           { return d.all[d.IntN(len(d.all))] }
func (d *dice) family(n nik.NIK) []nik.NIK { return d.cards[d.t.People[n].Card] }

func (d *dice) village(n nik.NIK) []nik.NIK {
	var v int
	fmt.Sscanf(d.t.People[n].Place[6:], "%d", &v)
	return d.villages[v-2001]
}

func (d *dice) reference() string {
	d.numbers++
	return fmt.Sprintf("%03d/BLT/%d/2026", 1000+d.numbers, 1+d.IntN(12))
}

func (d *dice) minutes(lo, hi int) time.Duration {
	return time.Duration(lo*60+d.IntN((hi-lo)*60)) * time.Second
}

// at is an instant of office hours on a day.
func (d *dice) at(on time.Time) time.Time {
	return time.Date(on.Year(), on.Month(), on.Day(), 7, 30+d.IntN(480), d.IntN(60), 0, zone)
}

func (d *dice) mistyped(n nik.NIK) nik.NIK {
	for {
		b := []byte(n.Digits())
		i := 6 + d.IntN(9)
		if d.IntN(2) == 0 {
			b[i], b[i+1] = b[i+1], b[i]
		} else {
			b[i] = byte('0' + d.IntN(10))
		}
		if x, err := nik.Parse(string(b)); err == nil && x != n {
			return x
		}
	}
}
