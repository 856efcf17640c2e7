package value

import (
	"slices"
	"strings"
)

// kindsOfArea are the words before an area's name that say what it is; KOTA is none of them, because KOTA X is another place than X.
var kindsOfArea = map[Kind][]string{
	Province: {"PROVINSI", "PROPINSI", "PROV", "PROP"},
	Regency:  {"KABUPATEN", "KAB"},
	District: {"KECAMATAN", "KEC"},
	Village:  {"DESA", "KELURAHAN", "KEL", "DS"},
}

// jogja are spellings of one city, as modern leaves them.
var jogja = set("JOGJAKARTA JOGYAKARTA YOGJAKARTA JOGJA YOGYA")

// sameArea are names of one province, as modern leaves them.
var sameArea = map[string]string{
	"DAERAHKHUSUSIBUKOTAJAKARTA": "DKIJAKARTA", "DAERAHKHUSUSJAKARTA": "DKIJAKARTA", "DKJAKARTA": "DKIJAKARTA", "JAKARTA": "DKIJAKARTA",
	"DAERAHISTIMEWAYOGYAKARTA": "DIYOGYAKARTA", "YOGYAKARTA": "DIYOGYAKARTA", "DIY": "DIYOGYAKARTA",
	"JATENG": "JAWATENGAH", "JABAR": "JAWABARAT", "JATIM": "JAWATIMUR", "SUMUT": "SUMATERAUTARA", "SUMBAR": "SUMATERABARAT",
	"SUMSEL": "SUMATERASELATAN", "BABEL": "KEPULAUANBANGKABELITUNG", "BANGKABELITUNG": "KEPULAUANBANGKABELITUNG",
	"KEPRI": "KEPULAUANRIAU", "KALBAR": "KALIMANTANBARAT", "KALTENG": "KALIMANTANTENGAH", "KALSEL": "KALIMANTANSELATAN",
	"KALTIM": "KALIMANTANTIMUR", "KALTARA": "KALIMANTANUTARA", "SULUT": "SULAWESIUTARA", "SULTENG": "SULAWESITENGAH",
	"SULSEL": "SULAWESISELATAN", "SULTRA": "SULAWESITENGGARA", "SULBAR": "SULAWESIBARAT", "NTB": "NUSATENGGARABARAT",
	"NTT": "NUSATENGGARATIMUR", "MALUT": "MALUKUUTARA",
	"NAD": "ACEH", "NANGGROEACEHDARUSSALAM": "ACEH",
}

func foldArea(k Kind, text string) string {
	list := bare(kindsOfArea[k], words(text))
	if k == Regency {
		list = city(list)
	}
	for i, w := range list {
		list[i] = modern(w)
	}
	s := strings.Join(list, "")
	if same, ok := sameArea[s]; ok && k == Province {
		return same
	}
	return s
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
	list := words(text)
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
		if list[i] = modern(w); jogja[list[i]] {
			list[i] = "YOGYAKARTA"
		}
	}
	return strings.Join(list, " ")
}
