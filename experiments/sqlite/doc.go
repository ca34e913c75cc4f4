// Package sqlite keeps experiments in one SQLite file.
package sqlite
