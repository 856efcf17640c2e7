package conformance

import (
	"fmt"
	"strings"
)

// balikanCases are deliveries in all encodings, repeats, and what is refused. They run in this order.
func balikanCases() (list []kase) {
	const (
		to    = "/data_balikan/public/api/store"
		older = "/databalikan/api/store"
		token = "Authorization: Bearer token-uji-delapan-0123456789\r\n"
	)
	add := func(name, method, path, headers, body, status, extra, message string) {
		list = append(list, kase{name, request(method, path, headers, body), answer(status, extra, message)})
	}
	said := func(text string) string { return bytes(`{"message":"` + text + `"}`) }
	success := said("Success")
	param := func(number string) string { return `[{"NOMOR":"` + number + `","JENIS_BANTUAN":"Pupuk"}]` }
	one := func(nik, param string) string {
		return `{"nik":"` + nik + `","id_lembaga":"3303901","nama_lembaga":"Dinas Rekaan","param":` + param + `}`
	}
	flat := func(nik string, more ...pair) []pair {
		return append([]pair{text("nik", nik), text("id_lembaga", "3303901"), text("nama_lembaga", "Dinas Rekaan")}, more...)
	}
	block := func(data ...string) string {
		return `{"id_lembaga":"3303901","nama_lembaga":"Dinas Rekaan","data":[` + strings.Join(data, ",") + `]}`
	}
	record := func(nik, param string) string { return `{"NIK":"` + nik + `","param":` + param + `}` }
	const first, second, third = known, "3303014202850002", "3371010303900003"
	nested := []pair{text("param[0][NOMOR]", "5"), text("param[0][JENIS_BANTUAN]", "Pupuk"), text("param[1][NOMOR]", "6"),
		text("param[1][JENIS_BANTUAN]", "Benih")}

	for _, d := range []struct{ name, path, headers, body string }{
		{"1, one JSON record", to, jsonType, one(first, param("1"))},
		{"2, an array of blocks", to, jsonType, "[" + block(record(first, param("2")), record(second, param("2"))) + "," +
			block(record(third, param("2"))) + "]"},
		{"3, multipart with param as JSON", to, "Content-Type: multipart/form-data; boundary=batas\r\n",
			strings.Replace(multi(flat(first, text("param", "P")), "%s"), "\r\nP\r\n", "\r\n"+param("3")+"\r\n", 1)},
		{"3, multipart, chunked", to, "Content-Type: multipart/form-data; boundary=batas\r\nTransfer-Encoding: chunked\r\n",
			chunked(strings.Replace(multi(flat(second, text("param", "P")), "%s"), "\r\nP\r\n", "\r\n"+param("3")+"\r\n", 1))},
		{"4, a form under a JSON type, without values", to, jsonType, form(flat(first, text("param", "")), "%s")},
		{"after 4, the same person with values", to, jsonType, one(first, param("4"))},
		{"5, nested form", to, "Content-Type: application/x-www-form-urlencoded\r\n", form(flat(first, nested...), "%s")},
		{"5, nested multipart", to, "", multi(flat(second, nested...), "%s")},
		{"older base", older, jsonType, one(third, param("5"))},
		{"older base in another case", "/DataBalikan/API/Store/", jsonType, one(third, param("6"))},
		{"doubled slashes", "//data_balikan//public/api/store//", jsonType, one(third, param("7"))},
		{"base in another case", "/DATA_BALIKAN/Public/api/store", jsonType, one(third, param("8"))},
		{"keys in another spelling", to, jsonType,
			strings.NewReplacer(`"nik"`, `"NIK"`, "id_lembaga", "idLembaga", "NOMOR", "nomor").Replace(one(third, param("9")))},
		{"numbers instead of strings", to, jsonType, `{"nik":` + third + `,"id_lembaga":3303901,"param":[{"NOMOR":10,"JENIS_BANTUAN":"Pupuk"}]}`},
		{"a key that the agreement does not name, without a value", to, jsonType,
			strings.Replace(one(third, param("11")), `"NOMOR"`, `"CATATAN":null,"NOMOR"`, 1)},
		{"the same record twice in one batch", to, jsonType, "[" + block(record(first, param("12")), record(first, param("12"))) + "]"},
		{"an array of PHP with gaps", to, jsonType,
			one(third, `{"1":`+strings.Trim(param("15"), "[]")+`,"3":`+strings.Trim(param("16"), "[]")+`}`)},
		{"UTF-16 with its mark", to, jsonType, wide(true, true, one(third, param("14")))},
		{"a form in UTF-16", to, jsonType, wide(false, true, form(flat(second, text("param[0][NOMOR]", "14"),
			text("param[0][JENIS_BANTUAN]", "Pupuk")), "%s"))},
		{"somebody whom nobody looked up", to, jsonType, one("3303011010730013", param("13"))},
	} {
		add(d.name, "POST", d.path, token+d.headers, d.body, "200 OK", "", success)
	}
	const unkept = "tidak termasuk data balikan menurut perjanjian, sehingga tidak akan disimpan; kirim tanpa isian ini"
	repeated := "Data sudah pernah dikirim"
	add("a repeat", "POST", to, token+jsonType, one(first, param("1")), "400 Bad Request", "",
		`{"message":"`+repeated+`","sudah_ada":[1]}`)
	add("a batch with repeats tells their numbers", "POST", to, token+jsonType,
		"["+block(record(third, param("90")), record(first, param("2")))+","+block(record(third, param("2")))+"]", "400 Bad Request", "",
		`{"message":"`+repeated+`","sudah_ada":[2,3]}`)
	add("nothing of that batch was taken", "POST", to, token+jsonType, one(third, param("90")), "200 OK", "", success)
	for _, d := range []struct{ name, body, message string }{
		{"a NIK that is none", one("330301", param("1")), "data ke-1, field nik: tidak sesuai format"},
		{"a NIK of the second record", "[" + block(record(first, param("91")), record("330301", param("91"))) + "]",
			"data ke-2, field nik: tidak sesuai format"},
		{"another institution", strings.Replace(one(first, param("92")), "3303901", "3303902", 1),
			"data ke-1, field id_lembaga: bukan lembaga dari token ini"},
		{"no institution", `{"nik":"` + first + `","param":` + param("92") + `}`, "data ke-1, field id_lembaga: harus diisi"},
		{"no key of the agreement", one(first, `[{"CATATAN":"x"}]`),
			"data ke-1, field param: tidak memuat NOMOR, JENIS_BANTUAN yang diminta perjanjian"},
		{"one key of the agreement", one(first, `[{"NOMOR":"93"}]`), "data ke-1, field JENIS_BANTUAN: harus diisi"},
		{"a value that the agreement does not name", strings.Replace(one(first, param("93")), `"NOMOR"`, `"CATATAN":"x","NOMOR"`, 1),
			"data ke-1, field CATATAN: " + unkept},
		{"a value beside param", strings.Replace(one(first, param("93")), `"param"`, `"catatan":"x","param"`, 1),
			"data ke-1, field catatan: " + unkept},
		{"param that is no list", one(first, "7"), "data ke-1, field param: harus berupa daftar objek"},
		{"nothing", "", "isi permintaan kosong"}, {"not JSON to its end", "{", "isi permintaan bukan JSON yang sah"},
		{"an empty array", "[]", "tidak memuat data"},
	} {
		add("malformed: "+d.name, "POST", to, token+jsonType, d.body, "422 Unprocessable Entity", "", said(d.message))
	}
	for _, filler := range []string{"-", "N/A", "0"} {
		add("malformed: filler "+filler, "POST", to, token+jsonType, one(first, param(filler)), "422 Unprocessable Entity", "",
			said("data ke-1, field NOMOR: harus diisi dengan keterangan yang sebenarnya, bukan pengganti kosong"))
	}
	for _, d := range [][2]string{{"no token", ""}, {"another token", "Authorization: Bearer salah\r\n"},
		{"another scheme", strings.Replace(token, "Bearer", "Basic", 1)}} {
		add(d[0], "POST", to, d[1]+jsonType, one(first, param("94")), "401 Unauthorized", "", said("Token tidak dikenal"))
	}
	add("scheme in lower case", "POST", to, strings.Replace(token, "Bearer", "bearer", 1)+jsonType, one(first, param("95")), "200 OK", "",
		success)
	for _, path := range []string{to, older} {
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			add(method+" "+path, method, path, token, "", "405 Method Not Allowed", "Allow: POST, OPTIONS",
				said("layanan ini hanya menerima POST"))
		}
		list = append(list, kase{"OPTIONS " + path, request("OPTIONS", path, "", ""), noContent("Allow: POST, OPTIONS")})
	}
	for _, path := range []string{"/data_balikan/public", "/data_balikan/public/api", "/databalikan/", "/databalikan/api/store/lagi"} {
		add(fmt.Sprintf("POST %s", path), "POST", path, token+jsonType, one(first, param("96")), "404 Not Found", "",
			said("alamat ini tidak dikenal; data balikan dikirim ke /data_balikan/public/api/store"))
	}
	return list
}
