//go:build !cgo || !(amd64 || arm64)

package gemm

func choose(string) bool { return false }

// simd reports false in this build, so nothing below is ever called.
const unreachable = "gemm: this build has no C kernels"

func simdProduct[F Float](_, _, _ int, _, _ Operand[F], _ []F, _ int, _ []F, _ bool) {
	panic(unreachable)
}
func simdActivate[F Float](Activation, float64, []F, []F)                 { panic(unreachable) }
func simdActivateBack[F Float](Activation, float64, []F, []F, []F)        { panic(unreachable) }
func simdSoftmax[F Float](_, _ int, _, _ []F)                             { panic(unreachable) }
func simdCrossEntropy[F Float](_, _ int, _ []F, _ []int32, _ F, _, _ []F) { panic(unreachable) }
func simdAddRows[F Float](_, _ int, _ []F, _ int, _ []int32, _, _ int, _ []F, _ F) {
	panic(unreachable)
}
func simdCopyRows[F Float](int, []F, []int32, []F, int)                { panic(unreachable) }
func simdSumRows[F Float](_, _ int, _ []F, _ int, _ []F)               { panic(unreachable) }
func simdSquareSum[F Float]([]F) float64                               { panic(unreachable) }
func simdScale[F Float](F, []F)                                        { panic(unreachable) }
func simdUpdate[F Float](*Rule, int, int, []int32, []F, []F, []F, []F) { panic(unreachable) }
