package nnlib

// Model is what [Train] trains. The models of this package are; so is any type
// with these two methods, written in a cell too.
type Model interface {
	// Parameters returns what training changes, always in the same order.
	Parameters() []*Parameter
	// Gradients returns the mean loss, in nats, of the examples with the given
	// indexes, and adds its gradient to the Grad of each parameter.
	Gradients(batch []int32) float64
}
