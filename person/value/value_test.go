package value

import (
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var now = time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)

var kindsByName = map[string]Kind{
	"name": Name, "date": BirthDate, "sex": Sex, "rt": RT, "marital": Marital, "job": Occupation, "regency": Regency, "district": District,
	"village": Village, "province": Province, "place": BirthPlace, "street": Street, "nik": NIK,
	"religion": Religion, "blood": Blood, "education": Education, "relation": Relation, "hamlet": Hamlet, "postcode": PostCode,
}

// A pair is a line of testdata/pairs.tsv: what is registered, what is claimed, and the right verdict: same, other or unreadable.
type pair struct {
	kind                Kind
	stored, claim, want string
}

func pairs(t testing.TB) []pair {
	t.Helper()
	b, err := os.ReadFile("testdata/pairs.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []pair
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if k, ok := kindsByName[f[0]]; ok && len(f) == 4 {
			out = append(out, pair{k, f[1], f[2], f[3]})
		}
	}
	return out
}

// verdict is what a door says of a pair.
func (p pair) verdict(t testing.TB) string {
	stored, err := p.kind.Read(p.stored, now)
	if err != nil {
		t.Errorf("registered %q cannot be read: %v", p.stored, err)
	}
	claim, err := p.kind.Read(p.claim, now)
	if err != nil {
		return "unreadable"
	}
	if v := p.kind.Compare(stored, claim, 100); v.Match && (!v.Fuzzy || v.Score == 100) {
		return "same"
	} else if v.Match || v.Score == 100 {
		t.Errorf("%q, %q: %+v", p.stored, p.claim, v)
	}
	return "other"
}

// TestCorpus: each pair of spellings has its right verdict. It tells how many that are one are seen as one, and how many others are.
func TestCorpus(t *testing.T) {
	all := pairs(t)
	if len(all) < 500 {
		t.Fatalf("%d pairs", len(all))
	}
	count, right := map[string]int{}, map[string]int{}
	for _, p := range all {
		count[p.want]++
		got := p.verdict(t)
		if got == p.want {
			right[p.want]++
		} else {
			t.Errorf("kind %d: %q, %q: %s, want %s", p.kind, p.stored, p.claim, got, p.want)
		}
	}
	t.Logf("the same, seen as the same: %d of %d; others, taken for the same: %d of %d; unreadable, told so: %d of %d", right["same"],
		count["same"],
		count["other"]-right["other"], count["other"], right["unreadable"], count["unreadable"])
}

var anyKind = rapid.Custom(func(t *rapid.T) Kind { return Kind(rapid.IntRange(0, int(kinds)-1).Draw(t, "kind")) })

func anyText(all []pair) *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Z .'0-9/-]{0,30}`), rapid.Custom(func(t *rapid.T) string {
		p := rapid.SampledFrom(all).Draw(t, "pair")
		return rapid.SampledFrom([]string{p.stored, p.claim}).Draw(t, "side")
	}))
}

// TestReadingIsIdempotent: what was read reads as itself, whatever the kind, so that a value may be read at one door and again at another.
func TestReadingIsIdempotent(t *testing.T) {
	texts := anyText(pairs(t))
	rapid.Check(t, func(t *rapid.T) {
		k, text := anyKind.Draw(t, "kind"), texts.Draw(t, "text")
		form, err := k.Read(text, now)
		if err != nil {
			if form != "" {
				t.Fatalf("%d %q: an error with a value", k, text)
			}
			return
		}
		again, err := k.Read(form, now)
		if err != nil || again != form {
			t.Fatalf("%d %q: %q, then %q %v", k, text, form, again, err)
		}
	})
}

// TestWhatIsHeldIsWhatIsRead, whatever the kind and the text.
func TestWhatIsHeldIsWhatIsRead(t *testing.T) {
	texts := anyText(pairs(t))
	rapid.Check(t, func(t *rapid.T) {
		k, text := anyKind.Draw(t, "kind"), texts.Draw(t, "text")
		if rapid.Bool().Draw(t, "free") {
			k = rapid.SampledFrom([]Kind{Name, Street, Hamlet}).Draw(t, "of")
		}
		form, err := k.Read(text, now)
		if held, fault := k.Held(text, now); held != (form != "") || fault != err {
			t.Fatalf("%d %q: %v %v, read as %q %v", k, text, held, fault, form, err)
		}
	})
}

