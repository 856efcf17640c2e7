package nik

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{"3303010101800001", true}, {"3303013112800001", true}, {"3303013212800001", false}, {"3303010001800001", false},
		{"3303014101800001", true}, {"3303017112800001", true}, {"3303017212800001", false}, {"3303014001800001", false},
		{"3303013104800001", false}, {"3303013004800001", true}, // April has 30 days
		{"3303012902000001", true},  // 2000 was a leap year, 1900 was not
		{"3303012902010001", false}, // neither 1901 nor 2001
		{"3303016902040001", true}, {"3303013002040001", false},
		{"3303010100800001", false}, {"3303010113800001", false},
		{"3303010101800000", false}, {"3303010101809999", true},
		{"0000000101800001", true}, {"9999990101800001", true}, // any region
		{"3303 0101 0180 0001", true}, {"33.03.01.010180.0001", true}, {" 3303010101800001\t", true}, {"3303\u00a00101\u20090180-0001",
			true},
		{"330301010180000", false}, {"33030101018000011", false}, {"", false}, {"33030101018000O1", false}, {"٣٣٠٣٠١٠١٠١٨٠٠٠٠١", false},
		{"3303010101800001\x00", false}, {"3303010101800001\xff", false}, {strings.Repeat("3", 1<<20), false},
	} {
		if _, err := Parse(c.text); (err == nil) != c.ok {
			t.Errorf("%.40q: %v", c.text, err)
		}
	}
}

// TestEveryBirthDateBuildsANIK builds numbers from any date of two centuries and reads them back, however they are typed.
func TestEveryBirthDateBuildsANIK(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		region := rapid.StringMatching(`[0-9]{6}`).Draw(t, "region")
		born := time.Date(1900, 1, 1+rapid.IntRange(0, 365*199).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		female := rapid.Bool().Draw(t, "female")
		serial := rapid.IntRange(1, 9999).Draw(t, "serial")
		day := born.Day()
		if female {
			day += 40
		}
		digits := fmt.Sprintf("%s%02d%02d%02d%04d", region, day, born.Month(), born.Year()%100, serial)
		typed := ""
		for _, d := range digits {
			typed += string(d) + rapid.SampledFrom([]string{"", " ", ".", "\u00a0"}).Draw(t, "between")
		}
		n, err := Parse(typed)
		if err != nil {
			t.Fatal(err)
		}
		if n.Digits() != digits || n.Region() != region || n.Female() != female || n.Serial() != serial {
			t.Fatal("parts differ")
		}
		found := false
		for _, b := range n.BirthDates() {
			found = found || b.Equal(born)
		}
		if !found {
			t.Fatal("birth date is not among those of the number")
		}
	})
}

func TestNoAccidentRevealsTheDigits(t *testing.T) {
	n, err := Parse("3303010101800001")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "nik", n, "in", struct{ N NIK }{n})
	text, _ := json.Marshal(map[NIK]NIK{n: n})
	all := log.String() + string(text) + n.String() + fmt.Sprint(n, &n, []NIK{n}, struct{ n NIK }{n})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		all += fmt.Sprintf(verb, n)
	}
	if strings.Contains(all, "0101800001") || strings.Contains(all, "48 49 48 49") {
		t.Fatal("digits leak:", all)
	}
	if !strings.Contains(all, "330301••••••••01") {
		t.Fatal("no mask:", all)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("3303010101800001")
	f.Add("33 03 01 29 02 00 00 01")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s)
		if err != nil {
			if !n.IsZero() {
				t.Fatal("an error with a number")
			}
			return
		}
		again, err := Parse(n.Digits())
		if err != nil || again != n || len(n.Digits()) != 16 {
			t.Fatal("does not read back")
		}
	})
}
