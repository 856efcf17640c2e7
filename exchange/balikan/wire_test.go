package balikan

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/internal/told"
	"gapura/person/nik"
)

const other = "3303014101800002"

var from = Sender{Agency: 1, ID: "L-7", Name: "Dinas Rekaan"}

func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // a text always encodes
	}
	return string(b)
}

// TestWireReadsItsFourEncodings holds the same record in each of them.
func TestWireReadsItsFourEncodings(t *testing.T) {
	one := `{"id_lembaga":"l-7","nik":"` + number + `","param":[{"NOMOR":7,"JENIS_BANTUAN":" Pupuk "}]}`
	for name, body := range map[string]string{
		"one record": one, "a mark and blanks before it": "\ufeff \r\n\t" + one,
		"keys in any case":   strings.ReplaceAll(strings.ToUpper(one), "PUPUK", "Pupuk"),
		"param as an object": `{"id_lembaga":"L-7","nik":"` + number + `","param":{"nomor":"7","jenis_bantuan":"Pupuk"}}`,
		"array of records":   "[" + one + "]",
		"array of blocks":    `[{"id_lembaga":"L-7","data":[{"nik":"` + number + `","param":[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk"}]}]}]`,
		"a block by itself": `{"idLembaga":" L-7 ","data":[{"nik":"` + number +
			`","param":[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk","LAIN":null}]}]}`,
		"form, param as JSON": "id_lembaga=L-7&nik=" + number + "&param=" +
			`%5B%7B%22NOMOR%22%3A%227%22%2C%22JENIS_BANTUAN%22%3A%22Pupuk%22%7D%5D`,
		"a block of a record that names the institution": `{"data":[` + one + `]}`,
		"a record in a list's place":                     `{"id_lembaga":"L-7","data":` + one + `}`,
		"a block as JSON text":                           `{"id_lembaga":"L-7","data":` + quoted("["+one+"]") + `}`,
		"aids as JSON texts": `{"id_lembaga":"L-7","nik":"` + number + `","param":[` + quoted(`{"NOMOR":"7","JENIS_BANTUAN":"Pupuk"}`) +
			`]}`,
		"NUL bytes around": "\x00" + one + "\x00\n", "JSON as a form's only name": url.QueryEscape(one) + "=", "and not escaped": one +
			"=",
		"form, the last counts": "id_lembaga=L-8&id_lembaga=L-7&nik=" + number + `&param={"NOMOR":"7","JENIS_BANTUAN":"Pupuk"}`,
	} {
		items, err := ReadWire([]byte(body), from, agreement.DefaultBalikan)
		if err != nil || len(items) != 1 {
			t.Errorf("%s: %d items, %v", name, len(items), err)
			continue
		}
		if i := items[0]; i.NIK.Digits() != number || i.Incomplete || fmt.Sprint(i.Params) != "[map[JENIS_BANTUAN:Pupuk NOMOR:7]]" {
			t.Errorf("%s: %v", name, i.Params)
		}
	}
}

