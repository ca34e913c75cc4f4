package calculus

// goFunctions are the bodies of the element-wise functions and their derivatives
// in generated code, with the argument v.
var goFunctions = map[string][]string{
	"sigmoid": {"return sigmoid(v)", "s := sigmoid(v); return s*(1-s)", "s := sigmoid(v); return s*(1-s)*(1-2*s)"},
	"tanh":    {"return math.Tanh(v)", "t := math.Tanh(v); return 1-t*t", "t := math.Tanh(v); return -2*t*(1-t*t)"},
	"relu":    {"return max(v, 0)", "if v > 0 { return 1 }; return 0", "return 0"},
	"max0":    {"return max(v, 0)", "if v > 0 { return 1 }; return 0", "return 0"},
	"leakyrelu": {
		"return max(v, 0.01*v)", "if v > 0 { return 1 }; return 0.01", "return 0",
	},
	"hardtanh": {"return min(max(v, -1), 1)", "if math.Abs(v) < 1 { return 1 }; return 0", "return 0"},
	"softsign": {
		"return v/(1+math.Abs(v))", "d := 1+math.Abs(v); return 1/(d*d)",
		"d := 1+math.Abs(v); return -2*v/math.Abs(v)/(d*d*d)",
	},
	"softplus": {"return max(v, 0)+math.Log1p(math.Exp(-math.Abs(v)))"},
	"abs":      {"return math.Abs(v)", "if v > 0 { return 1 }; if v < 0 { return -1 }; return 0", "return 0"},
	"exp":      {"return math.Exp(v)"},
	"log":      {"return math.Log(v)"},
	"sin":      {"return math.Sin(v)"},
	"cos":      {"return math.Cos(v)"},
}

// goHelperNames orders the helpers in generated code.
var goHelperNames = []string{
	"apply", "column", "diag", "diagonal", "hadamard", "identity", "kronecker", "logDet", "logSumExp", "multiply",
	"oneHot", "ones", "power", "rows", "scale", "sigmoid", "softmax", "stack", "sum",
}

// goHelperUses says which helpers a helper calls.
var goHelperUses = map[string][]string{
	"softmax": {"apply", "logSumExp"}, "power": {"identity", "multiply"},
}

// goHelpers are the helper functions of generated code.
var goHelpers = map[string]string{
	"apply": `func apply(f func(float64) float64, a *mat.Dense) *mat.Dense {
	var t mat.Dense
	t.Apply(func(_, _ int, v float64) float64 { return f(v) }, a)
	return &t
}
`,
	"column": `func column(values []float64) *mat.Dense {
	return mat.NewDense(len(values), 1, values)
}
`,
	"diag": `func diag(a *mat.Dense) *mat.Dense {
	n, _ := a.Dims()
	t := mat.NewDense(n, n, nil)
	for i := range n {
		t.Set(i, i, a.At(i, 0))
	}
	return t
}
`,
	"diagonal": `func diagonal(a *mat.Dense) *mat.Dense {
	n, _ := a.Dims()
	t := mat.NewDense(n, 1, nil)
	for i := range n {
		t.Set(i, 0, a.At(i, i))
	}
	return t
}
`,
	"hadamard": `func hadamard(a *mat.Dense, others ...*mat.Dense) *mat.Dense {
	t := mat.DenseCopyOf(a)
	for _, b := range others {
		t.MulElem(t, b)
	}
	return t
}
`,
	"identity": `func identity(n int) *mat.Dense {
	t := mat.NewDense(n, n, nil)
	for i := range n {
		t.Set(i, i, 1)
	}
	return t
}
`,
	"kronecker": `func kronecker(a, b *mat.Dense) *mat.Dense {
	var t mat.Dense
	t.Kronecker(a, b)
	return &t
}
`,
	"logDet": `func logDet(a *mat.Dense) float64 {
	v, _ := mat.LogDet(a)
	return v
}
`,
	"logSumExp": `func logSumExp(a *mat.Dense) float64 {
	largest, sum := mat.Max(a), 0.0
	for _, v := range mat.DenseCopyOf(a).RawMatrix().Data {
		sum += math.Exp(v - largest)
	}
	return largest + math.Log(sum)
}
`,
	"multiply": `func multiply(a, b *mat.Dense) *mat.Dense {
	var t mat.Dense
	t.Mul(a, b)
	return &t
}
`,
	"oneHot": `func oneHot(i, n int) *mat.Dense {
	t := mat.NewDense(n, 1, nil)
	t.Set(i, 0, 1)
	return t
}
`,
	"ones": `func ones(rows, cols int) *mat.Dense {
	t := mat.NewDense(rows, cols, nil)
	for i := range rows {
		for j := range cols {
			t.Set(i, j, 1)
		}
	}
	return t
}
`,
	"power": `func power(a *mat.Dense, k int) *mat.Dense {
	if k < 0 {
		var inverse mat.Dense
		if err := inverse.Inverse(a); err != nil {
			panic(err)
		}
		a, k = &inverse, -k
	}
	n, _ := a.Dims()
	t := identity(n)
	for range k {
		t = multiply(t, a)
	}
	return t
}
`,
	"rows": `func rows(a *mat.Dense, from, count int) *mat.Dense {
	_, c := a.Dims()
	return mat.DenseCopyOf(a.Slice(from, from+count, 0, c))
}
`,
	"scale": `func scale(c float64, a *mat.Dense) *mat.Dense {
	var t mat.Dense
	t.Scale(c, a)
	return &t
}
`,
	"sigmoid": `func sigmoid(v float64) float64 {
	if v < 0 {
		e := math.Exp(v)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-v))
}
`,
	"softmax": `func softmax(a *mat.Dense) *mat.Dense {
	total := logSumExp(a)
	return apply(func(v float64) float64 { return math.Exp(v - total) }, a)
}
`,
	"stack": `func stack(a *mat.Dense, others ...*mat.Dense) *mat.Dense {
	for _, b := range others {
		var t mat.Dense
		t.Stack(a, b)
		a = &t
	}
	return a
}
`,
	"sum": `func sum(a *mat.Dense, others ...*mat.Dense) *mat.Dense {
	t := mat.DenseCopyOf(a)
	for _, b := range others {
		t.Add(t, b)
	}
	return t
}
`,
}
