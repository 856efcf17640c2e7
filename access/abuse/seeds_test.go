//go:build !race

package abuse

const (
	seeds = 2 // of each traffic
	race  = false
)
