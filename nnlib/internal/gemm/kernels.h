// The kernels of one instruction set. A file that includes this one defines
//
//	VARIANT  the suffix of its function names
//	VB       the bytes of a vector
//	FMA      fused multiply-add of three vectors
//	SQRT     square root of a vector
//	LANE_SET the type that names some first lanes of a vector, and LANES(n), the
//	         first n of them; LOAD_LANES(p, l) loads them and fills with zeros,
//	         STORE_LANES(p, l, v) stores them, and neither touches what is beyond
//	ACROSS   whether lanes are as fast as whole vectors, so that across pays
//	MAXNV    the most vectors that a register tile is wide, 3 or 4
//	MR1..MR4 the rows of a register tile that is 1..4 vectors wide
//
// Every function computes each of its outputs with the same operations in the
// same order in every variant and in the Go of pure*.go, so that all give the
// same bits. Products are accumulated in order with fused multiply-add. All
// else is rounded operation by operation: contraction is off (see simd.go).

#include "gemm.h"
#include <stdint.h>
#include <string.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF // GCC needs -std=c11 for it instead: see simd.go
#endif

typedef float vec __attribute__((vector_size(VB), aligned(4), may_alias));
typedef float quad __attribute__((vector_size(16), aligned(4), may_alias));
typedef float pair __attribute__((vector_size(8), aligned(4), may_alias));

enum { VW = VB / 4 };

#define INLINE static inline __attribute__((always_inline))
#define PASTE2(a, b) a##_##b
#define PASTE(a, b) PASTE2(a, b)
#define NAME(f) PASTE(f, VARIANT)

// pack copies columns j0..j0+cols of B, K×N with element (k, j) at
// b[k*brs + j*bcs], to w, K×width row-major, and fills with zeros.
static void pack(long K, const float *b, long brs, long bcs, long j0, long cols, long width, float *w) {
	b += j0 * bcs;
	if (bcs == 1) {
		long whole = width - VW;
		LANE_SET last = LANES(cols - whole);
		for (long k = 0; k < K; k++, b += brs, w += width) {
			for (long j = 0; j < whole; j += VW) *(vec *)(w + j) = *(const vec *)(b + j);
			*(vec *)(w + whole) = LOAD_LANES(b + whole, last);
		}
		return;
	}
	long j = 0;
	if (brs == 1) { // a transposed matrix: turn 4×4 blocks in registers
		for (; j + 4 <= cols; j += 4) {
			const float *s = b + j * bcs;
			long k = 0;
			for (; k + 4 <= K; k += 4, s += 4) {
				quad r0 = *(const quad *)s, r1 = *(const quad *)(s + bcs);
				quad r2 = *(const quad *)(s + 2 * bcs), r3 = *(const quad *)(s + 3 * bcs);
				quad t0 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5), t1 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5);
				quad t2 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7), t3 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
				float *d = w + k * width + j;
				*(quad *)d = __builtin_shufflevector(t0, t1, 0, 1, 4, 5);
				*(quad *)(d + width) = __builtin_shufflevector(t0, t1, 2, 3, 6, 7);
				*(quad *)(d + 2 * width) = __builtin_shufflevector(t2, t3, 0, 1, 4, 5);
				*(quad *)(d + 3 * width) = __builtin_shufflevector(t2, t3, 2, 3, 6, 7);
			}
			for (; k < K; k++)
				for (long c = 0; c < 4; c++) w[k * width + j + c] = b[k + (j + c) * bcs];
		}
	}
	for (; j < width; j++)
		for (long k = 0; k < K; k++) w[k * width + j] = j < cols ? b[k * brs + j * bcs] : 0;
}

// A tile computes MR rows and nv vectors of columns of C from MR rows of A and as
// many vectors of B, whose rows are bs apart; of the last vector only the lanes
// that last names exist in C and B. Row i starts from the numbers at from + i*fs.
// The accumulators, c00 to c(MR-1)3, are variables and not an array, so that
// compilers keep them in registers; nv is a constant where the function is
// inlined, which leaves out what it does not need.

