package freetext

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A NIK is found in whatever writing: signs and blanks between, digits of another script, letters for digits, text around it.
func TestANIKIsFoundInAnyWriting(t *testing.T) {
	scripts := []rune{'0', '\u0660', '\u06f0', '\u0966', '\uff10', '\U0001d7ce', '\u1b50'} // the last are Balinese
	rapid.Check(t, func(t *rapid.T) {
		digits := fmt.Sprintf("3303%02d%02d%02d%02d%04d", rapid.IntRange(1, 99).Draw(t, "district"),
			rapid.IntRange(1, 28).Draw(t, "day")+40*rapid.IntRange(0, 1).Draw(t, "female"), rapid.IntRange(1, 12).Draw(t, "month"),
			rapid.IntRange(0, 99).Draw(t, "year"), rapid.IntRange(1, 9999).Draw(t, "serial"))
		zero := rapid.SampledFrom(scripts).Draw(t, "script")
		parted := rapid.SampledFrom([]string{"", " ", ".", "-", "/", " - ", "\u00a0", "_", "\n"}).Draw(t, "between")
		letters := rapid.Bool().Draw(t, "letters")
		replaced := 0
		var b strings.Builder
		for i, d := range digits {
			if i > 0 && (parted != "" && rapid.IntRange(0, 2).Draw(t, "cut") == 0) {
				b.WriteString(parted)
			}
			switch {
			case letters && d == '0' && replaced < 6 && i%2 == 1 && parted == "":
				b.WriteByte('O')
				replaced++
			default:
				b.WriteRune(zero + d - '0')
			}
		}
		around := rapid.SampledFrom([]string{"%s", "NIK: %s.", "no%s", "an. Budi (%s) mohon", "KK/%s", "surat 12, %sx"}).Draw(t, "around")
		text := fmt.Sprintf(around, b.String())
		if strings.HasPrefix(around, "surat") {
			text = fmt.Sprintf("surat dua belas, %sx", b.String())
		}
		if Problem(text) != HasNIK {
			t.Fatalf("%q passes", text)
		}
	})
}

// A word before the digits hides none of them, however they are parted.
func TestAWordBeforeTheDigitsHidesNone(t *testing.T) {
	if Problem("no3 3 0 3 0 1 0 1 0 1 0 0 0 0 0 1") != HasNIK {
		t.Error("it passes")
	}
}

func TestWhatIsNoNIKPasses(t *testing.T) {
	for _, text := range []string{"", "470/123/2026", "B/470/1234/XI/2026", "0812-3456-7890", "+62 812 3456 7890", "(0286) 321 456",
		"198503122010011002", "19850312 201001 1 002", "0123-01-012345-53-4", "1234567890", "470/1234/2026 tanggal 12-05-2026",
		"PKS 400.12.3.1/001/2026 dan 100.3.7/12/2026", "16 November 2026", "10.33.4.7", "5 x 1000", "3303010101800000", "3303013201800001",
		"Isi formulir lol IO", "tahun 2024 2025 2026 2027", "Rp1.500.000,00", "SN 0001 0002 0003 0004"} {
		if p := Problem(text); p != "" {
			t.Errorf("%q: %s", text, p)
		}
	}
}

func TestWhatIsNotSeenIsRefused(t *testing.T) {
	for _, text := range []string{"a\u200bb", "a\u202eb", "a\u2066b", "a\ufeffb", "a\u00adb", "a\x00b", "3303\u200b010101800001"} {
		if Problem(text) != Invisible {
			t.Errorf("%q passes", text)
		}
	}
	if p := Problem("dua\nbaris\tdan blank\u00a0"); p != "" {
		t.Error(p)
	}
}
