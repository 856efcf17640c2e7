package wire

import "strings"

// jakarta is the province's name on the wire; its official ones have changed with the laws.
const jakarta = "DKI JAKARTA"

// officialJakarta is its name in the list of regions.
const officialJakarta = "DAERAH KHUSUS IBUKOTA JAKARTA"

// short is a regency's official name as the ministry's service writes it: a regency bare, a city KOTA X, Jakarta's KOTA ADM. X.
func short(regency string) string {
	name := regency
	for _, kind := range []string{"KABUPATEN ", "KAB. ", "KAB "} {
		if rest, ok := strings.CutPrefix(name, kind); ok {
			name = rest
			break
		}
	}
	for _, city := range []string{"KOTA ", ""} {
		if rest, ok := strings.CutPrefix(name, city+"ADMINISTRASI "); ok {
			return city + "ADM. " + rest
		}
	}
	return name
}

// province is a province's name as the ministry's service writes it.
func province(name string) string {
	if name == officialJakarta || name == "DAERAH KHUSUS JAKARTA" {
		return jakarta
	}
	return name
}

// OfficialRegency is the long name of a regency or city that another service gave as the wire writes it.
func OfficialRegency(name string) string {
	switch {
	case name == "", strings.HasPrefix(name, "KABUPATEN "):
		return name
	case strings.HasPrefix(name, "KOTA ADM. "):
		return "KOTA ADMINISTRASI " + strings.TrimPrefix(name, "KOTA ADM. ")
	case strings.HasPrefix(name, "KOTA "):
		return name
	case strings.HasPrefix(name, "ADM. "):
		return "KABUPATEN ADMINISTRASI " + strings.TrimPrefix(name, "ADM. ")
	case strings.HasPrefix(name, "KAB. "):
		return "KABUPATEN " + strings.TrimPrefix(name, "KAB. ")
	}
	return "KABUPATEN " + name
}

// OfficialProvince is the name in the list of regions of a province that another service gave as the wire writes it.
func OfficialProvince(name string) string {
	if name == jakarta {
		return officialJakarta
	}
	return name
}
