// Package notebooks is where notebooks and what runs them live; it holds no code
// of its own.
package notebooks
