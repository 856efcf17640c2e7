// Package value is the one reading of a person's values: registry import, matches, the legacy verification, the desk's cross-check and a
// card's record read and compare by it and by nothing else, so that what one door understands, all do. Every value is first brought to one
// form (Kind.Read); equal values have equal forms. It is pure and keeps nothing.
package value

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gapura/internal/blank"
	"gapura/person/nik"
)

// A Kind is a kind of value that is read and compared in one way.
type Kind uint8

// The kinds.
const (
	NIK          Kind = iota
	FamilyNo          // 16 digits
	Name              // a person's
	BirthDate         // a day that is not in the future
	Sex               // form: 1 or 2, as SIAK numbers them
	BirthPlace        // a regency, district or village, or any other place
	Marital           // form: one of four; whether it was registered makes no difference
	Occupation        // by the ministry's list, or any other text
	Street            // the address without the parts below
	Province          //
	Regency           // KOTA X is not X
	District          //
	Village           //
	DistrictCode      // 6 digits
	DistrictNo        // its number within the regency
	RT                // form: without leading zeros
	RW                //
	Religion          // by SIAK's list, or any other text
	Blood             // A, B, AB, O with its rhesus or without; a rhesus on one side alone is no difference
	Education         // by SIAK's list
	Relation          // to the head of the family, by SIAK's list
	Hamlet            //
	PostCode          // 5 digits
	kinds
)

// MaxText bounds a value, in characters: comparing takes the product of both lengths.
const MaxText = 200

// What is wrong with a text. They carry no part of it; the words are for people.
var (
	ErrText    = errors.New("harus teks sampai 200 karakter tanpa karakter kendali")
	ErrNIK     = errors.New("bukan NIK yang sesuai format")
	ErrDigits  = errors.New("harus angka dengan jumlah digit yang tepat")
	ErrDate    = errors.New("bukan tanggal, misalnya 05-03-1985, 1985-03-05 atau 5 Maret 1985")
	ErrNoDay   = errors.New("tanggal itu tidak ada dalam kalender")
	ErrFuture  = errors.New("tanggal itu belum tiba")
	ErrYear    = errors.New("tahun harus ditulis dengan empat angka, mulai 1800")
	ErrSex     = errors.New("bukan jenis kelamin: laki-laki (L, 1) atau perempuan (P, 2)")
	ErrMarital = errors.New("bukan status perkawinan: belum kawin, kawin, cerai hidup atau cerai mati")
	ErrBlood   = errors.New("bukan golongan darah: A, B, AB atau O")
)

// None reports whether a text stands for no value, in whatever column: empty, dashes, N/A, NULL, TIDAK ADA, a date of zeros, X upon X.
func None(text string) bool {
	s := strings.Map(func(r rune) rune {
		if blank.Is(r) {
			return -1
		}
		return dash(r)
	}, text)
	if strings.Trim(s, "-") == "" {
		return true
	}
	if s = strings.ToUpper(s); len(s) > 2 && strings.Trim(s, "X") == "" {
		return true
	}
	switch s {
	case "N/A", "#N/A", "NULL", "(NULL)", "TIDAKADA", "TDKADA", "N.A.", "NIHIL", "NONE", "NAN", "UNDEFINED":
		return true
	}
	return zeroDay(s) || !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPunct(r) && !unicode.IsSymbol(r) })
}

// zeroDay reports whether a text is a day of nothing but zeros, with a time or without. A NIK of zeros has more of them.
func zeroDay(s string) bool {
	zeros := strings.Count(s, "0")
	return zeros >= 8 && zeros <= 14 && strings.ContainsAny(s, "-/") && strings.Trim(s, "0-/:.TZ") == ""
}

// Read brings a text to the form in which values of its kind are compared; empty stands for no value. today bounds birth dates. Errors
// name what a right value looks like and repeat nothing.
func (k Kind) Read(text string, today time.Time) (string, error) {
	if !Fit(text) {
		return "", ErrText
	}
	if None(text) {
		return "", nil
	}
	switch k {
	case NIK:
		n, err := nik.Parse(text)
		if err != nil {
			return "", ErrNIK
		}
		return n.Digits(), nil
	case FamilyNo:
		return digits(text, 16)
	case PostCode:
		return digits(whole(text), 5)
	case BirthDate:
		d, err := Date(text, today)
		if err != nil || d.IsZero() {
			return "", err
		}
		return d.Format(time.DateOnly), nil
	case Sex:
		return sex(text)
	case Marital:
		return marital(text)
	case Occupation:
		return occupations.read(text), nil
	case Religion:
		return religions.read(text), nil
	case Education:
		return educations.read(text), nil
	case Relation:
		return relations.read(text), nil
	case Blood:
		return blood(text)
	case RT:
		return number(text, "RT", 3)
	case RW:
		return number(text, "RW", 3)
	case DistrictNo:
		return number(text, "", 2)
	case DistrictCode:
		if zero(text) {
			return "", nil
		}
		return digits(text, 6)
	case Name:
		return foldName(text), nil
	case Street, Hamlet:
		return strings.Join(foldStreet(text), " "), nil
	case BirthPlace:
		return foldPlace(text), nil
	case Province, Regency, District, Village:
		return foldArea(k, text), nil
	}
	return "", ErrText
}

// Held reports whether a text of names or streets holds a value, as Read tells it, without the work of its form.
func (k Kind) Held(text string, today time.Time) (bool, error) {
	free := k == Name || k == Street || k == Hamlet
	if !free || strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		form, err := k.Read(text, today)
		return form != "", err
	}
	if !Fit(text) {
		return false, ErrText
	}
	return !None(text), nil
}

// Fit reports whether a text can be a value: UTF-8, at most MaxText characters, no control characters but blanks.
func Fit(text string) bool {
	if len(text) > 4*MaxText || !utf8.ValidString(text) || utf8.RuneCountInString(text) > MaxText {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool { return (r < ' ' || r == 0x7f) && r != '\t' && r != '\n' && r != '\r' })
}

// Fuzzy reports whether values of the kind are compared by similarity.
func (k Kind) Fuzzy() bool { return k == Name || k == Street || k == BirthPlace || k == Hamlet }

// A Reason says why two values were not compared.
type Reason string

// The reasons.
const (
	NoValue    Reason = "no_value"    // the registry has none
	NotClaimed Reason = "not_claimed" // the caller brought none
)

// A Verdict answers a claimed value without telling the stored one: the same, another, or, with a Reason, not compared, which makes nothing
// differ.
type Verdict struct {
	Match  bool
	Reason Reason
	Fuzzy  bool // compared by similarity
	Score  int  // 0 to 100 when Fuzzy; 100 means equal after the rules
}

// Compare holds two forms of one kind, as Read gives them, against each other; threshold (0 to 100) is from where similar texts match.
// Unequal texts stay below 100, so that a threshold of 100 asks for equality after the rules.
func (k Kind) Compare(stored, claim string, threshold int) Verdict {
	v := Verdict{Fuzzy: k.Fuzzy()}
	switch {
	case stored == "" && claim == "" && (k == RT || k == RW):
		v.Match = true // both sides say that there is none
	case claim == "":
		v.Reason = NotClaimed
	case stored == "", k == Blood && rhesus(stored, claim):
		v.Reason = NoValue
	case k == Blood:
		v.Match = stored == claim || rhesus(claim, stored)
	case !v.Fuzzy:
		v.Match = stored == claim
	default:
		v.Score = k.similar(stored, claim)
		v.Match = v.Score > 0 && v.Score >= threshold
	}
	return v
}
