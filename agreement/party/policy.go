package party

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"

	"gapura/internal/told"
)

// Bounds of a password that a person chooses, in characters. NIST SP 800-63B, 3.1.1.2: length and a list of known passwords; rules about
// kinds of characters and an end by age are the office's choice (Policy).
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

// A Policy is what the office asks of passwords besides that nobody guesses them: the zero value is NIST's (no kinds, no end by age); an
// office under BSSN 4/2021 sets more. The least length is never below MinPassword.
type Policy struct {
	Min   int // characters; 0: MinPassword
	Kinds int // of small letters, capitals, digits and other characters, how many there must be: 0 to 4
	Days  int // after which a password has to be changed; 0: never
}

// Least is the least length, in characters.
func (p Policy) Least() int { return max(p.Min, MinPassword) }

// Valid reports whether the policy can be kept.
func (p Policy) Valid() bool {
	return p.Min >= 0 && p.Min <= 64 && p.Kinds >= 0 && p.Kinds <= 4 && (p.Days == 0 || p.Days >= 30 && p.Days <= 3650)
}

// And is what both policies ask for: neither loosens the other.
func (p Policy) And(o Policy) Policy {
	days := max(p.Days, o.Days)
	if p.Days > 0 && o.Days > 0 {
		days = min(p.Days, o.Days)
	}
	return Policy{Min: max(p.Min, o.Min), Kinds: max(p.Kinds, o.Kinds), Days: days}
}

// Expired reports whether a password that was set at an instant has to be changed.
func (p Policy) Expired(set, now time.Time) bool {
	return p.Days > 0 && now.Sub(set) > time.Duration(p.Days)*24*time.Hour
}

// Rule is the policy in a sentence for who chooses a password.
func (p Policy) Rule() string {
	rule := fmt.Sprintf("%d sampai %d karakter", p.Least(), MaxPassword)
	switch p.Kinds {
	case 0, 1:
	case 4:
		rule += ", dengan huruf kecil, huruf besar, angka, dan tanda lain"
	default:
		rule += fmt.Sprintf(", dari paling sedikit %d jenis: huruf kecil, huruf besar, angka, tanda lain", p.Kinds)
	}
	if p.Days > 0 {
		rule += fmt.Sprintf("; diganti setiap %d hari", p.Days)
	}
	return rule + "."
}

// Check judges a password that a person wants to set. The error is a *told.Error for the field "password", and repeats nothing of it.
func (p Policy) Check(password string, about About) error {
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return told.Wrong("password", "Kata sandi tidak boleh memuat karakter kendali.")
	case n < p.Least() || n > MaxPassword || kinds(password) < p.Kinds:
		return told.Wrong("password", "Kata sandi harus terdiri atas "+p.Rule())
	}
	own, known := about.words(), strings.Fields(words)
	if leans(password, own, len(own)) {
		return told.Wrong("password", "Kata sandi tidak boleh dibuat dari user ID, nama Anda, atau nama kantor. Pilihlah kata-kata lain.")
	}
	if !leans(password, known, fewWords) &&
		zxcvbn.PasswordStrength(first(once(password), judged), append(own, known...)).Score >= strongEnough {
		return nil
	}
	return told.Wrong("password",
		"Kata sandi ini dikenal atau mudah ditebak. Gunakan beberapa kata yang tidak berhubungan, misalnya kalimat pendek yang hanya "+
			"Anda ketahui.")
}

// kinds are how many kinds of characters a password has.
func kinds(p string) (n int) {
	for _, in := range []func(rune) bool{
		unicode.IsLower, unicode.IsUpper, unicode.IsDigit,
		func(r rune) bool { return !unicode.IsLower(r) && !unicode.IsUpper(r) && !unicode.IsDigit(r) },
	} {
		if strings.ContainsFunc(p, in) {
			n++
		}
	}
	return n
}

// once is the piece of letters and digits that a password repeats, whatever stands between ("petugas-petugas": petugas); else the password.
func once(p string) string {
	bare := letterDigits(p)
	for n := 1; n <= len(bare)/2; n++ {
		if len(bare)%n == 0 && strings.Repeat(bare[:n], len(bare)/n) == bare {
			return bare[:n]
		}
	}
	return p
}

// fewWords is how many of the first words of people here do not make a password.
const fewWords = 2

// leans reports whether a password is words of a list, at most so many different ones, and hardly anything else.
func leans(p string, list []string, most int) bool {
	list = slices.SortedFunc(slices.Values(list), func(a, b string) int { return len(b) - len(a) })
	rest, found := letterDigits(p), 0
	for _, w := range list {
		if w = letterDigits(w); len(w) >= 4 && strings.Contains(rest, w) {
			rest = strings.ReplaceAll(rest, w, "")
			found++
		}
	}
	return found > 0 && found <= most && utf8.RuneCountInString(rest) < MinPassword/2
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
