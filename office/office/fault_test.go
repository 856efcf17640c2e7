package office_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"gapura/internal/told"
	"gapura/office/incident"
	"gapura/office/office"
	"gapura/office/procedure"
)

var errDown = errors.New("database is down")

// down is a register of letters whose database does not answer.
type down struct{}

func (down) TakeLetterNumber(context.Context, procedure.Letter) (int, error) { return 0, errDown }
func (down) Template(context.Context, string) (string, int, bool, error) {
	return "", 0, false, errDown
}

func TestFaultOfTheDatabaseIsNotTakenForAnUnknownLetter(t *testing.T) {
	o := &office.Office{Store: office.Store{Letters: down{}}, Now: time.Now}
	err := office.IncidentsOf(o).MakeLetter(t.Context(), office.Actor{}, 1, 0, incident.LetterAgency, nil)
	if !errors.Is(err, errDown) {
		t.Errorf("a letter that there is: %v", err)
	}
	err = office.IncidentsOf(o).MakeLetter(t.Context(), office.Actor{}, 1, 0, "surat-rekaan", nil)
	if _, ok := errors.AsType[*told.Error](err); !ok {
		t.Errorf("a letter that there is not: %v", err)
	}
}