// TestVerdictsAreALaw: the same from both sides (but for a rhesus on one of them), case and blanks around apart; a score from 0 to 100,
// and 100 only for a match at any threshold.
func TestVerdictsAreALaw(t *testing.T) {
	texts := anyText(pairs(t))
	rapid.Check(t, func(t *rapid.T) {
		k := anyKind.Draw(t, "kind")
		a, errA := k.Read(texts.Draw(t, "a"), now)
		text := texts.Draw(t, "b")
		b, errB := k.Read(text, now)
		if errA != nil || errB != nil {
			return
		}
		threshold := rapid.IntRange(0, 100).Draw(t, "threshold")
		v := k.Compare(a, b, threshold)
		oneRhesus := k == Blood && (rhesus(a, b) || rhesus(b, a))
		if back := k.Compare(b, a, threshold); !oneRhesus && (back.Match != v.Match || back.Score != v.Score) {
			t.Fatalf("%d %q %q: %+v, %+v", k, a, b, v, back)
		}
		if v.Score < 0 || v.Score > 100 || v.Fuzzy != k.Fuzzy() || v.Reason != "" && v.Match || v.Fuzzy && v.Match && v.Score < threshold {
			t.Fatalf("%d %q %q: %+v", k, a, b, v)
		}
		if oneRhesus {
			return // TestARhesusOnOneSideAloneIsNoDifference
		}
		if (v.Reason != "") != ((a == "" || b == "") && (a != b || k != RT && k != RW)) {
			t.Fatalf("%d %q %q: %+v", k, a, b, v)
		}
		if padded, err := k.Read(" \u00a0"+text+"\t", now); len(text) < MaxText/2 && (err != nil || padded != b) {
			t.Fatalf("%d %q: %q %v", k, text, padded, err)
		}
	})
}

func TestNoValueIsWrittenInManyWays(t *testing.T) {
	for _, s := range []string{"", " ", "-", "--", "---", "–", "—", "N/A", "n/a", "NULL", "null", "TIDAK ADA", "Tidak ada", "00-00-0000",
		"\u200b", "\u00a0", "-\n", "XXX", "xxxx xxxx", "#N/A"} {
		for k := range kinds {
			if form, err := k.Read(s, now); err != nil || form != "" {
				t.Errorf("%d %q: %q %v", k, s, form, err)
			}
		}
	}
	for _, s := range []string{"1900-01-01", "01/01/1900", "1 Januari 1900", "1900-01-01 00:00:00"} {
		if form, err := BirthDate.Read(s, now); err != nil || form != "" {
			t.Errorf("%q: %q %v", s, form, err)
		}
	}
	for _, s := range []string{"0", "00", "000"} {
		for _, k := range []Kind{RT, RW, DistrictCode, DistrictNo} {
			if form, err := k.Read(s, now); err != nil || form != "" {
				t.Errorf("%d %q: %q %v", k, s, form, err)
			}
		}
		if form, err := Sex.Read(s, now); err == nil {
			t.Errorf("%q is a sex: %q", s, form)
		}
	}
}

// TestTodayIsTheEasternmostDay: a child born today in Papua, where it is already tomorrow in UTC, is registered.
func TestTodayIsTheEasternmostDay(t *testing.T) {
	evening := time.Date(2026, 11, 26, 15, 30, 0, 0, time.UTC)
	if d, err := Date("27-11-2026", evening); err != nil || d.Day() != 27 {
		t.Error(d, err)
	}
	for _, s := range []string{"28-11-2026", "2026-11-27T17:00:00Z"} {
		if _, err := Date(s, evening); err != ErrFuture {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func TestLongTextsAreRefusedBeforeTheyAreCompared(t *testing.T) {
	if form, err := Name.Read(strings.Repeat("A", MaxText), now); err != nil || len(form) != MaxText {
		t.Error(err)
	}
	for _, s := range []string{strings.Repeat("A", MaxText+1), strings.Repeat("é", MaxText+1), "A\x00", "A\xff"} {
		if _, err := Name.Read(s, now); err != ErrText {
			t.Errorf("%.10q: %v", s, err)
		}
	}
}

func TestListsOfferWhatCanBeRead(t *testing.T) {
	for k, list := range map[Kind][]string{Sex: Sexes(), Marital: Maritals(), Occupation: Occupations(), Religion: Religions(),
		Education: Educations(),
		Relation:  Relations(), Blood: bloods.words[:12]} {
		forms := map[string]bool{}
		for i, s := range list {
			form, err := k.Read(s, now)
			if err != nil || form == "" {
				t.Errorf("%d %q: %v", k, s, err)
			}
			if k != Marital && forms[form] {
				t.Errorf("%d %q is there twice", k, s)
			}
			forms[form] = true
			if k != Sex && k != Marital && k.Word(string(rune('1'+i))) != s && i < 9 {
				t.Errorf("%d: %d is %q", k, i+1, k.Word(string(rune('1'+i))))
			}
		}
	}
	if n := len(Occupations()); n != 89 {
		t.Errorf("%d occupations", n)
	}
	if Occupation.Word("90") != "90" || Occupation.Word("0") != "0" || Occupation.Word("PAWANG") != "PAWANG" || Marital.Word("5") != "5" {
		t.Error("a number beyond the list got a word")
	}
}

func FuzzRead(f *testing.F) {
	for _, p := range pairs(f) {
		f.Add(uint8(p.kind), p.claim)
	}
	f.Fuzz(func(t *testing.T, k uint8, text string) {
		form, err := Kind(k%uint8(kinds)).Read(text, now)
		if err != nil && (form != "" || len(text) > 20 && strings.Contains(err.Error(), text)) {
			t.Errorf("%q: %v", form, err)
		}
	})
}

func BenchmarkName(b *testing.B) {
	for b.Loop() {
		x, _ := Name.Read("Dr. H. Moh. Soepardi Wibowo, S.Pd.", now)
		y, _ := Name.Read("MUHAMMAD SUPARDI WIBAWA", now)
		Name.Compare(x, y, 90)
	}
}
