//go:build race

package calculus

// raceEnabled is true under the race detector, which is too slow for time limits.
const raceEnabled = true
