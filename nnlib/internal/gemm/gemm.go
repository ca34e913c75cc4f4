package gemm

import (
	"fmt"
	"os"
	"unsafe"
)

// Float is the element type: float32 trains, float64 checks gradients.
type Float interface{ float32 | float64 }

// Operand is a matrix that a product reads: element (i, j) is
// Data[i*RowStride + j*ColStride]. Swapping the strides transposes it.
type Operand[F Float] struct {
	Data                 []F
	RowStride, ColStride int
}

// variant is the name of the instruction set in use; "go" is the pure one.
var variant = choice(os.Getenv("LECTERN_SIMD"))

// Variants returns what this machine can run, the fastest first.
func Variants() []string {
	var names []string
	current := variant
	for _, name := range []string{"avx512", "avx2", "neon"} {
		if choose(name) {
			names = append(names, name)
		}
	}
	choose(current)
	return append(names, "go")
}

// Variant returns the name of the instruction set in use: avx512, avx2, neon,
// or go.
func Variant() string { return variant }

// Use makes the named variant current. It must not be called while anything
// computes.
func Use(name string) error {
	if name != "go" && !choose(name) {
		return fmt.Errorf("gemm: this machine has no instruction set %q, only %v", name, Variants())
	}
	variant = name
	return nil
}

// choice returns the wanted variant, or the best one if there is no such wish.
// A wish that cannot be met is no reason to stop: all give the same bits.
func choice(wish string) string {
	for _, name := range []string{wish, "avx512", "avx2", "neon"} {
		if name == "go" {
			return name
		}
		if name != "" && choose(name) {
			return name
		}
	}
	return "go"
}

// simd reports whether operations on F run in C.
func simd[F Float]() bool {
	var zero F
	return unsafe.Sizeof(zero) == 4 && variant != "go"
}

// need panics unless s has at least n elements: C does not check indexes.
func need[F any](operation string, s []F, n int) {
	if len(s) < n {
		panic(fmt.Sprintf("gemm: %s: a slice has %d elements, want %d", operation, len(s), n))
	}
}

// Product computes C = A·B, or C + A·B if add is set; where bias is not nil
// (and add is not set) each row starts from it.
//
//	A     m×k
//	B     k×n
//	C     m×n, row i at c[i*ldc:]
//	bias  n
func Product[F Float](m, n, k int, a, b Operand[F], c []F, ldc int, bias []F, add bool) {
	if m <= 0 || n <= 0 {
		return
	}
	if k > 0 {
		need("Product: A", a.Data, (m-1)*a.RowStride+(k-1)*a.ColStride+1)
		need("Product: B", b.Data, (k-1)*b.RowStride+(n-1)*b.ColStride+1)
	}
	need("Product: C", c, (m-1)*ldc+n)
	if bias != nil {
		need("Product: bias", bias, n)
	}
	if !simd[F]() {
		pureProduct(m, n, k, a, b, c, ldc, bias, add)
		return
	}
	simdProduct(m, n, k, a, b, c, ldc, bias, add)
}

// Activation names an element-wise function.
type Activation int32

// The activations, as in gemm.h.
const (
	Identity Activation = iota
	Logistic
	Tanh
	HardTanh
	SoftSign
	ReLU
	LeakyReLU
)

// Activate writes f(x) to y. slope is the leaky ReLU's.
func Activate[F Float](kind Activation, slope float64, x, y []F) {
	need("Activate", y, len(x))
	if simd[F]() {
		simdActivate(kind, slope, x, y)
		return
	}
	pureActivate(kind, F(slope), x, y)
}

// ActivateBack writes dy·f'(x) to dx, which may be dy; y is f(x).
func ActivateBack[F Float](kind Activation, slope float64, y, dy, dx []F) {
	need("ActivateBack", dy, len(y))
	need("ActivateBack", dx, len(y))
	if simd[F]() {
		simdActivateBack(kind, slope, y, dy, dx)
		return
	}
	pureActivateBack(kind, F(slope), y, dy, dx)
}

