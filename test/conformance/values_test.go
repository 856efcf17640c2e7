package conformance

import "fmt"

// valueCases are persons, grants, and what a verification reads as the same, as another, as nothing, and as unreadable.
func valueCases() (list []kase) {
	add := func(name, path, account, content string, more ...pair) {
		list = append(list, kase{name, post(base+path, asks(account, more...)), told(content, none)})
	}
	for name, c := range map[string][2]string{
		"a city": {"3371010303900003", `{"NIK":3371010303900003,"NAMA_LGKP":"JOS` + bytes("É") + ` REKAAN","JENIS_KLMIN":"Laki-Laki",` +
			`"TMPT_LHR":"MAGELANG","TGL_LHR":"1990-03-03","STATUS_KAWIN":"BELUM KAWIN","JENIS_PKRJN":"PEGAWAI NEGERI SIPIL (PNS)",` +
			`"ALAMAT":"JL. CONTOH NO. 3","PROP_NAME":"JAWA TENGAH","KAB_NAME":"KOTA MAGELANG","NO_KEC":1,"KEC_NAME":"MAGELANG SELATAN",` +
			`"KEL_NAME":"REJOWINANGUN SELATAN","NO_RT":10,"NO_RW":11}`},
		"a city of Jakarta": {"3173010404750004", `{"NIK":3173010404750004,"NAMA_LGKP":"BUDI REKAAN","JENIS_KLMIN":"Laki-Laki",` +
			`"TMPT_LHR":"JAKARTA","TGL_LHR":"1975-04-04","STATUS_KAWIN":"CERAI MATI","JENIS_PKRJN":"WIRASWASTA","ALAMAT":"JL. CONTOH NO. 4",` +
			`"PROP_NAME":"DKI JAKARTA","KAB_NAME":"KOTA ADM. JAKARTA BARAT","NO_KEC":1,"KEC_NAME":"CENGKARENG","KEL_NAME":"CENGKARENG BARAT",` +
			`"NO_RT":1,"NO_RW":1}`},
		"the regency of Jakarta": {"3101010505760005", `{"NIK":3101010505760005,"NAMA_LGKP":"WATI REKAAN","JENIS_KLMIN":"Perempuan",` +
			`"TMPT_LHR":"JAKARTA","TGL_LHR":"1976-05-05","STATUS_KAWIN":"KAWIN","JENIS_PKRJN":"NELAYAN/PERIKANAN","ALAMAT":"JL. CONTOH NO. 5",` +
			`"PROP_NAME":"DKI JAKARTA","KAB_NAME":"ADM. KEPULAUAN SERIBU","NO_KEC":1,"KEC_NAME":"KEPULAUAN SERIBU UTARA",` +
			`"KEL_NAME":"PULAU PANGGANG","NO_RT":1,"NO_RW":1}`},
		"a number above 2^53": {"9103010606880007", `{"NIK":9103010606880007,"NAMA_LGKP":"YULIANA REKAAN","JENIS_KLMIN":"Perempuan",` +
			`"TMPT_LHR":"SENTANI","TGL_LHR":"1988-06-06","STATUS_KAWIN":"KAWIN","JENIS_PKRJN":"PETANI/PEKEBUN","ALAMAT":"JL. CONTOH NO. 6",` +
			`"PROP_NAME":"PAPUA","KAB_NAME":"JAYAPURA","NO_KEC":1,"KEC_NAME":"SENTANI","KEL_NAME":"SENTANI KOTA","NO_RT":3,"NO_RW":4}`},
		"values that are not known": {"3303014202850002", `{"NIK":3303014202850002,"NAMA_LGKP":"SITI MA'RUFAH REKAAN",` +
			`"JENIS_KLMIN":"Perempuan","TMPT_LHR":"MAGELANG","TGL_LHR":"1985-02-02","STATUS_KAWIN":"CERAI HIDUP","JENIS_PKRJN":null,` +
			`"ALAMAT":"JL. CONTOH NO. 2","PROP_NAME":"JAWA TENGAH","KAB_NAME":"PURBALINGGA","NO_KEC":1,"KEC_NAME":"KEMANGKON",` +
			`"KEL_NAME":"KEDUNGBENDA","NO_RT":null,"NO_RW":null}`},
	} {
		add("found: "+name, "x/call_nik", "delapan", c[1], text("nik", c[0]))
		add("found by a number: "+name, "x/call_nik", "delapan", c[1], pair{"nik", c[0]})
	}
	add("granted: name alone", "x/call_nik", "nama", `{"NIK":3303010101800001,"NAMA_LGKP":"DJOKO REKAAN"}`, text("nik", known))
	add("granted: verdicts on the name alone", "x/verif", "nama", `{"NIK":"Sesuai","NAMA_LGKP":"Sesuai (100)"}`, text("nik", known),
		text("NAMA_LGKP", "DJOKO REKAAN"), text("AGAMA", "ISLAM"), text("TGL_LHR", "1980-01-01"))
	begin := `{"NIK":3303010101800001,`
	add("granted: every element", "x/call_nik", "semua", begin+`"NO_KK":3303010101100001,`+eight[len(begin):len(eight)-1]+
		`,"DUSUN":"KRAJAN","KODE_POS":"53381","AGAMA":"ISLAM","GOL_DARAH":"O","PDDK_AKH":"SLTA/SEDERAJAT","STAT_HBKEL":"KEPALA KELUARGA",`+
		`"NAMA_LGKP_AYAH":"KARTA REKAAN","NAMA_LGKP_IBU":"MURNI REKAAN"}`, text("nik", known))

	verify := func(name string, want pair, sent ...pair) {
		content := verified(want)
		if want.key == "" {
			content = notice("D3", "07")
		}
		add("verified: "+name, "x/verif", "delapan", content, append([]pair{text("NIK", known)}, sent...)...)
	}
	same := map[string][]string{
		"NAMA_LGKP": {"DJOKO REKAAN", "djoko  rekaan", "Joko Rekaan", "H. Djoko Rekaan", "DJOKO REKAAN, S.PD"},
		"TMPT_LHR":  {"PURBALINGGA", "Kab. Purbalingga", "KABUPATEN PURBALINGGA"}, "ALAMAT": {"JL. CONTOH NO. 1", "Jl Contoh No 1"},
		"TGL_LHR": {"1980-01-01", "01-01-1980", "1/1/1980", "01.01.1980", "01011980", "1 Januari 1980", "1 Jan 1980",
			"1980-01-01T00:00:00Z"},
		"JENIS_KLMIN":  {"Laki-Laki", "LAKI-LAKI", "laki - laki", "L", "LK", "PRIA", "1"},
		"STATUS_KAWIN": {"KAWIN", "Kawin", "KAWIN TERCATAT", "KAWIN BELUM TERCATAT"}, "JENIS_PKRJN": {"PETANI/PEKEBUN", "petani / pekebun"},
		"PROP_NAME": {"JAWA TENGAH", "Prov. Jawa Tengah", "PROVINSI JAWA TENGAH"},
		"KAB_NAME":  {"PURBALINGGA", "KAB. PURBALINGGA", "KABUPATEN PURBALINGGA"}, "NO_KEC": {"1", "01"},
		"KEC_NAME": {"KEMANGKON", "Kec. Kemangkon", "KECAMATAN KEMANGKON"},
		"KEL_NAME": {"KEDUNGBENDA", "Desa Kedungbenda", "KEL. KEDUNGBENDA"},
		"NO_RT":    {"1", "001", "RT 01", "RT.001"}, "NO_RW": {"2", "002", "RW 2"},
	}
	for key, values := range same {
		verdict := text(key, "Sesuai")
		if key == "NAMA_LGKP" || key == "TMPT_LHR" || key == "ALAMAT" {
			verdict = text(key, "Sesuai (100)")
		}
		for _, v := range values {
			verify(fmt.Sprintf("%s %s is the same", key, v), verdict, text(key, v))
		}
	}
	verify("a number for RT", text("NO_RT", "Sesuai"), pair{"NO_RT", "1"})
	for key, v := range map[string]string{"TGL_LHR": "1980-01-02", "JENIS_KLMIN": "P", "STATUS_KAWIN": "CERAI MATI",
		"JENIS_PKRJN": "WIRASWASTA",
		"PROP_NAME":   "JAWA BARAT", "KAB_NAME": "KOTA PURBALINGGA", "NO_KEC": "2", "KEC_NAME": "BUKATEJA", "KEL_NAME": "BAJONG",
		"NO_RT": "7",
		"NO_RW": "1"} {
		verify(fmt.Sprintf("%s %s is another", key, v), text(key, "Tidak Sesuai"), text(key, v))
	}
	for _, v := range []string{`" "`, `""`, `"-"`, "null", `"00-00-0000"`} {
		for _, key := range []string{"TGL_LHR", "NAMA_LGKP", "JENIS_KLMIN", "TRESHOLD"} {
			verify(fmt.Sprintf("%s %s was not sent", key, v), text("NIK", "Sesuai"), pair{key, v})
		}
	}
	for key, list := range map[string][]string{"TGL_LHR": {`"31-02-1980"`, `"01-01-80"`, `"kemarin"`, `"2099-01-01"`},
		"JENIS_KLMIN": {`"X"`, `"3"`},
		"NO_RT":       {`"satu"`, "1.5", "-1"}, "NAMA_LGKP": {`["DJOKO"]`, `{"a":"DJOKO"}`}, "STATUS_KAWIN": {`"BAHAGIA"`},
		"TRESHOLD": {"101", "-1", `"80%"`, `"tinggi"`}} {
		for _, v := range list {
			verify(fmt.Sprintf("%s %s cannot be read", key, v), pair{}, pair{key, v})
		}
	}
	for _, t := range []pair{{"TRESHOLD", "100"}, {"THRESHOLD", `"100"`}, {"treshold", "0"}, {"Threshold", `"90.0"`}, {"TRESHOLD", "90.0"}} {
		verify(fmt.Sprintf("%s %s", t.key, t.value), text("NAMA_LGKP", "Sesuai (100)"), t, text("NAMA_LGKP", "DJOKO REKAAN"))
	}
	begin = `{"NIK":"Sesuai",`
	add("verified: parents and the like", "x/verif", "semua", begin+`"NO_KK":"Sesuai",`+verified()[len(begin):len(verified())-1]+
		`,"DUSUN":"Sesuai","KODE_POS":"Sesuai","AGAMA":"Sesuai","GOL_DARAH":"Sesuai","PDDK_AKH":"Sesuai","STAT_HBKEL":"Sesuai",`+
		`"NAMA_LGKP_AYAH":"Sesuai","NAMA_LGKP_IBU":"Sesuai (100)"}`, text("NIK", known), text("NO_KK", "3303010101100001"),
		text("DUSUN", "Krajan"),
		pair{"KODE_POS", "53381"}, text("AGAMA", "Islam"), text("GOL_DARAH", "o"), text("PDDK_AKH", "SLTA / SEDERAJAT"),
		text("STAT_HBKEL", "Kepala Keluarga"), text("NAMA_LGKP_AYAH", "Karta Rekaan"), text("NAMA_LGKP_IBU", "MURNI REKAAN"))
	return sorted(list)
}
