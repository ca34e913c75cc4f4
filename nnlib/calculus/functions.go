package calculus

import (
	"math"
	"slices"
)

// An elementwise function: its names, its values and those of its first two
// derivatives. The activations are those of the lecture.
type elementwise struct {
	name  string // in Go-like text
	text  string // in formulas, if it differs
	latex string
	// eval holds f, f′ and f″. At a kink f′ is the value that the training code
	// uses, and kink reports it so that nobody takes it for a derivative.
	eval [3]func(float64) float64
	kink func(float64) bool
	// derivative states f′ in words of formulas, for explanations.
	derivative, derivativeLatex string
	// abstract functions such as f stand for any differentiable function and
	// have no values until the user says which.
	abstract bool
}

const (
	leakySlope = 0.01
	standIn    = "tanh" // checks compute an abstract function with it
)

// elementwiseFunctions is the table of the functions that the notation knows.
var elementwiseFunctions = []elementwise{
	{
		name: "sigmoid", text: "σ", latex: `\sigma`,
		eval: [3]func(float64) float64{sigmoid, func(x float64) float64 {
			s := sigmoid(x)
			return s * (1 - s)
		}, func(x float64) float64 {
			s := sigmoid(x)
			return s * (1 - s) * (1 - 2*s)
		}},
		derivative: "σ′(z) = σ(z) ∘ (1 − σ(z))", derivativeLatex: `\sigma'(z) = \sigma(z) \circ (1 - \sigma(z))`,
	},
	{
		name: "tanh", latex: `\tanh`,
		eval: [3]func(float64) float64{math.Tanh, func(x float64) float64 {
			t := math.Tanh(x)
			return 1 - t*t
		}, func(x float64) float64 {
			t := math.Tanh(x)
			return -2 * t * (1 - t*t)
		}},
		derivative: "tanh′(z) = 1 − tanh²(z)", derivativeLatex: `\tanh'(z) = 1 - \tanh^2(z)`,
	},
	{
		name: "relu", text: "relu", latex: `\operatorname{relu}`,
		eval:            [3]func(float64) float64{func(x float64) float64 { return max(x, 0) }, step, zero},
		kink:            func(x float64) bool { return x == 0 },
		derivative:      "relu′(z) = 1 where z > 0 and 0 where z < 0 (the notes write sgn(h)); not defined at z = 0",
		derivativeLatex: `\operatorname{relu}'(z) = \mathbf{1}[z > 0]\ \text{(the notes write } \operatorname{sgn}(h)\text{), not defined at } z = 0`,
	},
	{
		name: "max0", text: "max0", latex: `\max`,
		eval:            [3]func(float64) float64{func(x float64) float64 { return max(x, 0) }, step, zero},
		kink:            func(x float64) bool { return x == 0 },
		derivative:      "∂max(0, t)/∂t = 1[t > 0]: 1 where t > 0 and 0 where t < 0; not defined at the hinge t = 0",
		derivativeLatex: `\frac{\partial \max(0, t)}{\partial t} = \mathbf{1}[t > 0],\ \text{not defined at the hinge } t = 0`,
	},
	{
		name: "leakyrelu", latex: `\operatorname{leakyrelu}`,
		eval: [3]func(float64) float64{func(x float64) float64 { return max(x, leakySlope*x) }, func(x float64) float64 {
			if x > 0 {
				return 1
			}
			return leakySlope
		}, zero},
		kink:            func(x float64) bool { return x == 0 },
		derivative:      "leakyrelu′(z) = 1 where z > 0 and 0.01 where z < 0; not defined at z = 0",
		derivativeLatex: `\operatorname{leakyrelu}'(z) = 1 \text{ where } z > 0,\ 0.01 \text{ where } z < 0`,
	},
	{
		name: "hardtanh", latex: `\operatorname{hardtanh}`,
		eval: [3]func(float64) float64{func(x float64) float64 { return min(max(x, -1), 1) }, func(x float64) float64 {
			if math.Abs(x) < 1 {
				return 1
			}
			return 0
		}, zero},
		kink:            func(x float64) bool { return math.Abs(x) == 1 },
		derivative:      "hardtanh′(z) = 1 where |z| < 1 and 0 where |z| > 1; not defined at z = ±1",
		derivativeLatex: `\operatorname{hardtanh}'(z) = \mathbf{1}[|z| < 1]`,
	},
	{
		name: "softsign", latex: `\operatorname{softsign}`,
		eval: [3]func(float64) float64{func(x float64) float64 { return x / (1 + math.Abs(x)) }, func(x float64) float64 {
			d := 1 + math.Abs(x)
			return 1 / (d * d)
		}, func(x float64) float64 {
			d := 1 + math.Abs(x)
			return -2 * sign(x) / (d * d * d)
		}},
		derivative: "softsign′(z) = 1/(1 + |z|)²", derivativeLatex: `\operatorname{softsign}'(z) = \frac{1}{(1 + |z|)^2}`,
	},
	{
		name: "softplus", latex: `\operatorname{softplus}`,
		eval: [3]func(float64) float64{func(x float64) float64 {
			return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
		}, sigmoid, func(x float64) float64 { return sigmoid(x) * (1 - sigmoid(x)) }},
		derivative: "softplus′(z) = σ(z)", derivativeLatex: `\operatorname{softplus}'(z) = \sigma(z)`,
	},
	{
		name: "abs", latex: `\operatorname{abs}`,
		eval:       [3]func(float64) float64{math.Abs, sign, zero},
		kink:       func(x float64) bool { return x == 0 },
		derivative: "abs′(z) = sgn(z); not defined at z = 0", derivativeLatex: `\operatorname{abs}'(z) = \operatorname{sgn}(z)`,
	},
	{
		name: "exp", latex: `\exp`, eval: [3]func(float64) float64{math.Exp, math.Exp, math.Exp},
		derivative: "exp′(z) = exp(z)", derivativeLatex: `\exp'(z) = \exp(z)`,
	},
	{
		name: "log", latex: `\log`,
		eval:       [3]func(float64) float64{math.Log, func(x float64) float64 { return 1 / x }, func(x float64) float64 { return -1 / (x * x) }},
		derivative: "log′(z) = 1/z", derivativeLatex: `\log'(z) = 1/z`,
	},
	{
		name: "sin", latex: `\sin`, eval: [3]func(float64) float64{math.Sin, math.Cos, func(x float64) float64 { return -math.Sin(x) }},
		derivative: "sin′(z) = cos(z)", derivativeLatex: `\sin'(z) = \cos(z)`,
	},
	{
		name: "cos", latex: `\cos`,
		eval:       [3]func(float64) float64{math.Cos, func(x float64) float64 { return -math.Sin(x) }, func(x float64) float64 { return -math.Cos(x) }},
		derivative: "cos′(z) = −sin(z)", derivativeLatex: `\cos'(z) = -\sin(z)`,
	},
	{name: "f", latex: "f", abstract: true},
	{name: "g", latex: "g", abstract: true},
	{name: "φ", latex: `\varphi`, abstract: true},
	{name: "ψ", latex: `\psi`, abstract: true},
}

