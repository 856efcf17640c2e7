package value

import (
	"slices"
	"strings"
)

var (
	streets = map[string]string{"JALAN": "JL", "JLN": "JL", "GANG": "GG", "DUKUH": "DUSUN", "DSN": "DUSUN", "DKH": "DUSUN", "DK": "DUSUN",
		"NOMOR": "NO",
		"NOMER": "NO", "BLK": "BLOK", "PERUMAHAN": "PERUM", "KOMPLEK": "KOMPLEKS", "KOMP": "KOMPLEKS", "KOMPL": "KOMPLEKS", "KP": "KAMPUNG",
		"KAMP": "KAMPUNG", "KMP": "KAMPUNG", "LR": "LORONG", "LRG": "LORONG", "LINGK": "LINGKUNGAN", "LINK": "LINGKUNGAN",
		"JEND": "JENDERAL", "JENDRAL": "JENDERAL", "II": "2", "III": "3", "IV": "4", "VI": "6", "VII": "7", "VIII": "8", "IX": "9"}
	// below are what an area is called that has a column of its own.
	below = set("KEL KELURAHAN DESA DS KEC KECAMATAN KAB KABUPATEN")
	// halls are what stands before such a word in the name of a street.
	halls = set("BALAI KANTOR KEPALA LURAH PASAR LAPANGAN")
)

// foldStreet applies the rules for streets: JALAN MAWAR NO. 03 A is JL MAWAR 3A, BLOK C-3 is BLOK C3. Titles go only before a name (JL. DR.
// SOETOMO), because BLOK H is not BLOK.
func foldStreet(text string) []string {
	all := neighbours(words(text))
	for i, w := range all {
		if !honours[w] {
			w = modern(w)
		}
		if same, ok := streets[w]; ok {
			w = same
		} else if short := strings.TrimLeft(w[:len(w)-1], "0") + w[len(w)-1:]; digit(short[0]) {
			w = short // NO. 05 is NO. 5
		}
		all[i] = w
	}
	var out []string
	for i, w := range all {
		next := slices.IndexFunc(all[i+1:], func(w string) bool { return w != "NO" }) + i + 1
		numbered := next > i && digit(all[next][0])
		if w == "NO" && i > 0 && numbered {
			continue // JL. X NO. 1 is JL. X 1
		}
		name := slices.IndexFunc(all[i+1:], func(w string) bool { return !honours[w] }) + i + 1
		if honours[w] && i > 0 && all[i-1] != "BLOK" && name > i && len(all[name]) > 2 && !digit(all[name][0]) {
			continue
		}
		if n := len(out) - 1; n >= 0 && (letter(out[n]) && numeric(w) || numeric(out[n]) && letter(w)) {
			out[n] += w
			continue
		}
		out = append(out, modern(w))
	}
	return hamlet(out)
}

// hamlet leaves out that a name is a hamlet's: DUSUN KRAJAN is KRAJAN, but DUSUN 2 is not 2.
func hamlet(list []string) []string {
	for len(list) > 1 && list[0] == "DUSUN" && !digit(list[1][0]) {
		list = list[1:]
	}
	return list
}

// neighbours writes RT and RW in one way: RT01, RT 1/2 and RT/RW 1/2 are RT 1 and RT 1 RW 2.
func neighbours(list []string) []string {
	var out []string
	for i := 0; i < len(list); i++ {
		w := list[i]
		if (strings.HasPrefix(w, "RT") || strings.HasPrefix(w, "RW")) && numeric(w[2:]) {
			out = append(out, w[:2], w[2:])
			continue
		}
		if w == "RT" && i+1 < len(list) && list[i+1] == "RW" {
			list = slices.Delete(slices.Clone(list), i+1, i+2)
		}
		out = append(out, w)
		if w == "RT" && i+2 < len(list) && numeric(list[i+1]) && numeric(list[i+2]) {
			out = append(out, list[i+1], "RW", list[i+2])
			i += 2
		}
	}
	return out
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func numeric(w string) bool { return w != "" && strings.Trim(w, "0123456789") == "" }

func letter(w string) bool { return len(w) == 1 && !digit(w[0]) }

// alike makes two forms comparable of which one alone says RT, RW, village or district, which have columns of their own.
func alike(a, b string) (string, string) {
	x, y := alone(a), alone(b)
	if (x == a) == (y == b) {
		return a, b
	}
	return x, y
}

// alone is a street without RT, RW and the areas that follow it. What is nothing else stays.
func alone(form string) string {
	list := strings.Fields(form)
	for len(list) > 2 && neighbour(list, 0) {
		list = list[2:]
	}
	for i := 1; i+1 < len(list); i++ {
		if neighbour(list, i) || below[list[i]] && !digit(list[i+1][0]) && !halls[list[i-1]] {
			list = list[:i]
		}
	}
	return strings.Join(hamlet(list), " ")
}

// neighbour reports whether an RT or RW with its number stands at a place.
func neighbour(list []string, i int) bool {
	return (list[i] == "RT" || list[i] == "RW") && numeric(list[i+1])
}
