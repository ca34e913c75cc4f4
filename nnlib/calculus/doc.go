// Package calculus is matrix calculus one can see and check: the second half of
// the lecture as a tool.
//
//	s := calculus.Let("s = u' f(W x + b)", "W: 8×20")
//	s.LectureGrad("W")             // ∂s/∂W = δᵀxᵀ, where δ = uᵀ ∘ f′(z)ᵀ, z = W x + b
//	s.LectureGrad("W").Explain()   // every step with its rule and shape
//	s.LectureGrad("W").Check(1)    // the same in numbers, to 1e-8
//
// Three parts work together and alone:
//
//   - Symbols: [Let] and [Parse] read a [Formula]; its [Derivative] is simplified to
//     the textbook form, explained ([Derivation]), evaluated, turned into Go, and
//     drawn as a computation [Graph].
//   - Numbers: [Differences] computes gradients, Jacobians and Hessians of Go
//     functions by finite differences with error estimates; a [GradientCheck]
//     compares anything that has a backward pass with them.
//   - Structure: a numerical [Jacobian] knows whether it is an identity, diagonal,
//     an outer product or made of blocks; [Chain] multiplies Jacobians in the
//     cheapest order and counts what that costs.
//
// Results show themselves in a notebook: they have the method
// MIMEBundle() map[string]any. The methods of Formula and Derivative that return
// one value are made for chained calls in cells and panic with an [*Error] when
// the author of the formula has made a mistake; [Parse] and [Formula.Derive]
// return it. The text of an Error has a caret under the place.
//
// # Notation
//
// Vectors are columns and z = W x + b, as in the lecture; the batched code of
// package nnlib writes the same with a row for each example, Y = X·W + b, so that
// its W is the transpose of this one. A scalar is 1×1.
//
//	W x   W*x   W·x   W @ x      product; side by side needs a space between names
//	u'    uᵀ    u⊤    u^T   u.T  transpose
//	u ∘ v   u ⊙ v   u .* v       element-wise product; binds less than W x
//	u ./ v  x.^2                 element-wise quotient and power
//	x^2  X^2  X⁻¹  X^-1          power: of each element of a vector, of a matrix
//	f(z)  f'(z)  f′(z)           element-wise functions and their derivatives
//	log det X                    a function of the one factor that follows
//	‖x‖  ||x||  ‖X‖_F  ‖x‖₁      norms
//	|t|  |X|                     absolute value, determinant
//	[a; b]  x[0:4]               concatenation, slice of rows (from 0, end excluded)
//	v[y]  L[i]                   element of a vector; row of a matrix as a column
//	e_y  I  ones(n)  1[t > 0]    one-hot vector, identity, ones, indicator
//	A ⊗ B                        Kronecker product
//
// The element-wise functions are σ (sigmoid), tanh, relu, leakyrelu (slope 0.01),
// hardtanh, softsign, softplus, exp, log, sin, cos, abs, sgn, sqrt, max(0, ·), and
// the abstract f, g, φ, ψ, which get a meaning with [Formula.Func] (and are
// variables where the text defines or declares them). The others are
// det, logdet (log|det|), tr, inv, sum, norm, softmax, logsoftmax, logsumexp,
// CE(y, ŷ) = −Σ y log ŷ, diag, diagonal and vec (by rows). A scalar added to a
// vector is added to each element. Products and quotients are taken from the left:
// 1/2 x' x is half of x' x. Names may have subscripts (W_1, x₁,
// x_window), hats (ŷ, yhat) and be Greek (λ, lambda, \lambda).
//
// Definitions and declarations stand in lines or behind semicolons or commas:
//
//	J = CE(y, ŷ); ŷ = softmax(W x + b); W: 5×20
//	A: n×n symmetric; y: onehot 5; t: scalar; x ∈ ℝ^20; window: 5d
//
// # Conventions
//
// J[i,j] = ∂f_i/∂x_j. A [Convention] says how a derivative is laid out: as a
// Jacobian, by the shape convention (a gradient has its parameter's shape), or as
// the lecture writes it. Matrices are flattened by rows. The lecture's uᵀ ∘ f′(z)
// has a row and a column; here it is uᵀ ∘ f′(z)ᵀ, so that every formula has the
// shape it seems to have.
//
// # How it works
//
// Expressions are nodes of a graph in which equal expressions are one node, so
// work is shared and derivatives do not swell: the derivative of a network grows
// by a fixed number of nodes a layer. Constructors keep nodes in a normal form.
// Gradients of scalars run backward through the graph, in the shape convention;
// local error signals get the name δ where they are used again. Jacobians of
// vectors run backward with Kronecker products, and differentials forward. Every
// operation has a rule for each of the three, and the tests compare all of them
// with finite differences.
//
// Sources: Stanford CS224N (2019), lecture 3 and the notes "Computing Neural
// Network Gradients"; Petersen and Pedersen, The Matrix Cookbook (2012).
package calculus
