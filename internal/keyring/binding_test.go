package keyring

import (
	"bytes"
	"errors"
	"testing"
)

func TestADatabaseKnowsItsKeyFile(t *testing.T) {
	yes, no := func() bool { return true }, func() bool { return false }
	old, both := ring(t, first), ring(t, first+second)
	b, err := old.Bind(Binding{}, yes)
	if err != nil || len(b.Mark) != 16 {
		t.Fatal(b, err)
	}
	if again, err := old.Bind(b, no); err != nil || !bytes.Equal(again.Check, b.Check) || !bytes.Equal(again.Mark, b.Mark) {
		t.Error("the own key file is not known", err)
	}
	if other, err := old.Bind(Binding{}, yes); err != nil || bytes.Equal(other.Mark, b.Mark) {
		t.Error("two databases are told to be one", err)
	}
	newer, err := both.Bind(b, no)
	if err != nil || bytes.Equal(newer.Check, b.Check) || !bytes.Equal(newer.Mark, b.Mark) {
		t.Fatal("after a key was added", err)
	}
	for name, try := range map[string]struct {
		ring  *Ring
		b     Binding
		opens func() bool
	}{
		"another's key":                      {ring(t, second), b, yes},
		"the key file of before the change":  {old, newer, yes},
		"another database's check":           {old, Binding{Mark: make([]byte, 16), Check: b.Check}, yes},
		"an old database that does not open": {old, Binding{}, no},
	} {
		if _, err := try.ring.Bind(try.b, try.opens); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
