package calculus

import (
	"fmt"
	"math"
)

// algebra computes the operations that need nothing but their arguments.
func algebra(n *node, args []*Matrix) *Matrix {
	a := args[0]
	switch n.op {
	case opAdd:
		return accumulate(args, func(x, y float64) float64 { return x + y })
	case opHadamard:
		return accumulate(args, func(x, y float64) float64 { return x * y })
	case opMul:
		return multiply(n, args)
	case opTranspose:
		return a.T()
	case opDet:
		return Vector(factorLU(a).det())
	case opTrace:
		return Vector(total(diagonalOf(a)))
	case opSum:
		return Vector(total(a))
	case opNorm:
		return Vector(norm(a.Data))
	case opSoftmax:
		lse := logSumExp(a)
		return a.apply(func(v float64) float64 { return math.Exp(v - lse) })
	case opLogSumExp:
		return Vector(logSumExp(a))
	case opConcat:
		m := &Matrix{Cols: a.Cols}
		for _, part := range args {
			m.Rows += part.Rows
			m.Data = append(m.Data, part.Data...)
		}
		return m
	case opDiag:
		m := NewMatrix(a.Rows, a.Rows)
		for i, v := range a.Data {
			m.Data[i*m.Cols+i] = v
		}
		return m
	case opDiagonal:
		return diagonalOf(a)
	case opVec:
		return Vector(a.Data...)
	case opKronecker:
		return kronecker(a, args[1])
	}
	panic(fmt.Sprintf("calculus: operation %d without a value", n.op))
}

func accumulate(args []*Matrix, f func(x, y float64) float64) *Matrix {
	out := args[0].Clone()
	for _, m := range args[1:] {
		for i, v := range m.Data {
			out.Data[i] = f(out.Data[i], v)
		}
	}
	return out
}

// multiply computes a product; the chain in the order that needs the fewest
// multiplications.
func multiply(n *node, args []*Matrix) *Matrix {
	factor := n.val
	for _, s := range args[:n.scalars] {
		factor *= s.Data[0]
	}
	chain := args[n.scalars:]
	if len(chain) == 0 {
		return Vector(factor)
	}
	product := multiplyChain(chain)
	if factor == 1 {
		return product
	}
	return product.apply(func(v float64) float64 { return factor * v })
}

func multiplyChain(chain []*Matrix) *Matrix {
	switch len(chain) {
	case 1:
		return chain[0]
	case 2:
		return matmul(chain[0], chain[1])
	}
	dims := make([]int, len(chain)+1)
	dims[0] = chain[0].Rows
	for i, m := range chain {
		dims[i+1] = m.Cols
	}
	_, split := chainOrder(len(chain), func(i, k, j int) int { return dims[i] * dims[k+1] * dims[j+1] })
	var product func(i, j int) *Matrix
	product = func(i, j int) *Matrix {
		if i == j {
			return chain[i]
		}
		k := split[i][j]
		return matmul(product(i, k), product(k+1, j))
	}
	return product(0, len(chain)-1)
}

// chainOrder finds the cheapest order to multiply factors 0 … n−1. cost returns
// what it costs to multiply the product of i … k by the product of k+1 … j. The
// result is the total cost, and for every i, j where to split.
//
// Source: the matrix chain algorithm, Cormen et al., Introduction to Algorithms,
// section 15.2.
func chainOrder(n int, cost func(i, k, j int) int) (int, [][]int) {
	best := make([][]int, n)
	split := make([][]int, n)
	for i := range best {
		best[i] = make([]int, n)
		split[i] = make([]int, n)
	}
	for length := 2; length <= n; length++ {
		for i := 0; i+length <= n; i++ {
			j := i + length - 1
			best[i][j] = math.MaxInt
			for k := i; k < j; k++ {
				if c := best[i][k] + best[k+1][j] + cost(i, k, j); c < best[i][j] {
					best[i][j], split[i][j] = c, k
				}
			}
		}
	}
	return best[0][n-1], split
}

func diagonalOf(m *Matrix) *Matrix {
	d := NewMatrix(m.Rows, 1)
	for i := range m.Rows {
		d.Data[i] = m.Data[i*m.Cols+i]
	}
	return d
}

func total(m *Matrix) float64 {
	sum := 0.0
	for _, v := range m.Data {
		sum += v
	}
	return sum
}

// norm scales by the largest element so that squares neither overflow nor
// vanish.
func norm(data []float64) float64 {
	largest := 0.0
	for _, v := range data {
		largest = max(largest, math.Abs(v))
	}
	if largest == 0 || math.IsInf(largest, 0) {
		return largest
	}
	sum := 0.0
	for _, v := range data {
		sum += (v / largest) * (v / largest)
	}
	return largest * math.Sqrt(sum)
}

func logSumExp(m *Matrix) float64 {
	largest := math.Inf(-1)
	for _, v := range m.Data {
		largest = max(largest, v)
	}
	if math.IsInf(largest, 0) {
		return largest
	}
	sum := 0.0
	for _, v := range m.Data {
		sum += math.Exp(v - largest)
	}
	return largest + math.Log(sum)
}

func kronecker(a, b *Matrix) *Matrix {
	m := NewMatrix(a.Rows*b.Rows, a.Cols*b.Cols)
	for i := range a.Rows {
		for j := range a.Cols {
			for k := range b.Rows {
				for l := range b.Cols {
					m.Data[(i*b.Rows+k)*m.Cols+j*b.Cols+l] = a.Data[i*a.Cols+j] * b.Data[k*b.Cols+l]
				}
			}
		}
	}
	return m
}
