package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// requestCases are bodies and numbers as real clients send them.
func requestCases() (list []kase) {
	add := func(name, headers, body, content string) {
		list = append(list, kase{name, request("POST", base+"x/call_nik", headers, body), told(content, none)})
	}
	d := who("delapan")
	for sent, content := range map[string]string{
		known: eight, known + ".0": eight, "3.303010101800001e+15": eight, "3.303010101800001E15": eight, "33030101018000010e-1": eight,
		"3.303e+15": notice("D1", "15"), "3.30301010180001e+15": notice("D1", "15"), "330301010180000.1": notice("D1", "15"),
		"-3303010101800001": notice("D1", "15"), "33030101018000010": notice("D1", "15"), "0": notice("D1", "15"), "null": notice("D1",
			"07"),
		`""`: notice("D1", "07"), `" "`: notice("D1", "07"), `"-"`: notice("D1", "07"), `["3303010101800001"]`: notice("D1", "15"),
		`"3303010101800001.0"`: eight, `"3303 0101 0180 0001"`: eight, `"3303.0101.0180.0001"`: eight, `"'3303010101800001"`: eight,
		`"\u200b3303010101800001"`: eight, `"3303010101800001\t"`: eight, `"33030101O1800001"`: notice("D1", "15"),
	} {
		add("NIK as "+sent, jsonType, object(append(d, pair{"nik", sent})), content)
	}
	nik := append(who("delapan"), text("nik", known))
	whole := object(nik)
	formType := "Content-Type: application/x-www-form-urlencoded\r\n"
	for name, c := range map[string][3]string{
		"byte order mark":                            {jsonType, "\u00ef\u00bb\u00bf" + whole, eight},
		"UTF-16 with its mark":                       {jsonType, wide(true, true, whole), eight},
		"UTF-16 with its mark, the high byte first":  {jsonType, wide(false, true, whole), eight},
		"UTF-16 without a mark":                      {jsonType, wide(true, false, whole), eight},
		"UTF-16 without a mark, the high byte first": {jsonType, wide(false, false, whole), eight},
		"a form in UTF-16":                           {formType, wide(true, true, form(nik, "%s")), eight},
		"multipart in UTF-16":                        {"", wide(true, true, multi(nik, "%s")), eight},
		"UTF-16 that is cut off":                     {jsonType, wide(true, true, whole)[:31], notice("D1", "07")},
		"nothing after the JSON but NUL":             {jsonType, whole + "\x00\x00", eight},
		"a byte that is no UTF-8 in another value":   {jsonType, strings.Replace(whole, "10.1.2.3", "10.1\u00e9\u0081", 1), eight},
		"a backslash that escapes nothing":           {jsonType, strings.Replace(whole, "10.1.2.3", `it\'s \x`, 1), eight},
		"half a surrogate":                           {jsonType, strings.Replace(whole, "10.1.2.3", `\ud800`, 1), eight},
		"a line break in a value":                    {jsonType, strings.Replace(whole, "10.1.2.3", "10.1\r\n2.3", 1), eight},
		"other keys of any kind": {jsonType, strings.Replace(whole, "{",
			`{"versi":[1,{"a":null}],"aktif":true,`, 1), eight},
		"blank lines before":                            {jsonType, "\r\n\r\n" + whole, eight},
		"percent sign without digits in a form":         {formType, "versi=100%&merek=a;b%zz&" + form(nik, "%s"), eight},
		"no Content-Type and a form":                    {"", form(nik, "%s"), eight},
		"text/plain and JSON":                           {"Content-Type: text/plain\r\n", whole, eight},
		"multipart type and JSON":                       {"Content-Type: multipart/form-data\r\n", whole, eight},
		"multipart with bare line feeds":                {"", strings.ReplaceAll(multi(nik, "%s"), "\r", ""), eight},
		"multipart without its last boundary":           {"", strings.TrimSuffix(multi(nik, "%s"), "--batas--\r\n"), eight},
		"multipart with another boundary than its type": {"Content-Type: multipart/form-data; boundary=lain\r\n", multi(nik, "%s"), eight},
		"headers that are for others": {jsonType + "Authorization: Basic eDp5\r\nCookie: a=b\r\n" +
			"X-Forwarded-For: 192.0.2.9\r\n", whole, eight},
		"an address of the client that is anything":           {jsonType, strings.Replace(whole, "10.1.2.3", "pak lurah", 1), eight},
		"an address of the client that is a NIK":              {jsonType, strings.Replace(whole, "10.1.2.3", known, 1), eight},
		"a key twice, the first spelling that says something": {jsonType, strings.Replace(whole, `"nik":`, `"Nik":"","nik":`, 1), eight},
		"not JSON to its end":                                 {jsonType, whole[:len(whole)-1], notice("D1", "07")},
		"two JSON objects":                                    {jsonType, whole + whole, notice("D1", "07")},
		"an array of two":                                     {jsonType, "[" + whole + "," + whole + "]", notice("D1", "07")},
		"an empty array":                                      {jsonType, "[]", notice("D1", "07")},
		"multipart that is none":                              {"", "--batas", notice("D1", "07")},
		"a body that is too large": {jsonType, strings.Replace(whole, "10.1.2.3", strings.Repeat("x", 70_000), 1),
			notice("D1", "07")},
		"nothing":            {jsonType, "", notice("D1", "09")},
		"an empty object":    {jsonType, "{}", notice("D1", "09")},
		"plain words":        {"", "halo", notice("D1", "09")},
		"without a password": {jsonType, object([]pair{d[0], d[2], text("nik", known)}), notice("D1", "09")},
		"an empty password": {jsonType, object([]pair{d[0], text("password", " "), d[2], text("nik", known)}),
			notice("D1", "09")},
	} {
		add(name, c[0], c[1], c[2])
	}
	list = append(list, kase{"credentials in the query without a profile for it",
		post(base+"x/call_nik?user_id=uji.delapan&password=Rahasia-delapan-1", object([]pair{text("nik", known)})),
		told(notice("D1", "09"), none)})
	return sorted(list)
}

