// Element-wise kernels: plain loops that the compiler vectorises. Included by
// kernels.h for each instruction set. exp_neg, log_pos and tanh_any are written
// again in approx.go, operation for operation.

INLINE float as_float(int32_t i) {
	float f;
	memcpy(&f, &i, sizeof f);
	return f;
}

INLINE int32_t as_int(float f) {
	int32_t i;
	memcpy(&i, &f, sizeof i);
	return i;
}

// exp_neg returns e^x for x ≤ 0; 0 below -87; NaN for NaN.
INLINE float exp_neg(float x) {
	float t = __builtin_fmaf(x, 0x1.715476p+0f, 0x1.8p23f); // x/ln 2 rounded to an integer, in the low bits
	float n = t - 0x1.8p23f;
	float r = __builtin_fmaf(n, -0x1.62e400p-1f, x);
	r = __builtin_fmaf(n, -0x1.7f7d1cp-20f, r);
	float p = 0x1.6d10fcp-10f;
	p = __builtin_fmaf(p, r, 0x1.120b62p-7f);
	p = __builtin_fmaf(p, r, 0x1.55551ap-5f);
	p = __builtin_fmaf(p, r, 0x1.5554dep-3f);
	p = __builtin_fmaf(p, r, 0.5f);
	p = __builtin_fmaf(p, r, 1.0f);
	p = __builtin_fmaf(p, r, 1.0f);
	float y = p * as_float((int32_t)((uint32_t)as_int(t) << 23) + 0x3f800000);
	return x < -87.0f ? 0.0f : y;
}

// log_pos returns ln x for normal positive x.
INLINE float log_pos(float x) {
	int32_t i = as_int(x) - 0x3f3504f3; // so that the mantissa is in [√½, √2)
	float e = (float)(i >> 23);
	float f = as_float((i & 0x7fffff) + 0x3f3504f3) - 1.0f;
	float p = 0x1.1d8ea6p-4f;
	p = __builtin_fmaf(p, f, -0x1.d635bcp-4f);
	p = __builtin_fmaf(p, f, 0x1.dea282p-4f);
	p = __builtin_fmaf(p, f, -0x1.fcf4c6p-4f);
	p = __builtin_fmaf(p, f, 0x1.23d21ap-3f);
	p = __builtin_fmaf(p, f, -0x1.555b4ap-3f);
	p = __builtin_fmaf(p, f, 0x1.999d5ap-3f);
	p = __builtin_fmaf(p, f, -0x1.fffffcp-3f);
	p = __builtin_fmaf(p, f, 0x1.555554p-2f);
	float s = f * f;
	float y = __builtin_fmaf(s * f, p, s * -0.5f);
	y = __builtin_fmaf(e, -0x1.bd0106p-13f, y);
	return __builtin_fmaf(e, 0x1.63p-1f, f + y);
}

// tanh_any returns tanh x: an odd polynomial near zero, else by exp_neg.
INLINE float tanh_any(float x) {
	float a = __builtin_fabsf(x);
	float e = exp_neg(-2.0f * a);
	float far = (1.0f - e) / (1.0f + e);
	far = as_float(as_int(far) | (as_int(x) & (int32_t)0x80000000));
	float s = x * x;
	float p = -0x1.8f8de4p-8f;
	p = __builtin_fmaf(p, s, 0x1.58048ep-6f);
	p = __builtin_fmaf(p, s, -0x1.b9258ap-5f);
	p = __builtin_fmaf(p, s, 0x1.110e1cp-3f);
	p = __builtin_fmaf(p, s, -0x1.555552p-2f);
	float near = __builtin_fmaf(s * x, p, x);
	return a < 0.625f ? near : far;
}

INLINE float logistic_any(float x) {
	float e = exp_neg(-__builtin_fabsf(x));
	float d = 1.0f + e;
	return (x < 0 ? e : 1.0f) / d;
}

#define EACH(expr) \
	for (long i = 0; i < n; i++) { float v = x[i]; y[i] = (expr); }

static void NAME(activate)(int kind, float slope, long n, const float *restrict x, float *restrict y) {
	switch (kind) {
	case LOGISTIC: EACH(logistic_any(v)) break;
	case TANH: EACH(tanh_any(v)) break;
	case HARD_TANH: EACH(v < -1 ? -1.0f : v > 1 ? 1.0f : v) break;
	case SOFT_SIGN: EACH(v / (1.0f + __builtin_fabsf(v))) break;
	case RELU: EACH(v < 0 ? 0.0f : v) break;
	case LEAKY_RELU: EACH(v < 0 ? slope * v : v) break;
	default: memcpy(y, x, n * sizeof(float));
	}
}
#undef EACH

