// Package statistics answers whether runs over several seeds differ by more
// than chance: intervals, permutation tests, bootstrap, effect sizes, correction
// for many comparisons, and how much of a metric's variance each
// hyper-parameter explains. Whatever draws at random does so from a fixed seed,
// so the same runs give the same answer.
package statistics
