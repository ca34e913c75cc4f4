// The kernels of one instruction set. A file that includes this one defines
//
//	VARIANT  the suffix of its function names
//	VB       the bytes of a vector
//	FMA      fused multiply-add of three vectors
//	SQRT     square root of a vector
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
		for (long k = 0; k < K; k++) {
			memcpy(w + k * width, b + k * brs, cols * sizeof(float));
			for (long j = cols; j < width; j++) w[k * width + j] = 0;
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

// A tile computes MR rows and nv*VW columns of C from MR rows of A and a packed
// panel of B. Row i starts from the numbers at from + i*fs. The accumulators,
// c00 to c(MR-1)3, are variables and not an array, so that compilers keep them in
// registers; nv is a constant where the function is inlined, which leaves out
// what it does not need.

#define ROWS1(M) M(0)
#define ROWS4(M) ROWS1(M) M(1) M(2) M(3)
#define ROWS6(M) ROWS4(M) M(4) M(5)
#define ROWS8(M) ROWS6(M) M(6) M(7)
#define ROWS12(M) ROWS8(M) M(8) M(9) M(10) M(11)

#define VEC(p, j) (*(const vec *)((p) + (j) * VW))
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
#define STORE(i) \
	*(vec *)(c + i * ldc) = c##i##0; \
	if (nv > 1) *(vec *)(c + i * ldc + VW) = c##i##1; \
	if (nv > 2) *(vec *)(c + i * ldc + 2 * VW) = c##i##2; \
	if (nv > 3) *(vec *)(c + i * ldc + 3 * VW) = c##i##3;

#define ARGS long K, const float *a, long ars, long acs, const float *b, const float *from, long fs, float *c, long ldc
#define TILE(MR) \
	INLINE void tile##MR(int nv, ARGS) { \
		const vec zero = {0}; \
		ROWS##MR(START) \
		for (long k = 0; k < K; k++) { \
			vec b0 = VEC(b, 0), b1 = zero, b2 = zero, b3 = zero, av; \
			if (nv > 1) b1 = VEC(b, 1); \
			if (nv > 2) b2 = VEC(b, 2); \
			if (nv > 3) b3 = VEC(b, 3); \
			ROWS##MR(STEP) \
			a += acs; \
			b += nv * VW; \
		} \
		ROWS##MR(STORE) \
	}
TILE(1)
TILE(4)
TILE(6)
TILE(8)
TILE(12)

// edge_in and edge_out bring rows of C that are narrower than a tile to and from
// a buffer that is as wide as one.
static void edge_in(long rows, long cols, long width, const float *from, long fs, float *edge) {
	for (long i = 0; i < rows; i++) {
		memcpy(edge + i * width, from + i * fs, cols * sizeof(float));
		for (long j = cols; j < width; j++) edge[i * width + j] = 0;
	}
}

static void edge_out(long rows, long cols, long width, const float *edge, float *c, long ldc) {
	for (long i = 0; i < rows; i++) memcpy(c + i * ldc, edge + i * width, cols * sizeof(float));
}

// ALONE makes a tile of constant size a function of its own, so that compilers
// give it all registers.
#define ALONE(name, nv, MR) \
	static __attribute__((noinline)) void name##nv(ARGS) { tile##MR(nv, K, a, ars, acs, b, from, fs, c, ldc); }

// PANEL defines the function that runs down the M rows of C for one panel of nv
// vectors of columns, MR rows at a time.
#define PANEL(nv, MR) PANEL2(nv, MR)
#define PANEL2(nv, MR) \
	ALONE(most, nv, MR) ALONE(four, nv, 4) ALONE(one, nv, 1) \
	static void panel##nv(long M, long K, const float *a, long ars, long acs, const float *w, float *c, long ldc, \
	                      long cols, const float *from, long fs) { \
		float edge[MR * nv * VW]; \
		for (long i = 0, rows; i < M; i += rows, a += rows * ars, c += rows * ldc, from += rows * fs) { \
			rows = M - i >= MR ? MR : M - i >= 4 ? 4 : 1; \
			const float *f = from; \
			float *to = c; \
			long tos = ldc, fss = fs; \
			if (cols < nv * VW) { \
				edge_in(rows, cols, nv * VW, from, fs, edge); \
				f = to = edge; \
				fss = tos = nv * VW; \
			} \
			if (rows == MR) most##nv(K, a, ars, acs, w, f, fss, to, tos); \
			else if (rows == 4) four##nv(K, a, ars, acs, w, f, fss, to, tos); \
			else one##nv(K, a, ars, acs, w, f, fss, to, tos); \
			if (cols < nv * VW) edge_out(rows, cols, nv * VW, edge, c, ldc); \
		} \
	}
PANEL(1, MR1)
PANEL(2, MR2)
PANEL(3, MR3)
#if MAXNV > 3
PANEL(4, MR4)
#else
#define panel4 panel3
#endif

// The inner index is cut into blocks of at most KC, so that a packed panel stays
// in the second-level cache and fits on the stack. A block goes on from the C of
// the block before: storing a sum and loading it again changes no bit.
enum { KC = 384 };

static void NAME(product)(long M, long N, long K, const float *a, long ars, long acs, const float *b, long brs, long bcs,
                          float *c, long ldc, const float *bias, int add) {
	static const float zeros[MAXNV * VW];
	float w[KC * MAXNV * VW];
	long blocks = K > KC ? (K + KC - 1) / KC : 1;
	for (long block = 0; block < blocks; block++) {
		long k0 = K * block / blocks, kn = K * (block + 1) / blocks - k0;
		int more = add || block > 0;
		const float *ak = a + k0 * acs, *bk = b + k0 * brs;
		long left = (N + VW - 1) / VW; // vectors of columns still to do
		for (long j = 0; j < N;) {
			// The last two panels share what is left: 3 + 2 is better than 4 + 1.
			long nv = left >= 2 * MAXNV || left <= MAXNV ? (left < MAXNV ? left : MAXNV) : (left + 1) / 2;
			long cols = N - j < nv * VW ? N - j : nv * VW;
			pack(kn, bk, brs, bcs, j, cols, nv * VW, w);
			const float *from = more ? c + j : bias ? bias + j : zeros;
			long fs = more ? ldc : 0;
			switch (nv) {
			case 4: panel4(M, kn, ak, ars, acs, w, c + j, ldc, cols, from, fs); break;
			case 3: panel3(M, kn, ak, ars, acs, w, c + j, ldc, cols, from, fs); break;
			case 2: panel2(M, kn, ak, ars, acs, w, c + j, ldc, cols, from, fs); break;
			default: panel1(M, kn, ak, ars, acs, w, c + j, ldc, cols, from, fs); break;
			}
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
