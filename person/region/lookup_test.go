package region

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestLookupAgreesWithAMap holds the search against a plain map of the same lines, for codes in the list and near it.
func TestLookupAgreesWithAMap(t *testing.T) {
	l, names := load(), map[string]string{}
	for i := range l.starts {
		code, name := l.line(i)
		names[code] = name
	}
	codes := slices.Sorted(maps.Keys(names))
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.OneOf(rapid.SampledFrom(codes), rapid.StringMatching(`[0-9]{0,12}`), rapid.String()).Draw(t, "code")
		if rapid.Bool().Draw(t, "changed") && code != "" {
			i := rapid.IntRange(0, len(code)-1).Draw(t, "at")
			code = code[:i] + rapid.StringMatching(`[0-9]`).Draw(t, "digit") + code[i+1:]
		}
		name, ok := Name(code)
		if want, known := names[code]; name != want || ok != known {
			t.Fatalf("%q: %q %v", code, name, ok)
		}
		prefix := func(n int) string {
			if len(code) < n {
				return ""
			}
			return names[code[:n]]
		}
		if p, want := Lookup(code), (Place{prefix(2), prefix(4), prefix(6), prefix(10)}); p != want {
			t.Fatalf("%q: %+v, want %+v", code, p, want)
		}
		want := []string(nil)
		if len(code) >= 4 {
			for _, c := range codes {
				if len(c) == 10 && strings.HasPrefix(c, code) {
					want = append(want, c)
				}
			}
			if !slices.Equal(Villages(code), want) {
				t.Fatalf("villages below %q differ", code)
			}
		}
	})
}

func TestShorterCodesNameWhatTheyReach(t *testing.T) {
	for code, want := range map[string]Place{
		"": {}, "3": {}, "33": {Province: "JAWA TENGAH"}, "333": {Province: "JAWA TENGAH"},
		"3303":   {Province: "JAWA TENGAH", Regency: "KABUPATEN PURBALINGGA"},
		"330301": {Province: "JAWA TENGAH", Regency: "KABUPATEN PURBALINGGA", District: "KEMANGKON"},
		// A village that is not in the list leaves the rest.
		"3303019999": {Province: "JAWA TENGAH", Regency: "KABUPATEN PURBALINGGA", District: "KEMANGKON"},
	} {
		if p := Lookup(code); p != want {
			t.Errorf("%q: %+v", code, p)
		}
	}
}

func TestManyMayLookUpAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for _, c := range Villages("3303")[:50] {
				if Lookup(c).Village == "" {
					t.Error("no village")
				}
			}
		})
	}
	wg.Wait()
}
