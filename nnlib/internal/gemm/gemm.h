// The table of kernels that every instruction set fills, and the choice among
// them. gemm.go documents what the functions compute.

#ifndef LECTERN_GEMM_H
#define LECTERN_GEMM_H

#include <stdint.h>

enum { LOGISTIC = 1, TANH, HARD_TANH, SOFT_SIGN, RELU, LEAKY_RELU };

enum { SGD = 1, MOMENTUM, ADAGRAD, RMSPROP, ADAM };

// rule is one step of an optimizer. Its numbers mean what Rule of optimize.go says.
typedef struct {
	int kind;
	float rate, beta1, beta2, left1, left2, eps, decay, correct1, correct2;
} rule;

typedef struct {
	void (*product)(long M, long N, long K, const float *a, long ars, long acs, const float *b, long brs, long bcs, float *c,
	                long ldc, const float *bias, int add);
	void (*activate)(int kind, float slope, long n, const float *x, float *y);
	void (*activate_back)(int kind, float slope, long n, const float *y, const float *dy, float *dx);
	void (*softmax)(long rows, long cols, const float *z, float *p);
	void (*cross_entropy)(long rows, long cols, const float *z, const int32_t *labels, float scale, float *dz, float *loss);
	void (*add_rows)(long n, long cols, const float *src, long stride, const int32_t *slots, long lo, long hi, float *dst,
	                 float scale);
	void (*copy_rows)(long n, long cols, const float *table, const int32_t *ids, float *dst, long stride);
	void (*sum_rows)(long rows, long cols, const float *src, long stride, float *dst);
	double (*square_sum)(long n, const float *x);
	void (*scale)(long n, float s, float *x);
	void (*update)(const rule *r, long rows, long cols, const int32_t *ids, const float *g, float *m, float *v, float *x);
} kernels;

#endif
