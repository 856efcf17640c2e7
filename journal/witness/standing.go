package witness

import "time"

// A Standing is a witness outside the office as it stands.
type Standing struct {
	Name     string
	Key      string    // verifier key
	Active   bool      // the configuration names it
	Answered time.Time // when it cosigned last; zero: never
	Failed   time.Time // since when it has not cosigned what it was asked for; zero: it does
	Failure  string
}

// Succession is what a witness's key signs when another takes its place.
func Succession(old, key string) []byte {
	return []byte("witness key\nold " + old + "\nnew " + key + "\n")
}
