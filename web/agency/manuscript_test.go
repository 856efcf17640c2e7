package agency

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/office/manuscript"
	"gapura/office/office"
)

// The agency's own people find the agreement and its guideline as documents on the agreement's page and download them, on record; nobody
// else's (E14).
func TestTheAgencyDownloadsItsManuscripts(t *testing.T) {
	r := open(t)
	operator := office.Actor{User: 1, Role: party.Operator}
	filled := map[string]string{}
	for _, f := range manuscript.Fields {
		filled[f.Key] = map[string]string{"date": "2025-07-25", "number": "1", "text": "isian"}[f.Kind]
	}
	file := func(login string) int64 {
		t.Helper()
		s, err := r.store.Rights.Standing(t.Context(), r.user(login).ID)
		if err != nil || len(s.Agreements) == 0 {
			t.Fatal(err)
		}
		err = office.ManuscriptsOf(r.office).DrawUp(t.Context(), operator, office.Subject{Agency: s.Institution.ID,
			Agreement: s.Agreements[0].ID},
			manuscript.Juknis, filled)
		if err != nil {
			t.Fatal(told.Invalids(err), err)
		}
		all, err := office.ManuscriptsOf(r.office).List(t.Context(), s.Institution.ID)
		if err != nil || len(all) != 1 {
			t.Fatal(len(all), err)
		}
		return all[0].File.ID
	}
	mine, theirs := file(asker), file("admin.dinsos")
	body := r.as("kepala.dinpertan", "/instansi/perjanjian", nil).Body.String()
	if link := fmt.Sprintf(`href="/instansi/dokumen/%d"`, mine); !strings.Contains(body, link) ||
		!strings.Contains(body, "Naskah petunjuk teknis versi 1") {
		t.Error("the page does not lead to the guideline")
	}
	if w := r.as(asker, fmt.Sprintf("/instansi/dokumen/%d", mine), nil); w.Code != http.StatusOK ||
		!strings.HasPrefix(w.Body.String(), "%PDF") {
		t.Errorf("%d", w.Code)
	}
	if !r.readBy(asker) {
		t.Error("that it was read is not recorded")
	}
	if w := r.as(asker, fmt.Sprintf("/instansi/dokumen/%d", theirs), nil); w.Code != http.StatusNotFound {
		t.Errorf("another agency's guideline: %d", w.Code)
	}
}
