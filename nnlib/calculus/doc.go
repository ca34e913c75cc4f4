// Package calculus is matrix calculus one can see and check: numerical and
// symbolic derivatives in the lecture's notation.
package calculus
