package agreement

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/person/population"
)

// Narrowed are elements by purpose: what a purpose needs of the agreement's elements (A11; PKS 1, UU 27/2022 art. 16). A purpose that is
// not among them has all of the agreement's.
type Narrowed map[string]population.Elements

// perPurpose is the term that narrows the elements of purposes.
var perPurpose = Define(Term{Key: "purpose_elements", Name: "elemen per tujuan", Title: "Elemen per tujuan",
	Clause: "Juknis II.C.2 huruf a", Fields: []Field{{
		Key: "elemen_tujuan", Kind: "purpose-elements", Name: "Elemen data setiap tujuan", Optional: true,
		Hint: "Satu tujuan setiap baris: tujuan: elemen, elemen. Tujuan yang tidak disebut mendapat seluruh elemen perjanjian.",
		NewHint: "Satu tujuan setiap baris: tujuan: elemen, elemen. Seluruh baris yang berlaku setelah perubahan; kosong: tidak berubah. " +
			"Tujuan dengan tanda - mendapat kembali seluruh elemen perjanjian.",
	}}}, Narrowed.words, readNarrowed)

// ElementsOf are those that the grant gives to a purpose: never more than the agreement's.
func (g Grant) ElementsOf(purpose string) population.Elements {
	if n, ok := In[Narrowed](g, perPurpose)[purpose]; ok {
		return g.Elements & n
	}
	return g.Elements
}

// Throughout is what each purpose had on every day, from the first up to but not with the second, at whose end an agreement opened doors.
// What it had on some of these days only is left out.
func Throughout(all []Agreement, from, until time.Time, z party.Zone) map[string]population.Elements {
	var out map[string]population.Elements
	for day := from; day.Before(until); day = day.AddDate(0, 0, 1) {
		g, ok := Current(all, z.Begin(day.AddDate(0, 0, 1)).Add(-time.Microsecond), day)
		if !ok || !g.Opens() {
			continue
		}
		today := map[string]population.Elements{}
		for _, p := range g.Purposes {
			if had, there := out[p]; there {
				today[p] = g.ElementsOf(p) & had
			} else if out == nil {
				today[p] = g.ElementsOf(p)
			}
		}
		out = today
	}
	return out
}

// fits says why elements by purpose do not fit the purposes and elements that hold beside them; a purpose that is named wrongly would keep
// all elements unseen.
func (n Narrowed) fits(purposes []string, elements population.Elements) error {
	for _, p := range slices.Sorted(maps.Keys(n)) {
		switch {
		case !slices.Contains(purposes, p):
			return told.Wrong("elemen_tujuan", "Elemen data setiap tujuan memuat tujuan yang tidak ada dalam perjanjian.")
		case n[p]&^elements != 0:
			return told.Wrong("elemen_tujuan", "Elemen data setiap tujuan memuat elemen yang tidak diberikan dalam perjanjian.")
		}
	}
	return nil
}

func (n Narrowed) words() string {
	if len(n) == 0 {
		return "seluruh elemen untuk setiap tujuan"
	}
	var parts []string
	for _, p := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, p+" ("+strings.Join(population.Labels(n[p].Strings()), ", ")+")")
	}
	return strings.Join(parts, ", ")
}

// ParseNarrowed reads lines of "purpose: element, element", by the elements' keys or labels; "purpose: -" is left out. The error is a
// *told.Error of the line, without a value.
func ParseNarrowed(typed string) (Narrowed, error) {
	out := Narrowed{}
	for i, line := range strings.Split(typed, "\n") {
		fault := func(what string) error { return told.Wrong("elemen_tujuan", "baris "+strconv.Itoa(i+1)+" "+what) }
		if strings.TrimSpace(line) == "" {
			continue
		}
		at := strings.LastIndex(line, ":")
		if at < 1 {
			return nil, fault("harus berbentuk: tujuan: elemen, elemen.")
		}
		purpose := strings.TrimSpace(line[:at])
		if _, twice := out[purpose]; twice {
			return nil, fault("mengulang tujuan yang sudah disebut.")
		}
		var all population.Elements
		list := strings.TrimSpace(line[at+1:])
		for name := range strings.SplitSeq(list, ",") {
			if list == "-" {
				break
			}
			e, ok := element(name)
			if !ok {
				return nil, fault("memuat elemen yang tidak dikenal.")
			}
			all = all.With(e)
		}
		if all == 0 && list != "-" {
			return nil, fault("harus memuat elemen.")
		}
		if out[purpose] = all; all == 0 {
			delete(out, purpose)
		}
	}
	return out, nil
}

func element(name string) (population.Element, bool) {
	name = strings.TrimSpace(name)
	for e := range population.PKSElements.With(population.ElFamilyNo).All() {
		if strings.EqualFold(e.String(), name) || strings.EqualFold(e.Label(), name) {
			return e, true
		}
	}
	return 0, false
}

func readNarrowed(filled func(string) string, _ Narrowed) (*Narrowed, error) {
	typed := filled("elemen_tujuan")
	if typed == "" {
		return nil, nil
	}
	n, err := ParseNarrowed(typed)
	return &n, err
}
