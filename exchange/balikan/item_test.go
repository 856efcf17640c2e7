package balikan

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gapura/agreement/agreement"
	"gapura/internal/told"
)

// ruled are values of one person as JSON, with what is said of them: nothing when they are taken, "flagged" when they are taken as
// incomplete.
var ruled = []struct{ param, says string }{
	{`[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk"}]`, ""},
	{`{"nomor":7,"jenis bantuan":"Pupuk"}`, ""}, {`{"nomor":7.0,"jenis bantuan":"Pupuk"}`, ""},
	{`[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk","LAIN":null,"CATATAN":" - "}]`, ""},
	{`"[{\"NOMOR\":\"7\",\"JENIS_BANTUAN\":\"Pupuk\"}]"`, ""},
	{`[{"NOMOR":"7","nomor":"7","JENIS_BANTUAN":"Pupuk"}]`, ""},
	{``, "flagged"}, {`null`, "flagged"}, {`""`, "flagged"}, {`" "`, "flagged"}, {`[]`, "flagged"}, {`{}`, "flagged"}, {`[{}]`, "flagged"},
	{`[{},{}]`, "flagged"},
	{`[{"LAIN":"x"}]`, "param: tidak memuat NOMOR, JENIS_BANTUAN yang diminta perjanjian"},
	{`{"LAIN":null}`, "param: tidak memuat NOMOR, JENIS_BANTUAN yang diminta perjanjian"},
	{`[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk"},{}]`, "param: tidak memuat NOMOR, JENIS_BANTUAN yang diminta perjanjian"},
	{`[{"NOMOR":"7"}]`, "JENIS_BANTUAN: harus diisi"},
	{`[{"JENIS_BANTUAN":"Pupuk"}]`, "NOMOR: harus diisi"},
	{`[{"NOMOR":null,"JENIS_BANTUAN":"Pupuk"}]`, "NOMOR: harus diisi"},
	{`[{"NOMOR":" ","JENIS_BANTUAN":"Pupuk"}]`, "NOMOR: harus diisi"},
	{`[{"NOMOR":"","JENIS_BANTUAN":""}]`, "NOMOR: harus diisi"},
	{`[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk"},{"NOMOR":"8"}]`, "JENIS_BANTUAN: harus diisi"},
	{`[{"NOMOR":"7","JENIS_BANTUAN":"-"}]`, "JENIS_BANTUAN: " + saysFiller},
	{`[{"NOMOR":0,"JENIS_BANTUAN":"Pupuk"}]`, "NOMOR: " + saysFiller},
	{`[{"NOMOR":{"RAHASIA":1},"JENIS_BANTUAN":"Pupuk"}]`, "NOMOR: harus teks atau angka"},
	{`[{"NOMOR":["RAHASIA"],"JENIS_BANTUAN":"Pupuk"}]`, "NOMOR: harus teks atau angka"},
	{`[{"NOMOR":true,"JENIS_BANTUAN":"Pupuk"}]`, "NOMOR: harus teks atau angka"},
	{`[{"NOMOR":"7","nomor":"RAHASIA","JENIS_BANTUAN":"Pupuk"}]`, "NOMOR: disebut dua kali dengan isi yang berbeda"},
	{`[{"NOMOR":"7","NOMOR":"RAHASIA","JENIS_BANTUAN":"Pupuk"}]`, "NOMOR: disebut dua kali dengan isi yang berbeda"},
	{`[{"NOMOR":"\ufffd","JENIS_BANTUAN":"Pupuk"}]`, "NOMOR: harus teks sampai 300 byte tanpa karakter kendali"},
	{`[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk","LAIN":"RAHASIA"}]`, "LAIN: " + saysFurther},
	{`[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk","LAIN":{"x":["RAHASIA"]}}]`, "LAIN: " + saysFurther},
	{`[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk","LAIN":0,"Catatan_2":false}]`, "Catatan_2: " + saysFurther},
	{`[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk","RAHASIA ITU":"x"}]`, "param: " + saysFurther},
	{`[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk","3303010101800001":"x"}]`, "param: " + saysFurther},
	{`7`, "param: harus berupa daftar objek"}, {`"RAHASIA"`, "param: harus berupa daftar objek"},
	{`[7]`, "param: harus berupa daftar objek"},
	{`[null]`, "param: harus berupa daftar objek"}, {`[["RAHASIA"]]`, "param: harus berupa daftar objek"},
	{`"{\"NOMOR\":"`, "param: harus berupa daftar objek"}, {`"-"`, "param: harus berupa daftar objek"},
}

