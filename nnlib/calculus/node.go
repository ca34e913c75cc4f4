package calculus

import (
	"encoding/binary"
	"math"
	"slices"
)

// An op is the kind of a node of an expression graph.
type op uint8

const (
	opConst        op = iota // the number val
	opVar                    // the variable name
	opNamed                  // args[0] under a name: z = W x + b, or δ
	opZero                   // the zero matrix
	opOnes                   // the matrix of ones
	opIdentity               // I
	opOneHot                 // e_index, a column
	opAdd                    // sum of args
	opMul                    // val · args[:scalars] · the matrix product of the other args
	opHadamard               // element-wise product of args
	opTranspose              // args[0]ᵀ
	opPower                  // args[0]^k of a square matrix, k ≠ 0, 1
	opDet                    // determinant
	opLogDet                 // ln|det|
	opTrace                  // trace
	opSum                    // sum of all elements
	opNorm                   // Euclidean or Frobenius norm
	opElementwise            // derivative number k of function name at args[0]
	opElementPow             // args[0] to the power val, element by element
	opSoftmax                // softmax of a column
	opLogSumExp              // log Σ exp of a vector
	opCrossEntropy           // −Σ args[0] log args[1]
	opConcat                 // columns on top of one another
	opSlice                  // rows offset, offset+1, … of args[0]
	opIndex                  // element index of a column
	opRow                    // row index of a matrix, as a column: a look-up
	opDiag                   // the diagonal matrix of a column
	opDiagonal               // the diagonal of a square matrix, as a column
	opKronecker              // Kronecker product of two args
	opVec                    // the rows of a matrix one after another, as a column
	opCommutation            // the K with vec(Xᵀ) = K vec(X)
)

// A node is an expression. Nodes are immutable and unique within their graph:
// equal expressions are the same pointer, so shared sub-expressions cost nothing
// and a derivative does not swell.
type node struct {
	op      op
	id      int // order of creation: arguments come first
	name    string
	index   string  // opOneHot, opIndex, opRow: the name or number of the index
	val     float64 // opConst, opMul, opElementPow
	k       int     // opPower: exponent; opElementwise: order of the derivative; opCommutation: rows of X are dims[0]
	scalars int     // opMul: how many of args are scalar factors
	offset  dim     // opSlice
	shape   shape
	args    []*node
}

// A graph holds the unique nodes of a formula and its derivatives. It is not safe
// for concurrent use: a Formula guards its own.
type graph struct {
	nodes map[nodeKey]*node
	// distributions are the variables whose elements are known to sum to 1,
	// such as the target of a cross-entropy.
	distributions map[string]bool
	// building is true while the formula is read: a sum that the user wrote is
	// kept, so that its derivative by y is that of a sum.
	building bool
	// symmetric are the matrices that equal their transposes.
	symmetric map[string]bool
	// names leads from a node to the named piece that stands for it, so that
	// the rules can write diag(ŷ) − ŷŷᵀ with the name.
	names map[*node]*node
}

// nodeKey identifies a node; arguments by their ids.
type nodeKey struct {
	op          op
	name, index string
	val         float64
	k, scalars  int
	offset      dim
	shape       shape
	args        string
}

func newGraph() *graph {
	return &graph{nodes: make(map[nodeKey]*node), distributions: make(map[string]bool), symmetric: make(map[string]bool), names: make(map[*node]*node)}
}

// intern returns the unique node equal to n. Sums and element-wise products are
// equal in any order of their arguments; the order seen first is kept.
//
// It panics with an [*Error] when the arithmetic of constants has overflowed.
func (g *graph) intern(n node) *node {
	if math.IsInf(n.val, 0) || math.IsNaN(n.val) {
		panic(&Error{Message: "the constants of the formula lead out of the range of numbers"})
	}
	key := nodeKey{n.op, n.name, n.index, n.val, n.k, n.scalars, n.offset, n.shape, ""}
	ids := make([]int, len(n.args))
	for i, a := range n.args {
		ids[i] = a.id
	}
	switch n.op {
	case opAdd, opHadamard:
		slices.Sort(ids)
	case opMul:
		slices.Sort(ids[:n.scalars])
	}
	var buf []byte
	for _, id := range ids {
		buf = binary.AppendUvarint(buf, uint64(id))
	}
	key.args = string(buf)
	if old, ok := g.nodes[key]; ok {
		return old
	}
	n.id = len(g.nodes)
	g.nodes[key] = &n
	return &n
}

func (n *node) isConst(v float64) bool { return n.op == opConst && n.val == v }

func (n *node) isZero() bool { return n.op == opZero || n.isConst(0) }

// chain returns the matrix factors of a product.
func (n *node) chain() []*node { return n.args[n.scalars:] }

// self returns the named piece that stands for n, or n.
func (g *graph) self(n *node) *node {
	if named, ok := g.names[n]; ok {
		return named
	}
	return n
}

// inner returns n without the names around it.
func (n *node) inner() *node {
	for n.op == opNamed {
		n = n.args[0]
	}
	return n
}

// topological returns the nodes below the roots, arguments before their users.
func topological(roots ...*node) []*node {
	var order []*node
	seen := make(map[*node]bool)
	var visit func(*node)
	visit = func(n *node) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, a := range n.args {
			visit(a)
		}
		order = append(order, n)
	}
	for _, r := range roots {
		visit(r)
	}
	return order
}

// printedSize counts the operations and variables in the text of n, where a
// name counts as one.
func printedSize(n *node) int {
	size := 1
	if n.op != opNamed {
		for _, a := range n.args {
			size += printedSize(a)
		}
	}
	return size
}