// TestWireNamesWhatIsWrong: the number of the item and the field, and no value.
func TestWireNamesWhatIsWrong(t *testing.T) {
	whole := `{"nik":"` + number + `","param":[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk"}]}`
	for body, want := range map[string]string{
		"":                                 "isi permintaan kosong",
		" \n":                              "isi permintaan kosong",
		"\xff":                             "data ke-1, field id_lembaga: harus diisi",
		"[]":                               "tidak memuat data",
		"{":                                "isi permintaan bukan JSON yang sah",
		"[":                                "isi permintaan bukan JSON yang sah",
		`{"nik":"1"}`:                      "data ke-1, field id_lembaga: harus diisi",
		`{"id_lembaga":"L-8"}`:             "data ke-1, field id_lembaga: bukan lembaga dari token ini",
		`{"id_lembaga":"L-7","nik":"330"}`: "data ke-1, field nik: tidak sesuai format",
		`{"id_lembaga":"L-7","param":7}`:   "data ke-1, field param: harus berupa daftar objek",
		`{"id_lembaga":"L-7","data":7}`:    "data ke-1, field data: harus berupa daftar",
		`{"id_lembaga":"L-7","data":[]}`:   "tidak memuat data",
		`[null]`:                           "data ke-1: bukan objek JSON",
		`[{"id_lembaga":"L-7","data":[]},{"data":[]}]`:                                 "data ke-2, field id_lembaga: harus diisi",
		`[{"id_lembaga":"L-7","data":[` + whole + `,null]}]`:                           "data ke-2: bukan objek JSON",
		`[{"id_lembaga":"L-7","data":[` + whole + `,{"nik":"9"}]}]`:                    "data ke-2, field nik: tidak sesuai format",
		`[{"id_lembaga":"L-7","data":[` + whole + `,{"param":7}]}]`:                    "data ke-2, field param: harus berupa daftar objek",
		`[{"id_lembaga":"L-7","data":[` + whole + `]},{"id_lembaga":"L-7","param":7}]`: "data ke-2, field param: harus berupa daftar objek",
		`[{"id_lembaga":"L-7","data":[` + whole + `]},{"id_lembaga":"L-7","nik":"9"}]`: "data ke-2, field nik: tidak sesuai format",
		`[{"id_lembaga":"L-7","nik":"` + number +
			`"},{"id_lembaga":"L-7","nik":"1","NIK":"2"}]`: "data ke-2, field nik: disebut dua kali " +
			"dengan isi yang berbeda",
		`{"id_lembaga":"L-7","data":[` + strings.Replace(whole, "{", `{"id_lembaga":"L-8",`, 1) + `]}`: "data ke-1, field id_lembaga: " +
			"bukan lembaga dari token ini",
		`{"id_lembaga":"L-7","NOMOR":"7","JENIS_BANTUAN":"Pupuk","nik":"` + number +
			`"}`: "data ke-1, field JENIS_BANTUAN: harus berada di dalam param",
		`{"data":[{"id_lembaga":"L-7",` + whole[1:] + `,` + whole + `]}`:       "data ke-2, field id_lembaga: harus diisi",
		`{"id_lembaga":"L-7","catatan":"RAHASIA",` + whole[1:]:                 "data ke-1, field catatan: " + saysFurther,
		`{"id_lembaga":"L-7","RAHASIA ITU":7,` + whole[1:]:                     "data ke-1, field param: " + saysFurther,
		`{"id_lembaga":"L-7","nik":"9","data":[` + whole + `]}`:                "data ke-1, field nik: " + saysFurther,
		`{"id_lembaga":"L-7","param":{},"catatan":[1],"data":[` + whole + `]}`: "data ke-1, field catatan: " + saysFurther,
		"id_lembaga=L-7&nik=" + number + "&nik=" +
			other: "field nik: disebut dua kali dengan isi yang berbeda",
		"id_lembaga=L-8":         "data ke-1, field id_lembaga: bukan lembaga dari token ini",
		"id_lembaga=L-7&param=7": "data ke-1, field param: harus berupa daftar objek",
		"id_lembaga=L-7&nik=9":   "data ke-1, field nik: tidak sesuai format",
	} {
		_, err := ReadWire([]byte(body), from, agreement.DefaultBalikan)
		if p, ok := errors.AsType[*told.Error](err); !ok || p.Error() != want {
			t.Errorf("%q: %v, want %s", body, err, want)
		}
	}
}

func TestWireTakesTenThousandRecordsAndNotOneMore(t *testing.T) {
	whole := `{"nik":"` + number + `","param":[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk"}]}`
	for n, want := range map[int]string{MaxItems: "", MaxItems + 1: "lebih dari 10000 data dalam satu kiriman"} {
		items, err := ReadWire([]byte(`{"id_lembaga":"L-7","data":[`+strings.Repeat(whole+",", n-1)+whole+`]}`), from,
			agreement.DefaultBalikan)
		if want == "" && (err != nil || len(items) != n) || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%d records: %d, %v", n, len(items), err)
		}
	}
}

// TestItemWithoutValuesIsKeptAndFlagged (Juknis III): the person is told, the aid is missing.
func TestItemWithoutValuesIsKeptAndFlagged(t *testing.T) {
	for _, param := range []string{``, `,"param":null`, `,"param":""`, `,"param":[]`, `,"param":[{}]`, `,"param":{}`, `,"param":" "`,
		`,"param":"[]"`, `,"param":"null"`} {
		items, err := ReadWire([]byte(`{"id_lembaga":"L-7","nik":"`+number+`"`+param+`}`), from, agreement.DefaultBalikan)
		if err != nil || len(items) != 1 || !items[0].Incomplete || len(items[0].Params) != 0 {
			t.Errorf("%s: %+v, %v", param, items, err)
		}
	}
}

