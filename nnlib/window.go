package nnlib

import "github.com/lectern-go/lectern/nnlib/internal/gemm"

// window turns windows of word ids into feature vectors.
//
//	concatenated  x = [L(w₁) F(c₁) … L(wₘ) F(cₘ)]          x in R^(m(d+e))
//	averaged      x = mean of [L(wⱼ) F(cⱼ)] over j         x in R^(d+e)
//
// where m = 2C+1, L (V×d) are the word vectors and F (classes×e) the case
// embedding. The gradient of x splits into m slices that go to the m words; a
// word that occurs twice gets the sum.
//
// Source: CS224N 2019, lecture 3, "Window classification: softmax"; notes 3,
// section 1.6: ∂s/∂x_window = [∇x_museums ∇x_in …].
type window[F gemm.Float] struct {
	words   *param[F] // V×d
	cases   *param[F] // classes×e, nil for none
	m       int
	average bool

	ids, caseOf []int32 // of the last batch, B×m
	slots       []int32
	X           matrix[F]
	spread      matrix[F] // averaged: the gradient of each word
}

// perWord returns d+e.
func (l *window[F]) perWord() int {
	if l.cases == nil {
		return l.words.Cols
	}
	return l.words.Cols + l.cases.Cols
}

// features returns the length of x.
func (l *window[F]) features() int {
	if l.average {
		return l.perWord()
	}
	return l.m * l.perWord()
}

func (l *window[F]) params() []*param[F] {
	if l.cases == nil {
		return []*param[F]{l.words}
	}
	return []*param[F]{l.words, l.cases}
}

// load makes the windows with the given indexes the current batch.
func (l *window[F]) load(w *Windows, batch []int32) {
	m := l.m
	if cap(l.ids) < len(batch)*m {
		l.ids = make([]int32, len(batch)*m)
		l.caseOf = make([]int32, len(batch)*m)
		l.slots = make([]int32, len(batch)*m)
	}
	l.ids = l.ids[:len(batch)*m]
	l.caseOf = l.caseOf[:len(batch)*m]
	for i, k := range batch {
		copy(l.ids[i*m:], w.Words[int(k)*m:][:m])
		if l.cases != nil {
			for j, c := range w.Cases[int(k)*m:][:m] {
				l.caseOf[i*m+j] = int32(c)
			}
		}
	}
}

func (l *window[F]) forward() matrix[F] {
	B, m, d := len(l.ids)/l.m, l.m, l.words.Cols
	l.X.resize(B, l.features())
	if l.average {
		l.mean()
		return l.X
	}
	per := l.perWord()
	for i, id := range l.ids {
		x := l.X.Data[i*per:][:per]
		copy(x, l.words.Value[int(id)*d:][:d])
		if l.cases != nil {
			copy(x[d:], l.cases.Value[int(l.caseOf[i])*l.cases.Cols:][:l.cases.Cols])
		}
	}
	l.X.Rows = B
	l.X.Cols = m * per
	return l.X
}

// mean adds the vectors of each window in order and divides by m.
func (l *window[F]) mean() {
	d := l.words.Cols
	clear(l.X.Data)
	for i, id := range l.ids {
		x := l.X.row(i / l.m)
		for j, v := range l.words.Value[int(id)*d:][:d] {
			x[j] += v
		}
		if l.cases != nil {
			for j, v := range l.cases.Value[int(l.caseOf[i])*l.cases.Cols:][:l.cases.Cols] {
				x[d+j] += v
			}
		}
	}
	for i := range l.X.Data {
		l.X.Data[i] /= F(l.m)
	}
}

// backward adds the slices of dX to the gradients of the words and cases.
func (l *window[F]) backward(dX matrix[F]) {
	dX.wantShape("Window.Backward", "dX", l.X.Rows, l.X.Cols)
	if l.average {
		l.spread.resize(dX.Rows*l.m, dX.Cols)
		for i := range l.spread.Rows {
			for j, v := range dX.row(i / l.m) {
				l.spread.Data[i*dX.Cols+j] = v / F(l.m)
			}
		}
		dX = l.spread
	}
	per, d := l.perWord(), l.words.Cols
	if !l.words.Frozen {
		slots := l.slots[:len(l.ids)]
		l.words.touch(l.ids, slots)
		gemm.AddRows(d, dX.Data, per, slots, l.words.Grad, 1)
	}
	if l.cases != nil && !l.cases.Frozen {
		gemm.AddRows(l.cases.Cols, dX.Data[d:], per, l.caseOf, l.cases.Grad, 1)
	}
}