#define ROWS1(M) M(0)
#define ROWS4(M) ROWS1(M) M(1) M(2) M(3)
#define ROWS6(M) ROWS4(M) M(4) M(5)
#define ROWS8(M) ROWS6(M) M(6) M(7)
#define ROWS12(M) ROWS8(M) M(8) M(9) M(10) M(11)

#define WHOLE(p, j) (*(const vec *)((p) + (j) * VW))
#define VEC(p, j) (nv == (j) + 1 ? LOAD_LANES((p) + (j) * VW, last) : WHOLE(p, j))
#if ACROSS
#define BVEC(j) VEC(b, j)
#else
#define BVEC(j) WHOLE(b, j) // B is always a packed panel, which is filled up
#endif
#define START(i) \
	vec c##i##0 = VEC(from + i * fs, 0), c##i##1 = zero, c##i##2 = zero, c##i##3 = zero; \
	if (nv > 1) c##i##1 = VEC(from + i * fs, 1); \
	if (nv > 2) c##i##2 = VEC(from + i * fs, 2); \
	if (nv > 3) c##i##3 = VEC(from + i * fs, 3);
#define STEP(i) \
	av = a[i * ars] - zero; /* all lanes: x - 0 is x, for -0 too */ \
	c##i##0 = FMA(av, b0, c##i##0); \
	if (nv > 1) c##i##1 = FMA(av, b1, c##i##1); \
	if (nv > 2) c##i##2 = FMA(av, b2, c##i##2); \
	if (nv > 3) c##i##3 = FMA(av, b3, c##i##3);
#define PUT(p, j, v) \
	if (nv == (j) + 1) STORE_LANES((p) + (j) * VW, last, v); \
	else if (nv > (j)) *(vec *)((p) + (j) * VW) = v;
#define STORE(i) \
	PUT(c + i * ldc, 0, c##i##0) PUT(c + i * ldc, 1, c##i##1) PUT(c + i * ldc, 2, c##i##2) PUT(c + i * ldc, 3, c##i##3)

#define ARGS \
	long K, const float *a, long ars, long acs, const float *b, long bs, const float *from, long fs, float *c, long ldc, LANE_SET last
#define TILE(MR) \
	INLINE void tile##MR(int nv, ARGS) { \
		const vec zero = {0}; \
		ROWS##MR(START) \
		for (long k = 0; k < K; k++) { \
			vec b0 = BVEC(0), b1 = zero, b2 = zero, b3 = zero, av; \
			if (nv > 1) b1 = BVEC(1); \
			if (nv > 2) b2 = BVEC(2); \
			if (nv > 3) b3 = BVEC(3); \
			ROWS##MR(STEP) \
			a += acs; \
			b += bs; \
		} \
		ROWS##MR(STORE) \
	}
TILE(1)
TILE(4)
TILE(6)
TILE(8)
TILE(12)

// ALONE makes a tile of constant size a function of its own, so that compilers
// give it all registers.
#define ALONE(name, nv, MR) \
	static __attribute__((noinline)) void name##nv(ARGS) { tile##MR(nv, K, a, ars, acs, b, bs, from, fs, c, ldc, last); }

// PANEL defines the function that runs down the M rows of C for one panel of nv
// vectors of columns, MR rows at a time.
#define PANEL(nv, MR) PANEL2(nv, MR)
#define PANEL2(nv, MR) \
	ALONE(most, nv, MR) ALONE(four, nv, 4) ALONE(one, nv, 1) \
	static void panel##nv(long M, long K, const float *a, long ars, long acs, const float *b, long bs, const float *from, \
	                      long fs, float *c, long ldc, LANE_SET last) { \
		long i = 0; \
		for (; i + MR <= M; i += MR) most##nv(K, a + i * ars, ars, acs, b, bs, from + i * fs, fs, c + i * ldc, ldc, last); \
		for (; i + 4 <= M; i += 4) four##nv(K, a + i * ars, ars, acs, b, bs, from + i * fs, fs, c + i * ldc, ldc, last); \
		for (; i < M; i++) one##nv(K, a + i * ars, ars, acs, b, bs, from + i * fs, fs, c + i * ldc, ldc, last); \
	}
PANEL(1, MR1)
PANEL(2, MR2)
PANEL(3, MR3)
#if MAXNV > 3
PANEL(4, MR4)
#else
#define panel4 panel3
#endif

