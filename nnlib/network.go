package nnlib

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Network is a stack of layers: the output of each is the input of the next. It
// is a [Layer] itself. It is not safe for concurrent use.
type Network struct {
	Layers []Layer // change their parameters, not the slice
	net    net[float32]
}

// NewNetwork returns a network of the given layers, those of this package and
// of one's own. Layers of this package share the work among threads; with a
// layer of one's own the network runs on one thread.
func NewNetwork(layers ...Layer) *Network {
	n := &Network{Layers: slices.Clone(layers), net: net[float32]{group: 1}}
	for _, l := range layers {
		if of, ok := l.(interface{ core32() layer[float32] }); ok {
			n.net.body.layers = append(n.net.body.layers, of.core32())
			continue
		}
		n.net.body.layers = append(n.net.body.layers, ownLayer{l})
		n.net.body.whole = true
	}
	return n
}

// FeedForward returns the network of fully connected layers of the given sizes,
// from features to outputs, with the activation (and dropout, if p is not 0)
// after each but the last: sizes 275, 100, 5 have one hidden layer of 100. The
// layers' parameters are W1, b1, W2, b2 … or W, b if there is one. It panics if
// there are fewer than two sizes or one is not positive.
func FeedForward(sizes []int, f Activation, p float64, init Init, seed uint64) *Network {
	if len(sizes) < 2 || slices.Min(sizes) < 1 {
		panic(fmt.Sprintf("nnlib: FeedForward: sizes %v, want at least two positive numbers", sizes))
	}
	return NewNetwork(feedForward(sizes, f, p, init, seed, newRand(seed, forInit))...)
}

func feedForward(sizes []int, f Activation, p float64, init Init, seed uint64, rng *rand.Rand) []Layer {
	var layers []Layer
	last := len(sizes) - 2
	for i := range last + 1 {
		suffix := fmt.Sprint(i + 1)
		if last == 0 {
			suffix = ""
		}
		l := wrapLinear(newLinear[float32]("W"+suffix, "b"+suffix, sizes[i], sizes[i+1]))
		init.Fill(l.W, rng)
		layers = append(layers, l)
		if i < last {
			layers = append(layers, NewElementwise(f))
			if p > 0 {
				layers = append(layers, NewDropout(p, seed+uint64(i)))
			}
		}
	}
	return layers
}

// Forward runs the batch X through the layers.
func (n *Network) Forward(X Matrix, training bool) Matrix {
	return forwardAll(&n.net.body, X, training)
}

// Backward propagates ∂J/∂Y back to the X of the last Forward.
func (n *Network) Backward(dY Matrix) Matrix { return backwardAll(&n.net.body, dY) }

// Parameters returns those of the layers, in order.
func (n *Network) Parameters() []*Parameter { return parameters(n.net.body.params()) }

// Counts returns the sizes of the parameters.
func (n *Network) Counts() ParameterCounts { return countParameters(n.Parameters()) }

// core32 makes a network a layer of another one, without a thread of its own.
func (n *Network) core32() layer[float32] {
	if n.net.body.whole {
		return ownLayer{n}
	}
	return &n.net.body
}

// Predict returns the outputs for the examples X, in memory of their own.
func (n *Network) Predict(X Matrix) Matrix {
	Z := n.net.outputs(matrix[float32](X))
	return Matrix{Z.Rows, Z.Cols, slices.Clone(Z.Data)}
}

// String lists the layers.
func (n *Network) String() string {
	names := make([]string, len(n.Layers))
	for i, l := range n.Layers {
		names[i] = describe(l)
	}
	return strings.Join(names, " → ")
}

func describe(l Layer) string {
	switch l := l.(type) {
	case *Linear:
		return fmt.Sprintf("linear %d×%d", l.W.Rows, l.W.Cols)
	case *Elementwise:
		return string(Activations()[l.core.kind])
	case *Dropout:
		return fmt.Sprintf("dropout %g", l.core.p)
	case *Network:
		return "(" + l.String() + ")"
	}
	return fmt.Sprintf("%T", l)
}

// MIMEBundle shows the layers and the sizes of their parameters.
func (n *Network) MIMEBundle() map[string]any { return modelBundle("network: "+n.String(), n.Counts()) }

// Fit trains the network to the targets Y of the examples X under a loss.
//
//	X  N×D
//	Y  N×K, as the loss wants them
//
// Errors are those of [Train]; and a [*DataError] if X and Y have not as many
// rows.
func (n *Network) Fit(ctx context.Context, X, Y Matrix, loss Loss, t Training) (*History, error) {
	if X.Rows != Y.Rows {
		return nil, &DataError{fmt.Sprintf("%d examples and %d targets", X.Rows, Y.Rows), -1}
	}
	task := &matrixTask{network: n, X: matrix[float32](X), Y: matrix[float32](Y)}
	task.setLoss(loss)
	t.Name = orElse(t.Name, "network")
	t.Params = append([]Param{{Key: "model", Value: n.String()}, {Key: "loss", Value: strings.TrimPrefix(fmt.Sprintf("%T", loss), "nnlib.")}}, t.Params...)
	t.Tags = append([]Param{{Key: "data_sha256", Value: hashFloats(X.Data, Y.Data)}}, t.Tags...)
	return Train(ctx, task, X.Rows, t)
}

// matrixTask is a network with examples, targets and a loss.
type matrixTask struct {
	network *Network
	X, Y    matrix[float32]
	batchX  matrix[float32]
	batchY  matrix[float32]
	row     *rowHead[float32] // the loss, one of this package
	own     *ownHead          // or one of the user's
}

func (t *matrixTask) setLoss(loss Loss) {
	if t.row = newRowHead[float32](loss); t.row == nil {
		t.own = &ownHead{loss: loss}
	}
}

// Parameters implements [Model].
func (t *matrixTask) Parameters() []*Parameter { return t.network.Parameters() }

// Gradients implements [Model].
func (t *matrixTask) Gradients(batch []int32) float64 {
	X := gather(&t.batchX, t.X, batch)
	Y := gather(&t.batchY, t.Y, batch)
	n := &t.network.net
	if t.own == nil {
		t.row.Y = Y
		n.head = t.row
		return n.gradients(X)
	}
	t.own.Y = Matrix(Y)
	n.head = t.own
	whole := n.body.whole
	n.body.whole = true
	defer func() { n.body.whole = whole }()
	return n.gradients(X)
}

func (t *matrixTask) atStep(step int) { t.network.net.body.atStep(step) }
