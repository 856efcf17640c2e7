//go:build race

package abuse

const seeds = 1 // of each traffic; the race detector makes everything ten times slower, and what it looks for is in TestConcurrentUse
