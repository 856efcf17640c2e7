package value

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gapura/internal/blank"
)

// dash is the one dash for any of them.
func dash(r rune) rune {
	if r == '\u2212' || unicode.Is(unicode.Pd, r) {
		return '-'
	}
	return r
}

// plain is a text in upper case without accents and without invisible marks, apostrophes left out: MA'RUFAH is MARUFAH.
func plain(text string) string {
	if s, ok := plainASCII(text); ok {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Mn, r), blank.Is(r), apostrophe(r):
			return -1
		}
		return unicode.ToUpper(dash(r))
	}, norm.NFD.String(text))
}

// plainASCII is plain for what nearly every text is; false for another.
func plainASCII(text string) (string, bool) {
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			return "", false
		case c >= 'a' && c <= 'z':
			out = append(out, c-'a'+'A')
		case c == ' ' || c >= '\t' && c <= '\r':
			out = append(out, ' ')
		case c != '\'' && c != '`':
			out = append(out, c)
		}
	}
	return string(out), true
}

func apostrophe(r rune) bool {
	switch r {
	case '\'', '`', '\u00b4', '\u2018', '\u2019', '\u201b', '\u2032', '\u02b9', '\u02bb', '\u02bc', '\u02bd', '\u02be', '\u02bf', '\uff07':
		return true
	}
	return false
}

// words are those of a text as plain gives it; all that is neither letter nor digit separates them, so that H.AHMAD is two.
func words(text string) []string {
	return strings.FieldsFunc(plain(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// squeeze is a text's letters and digits alone.
func squeeze(text string) string { return strings.Join(words(text), "") }

// digits reads a number of so many digits; blanks, dots and dashes between them are passed over.
func digits(text string, count int) (string, error) {
	s := strings.Map(func(r rune) rune {
		if blank.Is(r) || r == '.' || r == '=' || r == '"' || apostrophe(r) || dash(r) == '-' { // ="…" is a spreadsheet's text
			return -1
		}
		return r
	}, text)
	if len(s) != count || strings.Trim(s, "0123456789") != "" {
		return "", ErrDigits
	}
	return s, nil
}

// zero reports whether a code is written as nothing but zeros, which stands for none.
func zero(text string) bool { return strings.Trim(squeeze(text), "0") == "" }

// whole writes a whole number that a spreadsheet or a program wrote with decimals (1.0, 2,00) without them; any other text stays.
func whole(text string) string {
	s := strings.TrimFunc(text, blank.Is)
	i := strings.IndexAny(s, ".,")
	if i > 0 && i < len(s)-1 && len(s)-i <= 3 && strings.Trim(s[:i], "0123456789") == "" && strings.Trim(s[i+1:], "0") == "" {
		return s[:i]
	}
	return s
}

// number reads a small number with its label before it or without (RT 01, RT.001); zero is none.
func number(text, label string, most int) (string, error) {
	s := strings.TrimSpace(plain(whole(text)))
	first := strings.IndexAny(s, "0123456789")
	if first < 0 {
		return "", ErrDigits
	}
	if before := squeeze(s[:first]); before != label && strings.Trim(s[:first], " .") != "" {
		return "", ErrDigits
	}
	s = strings.TrimRight(s[first:], ".")
	if strings.Trim(s, "0123456789") != "" {
		return "", ErrDigits
	}
	if s = strings.TrimLeft(s, "0"); len(s) > most {
		return "", ErrDigits
	}
	return s, nil
}
