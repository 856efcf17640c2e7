package evaluation

import (
	"fmt"
	"testing"

	"gapura/person/population"
)

func TestWhatAPurposeNeverUsedIsNamed(t *testing.T) {
	name, sex, marital := population.ElName, population.ElSex, population.ElMarital
	all := population.Of(population.ElNIK, name, sex, marital)
	got := UnusedOf(map[string]population.Elements{"opened": all, "compared": all, "never": all, "few": population.Of(name)},
		map[string]Uses{
			"opened": {Persons: 9, Elements: all}, "compared": {Persons: 4, Elements: population.Of(name, sex)},
			"few": {Persons: 1, Elements: population.Of(name)}, "of before": {Persons: 3, Elements: all},
		})
	want := []Unused{{"compared", population.Of(marital), 4}, {"never", all, 0}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got[0].Labels() != "Status Perkawinan" {
		t.Error(got[0].Labels())
	}
}
