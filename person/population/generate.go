package population

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"gapura/person/nik"
	"gapura/person/region"
)

// generateOn is the day at which the invented residents have their ages; fixed, so that a seed always gives the same people.
var generateOn = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// An origin is where people were born who moved in: the region in their NIK, and the birth place.
type origin struct{ district, place string }

// origins are districts of other regencies. The last two are in no list of today, as on cards from before a regency split; they stay valid.
var origins = []origin{
	{"330401", "BANJARNEGARA"}, {"330210", "BANYUMAS"}, {"330108", "CILACAP"}, {"332702", "PEMALANG"}, {"337401", "SEMARANG"},
	{"327305", "BANDUNG"},
	{"317107", "JAKARTA"}, {"347103", "YOGYAKARTA"}, {"330297", "BANYUMAS"}, {"330498", "BANJARNEGARA"},
}

// Generate yields invented residents of a regency (4 digits; a district with 6 does as well), family by family; nobody when no village of
// today lies there. The same arguments give the same residents, and a smaller count gives the first of them. NIKs are unique within a run.
// Memory grows with the number of different pairs of region and birth date, some tens of bytes for each.
func Generate(residents int, seed uint64, regency string) iter.Seq[Person] {
	return func(yield func(Person) bool) {
		g := newGenerator(seed, regency)
		if len(g.villages) == 0 {
			return
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

// A generator belongs to one run of Generate.
type generator struct {
	rng      *rand.Rand
	villages []string
	place    string // birth place of those who did not move in
	origins  []origin
	serials  map[uint64]uint16 // last serial by the first 12 digits of a NIK
	families int
}

func newGenerator(seed uint64, regency string) *generator {
	g := &generator{rng: rand.New(rand.NewPCG(seed, 470)), villages: region.Villages(regency), serials: map[uint64]uint16{}}
	name, _ := region.Name(regency[:min(4, len(regency))])
	_, g.place, _ = strings.Cut(name, " ") // without KABUPATEN, KOTA
	for _, o := range origins {
		if !strings.HasPrefix(o.district, regency[:min(4, len(regency))]) {
			g.origins = append(g.origins, o)
		}
	}
	return g
}

func (g *generator) chance(p float64) bool { return g.rng.Float64() < p }

func pick[T any](g *generator, list []T) T { return list[g.rng.IntN(len(list))] }

// A household is what the members of a family share.
type household struct {
	Person // family number, address, village
	community
}

func (g *generator) household() household {
	village := pick(g, g.villages)
	// A family number is made as a NIK is: region, day of issue, serial. The count of families gives day and serial, so that none comes
	// twice.
	const days = 7000
	issued := time.Date(2005, 1, 1+g.families%days, 0, 0, 0, 0, time.UTC)
	h := household{Person: Person{
		Village: village, RT: fmt.Sprintf("%03d", 1+g.rng.IntN(9)), RW: fmt.Sprintf("%03d", 1+g.rng.IntN(12)), Address: g.street(),
		FamilyNo: fmt.Sprintf("%s%s%04d", village[:6], issued.Format("020106"), 1+g.families/days),
	}}
	g.families++
	x := g.rng.Float64()
	for _, h.community = range communities {
		if x -= h.share; x < 0 {
			break
		}
	}
	return h
}

// family is a household of one to about nine under one family number and one address: head, spouse, children.
func (g *generator) family() []Person {
	home := g.household()
	married := g.chance(0.8)
	headAge := 22 + g.rng.IntN(58)
	headSex := Male
	if !married && g.chance(0.6) {
		headSex = Female
	}
	head := g.person(home, headSex, g.birth(headAge), g.origin(home))
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
		wife := g.person(home, Female, g.birth(max(19, headAge-6+g.rng.IntN(8))), g.origin(home))
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
			born, sex, from := g.birth(age), pick(g, []Sex{Male, Female}), g.origin(home)
			members = append(members, g.person(home, sex, born, from))
			if g.chance(0.02) {
				// Twins: born on the same day in the same place, so their serials follow each other.
				members = append(members, g.person(home, sex, born, from))
			}
		}
	}
	return members
}

// origin is the home district for most, another regency's for 8 in 100.
func (g *generator) origin(home household) origin {
	if g.chance(0.08) {
		return pick(g, g.origins)
	}
	return origin{home.Village[:6], g.place}
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

func (g *generator) person(home household, sex Sex, born time.Time, from origin) Person {
	p := home.Person
	p.NIK, p.BirthDate = g.number(from.district, sex, born)
	p.Sex, p.BirthPlace, p.Marital = sex, from.place, "BELUM KAWIN"
	age := generateOn.Year() - 1 - born.Year()
	p.Name = g.name(home.community, sex, age)
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

// number gives the next NIK of a district and birth date. When the serials of a date are used up the person is born a day later; the date
// that holds is returned.
func (g *generator) number(district string, sex Sex, born time.Time) (nik.NIK, time.Time) {
	for ; ; born = born.AddDate(0, 0, 1) {
		day := born.Day()
		if sex == Female {
			day += 40
		}
		code, err := strconv.ParseUint(district, 10, 64)
		key := ((code*100+uint64(day))*100+uint64(born.Month()))*100 + uint64(born.Year()%100)
		if g.serials[key] == 9999 {
			continue
		}
		g.serials[key]++
		n, err2 := nik.Parse(fmt.Sprintf("%012d%04d", key, g.serials[key]))
		if err != nil || err2 != nil {
			panic("population: generated number is not well-formed")
		}
		return n, born
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
		"WIRASWASTA", "KARYAWAN SWASTA", "BURUH HARIAN LEPAS", "BURUH TANI/PERKEBUNAN", "PEDAGANG", "PEGAWAI NEGERI SIPIL", "GURU",
		"PETERNAK",
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
