//go:build race

package abuse

// The race detector makes everything ten times slower, and what it looks for is in TestConcurrentUse.
const (
	seeds = 1 // of each traffic
	race  = true
)
