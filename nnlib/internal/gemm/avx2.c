#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,prfchw"))), apply_to = function)
#else
#pragma GCC target("avx2,fma,prfchw")
// Loops for the stride 1 apart from the others would make GCC 12 spill the tiles.
#pragma GCC optimize("O3,no-trapping-math,no-version-loops-for-strides")
#endif
#include <immintrin.h>

#define VARIANT avx2
#define VB 32
#define FMA(a, b, c) ((vec)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define SQRT(a) ((vec)_mm256_sqrt_ps((__m256)(a)))
#define LANE_SET __m256i
#define LANES(n) _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
#define LOAD_LANES(p, l) ((vec)_mm256_maskload_ps(p, l))
#define STORE_LANES(p, l, v) _mm256_maskstore_ps(p, l, (__m256)(v))
#define ACROSS 1
#define MAXNV 3
#define MR1 12
#define MR2 6
#define MR3 4
#include "kernels.h"

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
