package population

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/person/nik"
	"gapura/person/region"
)

func TestGenerateNamesNobodyKnown(t *testing.T) {
	known := map[string]bool{}
	for _, n := range []string{"JOKO WIDODO", "SRI MULYANI", "BUDI GUNAWAN", "BUDI HARTONO", "TRI SUTRISNO", "DEWI LESTARI",
		"TAUFIK HIDAYAT", "SUSILO BAMBANG", "PRABOWO SUBIANTO",
		"ABDUL ROHMAN WAHID", "PUAN MAHARANI", "AGUS HARIMURTI"} {
		known[n] = true
	}
	for p := range Generate(50_000, 3, "3303") {
		words := strings.Fields(p.Name)
		for i := range len(words) - 1 {
			if known[words[i]+" "+words[i+1]] {
				t.Fatal(p.Name)
			}
		}
	}
}

func TestOriginsAreRealOrOld(t *testing.T) {
	old := 0
	for _, o := range origins {
		name, today := region.Name(o.district)
		if regency := region.Lookup(o.district).Regency; !strings.Contains(regency, o.place) {
			t.Errorf("%s: %q lies in %q", o.district, o.place, regency)
		}
		if name == "" && !today {
			old++
		}
	}
	if old != 2 {
		t.Errorf("%d old codes", old)
	}
	share := 0.0
	for _, c := range communities {
		share += c.share
	}
	if share < 0.999 || share > 1.001 {
		t.Errorf("shares add up to %f", share)
	}
}

func TestFamiliesAreFamilies(t *testing.T) {
	families, twins, moved, n, previous := map[string][]Person{}, 0, 0, 0, Person{}
	for p := range Generate(30_000, 5, "3303") {
		n++
		families[p.FamilyNo] = append(families[p.FamilyNo], p)
		if len(p.FamilyNo) != 16 || !strings.HasPrefix(p.Village, p.FamilyNo[:6]) || region.Lookup(p.Village).Village == "" {
			t.Fatal("a family number or village that cannot be")
		}
		if p.NIK.Region()[:4] == "3303" && p.BirthPlace != "PURBALINGGA" || p.NIK.Region()[:4] != "3303" && p.BirthPlace == "PURBALINGGA" {
			t.Fatal("birth place and NIK differ")
		}
		if p.BirthPlace != "PURBALINGGA" {
			moved++
		}
		if p.FamilyNo == previous.FamilyNo && p.BirthDate.Equal(previous.BirthDate) && p.NIK.Region() == previous.NIK.Region() &&
			p.NIK.Serial() == previous.NIK.Serial()+1 {
			twins++
		}
		previous = p
	}
	if twins < 50 || moved < n*6/100 || moved > n*10/100 {
		t.Errorf("%d twins, %d of %d moved in", twins, moved, n)
	}
	for _, members := range families {
		head := members[0]
		for _, m := range members[1:] {
			if m.Address != head.Address || m.Village != head.Village || m.RT != head.RT || m.RW != head.RW {
				t.Fatal("two addresses")
			}
			if m.Marital == "BELUM KAWIN" && m.BirthDate.Year()-head.BirthDate.Year() < 15 {
				t.Fatal("a child nearly as old as the head")
			}
		}
	}
}

func TestGenerateTakesAnyRegency(t *testing.T) {
	for _, regency := range []string{"3302", "3374", "5103", "330301"} {
		list := slices.Collect(Generate(300, 1, regency))
		if len(list) != 300 {
			t.Fatalf("%s: %d residents", regency, len(list))
		}
		for _, p := range list {
			if !strings.HasPrefix(p.Village, regency) || p.BirthPlace == "" {
				t.Fatalf("%s: lives elsewhere", regency)
			}
		}
	}
	for _, regency := range []string{"9999", "x"} {
		for range Generate(10, 1, regency) {
			t.Fatalf("%s has residents", regency)
		}
	}
	if a, b := take(50, 1), take(200, 1); !slices.Equal(a, b[:50]) {
		t.Fatal("fewer residents are others")
	}
}

// TestFullDatesMoveOn: after 9999 serials of a date the next person is born a day later, and says so.
func TestFullDatesMoveOn(t *testing.T) {
	g := newGenerator(1, "3303")
	seen := map[nik.NIK]bool{}
	for range 10_005 {
		n, born := g.number("330301", Female, time.Date(1959, 12, 31, 0, 0, 0, 0, time.UTC))
		if seen[n] || !slices.ContainsFunc(n.BirthDates(), born.Equal) {
			t.Fatal("a number twice, or of another date")
		}
		seen[n] = true
	}
}
