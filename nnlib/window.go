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
	slots       []int32 // the row of words.Grad of each word of the batch
	X, dX       matrix[F]
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

// load makes the windows with the given indexes the current batch and returns
// where their features will be.
func (l *window[F]) load(w *Windows, batch []int32) matrix[F] {
	m := l.m
	l.reserve(len(batch) * m)
	for i, k := range batch {
		copy(l.ids[i*m:], w.Words[int(k)*m:][:m])
		if l.cases != nil {
			for j, c := range w.Cases[int(k)*m:][:m] {
				l.caseOf[i*m+j] = int32(c)
			}
		}
	}
	l.X.resize(len(batch), l.features())
	return l.X
}

// reserve makes room for a batch of n words in all.
func (l *window[F]) reserve(n int) {
	if cap(l.ids) < n {
		l.ids, l.caseOf, l.slots = make([]int32, n), make([]int32, n), make([]int32, n)
	}
	l.ids, l.caseOf, l.slots = l.ids[:n], l.caseOf[:n], l.slots[:n]
}

// forward looks up the vectors of windows lo to hi.
func (l *window[F]) forward(lo, hi int) {
	if l.average {
		l.mean(lo, hi)
		return
	}
	per, d := l.perWord(), l.words.Cols
	first, last := lo*l.m, hi*l.m
	gemm.CopyRows(d, l.words.Value, l.ids[first:last], l.X.Data[first*per:], per)
	if l.cases != nil && first < last {
		gemm.CopyRows(l.cases.Cols, l.cases.Value, l.caseOf[first:last], l.X.Data[first*per+d:], per)
	}
}

// mean adds the vectors of each window in order and divides by m.
func (l *window[F]) mean(lo, hi int) {
	d := l.words.Cols
	clear(l.X.slice(lo, hi).Data)
	for i := lo * l.m; i < hi*l.m; i++ {
		x := l.X.row(i / l.m)
		for j, v := range l.words.Value[int(l.ids[i])*d:][:d] {
			x[j] += v
		}
		if l.cases != nil {
			for j, v := range l.cases.Value[int(l.caseOf[i])*l.cases.Cols:][:l.cases.Cols] {
				x[d+j] += v
			}
		}
	}
	for i, v := range l.X.slice(lo, hi).Data {
		l.X.Data[lo*l.X.Cols+i] = v / F(l.m)
	}
}

// startBack takes ∂J/∂X, whose values may come later, and finds the rows of the
// words' gradient.
func (l *window[F]) startBack(dX matrix[F]) {
	dX.wantShape("Window.Backward", "dX", l.X.Rows, l.X.Cols)
	l.dX = dX
	if l.average {
		l.spread.resize(dX.Rows*l.m, dX.Cols)
	}
	if !l.words.Frozen {
		l.words.touch(l.ids, l.slots)
	}
}

// backward gives each word of windows lo to hi its share of dX.
func (l *window[F]) backward(lo, hi int) {
	if !l.average {
		return // the slices of dX are the shares
	}
	for i := lo * l.m; i < hi*l.m; i++ {
		for j, v := range l.dX.row(i / l.m) {
			l.spread.Data[i*l.dX.Cols+j] = v / F(l.m)
		}
	}
}

// accumulate adds the shares to the gradients of the words and cases.
func (l *window[F]) accumulate(part, parts int) {
	shares := l.dX.Data
	if l.average {
		shares = l.spread.Data
	}
	per, d := l.perWord(), l.words.Cols
	if !l.words.Frozen {
		gemm.AddRows(d, shares, per, l.slots, part, parts, l.words.Grad, 1)
	}
	if l.cases != nil && !l.cases.Frozen && len(l.ids) > 0 {
		gemm.AddRows(l.cases.Cols, shares[d:], per, l.caseOf, part, parts, l.cases.Grad, 1)
	}
}

func (l *window[F]) double() *window[float64] {
	d := &window[float64]{words: l.words.double(), m: l.m, average: l.average}
	if l.cases != nil {
		d.cases = l.cases.double()
	}
	return d
}