// functionAliases are other spellings of the table's names.
var functionAliases = map[string]string{
	"σ": "sigmoid", "sigma": "sigmoid", "logistic": "sigmoid", "ReLU": "relu", "rect": "relu",
	"ln": "log", "LeakyReLU": "leakyrelu", "leakyReLU": "leakyrelu", "leaky_relu": "leakyrelu",
	"HardTanh": "hardtanh", "hardTanh": "hardtanh", "hard_tanh": "hardtanh", "soft_sign": "softsign",
	"phi": "φ", "psi": "ψ",
}

// findElementwise returns the function of a name or alias, or nil.
func findElementwise(name string) *elementwise {
	if alias, ok := functionAliases[name]; ok {
		name = alias
	}
	i := slices.IndexFunc(elementwiseFunctions, func(f elementwise) bool { return f.name == name })
	if i < 0 {
		return nil
	}
	return &elementwiseFunctions[i]
}

func (f *elementwise) display() string {
	if f.text != "" {
		return f.text
	}
	return f.name
}

// isActivation reports whether f is a layer's non-linearity, whose argument the
// lecture calls z and whose result h.
func (f *elementwise) isActivation() bool {
	return !slices.Contains([]string{"max0", "abs", "exp", "log", "sin", "cos"}, f.name)
}

func sigmoid(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x) // does not overflow for x < 0
	return e / (1 + e)
}

func step(x float64) float64 {
	if x > 0 {
		return 1
	}
	return 0
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

func zero(float64) float64 { return 0 }
