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

	data        *Windows
	batch       []int32 // which of data
	ids, caseOf []int32 // of the batch, B×m
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
	n := len(batch) * l.m
	l.data, l.batch = w, batch
	l.ids, l.caseOf, l.slots = resized(l.ids, n), resized(l.caseOf, n), resized(l.slots, n)
	l.X.resize(len(batch), l.features())
	return l.X
}

// look fills in the words and cases of windows lo to hi.
func (l *window[F]) look(lo, hi int) {
	for i, k := range l.batch[lo:hi] {
		from, to := int(k)*l.m, (lo+i)*l.m
		ids := l.ids[to:][:l.m]
		for j, id := range l.data.Words[from:][:l.m] { //nolint:staticcheck // a loop is faster than copy for so few
			ids[j] = id
		}
		if l.cases == nil {
			continue
		}
		caseOf := l.caseOf[to:][:l.m]
		for j, c := range l.data.Cases[from:][:l.m] {
			caseOf[j] = int32(c)
		}
	}
}

// forward looks up the vectors of windows lo to hi.
func (l *window[F]) forward(lo, hi int) {
	l.look(lo, hi)
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

// startBack takes ∂J/∂X, whose values may come later.
func (l *window[F]) startBack(dX matrix[F]) {
	dX.wantShape("Window.Backward", "dX", l.X.Rows, l.X.Cols)
	l.dX = dX
	if l.average {
		l.spread.resize(dX.Rows*l.m, dX.Cols)
	}
}

// touch finds the rows of the words' gradient.
func (l *window[F]) touch() {
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

// shares returns ∂J/∂x of each word of the batch, with its case.
func (l *window[F]) shares() []F {
	if l.average {
		return l.spread.Data
	}
	return l.dX.Data
}

// accumulateWords adds the shares to the gradients of the words that touch found.
func (l *window[F]) accumulateWords(part, parts int) {
	if !l.words.Frozen {
		gemm.AddRows(l.words.Cols, l.shares(), l.perWord(), l.slots, part, parts, l.words.Grad, 1)
	}
}

// accumulateCases adds the shares of windows lo to hi to the gradients of the
// cases. These are few and every window has part in them, so that only one thread
// at a time can do it, in order.
func (l *window[F]) accumulateCases(lo, hi int) {
	if l.cases != nil && !l.cases.Frozen && lo < hi {
		first, last := lo*l.m, hi*l.m
		gemm.AddRows(l.cases.Cols, l.shares()[first*l.perWord()+l.words.Cols:], l.perWord(), l.caseOf[first:last], 0, 1, l.cases.Grad, 1)
	}
}

func (l *window[F]) double() *window[float64] {
	d := &window[float64]{words: l.words.double(), m: l.m, average: l.average}
	if l.cases != nil {
		d.cases = l.cases.double()
	}
	return d
}
