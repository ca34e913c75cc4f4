#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,prfchw"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,prfchw,prefer-vector-width=512")
// Loops for the stride 1 apart from the others would make GCC 12 spill the tiles.
#pragma GCC optimize("O3,no-trapping-math,no-version-loops-for-strides")
#endif
#include <immintrin.h>

#define VARIANT avx512
#define VB 64
#define FMA(a, b, c) ((vec)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define SQRT(a) ((vec)_mm512_sqrt_ps((__m512)(a)))
#define LANE_SET __mmask16
#define LANES(n) ((LANE_SET)((1 << (n)) - 1))
#define LOAD_LANES(p, l) ((vec)_mm512_maskz_loadu_ps(l, p))
#define STORE_LANES(p, l, v) _mm512_mask_storeu_ps(p, l, (__m512)(v))
#define ACROSS 1
#define MAXNV 4
#define MR1 12
#define MR2 12
#define MR3 8
#define MR4 6
#include "kernels.h"

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