// wide is a text of ASCII in UTF-16, each character one byte.
func wide(low, mark bool, ascii string) string {
	var b strings.Builder
	if mark {
		ascii = "\ufeff" + ascii
	}
	for _, r := range ascii {
		pair := []rune{r & 0xff, r >> 8}
		if !low {
			slices.Reverse(pair)
		}
		b.WriteString(string(pair))
	}
	return b.String()
}

// pathCases are the ways in which a path is written, and what is no request of the wire.
func pathCases() (list []kase) {
	body := asks("delapan", text("nik", known))
	for _, p := range []string{"/dukcapil/get_json/x/call_nik", "/Dukcapil/GET_JSON/X/Call_Nik", "//dukcapil/get_json/x/call_nik",
		"/dukcapil//get_json///x/call_nik", "/dukcapil/get_json/x/call_nik/", "//dukcapil//get_json//x//call_nik//",
		"/dukcapil/get_json/123456789012345/BYNIK", "/dukcapil/get_json/x/GET_NIK", "/dukcapil/get_json/x/apa.saja-2",
		"/dukcapil/get_json/33-03/x/call_nik", "/dukcapil/get_json/33/x/call_nik", "/dukcapil/get_json/x/call_nik?versi=2",
		"/dukcapil/get_json/./x/call_nik", "/dukcapil/get_json/%78/call_nik"} {
		list = append(list, kase{"POST " + p, post(p, body), told(eight, none)})
	}
	for _, p := range []string{"/dukcapil/get_json/x/CALL_VERIFY_BY_ELEMEN", "/dukcapil/get_json/33-03/x/nik_VerifBy_elemen",
		"//dukcapil/get_json/x/verif/"} {
		list = append(list, kase{"POST " + p, post(p, body), told(verified(), none)})
	}
	for p, dialect := range map[string]string{"/dukcapil/get_json": "D1", "/dukcapil/get_json/": "D1", "/dukcapil/get_json/x": "D1",
		"/dukcapil/get_json/a/b/c": "D2", "/dukcapil/get_json/33-3/x/call_nik": "D2", "/dukcapil/get_json/33-03/x/call_nik/lagi": "D1"} {
		list = append(list, kase{"POST " + p, post(p, body), withStatus("404 Not Found", "", notice(dialect, "07"), none)})
	}
	for _, m := range []string{"GET", "PUT", "PATCH", "DELETE"} {
		for p, dialect := range map[string]string{"x/call_nik": "D1", "33-03/x/call_nik": "D2", "x/verif": "D3"} {
			list = append(list, kase{m + " " + p, request(m, base+p, "", ""),
				withStatus("405 Method Not Allowed", "Allow: POST, OPTIONS", notice(dialect, "07"), none)})
		}
	}
	for _, p := range []string{base + "x/call_nik", "//dukcapil/get_json/x/call_nik/", base + "delapan/call_nik"} {
		list = append(list, kase{"OPTIONS " + p, request("OPTIONS", p, "Origin: https://rs.example\r\n", ""),
			noContent("Allow: POST, OPTIONS")})
	}
	return sorted(list)
}

