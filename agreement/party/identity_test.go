package party

import (
	"testing"

	"gapura/person/nik"
)

func TestPersonsAreComparedNotUserIDs(t *testing.T) {
	one, err := nik.Parse("3303014101800001")
	if err != nil {
		t.Fatal(err)
	}
	two, err := nik.Parse("3303014101800002")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		a, b User
		same bool
	}{
		"one user id":                  {User{ID: 1}, User{ID: 1}, true},
		"two of whom nothing is known": {User{ID: 1}, User{ID: 2}, false},
		"two not made yet":             {User{}, User{}, false},
		"one NIK": {User{ID: 1, Identity: Identity{NIK: one, NIP: "1"}},
			User{ID: 2, Identity: Identity{NIK: one, NIP: "2"}}, true},
		"two NIKs": {User{ID: 1, Identity: Identity{NIK: one}}, User{ID: 2, Identity: Identity{NIK: two}},
			false},
		"one NIP, written otherwise": {User{ID: 1, Identity: Identity{NIP: "19800101 200501 1 001"}},
			User{ID: 2, Institution: 7, Identity: Identity{NIP: "198001012005011001"}}, true},
		"one staff number in one institution": {User{ID: 1, Identity: Identity{NIP: "k-17"}},
			User{ID: 2, Identity: Identity{NIP: "K17"}}, true},
		"one staff number in different institutions": {User{ID: 1, Identity: Identity{NIP: "17"}}, User{ID: 2, Institution: 7,
			Identity: Identity{NIP: "17"}}, false},
	} {
		if SamePerson(c.a, c.b) != c.same || SamePerson(c.b, c.a) != c.same {
			t.Error(name)
		}
	}
	if (Identity{}).Known() || (Identity{NIP: " -"}).Known() || !(Identity{NIP: "1"}).Known() || !(Identity{NIK: one}).Known() {
		t.Error("who is known")
	}
	if n := Persons([]User{{ID: 1, Identity: Identity{NIP: "1"}}, {ID: 2, Identity: Identity{NIP: "2"}},
		{ID: 3, Identity: Identity{NIP: "1"}}}); n != 2 {
		t.Errorf("%d persons", n)
	}
}
