package nnlib

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// ClassifierConfig are the hyper-parameters of a [Classifier].
type ClassifierConfig struct {
	Features   int        // D, length of x
	Hidden     []int      // neurons of each hidden layer; none is multinomial logistic regression
	Activation Activation // of the hidden layers; "" is tanh
	Dropout    float64    // probability that a hidden neuron is dropped, in [0, 1)
	Init       Init       // of the weights
	Classes    []string   // names of the classes; their number is K
	Seed       uint64
}

// Classifier assigns one of K classes to a vector: ŷ = softmax(xW + b), or with
// hidden layers ŷ = softmax(f(xW₁ + b₁)W₂ + b₂) and so on. Without a hidden layer
// it is the softmax classifier (multinomial logistic regression), whose
// decision boundaries are lines.
//
// It is not safe for concurrent use.
//
// Source: CS224N 2019, lecture 3, "Classification setup and notation" to
// "Neural network classifiers".
type Classifier struct {
	Network *Network
	config  ClassifierConfig
	own     bool // the network is the caller's
	ce      crossEntropy[float32]
}

// NewClassifier returns a classifier with weights drawn from the config's seed.
func NewClassifier(config ClassifierConfig) (*Classifier, error) {
	config.Activation = orElse(config.Activation, Tanh)
	config.Hidden, config.Classes = slices.Clone(config.Hidden), slices.Clone(config.Classes)
	_, activationErr := config.Activation.kind()
	initErr := config.Init.check()
	switch {
	case config.Features < 1:
		return nil, fmt.Errorf("nnlib: ClassifierConfig: %d features, want at least 1", config.Features)
	case len(config.Classes) < 2:
		return nil, fmt.Errorf("nnlib: ClassifierConfig: %d classes, want at least two names", len(config.Classes))
	case len(config.Hidden) > 0 && slices.Min(config.Hidden) < 1:
		return nil, fmt.Errorf("nnlib: ClassifierConfig: Hidden is %v, want at least one neuron in each layer", config.Hidden)
	case !(config.Dropout >= 0 && config.Dropout < 1):
		return nil, fmt.Errorf("nnlib: ClassifierConfig: Dropout is %v, want 0 ≤ p < 1", config.Dropout)
	case activationErr != nil:
		return nil, activationErr
	case initErr != nil:
		return nil, initErr
	}
	sizes := slices.Concat([]int{config.Features}, config.Hidden, []int{len(config.Classes)})
	network := FeedForward(sizes, config.Activation, config.Dropout, config.Init, config.Seed)
	symbols(network, "d")
	return &Classifier{Network: network, config: config}, nil
}

// ClassifierOf returns a classifier whose logits come from a network of one's
// own, one output for each class.
func ClassifierOf(network *Network, features int, classes []string) *Classifier {
	return &Classifier{Network: network, own: true, config: ClassifierConfig{Features: features, Classes: slices.Clone(classes)}}
}

// symbols gives the parameters of a feed-forward network their sizes in the
// lecture's letters: Hd, H, CH, C.
func symbols(n *Network, in string) {
	params := n.Parameters()
	for i, p := range params {
		out := "C"
		if i/2 < len(params)/2-1 {
			out = "H" + strings.TrimPrefix(fmt.Sprint(i/2+1), "1")
		}
		p.Symbol = out
		if i%2 == 0 {
			p.Symbol += in
			continue
		}
		in = out
	}
}

// Parameters returns the layers' parameters: W, b, or W1, b1, W2, b2 …
func (m *Classifier) Parameters() []*Parameter { return m.Network.Parameters() }

// Counts returns the sizes of the parameters.
func (m *Classifier) Counts() ParameterCounts { return m.Network.Counts() }

// Classes returns the names of the classes.
func (m *Classifier) Classes() []string { return slices.Clone(m.config.Classes) }

// String describes the model in a line.
func (m *Classifier) String() string {
	return fmt.Sprintf("classifier: %v → softmax over %d classes", m.Network, len(m.config.Classes))
}

