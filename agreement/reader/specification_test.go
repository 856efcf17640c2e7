package reader

import (
	"slices"
	"strings"
	"testing"

	"gapura/internal/told"
)

func TestASpecificationIsComparedPointByPoint(t *testing.T) {
	s, err := LoadSpecification("[[butir]]\nnama = \"A\"\nuraian = \"a\"\n[[butir]]\nnama = \"B\"\nuraian = \"b\"\n")
	if err != nil || !s.Has("A") || s.Has("C") || !slices.Equal(s.Missing([]string{"A", "C"}), []string{"B"}) || s.Missing([]string{"B",
		"A"}) != nil {
		t.Errorf("%v, %v", s, err)
	}
	if len(DefaultSpecification) < 5 || len(DefaultSpecification.Missing(nil)) != len(DefaultSpecification) {
		t.Errorf("%v", DefaultSpecification)
	}
}

func TestASpecificationThatCannotBeUsedIsNamed(t *testing.T) {
	point := "[[butir]]\nnama = \"A\"\nuraian = \"a\"\n"
	for text, want := range map[string]string{
		"": "1 sampai 40", "butir =": "tidak dapat dibaca", point + "lain = 1\n": "bukan pengaturan", point + point: "dua kali",
		"[[butir]]\nnama = \"A\"\n": "ke-1 harus", "[[butir]]\nuraian = \"A\"\n": "ke-1 harus", strings.Repeat(point, 41): "1 sampai 40",
		"[[butir]]\nnama = \"A; B\"\nuraian = \"a\"\n":                       "tanpa titik koma",
		"[[butir]]\nnama = \" A\"\nuraian = \"a\"\n":                         "ke-1 harus",
		strings.Replace(point, "\"A\"", `"`+strings.Repeat("x", 101)+`"`, 1): "terlalu panjang",
		strings.Replace(point, "\"a\"", `"`+strings.Repeat("x", 401)+`"`, 1): "terlalu panjang",
	} {
		_, err := LoadSpecification(text)
		if said, ok := told.Text(err); !ok || !strings.Contains(said, want) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}
