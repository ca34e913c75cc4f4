package calculus

import (
	"fmt"
	"strings"
)

// A Composition is a product of Jacobians by the chain rule, computed in the order
// that needs the fewest multiplications.
type Composition struct {
	Jacobian *Jacobian
	Order    string // ((uᵀ diag(f′(z))) W)
	// Multiplications of numbers: in the chosen order, from left to right (as
	// back-propagation does), from right to left, and from left to right
	// without regard to structure.
	Multiplications, LeftToRight, RightToLeft, Unstructured int
}

// Chain multiplies Jacobians from the output to the input: Chain(∂s/∂h, ∂h/∂z,
// ∂z/∂x). It panics with an [*Error] if there are none or the dimensions do not
// fit.
func Chain(jacobians ...*Jacobian) *Composition {
	if len(jacobians) == 0 {
		panic(&Error{Op: "Chain", Message: "there is no Jacobian"})
	}
	for i := 1; i < len(jacobians); i++ {
		a, b := jacobians[i-1], jacobians[i]
		if a.cols != b.rows {
			panic(&Error{Op: "Chain", Message: fmt.Sprintf("%s is %d×%d and %s is %d×%d: the inner dimensions differ", a.Name, a.rows, a.cols, b.Name, b.rows, b.cols)})
		}
	}
	// forms[i][j] is the structure of the product of i … j, which does not depend
	// on the order.
	n := len(jacobians)
	forms := make([][]form, n)
	for i, j := range jacobians {
		forms[i] = make([]form, n)
		forms[i][i] = formOf(j)
		for k := i + 1; k < n; k++ {
			forms[i][k] = forms[i][k-1].times(formOf(jacobians[k]))
		}
	}
	c := &Composition{}
	var split [][]int
	c.Multiplications, split = chainOrder(n, func(i, k, j int) int { return forms[i][k].cost(forms[k+1][j]) })
	for i := 1; i < n; i++ {
		c.LeftToRight += forms[0][i-1].cost(forms[i][i])
		c.RightToLeft += forms[n-1-i][n-1-i].cost(forms[n-i][n-1])
		c.Unstructured += jacobians[0].rows * jacobians[i].rows * jacobians[i].cols
	}
	var product func(i, j int) *Jacobian
	product = func(i, j int) *Jacobian {
		if i == j {
			return jacobians[i]
		}
		k := split[i][j]
		return product(i, k).Times(product(k+1, j))
	}
	c.Jacobian = product(0, n-1)
	c.Order = c.Jacobian.Name
	return c
}

// A form is the structure of a Jacobian without its numbers.
type form struct {
	kind       jacobianKind
	rows, cols int
	stored     int // numbers that a block form holds: what a row times it costs
}

func formOf(j *Jacobian) form {
	f := form{kind: j.kind, rows: j.rows, cols: j.cols}
	if j.kind == kindBlock {
		for _, row := range j.blocks {
			for _, b := range row {
				if b != nil {
					f.stored += formOf(b).perVector()
				}
			}
		}
	}
	return f
}

// perVector is what multiplying one vector by the form costs.
func (f form) perVector() int {
	switch f.kind {
	case kindIdentity:
		return 0
	case kindDiagonal:
		return f.rows
	case kindOuter:
		return f.rows + f.cols
	case kindBlock:
		return f.stored
	}
	return f.rows * f.cols
}

// times returns the structure of a product.
func (f form) times(g form) form {
	p := form{kind: kindDense, rows: f.rows, cols: g.cols}
	switch {
	case f.kind == kindIdentity:
		return g
	case g.kind == kindIdentity:
		return f
	case f.kind == kindOuter || g.kind == kindOuter:
		p.kind = kindOuter
	case f.kind == kindDiagonal && g.kind == kindDiagonal:
		p.kind = kindDiagonal
	}
	return p
}

// cost counts the multiplications of a product.
func (f form) cost(g form) int {
	switch {
	case f.kind == kindIdentity || g.kind == kindIdentity:
		return 0
	case f.kind == kindDiagonal && g.kind == kindDiagonal:
		return f.rows
	case f.kind == kindOuter:
		return g.perVector()
	case g.kind == kindOuter:
		return f.perVector()
	case f.kind == kindDiagonal:
		return g.rows * g.cols
	case g.kind == kindDiagonal:
		return f.rows * f.cols
	case g.kind == kindBlock:
		return f.rows * g.stored
	case f.kind == kindBlock:
		return f.stored * g.cols
	}
	return f.rows * f.cols * g.cols
}

