package site

import (
	"net/http/httptest"
	"slices"
	"testing"
)

// TestALongListIsShownInParts, with links that keep what was chosen, and nothing beyond its end.
func TestALongListIsShownInParts(t *testing.T) {
	list := []int{0, 1, 2, 3, 4}
	for from, want := range map[string]struct {
		part         []int
		newer, older string
	}{
		"":   {[]int{0, 1}, "", "/k?cari=a&mulai=2"},
		"2":  {[]int{2, 3}, "/k?cari=a&mulai=0", "/k?cari=a&mulai=4"},
		"4":  {[]int{4}, "/k?cari=a&mulai=2", ""},
		"3":  {[]int{3, 4}, "/k?cari=a&mulai=1", ""},
		"1":  {[]int{1, 2}, "/k?cari=a&mulai=0", "/k?cari=a&mulai=3"},
		"99": {[]int{}, "/k?cari=a&mulai=3", ""},
		"-1": {[]int{0, 1}, "", "/k?cari=a&mulai=2"},
	} {
		part, newer, older := Part(httptest.NewRequest("GET", "/k?mulai="+from, nil), list, 2, "/k", "cari", "a")
		if !slices.Equal(part, want.part) || newer != want.newer || older != want.older {
			t.Errorf("from %q: %v %q %q", from, part, newer, older)
		}
	}
}