// The derivatives are functions of the output, so that no layer keeps its input.
#define EACH(expr) \
	for (long i = 0; i < n; i++) { float v = y[i]; dx[i] = dy[i] * (expr); }

static void NAME(activate_back)(int kind, float slope, long n, const float *restrict y, const float *dy, float *dx) {
	switch (kind) {
	case LOGISTIC: EACH(v * (1.0f - v)) break;
	case TANH: EACH(1.0f - v * v) break;
	case HARD_TANH: EACH(v > -1 && v < 1 ? 1.0f : 0.0f) break;
	case SOFT_SIGN: EACH((1.0f - __builtin_fabsf(v)) * (1.0f - __builtin_fabsf(v))) break;
	case RELU: EACH(v > 0 ? 1.0f : 0.0f) break;
	case LEAKY_RELU: EACH(v > 0 ? 1.0f : slope) break;
	default: memmove(dx, dy, n * sizeof(float));
	}
}
#undef EACH

// shift writes z minus its row maximum to p and leaves NaN where it is.
INLINE void shift(long cols, const float *z, float *p) {
	float max = z[0];
	for (long j = 1; j < cols; j++) max = z[j] > max ? z[j] : max;
	for (long j = 0; j < cols; j++) p[j] = z[j] - max;
}

static void NAME(softmax)(long rows, long cols, const float *z, float *p) {
	for (long i = 0; i < rows; i++) shift(cols, z + i * cols, p + i * cols);
	for (long i = 0; i < rows * cols; i++) p[i] = exp_neg(p[i]);
	for (long i = 0; i < rows; i++) {
		float sum = 0;
		for (long j = 0; j < cols; j++) sum += p[i * cols + j];
		for (long j = 0; j < cols; j++) p[i * cols + j] /= sum;
	}
}

// cross_entropy leaves, in loss, each row's -ln p(label) and, in dz, scale·(p - y).
static void NAME(cross_entropy)(long rows, long cols, const float *z, const int32_t *labels, float scale, float *dz,
                                float *loss) {
	for (long i = 0; i < rows; i++) {
		shift(cols, z + i * cols, dz + i * cols);
		loss[i] = dz[i * cols + labels[i]];
	}
	for (long i = 0; i < rows * cols; i++) dz[i] = exp_neg(dz[i]);
	for (long i = 0; i < rows; i++) {
		float sum = 0;
		for (long j = 0; j < cols; j++) sum += dz[i * cols + j];
		for (long j = 0; j < cols; j++) dz[i * cols + j] /= sum;
		dz[i * cols + labels[i]] -= 1.0f;
		loss[i] = log_pos(sum) - loss[i];
	}
	for (long i = 0; i < rows * cols; i++) dz[i] *= scale;
}

// add_scaled adds scale times s to d, or to zero if d is new. Rows are short, so
// that it pays to be quick about the rest that does not fill a vector.
INLINE void add_scaled(int new, long n, float scale, const float *restrict s, float *restrict d) {
#define ADD(type) *(type *)(d + j) = (new ? (type){0} : *(type *)(d + j)) + scale * *(const type *)(s + j)
	long j = 0;
	for (; j + VW <= n; j += VW) ADD(vec);
	for (; j + 4 <= n; j += 4) ADD(quad);
	if (n & 2) ADD(pair), j += 2;
	if (n & 1) ADD(float);
#undef ADD
}

// add_rows adds scale times each row of src to the row of dst that slots
// names, in order, or to zero where a slot is that of a new row, the complement of
// its number; only for the rows lo to hi of dst.
static void NAME(add_rows)(long n, long cols, const float *src, long stride, const int32_t *slots, long lo, long hi,
                           float *dst, float scale) {
	for (long i = 0; i < n; i++) {
		long row = slots[i] < 0 ? ~slots[i] : slots[i];
		if (row < lo || row >= hi) continue;
		float *d = dst + row * cols;
		if (slots[i] < 0) add_scaled(1, cols, scale, src + i * stride, d);
		else add_scaled(0, cols, scale, src + i * stride, d);
	}
}

// ahead is how many rows of a table are fetched before their turn: they are
// anywhere in memory, and the processor does not look that far by itself.
enum { ahead = 4 };

INLINE void fetch_row(const float *row, long cols) {
	for (long j = 0; j < cols; j += 16) __builtin_prefetch(row + j);
}

// own_row fetches a row that will be written, from other processors too.
INLINE void own_row(const float *row, long cols) {
	for (long j = 0; j < cols; j += 16) __builtin_prefetch(row + j, 1);
}

