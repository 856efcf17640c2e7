package procedure

import (
	"strings"
	"testing"
	"time"

	"gapura/agreement/party"
)

// TestTheRecordOfASignatoryNamesPersonTitleAndDays: whoever signs in the head's place is recorded with what the letters print, a.n. or
// acting, and the head's return as that.
func TestTheRecordOfASignatoryNamesPersonTitleAndDays(t *testing.T) {
	s := party.Signatory{Name: "Rekaan", Position: "Sekretaris", From: day, Until: day.AddDate(0, 0, 9)}
	for acting, want := range map[party.Acting]string{party.Definitive: "a.n. kepala dinas", party.Plh: party.Plh.Title() +
		"kepala dinas"} {
		s.Acting = acting
		subject, _, after := SetSignatory{s}.Words()
		if subject != "Penanda tangan Dinas Dukcapil" || !strings.HasPrefix(after, "Rekaan, Sekretaris, "+want+", ") {
			t.Errorf("%q: %q", acting, after)
		}
	}
	if _, _, after := (SetSignatory{party.Signatory{From: day}}).Words(); !strings.HasPrefix(after, "kepala dinas, sejak ") {
		t.Errorf("the head again: %q", after)
	}
}

// TestADelegationEndsFromItsDayOn: of one that is over there is nothing to end, and one whose last day is today may still be recorded.
func TestADelegationEndsFromItsDayOn(t *testing.T) {
	x := facts()
	text := func(n int) string { return x.Today.AddDate(0, 0, n).Format(time.DateOnly) }
	for until, refused := range map[string]bool{text(-1): true, text(0): false} {
		c := Case{ID: 1, Procedure: find(t, "penanda-tangan"), Taken: []Taken{{Values: map[string]string{"penanda_tangan": "Rekaan",
			"sebagai": "plh", "mandat_mulai": text(-5), "mandat_sampai": until}}}}
		got, err := delegateSignature(&c, x)
		if (err != nil) != refused || !refused && got[0].(SetSignatory).Signatory.Acting != party.Plh {
			t.Errorf("until %s: %+v, %v", until, got, err)
		}
	}
	x.Signatories = party.Signatories{{Name: "Rekaan", From: x.Today.AddDate(0, 0, -5), Until: x.Today.AddDate(0, 0, 2)}}
	for from, refused := range map[string]bool{text(1): false, text(9): true} {
		c := Case{ID: 1, Procedure: find(t, "penanda-tangan-berakhir"), Taken: []Taken{{Values: map[string]string{"kembali_mulai": from}}}}
		if got, err := endDelegation(&c, x); (err != nil) != refused {
			t.Errorf("back from %s: %+v, %v", from, got, err)
		}
	}
}
