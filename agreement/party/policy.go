package party

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"

	"gapura/internal/told"
)

// Bounds of a password that a person chooses, in characters. NIST SP 800-63B, 3.1.1.2: length and a list of known passwords, no rules about
// kinds of characters, no end by age.
const (
	MinPassword = 10
	MaxPassword = 128
)

// strongEnough is zxcvbn's score from which a password is taken: more than 10^8 guesses. Doors let a stranger guess some twenty times a
// day.
const strongEnough = 3

// judged is how many bytes are looked at: a password whose beginning is good does not become worse by what follows. From some fifty on,
// zxcvbn's count of guesses overflows and calls the best password the worst.
const judged = 40

// words are what people here choose first: Indonesian words that the English lists of zxcvbn do not know.
//
//go:embed words.txt
var words string

// About is what a password must not be made of: login and name of its owner, office and agency.
type About struct{ Login, Name, Office, Agency string }

// CheckPassword judges a password that a person wants to set. The error is a *told.Error for the field "password", and repeats nothing of
// it.
func CheckPassword(p string, about About) error {
	n := utf8.RuneCountInString(p)
	switch {
	case !utf8.ValidString(p) || strings.ContainsFunc(p, unicode.IsControl):
		return told.Wrong("password", "Kata sandi tidak boleh memuat karakter kendali.")
	case n < MinPassword || n > MaxPassword:
		return told.Wrong("password", fmt.Sprintf("Kata sandi harus terdiri atas %d sampai %d karakter.", MinPassword, MaxPassword))
	}
	own := about.words()
	if zxcvbn.PasswordStrength(first(p, judged), append(own, strings.Fields(words)...)).Score >= strongEnough {
		return nil
	}
	bare := letterDigits(p)
	for _, w := range own {
		if len(w) >= 4 && strings.Contains(bare, w) {
			return told.Wrong("password", "Kata sandi tidak boleh dibuat dari user ID, nama Anda, atau nama kantor. Pilihlah kata-kata "+
				"lain.")
		}
	}
	return told.Wrong("password",
		"Kata sandi ini dikenal atau mudah ditebak. Gunakan beberapa kata yang tidak berhubungan, misalnya kalimat pendek yang hanya "+
			"Anda ketahui.")
}

// words are the own names in small letters: their parts, joined, and as they are written.
func (a About) words() (out []string) {
	for _, name := range []string{a.Login, a.Name, a.Office, a.Agency} {
		parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, p := range parts {
			if len(p) >= 3 {
				out = append(out, p)
			}
		}
		if len(parts) > 1 {
			out = append(out, strings.Join(parts, ""), strings.ToLower(strings.TrimSpace(name)))
		}
	}
	return out
}

func letterDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// first is the beginning of s in whole characters, of at most n bytes.
func first(s string, n int) string {
	for n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:min(n, len(s))]
}
