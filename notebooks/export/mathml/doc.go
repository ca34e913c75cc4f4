// Package mathml turns formulas in LaTeX into MathML, which browsers show
// without a script or a font from elsewhere.
//
// It knows the mathematics of LaTeX and amsmath that notebooks use: fractions,
// roots, scripts, accents, alphabets, delimiters, matrices, cases and aligned
// equations, and the symbols of symbols.go. Macros are not expanded. What it does
// not know is an error that names it, so that the caller can show the source.
//
// Source: MathML Core, W3C; the LaTeX Companion, chapter 8.
package mathml