// copy_rows copies the rows of table that ids names to rows of dst.
static void NAME(copy_rows)(long n, long cols, const float *table, const int32_t *ids, float *dst, long stride) {
	for (long i = 0; i < n; i++) {
		if (i + ahead < n) fetch_row(table + ids[i + ahead] * cols, cols);
		const float *restrict s = table + ids[i] * cols;
		float *restrict d = dst + i * stride;
		for (long j = 0; j < cols; j++) d[j] = s[j];
	}
}

// sum_rows adds the rows of src to the single row dst, in order.
static void NAME(sum_rows)(long rows, long cols, const float *restrict src, long stride, float *restrict dst) {
	for (long i = 0; i < rows; i++)
		for (long j = 0; j < cols; j++) dst[j] += src[i * stride + j];
}

// square_sum adds the squares in sixteen lanes, each in order, and then the
// lanes in order.
static double NAME(square_sum)(long n, const float *x) {
	double lanes[16] = {0}, sum = 0;
	long i = 0;
	for (; i + 16 <= n; i += 16)
		for (long j = 0; j < 16; j++) lanes[j] += (double)x[i + j] * (double)x[i + j];
	for (long j = 0; i < n; i++, j++) lanes[j] += (double)x[i] * (double)x[i];
	for (long j = 0; j < 16; j++) sum += lanes[j];
	return sum;
}

static void NAME(scale)(long n, float s, float *x) {
	for (long i = 0; i < n; i++) x[i] *= s;
}

// adapt is a step of the rules that divide by the root of v, for a vector of
// elements. It is written in vectors because compilers do not vectorise sqrtf,
// which may set errno.
INLINE void adapt(int kind, const rule c, vec g, vec *m, vec *v, vec *x) {
	switch (kind) {
	case ADAGRAD:
		*v = *v + g * g;
		*x -= c.rate * (g / (SQRT(*v) + c.eps));
		break;
	case RMSPROP:
		*v = c.beta2 * *v + c.left2 * (g * g);
		*x -= c.rate * (g / (SQRT(*v) + c.eps));
		break;
	case ADAM:
		*m = c.beta1 * *m + c.left1 * g;
		*v = c.beta2 * *v + c.left2 * (g * g);
		*x -= c.rate * ((*m * c.correct1) / (SQRT(*v * c.correct2) + c.eps) + c.decay * *x);
		break;
	}
}

INLINE void adapt_row(int kind, const rule c, long n, const float *g, float *m, float *v, float *x) {
	long i = 0;
	for (; i + VW <= n; i += VW) adapt(kind, c, *(const vec *)(g + i), (vec *)(m + i), (vec *)(v + i), (vec *)(x + i));
	if (i == n) return;
	LANE_SET last = LANES(n - i);
	vec tm = {0}, tv = LOAD_LANES(v + i, last), tx = LOAD_LANES(x + i, last);
	if (kind == ADAM) tm = LOAD_LANES(m + i, last);
	adapt(kind, c, LOAD_LANES(g + i, last), &tm, &tv, &tx);
	if (kind == ADAM) STORE_LANES(m + i, last, tm);
	STORE_LANES(v + i, last, tv);
	STORE_LANES(x + i, last, tx);
}

INLINE void update_row(const rule c, long n, const float *restrict g, float *restrict m, float *restrict v,
                       float *restrict x) {
	switch (c.kind) {
	case SGD:
		for (long i = 0; i < n; i++) x[i] -= c.rate * (g[i] + c.decay * x[i]);
		break;
	case MOMENTUM:
		for (long i = 0; i < n; i++) {
			m[i] = c.beta1 * m[i] + (g[i] + c.decay * x[i]);
			x[i] -= c.rate * m[i];
		}
		break;
	case ADAGRAD: adapt_row(ADAGRAD, c, n, g, v, v, x); break;
	case RMSPROP: adapt_row(RMSPROP, c, n, g, v, v, x); break;
	case ADAM: adapt_row(ADAM, c, n, g, m, v, x); break;
	}
}

// update takes a step for a block of rows, or for the rows that ids names.
static void NAME(update)(const rule *r, long rows, long cols, const int32_t *ids, const float *g, float *m, float *v, float *x) {
	const rule c = *r;
	if (!ids) {
		update_row(c, rows * cols, g, m, v, x);
		return;
	}
	for (long i = 0; i < rows; i++) {
		if (i + ahead < rows) {
			long next = ids[i + ahead] * cols;
			own_row(x + next, cols);
			if (m) own_row(m + next, cols);
			if (v) own_row(v + next, cols);
		}
		long at = ids[i] * cols;
		update_row(c, cols, g + i * cols, m ? m + at : m, v ? v + at : v, x + at);
	}
}
