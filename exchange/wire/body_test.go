package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/person/population"
)

var today = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

// One value that cannot be decoded spoils nothing but itself.
func TestOneOddValueSpoilsNothingElse(t *testing.T) {
	const rest = `"user_id":"a","password":"b","nik":"3303010101800001"`
	for body, name := range map[string]string{
		`{` + rest + ",\"NAMA_LGKP\":\"JOS\xc9\"}":  "JOSÉ",
		`{` + rest + ",\"NAMA_LGKP\":\"JOS\x81E\"}": "JOSE",
		`{` + rest + `,"NAMA_LGKP":"MA\'RUFAH"}`:    "MA'RUFAH",
		`{` + rest + `,"NAMA_LGKP":"A\xB"}`:         "AxB",
		`{` + rest + `,"NAMA_LGKP":"A\u00zB"}`:      "Au00zB",
		`{` + rest + `,"NAMA_LGKP":"A\ud800B"}`:     "AB",
		`{` + rest +
			",\"NAMA_LGKP\":\"SITI\n\tAMINAH\"}": "SITI  AMINAH",
		"\x00{" + rest + ",\"NAMA_LGKP\":\"ANI\"}=":           "ANI",
		url.QueryEscape("{"+rest+`,"NAMA_LGKP":"A+B"}`) + "=": "A+B", url.QueryEscape("[{" + rest + `,"NAMA_LGKP":"ANI"}]`): "ANI",
		`{` + rest + `,"NAMA_LGKP":"A\\B\"C"}`:                                              `A\B"C`,
		"\ufeff\r\n{" + rest + ",\"NAMA_LGKP\":\"ANI\"}\x00\x00":                            "ANI",
		"user_id=a&password=b&nik=3303010101800001&NAMA_LGKP=JOS%C9":                        "JOSÉ",
		"user_id=a&password=b&nik=3303010101800001&NAMA_LGKP=JOS%C3%89":                     "JOSÉ",
		"user_id=a&password=b&nik=3303010101800001&NAMA_LGKP=100%+A;B%zz%4":                 "100% A;B%zz%4",
		"&&user_id=a&password=b&nik=3303010101800001&NAMA_LGKP=A=B&":                        "A=B",
		"data[user_id]=a&data[password]=b&data[nik]=3303010101800001&data[NAMA_LGKP]=ANI":   "ANI",
		"user_id[]=a&password[0]=b&0[nik]=3303010101800001&param%5B0%5D%5BNAMA_LGKP%5D=ANI": "ANI",
		"user_id=a&password=b&nik=3303010101800001&NAMA_LGKP=ANI&x[NAMA_LGKP]=BUDI":         "ANI",

		multi("user_id", "a", "password", "b", "nik", "3303010101800001", "NAMA_LGKP", "JOS\xc9"):                              "JOSÉ",
		multi("data[user_id]", "a", "data[password]", "b", "data[nik]", "3303010101800001", "data[NAMA_LGKP]", "ANI"):          "ANI",
		strings.TrimSuffix(multi("user_id", "a", "password", "b", "nik", "3303010101800001", "NAMA_LGKP", "ANI"), "--b--\r\n"): "ANI",
		strings.ReplaceAll(multi("user_id", "a", "password", "b", "nik", "3303010101800001", "NAMA_LGKP", "ANI"), "\r", ""):    "ANI",
	} {
		f, err := Read([]byte(body))
		if err != nil || f["namalgkp"] != name || f.User() != "a" || f.Password() != "b" || f.NIK() != "3303010101800001" {
			t.Errorf("%q: %q %v", body, f, err)
		}
	}
}

func multi(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", pairs[i], pairs[i+1])
	}
	return b.String() + "--b--\r\n"
}

