package population

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xrash/smetrics"

	"gapura/person/nik"
)

// A Verdict answers a claimed value without telling the stored one.
type Verdict struct {
	Match bool
	Fuzzy bool // compared by similarity
	Score int  // 0 to 100 when Fuzzy; 100 means equal after the name rules
}

// Compare holds a claimed value against a person's element. Names, birth place and street are compared by the name rules and then by
// Jaro-Winkler, and match from the threshold (0 to 100) on; the others must be equal, however people write them: sex as word, letter or
// number, dates as YYYY-MM-DD, DD-MM-YYYY or DD/MM/YYYY, marital status and occupation as words or SIAK's number. A claim that is empty, or
// longer than any registered text, never matches and has score 0; so does a claim for a value that is not registered.
func Compare(p Person, e Element, claim string, threshold int) Verdict {
	if claim = strings.TrimSpace(claim); utf8.RuneCountInString(claim) > maxText {
		claim = "" // comparing takes the product of both lengths
	}
	switch e {
	case ElName:
		return similar(foldName(p.Name), foldName(claim), threshold)
	case ElBirthPlace:
		return similar(foldName(p.BirthPlace), foldName(claim), threshold)
	case ElAddress:
		return similar(foldStreet(p.Address), foldStreet(claim), threshold)
	case ElNIK:
		n, err := nik.Parse(claim)
		return Verdict{Match: err == nil && n == p.NIK}
	case ElFamilyNo:
		return exact(p.FamilyNo, unspaced(claim))
	case ElSex:
		s, ok := parseSex(claim)
		return Verdict{Match: ok && s != SexUnknown && s == p.Sex}
	case ElBirthDate:
		t, ok := parseDate(claim)
		return Verdict{Match: ok && !p.BirthDate.IsZero() && t.Equal(p.BirthDate)}
	case ElMarital:
		return exact(squeeze(p.Marital), squeeze(coded(claim, maritals)))
	case ElOccupation:
		return exact(squeeze(p.Occupation), squeeze(coded(claim, occupations)))
	}
	return Verdict{}
}

// CompareAddressPart is Compare for a part of the address: alamat (fuzzy), provinsi, kabupaten, kode_kecamatan, nomor_kecamatan, kecamatan,
// kelurahan, rt, rw (exact; kode_kecamatan with or without dots, nomor_kecamatan within the regency, rt and rw with or without leading
// zeros). Any other part never matches.
func CompareAddressPart(p Person, part, claim string, threshold int) Verdict {
	place := p.Place()
	switch part {
	case "alamat":
		return Compare(p, ElAddress, claim, threshold)
	case "provinsi":
		return exact(squeeze(place.Province), squeeze(claim))
	case "kabupaten":
		return exact(regencyName(place.Regency), regencyName(claim))
	case "kecamatan":
		return exact(squeeze(place.District), squeeze(claim))
	case "kelurahan":
		return exact(squeeze(place.Village), squeeze(claim))
	case "kode_kecamatan":
		return exact(place.DistrictCode, unspaced(claim))
	case "nomor_kecamatan":
		return exact(unpadded(place.DistrictCode[max(0, len(place.DistrictCode)-2):]), unpadded(claim))
	case "rt":
		return exact(unpadded(p.RT), unpadded(claim))
	case "rw":
		return exact(unpadded(p.RW), unpadded(claim))
	}
	return Verdict{}
}

// AddressParts are the parts that CompareAddressPart knows.
var AddressParts = []string{"alamat", "provinsi", "kabupaten", "kode_kecamatan", "nomor_kecamatan", "kecamatan", "kelurahan", "rt", "rw"}

func exact(stored, claim string) Verdict { return Verdict{Match: claim != "" && stored == claim} }

// similar compares folded texts.
func similar(a, b string, threshold int) Verdict {
	v := Verdict{Fuzzy: true}
	switch {
	case a == "" || b == "":
	case a == b:
		v.Score = 100
	default:
		// Unequal names never reach 100, so that a threshold of 100 asks for equality after the rules.
		v.Score = min(99, int(smetrics.JaroWinkler(a, b, 0.7, 4)*100))
	}
	v.Match = v.Score > 0 && v.Score >= threshold
	return v
}

