package nnlib

import (
	"fmt"
	"math/rand/v2"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// Dropout sets each element to zero with probability p while training, and
// divides the others by 1-p, so that their mean stays; when the network
// predicts, it does nothing. The probability is rounded to 1/65536.
//
// Source: Srivastava et al., Dropout (2014), with the rescaling of section 10;
// CS224N notes 3, section 2.3.
type Dropout struct{ core dropout[float32] }

// NewDropout returns a layer that drops with probability p, in [0, 1), drawn
// from the seed. It panics if p is out of range.
func NewDropout(p float64, seed uint64) *Dropout {
	if !(p >= 0 && p < 1) {
		panic(fmt.Sprintf("nnlib: NewDropout: probability %v, want 0 ≤ p < 1", p))
	}
	return &Dropout{dropout[float32]{p: p, seed: seed}}
}

// Forward returns X with elements dropped, or X's values if not training.
func (l *Dropout) Forward(X Matrix, training bool) Matrix { return forwardAll(&l.core, X, training) }

// Backward returns dY with the elements of the last Forward dropped and the
// others scaled alike. It panics with a [ShapeError] if dY has not the shape of
// Y.
func (l *Dropout) Backward(dY Matrix) Matrix { return backwardAll(&l.core, dY) }

// Parameters returns none.
func (l *Dropout) Parameters() []*Parameter { return nil }

func (l *Dropout) core32() layer[float32] { return &l.core }

type dropout[F gemm.Float] struct {
	p            float64
	seed         uint64
	step         int // training batches so far
	pcg          rand.PCG
	scale        []F // of each element: 0 or 1/(1-p)
	X, Y, dY, dX matrix[F]
}

func (l *dropout[F]) params() []*param[F] { return nil }

// atStep makes the next training batch that of the given step.
func (l *dropout[F]) atStep(step int) { l.step = step - 1 }

func (l *dropout[F]) start(X matrix[F], training bool) matrix[F] {
	l.X = X
	l.Y.resize(X.Rows, X.Cols)
	l.scale = resized(l.scale, len(X.Data))
	if !training || l.p == 0 {
		for i := range l.scale {
			l.scale[i] = 1
		}
		return l.Y
	}
	l.step++
	l.pcg.Seed(l.seed, stream(forDropout, l.step))
	l.draw()
	return l.Y
}

// draw chooses what to drop by sixteen random bits for each element.
func (l *dropout[F]) draw() {
	threshold := uint64(l.p*65536 + 0.5)
	keep := F(1 / (1 - float64(threshold)/65536))
	var bits uint64
	for i := range l.scale {
		if i%4 == 0 {
			bits = l.pcg.Uint64()
		}
		l.scale[i] = keep
		if bits&0xffff < threshold {
			l.scale[i] = 0
		}
		bits >>= 16
	}
}

func (l *dropout[F]) forward(lo, hi int) { l.apply(l.Y, l.X, lo, hi) }

func (l *dropout[F]) startBack(dY matrix[F]) matrix[F] {
	dY.wantShape("Dropout.Backward", "dY", l.Y.Rows, l.Y.Cols)
	l.dY = dY
	l.dX.resize(dY.Rows, dY.Cols)
	return l.dX
}

func (l *dropout[F]) backward(lo, hi int) { l.apply(l.dX, l.dY, lo, hi) }

func (l *dropout[F]) apply(to, from matrix[F], lo, hi int) {
	for i := lo * to.Cols; i < hi*to.Cols; i++ {
		to.Data[i] = from.Data[i] * l.scale[i]
	}
}

func (l *dropout[F]) accumulate(int, int, int, int) {}

// double returns a layer that draws the same elements.
func (l *dropout[F]) double() layer[float64] {
	return &dropout[float64]{p: l.p, seed: l.seed, step: l.step}
}
