package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// chain is a stack of layers. It is a layer itself.
type chain[F gemm.Float] struct {
	layers []layer[F]
	// whole says that a layer of one's own is among them, which computes in
	// start: then every layer does its whole batch before the next one starts.
	whole    bool
	rows     int
	training bool
}

func (c *chain[F]) params() []*param[F] {
	var params []*param[F]
	for _, l := range c.layers {
		params = append(params, l.params()...)
	}
	return params
}

func (c *chain[F]) start(X matrix[F], training bool) matrix[F] {
	c.rows, c.training = X.Rows, training
	for _, l := range c.layers {
		X = l.start(X, training)
		if c.whole {
			l.forward(0, c.rows)
		}
	}
	return X
}

func (c *chain[F]) forward(lo, hi int) {
	if c.whole {
		return
	}
	for _, l := range c.layers {
		l.forward(lo, hi)
	}
}

func (c *chain[F]) startBack(d matrix[F]) matrix[F] {
	for i := len(c.layers) - 1; i >= 0; i-- {
		d = c.layers[i].startBack(d)
		if c.whole {
			c.layers[i].backward(0, c.rows)
		}
	}
	return d
}

func (c *chain[F]) backward(lo, hi int) {
	c.backwardToFirst(lo, hi)
	c.backwardFirst(lo, hi)
}

// backwardToFirst goes back as far as the output of the first layer.
func (c *chain[F]) backwardToFirst(lo, hi int) {
	if c.whole {
		return
	}
	for i := len(c.layers) - 1; i > 0; i-- {
		c.layers[i].backward(lo, hi)
	}
}

// backwardFirst goes back through the first layer.
func (c *chain[F]) backwardFirst(lo, hi int) {
	if !c.whole && len(c.layers) > 0 {
		c.layers[0].backward(lo, hi)
	}
}

func (c *chain[F]) accumulate(lo, hi, part, parts int) {
	for _, l := range c.layers {
		l.accumulate(lo, hi, part, parts)
	}
}

func (c *chain[F]) double() layer[float64] {
	d := &chain[float64]{}
	for _, l := range c.layers {
		l64 := l.double()
		if l64 == nil {
			return nil
		}
		d.layers = append(d.layers, l64)
	}
	return d
}

// atStep tells the layers that draw random numbers which step comes next, so
// that a resumed run draws what an unbroken one would.
func (c *chain[F]) atStep(step int) {
	for _, l := range c.layers {
		if d, ok := l.(interface{ atStep(int) }); ok {
			d.atStep(step)
		}
	}
}
