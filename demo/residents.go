package demo

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"gapura/access/guard"
	"gapura/person/nik"
	"gapura/person/population"
)

const samples = 200

// watch collects samples on the way to the registry.
func (b *builder) watch(people iter.Seq[population.Person]) iter.Seq[population.Person] {
	return func(yield func(population.Person) bool) {
		s := &b.out.Sample
		lists := map[population.LifeStatus]*[]string{
			population.Alive: &s.Found, population.Deceased: &s.Deceased, population.Duplicate: &s.Duplicate,
			population.Inactive: &s.Inactive,
		}
		for p := range people {
			if list := lists[p.Status]; list != nil && len(*list) < samples {
				*list = append(*list, p.NIK.Digits())
			}
			if !yield(p) {
				return
			}
		}
	}
}

// strangers are well-formed numbers that the registry does not know, texts that are no NIK, and decoys.
func (b *builder) strangers() {
	random := rand.New(rand.NewPCG(b.seed, 7))
	// stranger is a NIK that nobody has, of one of the first districts.
	stranger := func(make func(district string) (nik.NIK, error)) nik.NIK {
		for b.err == nil {
			n, err := make(fmt.Sprintf("%s%02d", Regency, 1+random.IntN(18)))
			if err != nil {
				continue
			}
			found, err := b.st.Registry.Find(b.ctx, n)
			if b.err = err; err == nil && !found.Known {
				return n
			}
		}
		return nik.NIK{}
	}
	for len(b.out.Sample.Unknown) < 20 && b.err == nil {
		n := stranger(func(district string) (nik.NIK, error) {
			return nik.Parse(fmt.Sprintf("%s%02d%02d%02d%04d", district, 1+random.IntN(28), 1+random.IntN(12), 70+random.IntN(30),
				1+random.IntN(2)))
		})
		b.out.Sample.Unknown = append(b.out.Sample.Unknown, n.Digits())
	}
	b.out.Sample.Malformed = []string{"3303013202800001", "3303010113800001", "3303013002800001", "3303010101800000", "330301010180001",
		"33030101018000012", "33030101018000AB"}
	var decoys []guard.Decoy
	for len(decoys) < 3 && b.err == nil {
		n := stranger(func(district string) (nik.NIK, error) { return guard.NewDecoy(district, random.IntN) })
		decoys = append(decoys, guard.Decoy{NIK: n, Planted: b.now, Note: "daftar contoh untuk peragaan"})
		b.out.Sample.Decoy = append(b.out.Sample.Decoy, n.Digits())
	}
	if b.err == nil {
		b.err = b.st.Guard.PlantDecoys(b.ctx, b.note("peragaan"), decoys)
	}
}
