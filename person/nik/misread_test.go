package nik

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
)

// Whoever mistyped a NIK is told where.
func TestMisreadNamesThePart(t *testing.T) {
	for text, want := range map[string]struct {
		part   Part
		digits int
	}{
		"3303010101800001":        {Whole, 16},
		"3303 0141 0180 0001":     {Whole, 16},
		"":                        {Length, 0},
		"330301010180000":         {Length, 15},
		"33030101018000012":       {Length, 17},
		"330301O101800001":        {Characters, 15}, // a letter for a zero
		"3303010001800001":        {Day, 16},
		"3303013201800001":        {Day, 16},
		"3303014001800001":        {Day, 16},
		"3303017201800001":        {Day, 16},
		"3303010100800001":        {Month, 16},
		"3303010113800001":        {Month, 16},
		"3303013002800001":        {Date, 16},
		"3303016902810001":        {Date, 16}, // a woman born on 29 February 1981
		"3303012902000001":        {Whole, 16},
		"3303010101800000":        {Serial, 16},
		"3303.0101.0180.0001":     {Whole, 16},
		"Nomor: 3303010101800001": {Characters, 16},
	} {
		if part, digits := Misread(text); part != want.part || digits != want.digits {
			t.Errorf("%s: part %d of %d digits, want %d of %d", text, part, digits, want.part, want.digits)
		}
	}
}

// What Misread finds nothing wrong with is what Parse takes.
func TestMisreadAndParseAgree(t *testing.T) {
	rng, whole := rand.New(rand.NewPCG(1, 2)), 0
	for range 200_000 {
		text := fmt.Sprintf("330301%02d%02d%02d%04d", rng.IntN(80), rng.IntN(15), rng.IntN(100), rng.IntN(3))
		if rng.IntN(20) == 0 {
			text = text[:rng.IntN(len(text))] + string("0x -"[rng.IntN(4)]) + text[rng.IntN(len(text)):]
		}
		_, err := Parse(text)
		part, _ := Misread(text)
		if (part == Whole) != (err == nil) || err != nil && !errors.Is(err, ErrFormat) {
			t.Fatalf("%q: part %d, Parse says %v", text, part, err)
		}
		if part == Whole {
			whole++
		}
	}
	if whole < 10_000 {
		t.Errorf("only %d were whole", whole)
	}
}
