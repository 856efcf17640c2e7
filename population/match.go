package population

import (
	"regexp"
	"strings"

	"github.com/xrash/smetrics"

	"gapura/region"
)

// A Verdict answers a claimed value without telling the stored one.
type Verdict struct {
	Match bool
	Fuzzy bool // compared by similarity
	Score int  // 0 to 100 when Fuzzy; 100 means equal after the name rules
}

// Compare holds a claimed value against a person's element. Names, birth place and street are compared by the name rules and then by Jaro-Winkler, and
// match from the threshold (0 to 100) on; the others must be equal. An empty claim never matches.
func Compare(p Person, e Element, claim string, threshold int) Verdict {
	claim = strings.TrimSpace(claim)
	switch e {
	case ElName:
		return similar(p.Name, claim, threshold)
	case ElBirthPlace:
		return similar(p.BirthPlace, claim, threshold)
	case ElAddress:
		return similar(p.Address, claim, threshold)
	case ElNIK:
		return exact(p.NIK.Digits(), onlyDigits(claim))
	case ElFamilyNo:
		return exact(p.FamilyNo, onlyDigits(claim))
	case ElSex:
		s, ok := parseSex(claim)
		return Verdict{Match: ok && s != SexUnknown && s == p.Sex}
	case ElBirthDate:
		t, ok := parseDate(claim)
		return Verdict{Match: ok && t.Equal(p.BirthDate)}
	case ElMarital:
		return exact(squeeze(p.Marital), squeeze(coded(claim, maritals)))
	case ElOccupation:
		return exact(squeeze(p.Occupation), squeeze(coded(claim, occupations)))
	}
	return Verdict{}
}

// CompareAddressPart is Compare for a part of the address: alamat, provinsi, kabupaten, kode_kecamatan, kecamatan, kelurahan, rt, rw.
func CompareAddressPart(p Person, part, claim string, threshold int) Verdict {
	place := region.Lookup(p.Village)
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
		return exact(p.Village[:min(6, len(p.Village))], onlyDigits(claim))
	case "rt":
		return exact(unpadded(p.RT), unpadded(claim))
	case "rw":
		return exact(unpadded(p.RW), unpadded(claim))
	}
	return Verdict{}
}

// AddressParts are the parts that CompareAddressPart knows.
var AddressParts = []string{"alamat", "provinsi", "kabupaten", "kode_kecamatan", "kecamatan", "kelurahan", "rt", "rw"}

func exact(stored, claim string) Verdict { return Verdict{Match: claim != "" && stored == claim} }

func similar(stored, claim string, threshold int) Verdict {
	v := Verdict{Fuzzy: true}
	a, b := foldName(stored), foldName(claim)
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
	notLetters = regexp.MustCompile(`[^A-Z0-9 ]+`)
	spelling   = strings.NewReplacer("OE", "U", "DJ", "J", "TJ", "C")
	titles     = map[string]bool{
		"H": true, "HJ": true, "DR": true, "DRS": true, "DRA": true, "IR": true, "DRG": true, "PROF": true, "SPD": true, "SH": true, "SE": true, "SKM": true,
		"ST": true, "SP": true, "SSOS": true, "MPD": true, "MM": true, "MSI": true, "SKOM": true, "AMD": true, "SAG": true, "SPDI": true,
	}
	sameWord = map[string]string{
		"MUHAMAD": "MUHAMMAD", "MOHAMAD": "MUHAMMAD", "MOHAMMAD": "MUHAMMAD", "MOCHAMAD": "MUHAMMAD", "MOCHAMMAD": "MUHAMMAD", "MOCH": "MUHAMMAD",
		"MOH": "MUHAMMAD", "MUH": "MUHAMMAD", "MUHAMMED": "MUHAMMAD", "JALAN": "JL", "JLN": "JL", "GANG": "GG", "DUKUH": "DUSUN", "DSN": "DUSUN",
	}
)

// foldName applies the name rules: case, punctuation, titles, the spellings of Muhammad, and the spelling before 1972.
func foldName(s string) string {
	// Degrees are written with inner dots (S.Pd.): dots vanish, other punctuation separates.
	s = strings.ReplaceAll(strings.ToUpper(s), ".", "")
	var words []string
	for _, w := range strings.Fields(notLetters.ReplaceAllString(s, " ")) {
		if titles[w] {
			continue
		}
		if len(words) == 0 && w == "M" {
			w = "MUHAMMAD"
		}
		if same, ok := sameWord[w]; ok {
			w = same
		}
		words = append(words, spelling.Replace(w))
	}
	return strings.Join(words, " ")
}

func squeeze(s string) string { return strings.Join(strings.Fields(strings.ToUpper(s)), "") }

func regencyName(s string) string {
	s = squeeze(s)
	for _, short := range []string{"KAB.", "KAB"} {
		if rest, ok := strings.CutPrefix(s, short); ok && !strings.HasPrefix(s, "KABUPATEN") {
			return "KABUPATEN" + rest
		}
	}
	return s
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func unpadded(s string) string { return strings.TrimLeft(strings.TrimSpace(s), "0") }