var (
	spelling = strings.NewReplacer("OE", "U", "DJ", "J", "TJ", "C")

	// honours stand before a name, degrees behind it; both are written with dots and blanks or without.
	honours = set("H HJ KH DR DRS DRA DRG IR PROF R RR TN NY SDR")
	degrees = set(`SPD SPDI SH SHI SE SEI SY SKM ST STP SP SPT SSOS SSOSI SSI SKOM SAG SIP SKEP SKED SPSI SFARM SST STRKEB STRKES SPDSD NS APT
		MPD MPDI MM MSI MKES MKOM MH MT MSC MA MAP MAG MHUM AMD AMDKEB AMDKEP AMDPD BA BSC PHD LC`)

	sameWord = map[string]string{
		"ST": "SITI", "ABD": "ABDUL", "JALAN": "JL", "JLN": "JL", "GANG": "GG", "DUKUH": "DUSUN", "DSN": "DUSUN", "NOMOR": "NO",
		"NOMER": "NO",
	}
	muhammads = set(`MUHAMAD MUHAMMED MUHAMED MOHAMAD MOHAMMAD MOHAMMED MOHAMED MOCHAMAD MOCHAMMAD MUCHAMAD MUCHAMMAD MOKHAMAD MOKHAMMAD MUKHAMAD MUKHAMMAD
		MOCH MOH MOHD MUH MUHD MUCH MHD MD`)
)

var longestDegree = func() (n int) {
	for d := range degrees {
		n = max(n, len(d))
	}
	return n
}()

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// split gives the words of a text in upper case; all that is neither letter nor digit separates them, so that H.AHMAD is two words.
func split(s string) []string {
	return strings.FieldsFunc(strings.ToUpper(s), func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
}

// foldName applies the rules for names: case, punctuation, honours and degrees, the spellings of Muhammad, and the spelling before 1972. A
// name of nothing but titles stays as it is.
func foldName(s string) string {
	all := split(s) // degrees with dots are put together again below
	var words []string
	for i := 0; i < len(all); i++ {
		w := all[i]
		if used := title(all[i:], len(words) == 0); used > 0 {
			i += used - 1
			continue
		}
		if muhammads[w] || len(words) == 0 && w == "M" && i+1 < len(all) {
			w = "MUHAMMAD"
		}
		words = append(words, modern(w))
	}
	if len(words) == 0 {
		return strings.Join(all, " ")
	}
	return strings.Join(words, " ")
}

// title is the count of words at the start of the list that make an honour or, when a name stands before, a degree: S PD, A MD KEB.
func title(words []string, first bool) int {
	if !first {
		joined := ""
		best := 0
		for i, w := range words[:min(3, len(words))] {
			if len(joined)+len(w) > longestDegree {
				break
			}
			if joined += w; degrees[joined] {
				best = i + 1
			}
		}
		if best > 0 {
			return best
		}
	}
	// SIAK writes initials behind a name (AHMAD R); only H and HJ are titles there.
	if w := words[0]; honours[w] && (first || w == "H" || w == "HJ") {
		return 1
	}
	return 0
}

// foldStreet applies the rules for streets. Titles go only before a name (JL. DR. SOETOMO), because BLOK H is not BLOK.
func foldStreet(s string) string {
	all := split(s)
	var words []string
	for i, w := range all {
		if honours[w] && i > 0 && all[i-1] != "BLOK" && i+1 < len(all) && len(all[i+1]) > 2 {
			continue
		}
		words = append(words, modern(w))
	}
	return strings.Join(words, " ")
}

// modern is a word in one spelling.
func modern(w string) string {
	if same, ok := sameWord[w]; ok {
		return same
	}
	return spelling.Replace(w)
}

func squeeze(s string) string { return strings.Join(strings.Fields(strings.ToUpper(s)), "") }

// regencyName is the name with its kind written out, as the region list does: KAB. is KABUPATEN.
func regencyName(s string) string {
	s = strings.ReplaceAll(squeeze(s), ".", "")
	if rest, ok := strings.CutPrefix(s, "KAB"); ok && !strings.HasPrefix(s, "KABUPATEN") {
		return "KABUPATEN" + rest
	}
	return s
}

// unspaced is a number without the blanks, dots and dashes that people put in; anything else stays and spoils the match.
func unspaced(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func unpadded(s string) string { return strings.TrimLeft(strings.TrimSpace(s), "0") }
