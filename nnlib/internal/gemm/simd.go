//go:build cgo && (amd64 || arm64)

package gemm

// With -std=c11, and not gnu11, GCC does not contract a*b + c to one rounding;
// kernels.h tells clang. The flag -ffp-contract is none that cgo allows.

/*
#cgo CFLAGS: -std=c11 -O3
#cgo LDFLAGS: -lm
#cgo noescape k_product
#cgo nocallback k_product
#cgo noescape k_activate
#cgo nocallback k_activate
#cgo noescape k_activate_back
#cgo nocallback k_activate_back
#cgo noescape k_softmax
#cgo nocallback k_softmax
#cgo noescape k_cross_entropy
#cgo nocallback k_cross_entropy
#cgo noescape k_add_rows
#cgo nocallback k_add_rows
#cgo noescape k_copy_rows
#cgo nocallback k_copy_rows
#cgo noescape k_sum_rows
#cgo nocallback k_sum_rows
#cgo noescape k_square_sum
#cgo nocallback k_square_sum
#cgo noescape k_scale
#cgo nocallback k_scale
#cgo noescape k_update
#cgo nocallback k_update
#include <stdlib.h>
#include "gemm.h"

const kernels *lectern_kernels(const char *name);

static const kernels *t; // the chosen table

static int k_choose(const char *name) {
	const kernels *found = lectern_kernels(name);
	if (found) t = found;
	return found != 0;
}

static void k_product(long M, long N, long K, const float *a, long ars, long acs, const float *b, long brs, long bcs,
                      float *c, long ldc, const float *bias, int add) {
	t->product(M, N, K, a, ars, acs, b, brs, bcs, c, ldc, bias, add);
}
static void k_activate(int kind, float slope, long n, const float *x, float *y) { t->activate(kind, slope, n, x, y); }
static void k_activate_back(int kind, float slope, long n, const float *y, const float *dy, float *dx) {
	t->activate_back(kind, slope, n, y, dy, dx);
}
static void k_softmax(long rows, long cols, const float *z, float *p) { t->softmax(rows, cols, z, p); }
static void k_cross_entropy(long rows, long cols, const float *z, const int32_t *labels, float scale, float *dz, float *loss) {
	t->cross_entropy(rows, cols, z, labels, scale, dz, loss);
}
static void k_add_rows(long n, long cols, const float *src, long stride, const int32_t *slots, long lo, long hi,
                       float *dst, float scale) {
	t->add_rows(n, cols, src, stride, slots, lo, hi, dst, scale);
}
static void k_copy_rows(long n, long cols, const float *table, const int32_t *ids, float *dst, long stride) {
	t->copy_rows(n, cols, table, ids, dst, stride);
}
static void k_sum_rows(long rows, long cols, const float *src, long stride, float *dst) {
	t->sum_rows(rows, cols, src, stride, dst);
}
static double k_square_sum(long n, const float *x) { return t->square_sum(n, x); }
static void k_scale(long n, float s, float *x) { t->scale(n, s, x); }
static void k_update(const rule *r, long rows, long cols, const int32_t *ids, const float *g, float *m, float *v, float *x) {
	t->update(r, rows, cols, ids, g, m, v, x);
}
*/
import "C"

import "unsafe"

// choose makes the named variant current and reports whether there is one.
func choose(name string) bool {
	cname := C.CString(name)
	defer C.free(unsafe.Pointer(cname))
	return C.k_choose(cname) != 0
}

func floats[F Float](s []F) *C.float { return (*C.float)(unsafe.Pointer(unsafe.SliceData(s))) }

func ints(s []int32) *C.int32_t { return (*C.int32_t)(unsafe.Pointer(unsafe.SliceData(s))) }

func simdProduct[F Float](m, n, k int, a, b Operand[F], c []F, ldc int, bias []F, add bool) {
	var accumulate C.int
	if add {
		accumulate = 1
	}
	C.k_product(C.long(m), C.long(n), C.long(k), floats(a.Data), C.long(a.RowStride), C.long(a.ColStride),
		floats(b.Data), C.long(b.RowStride), C.long(b.ColStride), floats(c), C.long(ldc), floats(bias), accumulate)
}

func simdActivate[F Float](kind Activation, slope float64, x, y []F) {
	C.k_activate(C.int(kind), C.float(slope), C.long(len(x)), floats(x), floats(y))
}

func simdActivateBack[F Float](kind Activation, slope float64, y, dy, dx []F) {
	C.k_activate_back(C.int(kind), C.float(slope), C.long(len(y)), floats(y), floats(dy), floats(dx))
}

func simdSoftmax[F Float](rows, cols int, z, p []F) {
	C.k_softmax(C.long(rows), C.long(cols), floats(z), floats(p))
}

func simdCrossEntropy[F Float](rows, cols int, z []F, labels []int32, scale F, dz, loss []F) {
	C.k_cross_entropy(C.long(rows), C.long(cols), floats(z), ints(labels), C.float(scale), floats(dz), floats(loss))
}

func simdAddRows[F Float](n, cols int, src []F, stride int, slots []int32, lo, hi int, dst []F, scale F) {
	C.k_add_rows(C.long(n), C.long(cols), floats(src), C.long(stride), ints(slots), C.long(lo), C.long(hi), floats(dst), C.float(scale))
}

func simdCopyRows[F Float](cols int, table []F, ids []int32, dst []F, stride int) {
	C.k_copy_rows(C.long(len(ids)), C.long(cols), floats(table), ints(ids), floats(dst), C.long(stride))
}

func simdSumRows[F Float](rows, cols int, src []F, stride int, dst []F) {
	C.k_sum_rows(C.long(rows), C.long(cols), floats(src), C.long(stride), floats(dst))
}

func simdSquareSum[F Float](x []F) float64 {
	return float64(C.k_square_sum(C.long(len(x)), floats(x)))
}

func simdScale[F Float](s F, x []F) { C.k_scale(C.long(len(x)), C.float(s), floats(x)) }

func simdUpdate[F Float](r *Rule, rows, cols int, ids []int32, g, m, v, x []F) {
	c := C.rule{
		kind: C.int(r.Kind), rate: C.float(r.Rate), beta1: C.float(r.Beta1), beta2: C.float(r.Beta2),
		left1: 1 - C.float(r.Beta1), left2: 1 - C.float(r.Beta2), eps: C.float(r.Eps), decay: C.float(r.Decay),
		correct1: C.float(1 / r.Correct1), correct2: C.float(1 / r.Correct2),
	}
	C.k_update(&c, C.long(rows), C.long(cols), ints(ids), floats(g), floats(m), floats(v), floats(x))
}