// A number counts as a NIK only when all its digits were written: what went through a floating point number has lost some.
func TestANumberIsTakenWhenItsDigitsAreWritten(t *testing.T) {
	const whole = "3303010101800001"
	for sent, want := range map[string]string{
		whole: whole, whole + ".0": whole, whole + ".000": whole, "3.303010101800001e+15": whole, "3.303010101800001E15": whole,
		"3303010101800001e0": whole, "33030101018000010e-1": whole, "3.303010101800001000e15": whole,
		"9103010101800001": "9103010101800001", "9103010101809999": "9103010101809999",
	} {
		for _, body := range []string{`{"nik":` + sent + `}`, `{"nik":"` + sent + `"}`, "nik=" + strings.ReplaceAll(sent, "+", "%2B")} {
			if f, err := Read([]byte(body)); err != nil || f.NIK() != want {
				t.Errorf("%s: %s %v", body, f.NIK(), err)
			}
		}
	}
	for _, lost := range []string{"3.303e+15", "3.3030101018e+15", "3.30301010180001e+15", "330301010180000.1", "3303010101800001.5",
		"-3303010101800001", "33030101018000010", "3.303010101800001e+16", "3.303010101800001e-400", "1e999999999"} {
		f, err := Read([]byte(`{"nik":` + lost + `}`))
		if err != nil {
			t.Error(err)
		}
		if claim, err := population.ReadClaim(population.ElNIK, "", f.NIK(), today); err == nil {
			t.Errorf("%s is read as a NIK: %q %+v", lost, f.NIK(), claim)
		}
	}
}

// What was sent and cannot be read is 07, never a difference; what stands for nothing was not sent.
func TestWhatCannotBeReadIsNoDifference(t *testing.T) {
	for _, unread := range []string{`"TGL_LHR":"31-02-1990"`, `"JENIS_KLMIN":"X"`, `"NAMA_LGKP":["A"]`, `"NAMA_LGKP":{"a":"b"}`,
		`"NAMA_LGKP":"` + strings.Repeat("A", 401) + `"`, `"NAMA_LGKP":"A\u0001B"`, `"NO_RT":1.5`, `"NO_RT":-1`, `"NO_KK":3.3e15`} {
		f, err := Read([]byte("{" + unread + "}"))
		if claims, ok := f.Claims(today); err != nil || ok {
			t.Errorf("%s: %+v %v", unread, claims, err)
		}
	}
	for _, none := range []string{`" "`, `""`, `"-"`, `null`, `"00-00-0000"`, `"N/A"`} {
		f, err := Read([]byte(`{"nik":` + none + `,"TRESHOLD":` + none + `,"TGL_LHR":` + none + `,"NAMA_LGKP":` + none + `,"NO_RT":` +
			none + `}`))
		claims, ok := f.Claims(today)
		if threshold, fit := f.Threshold(); err != nil || !ok || len(claims) > 0 || f.NIK() != "" || threshold != 100 || !fit {
			t.Errorf("%s: %+v %q %d %v", none, claims, f.NIK(), threshold, err)
		}
	}
}

// Credentials alone may stand in a query, and what the body says counts more.
func TestAQueryBringsCredentialsAlone(t *testing.T) {
	f := Fields{"userid": "a"}
	f.Query("user_id=x&password=p%zz;q&nik=3303010101800001&ip_user=10.1.2.3&NAMA_LGKP=ANI")
	if f.User() != "a" || f.Password() != "p%zz;q" || f.Claimed() != "10.1.2.3" || f.NIK() != "" || f["namalgkp"] != "" {
		t.Errorf("%q", f)
	}
}

