package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// net is what every model of this package is inside: an optional window layer,
// a chain of layers, and a loss, in either precision.
type net[F gemm.Float] struct {
	input *window[F] // nil where the features are given
	body  chain[F]
	head  head[F]
	group int // rows of the body's output that make one row of the head's

	rows   int
	phase  phase
	divide int // what to take for worthDividing; 0 takes that
}

// phase says what Do computes.
type phase int

const (
	predicting phase = iota // the outputs
	training                // the outputs, the loss, and back to the inputs
	summing                 // the gradients of the layers' parameters and of the cases
	spreading               // the gradients of the words
)

func (n *net[F]) params() []*param[F] {
	if n.input == nil {
		return n.body.params()
	}
	return append(n.input.params(), n.body.params()...)
}

// worthDividing is the number of multiplications of a pass over the batch from
// which it pays to wake a second thread; a third from half as many more.
const worthDividing = 1 << 20

// threads returns how many threads the current batch is worth.
func (n *net[F]) threads() int {
	weights := 0
	for _, l := range n.body.layers {
		if l, ok := l.(*linear[F]); ok {
			weights += len(l.W.Value)
		}
	}
	return min(n.rows/n.group, 2*n.rows*weights/orElse(n.divide, worthDividing))
}

// gradients runs forward and backward on the features X (of the loaded windows,
// if there is a window layer), adds the gradients of the parameters, and
// returns the loss.
func (n *net[F]) gradients(X matrix[F]) float64 {
	n.rows = X.Rows
	if n.body.whole && n.input != nil {
		n.input.forward(0, n.rows)
	}
	Z := n.body.start(X, true)
	dZ := n.head.start(matrix[F]{Z.Rows / n.group, Z.Cols * n.group, Z.Data})
	if n.body.whole {
		n.head.rows(0, dZ.Rows)
	}
	dX := n.body.startBack(matrix[F]{Z.Rows, Z.Cols, dZ.Data})
	if n.input != nil && dX.Data != nil {
		n.input.startBack(dX)
	}
	n.run(training)
	n.run(summing)
	if n.input != nil && dX.Data != nil {
		n.run(spreading)
	}
	return n.head.value()
}

// run does a phase of the current batch.
func (n *net[F]) run(p phase) {
	n.phase = p
	gemm.Run(n, n.threads())
}

// outputs runs forward on the features X.
func (n *net[F]) outputs(X matrix[F]) matrix[F] {
	n.rows = X.Rows
	if n.body.whole && n.input != nil {
		n.input.forward(0, n.rows)
	}
	Z := n.body.start(X, false)
	n.run(predicting)
	return Z
}

// Do implements [gemm.Task].
func (n *net[F]) Do(part, parts int) {
	switch n.phase {
	case summing:
		if n.input != nil && n.input.dX.Data != nil {
			if part == 0 {
				n.input.touch()
			}
			if part == parts-1 {
				n.input.accumulateCases(n.firstRows(parts), n.rows)
			}
		}
		n.body.accumulate(part, parts)
		return
	case spreading:
		n.input.accumulateWords(part, parts)
		return
	}
	if n.body.whole {
		if part == 0 {
			n.backInput(0, n.rows, part, parts)
		}
		return
	}
	lo, hi := gemm.Share(n.rows/n.group, part, parts)
	glo, ghi := lo*n.group, hi*n.group
	if n.phase == predicting {
		glo, ghi = gemm.Share(n.rows, part, parts)
	}
	if n.input != nil {
		n.input.forward(glo, ghi)
	}
	n.body.forward(glo, ghi)
	if n.phase == training {
		n.head.rows(lo, hi)
		n.body.backward(glo, ghi)
		n.backInput(glo, ghi, part, parts)
	}
}

// backInput gives the words and cases of rows lo to hi their share of the
// gradient. The first part also adds its rows' to the gradient of the cases; the
// last part goes on from there when the parameters' gradients are summed, so that
// both find most of what they need in their own caches.
func (n *net[F]) backInput(lo, hi, part, parts int) {
	if n.phase != training || n.input == nil || n.input.dX.Data == nil {
		return
	}
	n.input.backward(lo, hi)
	if part == 0 {
		n.input.accumulateCases(0, n.firstRows(parts))
	}
}

// firstRows returns how many rows are the first part's.
func (n *net[F]) firstRows(parts int) int {
	_, hi := gemm.Share(n.rows/n.group, 0, parts)
	return hi * n.group
}

// double returns a copy in float64 with the given head, nil if there is a layer
// of one's own.
func (n *net[F]) double(h head[float64]) *net[float64] {
	body, ok := n.body.double().(*chain[float64])
	if !ok {
		return nil
	}
	d := &net[float64]{body: *body, head: h, group: n.group}
	if n.input != nil {
		d.input = n.input.double()
	}
	return d
}

// gather copies the rows of X with the given indexes to dst.
func gather[F gemm.Float](dst *matrix[F], X matrix[F], batch []int32) matrix[F] {
	dst.resize(len(batch), X.Cols)
	for i, k := range batch {
		copy(dst.row(i), X.row(int(k)))
	}
	return *dst
}
