//go:build !race

package party

import (
	"testing"
)

// Where a cost is linked that makes tests cheap (make quick, and the race detector's phase of make test), this has nothing to say.
func TestAPasswordCostsWhatOWASPAsks(t *testing.T) {
	if !testing.Short() && (memory != 12288 || argonTime != 3 || argonLanes != 1) {
		t.Errorf("%d KiB, %d passes, %d lanes", memory, argonTime, argonLanes)
	}
}
