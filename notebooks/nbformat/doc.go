// Package nbformat reads, validates, upgrades and writes Jupyter notebooks of
// format 4. It runs nothing.
package nbformat
