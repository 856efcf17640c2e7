//go:build race

package abuse

const race = true