const saysFurther = "tidak termasuk data balikan menurut perjanjian, sehingga tidak akan disimpan; kirim tanpa isian ini"

const saysFiller = "harus diisi dengan keterangan yang sebenarnya, bukan pengganti kosong"

// TestNoValueIsDroppedInSilence (F1): the same rules for what the wire and what the JSON API bring, each told by record and field. What
// is missing altogether is taken and flagged by the wire alone.
func TestNoValueIsDroppedInSilence(t *testing.T) {
	whole := `{"nik":"` + other + `","param":[{"NOMOR":"1","JENIS_BANTUAN":"Benih"}]}`
	for _, c := range ruled {
		second := `{"nik":"` + number + `"`
		if c.param != "" {
			second += `,"param":` + c.param
		}
		items, err := ReadWire([]byte(`{"id_lembaga":"L-7","data":[`+whole+`,`+second+`}]}`), from, agreement.DefaultBalikan)
		var given []Given
		if err := json.Unmarshal([]byte("["+whole+","+second+"}]"), &given); err != nil {
			t.Fatal(err)
		}
		content, apiErr := ReadGiven("kiriman-1", given, agreement.DefaultBalikan)
		switch c.says {
		case "":
			for door, list := range map[string][]Item{"wire": items, "api": content.Items} {
				if len(list) != 2 || list[1].Incomplete || list[1].Params[0]["NOMOR"] != "7" ||
					list[1].Params[0]["JENIS_BANTUAN"] != "Pupuk" || len(list[1].Params[0]) != 2 {
					t.Errorf("%s %s: %v", door, c.param, list)
				}
			}
			if err != nil || apiErr != nil {
				t.Errorf("%s: %v, %v", c.param, err, apiErr)
			}
		case "flagged":
			if err != nil || len(items) != 2 || !items[1].Incomplete || len(items[1].Params) != 0 || items[0].Incomplete {
				t.Errorf("%s: %v, %v", c.param, items, err)
			}
			if told.Invalids(apiErr).Of("param") == "" || !strings.Contains(apiErr.Error(), "data ke-2, field param: harus diisi") {
				t.Errorf("%s at the API: %v", c.param, apiErr)
			}
		default:
			for door, err := range map[string]error{"wire": err, "api": apiErr} {
				if err == nil || err.Error() != "data ke-2, field "+c.says {
					t.Errorf("%s %s: %v", door, c.param, err)
				}
			}
		}
	}
}

