package party

import "time"

// A History is one user id as the records came to know it, oldest first: its rights as they were from each User.Known on.
type History []User

// At is the user id as it was at an instant, by what was recorded until known; false: it was not there. A change of its rights takes effect
// with its record. An NDA counts from the day on which it was signed, also when that was recorded later.
func (h History) At(at, known time.Time) (u User, ok bool) {
	for _, v := range h {
		switch {
		case v.Known.After(known):
			return u, ok
		case !v.Known.After(at):
			u, ok = v, true
		case ok && u.NDASigned.IsZero():
			u.NDASigned = v.NDASigned
		}
	}
	return u, ok
}
