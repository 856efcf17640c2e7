package value

import "strings"

// spoken reads a code as people and programs write it: by its number, by its word, by both (2 - PEREMPUAN), or with the same again in
// brackets (PEREMPUAN (P)). Two that contradict each other are none. one reads what form gives.
func spoken(text string, one func(form string) (string, bool)) (string, bool) {
	text = whole(text)
	if code, ok := one(form(text)); ok {
		return code, true
	}
	if before, behind, ok := strings.Cut(text, "("); ok {
		code, known := spoken(before, one)
		again, said := one(form(behind))
		return code, known && (!said || again == code)
	}
	all := words(text)
	if len(all) < 2 || !numeric(all[0]) {
		return "", false
	}
	code, known := one(all[0])
	again, said := one(form(strings.Join(all[1:], " ")))
	return code, known && said && again == code
}

// form is a text's letters and digits alone, the short forms of not and not yet written in full, and I/II, which is not III, as 12.
func form(text string) string {
	all := words(text)
	for i, w := range all {
		switch {
		case w == "BLM" || w == "BLUM":
			all[i] = "BELUM"
		case w == "TDK":
			all[i] = "TIDAK"
		case w == "II" && i > 0 && all[i-1] == "I":
			all[i-1], all[i] = "1", "2"
		}
	}
	return strings.Join(all, "")
}

// sex reads SIAK's number, a letter or a word.
func sex(text string) (string, error) {
	if code, ok := spoken(text, func(s string) (string, bool) { code, ok := sexes[strings.TrimLeft(s, "0")]; return code, ok }); ok {
		return code, nil
	}
	return "", ErrSex
}

var sexes = map[string]string{
	"1": "1", "L": "1", "LK": "1", "LAKILAKI": "1", "LLAKILAKI": "1", "LAKI": "1", "LELAKI": "1", "PRIA": "1", "M": "1", "MALE": "1",
	"2": "2", "P": "2", "PR": "2", "PEREMPUAN": "2", "PPEREMPUAN": "2", "WANITA": "2", "F": "2", "FEMALE": "2",
}

// The forms of a marital status. Whether a marriage or a divorce was registered makes no difference to a verdict.
const (
	Unmarried = "BELUM KAWIN"
	Married   = "KAWIN"
	Divorced  = "CERAI HIDUP"
	Widowed   = "CERAI MATI"
)

// maritals are SIAK's numbers and the words in use, squeezed.
var maritals = map[string]string{
	"1": Unmarried, "01": Unmarried, "BELUMKAWIN": Unmarried, "TIDAKKAWIN": Unmarried, "BELUMTIDAKKAWIN": Unmarried,
	"BELUMMENIKAH": Unmarried,
	"BELUMNIKAH":   Unmarried, "BELUMPERNAHKAWIN": Unmarried, "BELUMPERNAHMENIKAH": Unmarried, "LAJANG": Unmarried,
	"SUDAHKAWIN": Married, "SUDAHMENIKAH": Married, "SUDAHNIKAH": Married,
	"2": Married, "02": Married, "KAWIN": Married, "MENIKAH": Married, "NIKAH": Married,
	"3": Divorced, "03": Divorced, "CERAIHIDUP": Divorced,
	"4": Widowed, "04": Widowed, "CERAIMATI": Widowed,
}

func marital(text string) (string, error) {
	m, ok := spoken(text, func(s string) (string, bool) {
		for _, registered := range []string{"BELUMTERCATAT", "TIDAKTERCATAT", "TERCATAT"} {
			if rest, ok := strings.CutSuffix(s, registered); ok {
				s = rest
				break
			}
		}
		m, ok := maritals[s]
		return m, ok
	})
	if !ok {
		return "", ErrMarital
	}
	return m, nil
}

// Maritals are what a list offers: all that a KTP-el or a family card may say.
func Maritals() []string {
	return []string{Unmarried, Married, "KAWIN TERCATAT", "KAWIN BELUM TERCATAT", Divorced, "CERAI HIDUP TERCATAT",
		"CERAI HIDUP BELUM TERCATAT", Widowed}
}

// Sexes are what a list offers.
func Sexes() []string { return []string{"LAKI-LAKI", "PEREMPUAN"} }

// Occupations are the ministry's list in its order.
func Occupations() []string { return occupations.words }

// Religions, Educations and Relations are SIAK's lists in their order.
func Religions() []string { return religions.words }

// Educations is SIAK's list.
func Educations() []string { return educations.words }

// Relations is SIAK's list.
func Relations() []string { return relations.words }

// Word turns SIAK's number of a marital status, an occupation, a religion, a blood group, an education or a relation into its word; any
// other text stays as it is.
func (k Kind) Word(text string) string {
	s := strings.TrimLeft(whole(text), "0")
	switch k {
	case Marital:
		if m, ok := maritals[s]; ok && len(s) == 1 {
			return m
		}
	case Occupation:
		return occupations.word(s, text)
	case Religion:
		return religions.word(s, text)
	case Education:
		return educations.word(s, text)
	case Relation:
		return relations.word(s, text)
	case Blood:
		return bloods.word(s, text)
	}
	return text
}
