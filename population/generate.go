package population

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"gapura/nik"
	"gapura/region"
)

// generateOn is the day at which the invented residents have their ages; fixed, so that a seed always gives the same people.
var generateOn = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// oldRegion is a district code that is not in today's list, as on cards issued before a district split.
const oldRegion = "330319"

// Generate yields invented residents of a regency (4 digits), family by family. The same arguments give the same residents. Memory grows with
// the number of different region and birth date pairs, some tens of bytes for each.
func Generate(residents int, seed uint64, regency string) iter.Seq[Person] {
	return func(yield func(Person) bool) {
		g := &generator{
			rng: rand.New(rand.NewPCG(seed, 470)), villages: region.Villages(regency), neighbours: []string{"330401", "330210", "327305", "317107", oldRegion},
			serials: map[string]uint16{},
		}
		for n := 0; n < residents; {
			for _, p := range g.family() {
				// The first hundred hold every status, so that small populations can show each notice.
				if n < 100 && n%10 == 9 {
					p.Status = LifeStatus(1 + n/10%3)
				}
				if !yield(p) {
					return
				}
				if n++; n == residents {
					break
				}
			}
		}
	}
}

type generator struct {
	rng        *rand.Rand
	villages   []string
	neighbours []string
	serials    map[string]uint16 // by the first 12 digits of a NIK
	families   int
}

func (g *generator) chance(p float64) bool { return g.rng.Float64() < p }

func pick[T any](g *generator, list []T) T { return list[g.rng.IntN(len(list))] }

// family is a household of one to six under one family number and one address.
func (g *generator) family() []Person {
	g.families++
	village := pick(g, g.villages)
	home := Person{
		Village: village, RT: fmt.Sprintf("%03d", 1+g.rng.IntN(9)), RW: fmt.Sprintf("%03d", 1+g.rng.IntN(12)), Address: g.street(),
		FamilyNo: fmt.Sprintf("%s%06d%04d", village[:6], g.families/9999%1000000, 1+g.families%9999),
	}
	married := g.chance(0.8)
	headAge := 22 + g.rng.IntN(58)
	headSex := Male
	if !married && g.chance(0.6) {
		headSex = Female
	}
	head := g.person(home, headSex, g.birth(headAge))
	switch {
	case married:
		head.Marital = "KAWIN"
	case headAge > 45:
		head.Marital = "CERAI MATI"
	case g.chance(0.3):
		head.Marital = "CERAI HIDUP"
	}
	members := []Person{head}
	if married {
		wife := g.person(home, Female, g.birth(max(19, headAge-6+g.rng.IntN(8))))
		wife.Marital = "KAWIN"
		if g.chance(0.5) {
			wife.Occupation = "MENGURUS RUMAH TANGGA"
		}
		members = append(members, wife)
	}
	if married || head.Marital == "CERAI MATI" {
		for range g.rng.IntN(4) {
			age := headAge - 22 - g.rng.IntN(14)
			if age < 0 || age > 35 {
				continue
			}
			born, sex := g.birth(age), pick(g, []Sex{Male, Female})
			members = append(members, g.person(home, sex, born))
			if g.chance(0.02) {
				// Twins: born on the same day, so their serials follow each other.
				members = append(members, g.person(home, sex, born))
			}
		}
	}
	return members
}

// birth is a date for an age; many elders were registered on the first day of a half year or the last of a year.
func (g *generator) birth(age int) time.Time {
	year := generateOn.Year() - 1 - age
	if age > 63 && g.chance(0.35) {
		d := pick(g, [][2]int{{1, 1}, {7, 1}, {12, 31}})
		return time.Date(year, time.Month(d[0]), d[1], 0, 0, 0, 0, time.UTC)
	}
	return time.Date(year, 1, 1+g.rng.IntN(365), 0, 0, 0, 0, time.UTC)
}

func (g *generator) person(home Person, sex Sex, born time.Time) Person {
	p := home
	age := generateOn.Year() - 1 - born.Year()
	p.Sex, p.BirthDate, p.BirthPlace, p.Marital = sex, born, "PURBALINGGA", "BELUM KAWIN"
	prefix := home.Village[:6]
	if g.chance(0.08) {
		prefix = pick(g, g.neighbours)
		p.BirthPlace = pick(g, []string{"BANJARNEGARA", "BANYUMAS", "BANDUNG", "JAKARTA", "PEMALANG", "CILACAP"})
	}
	p.NIK = g.number(prefix, sex, born)
	p.Name = g.name(sex)
	p.Occupation = g.occupation(age)
	switch x := g.rng.Float64(); {
	case x < 0.03:
		p.Status = Deceased
	case x < 0.04:
		p.Status = Duplicate
	case x < 0.06:
		p.Status = Inactive
	}
	return p
}

func (g *generator) number(prefix string, sex Sex, born time.Time) nik.NIK {
	for {
		day := born.Day()
		if sex == Female {
			day += 40
		}
		key := fmt.Sprintf("%s%02d%02d%02d", prefix, day, born.Month(), born.Year()%100)
		if g.serials[key] < 9999 {
			g.serials[key]++
			n, err := nik.Parse(fmt.Sprintf("%s%04d", key, g.serials[key]))
			if err != nil {
				panic("population: generated number is not well-formed")
			}
			return n
		}
		born = born.AddDate(0, 0, 1)
	}
}

func (g *generator) occupation(age int) string {
	switch {
	case age < 6:
		return "BELUM/TIDAK BEKERJA"
	case age < 19:
		return "PELAJAR/MAHASISWA"
	case age > 70:
		return pick(g, []string{"PETANI/PEKEBUN", "BELUM/TIDAK BEKERJA", "PENSIUNAN"})
	case g.chance(0.35):
		return "PETANI/PEKEBUN"
	}
	return pick(g, []string{
		"WIRASWASTA", "KARYAWAN SWASTA", "BURUH HARIAN LEPAS", "BURUH TANI/PERKEBUNAN", "PEDAGANG", "PEGAWAI NEGERI SIPIL", "GURU", "PETERNAK",
		"SOPIR", "PERANGKAT DESA", "BIDAN", "PERAWAT", "KARYAWAN HONORER", "KONSTRUKSI",
	})
}

func (g *generator) street() string {
	switch {
	case g.chance(0.5):
		return "DUSUN " + pick(g, hamlets)
	case g.chance(0.5):
		return fmt.Sprintf("JL. %s NO. %d", pick(g, streets), 1+g.rng.IntN(120))
	}
	return pick(g, hamlets)
}

func (g *generator) name(sex Sex) string {
	first, last := maleFirst, maleLast
	if sex == Female {
		first, last = femaleFirst, femaleLast
	}
	switch x := g.rng.Float64(); {
	case x < 0.12: // one name alone is common in Java
		return pick(g, first)
	case x < 0.22 && sex == Male:
		return pick(g, []string{"MUHAMMAD ", "AHMAD ", "ABDUL "}) + pick(g, last)
	case x < 0.22:
		return pick(g, []string{"SITI ", "NUR ", "DEWI "}) + pick(g, last)
	case x < 0.40:
		return pick(g, first) + " " + pick(g, first) + " " + pick(g, last)
	}
	return pick(g, first) + " " + pick(g, last)
}
