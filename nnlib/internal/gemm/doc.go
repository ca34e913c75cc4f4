// Package gemm holds the arithmetic that training spends its time in: matrix
// products, activations, softmax, and the optimizers' updates.
//
// Float32 runs in C with vectors (AVX-512, AVX2 or NEON, chosen at run time) or,
// where none of them exists, in pure Go; float64, which only gradient checks
// use, always runs in pure Go. LECTERN_SIMD=avx512|avx2|neon|go forces one.
//
// All variants give the same bits, with any number of threads: an output of a
// product is accumulated over the inner index in order with fused multiply-add;
// everything else is rounded operation by operation; exp, log and tanh are the
// package's own polynomials; threads divide outputs only, or go on one after the
// other with the inner index.
//
// What belongs to one concept of a neural network (a layer, a loss) lives in
// nnlib, not here.
package gemm
