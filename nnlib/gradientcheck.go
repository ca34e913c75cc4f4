package nnlib

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// GradientCheck compares, for one parameter, the derivative of the loss along a
// random direction v by backward propagation, ∇J·v, with the one by finite
// differences.
type GradientCheck struct {
	Parameter string
	Backward  float64 // ∇J·v
	Numeric   float64 // by central differences
	Error     float64 // |Backward - Numeric| / max(|Backward|, |Numeric|)
}

// GradientChecks are the checks of a model's parameters; they show themselves as
// a table.
type GradientChecks []GradientCheck

// Worst returns the largest error.
func (c GradientChecks) Worst() float64 {
	worst := 0.0
	for _, check := range c {
		if !(check.Error <= worst) { // NaN is worse than anything
			worst = check.Error
		}
	}
	return worst
}

// String returns the table.
func (c GradientChecks) String() string {
	var b strings.Builder
	for _, row := range c.rows() {
		fmt.Fprintf(&b, "%-10s %16s %16s %10s\n", row[0], row[1], row[2], row[3])
	}
	return b.String()
}

// MIMEBundle returns the table as text and HTML.
func (c GradientChecks) MIMEBundle() map[string]any {
	return map[string]any{"text/plain": c.String(), "text/html": htmlTable(c.rows())}
}

func (c GradientChecks) rows() [][]string {
	rows := [][]string{{"parameter", "backward", "numeric", "error"}}
	for _, check := range c {
		rows = append(rows, []string{
			check.Parameter, fmt.Sprintf("%.10f", check.Backward), fmt.Sprintf("%.10f", check.Numeric), fmt.Sprintf("%.1e", check.Error),
		})
	}
	return rows
}

// errOwnLayer is the error of a gradient check in float64 of a layer that exists
// in float32 only.
var errOwnLayer = errors.New("nnlib: CheckGradients: the network has a layer or loss of one's own, which exists in float32 only; check it with CheckLayer")

// CheckGradients checks the gradients of the model on labelled windows in
// float64, along directions drawn from the seed. It panics with a [*DataError] if
// the windows do not fit the model.
func (m *WindowClassifier) CheckGradients(w Windows, seed uint64) (GradientChecks, error) {
	m.mustFit(w, true)
	n := m.net.double(&crossEntropy[float64]{labels: w.Labels})
	if n == nil {
		return nil, errOwnLayer
	}
	batch := indexes(w.N)
	return checkNet(n, func() matrix[float64] { return n.input.load(&w, batch) }, seed), nil
}

// CheckGradients checks the gradients of the scorer in float64 on the windows
// with the label target and corrupt windows sampled for them, along directions
// drawn from the seed.
func (m *Scorer) CheckGradients(w Windows, target int32, seed uint64) (GradientChecks, error) {
	task, err := m.task(&w, target, seed)
	if err != nil {
		return nil, err
	}
	var batch []int32
	for _, i := range task.good {
		batch = append(batch, i)
		for range m.config.Corrupt {
			batch = append(batch, task.others[task.rng.IntN(len(task.others))])
		}
	}
	n := m.net.double(newRowHead[float64](MaxMargin{}))
	return checkNet(n, func() matrix[float64] { return n.input.load(&w, batch) }, seed), nil
}

// CheckGradients checks the gradients of the classifier on labelled examples in
// float64, along directions drawn from the seed. It panics with a [*DataError] if
// they do not fit the model.
func (m *Classifier) CheckGradients(X Matrix, labels []int32, seed uint64) (GradientChecks, error) {
	if err := m.check(X, labels, true); err != nil {
		panic(err)
	}
	n := m.Network.net.double(&crossEntropy[float64]{labels: labels})
	if n == nil {
		return nil, errOwnLayer
	}
	X64 := doubled(X)
	return checkNet(n, func() matrix[float64] { return X64 }, seed), nil
}

