package nik

import (
	"encoding/json"
	"testing"
)

// TestDashesAndInvisibleMarksArePassedOver holds what comes along when a number is copied out of a page or a word processor.
func TestDashesAndInvisibleMarksArePassedOver(t *testing.T) {
	for _, between := range []string{"-", "\u2010", "\u2011", "\u2013", "\u2014", "\u2212", "\u00a0", "\u2009", "\u202f", "\u3000",
		"\u200b", "\u2060", "\ufeff", "\r\n"} {
		if n, err := Parse(between + "3303" + between + "010101800001" + between); err != nil || n.Digits() != "3303010101800001" {
			t.Errorf("%+q: %v", between, err)
		}
	}
	for _, between := range []string{"_", "/", ",", "+", "'", "\u2022"} {
		if _, err := Parse("3303" + between + "010101800001"); err == nil {
			t.Errorf("%+q is passed over", between)
		}
	}
}

func TestZeroValueSaysNothing(t *testing.T) {
	var n NIK
	if !n.IsZero() || n.Female() || n.Serial() != 0 || len(n.BirthDates()) != 0 || n.Digits()+n.Masked()+n.Region()+n.String() != "" {
		t.Fatal("the zero value has parts")
	}
	if b, err := json.Marshal(n); err != nil || string(b) != `""` {
		t.Fatalf("%s %v", b, err)
	}
}

func TestGroup(t *testing.T) {
	for digits, want := range map[string]string{"3303010101800001": "3303 0101 0180 0001", "": "", "33030": "3303 0"} {
		if got := Group(digits); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestBothCenturiesAreCandidates(t *testing.T) {
	for digits, want := range map[string][]int{"3303010101800001": {1980, 2080}, "3303012902000001": {2000}} {
		n, err := Parse(digits)
		if err != nil {
			t.Fatal(err)
		}
		var years []int
		for _, d := range n.BirthDates() {
			years = append(years, d.Year())
		}
		if len(years) != len(want) || years[0] != want[0] {
			t.Errorf("%v, want %v", years, want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		Parse("3303010101800001")
	}
}
