package office_test

import (
	"context"
	"errors"
	"testing"

	"gapura/internal/told"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

var errDisk = errors.New("disk I/O error")

// cases is named otherwise than one of its own methods.
type cases office.Cases

// broken is a store of cases that cannot look names up.
type broken struct{ cases }

func (broken) InUse(context.Context, procedure.Names) (procedure.Names, error) {
	return procedure.Names{}, errDisk
}

// A database that cannot be read is a fault: it never makes a name free or taken, and nobody is told that the form is wrong.
func TestAFaultOfTheDatabaseIsNeverARefusal(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, _ := w.agency("dinpertan")
		id, err := w.office.Open(t.Context(), operator, i.ID, "user-id")
		if err != nil {
			t.Fatal(err)
		}
		w.office.Store.Cases = broken{w.office.Store.Cases}
		_, err = w.office.Take(t.Context(), operator, id, 0, procedure.Input{}, nil)
		if _, refused := told.Text(err); refused || !errors.Is(err, errDisk) {
			t.Error("told:", err)
		}
		asked := procedure.Names{Codes: []string{"dinpertan", "belum"}, Logins: []string{"petugas.dinpertan", "belum.ada"}}
		used, err := w.store.Cases.InUse(t.Context(), asked)
		if err != nil || len(used.Codes) != 1 || used.Codes[0] != "dinpertan" || len(used.Logins) != 1 ||
			used.Logins[0] != "petugas.dinpertan" {
			t.Errorf("in use: %+v, %v", used, err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		for _, n := range []procedure.Names{{Codes: asked.Codes}, {Logins: asked.Logins}} {
			if _, err := w.store.Cases.InUse(ended, n); err == nil {
				t.Errorf("%+v is told although the database was not asked", n)
			}
		}
	})
}
