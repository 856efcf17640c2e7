package snooping

import (
	"strings"
	"time"
	"unicode"

	"gapura/person/nik"
)

// How long before and after a lookup a service may lie, in days, by its kind. What is no data balikan must be there in the evening; data
// balikan tells of what became of the lookup, and comes later by its nature.
var spans = [kinds]struct{ before, after int }{Case: {30, 1}, Balikan: {14, 30}, List: {90, 1}, Letter: {90, 1}}

const (
	// uses is on how many days one service explains lookups of a user: papers are repaired once or twice, not each week.
	uses = 4
	// near is how far a service may lie that is the person's but has another reference, in days: somebody mistyped it.
	near = 3
	// soon is how soon a mistyped number is followed by the right one, and a family's members by each other.
	soon = 10 * time.Minute
)

// An Explanation is why a lookup is in order.
type Explanation struct {
	Kind Kind
	How  string // formal Indonesian
}

type service struct {
	Service
	reference string                // normalised
	days      map[int64][]time.Time // on which lookups of a user were explained by it
}

// serves reports whether the service may explain another lookup of the user on a day, and notes that it does.
func (s *service) serves(user int64, on time.Time) bool {
	list := s.days[user]
	for _, d := range list {
		if d.Equal(on) {
			return true
		}
	}
	if len(list) >= uses {
		return false
	}
	if s.days == nil {
		s.days = map[int64][]time.Time{}
	}
	s.days[user] = append(list, on)
	return true
}

// covers reports whether the service lies where it may explain a lookup of a day, as the run of another day sees it.
func (s *service) covers(on, run time.Time) bool {
	after := int(s.Day.Sub(on) / day)
	return after >= -spans[s.Kind].before && after <= spans[s.Kind].after && (s.Kind == Balikan || !s.Day.After(run))
}

// Reference brings a reference to the form in which it is compared: letters and digits, in upper case.
func Reference(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, text)
}

// fillers are words that are typed where a reference is asked for.
var fillers = map[string]bool{"TES": true, "TEST": true, "TESTING": true, "CEK": true, "CEKDATA": true, "CEKNIK": true, "COBA": true,
	"DATA": true, "NIK": true, "KTP": true, "TIDAKADA": true, "NIHIL": true, "KOSONG": true, "ABC": true, "ABCD": true, "ASDF": true,
	"QWERTY": true, "123": true, "1234": true, "12345": true, "123456": true, "PENTING": true, "SEGERA": true, "UMUM": true,
	"LAINLAIN": true,
	"NONE":     true, "NULL": true, "LAYANAN": true}

// meaningless reports whether a normalised reference names nothing.
func meaningless(ref string) bool {
	return len(ref) < 3 || fillers[ref] || strings.Count(ref, ref[:1]) == len(ref)
}

// slip reports whether two texts differ by what fingers do: one sign replaced, or two beside each other exchanged.
func slip(a, b string) bool {
	if len(a) != len(b) || a == b {
		return false
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	j := len(a) - 1
	for a[j] == b[j] {
		j--
	}
	return i == j || j == i+1 && a[i] == b[j] && a[j] == b[i]
}

// almost reports whether two references are the same but for a slip, or a sign too many or too few.
func almost(a, b string) bool {
	if len(a) < 5 || len(b) < 5 {
		return false
	}
	if slip(a, b) {
		return true
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a) != len(b)+1 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	return a[i+1:] == b[i:]
}

// alike reports whether two numbers have most digits in common: enough when the one is nobody's.
func alike(a, b nik.NIK) bool {
	if a.IsZero() || b.IsZero() {
		return false
	}
	x, y, other := a.Digits(), b.Digits(), 0
	for i := range x {
		if x[i] != y[i] {
			other++
		}
	}
	return other <= 4
}

func slipped(a, b nik.NIK) bool { return !a.IsZero() && !b.IsZero() && slip(a.Digits(), b.Digits()) }

// explain finds what explains a lookup by services alone.
func (j *Judge) explain(l *seen, run time.Time) (e Explanation, ok bool) {
	if !l.NIK.IsZero() {
		if e, ok = j.byPerson(l, run); ok {
			return e, true
		}
	}
	if meaningless(l.reference) {
		return e, false
	}
	for _, s := range j.byReference[l.reference] {
		if !s.covers(l.day, run) {
			continue
		}
		how := ""
		switch {
		case l.NIK.IsZero(), !l.known && (alike(l.NIK, s.NIK) || j.asked(l, s.NIK)), slipped(l.NIK, s.NIK) && j.asked(l, s.NIK):
			how = "salah ketik; referensinya ada"
		case s.NIK.IsZero() && l.relation() == Rules:
			how = "referensinya ada"
		case !s.NIK.IsZero() && l.NIK != s.NIK && j.family(l, s.NIK):
			how = "sekeluarga dengan pemohon pada referensi ini"
		}
		if how != "" && s.serves(l.User, l.day) {
			return Explanation{s.Kind, how}, true
		}
	}
	return e, false
}

// byPerson looks among the person's own services: of this reference, or so near that another one was mistyped.
func (j *Judge) byPerson(l *seen, run time.Time) (Explanation, bool) {
	list := j.byNIK[l.NIK]
	for _, exact := range []bool{true, false} {
		for _, s := range list {
			if !s.covers(l.day, run) {
				continue
			}
			how := "orang dan referensi sesuai"
			if same := s.reference == l.reference || s.reference == "" || almost(s.reference, l.reference); same != exact {
				continue
			} else if !same {
				if after := int(s.Day.Sub(l.day) / day); after < -near || after > near && (s.Kind != Balikan || after > 7) {
					continue
				}
				how = "orang sesuai, referensinya lain"
			}
			if s.serves(l.User, l.day) {
				return Explanation{s.Kind, how}, true
			}
		}
	}
	return Explanation{}, false
}

// family reports whether the lookup's person and another are of one family card.
func (j *Judge) family(l *seen, other nik.NIK) bool {
	p, ok := j.who.Person(other)
	return ok && l.known && p.Card != "" && p.Card == l.person.Card
}

// asked reports whether the user looked up a NIK within minutes of a lookup.
func (j *Judge) asked(l *seen, n nik.NIK) bool {
	for _, x := range j.today[l.User] {
		if x.NIK == n && x.At.Sub(l.At).Abs() <= soon {
			return true
		}
	}
	return false
}

// beside explains a lookup by one that is explained: its number was mistyped and nobody has it, or the person is of the same family and has
// the same reference.
func (j *Judge) beside(l *seen) (Explanation, bool) {
	for _, x := range j.today[l.User] {
		if x == l || !x.explained || x.At.Sub(l.At).Abs() > soon {
			continue
		}
		if !l.known && (l.NIK.IsZero() || alike(l.NIK, x.NIK)) {
			return Explanation{x.why.Kind, "salah ketik; nomor yang benar menyusul"}, true
		}
		if x.reference == l.reference && l.NIK != x.NIK && x.known && j.family(l, x.NIK) {
			return Explanation{x.why.Kind, "sekeluarga dengan pemohon sebelumnya"}, true
		}
	}
	return Explanation{}, false
}
