// The kernels of one instruction set. A file that includes this one defines
//
//	VARIANT  the suffix of its function names
//	VB       the bytes of a vector
//	FMA      fused multiply-add of three vectors
//	MR1..MR4 the rows of a register tile that is 1..4 vectors wide
//
// Every function computes each of its outputs with the same operations in the
// same order in every variant and in the Go of pure*.go, so that all give the
// same bits. Products are accumulated in order with fused multiply-add. All
// else is rounded operation by operation: contraction is off (see simd.go).

#include "gemm.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

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

// tile computes mr rows and cols ≤ nv*VW columns of C from mr rows of A and a
// packed panel of B. The accumulators stay in registers: mr and nv are
// constants where it is inlined.
INLINE void tile(int mr, int nv, long K, const float *a, long ars, long acs, const float *b, float *c, long ldc, long cols,
                 const float *bias, int add) {
	vec acc[mr][nv];
	float edge[nv * VW];
#pragma GCC unroll 16
	for (int i = 0; i < mr; i++) {
#pragma GCC unroll 4
		for (int j = 0; j < nv; j++) acc[i][j] = (vec){0};
		if (!add && !bias) continue;
		const float *from = add ? c + i * ldc : bias;
		if (cols < nv * VW) {
			memcpy(edge, from, cols * sizeof(float));
			for (long j = cols; j < nv * VW; j++) edge[j] = 0;
			from = edge;
		}
#pragma GCC unroll 4
		for (int j = 0; j < nv; j++) acc[i][j] = *(const vec *)(from + j * VW);
	}
	for (long k = 0; k < K; k++) {
		vec bv[nv];
#pragma GCC unroll 4
		for (int j = 0; j < nv; j++) bv[j] = *(const vec *)(b + j * VW);
#pragma GCC unroll 16
		for (int i = 0; i < mr; i++) {
			vec av = a[i * ars] - (vec){0}; // broadcast
#pragma GCC unroll 4
			for (int j = 0; j < nv; j++) acc[i][j] = FMA(av, bv[j], acc[i][j]);
		}
		a += acs;
		b += nv * VW;
	}
#pragma GCC unroll 16
	for (int i = 0; i < mr; i++) {
		float *to = cols < nv * VW ? edge : c + i * ldc;
#pragma GCC unroll 4
		for (int j = 0; j < nv; j++) *(vec *)(to + j * VW) = acc[i][j];
		if (cols < nv * VW) memcpy(c + i * ldc, edge, cols * sizeof(float));
	}
}

// panel runs down the M rows of C for one panel of columns.
INLINE void panel(int mr, int nv, long M, long K, const float *a, long ars, long acs, const float *w, float *c, long ldc,
                  long cols, const float *bias, int add) {
	long i = 0;
	for (; i + mr <= M; i += mr) tile(mr, nv, K, a + i * ars, ars, acs, w, c + i * ldc, ldc, cols, bias, add);
	for (; i + 4 <= M; i += 4) tile(4, nv, K, a + i * ars, ars, acs, w, c + i * ldc, ldc, cols, bias, add);
	for (; i < M; i++) tile(1, nv, K, a + i * ars, ars, acs, w, c + i * ldc, ldc, cols, bias, add);
}

// The inner index is cut into blocks of at most KC, so that a packed panel stays
// in the second-level cache and fits on the stack. A block goes on from the C of
// the block before: storing a sum and loading it again changes no bit.
enum { KC = 384 };

static void NAME(product)(long M, long N, long K, const float *a, long ars, long acs, const float *b, long brs, long bcs,
                          float *c, long ldc, const float *bias, int add) {
	float w[KC * 4 * VW];
	long blocks = K > KC ? (K + KC - 1) / KC : 1;
	for (long block = 0; block < blocks; block++) {
		long k0 = K * block / blocks, kn = K * (block + 1) / blocks - k0;
		int more = add || block > 0;
		const float *ak = a + k0 * acs, *bk = b + k0 * brs;
		long left = (N + VW - 1) / VW; // vectors of columns still to do
		for (long j = 0; j < N;) {
			// Five vectors are better as 3 + 2 than as 4 + 1.
			long nv = left > 4 ? (left == 5 ? 3 : 4) : left;
			long width = nv * VW, cols = N - j < width ? N - j : width;
			pack(kn, bk, brs, bcs, j, cols, width, w);
			const float *bj = bias ? bias + j : 0;
			switch (nv) {
			case 4: panel(MR4, 4, M, kn, ak, ars, acs, w, c + j, ldc, cols, bj, more); break;
			case 3: panel(MR3, 3, M, kn, ak, ars, acs, w, c + j, ldc, cols, bj, more); break;
			case 2: panel(MR2, 2, M, kn, ak, ars, acs, w, c + j, ldc, cols, bj, more); break;
			default: panel(MR1, 1, M, kn, ak, ars, acs, w, c + j, ldc, cols, bj, more); break;
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
	.sum_rows = NAME(sum_rows),
	.square_sum = NAME(square_sum),
	.scale = NAME(scale),
	.update = NAME(update),
};
