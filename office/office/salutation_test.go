package office

import (
	"strings"
	"testing"
	"time"

	"gapura/agreement/obligation"
	"gapura/agreement/party"
)

// TestNobodyIsAddressedWhoIsNotInOffice (B7): while the office of the head is vacant, mails address the agency's administrator, and the
// reminder of an SPTJM says what comes first and goes to the provider by mail too, also before it is late.
func TestNobodyIsAddressedWhoIsNotInOffice(t *testing.T) {
	day := time.Date(2026, 8, 3, 0, 0, 0, 0, time.UTC)
	i := party.Institution{Code: "dinsos", Name: "Dinas Sosial", Zone: party.WIB, Heads: party.Heads{{ID: 1, Name: "Rekaan Satu",
		Position: "Kepala Dinas", Acting: party.Plt, Since: day.AddDate(0, -3, 0), Until: day.AddDate(0, 0, -1)}}}
	duties := obligation.Duties([]obligation.Facts{{Agreement: 2, Works: true, SignedOn: day.AddDate(-1, 0, 0), EndsOn: day.AddDate(1, 0,
		0),
		HeadSince: day}}, new(obligation.Calendar), day)
	for vacant, on := range map[bool]time.Time{true: day, false: day.AddDate(0, 0, -1)} {
		if said := salutation(i, on); strings.Contains(said, "Administrator Dinas Sosial") != vacant || strings.TrimSpace(said) == "Yth." {
			t.Errorf("vacant %v: %q", vacant, said)
		}
		found := false
		for _, l := range dutyLines(i, duties, on) {
			if l.mark.Rule != "sptjm" {
				continue
			}
			found = true
			if strings.Contains(l.text, "jabatan kepala sedang kosong") != vacant || strings.Contains(l.clause, "VI.H") != vacant ||
				l.mail != vacant || l.path == "" {
				t.Errorf("vacant %v: %+v", vacant, l)
			}
		}
		if !found {
			t.Errorf("vacant %v: nobody is reminded", vacant)
		}
	}
}
