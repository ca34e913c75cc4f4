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
	middle int // the first row of the second half if halved, else rows
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

	// If halved, training ends before the first layer's inputs and these follow
	// instead of summing:
	firstHalf  // the gradients of the layers by the first half, the inputs of the second
	secondHalf // the other way round
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
	n.middle = n.rows
	if n.halved() {
		n.middle = n.rows / n.group / 2 * n.group
		n.run(training)
		n.run(firstHalf)
		n.run(secondHalf)
	} else {
		n.run(training)
		n.run(summing)
	}
	if n.backToInput() {
		n.run(spreading)
	}
	return n.head.value()
}

// backToInput reports whether the window layer takes a gradient.
func (n *net[F]) backToInput() bool { return n.input != nil && n.input.dX.Data != nil }

// halved reports whether the two halves of the batch take turns at the products
// of the way back. The sum over the batch in the gradient of a weight must go in
// order; threads may divide the weights, but then each needs what the others know
// of the batch. With two threads there is a better way, which leaves most numbers
// in the cache of the processor that computed them: one thread adds what its half
// gives to all weights while the other computes the gradient of its inputs, as
// much work, and then they change over.
func (n *net[F]) halved() bool {
	return min(n.threads(), gemm.Threads()) == 2 && n.backToInput() && !n.body.whole
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
	first, last := part == 0, part == parts-1
	switch n.phase {
	case predicting, training:
		n.pass(part, parts)
	case summing:
		if first && n.backToInput() {
			n.input.touch()
		}
		if last && n.backToInput() { // another thread, for they take as long
			n.input.accumulateCases(0, n.rows)
		}
		n.body.accumulate(0, n.rows, part, parts)
	case firstHalf:
		if first {
			n.body.accumulate(0, n.middle, 0, 1)
		}
		if last {
			n.backInput(n.middle, n.rows)
		}
	case secondHalf:
		if first {
			n.backInput(0, n.middle)
			n.input.touch()
			n.input.accumulateCases(0, n.middle)
		}
		if last {
			n.body.accumulate(n.middle, n.rows, 0, 1)
		}
	case spreading:
		if last {
			n.input.accumulateCases(n.middle, n.rows)
		}
		n.input.accumulateWords(part, parts)
	}
}

// pass does the rows of a part forward and, if training, backward.
func (n *net[F]) pass(part, parts int) {
	lo, hi := gemm.Share(n.rows/n.group, part, parts)
	glo, ghi := lo*n.group, hi*n.group
	if n.phase == predicting {
		glo, ghi = gemm.Share(n.rows, part, parts)
	}
	if n.input != nil && !n.body.whole {
		n.input.forward(glo, ghi)
	}
	n.body.forward(glo, ghi)
	if n.phase == predicting {
		return
	}
	if !n.body.whole {
		n.head.rows(lo, hi)
	}
	n.body.backwardToFirst(glo, ghi)
	if n.middle == n.rows {
		n.backInput(glo, ghi)
	}
}

// backInput goes back through the first layer and gives the words of the rows
// their shares.
func (n *net[F]) backInput(lo, hi int) {
	n.body.backwardFirst(lo, hi)
	if n.backToInput() {
		n.input.backward(lo, hi)
	}
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
