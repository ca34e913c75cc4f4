#if defined(__aarch64__)
#if !defined(__clang__)
// Loops for the stride 1 apart from the others would make GCC 12 spill the tiles.
#pragma GCC optimize("O3,no-trapping-math,no-version-loops-for-strides")
#endif
#include <arm_neon.h>

#define VARIANT neon
#define VB 16
#define FMA(a, b, c) ((vec)vfmaq_f32((float32x4_t)(c), (float32x4_t)(a), (float32x4_t)(b)))
#define SQRT(a) ((vec)vsqrtq_f32((float32x4_t)(a)))
#define LANE_SET long
#define LANES(n) (n)
#define LOAD_LANES(p, n) ((vec)load_lanes(p, n))
#define STORE_LANES(p, n, v) store_lanes(p, n, (float32x4_t)(v))
#define ACROSS 0
#define MAXNV 4
#define MR1 12
#define MR2 12
#define MR3 8
#define MR4 6

static inline float32x4_t load_lanes(const float *p, long n) {
	float x[4] = {0};
	if (n == 4) return vld1q_f32(p);
	for (long i = 0; i < n; i++) x[i] = p[i];
	return vld1q_f32(x);
}

static inline void store_lanes(float *p, long n, float32x4_t v) {
	float x[4];
	vst1q_f32(n == 4 ? p : x, v);
	for (long i = 0; n < 4 && i < n; i++) p[i] = x[i];
}

#include "kernels.h"
#endif
