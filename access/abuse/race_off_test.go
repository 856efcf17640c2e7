//go:build !race

package abuse

const race = false
