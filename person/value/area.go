package value

import (
	"slices"
	"strings"
)

// kindsOfArea are the words before an area's name that say what it is; KOTA is none of them, because KOTA X is another place than X.
var kindsOfArea = map[Kind][]string{
	Province: {"PROVINSI", "PROPINSI", "PROV", "PROP"},
	Regency:  {"KABUPATEN", "KAB"},
	District: {"KECAMATAN", "KEC", "DISTRIK", "KAPANEWON", "KEMANTREN"},
	Village:  {"DESA", "KELURAHAN", "KEL", "DS", "KALURAHAN", "KAL", "NAGARI"},
}

// inAreas are words of areas' names that are written in several ways.
var inAreas = map[string]string{"KEP": "KEPULAUAN", "SUMATRA": "SUMATERA"}

// jogja are spellings of one city, as modern leaves them.
var jogja = set("JOGJAKARTA JOGYAKARTA YOGJAKARTA JOGJA YOGYA")

// oldPlaces are towns whose old spelling has no letters that only the old one has: SURABAJA.
var oldPlaces = set("SURABAJA BANJUMAS BANJUWANGI TASIKMALAJA INDRAMAJU PAJAKUMBUH")

// sameArea are names of one province, as modern leaves them.
var sameArea = map[string]string{
	"DAERAHKHUSUSIBUKOTAJAKARTA": "DKIJAKARTA", "DAERAHKHUSUSJAKARTA": "DKIJAKARTA", "DKJAKARTA": "DKIJAKARTA", "JAKARTA": "DKIJAKARTA",
	"DKI":                      "DKIJAKARTA",
	"DAERAHISTIMEWAYOGYAKARTA": "DIYOGYAKARTA", "YOGYAKARTA": "DIYOGYAKARTA", "DIY": "DIYOGYAKARTA",
	"JATENG": "JAWATENGAH", "JABAR": "JAWABARAT", "JATIM": "JAWATIMUR", "SUMUT": "SUMATERAUTARA", "SUMBAR": "SUMATERABARAT",
	"SUMSEL": "SUMATERASELATAN", "BABEL": "KEPULAUANBANGKABELITUNG", "BANGKABELITUNG": "KEPULAUANBANGKABELITUNG",
	"KEPRI": "KEPULAUANRIAU", "KALBAR": "KALIMANTANBARAT", "KALTENG": "KALIMANTANTENGAH", "KALSEL": "KALIMANTANSELATAN",
	"KALTIM": "KALIMANTANTIMUR", "KALTARA": "KALIMANTANUTARA", "SULUT": "SULAWESIUTARA", "SULTENG": "SULAWESITENGAH",
	"SULSEL": "SULAWESISELATAN", "SULTRA": "SULAWESITENGGARA", "SULBAR": "SULAWESIBARAT", "NTB": "NUSATENGGARABARAT",
	"NTT": "NUSATENGGARATIMUR", "MALUT": "MALUKUUTARA",
	"NAD": "ACEH", "DAERAHISTIMEWAACEH": "ACEH", "DIACEH": "ACEH", "NANGGRUACEHDARUSSALAM": "ACEH",
}

func foldArea(k Kind, text string) string {
	list := bare(kindsOfArea[k], level(words(text)))
	if k == Regency {
		list = city(list)
	}
	for i, w := range list {
		list[i] = ofArea(w)
	}
	s := strings.Join(list, "")
	if same, ok := sameArea[s]; ok && k == Province {
		return same
	}
	return modern(s) // BUKIT JAYA and BUKITJAYA are one
}

// ofArea is a word of an area's name in one spelling.
func ofArea(w string) string {
	if same, ok := inAreas[w]; ok {
		return same
	}
	return modern(w)
}

// level leaves out the level at which an area stood until 1999: KAB. DATI II X, KOTAMADYA DAERAH TINGKAT II X.
func level(list []string) []string {
	for i := range min(2, len(list)) {
		for _, old := range [][]string{{"DAERAH", "TINGKAT"}, {"DATI"}, {"DT"}} {
			n := i + len(old)
			if n+1 < len(list) && slices.Equal(list[i:n], old) && (list[n] == "I" || list[n] == "II") {
				return slices.Delete(list, i, n+1)
			}
		}
	}
	return list
}

// bare leaves out the word that says what kind of area it is; a name of nothing else stays.
func bare(kinds, list []string) []string {
	for len(list) > 1 && slices.Contains(kinds, list[0]) { // Desa/Kelurahan X too
		list = list[1:]
	}
	return list
}

// city writes a city, and Jakarta's KOTA ADM. and KAB. ADM., in one way.
func city(list []string) []string {
	out := make([]string, 0, len(list))
	for i, w := range list {
		if i == 0 && len(list) > 1 && (w == "KODYA" || w == "KOTAMADYA" || w == "KOTAMADIA") { // as cities were called until 1999
			w = "KOTA"
		}
		if i <= 1 && i+1 < len(list) && (w == "ADM" || w == "ADMINISTRASI") {
			continue
		}
		out = append(out, w)
	}
	return out
}

// foldPlace is a birth place: any area, or the name of no area at all. It may be an old spelling.
func foldPlace(text string) string {
	list := level(words(text))
	for _, k := range []Kind{Regency, District, Village, Province} {
		if left := bare(kindsOfArea[k], list); len(left) < len(list) {
			list = left
			break
		}
	}
	if len(list) > 1 {
		list = city(list)
	}
	for i, w := range list {
		if list[i] = ofArea(w); jogja[list[i]] {
			list[i] = "YOGYAKARTA"
		} else if oldPlaces[w] {
			list[i] = ejaan.Replace(w)
		}
	}
	return strings.Join(list, " ")
}
