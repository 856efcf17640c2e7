package population

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// field reads a file of testdata/field: registries as they came from offices' programs, of invented persons.
func field(t *testing.T, file string) (people []Person) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "field", file))
	if err != nil {
		t.Fatal(err)
	}
	for p, err := range persons(reading)(text(string(content))) {
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		people = append(people, p)
	}
	return people
}

func TestRegistriesThatFailedInTheField(t *testing.T) {
	for file, want := range map[string]int{"01-registry.csv": 1, "02-registry-no-rt.csv": 1, "05-dash-columns.csv": 1, "05-dash-rt.csv": 3,
		"07-registry-names.csv": 2,
		"09-siak-utf16.csv":     1} {
		if people := field(t, file); len(people) != want {
			t.Errorf("%s: %d persons", file, len(people))
		}
	}
	if p := field(t, "05-dash-columns.csv")[0]; p.Marital != "" || p.Occupation != "" || p.RT != "001" {
		t.Errorf("a dash became a value: %q %q %q", p.Marital, p.Occupation, p.RT)
	}
	if p := field(t, "05-dash-rt.csv"); p[0].RT != "001" || p[1].RT != "" || p[1].RW != "" || p[2].RW != "002" {
		t.Errorf("a dash cost a number: %q", []string{p[0].RT, p[1].RT, p[1].RW, p[2].RW})
	}
	if p := field(t, "09-siak-utf16.csv")[0]; p.Name != "ORANG CONTOH" || p.Village == "" {
		t.Errorf("%q %q", p.Name, p.Village)
	}
}

// TestClaimsThatFailedInTheField: what is claimed against these registries, with the right verdict.
func TestClaimsThatFailedInTheField(t *testing.T) {
	for _, c := range []struct {
		file        string
		person      int
		el          Element
		part, claim string
		want        string
	}{
		{"01-registry.csv", 0, ElBirthDate, "", "5 Maret 1985", "match"}, {"01-registry.csv", 0, ElBirthDate, "", "1985-03-05 00:00:00",
			"match"},
		{"01-registry.csv", 0, ElBirthDate, "", "1985-03-05T00:00:00", "match"}, {"01-registry.csv", 0, ElBirthDate, "", "5/3/1985",
			"match"},
		{"01-registry.csv", 0, ElBirthDate, "", "31-02-1985", "error"}, {"01-registry.csv", 0, ElBirthDate, "", "1985-03-06", "mismatch"},
		{"02-registry-no-rt.csv", 0, ElAddress, "rt", "000", "match"}, {"02-registry-no-rt.csv", 0, ElAddress, "rw", "000", "match"},
		{"02-registry-no-rt.csv", 0, ElAddress, "rt", "-", "match"}, {"02-registry-no-rt.csv", 0, ElAddress, "rt", "0", "match"},
		{"02-registry-no-rt.csv", 0, ElAddress, "rt", "", "match"}, {"02-registry-no-rt.csv", 0, ElAddress, "rt", "003", "no_value"},
		{"01-registry.csv", 0, ElAddress, "kabupaten", "PURBALINGGA", "match"}, {"01-registry.csv", 0, ElAddress, "kabupaten",
			"KOTA PURBALINGGA", "mismatch"},
		{"01-registry.csv", 0, ElAddress, "kecamatan", "KEC. BUKATEJA", "match"}, {"01-registry.csv", 0, ElAddress, "kelurahan",
			"DESA TIDU", "match"},
		{"07-registry-names.csv", 0, ElName, "", "REN\u00c9 CONTOH", "match"}, {"07-registry-names.csv", 1, ElName, "", "MARUFAH CONTOH",
			"match"},
		{"07-registry-names.csv", 1, ElName, "", "MAK'RUFAH CONTOH", "mismatch"},
	} {
		v, err := said(field(t, c.file)[c.person], c.el, c.part, c.claim, 100)
		got := "mismatch"
		switch {
		case err != nil:
			got = "error"
		case v.Reason != "":
			got = string(v.Reason)
		case v.Match:
			got = "match"
		}
		if got != c.want {
			t.Errorf("%s: %s %q is %s, want %s", strings.TrimSuffix(c.file, ".csv"), c.part, c.claim, got, c.want)
		}
	}
}
