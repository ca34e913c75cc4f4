// Package compile builds cells.
package compile