func TestValuesAreBounded(t *testing.T) {
	spec := agreement.DefaultBalikan
	item := func(value string, aids int) error {
		params := make([]map[string]string, aids)
		for i := range params {
			params[i] = map[string]string{"NOMOR": value, "JENIS_BANTUAN": "Pupuk"}
		}
		i, err := NewItem(3, number, params, spec)
		if err == nil && len(i.Params) != aids {
			t.Errorf("%d aids of %d", len(i.Params), aids)
		}
		return err
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"300 bytes":      {item(strings.Repeat("y", 300), 1), ""},
		"301 bytes":      {item(strings.Repeat("y", 301), 1), "data ke-3, field NOMOR: harus teks sampai 300 byte tanpa karakter kendali"},
		"a control":      {item("a\x1fb", 1), "data ke-3, field NOMOR: harus teks sampai 300 byte tanpa karakter kendali"},
		"delete":         {item("a\x7fb", 1), "data ke-3, field NOMOR: harus teks sampai 300 byte tanpa karakter kendali"},
		"no UTF-8":       {item("a\xff", 1), "data ke-3, field NOMOR: harus teks sampai 300 byte tanpa karakter kendali"},
		"a blank inside": {item("a b", 1), ""},
		"50 aids":        {item("7", 50), ""},
		"51 aids":        {item("7", 51), "data ke-3, field param: lebih dari 50"},
	} {
		if got := fmt.Sprint(c.err); got != c.want && (c.err != nil || c.want != "") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if _, err := NewItem(0, number, []map[string]string{{"NOMOR": "7"}}, spec); err == nil ||
		err.Error() != "field JENIS_BANTUAN: harus diisi" {
		t.Error("half an aid:", err)
	}
}

func TestReasonStandsInPlaceOfValues(t *testing.T) {
	i, err := NewReason(1, number, "mundur")
	if err != nil || i.Reason != "mundur" || i.NIK.Digits() != number || i.Incomplete {
		t.Errorf("%+v, %v", i, err)
	}
	if _, err := NewReason(2, number, "malas"); err == nil || err.Error() != "data ke-2, field reason: tidak dikenal" {
		t.Error(err)
	}
	if _, err := NewReason(2, "330", "mundur"); err == nil || err.Error() != "data ke-2, field nik: tidak sesuai format" {
		t.Error(err)
	}
	if label, ok := ReasonLabel("mundur"); !ok || label != "Pemohon mengundurkan diri" {
		t.Error(label, ok)
	}
}

// TestDigestTellsWhatDiffers: a repeat is recognised by it, and nothing else may be taken for one.
func TestDigestTellsWhatDiffers(t *testing.T) {
	of := func(digits, value string) Item {
		i, err := NewItem(1, digits, []map[string]string{{"NOMOR": value, "JENIS_BANTUAN": "Pupuk"}}, agreement.DefaultBalikan)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	reason := func(key string) Item {
		i, err := NewReason(1, number, key)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	if one, same := of(number, "7"), of(number, "7"); one.Digest() != same.Digest() {
		t.Error("the same is not the same")
	}
	all := []Delivery{
		{}, {Items: []Item{of(number, "7")}}, {Items: []Item{of(number, "8")}}, {Items: []Item{of(other, "7")}},
		{Items: []Item{of(number, "7"), of(number, "7")}},
		{Items: []Item{reason("mundur")}}, {Items: []Item{reason("salah-cari")}},
	}
	seen := map[[32]byte]int{}
	for n, d := range all {
		if m, twice := seen[d.Digest()]; twice {
			t.Errorf("deliveries %d and %d are told the same", m, n)
		}
		seen[d.Digest()] = n
	}
}

func TestRateCountsWhatWasAnswered(t *testing.T) {
	for _, c := range []struct {
		rate           Rate
		answered, open int
		share          string
	}{{Rate{}, 0, 0, "—"}, {Rate{Opened: 8, Met: 3, Late: 1, Excused: 2}, 5, 3, "62 %"}, {Rate{Opened: 3}, 0, 3, "0 %"},
		{Rate{Opened: 2, Met: 2}, 2, 0, "100 %"}} {
		if r := c.rate; r.Answered() != c.answered || r.Open() != c.open || r.Share() != c.share {
			t.Errorf("%+v: %d %d %s", r, r.Answered(), r.Open(), r.Share())
		}
	}
}

// TestExpectationEndsWithItsDay (F3), and a lookup of the same application opens no second one within it.
func TestExpectationEndsWithItsDay(t *testing.T) {
	due := time.Date(2026, 11, 24, 17, 0, 0, 0, time.UTC)
	e := Expectation{Due: due}
	if e.Late(due.Add(-1)) || !e.Late(due) {
		t.Error("late at the wrong instant")
	}
	for _, c := range []struct {
		open      bool
		reference string
		at        time.Time
		want      bool
	}{
		{true, "P-2", due.Add(time.Hour), true}, {false, "P-1", due.Add(-1), true}, {false, "P-1", due, false}, {false, "P-2", due.Add(-1),
			false},
	} {
		if got := Covers(c.open, due, "P-1", c.at, c.reference); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// TestTableOfFiveThousandRowsIsRead and one of more is not; the heading counts as none of them.
func TestTableOfFiveThousandRowsIsRead(t *testing.T) {
	var b strings.Builder
	b.WriteString("NIK;NOMOR;JENIS_BANTUAN\n")
	for n := range MaxRows {
		fmt.Fprintf(&b, "%s;%d;Pupuk\n", number, n)
	}
	if rows, err := readRows([]byte(b.String()), agreement.DefaultBalikan); err != nil || len(rows) != MaxRows {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	b.WriteString(number + ";x;Pupuk\n")
	if _, err := readRows([]byte(b.String()), agreement.DefaultBalikan); !errors.Is(err, ErrRows) {
		t.Error(err)
	}
}

func TestTableWithoutItsColumnsIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    error
	}{
		"empty": {"", ErrHeading}, "blank lines": {"\n ; ;\n", ErrHeading}, "no NIK": {"NOMOR;JENIS_BANTUAN\n", ErrHeading},
		"no number": {"NIK;JENIS_BANTUAN\n", ErrHeading},
		"NIK twice": {"NIK;nik;NOMOR;JENIS_BANTUAN\n", ErrHeading}, "a field twice": {"NIK;NOMOR;N O M O R;JENIS_BANTUAN\n", ErrHeading},
		"others may stand twice": {"NIK;x;x;NOMOR;JENIS_BANTUAN\n", nil},
		"a zero byte":            {"NIK;NOMOR;JENIS_BANTUAN\n\x00", ErrTable}, "no workbook": {"PK\x03\x04x", ErrTable},
	} {
		if _, err := readRows([]byte(c.content), agreement.DefaultBalikan); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
	rows, err := readRows([]byte("x,y;NIK;NOMOR;JENIS_BANTUAN\na;"+number+";;\nb;"+number+";7;Pupuk\n"), agreement.DefaultBalikan)
	if err != nil || len(rows) != 2 || rows[0].Problem == nil ||
		rows[0].Problem.Error() != "field "+agreement.DefaultBalikan.Fields[0]+": harus diisi" ||
		rows[1].Problem != nil {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestDigestOfAnItemIsOfItsNumberAndValues(t *testing.T) {
	n, err := nik.Parse(number)
	if err != nil {
		t.Fatal(err)
	}
	a, b := Item{NIK: n, Params: []map[string]string{{"A": "1"}}}, Item{NIK: n, Params: []map[string]string{{"A": "1"}}, Incomplete: true}
	if a.Digest() != b.Digest() {
		t.Error("a flag that follows from the values changes the digest")
	}
	if text, err := json.Marshal(a.Params); err != nil || string(text) != `[{"A":"1"}]` {
		t.Error(string(text), err)
	}
}

// TestNumbersAreTextsWithTheirDigits, whole ones as people write them.
func TestNumbersAreTextsWithTheirDigits(t *testing.T) {
	for raw, want := range map[string]string{"": "", "null": "", `"a"`: "a", "7": "7", "7.0": "7", "7.5": "7.5", "true": "no", "{}": "no"} {
		if s, ok := text(json.RawMessage(raw)); ok != (want != "no") || ok && s != want {
			t.Errorf("%s: %q %v", raw, s, ok)
		}
	}
}
