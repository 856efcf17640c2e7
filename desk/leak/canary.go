package leak

import (
	"fmt"
	"time"

	"gapura/person/nik"
	"gapura/person/population"
	"gapura/person/region"
)

// A Canary is a person who does not exist and whose every value is a random text found nowhere else. A provider plants canaries, an agency
// looks them up in its normal work, and whatever of them stands in its files was kept where nothing may be kept (G8).
type Canary struct {
	population.Person
	Planted time.Time
	Records []string // numbers of the records of the agency's lookups, newest first
}

// NewCanary invents one in a district (six digits); random returns a number from 0 to below n. The caller makes sure that nobody has the
// NIK.
func NewCanary(district string, random func(n int) int) (population.Person, error) {
	day := 1 + random(28)
	born := time.Date(1960+random(40), time.Month(1+random(12)), day, 0, 0, 0, 0, time.UTC)
	p := population.Person{Sex: population.Male, BirthDate: born, RT: "001", RW: "001"}
	if random(2) == 0 {
		p.Sex, day = population.Female, day+40
	}
	n, err := nik.Parse(fmt.Sprintf("%s%02d%s%04d", district, day, born.Format("0106"), 1+random(9)))
	if err != nil {
		return p, err
	}
	text := func(lengths ...int) (out string) {
		for i, l := range lengths {
			if i > 0 {
				out += " "
			}
			for range l {
				out += string("BCDFGHJKLMNPQRSTVWXZ"[random(20)]) // without vowels it is no name
			}
		}
		return out
	}
	villages := region.Villages(district)
	if len(villages) == 0 {
		return p, fmt.Errorf("district %s is not known", district)
	}
	p.NIK, p.FamilyNo, p.Village = n, district+fmt.Sprintf("%010d", random(1_000_000_000)), villages[random(len(villages))]
	p.Name, p.BirthPlace, p.Marital, p.Occupation, p.Address = text(9, 10), text(12), text(14), text(15), text(8, 12)
	return p, nil
}

// Values are what must be found nowhere. The NIK is not among them: it stands on the applicant's own papers.
func (c Canary) Values() []string {
	return []string{c.Name, c.BirthPlace, c.Marital, c.Occupation, c.Address}
}