// Softmax writes the softmax of each row of z to p.
func Softmax[F Float](rows, cols int, z, p []F) {
	need("Softmax", z, rows*cols)
	need("Softmax", p, rows*cols)
	if simd[F]() {
		simdSoftmax(rows, cols, z, p)
		return
	}
	pureSoftmax(rows, cols, z, p)
}

// CrossEntropy writes -ln softmax(z)[label] of each row to loss and
// scale·(softmax(z) - onehot(label)) to dz. Labels are in [0, cols).
func CrossEntropy[F Float](rows, cols int, z []F, labels []int32, scale F, dz, loss []F) {
	need("CrossEntropy", z, rows*cols)
	need("CrossEntropy", dz, rows*cols)
	need("CrossEntropy", loss, rows)
	for _, label := range labels[:rows] {
		if label < 0 || int(label) >= cols {
			panic(fmt.Sprintf("gemm: CrossEntropy: label %d, want 0..%d", label, cols-1))
		}
	}
	if simd[F]() {
		simdCrossEntropy(rows, cols, z, labels, scale, dz, loss)
		return
	}
	pureCrossEntropy(rows, cols, z, labels, scale, dz, loss)
}

// NewRow returns the slot of a row that holds nothing yet.
func NewRow(slot int32) int32 { return ^slot }

// AddRows adds scale times row i of src (at src[i*stride:], cols wide) to row
// slots[i] of dst, for i in order; to zero where slots[i] is a [NewRow]. It does
// so only for part's [Share] of the rows of dst, so that threads can divide them.
func AddRows[F Float](cols int, src []F, stride int, slots []int32, part, parts int, dst []F, scale F) {
	if len(slots) == 0 {
		return
	}
	need("AddRows", src, (len(slots)-1)*stride+cols)
	rows := int32(len(dst) / max(cols, 1))
	for _, slot := range slots {
		if row := max(slot, ^slot); row >= rows {
			panic(fmt.Sprintf("gemm: AddRows: row %d, want 0..%d", row, rows-1))
		}
	}
	lo, hi := Share(int(rows), part, parts)
	if simd[F]() {
		simdAddRows(len(slots), cols, src, stride, slots, lo, hi, dst, scale)
		return
	}
	pureAddRows(cols, src, stride, slots, lo, hi, dst, scale)
}

// CopyRows copies row ids[i] of table, cols wide, to dst[i*stride:].
func CopyRows[F Float](cols int, table []F, ids []int32, dst []F, stride int) {
	if len(ids) == 0 {
		return
	}
	need("CopyRows: dst", dst, (len(ids)-1)*stride+cols)
	rows := len(table) / max(cols, 1)
	for _, id := range ids {
		if id < 0 || int(id) >= rows {
			panic(fmt.Sprintf("gemm: CopyRows: row %d, want 0..%d", id, rows-1))
		}
	}
	if simd[F]() {
		simdCopyRows(cols, table, ids, dst, stride)
		return
	}
	for i, id := range ids {
		copy(dst[i*stride:][:cols], table[int(id)*cols:])
	}
}

// SumRows adds the rows of src (at src[i*stride:], cols wide) to dst, in order.
func SumRows[F Float](rows, cols int, src []F, stride int, dst []F) {
	if rows == 0 {
		return
	}
	need("SumRows", src, (rows-1)*stride+cols)
	need("SumRows", dst, cols)
	if simd[F]() {
		simdSumRows(rows, cols, src, stride, dst)
		return
	}
	for i := range rows {
		for j, v := range src[i*stride:][:cols] {
			dst[j] += v
		}
	}
}

// SquareSum returns the sum of the squares of x, in float64.
func SquareSum[F Float](x []F) float64 {
	if simd[F]() {
		return simdSquareSum(x)
	}
	return pureSquareSum(x)
}

// Scale multiplies x by s.
func Scale[F Float](s F, x []F) {
	if simd[F]() {
		simdScale(s, x)
		return
	}
	for i := range x {
		x[i] *= s
	}
}
