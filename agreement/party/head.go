package party

import (
	"slices"
	"time"
)

// A Head is the person who is responsible for every user id of the institution (Juknis II.A.2), from one day to another. What the head has
// signed is the agreement's (agreement.SPTJM).
type Head struct {
	ID             int64
	Name, Position string
	Acting         Acting
	Since, Until   time.Time // first and last day in office; Until zero: until another takes over
	Letter         string    // by which the change was made known (Juknis VI.H); may be empty
	Known          time.Time // since when the records say so; zero: always
}

// Acting says by what right somebody holds an office.
type Acting string

// The kinds.
const (
	Definitive Acting = ""
	Plt        Acting = "plt" // pelaksana tugas: the office is vacant; ends the responsibility of the head before
	Plh        Acting = "plh" // pelaksana harian: the head is away for some days, and is responsible again after them
)

// Title stands before the position: "Plt. ", "Plh. " or nothing.
func (a Acting) Title() string {
	switch a {
	case Plt:
		return "Plt. "
	case Plh:
		return "Plh. "
	}
	return ""
}

// Office is the head's position as letters name it.
func (h Head) Office() string { return h.Acting.Title() + h.Position }

// Heads are all heads of an institution, by their first day.
type Heads []Head

// On is who is in office on a day; nil: nobody. A change takes effect on its day and not before: who was in office until then stays (B7).
func (all Heads) On(day time.Time) *Head {
	var head, daily *Head
	for i := range all {
		h := &all[i]
		switch {
		case h.Since.After(day):
		case h.Acting != Plh:
			head, daily = h, nil
		case h.Until.IsZero() || !day.After(h.Until):
			daily = h
		}
	}
	switch {
	case daily != nil:
		return daily
	case head != nil && !head.Until.IsZero() && day.After(head.Until):
		return nil
	}
	return head
}

// Last is who takes or took office last.
func (all Heads) Last() Head {
	if len(all) == 0 {
		return Head{}
	}
	return all[len(all)-1]
}

// Believed are the heads that the records knew at an instant.
func (all Heads) Believed(at time.Time) Heads {
	return slices.DeleteFunc(slices.Clone(all), func(h Head) bool { return h.Known.After(at) })
}