func TestPathsThatNameTheSame(t *testing.T) {
	for typed, want := range map[string]string{
		"/dukcapil/get_json/x/call_nik": "x/call_nik", "//Dukcapil//GET_JSON///X//CALL_NIK/": "x/call_nik", "x/call_nik": "x/call_nik",
		" /33-03/X/Y/ ": "33-03/x/y", "/dukcapil/get_json": "", "/dukcapil/get_json/": "", "/dukcapil/get_jsonx/y": "dukcapil/get_jsonx/y",
		"/dukcapil/./get_json/a/../x/y": "x/y",
	} {
		if got := Clean(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

// Names of areas come as the ministry's service writes them, and go back to the official ones.
func TestAreaNames(t *testing.T) {
	for official, written := range map[string]string{
		"KABUPATEN PURBALINGGA": "PURBALINGGA", "KOTA MAGELANG": "KOTA MAGELANG",
		"KOTA ADMINISTRASI JAKARTA PUSAT":         "KOTA ADM. JAKARTA PUSAT",
		"KABUPATEN ADMINISTRASI KEPULAUAN SERIBU": "ADM. KEPULAUAN SERIBU", "": "",
	} {
		if got := short(official); got != written {
			t.Errorf("%s: %s, want %s", official, got, written)
		}
		if got := OfficialRegency(written); got != official {
			t.Errorf("%s back: %s, want %s", written, got, official)
		}
	}
	for official, written := range map[string]string{"JAWA TENGAH": "JAWA TENGAH", "DAERAH KHUSUS IBUKOTA JAKARTA": "DKI JAKARTA", "": ""} {
		if got := province(official); got != written || OfficialProvince(written) != official {
			t.Errorf("%s: %s", official, got)
		}
	}
}

// PHP's nested keys are the tree that PHP builds of them.
func TestNestedForms(t *testing.T) {
	for body, want := range map[string]string{
		"a=1&b=2": `{"a":"1","b":"2"}`,
		"param[0][NOMOR]=7&param[0][JENIS]=x&param[1][NOMOR]=8": `{"param":[{"JENIS":"x","NOMOR":"7"},{"NOMOR":"8"}]}`,
		"param[][NOMOR]=7&param[][JENIS]=x&param[][NOMOR]=8":    `{"param":[{"JENIS":"x","NOMOR":"7"},{"NOMOR":"8"}]}`,
		"param[NOMOR]=7": `{"param":{"NOMOR":"7"}}`, "a[]=1&a[]=2": `{"a":["1","2"]}`, "a[2]=z&a[1]=y": `{"a":["y","z"]}`,
		"0[nik]=1&0[param][0][N]=2": `[{"nik":"1","param":[{"N":"2"}]}]`, "param=&param[0][N]=2": `{"param":[{"N":"2"}]}`,
		"param[0][N]=2&param=": `{"param":[{"N":"2"}]}`, "a=1&a=2": `{"a":"2"}`, "": `{}`, "a[b=1": `{"a[b":"1"}`,
		"[x]=1": `[{"x":"1"}]`, "a[1]=x&a[b]=y": `{"a":{"1":"x","b":"y"}}`,
		"a" + strings.Repeat("[a]", 20) + "=1": `{"a` + strings.Repeat("[a]", 20) + `":"1"}`,
	} {
		pairs, err := Form([]byte(body))
		got, fault := json.Marshal(Nested(pairs).Value())
		if err != nil || fault != nil || string(got) != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}

// Each option of a profile changes the answer in its way and in no other.
func TestOptionsOfAProfile(t *testing.T) {
	a := access.Answer{Code: access.Found, Basis: "PKS", Quota: access.Left{Quota: 5, Used: 2},
		Person: access.Person{Elements: population.Of(population.ElName, population.ElBlood), Name: "ANI"}}
	person := func(p Profile) string { return content(string(p.Person(a))) }
	for _, c := range []struct {
		p    Profile
		want string
	}{
		{Profile{}, `{"NAMA_LGKP":"ANI","GOL_DARAH":null}`}, {Profile{Lower: true}, `{"nama_lgkp":"ANI","gol_darah":null}`},
		{Profile{Full: true}, `{"NIK":null,"NO_KK":null,"NAMA_LGKP":"ANI","JENIS_KLMIN":null,"TMPT_LHR":null,"TGL_LHR":null,` +
			`"STATUS_KAWIN":null,"JENIS_PKRJN":null,"ALAMAT":null,"NO_PROP":null,"PROP_NAME":null,"NO_KAB":null,"KAB_NAME":null,` +
			`"NO_KEC":null,"KEC_NAME":null,"NO_KEL":null,"KEL_NAME":null,"NO_RT":null,"NO_RW":null,"DUSUN":null,"KODE_POS":null,` +
			`"AGAMA":null,"GOL_DARAH":null,"PDDK_AKH":null,"STAT_HBKEL":null,"NAMA_LGKP_AYAH":null,"NAMA_LGKP_IBU":null}`},
	} {
		if got := person(c.p); got != c.want {
			t.Errorf("%+v: %s", c.p, got)
		}
	}
	none := []access.ClaimVerdict{{Claim: population.Claim{Element: population.ElBlood}}}
	none[0].Reason = "no_value"
	for _, c := range []struct {
		p    Profile
		want string
	}{
		{Profile{Verify: true}, `{"NAMA_LGKP":"Tidak Sesuai (0)","GOL_DARAH":null}`},
		{Profile{Verify: true, Differs: true, Lower: true}, `{"nama_lgkp":"Tidak Sesuai (0)","gol_darah":"Tidak Sesuai"}`},
	} {
		if got := string(c.p.Verdicts(a, "", none)); content(got) != c.want || !strings.HasSuffix(got, `,"quotaLimiter":3}`) {
			t.Errorf("%+v: %s", c.p, got)
		}
	}
}

// quotaLimiter is told on verification, where a quota applies and the institution is active.
func TestQuotaLimiterIsTold(t *testing.T) {
	left := access.Left{Quota: 5, Used: 2}
	for _, c := range []struct {
		p    Profile
		a    access.Answer
		told bool
	}{
		{Profile{Verify: true}, access.Answer{Code: access.Unknown, Basis: "PKS", Quota: left}, true},
		{Profile{}, access.Answer{Code: access.Unknown, Basis: "PKS", Quota: left}, false},
		{Profile{Verify: true}, access.Answer{Code: access.Unknown, Basis: "PKS", Quota: access.Left{Unlimited: true}}, false},
		{Profile{Verify: true}, access.Answer{Code: access.InstitutionInactive, Basis: "PKS", Quota: left}, false},
		{Profile{Verify: true}, access.Answer{Code: access.Login}, false},
	} {
		if got := strings.Contains(string(c.p.Notice(c.a)), "quotaLimiter"); got != c.told {
			t.Errorf("%+v %s: %v", c.p, c.a.Code, got)
		}
		if got := strings.Contains(string(c.p.Incomplete(c.a)), "quotaLimiter"); got != c.told {
			t.Errorf("07: %+v %s: %v", c.p, c.a.Code, got)
		}
	}
}

func content(answer string) string {
	from, to := strings.Index(answer, "[")+1, strings.Index(answer, "]")
	return answer[from:to]
}

func TestOrigins(t *testing.T) {
	for text, want := range map[string]bool{"https://rs.example": true, "http://10.1.2.3:8080": true, "https://rs.example/": false,
		"https://RS.example": false, "*": false, "null": false, "": false, "ftp://x": false, "https://a b": false, "https://u@x": false} {
		if got := FitsOrigin(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// A plain object is read without reflection as it would be with it.
func FuzzPlainObject(f *testing.F) {
	for _, s := range []string{
		`{"nik":"3303011505870001","user_id":"a","password":"b","ip_user":"10.1.1.1"}`, "{ \"nik\" :\t\"1\" ,\n\"NIK\":\"\"}",
		`{"nik":"1","n_ik":"2"}`, `{"n_ik":"1","NIK":"2"}`, `{"nik":"1","nik":""}`, `{"nik":1}`, `{"nik":"1","x":{}}`, `{}`, `{"":" "}`,
		`{"nik":"a\\"}`, "{\"nik\":\"\t\"}", `{"nik":"\u0031"}`, "{\"nik\":\"\xc9\"}", "{\"nik\":\"\ufffd\"}", `{"nik":"1",}`,
		`{"nik":"1"}}`,
		`{"nik":" ` + strings.Repeat("1", maxValue+1) + `"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		body := Bare(data)
		got, ok := readPlain(body)
		if !ok {
			return
		}
		want, err := readJSON(Mended(body))
		if err != nil {
			t.Fatalf("%q is no JSON: %v", data, err)
		}
		if !maps.Equal(got, want) {
			t.Errorf("%q: %q, read with reflection %q", data, got, want)
		}
	})
}

// A path that is in its form already is told without making it anew.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"/dukcapil/get_json/dinsos/call_nik", "/a//b", "/a/", "/", "", "/A", "/a/../b", "/a/.", "a/b", "/33-03/a/b",
		"/a b", "/é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, url string) {
		if want := strings.ToLower(path.Clean("/" + url)); Fold(url) != want {
			t.Errorf("%q is folded to %q, not %q", url, Fold(url), want)
		}
	})
}
