// Package exchange writes runs to files that other programs read, and reads
// runs back.
//
// The JSON form has one run on each line, with everything that the store knows
// of it: params, tags, points and artifacts; reading it back gives the same
// run. The CSV forms are for spreadsheets: one row for each run, or one for
// each point.
package exchange
