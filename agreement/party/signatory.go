package party

import "time"

// A Signatory signs for the provider's office in the place of its head, on the days of a mandate. One without a name is the head again: it
// ends what was given before.
type Signatory struct {
	Name, Position, NIP string
	Acting              Acting    // Definitive: on behalf of the head (a.n.)
	From, Until         time.Time // first and last day; Until zero: without an end
	Letter              string    // by which the mandate was given
	Known               time.Time // since when the records say so
}

// Signatories are the mandates in the order of the records.
type Signatories []Signatory

// On is who signs on a day in the place of the head: by the last word whose days it is among; nil: the head.
func (all Signatories) On(day time.Time) *Signatory {
	for i := len(all) - 1; i >= 0; i-- {
		s := &all[i]
		if s.From.After(day) || !s.Until.IsZero() && day.After(s.Until) {
			continue
		}
		if s.Name == "" {
			return nil
		}
		return s
	}
	return nil
}

// Ahead reports whether somebody signs in the place of the head on a day or after it.
func (all Signatories) Ahead(day time.Time) bool {
	for _, s := range all {
		if s.Name != "" && (all.On(day) != nil || s.From.After(day) && all.On(s.From) != nil) {
			return true
		}
	}
	return false
}
