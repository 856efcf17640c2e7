package conformance

import (
	"cmp"
	"slices"
	"strings"
)

// sorted are cases by name; those of a map come in any order.
func sorted(list []kase) []kase {
	slices.SortFunc(list, func(a, b kase) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// profileCases are what a profile changes, by setup.json.
func profileCases() (list []kase) {
	add := func(name, path, account, content string, more ...pair) {
		list = append(list, kase{name, post(base+path, asks(account, more...)), told(content, none)})
	}
	nik := func(n string) pair { return text("nik", n) }
	respon := func(text string) string { return `{"RESPON":"` + text + `"}` }

	add("hospital: found", "delapan/simrs", "delapan", eight, nik(known))
	for n, code := range map[string]string{"3303010707700011": "11", "3303010808710012": "12", "3303011010730013": "13",
		"3303010909720014": "14", "1": "15", "": "07"} {
		add("hospital: "+code, "delapan/simrs", "delapan", respon("Data Tidak Ditemukan"), nik(n))
	}
	add("hospital: login of another institution", "delapan/simrs", "nama", respon("Login Gagal"), nik(known))
	query := "?userId=uji.delapan&password=Rahasia-delapan-1&ip_user=x%zz;y"
	list = append(list,
		kase{"hospital, query: found", post(base+"delapan/simrs_query"+query, object([]pair{nik(known)})), told(eight, none)},
		kase{"hospital, query: a NIK there is not read", post(base+"delapan/simrs_query"+query+"&nik="+known, "{}"),
			told(respon("Data Tidak Ditemukan"), none)},
		kase{"hospital, query: the body counts more", post(base+"delapan/simrs_query?user_id=uji.siapa&password=x", asks("delapan",
			nik(known))),
			told(eight, none)},
		kase{"hospital, query: nowhere", post(base+"delapan/simrs_query", object([]pair{nik(known)})), told(respon("Login Gagal"), none)})

	add("one key: verdicts", "delapan/satu_kunci", "delapan", verified(), nik(known))
	add("lower case: found", "delapan/kecil", "delapan", lower(eight), nik(known))
	add("lower case: notice", "delapan/kecil", "delapan", `{"respon":"Data Tidak Ditemukan"}`, nik("1"))
	add("lower case: verdicts", "delapan/kecil_verif", "delapan", lower(verified()), nik(known))
	add("lower case: notice of a verification", "delapan/kecil_verif", "delapan", lower(notice("D3", "15")), nik("1"))

	add("all keys: found", "nama/semua", "nama", everyKey(known, `"DJOKO REKAAN"`), nik(known))
	add("all keys: verdicts", "nama/semua_verif", "nama", everyKey(`"Sesuai"`, `"Tidak Sesuai (0)"`), nik(known))
	add("all keys: notice", "nama/semua", "nama", respon("Data Tidak Ditemukan"), nik("1"))

	numbers := strings.NewReplacer(`"PROP_NAME"`, `"NO_PROP":33,"PROP_NAME"`, `"KAB_NAME"`, `"NO_KAB":3,"KAB_NAME"`, `"KEL_NAME"`,
		`"NO_KEL":2001,"KEL_NAME"`)
	add("numbers of the region", "delapan/nomor", "delapan", numbers.Replace(eight), nik(known))
	add("NIK as a string", "delapan/teks", "delapan", strings.Replace(eight, known, `"`+known+`"`, 1), nik(known))
	add("unpadded code", "delapan/tanpa_nol", "delapan", strings.Replace(notice("D2", "07"), `"07"`, `"7"`, 1))
	add("unpadded code of two digits", "delapan/tanpa_nol", "delapan", notice("D2", "15"), nik("1"))
	add("NIK echoed", "delapan/gema", "delapan", verified(pair{"NIK", known}), nik(known))
	add("NIK echoed as it is, not as it was typed", "delapan/gema", "delapan", verified(pair{"NIK", known}), nik("3303-0101-0180-0001"))
	add("NIK echoed as a string", "delapan/gema_teks", "delapan", verified(text("NIK", known)), nik(known))
	bare := nik("3303014202850002")
	add("no value is null", "x/verif", "delapan", verified(pair{"JENIS_PKRJN", "null"}, pair{"NO_RT", "null"}), bare, text("JENIS_PKRJN",
		"PETANI/PEKEBUN"), text("NO_RT", "001"))
	add("no value differs", "delapan/beda", "delapan", verified(), bare, text("JENIS_PKRJN", "PETANI/PEKEBUN"), text("NO_RT", "001"))
	add("own text", "delapan/sendiri", "delapan", `{"RESPONSE_CODE":"13","RESPONSE_DESC":"TIDAK ADA"}`, nik("3303011010730013"))
	add("own texts leave the others", "delapan/sendiri", "delapan", notice("D2", "11"), nik("3303010707700011"))

	page, allow := base+"delapan/halaman", "Access-Control-Allow-Origin: https://rs.example"
	from := func(origin, body string) string {
		return request("POST", page, jsonType+"Origin: "+origin+"\r\n", body)
	}
	list = append(list,
		kase{"page's origin: asked before", request("OPTIONS", page, "Origin: https://rs.example\r\n", ""),
			noContent("Access-Control-Allow-Headers: Authorization, Content-Type\r\nAccess-Control-Allow-Methods: POST\r\n" + allow +
				"\r\nAccess-Control-Max-Age: 600\r\nAllow: POST, OPTIONS\r\nVary: Origin")},
		kase{"page's origin: another", request("OPTIONS", page, "Origin: https://lain.example\r\n", ""),
			noContent("Allow: POST, OPTIONS\r\nVary: Origin")},
		kase{"page's origin: answered", from("https://rs.example", asks("delapan", nik(known))),
			withStatus("200 OK", allow+"\r\nVary: Origin", eight, none)},
		kase{"page's origin: answered without", from("https://lain.example", asks("delapan", nik(known))),
			withStatus("200 OK", "Vary: Origin", eight, none)})
	return sorted(list)
}

// everyKey is a content with every key of the wire, where NIK and name alone are granted.
func everyKey(nik, name string) string {
	content := `{"NIK":` + nik + `,"NO_KK":null,"NAMA_LGKP":` + name
	for _, k := range []string{"JENIS_KLMIN", "TMPT_LHR", "TGL_LHR", "STATUS_KAWIN", "JENIS_PKRJN", "ALAMAT", "NO_PROP", "PROP_NAME",
		"NO_KAB",
		"KAB_NAME", "NO_KEC", "KEC_NAME", "NO_KEL", "KEL_NAME", "NO_RT", "NO_RW", "DUSUN", "KODE_POS", "AGAMA", "GOL_DARAH", "PDDK_AKH",
		"STAT_HBKEL", "NAMA_LGKP_AYAH", "NAMA_LGKP_IBU"} {
		content += `,"` + k + `":null`
	}
	return content + "}"
}

// lower turns a content's keys to lower case.
func lower(content string) string {
	parts := strings.Split(content, `"`)
	for i := 1; i+1 < len(parts); i += 2 {
		if strings.HasPrefix(parts[i+1], ":") {
			parts[i] = strings.ToLower(parts[i])
		}
	}
	return strings.Join(parts, `"`)
}
