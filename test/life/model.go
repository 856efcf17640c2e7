package life

import (
	"slices"
	"strings"
	"time"
)

// The model is a second reading of the agreement's words, by plain loops over what happened, and shares nothing with the house. Days are
// UTC midnights.

// An agency is what happened to one.
type agency struct {
	code, user string
	token      string // of its program
	page       string // of its agreement, in the console

	number     string    // of the agreement, as the Dinas gave it
	signed     time.Time // first day
	ends       time.Time // last day, before extensions
	elements   []string
	addenda    []addendum
	heads      []head
	statements []statement // SPTJM
	asked      time.Time   // letter that asks for the extension
	refused    time.Time   // instant
	extended   *extension
	stops      []stop
	over       time.Time // instant of a termination
	passed     time.Time // instant since when the program has passed its own PoC
}

type addendum struct {
	number   string
	from     time.Time
	known    time.Time // instant
	elements []string
}

type head struct {
	name        string
	from, until time.Time // until: of an acting head who stands in for some days
}

type statement struct {
	head         string
	on           time.Time
	forExtension bool
	afterSigning bool // signed when the extension's addendum was already there
}

type extension struct {
	number   string
	signed   time.Time
	from     time.Time
	ends     time.Time
	recorded time.Time // instant
}

type stop struct{ from, to time.Time } // instants; to zero: it lasts

func (a *agency) headOn(day time.Time) string {
	name := ""
	for _, h := range a.heads {
		if h.until.IsZero() && !h.from.After(day) {
			name = h.name
		}
	}
	for _, h := range a.heads {
		if !h.until.IsZero() && !h.from.After(day) && !day.After(h.until) {
			name = h.name
		}
	}
	return name
}

// answers reports whether the head in office answers for the use on a day, beyond the end by a statement for the extension.
func (a *agency) answers(now, day time.Time, beyond bool) bool {
	who := a.headOn(day)
	for _, s := range a.statements {
		if s.head != who || s.on.After(day) || beyond && !s.forExtension {
			continue
		}
		if x := a.extended; x != nil && !s.afterSigning && !now.Before(x.recorded) && day.After(x.signed) {
			continue // "berlaku sampai dengan Addendum ditandatangani"
		}
		return true
	}
	return false
}

// last is the last day of the agreement as of an instant.
func (a *agency) last(now, day time.Time) time.Time {
	if x := a.extended; x != nil && !now.Before(x.recorded) && !day.Before(x.from) {
		return x.ends
	}
	return a.ends
}

// opens says whether the doors of data are open, and whether that rests on the extension that is being decided.
func (a *agency) opens(now, day time.Time) (open, extending bool) {
	if day.Before(a.signed) || !a.over.IsZero() && !now.Before(a.over) {
		return false, false
	}
	for _, s := range a.stops {
		if !now.Before(s.from) && (s.to.IsZero() || now.Before(s.to)) {
			return false, false
		}
	}
	end := a.last(now, day)
	if !day.After(end) {
		return a.answers(now, day, false), false
	}
	inTime := !a.asked.IsZero() && !a.asked.After(monthsBefore(end, 2)) && !a.asked.After(day)
	decided := !a.refused.IsZero() && !now.Before(a.refused)
	if x := a.extended; x != nil && !end.Equal(a.ends) {
		inTime = false // the request was for the first end
	}
	return inTime && !decided && a.answers(now, day, true), true
}

// expected is what a program's lookup of a living resident is told, with the elements and the basis that stands in its record.
func (a *agency) expected(now, day time.Time) (outcome string, elements []string, basis string) {
	open, extending := a.opens(now, day)
	if !open {
		return "institution_inactive", nil, ""
	}
	if a.passed.IsZero() || now.Before(a.passed) {
		return "poc", nil, ""
	}
	elements, basis = a.elements, "PKS "+a.number
	for _, d := range a.addenda {
		if !d.from.After(day) && !d.known.After(now) {
			elements, basis = d.elements, basis+"; Adendum "+d.number
		}
	}
	if x := a.extended; x != nil && !x.from.After(day) && !x.recorded.After(now) {
		basis += "; Adendum " + x.number
	}
	if extending {
		for _, s := range slices.Backward(a.statements) {
			if s.forExtension && s.head == a.headOn(day) && !s.on.After(day) {
				basis += "; SPTJM " + indonesian(s.on) + " selama proses perpanjangan"
				break
			}
		}
	}
	return "found", elements, basis
}

// monthsBefore is the same day of an earlier month, or that month's last.
func monthsBefore(day time.Time, n int) time.Time {
	t := day
	for t = time.Date(day.Year(), day.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC); t.Day() < day.Day(); {
		next := t.AddDate(0, 0, 1)
		if next.Month() != t.Month() {
			break
		}
		t = next
	}
	return t
}

var monthNames = strings.Fields("Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember")

func indonesian(day time.Time) string {
	return strings.TrimLeft(day.Format("02"), "0") + " " + monthNames[day.Month()-1] + " " + day.Format("2006")
}
