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
#define MAXNV 4
#define MR1 12
#define MR2 12
#define MR3 8
#define MR4 6
#include "kernels.h"
#endif