// MIMEBundle shows the model: its layers and the sizes of its parameters.
func (m *Classifier) MIMEBundle() map[string]any { return modelBundle(m.String(), m.Counts()) }

// Fit trains the model on examples X (N×D) with labels (N). Errors are those of
// [WindowClassifier.Fit].
func (m *Classifier) Fit(ctx context.Context, X Matrix, labels []int32, t Training) (*History, error) {
	if err := m.check(X, labels, true); err != nil {
		return nil, err
	}
	t.Seed = orElse(t.Seed, m.config.Seed)
	t.Name = orElse(t.Name, "classifier")
	t.Params = append([]Param{
		{Key: "model", Value: m.String()},
		{Key: "classes", Value: strings.Join(m.config.Classes, " ")},
	}, t.Params...)
	t.Tags = append([]Param{{Key: "data_sha256", Value: hashFloats(X.Data, labels)}}, t.Tags...)
	return Train(ctx, &classifierTask{Classifier: m, X: matrix[float32](X), y: labels}, X.Rows, t)
}

func (m *Classifier) check(X Matrix, labels []int32, labelled bool) error {
	switch {
	case X.Rows < 1:
		return &DataError{"no examples", -1}
	case X.Cols != m.config.Features || len(X.Data) != X.Rows*X.Cols:
		return &DataError{fmt.Sprintf("X is %d×%d, the model takes vectors of %d", X.Rows, X.Cols, m.config.Features), -1}
	case !labelled:
		return nil
	case len(labels) != X.Rows:
		return &DataError{fmt.Sprintf("%d labels for %d examples", len(labels), X.Rows), -1}
	}
	return checkLabels(labels, len(m.config.Classes))
}

// classifierTask is a classifier with its data.
type classifierTask struct {
	*Classifier
	X      matrix[float32]
	y      []int32
	batchX matrix[float32]
	batchY []int32
}

// Gradients implements [Model].
func (t *classifierTask) Gradients(batch []int32) float64 {
	t.batchY = pick(t.batchY, t.y, batch)
	t.ce.labels = t.batchY
	t.Network.net.head = &t.ce
	return t.Network.net.gradients(gather(&t.batchX, t.X, batch))
}

func (t *classifierTask) atStep(step int) { t.Network.net.body.atStep(step) }

// pick writes the elements of s with the given indexes to dst.
func pick[T any](dst, s []T, batch []int32) []T {
	dst = dst[:0]
	for _, i := range batch {
		dst = append(dst, s[i])
	}
	return dst
}

// Probabilities returns ŷ of each example, N×K. It panics with a [*DataError] if
// X is not N×D.
func (m *Classifier) Probabilities(X Matrix) Matrix { return Softmax(m.logits(X)) }

func (m *Classifier) logits(X Matrix) Matrix {
	if err := m.check(X, nil, false); err != nil {
		panic(err)
	}
	return m.Network.Predict(X)
}

// Predict returns the likeliest class of each example, the first of equals. It
// panics as Probabilities does.
func (m *Classifier) Predict(X Matrix) []int32 { return argmaxes(m.logits(X)) }

// Loss returns the mean cross-entropy of labelled examples, in nats. It panics
// with a [*DataError] if they do not fit the model.
func (m *Classifier) Loss(X Matrix, labels []int32) float64 {
	if err := m.check(X, labels, true); err != nil {
		panic(err)
	}
	J, _ := CrossEntropy(m.Network.Predict(X), labels)
	return J
}

// Accuracy returns the share of examples, in [0, 1], whose class Predict finds.
func (m *Classifier) Accuracy(X Matrix, labels []int32) float64 {
	right := 0
	for i, label := range m.Predict(X) {
		if label == labels[i] {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}

// argmaxes returns the index of the largest value of each row, the first of
// equals.
func argmaxes(Z Matrix) []int32 {
	labels := make([]int32, Z.Rows)
	for i := range labels {
		labels[i] = argmax(Z.Row(i))
	}
	return labels
}

func argmax[F gemm.Float](x []F) int32 {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return int32(best)
}
