package nnlib_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lectern-go/lectern/nnlib"
)

// TestOptimizerFormulas takes two steps from x = 1 with gradients 0.5 and -2 and
// compares with the formulas, written out in float64.
func TestOptimizerFormulas(t *testing.T) {
	const rate, g1, g2 = 0.1, 0.5, -2.0
	adam := func(decay float64) float64 {
		m1, v1 := 0.1*g1, 0.001*g1*g1
		x := 1 - rate*(m1/0.1/(math.Sqrt(v1/0.001)+1e-8)+decay*1)
		m2, v2 := 0.9*m1+0.1*g2, 0.999*v1+0.001*g2*g2
		return x - rate*(m2/(1-0.81)/(math.Sqrt(v2/(1-0.999*0.999))+1e-8)+decay*x)
	}
	rms := func() float64 {
		v1 := 0.1 * g1 * g1
		x := 1 - rate*g1/(math.Sqrt(v1)+1e-8)
		v2 := 0.9*v1 + 0.1*g2*g2
		return x - rate*g2/(math.Sqrt(v2)+1e-8)
	}
	tests := []struct {
		name string
		o    nnlib.Optimizer
		want float64
	}{
		{"sgd", &nnlib.SGD{}, 1 - rate*g1 - rate*g2},
		{"momentum", &nnlib.SGD{Momentum: 0.9}, 1 - rate*g1 - rate*(0.9*g1+g2)},
		{"fan-in", &nnlib.SGD{FanIn: true}, 1 - rate/3*g1 - rate/3*g2},
		{"adagrad", &nnlib.AdaGrad{}, 1 - rate*g1/(g1+1e-8) - rate*g2/(math.Sqrt(g1*g1+g2*g2)+1e-8)},
		{"rmsprop", &nnlib.RMSProp{}, rms()},
		{"adam", &nnlib.Adam{}, adam(0)},
		{"adamw", &nnlib.Adam{WeightDecay: 0.1}, adam(0.1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := nnlib.NewParameter("W", 3, 7)
			for i := range p.Value {
				p.Value[i] = 1
			}
			for _, g := range []float32{g1, g2} {
				for i := range p.Grad {
					p.Grad[i] = g
				}
				test.o.Update(p, rate)
			}
			for i, got := range p.Value {
				if math.Abs(float64(got)-test.want) > 1e-6 {
					t.Fatalf("value %d after two steps is %v, want %v", i, got, test.want)
				}
			}
		})
	}
}

// TestSGDStepIsExact: on J = ½θ² a step multiplies θ by 1-α; with powers of two
// nothing is rounded.
func TestSGDStepIsExact(t *testing.T) {
	p := nnlib.NewParameter("theta", 1, 3)
	copy(p.Value, []float32{1, -8, 0.5})
	copy(p.Grad, p.Value)
	(&nnlib.SGD{}).Update(p, 0.25)
	for i, want := range []float32{0.75, -6, 0.375} {
		if p.Value[i] != want {
			t.Errorf("θ[%d] is %v, want exactly %v", i, p.Value[i], want)
		}
	}
}

func TestSchedules(t *testing.T) {
	tests := []struct {
		s    nnlib.Schedule
		t    int
		want float64
	}{
		{nnlib.StepDecay{Every: 10}, 9, 0.8},
		{nnlib.StepDecay{Every: 10}, 10, 0.4},
		{nnlib.StepDecay{Every: 10, Factor: 0.1}, 25, 0.008},
		{nnlib.ExponentialDecay{K: 0.5}, 4, 0.8 * math.Exp(-2)},
		{nnlib.InverseDecay{Tau: 10}, 5, 0.8},
		{nnlib.InverseDecay{Tau: 10}, 40, 0.2},
		{nnlib.WarmUp{Steps: 4}, 0, 0.2},
		{nnlib.WarmUp{Steps: 4}, 100, 0.8},
		{nnlib.WarmUp{Steps: 4, Then: nnlib.StepDecay{Every: 10}}, 14, 0.4},
	}
	for _, test := range tests {
		if got := test.s.Rate(0.8, test.t); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%v: rate of step %d is %v, want %v", test.s, test.t, got, test.want)
		}
	}
}

func TestInit(t *testing.T) {
	if got := nnlib.XavierBound(3, 5); math.Abs(got-math.Sqrt(6.0/8)) > 1e-15 {
		t.Errorf("Xavier bound of 3×5 is %v, want √(6/8) = 0.866", got)
	}
	tests := []struct {
		init      nnlib.Init
		sd, bound float64
	}{
		{nnlib.Init{}, nnlib.XavierBound(200, 300) / math.Sqrt(3), nnlib.XavierBound(200, 300)},
		{nnlib.Init{Kind: nnlib.XavierNormal}, math.Sqrt(2.0 / 500), math.Inf(1)},
		{nnlib.Init{Kind: nnlib.HeNormal}, math.Sqrt(2.0 / 200), math.Inf(1)},
		{nnlib.Init{Kind: nnlib.SmallUniform, Scale: 0.3}, 0.3 / math.Sqrt(3), 0.3},
		{nnlib.Init{Kind: nnlib.SmallNormal}, 0.01, math.Inf(1)},
	}
	for _, test := range tests {
		W := nnlib.NewParameter("W", 200, 300)
		test.init.Fill(W, rand.New(rand.NewPCG(1, 1)))
		sum, square := 0.0, 0.0
		for _, w := range W.Value {
			sum += float64(w)
			square += float64(w) * float64(w)
			if math.Abs(float64(w)) > test.bound {
				t.Fatalf("%v: %v is beyond %v", test.init, w, test.bound)
			}
		}
		n := float64(W.Len())
		if sd := math.Sqrt(square / n); math.Abs(sd/test.sd-1) > 0.02 || math.Abs(sum/n) > 0.02*test.sd {
			t.Errorf("%v: mean %v and standard deviation %v, want 0 and %v", test.init, sum/n, sd, test.sd)
		}
	}
}

func TestDropout(t *testing.T) {
	l := nnlib.NewDropout(0.3, 1)
	X := nnlib.NewMatrix(100, 200)
	for i := range X.Data {
		X.Data[i] = 2
	}
	for _, y := range l.Forward(X, false).Data {
		if y != 2 {
			t.Fatalf("predicting, an element is %v, want it unchanged", y)
		}
	}
	Y := l.Forward(X, true)
	dropped, sum := 0, 0.0
	for _, y := range Y.Data {
		if y == 0 {
			dropped++
		}
		sum += float64(y)
	}
	if share := float64(dropped) / float64(len(Y.Data)); math.Abs(share-0.3) > 0.01 {
		t.Errorf("%.3f of the elements are dropped, want 0.3", share)
	}
	if mean := sum / float64(len(Y.Data)); math.Abs(mean-2) > 0.03 {
		t.Errorf("the mean is %v, want it to stay 2", mean)
	}
	dX := l.Backward(X)
	for i, y := range Y.Data {
		if dX.Data[i] != y {
			t.Fatalf("gradient %d is %v, want %v as forward", i, dX.Data[i], y)
		}
	}
}
