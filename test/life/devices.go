package life

import (
	"slices"
	"strings"
	"time"

	"gapura/agreement/reader"
)

// A device is a card reader with all that was said of it.
type device struct {
	serial string
	words  []word
}

// A word says what a reader is from an instant on; it was said at another.
type word struct {
	state      string // as the page calls it
	from, said time.Time
}

// state is what a reader was at an instant, by what had been said until known: the last word counts.
func (d *device) state(at, known time.Time) (state string) {
	for _, w := range d.words {
		if !at.Before(w.from) && !known.Before(w.said) {
			state = w.state
		}
	}
	return state
}

// reads reports whether the agency has a reader that was activated.
func (a *agency) reads(now time.Time) bool {
	return slices.ContainsFunc(a.devices, func(d *device) bool { return d.state(now, now) == "Aktif" })
}

// endReaders is the model's reading of PKS 9(4) and Juknis IV.H: readers are deactivated when the agreement has ended and is not extended,
// which is not said before the answer to an extension that was asked for.
func (a *agency) endReaders(now, day time.Time) {
	p := a.decides(now, day)
	if p.phase(now, day) != over || !p.asked.IsZero() && p.refused.IsZero() && p.extended == nil {
		return
	}
	for _, d := range a.devices {
		if s := d.state(now, now); s == "Aktif" || s == "Dipersonalisasi" {
			d.words = append(d.words, word{"Nonaktif", now, now})
		}
	}
}

// readers holds the register of readers against the model's.
func (s *story) readers() {
	now, day := s.W.Now(), s.W.Day()
	var want, got []string
	for _, a := range s.agencies() {
		_, open, _ := a.opens(now, day)
		for _, d := range a.devices {
			state := d.state(now, now)
			if state == "Aktif" && !open {
				state += " Tidak bekerja: perjanjian tidak berlaku"
			}
			want = append(want, d.serial+" | "+a.name+" | "+state)
		}
	}
	if len(want) == 0 {
		return
	}
	s.One.Open("/konsol/pembaca")
	for _, cells := range s.One.Rows() {
		if len(cells) == 6 && cells[0] != "Nomor seri" {
			got = append(got, strings.Join([]string{cells[0], cells[3], cells[4]}, " | "))
		}
	}
	s.compared += len(want)
	s.sets(s.today()+", readers", got, want)
}

// giveBack ships the SAM cards of the readers that the house deactivated by itself, with their BAST, and takes them in.
func (s *story) giveBack(a *agency) {
	s.One.Open("/konsol/berkas")
	s.One.Follow("Penonaktifan pembaca")
	c := &Case{o: s.Provider, agency: a.code, name: "sam", path: s.One.Path()}
	c.Run(map[string]string{"cara_kirim": "Diantar sendiri."}, agreed, "")
	for _, d := range a.devices {
		if d.state(s.W.Now(), s.W.Now()) == "Nonaktif" {
			d.words = append(d.words, word{"Dikembalikan", midnight(s.today()), s.W.Now()})
		}
	}
}

// equip brings readers into service, or back into it; from is their first day, empty: at once.
func (s *story) equip(a *agency, from string, serials ...string) {
	var rows []string
	for n, serial := range serials {
		rows = append(rows, serial+"; Model Rekaan; SAM-"+serial+"-"+itoa(n))
	}
	s.file(a, "pembaca", map[string]string{"perangkat": strings.Join(rows, "\n"), "aktif_mulai": from,
		"butir_dipenuhi": strings.Join(reader.DefaultSpecification.Missing(nil), "\n")})
	now := s.W.Now()
	for _, serial := range serials {
		n := slices.IndexFunc(a.devices, func(d *device) bool { return d.serial == serial })
		if n < 0 {
			n, a.devices = len(a.devices), append(a.devices, &device{serial: serial})
		}
		d := a.devices[n]
		if d.words = append(d.words, word{"Dipersonalisasi", now, now}); from == "" {
			d.words = append(d.words, word{"Aktif", now, now})
		} else {
			d.words = append(d.words, word{"Aktif", midnight(from), now})
		}
	}
}

// lose takes a reader out of use from a day on, which may have passed. Its card stays lost, so that nothing is shipped.
func (s *story) lose(a *agency, serial, from string) {
	s.Begin(a.code, "sam").Run(map[string]string{"nomor_seri": serial, "nonaktif_sejak": from}, agreed, "cara_kirim")
	for _, d := range a.devices {
		if d.serial == serial {
			d.words = append(d.words, word{"Nonaktif", midnight(from), s.W.Now()})
		}
	}
}

// midnight is the first instant of a day where the agencies are.
func midnight(day string) time.Time {
	d := date(day)
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, wib)
}

// readersThen holds what the page of an agreement says of the readers on one day, by what was recorded until another, against the model's.
func (s *story) readersThen(a *agency, p *pact, day, known time.Time) {
	var want, got []string
	for _, d := range a.devices {
		if state := d.state(s.endOf(day), s.endOf(known)); state != "" {
			want = append(want, d.serial+" Model Rekaan | "+state)
		}
	}
	s.One.Open(p.page + "?tanggal=" + day.Format(time.DateOnly) + "&catatan=" + known.Format(time.DateOnly))
	for _, cells := range s.One.Rows() {
		if len(cells) == 4 && strings.HasPrefix(cells[0], "PBC-") {
			state, _, _ := strings.Cut(cells[2], " Tidak bekerja")
			got = append(got, cells[0]+" | "+state)
		}
	}
	s.compared += len(want)
	s.sets("readers of "+a.code+" on "+day.Format(time.DateOnly)+", as known on "+known.Format(time.DateOnly), got, want)
}

// endOf is the last instant of a day, today's so far.
func (s *story) endOf(day time.Time) time.Time {
	if day.Equal(s.W.Day()) {
		return s.W.Now()
	}
	return midnight(day.AddDate(0, 0, 1).Format(time.DateOnly)).Add(-time.Second)
}
