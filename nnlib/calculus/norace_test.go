//go:build !race

package calculus

const raceEnabled = false
