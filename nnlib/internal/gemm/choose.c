#include "gemm.h"
#include <string.h>

extern const kernels kernels_avx512, kernels_avx2, kernels_neon;

// lectern_kernels returns the table of the named instruction set, or null if
// this machine does not have it.
const kernels *lectern_kernels(const char *name) {
#if defined(__x86_64__)
	if (!strcmp(name, "avx512") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma"))
		return &kernels_avx512;
	if (!strcmp(name, "avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &kernels_avx2;
#elif defined(__aarch64__)
	if (!strcmp(name, "neon")) return &kernels_neon;
#endif
	return 0;
}
