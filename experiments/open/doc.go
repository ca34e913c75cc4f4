// Package open finds and opens the store that a URI names, so that everything
// else need not know which implementations there are.
//
//	experiments.db, sqlite:experiments.db    a SQLite file
package open
