package conformance

import (
	"fmt"
	"strings"
)

// spellings are how clients name user, address and NIK.
var spellings = [][3]string{
	{"user_id", "ip_user", "nik"}, {"userId", "ipUser", "NIK"}, {"USER_ID", "IP_USER", "Nik"}, {"userid", "ip_users", "nik"},
	{"UserID", "ip_address", "NIK"}, {"user_id", "", "nik"},
}

// outcomes are what a request comes to: the NIK that is sent, and the code of the notice; empty: found.
var outcomes = []struct{ nik, code string }{
	{known, ""}, {"", "07"}, {"3303010707700011", "11"}, {"3303010808710012", "12"}, {"3303011010730013", "13"}, {"3303010909720014", "14"},
	{"330301010180", "15"}, {"3303019901800001", "15"},
}

// ways are paths with their dialects.
var ways = []struct {
	path, dialect string
	verify        bool
}{
	{"delapan/call_nik", "D1", false}, {"33-03/delapan/CALL_NIK", "D2", false}, {"delapan/nik_verifby_elemen", "D3", true},
	{"delapan/satu_kunci", "D1", true}, {"33/delapan/BYNIK", "D2", false},
}

func spelt(s [3]string, nik string) []pair {
	list := []pair{text(s[0], "uji.delapan"), text("password", "Rahasia-delapan-1")}
	if s[1] != "" {
		list = append(list, text(s[1], "10.1.2.3"))
	}
	if nik != "" {
		list = append(list, text(s[2], nik))
	}
	return list
}

// outcomeCases are ways × outcomes × encodings; each has one of the spellings in turn, so that every pair of them occurs.
func outcomeCases() (list []kase) {
	n := 0
	for _, way := range ways {
		for _, o := range outcomes {
			for _, e := range encodings {
				s := spellings[n%len(spellings)]
				n++
				fields := spelt(s, o.nik)
				content := eight
				if way.verify {
					fields = append(fields, text("TRESHOLD", "90"), text("nama_lgkp", "Djoko Rekaan"), text("TGL_LHR", "01-01-1980"))
					content = verified(text("NAMA_LGKP", "Sesuai (100)"), text("TGL_LHR", "Sesuai"))
				}
				if o.code != "" {
					content = notice(way.dialect, o.code)
				}
				headers, body := e.make(fields)
				list = append(list, kase{fmt.Sprintf("%s %s %s, keys %s", way.path, o.code, e.name, strings.Join(s[:], " ")),
					request("POST", base+way.path, headers, body), told(content, none)})
			}
		}
	}
	return list
}

// spellingCases are spellings × encodings of one request that is answered.
func spellingCases() (list []kase) {
	for _, s := range spellings {
		for _, e := range encodings {
			headers, body := e.make(spelt(s, known))
			list = append(list, kase{fmt.Sprintf("spelt %s, %s", strings.Join(s[:], " "), e.name),
				request("POST", base+"lain/call_nik", headers, body), told(eight, none)})
		}
	}
	return list
}
