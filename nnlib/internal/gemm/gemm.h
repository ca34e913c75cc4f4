// The table of kernels that every instruction set fills, and the choice among
// them. gemm.go documents what the functions compute.

#ifndef LECTERN_GEMM_H
#define LECTERN_GEMM_H

#include <stdint.h>

enum { LOGISTIC = 1, TANH, HARD_TANH, SOFT_SIGN, RELU, LEAKY_RELU };

typedef struct {
	float rate, beta1, beta2, eps, decay;
	float correct1, correct2;
} adam_step;

typedef struct {
	void (*product)(long M, long N, long K, const float *a, long ars, long acs, const float *b, long brs, long bcs, float *c,
	                long ldc, const float *bias, int add, float *w);
	void (*activate)(int kind, float slope, long n, const float *x, float *y);
	void (*activate_back)(int kind, float slope, long n, const float *y, const float *dy, float *dx);
	void (*softmax)(long rows, long cols, const float *z, float *p);
	void (*cross_entropy)(long rows, long cols, const float *z, const int32_t *labels, float scale, float *dz, float *loss);
	void (*add_rows)(long n, long cols, const float *src, long stride, const int32_t *slots, long part, long parts, float *dst,
	                 float scale);
	void (*sum_rows)(long rows, long cols, const float *src, long stride, float *dst);
	double (*square_sum)(long n, const float *x);
	void (*scale)(long n, float s, float *x);
	void (*sgd)(long n, float rate, float decay, const float *g, float *x);
	void (*adam)(long n, const adam_step *s, const float *g, float *m, float *v, float *x);
} kernels;

#endif
