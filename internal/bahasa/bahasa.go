// Package bahasa writes dates and numbers as formal Indonesian does.
package bahasa

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

var (
	months = [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
		"Desember"}
	days   = [...]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}
	digits = [...]string{"nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"}
)

// Date is "16 September 2025"; the zero time is "-".
func Date(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return strconv.Itoa(t.Day()) + " " + months[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// DateInWords is the solemn form of agreements: "Selasa tanggal enam belas bulan September tahun dua ribu dua puluh lima".
func DateInWords(t time.Time) string {
	return fmt.Sprintf("%s tanggal %s bulan %s tahun %s", days[t.Weekday()], Words(t.Day()), months[t.Month()-1], Words(t.Year()))
}

// Words spells a number from 0 to 999,999; others stay figures.
func Words(n int) string {
	if n < 0 || n > 999_999 {
		return strconv.Itoa(n)
	}
	rest := func(head string, n int) string {
		if n == 0 {
			return head
		}
		return head + " " + Words(n)
	}
	switch {
	case n < 12:
		return digits[n]
	case n < 20:
		return digits[n-10] + " belas"
	case n < 100:
		return rest(digits[n/10]+" puluh", n%10)
	case n < 200:
		return rest("seratus", n-100)
	case n < 1000:
		return rest(digits[n/100]+" ratus", n%100)
	case n < 2000:
		return rest("seribu", n-1000)
	}
	return rest(Words(n/1000)+" ribu", n%1000)
}

// Number is "1.234,5" for any integer or float; at most two decimals.
func Number(v any) string {
	switch n := v.(type) {
	case int:
		return group(strconv.Itoa(n))
	case int64:
		return group(strconv.FormatInt(n, 10))
	case float64:
		s := strconv.FormatFloat(math.Round(n*100)/100, 'f', -1, 64)
		whole, frac, ok := strings.Cut(s, ".")
		if ok {
			return group(whole) + "," + frac
		}
		return group(whole)
	}
	return ""
}

func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return sign + s
}
