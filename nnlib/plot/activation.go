package plot

// Activation is an activation function with its derivative.
type Activation struct {
	Name          string
	F, Derivative func(z float64) float64
}

// Activations draws activation functions over [-4, 4] and their derivatives,
// dashed, in the same colour.
func Activations(title string, activations ...Activation) *Figure {
	c := Curves{Title: title, XLabel: "z", YLabel: "f(z), f′(z) dashed"}
	for i, a := range activations {
		f, df := Sample(a.Name, a.F, -4, 4), Sample(a.Name+"′", a.Derivative, -4, 4)
		f.Color, df.Color = i+1, i+1
		df.Dashed = true
		c.Series = append(c.Series, f, df)
	}
	return c.Figure()
}

// Sample returns the curve of f over [from, to] at 201 points.
func Sample(name string, f func(float64) float64, from, to float64) Series {
	const n = 201
	s := Series{Name: name, X: make([]float64, n), Y: make([]float64, n)}
	for i := range n {
		s.X[i] = from + (to-from)*float64(i)/(n-1)
		s.Y[i] = f(s.X[i])
	}
	return s
}
