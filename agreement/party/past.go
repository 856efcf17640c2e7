package party

import "time"

// Dated is one word of the records about something that holds from a day on (E2). A list of them is in the order of the records.
type Dated[T any] struct {
	Value T
	On    time.Time // first day; zero: since ever
	Known time.Time // since when the records say so; zero: always
}

// AsOf is what held on a day, by what was recorded until known: the last word that had begun by then. False: there is none.
func AsOf[T any](list []Dated[T], day, known time.Time) (v T, ok bool) {
	for _, d := range list {
		if !d.On.After(day) && !d.Known.After(known) {
			v, ok = d.Value, true
		}
	}
	return v, ok
}

// Particulars are what an institution is called and where it is reached.
type Particulars struct{ Name, Address, Email string }

// A Connection is the agency's network provider and the bandwidth that it has from it (Juknis I.A–C).
type Connection struct{ Provider, Bandwidth string }

// Words are the connection in words; empty: none is known.
func (c Connection) Words() string {
	if c.Provider == "" || c.Bandwidth == "" {
		return c.Provider + c.Bandwidth
	}
	return c.Provider + ", " + c.Bandwidth
}

// A Past is what the records say of an institution beside its rights and heads.
type Past struct {
	Particulars []Dated[Particulars]
	Contacts    map[string][]Dated[[]Contact] // by side
	Connections []Dated[Connection]
}