func TestFillersAreNoValues(t *testing.T) {
	for _, s := range []string{"-", "--", "–", "- -", ".", "...", "?", "_", "*",
		"#", "/", "()", "0", "00", "0,0", "0.00", "-0-", "x", "X", "xxx", "XX-XX",
		"N/A", "n/a", "NA", "N.A.", "null", "NULL", "(null)", "None", "undefined", "NaN", "kosong", "Nihil", "tidak ada", "TIDAK-ADA",
		"Tdk ada",
		"belum ada", "tidak diketahui", "test", "asdf", "\u200b", "\u00a0-\u00a0"} {
		if !Filler(s) {
			t.Errorf("%q is a value", s)
		}
		if _, err := ReadOne(number, map[string]string{"NOMOR": s}, agreement.Balikan{Fields: []string{"NOMOR"}}); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
	for _, s := range []string{"7", "10", "100", "0-1", "A", "XI", "IX", "AX", "Pupuk", "KT-0", "Benih padi", "Nana", "Testa", "Kosongan",
		"PUPUK NPK",
		"3303/2026", "Tidak ada lahan", "é"} {
		if Filler(s) {
			t.Errorf("%q is none", s)
		}
	}
	for _, word := range fillers {
		if strings.ToUpper(word) != word || strings.ContainsAny(word, " -./") || !Filler(strings.ToLower(word)) {
			t.Errorf("%q is never found", word)
		}
	}
}

// TestFormsOfPHPAreReadAsTheJSONThatTheyMean, urlencoded and multipart; a name that means nothing is refused.
func TestFormsOfPHPAreReadAsTheJSONThatTheyMean(t *testing.T) {
	one := "[{" + number + " [map[JENIS_BANTUAN:Pupuk NOMOR:7]]}]"
	two := "[{" + number + " [map[JENIS_BANTUAN:Pupuk NOMOR:7] map[JENIS_BANTUAN:Benih NOMOR:8]]}]"
	head := "id_lembaga=L-7&nama_lembaga=Dinas&nik=" + number + "&"
	for form, want := range map[string]string{
		head + "param[0][NOMOR]=7&param[0][JENIS_BANTUAN]=Pupuk":                                                                   one,
		head + "param%5B0%5D%5Bnomor%5D=7&param%5B0%5D%5Bjenis_bantuan%5D=Pupuk":                                                   one,
		head + "param[NOMOR]=7&param[JENIS_BANTUAN]=Pupuk":                                                                         one,
		head + "param[][NOMOR]=7&param[][JENIS_BANTUAN]=Pupuk":                                                                     one,
		head + "param[][NOMOR]=7&param[][JENIS_BANTUAN]=Pupuk&param[][NOMOR]=8&param[][JENIS_BANTUAN]=Benih":                       two,
		head + "param[10][NOMOR]=8&param[10][JENIS_BANTUAN]=Benih&param[9][NOMOR]=7&param[9][JENIS_BANTUAN]=Pupuk":                 two,
		head + `param={"NOMOR":"7","JENIS_BANTUAN":"Pupuk"}`:                                                                       one,
		"id_lembaga=L-7&data[0][NIK]=" + number + "&data[0][param][0][NOMOR]=7&data[0][param][0][JENIS_BANTUAN]=Pupuk":             one,
		"0[id_lembaga]=L-7&0[data][0][NIK]=" + number + "&0[data][0][param][0][NOMOR]=7&0[data][0][param][0][JENIS_BANTUAN]=Pupuk": one,
		head + "param[0][NOMOR]=7": "data ke-1, field JENIS_BANTUAN: harus diisi",
		head + "param[0][x]=7":     "data ke-1, field param: tidak memuat NOMOR, JENIS_BANTUAN yang diminta perjanjian",
		head + "param[][NOMOR]=7&param[][NOMOR]=8&param[][JENIS_BANTUAN]=Pupuk": "data ke-1, field JENIS_BANTUAN: harus diisi",
		head + "param[0][NOMOR]=-&param[0][JENIS_BANTUAN]=Pupuk":                "data ke-1, field NOMOR: " + saysFiller,
		head + "param[0][NOMOR]=7%8d&param[0][JENIS_BANTUAN]=Pupuk":             one,
		head + "param[0]=7": "data ke-1, field param: harus berupa daftar objek",
		head + "param=&param[0][NOMOR]=7&param[0][JENIS_BANTUAN]=Pupuk": one,
		head + "param[0][NOMOR=7": "data ke-1, field param: nama isian bersarang tidak terbaca",
		head + "param[0]x[NOMOR]=7": "data ke-1, field param: tidak memuat NOMOR, " +
			"JENIS_BANTUAN yang diminta perjanjian",
		head + "param[][][NOMOR]=7": "data ke-1, field param: harus berupa daftar objek",
		head + "param[b][c][d][e][f][g][h][i]=7": "data ke-1, field param: " +
			"nama isian bersarang tidak terbaca",
		head + "param[0][NOMOR]=7&param[0][JENIS_BANTUAN]=Pupuk&param[0][LAIN]=x": "data ke-1, field LAIN: " + saysFurther,
		head + "param[0][NOMOR]=7&param[0][NOMOR]=8&param[0][JENIS_BANTUAN]=Pupuk": "field param[0][NOMOR]: disebut dua kali " +
			"dengan isi yang berbeda",
		head + "param[0][NOMOR]=7&param[0][JENIS_BANTUAN]=Pupuk&param=8": "field param: disebut dua kali dengan isi yang berbeda",
		head + "param[0][NOMOR]=7&param[0][JENIS_BANTUAN]=Pupuk&LAIN=x": "data ke-1, field LAIN: " +
			saysFurther,
		head + "param[0][NOMOR]=7&param[0][JENIS_BANTUAN]=Pupuk&submit=Kirim&_token=&user_id=u&password=p": one,
		head + "NIK=" + other:  "data ke-1, field nik: disebut dua kali dengan isi yang berbeda",
		head + "NIK=" + number: "flagged",
	} {
		for name, body := range map[string]string{"form": form, "multipart": multipartOf(form)} {
			items, err := ReadWire([]byte(body), from, agreement.DefaultBalikan)
			got := ""
			switch {
			case err != nil:
				got = err.Error()
			case items[0].Incomplete:
				got = "flagged"
			default:
				got = fmt.Sprintf("[{%s %v}]", items[0].NIK.Digits(), items[0].Params)
			}
			if got != want || len(items) > 1 {
				t.Errorf("%s %s: %s, want %s", name, form, got, want)
			}
		}
	}
}

// TestAnArrayOfPHPWithGapsIsAList: PHP writes an array from which something was taken as an object of numbers.
func TestAnArrayOfPHPWithGapsIsAList(t *testing.T) {
	const head, values = `"id_lembaga":"L-7","nama_lembaga":"Dinas"`, `{"NOMOR":"7","JENIS_BANTUAN":"Pupuk"}`
	const second = `{"NOMOR":"8","JENIS_BANTUAN":"Benih"}`
	record := `{"nik":"` + number + `","param":{"10":` + second + `,"9":` + values + `}}`
	want := "[{" + number + " [map[JENIS_BANTUAN:Pupuk NOMOR:7] map[JENIS_BANTUAN:Benih NOMOR:8]]}]"
	for _, body := range []string{
		`{` + head + `,` + record[1:], `{` + head + `,"data":{"3":` + record + `}}`, `{"1":{` + head + `,"data":[` + record + `]}}`,
		`[{` + head + `,"data":{"0":` + record + `}}]`,
	} {
		items, err := ReadWire([]byte(body), from, agreement.DefaultBalikan)
		if err != nil || len(items) != 1 || fmt.Sprintf("[{%s %v}]", items[0].NIK.Digits(), items[0].Params) != want {
			t.Errorf("%s: %v %v", body, items, err)
		}
	}
	for _, body := range []string{`{` + head + `,"nik":"` + number + `","param":{"a":` + values + `}}`,
		`{` + head + `,"nik":"` + number + `","param":{"01":` + values + `}}`, `{"0":1}`} {
		if items, err := ReadWire([]byte(body), from, agreement.DefaultBalikan); err == nil {
			t.Errorf("%s: %v", body, items)
		}
	}
}

// multipartOf is a form's fields as multipart, in their order.
func multipartOf(form string) string {
	var b strings.Builder
	for field := range strings.SplitSeq(form, "&") {
		name, value, _ := strings.Cut(field, "=")
		for _, s := range []*string{&name, &value} {
			plain, err := url.QueryUnescape(*s)
			if err != nil {
				panic(err)
			}
			*s = plain
		}
		fmt.Fprintf(&b, "--batas\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", name, value)
	}
	return b.String() + "--batas--\r\n"
}

// TestAnyFormOfARecordIsTheSameRecord: one law for all encodings, so that a repeat is recognised however it comes.
func TestAnyFormOfARecordIsTheSameRecord(t *testing.T) {
	value := rapid.StringMatching(`[A-Za-z0-9&=\[\] é;%+]{1,20}[B-W]`).Filter(func(s string) bool { return !Filler(s) })
	rapid.Check(t, func(t *rapid.T) {
		aids := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) map[string]string {
			return map[string]string{"NOMOR": value.Draw(t, "number"), "JENIS_BANTUAN": value.Draw(t, "aid")}
		}), 1, 12).Draw(t, "aids")
		param, err := json.Marshal(aids)
		if err != nil {
			t.Fatal(err)
		}
		flat := url.Values{"nik": {number}, "id_lembaga": {"L-7"}}
		nested := url.Values{"nik": {number}, "id_lembaga": {"L-7"}}
		flat.Set("param", string(param))
		for n, aid := range aids {
			for k, v := range aid {
				nested.Set(fmt.Sprintf("param[%d][%s]", n, k), v)
			}
		}
		want, err := NewItem(1, number, aids, agreement.DefaultBalikan)
		if err != nil {
			t.Fatal(err)
		}
		for name, body := range map[string]string{
			"JSON": `{"nik":` + number + `,"id_lembaga":"L-7","param":` + string(param) + `}`, "form": flat.Encode(),
			"nested":    nested.Encode(),
			"multipart": multipartOf(nested.Encode()),
		} {
			items, err := ReadWire([]byte(body), from, agreement.DefaultBalikan)
			if err != nil || len(items) != 1 || items[0].Digest() != want.Digest() || !reflect.DeepEqual(items[0].Params, want.Params) {
				t.Fatalf("%s: %v, %v, want %v", name, items, err, want.Params)
			}
		}
	})
}

