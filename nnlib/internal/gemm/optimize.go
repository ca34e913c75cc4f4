package gemm

// Optimizer names an update rule.
type Optimizer int32

// The update rules, as in gemm.h; m and v are kept from step to step.
//
//	SGD       x -= rate (g + decay x)
//	Momentum  m = β₁m + (g + decay x)            x -= rate m
//	AdaGrad   v = v + g²                         x -= rate g/(√v + ε)
//	RMSProp   v = β₂v + (1-β₂)g²                 x -= rate g/(√v + ε)
//	Adam      m = β₁m + (1-β₁)g, v = β₂v + (1-β₂)g²
//	          x -= rate ((m/c₁)/(√(v/c₂) + ε) + decay x)
const (
	SGD Optimizer = iota + 1
	Momentum
	AdaGrad
	RMSProp
	Adam
)

// Rule is one step of an optimizer. Correct1 and Correct2 are Adam's c₁ = 1-β₁ᵗ
// and c₂ = 1-β₂ᵗ, else 1.
type Rule struct {
	Kind                                               Optimizer
	Rate, Beta1, Beta2, Eps, Decay, Correct1, Correct2 float64
}

// usesM and usesV say which of m and v the rule keeps.
func (k Optimizer) usesM() bool { return k == Momentum || k == Adam }
func (k Optimizer) usesV() bool { return k == AdaGrad || k == RMSProp || k == Adam }

// Update takes a step for rows of x that are cols wide: for its first rows if
// ids is nil, else for the rows that ids names, row i of g being the gradient of
// row ids[i].
func Update[F Float](r *Rule, rows, cols int, ids []int32, g, m, v, x []F) {
	if rows == 0 || cols == 0 {
		return
	}
	last := rows - 1
	for _, id := range ids {
		last = max(last, int(id))
	}
	need("Update: g", g, rows*cols)
	need("Update: x", x, (last+1)*cols)
	if r.Kind.usesM() {
		need("Update: m", m, (last+1)*cols)
	}
	if r.Kind.usesV() {
		need("Update: v", v, (last+1)*cols)
	}
	if simd[F]() {
		simdUpdate(r, rows, cols, ids, g, m, v, x)
		return
	}
	if ids == nil {
		pureUpdate(r, g[:rows*cols], m, v, x)
		return
	}
	for i, id := range ids {
		at := int(id) * cols
		pureUpdate(r, g[i*cols:(i+1)*cols], from(m, at), from(v, at), x[at:])
	}
}

// from returns s[at:], nil for nil.
func from[F any](s []F, at int) []F {
	if s == nil {
		return nil
	}
	return s[at:]
}

func pureUpdate[F Float](r *Rule, g, m, v, x []F) {
	rate, eps, decay := F(r.Rate), F(r.Eps), F(r.Decay)
	beta1, beta2 := F(r.Beta1), F(r.Beta2)
	left1, left2 := 1-beta1, 1-beta2
	correct1, correct2 := F(1/r.Correct1), F(1/r.Correct2)
	for i, gi := range g {
		switch r.Kind {
		case SGD:
			x[i] -= F(rate * (gi + F(decay*x[i])))
		case Momentum:
			m[i] = F(beta1*m[i]) + (gi + F(decay*x[i]))
			x[i] -= F(rate * m[i])
		case AdaGrad:
			v[i] += F(gi * gi)
			x[i] -= F(rate * (gi / (sqrt(v[i]) + eps)))
		case RMSProp:
			v[i] = F(beta2*v[i]) + F(left2*F(gi*gi))
			x[i] -= F(rate * (gi / (sqrt(v[i]) + eps)))
		case Adam:
			m[i] = F(beta1*m[i]) + F(left1*gi)
			v[i] = F(beta2*v[i]) + F(left2*F(gi*gi))
			step := F(m[i]*correct1) / (sqrt(F(v[i]*correct2)) + eps)
			x[i] -= F(rate * (step + F(decay*x[i])))
		}
	}
}