// String says the order and what it costs.
func (c *Composition) String() string {
	return fmt.Sprintf("%s: %d multiplications (left to right %d, right to left %d, left to right without structure %d); %s %d×%d",
		c.Order, c.Multiplications, c.LeftToRight, c.RightToLeft, c.Unstructured, c.Jacobian.Structure(), c.Jacobian.rows, c.Jacobian.cols)
}

// MIMEBundle shows the composition in a notebook.
func (c *Composition) MIMEBundle() map[string]any { return bundle(c.String(), "", "") }

// A Sharing compares computing several derivatives from one local error signal δ
// with computing each from the start.
type Sharing struct {
	Delta   *Jacobian   // the product of the upstream Jacobians
	Results []*Jacobian // δ times each local Jacobian
	// Multiplications with δ computed once, and without.
	WithReuse, WithoutReuse int
}

// ShareDelta computes δ = the product of upstream once, from left to right, and
// δ·local for every local Jacobian: in the lecture upstream is ∂s/∂h, ∂h/∂z and
// the locals ∂z/∂W, ∂z/∂b, ∂z/∂x. It panics with an [*Error] if upstream is empty
// or the dimensions do not fit.
func ShareDelta(upstream []*Jacobian, locals ...*Jacobian) *Sharing {
	delta := Chain(upstream...)
	s := &Sharing{Delta: upstream[0], WithReuse: delta.LeftToRight}
	for _, j := range upstream[1:] {
		s.Delta = s.Delta.Times(j)
	}
	for _, local := range locals {
		s.Results = append(s.Results, s.Delta.Times(local))
		last := formOf(s.Delta).cost(formOf(local))
		s.WithReuse += last
		s.WithoutReuse += delta.LeftToRight + last
	}
	return s
}

// String says what reuse saves.
func (s *Sharing) String() string {
	return fmt.Sprintf("%d derivatives: %d multiplications with δ computed once, %d without", len(s.Results), s.WithReuse, s.WithoutReuse)
}

// MIMEBundle shows the comparison in a notebook.
func (s *Sharing) MIMEBundle() map[string]any { return bundle(s.String(), "", "") }

// A ShapeConversion is the step between a 1×nm Jacobian and an n×m gradient.
type ShapeConversion struct {
	Jacobian *Matrix // 1×nm, the elements of the parameter by rows
	Gradient *Matrix // n×m, the shape of the parameter
}

// ToShape applies the shape convention: the 1×nm Jacobian of a scalar with respect
// to an n×m parameter, taken by rows, becomes the n×m gradient. It panics with
// an [*Error] if the Jacobian is not 1×nm.
func ToShape(jacobian *Matrix, n, m int) *ShapeConversion {
	if jacobian.Rows != 1 || jacobian.Cols != n*m {
		panic(&Error{Op: "ToShape", Message: fmt.Sprintf("the Jacobian is %d×%d, want 1×%d for a %d×%d parameter", jacobian.Rows, jacobian.Cols, n*m, n, m)})
	}
	return &ShapeConversion{jacobian, &Matrix{n, m, append([]float64(nil), jacobian.Data...)}}
}

// ToJacobian undoes the shape convention: the n×m gradient of a scalar becomes
// its 1×nm Jacobian.
func ToJacobian(gradient *Matrix) *ShapeConversion {
	return &ShapeConversion{&Matrix{1, gradient.Rows * gradient.Cols, append([]float64(nil), gradient.Data...)}, gradient}
}

// String explains the conversion.
func (c *ShapeConversion) String() string {
	n, m := c.Gradient.Rows, c.Gradient.Cols
	var b strings.Builder
	fmt.Fprintf(&b, "As a Jacobian ∂s/∂W is 1×%d: one output, %d·%d = %d inputs, the elements of W by rows.\n", n*m, n, m, n*m)
	fmt.Fprintf(&b, "The shape convention writes the same numbers %d×%d, like W, so that W − α ∂s/∂W makes sense:\n", n, m)
	b.WriteString("element j of the Jacobian is element j/" + fmt.Sprint(m) + ", j mod " + fmt.Sprint(m) + " of the gradient.\n")
	b.WriteString(c.Gradient.String())
	return b.String()
}

// MIMEBundle shows the conversion in a notebook.
func (c *ShapeConversion) MIMEBundle() map[string]any {
	n, m := c.Gradient.Rows, c.Gradient.Cols
	latex := fmt.Sprintf(`$$\underbrace{%s}_{\text{Jacobian } 1 \times %d} \;\longleftrightarrow\; \underbrace{%s}_{\text{gradient } %d \times %d}$$`,
		c.Jacobian.latex(), n*m, c.Gradient.latex(), n, m)
	return bundle(c.String(), latex, "")
}
