package value

import (
	"slices"
	"strings"

	"github.com/xrash/smetrics"
)

var (
	// honours stand before a name, degrees behind it; both are written with dots and blanks or without.
	honours = set("H HJ KH BAPAK BPK IBU SDRI NYONYA NS APT DR DRS DRA DRG IR PROF R RR TN NY SDR ALM ALMH ALMARHUM ALMARHUMAH")
	// spelt are those that are also written letter by letter (K.H.).
	spelt   = set("KH HJ DR IR RR")
	degrees = set(`SPD SPDI SH SHI SE SEI SY SKM ST STP SP SPT SSOS SSOSI SSI SKOM SAG SIP SKEP SKED SPSI SFARM SST STRKEB STRKES SPDSD NS
		APT MPD MPDI MM MSI MKES MKOM MH MT MSC MA MAP MAG MHUM AMD AMDKEB AMDKEP AMDPD BA BSC PHD LC SSN SIKOM SAK SAKUN STT SSTP MPSI MSIP
		GR SHUT SGZ AMAPD MENG MKN
		SPI STH SHUM SFIL MKEP MFARM MIKOM LLM BENG SAB SDS SKG STRT STRIP SSTPI STRSOS MAB MPT MSN
		SKH SPA SPB SPOG SPOGK SPPD SPJP SPAN SPM SPN SPKK SPKJ SPTHT SPRAD SPOT SPPK SPU`)
	late = set("ALM ALMH ALMARHUM ALMARHUMAH")

	// afterwards is what follows a name and is none of it: the father's name, a nickname.
	afterwards = set("BIN BINTI ALIAS ALS")

	sameWord = map[string]string{
		"ST": "SITI", "STI": "SITI", "ABD": "ABDUL", "ABDL": "ABDUL",
	}
	muhammads = set(`MUHAMAD MUHAMMED MUHAMED MOHAMAD MOHAMMAD MOHAMMED MOHAMED MOCHAMAD MOCHAMMAD MUCHAMAD MUCHAMMAD MOKHAMAD MOKHAMMAD 
		MUKHAMAD MUKHAMMAD MOCH MOH MOHD MUH MUHD MUCH MHD MD MOKH MUKH`)
)

var longestDegree = func() (n int) {
	for d := range degrees {
		n = max(n, len(d))
	}
	return n
}()

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// foldName applies the rules for names: case, accents, apostrophes, points, titles, what follows BIN and ALIAS, the short forms of
// Muhammad, Abdul and Siti, and the spelling before 1972. A name of nothing but titles stays as it is.
func foldName(text string) string {
	all := words(text) // degrees with dots are put together again below
	var out []string
	for i := 0; i < len(all); i++ {
		w := all[i]
		if len(out) > 0 && ending(all[i:]) {
			break
		}
		// SIAK writes initials behind a name (AHMAD R); only H and HJ, and the word for a late person, are titles there.
		if len(out) == 0 && i+1 < len(all) && spelt[w+all[i+1]] && len(w) == 1 {
			i++
			continue
		}
		if honours[w] && (len(out) == 0 || w == "H" || w == "HJ" || late[w]) {
			continue
		}
		if muhammads[w] || len(out) == 0 && w == "M" && i+1 < len(all) {
			w = "MUHAMMAD"
		} else if same, ok := sameWord[w]; ok {
			w = same
		}
		out = append(out, modern(w))
	}
	if len(out) == 0 {
		return strings.Join(all, " ")
	}
	return strings.Join(out, " ")
}

// ending reports whether what follows a name is none of it: degrees up to the end, written together or letter by letter (S PD, A MD KEB),
// or what stands behind BIN or ALIAS. A degree's letters within a name are a part of it (NURUL MA RUFAH).
func ending(list []string) bool {
	if len(list) == 0 || afterwards[list[0]] {
		return true
	}
	if late[list[0]] {
		return ending(list[1:])
	}
	degree := ""
	for i, w := range list[:min(3, len(list))] {
		if degree += w; len(degree) > longestDegree {
			return false
		}
		if degrees[degree] && ending(list[i+1:]) {
			return true
		}
	}
	return false
}

// ejaan turns the spelling before 1972 into today's, letters from left to right, the longest first.
var (
	ejaan = strings.NewReplacer("TJ", "C", "DJ", "J", "NJ", "NY", "SJ", "SY", "CHJ", "KHY", "CH", "KH", "HJ", "HY", "OE", "U", "J", "Y")
	// today's spelling writes no CH for KH either.
	today = strings.NewReplacer("CH", "KH")
	// Only the old spelling writes these.
	old = []string{"TJ", "DJ", "SJ", "HJ", "OE"}
)

// modern is a word in one spelling. A word is in the old or in the new one as a whole: DJOKO is JOKO, TJAHJA is CAHYA, but JONI, in which
// nothing is old, is not YONI.
func modern(w string) string {
	for {
		next := today.Replace(w)
		if strings.HasPrefix(w, "NJ") || slices.ContainsFunc(old, func(sign string) bool { return strings.Contains(w, sign) }) {
			next = ejaan.Replace(w)
		}
		if next == w {
			return w
		}
		w = next
	}
}

// similar is the likeness of two forms, 0 to 100; 100 when they are the same, blanks between whole words of a name (MA RUFAH, MARUFAH) or
// in a place (PALANGKA RAYA, PALANGKARAYA) not counted.
func (k Kind) similar(a, b string) int {
	if k == Street {
		a, b = alike(a, b)
	}
	if a == b || k == Name && joined(a) == joined(b) || k == BirthPlace && closed(a) == closed(b) {
		return 100
	}
	likeness := min(99, int(smetrics.JaroWinkler(a, b, 0.7, 4)*100))
	if k == BirthPlace && strings.HasPrefix(a, "KOTA ") != strings.HasPrefix(b, "KOTA ") {
		return min(likeness, otherPlace)
	}
	return likeness
}

// otherPlace bounds the likeness of a city and the regency of its name: they are two places.
const otherPlace = 50

// closed is a text without its blanks.
func closed(s string) string { return strings.ReplaceAll(s, " ", "") }

// joined puts words together that belong together (A'ISYAH is A ISYAH); a letter that stands alone at the end is an initial and stays so.
func joined(s string) string {
	if i := len(s) - 2; i > 0 && s[i] == ' ' {
		return closed(s[:i]) + s[i:]
	}
	return closed(s)
}