// TestWhatStandsTwiceInOneBatchIsTakenOnce, and numbers are those of the body: of every place that says the same.
func TestWhatStandsTwiceInOneBatchIsTakenOnce(t *testing.T) {
	s, in, p := counter()
	item := func(digits, value string) Item {
		i, err := NewItem(1, digits, []map[string]string{{"NOMOR": value}}, agreement.Balikan{Fields: []string{"NOMOR"}})
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	excuse, err := NewReason(1, number, "mundur")
	if err != nil {
		t.Fatal(err)
	}
	late := excuse
	late.Reason = "berkas-kurang"
	blank := Item{NIK: excuse.NIK, Incomplete: true}
	all := []Item{item(number, "7"), item(other, "7"), item(number, "7"), excuse, item(number, "8"), blank, excuse, item(number, "7"), late,
		blank}
	open := opened(t, in, p)
	s.receipt.Unmatched = []int{1, 0} // as the store finds them, in any order
	got, err := open.Take(t.Context(), Content{Items: all})
	if err != nil || !slices.Equal(got.Unmatched, []int{1, 2, 3, 8}) || len(got.Items) != len(all) {
		t.Errorf("%v %v", got.Unmatched, err)
	}
	taken := slices.Clone(s.took[0].Items)
	for i := range taken {
		if taken[i].digest != (Item{NIK: taken[i].NIK, Params: taken[i].Params}).Digest() {
			t.Errorf("item %d: another digest is kept than its own", i)
		}
		taken[i].digest = [32]byte{}
	}
	if want := []Item{all[0], all[1], all[3], all[4], all[5], all[8]}; !reflect.DeepEqual(taken, want) {
		t.Errorf("taken: %+v", taken)
	}
	s.taking = &AlreadySent{[]int{3, 0}}
	_, err = open.Take(t.Context(), Content{Items: all})
	there, ok := err.(*AlreadySent)
	if !ok || !slices.Equal(there.Items, []int{1, 3, 5, 8}) || there.Error() != "Data sudah pernah dikirim" {
		t.Errorf("%v %v", there, err)
	}
}
