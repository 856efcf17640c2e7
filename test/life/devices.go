package life

import (
	"slices"
	"strings"
	"time"

	"gapura/agreement/reader"
)

// A device is a card reader.
type device struct {
	serial string
	state  string // as the page calls it
}

// reads reports whether the agency has a reader that was activated.
func (a *agency) reads() bool {
	return slices.ContainsFunc(a.devices, func(d *device) bool { return d.state == "Aktif" })
}

// endReaders is the model's reading of PKS 9(4) and Juknis IV.H: readers are deactivated when the agreement has ended and is not extended,
// which is not said before the answer to an extension that was asked for.
func (a *agency) endReaders(now, day time.Time) {
	p := a.decides(now, day)
	if p.phase(now, day) != over || !p.asked.IsZero() && p.refused.IsZero() && p.extended == nil {
		return
	}
	for _, d := range a.devices {
		if d.state == "Aktif" {
			d.state = "Nonaktif"
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
			state := d.state
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
		if d.state == "Nonaktif" {
			d.state = "Dikembalikan"
		}
	}
}

// equip brings readers into service, or back into it.
func (s *story) equip(a *agency, serials ...string) {
	var rows []string
	for n, serial := range serials {
		rows = append(rows, serial+"; Model Rekaan; SAM-"+serial+"-"+itoa(n))
	}
	s.file(a, "pembaca", map[string]string{"perangkat": strings.Join(rows, "\n"),
		"butir_dipenuhi": strings.Join(reader.DefaultSpecification.Missing(nil), "\n")})
	for _, serial := range serials {
		n := slices.IndexFunc(a.devices, func(d *device) bool { return d.serial == serial })
		if n < 0 {
			n, a.devices = len(a.devices), append(a.devices, &device{serial: serial})
		}
		a.devices[n].state = "Aktif"
	}
}
