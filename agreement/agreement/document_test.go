package agreement

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Every right names the documents that both offices signed by their hashes, of several scans each; people read the same without them.
func TestABasisNamesTheHashesOfWhatWasSigned(t *testing.T) {
	day := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	one, two, three := strings.Repeat("a1", 32), strings.Repeat("b2", 32), strings.Repeat("c3", 32)
	a := Agreement{ProviderNumber: "400/1", SignedOn: day, EndsOn: day.AddDate(2, 0, 0), Document: one + ", " + two,
		Addenda: []Addendum{{Number: "A/1", EffectiveOn: day}, {Number: "A/2", EffectiveOn: day, Document: three},
			{Number: "A/3", EffectiveOn: day.AddDate(0, 1, 0), Document: two}}}
	g := a.At(day.Add(9*time.Hour), day)
	if want := "PKS 400/1 (SHA-256 " + one + ", " + two + "); Adendum A/1; Adendum A/2 (SHA-256 " + three + ")"; g.Basis != want {
		t.Errorf("the basis is %q", g.Basis)
	}
	if got := Hashes(g.Basis + "; PoC 3/2026"); !slices.Equal(got, []string{one, two, three}) {
		t.Errorf("its hashes are %q", got)
	}
	if got := Papers(g.Basis + "; PoC 3/2026"); got != "PKS 400/1; Adendum A/1; Adendum A/2; PoC 3/2026" {
		t.Errorf("people read %q", got)
	}
	if Hashes("PKS 400/1") != nil || Papers("PKS 400/1") != "PKS 400/1" {
		t.Error("a basis of before is read as another")
	}
}