// CheckGradients checks the gradients of the network under a loss of this package
// in float64, along directions drawn from the seed. Besides the parameters it
// checks the gradient with respect to the input, called X.
func (n *Network) CheckGradients(X, Y Matrix, loss Loss, seed uint64) (GradientChecks, error) {
	head := newRowHead[float64](loss)
	if head == nil {
		return nil, errOwnLayer
	}
	if _, none := loss.(MaxMargin); !none {
		head.Y = doubled(Y)
	}
	n64 := n.net.double(head)
	if n64 == nil {
		return nil, errOwnLayer
	}
	// The input as a parameter: its gradient is what the first layer passes back.
	input := newParam[float64]("X", X.Rows, X.Cols)
	X64 := matrix[float64]{X.Rows, X.Cols, input.Value}
	copy(input.Value, doubled(X).Data)
	n64.body.layers = append([]layer[float64]{&inputLayer{p: input}}, n64.body.layers...)
	return checkNet(n64, func() matrix[float64] { return X64 }, seed), nil
}

// inputLayer passes its input on and takes what comes back for its gradient.
type inputLayer struct {
	p  *param[float64]
	dY matrix[float64]
}

func (l *inputLayer) params() []*param[float64] { return []*param[float64]{l.p} }

func (l *inputLayer) start(X matrix[float64], _ bool) matrix[float64] { return X }
func (l *inputLayer) forward(int, int)                                {}
func (l *inputLayer) startBack(dY matrix[float64]) matrix[float64] {
	l.dY = dY
	return matrix[float64]{}
}
func (l *inputLayer) backward(int, int) {}
func (l *inputLayer) accumulate(lo, hi, part, _ int) {
	if part == 0 {
		copy(l.p.Grad[lo*l.p.Cols:], l.dY.slice(lo, hi).Data)
	}
}
func (l *inputLayer) double() layer[float64] { return l }

func indexes(n int) []int32 {
	batch := make([]int32, n)
	for i := range batch {
		batch[i] = int32(i)
	}
	return batch
}

func doubled(X Matrix) matrix[float64] {
	d := matrix[float64]{X.Rows, X.Cols, make([]float64, len(X.Data))}
	for i, v := range X.Data {
		d.Data[i] = float64(v)
	}
	return d
}

// checkNet checks each parameter that is not frozen. Every run forward drops the
// same elements and loads the same batch.
func checkNet(n *net[float64], load func() matrix[float64], seed uint64) GradientChecks {
	loss := func() float64 {
		n.body.atStep(1)
		return n.gradients(load())
	}
	for _, p := range n.params() {
		p.zeroGrad()
	}
	loss()
	var gradients [][]float64
	for _, p := range n.params() {
		gradients = append(gradients, p.denseGrad())
	}
	rng := newRand(seed, forChecking)
	var checks GradientChecks
	for i, p := range n.params() {
		if p.Frozen {
			continue
		}
		checks = append(checks, checkDirection(p, gradients[i], rng, loss))
	}
	return checks
}

// denseGrad returns a copy of the gradient in the parameter's shape.
func (p *param[F]) denseGrad() []F {
	grad := make([]F, len(p.Value))
	if !p.Sparse {
		copy(grad, p.Grad)
		return grad
	}
	for i, row := range p.Touched {
		copy(grad[int(row)*p.Cols:], p.Grad[i*p.Cols:][:p.Cols])
	}
	return grad
}

// checkDirection moves p along a random direction of unit length. The directions
// of a sparse parameter lie in the rows that the batch touches.
func checkDirection(p *param[float64], grad []float64, rng *rand.Rand, loss func() float64) GradientCheck {
	start := append([]float64(nil), p.Value...)
	v, norm := make([]float64, len(start)), 0.0
	for i := range v {
		if !p.Sparse || p.slot[i/p.Cols] >= p.base {
			v[i] = rng.NormFloat64()
			norm += v[i] * v[i]
		}
	}
	backward := 0.0
	for i := range v {
		v[i] /= math.Sqrt(norm)
		backward += grad[i] * v[i]
	}
	at := func(h float64) float64 {
		for i := range v {
			p.Value[i] = start[i] + h*v[i]
		}
		return loss()
	}
	// Five-point central difference: the error is of the order h⁴.
	const h = 1e-4
	numeric := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
	copy(p.Value, start)
	scale := max(math.Abs(backward), math.Abs(numeric))
	check := GradientCheck{Parameter: p.Name, Backward: backward, Numeric: numeric}
	if scale > 0 {
		check.Error = math.Abs(backward-numeric) / scale
	}
	return check
}

var (
	_ layer[float64] = (*inputLayer)(nil)
	_ gemm.Task      = (*net[float64])(nil)
)