INLINE void panel(long nv, long M, long K, const float *a, long ars, long acs, const float *b, long bs, const float *from,
                  long fs, float *c, long ldc, LANE_SET last) {
	switch (nv) {
	case 4: panel4(M, K, a, ars, acs, b, bs, from, fs, c, ldc, last); break;
	case 3: panel3(M, K, a, ars, acs, b, bs, from, fs, c, ldc, last); break;
	case 2: panel2(M, K, a, ars, acs, b, bs, from, fs, c, ldc, last); break;
	default: panel1(M, K, a, ars, acs, b, bs, from, fs, c, ldc, last); break;
	}
}

// width returns how many vectors wide the next panel is if left are still to do:
// the last two panels share, since 3 + 2 is better than 4 + 1.
INLINE long width(long left) {
	if (left <= MAXNV) return left;
	return left >= 2 * MAXNV ? MAXNV : (left + 1) / 2;
}

// The inner index is cut into blocks of at most KC, so that a packed panel stays
// near and fits on the stack. A block goes on from the C of the block before:
// storing a sum and loading it again changes no bit.
enum { KC = 300 };

// across computes the columns of C that are too few for a vector, where the
// columns of A are contiguous: vectors are rows of C there. from has a row stride
// of fs and the columns of C.
static void across(long M, long cols, long K, const float *a, long acs, const float *b, long brs, long bcs,
                   const float *from, long fs, float *c, long ldc) {
	float edge[VW * MAXNV * VW];
	for (long i = 0, left = (M + VW - 1) / VW; i < M;) {
		long nv = width(left), rows = M - i < nv * VW ? M - i : nv * VW;
		for (long j = 0; j < cols; j++)
			for (long l = 0; l < rows; l++) edge[j * nv * VW + l] = from[(i + l) * fs + j];
		panel(nv, cols, K, b, bcs, brs, a + i, acs, edge, nv * VW, edge, nv * VW, LANES(rows - (nv - 1) * VW));
		for (long l = 0; l < rows; l++)
			for (long j = 0; j < cols; j++) c[(i + l) * ldc + j] = edge[j * nv * VW + l];
		i += rows;
		left -= nv;
	}
}

static void NAME(product)(long M, long N, long K, const float *a, long ars, long acs, const float *b, long brs, long bcs,
                          float *c, long ldc, const float *bias, int add) {
	static const float zeros[MAXNV * VW];
	_Alignas(64) float w[KC * MAXNV * VW];
	long few = ACROSS && ars == 1 && N % VW <= VW / 2 ? N % VW : 0; // columns that go across
	long blocks = K > KC ? (K + KC - 1) / KC : 1;
	for (long block = 0; block < blocks; block++) {
		long k0 = K * block / blocks, kn = K * (block + 1) / blocks - k0;
		int more = add || block > 0;
		const float *ak = a + k0 * acs, *bk = b + k0 * brs;
		long left = (N - few + VW - 1) / VW; // vectors of columns still to do
		for (long j = 0; j < N;) {
			const float *from = more ? c + j : bias ? bias + j : zeros;
			long fs = more ? ldc : 0;
			if (left == 0) {
				across(M, few, kn, ak, acs, bk + j * bcs, brs, bcs, from, fs, c + j, ldc);
				break;
			}
			long nv = width(left), cols = N - few - j < nv * VW ? N - few - j : nv * VW;
			pack(kn, bk, brs, bcs, j, cols, nv * VW, w);
			panel(nv, M, kn, ak, ars, acs, w, nv * VW, from, fs, c + j, ldc, LANES(cols - (nv - 1) * VW));
			j += cols;
			left -= nv;
		}
	}
}

#include "elementwise.h"

const kernels NAME(kernels) = {
	.product = NAME(product),
	.activate = NAME(activate),
	.activate_back = NAME(activate_back),
	.softmax = NAME(softmax),
	.cross_entropy = NAME(cross_entropy),
	.add_rows = NAME(add_rows),
	.copy_rows = NAME(copy_rows),
	.sum_rows = NAME(sum_rows),
	.square_sum = NAME(square_sum),
	.scale = NAME(scale),
	.update = NAME(update),
};
