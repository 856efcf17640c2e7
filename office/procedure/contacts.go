package procedure

import (
	"strings"
	"time"

	"gapura/agreement/party"
)

// Contacts are the contact persons of both sides that the case names.
func (c *Case) Contacts(x Facts) (list []party.Contact, err error) {
	all, err := c.contacts(x, "ditandatangani")
	for _, e := range all {
		if set, ok := e.(SetContacts); ok {
			list = append(list, set.Contacts...)
		}
	}
	return list, err
}

// orToday is a day, or today when it was left open.
func orToday(day time.Time, x Facts) time.Time {
	if day.IsZero() {
		return x.Today
	}
	return day
}

// connection is the network as it is from the day of a field on.
func (c *Case) connection(x Facts, since string, n party.Connection) ([]Effect, error) {
	on, err := c.days(since)
	if err != nil {
		return nil, err
	}
	return []Effect{SetConnection{x.Institution.ID, x.Connection, n, orToday(on[0], x)}}, nil
}

// contacts reads lines of "name; position; phone; e-mail", which hold from the day of a field on.
func (c *Case) contacts(x Facts, since string) ([]Effect, error) {
	var out []Effect
	on, err := c.days(since)
	if err != nil {
		return nil, err
	}
	for _, side := range []struct{ key, name string }{{"narahubung_dinas", "provider"}, {"narahubung_instansi", "agency"}} {
		var list []party.Contact
		for _, l := range lines(c.Value(side.key)) {
			p := append(strings.Split(l, ";"), "", "", "")
			list = append(list, party.Contact{Side: side.name, Name: clean(p[0]), Position: clean(p[1]), Phone: clean(p[2]),
				Email: clean(p[3])})
		}
		if list != nil {
			out = append(out, SetContacts{x.Institution.ID, side.name, list, orToday(on[0], x)})
		}
	}
	return out, nil
}