func noContent(headers string) string {
	return "HTTP/1.1 204 No Content\r\n" + headers + "\r\nConnection: close\r\n\r\n"
}

// accountCases are who is refused, and the quota.
func accountCases() (list []kase) {
	add := func(name, path, body, content string, left int) {
		list = append(list, kase{name, post(base+path, body), told(content, left)})
	}
	wrong := object([]pair{text("user_id", "uji.delapan"), text("password", "salah"), text("ip_user", "10.1.2.3"), text("nik", known)})
	stranger := object([]pair{text("user_id", "uji.siapa"), text("password", "Rahasia-delapan-1"), text("nik", known)})
	for _, way := range []struct{ path, dialect string }{{"x/call_nik", "D1"}, {"33-03/x/call_nik", "D2"}, {"x/verif", "D3"}} {
		add("wrong password "+way.dialect, way.path, wrong, notice(way.dialect, "03"), none)
		add("unknown user "+way.dialect, way.path, stranger, notice(way.dialect, "03"), none)
		add("another network "+way.dialect, way.path, asks("jauh", text("nik", known)), notice(way.dialect, "04"), none)
		add("institution not active "+way.dialect, way.path, asks("tangguh", text("nik", known)), notice(way.dialect, "16"), none)
		add("user not active "+way.dialect, way.path, asks("usai", text("nik", known)), notice(way.dialect, "17"), none)
		add("another institution's path "+way.dialect, "delapan/simrs", asks("nama", text("nik", known)), `{"RESPON":"Login Gagal"}`, none)
	}
	name := `{"NIK":"Sesuai","NAMA_LGKP":"Tidak Sesuai (0)"}`
	add("quota: malformed costs nothing", "x/verif", asks("kuota", text("nik", "1")), notice("D3", "15"), 3)
	add("quota: without a NIK costs nothing", "x/verif", asks("kuota"), notice("D3", "07"), 3)
	add("quota: the first", "x/verif", asks("kuota", text("nik", known)), name, 2)
	add("quota: an unknown one counts", "x/verif", asks("kuota", text("nik", "3303011010730013")), notice("D3", "13"), 1)
	add("quota: full data counts and tells nothing", "x/call_nik", asks("kuota", text("nik", known)),
		`{"NIK":3303010101800001,"NAMA_LGKP":"DJOKO REKAAN"}`, none)
	add("quota: used up on verification", "x/verif", asks("kuota", text("nik", known)), notice("D3", "05"), 0)
	add("quota: used up, regional", "33-03/x/call_nik", asks("kuota", text("nik", known)), notice("D2", "05"), none)
	add("quota: used up, national", "x/call_nik", asks("kuota", text("nik", known)), notice("D1", "05"), none)
	add("quota: before malformed", "x/call_nik", asks("kuota", text("nik", "1")), notice("D1", "05"), none)
	return dedupe(list)
}

// dedupe numbers names that occur more than once.
func dedupe(list []kase) []kase {
	seen := map[string]int{}
	for i, c := range list {
		if seen[c.Name]++; seen[c.Name] > 1 {
			list[i].Name = fmt.Sprintf("%s (%d)", c.Name, seen[c.Name])
		}
	}
	return list
}
