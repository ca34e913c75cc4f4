package nnlib

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/nnlib/internal/gemm"
)

// WindowConfig are the hyper-parameters of a [WindowClassifier].
type WindowConfig struct {
	Radius  int  // C: words on each side of the centre; a window has 2C+1
	Average bool // average the window's vectors instead of concatenating them

	Vocab         int      // V, number of words
	Words         []string // the V words by id, kept in the file of a saved model; nil for none
	Dim           int      // d, length of a word vector
	Vectors       Matrix   // V×d word vectors to start from; the zero value draws them from U[-0.25, 0.25]
	FreezeVectors bool     // keep the word vectors as they are

	Cases   int // case classes, 0 for no case embedding
	CaseDim int // e, length of a case vector; 0 is 5

	Hidden     []int      // neurons of each hidden layer; none is the softmax classifier
	Activation Activation // of the hidden layers; "" is tanh
	Dropout    float64    // probability that a hidden neuron is dropped, in [0, 1)
	Init       Init       // of the weights
	NoBias     bool       // leave the biases out

	Classes []string // names of the classes; their number is K (the lecture's C)
	Seed    uint64   // of the initial values, and of what Fit draws unless it says otherwise
}

// WindowClassifier labels the centre word of a window: the window's word vectors
// (and case vectors), concatenated or averaged, go through hidden layers, if
// any, to a softmax.
//
//	x = [L(w₁) … L(wₘ)]      h = f(xW₁ + b₁)      ŷ = softmax(hW₂ + b₂)
//
// It is not safe for concurrent use.
//
// Source: CS224N 2019, lecture 3, "Window classification".
type WindowClassifier struct {
	config WindowConfig
	net    net[float32]
	ce     crossEntropy[float32]
	labels []int32
}

// NewWindowClassifier returns a model with initial values drawn from the
// config's seed: linear layers by Xavier's uniform distribution, biases zero,
// case vectors from N(0, 1). The config's Vectors are copied.
func NewWindowClassifier(config WindowConfig) (*WindowClassifier, error) {
	config.CaseDim = orElse(config.CaseDim, 5)
	config.Activation = orElse(config.Activation, Tanh)
	if err := config.check(); err != nil {
		return nil, err
	}
	config.Hidden, config.Classes, config.Words = slices.Clone(config.Hidden), slices.Clone(config.Classes), slices.Clone(config.Words)
	m := &WindowClassifier{config: config}
	m.build()
	m.config.Vectors = Matrix{}
	return m, nil
}

// width returns m = 2C+1.
func (c *WindowConfig) width() int { return 2*c.Radius + 1 }

func (c *WindowConfig) check() error {
	if c.Vectors.Data != nil {
		c.Vocab, c.Dim = orElse(c.Vocab, c.Vectors.Rows), orElse(c.Dim, c.Vectors.Cols)
		if c.Vectors.Rows != c.Vocab || c.Vectors.Cols != c.Dim || len(c.Vectors.Data) != c.Vocab*c.Dim {
			return fmt.Errorf("nnlib: WindowConfig: Vectors is %d×%d, Vocab and Dim say %d×%d", c.Vectors.Rows, c.Vectors.Cols, c.Vocab, c.Dim)
		}
	}
	if c.Words != nil {
		c.Vocab = orElse(c.Vocab, len(c.Words))
	}
	switch {
	case c.Words != nil && len(c.Words) != c.Vocab:
		return fmt.Errorf("nnlib: WindowConfig: %d Words, Vocab says %d", len(c.Words), c.Vocab)
	case c.Radius < 0:
		return fmt.Errorf("nnlib: WindowConfig: Radius is %d, want 0 or more words on each side", c.Radius)
	case c.Vocab < 1 || c.Dim < 1:
		return fmt.Errorf("nnlib: WindowConfig: %d words of length %d, want at least one of each", c.Vocab, c.Dim)
	case c.Cases < 0 || c.Cases > 256 || c.CaseDim < 1:
		return fmt.Errorf("nnlib: WindowConfig: %d case classes of length %d, want 0..256 of at least 1", c.Cases, c.CaseDim)
	case len(c.Classes) < 2:
		return fmt.Errorf("nnlib: WindowConfig: %d classes, want at least two names", len(c.Classes))
	case slices.ContainsFunc(c.Hidden, func(h int) bool { return h < 1 }):
		return fmt.Errorf("nnlib: WindowConfig: Hidden is %v, want at least one neuron in each layer", c.Hidden)
	}
	if !(c.Dropout >= 0 && c.Dropout < 1) {
		return fmt.Errorf("nnlib: WindowConfig: Dropout is %v, want 0 ≤ p < 1", c.Dropout)
	}
	if err := c.Init.check(); err != nil {
		return err
	}
	_, err := c.Activation.kind()
	return err
}

// build makes the layers and draws their values.
func (m *WindowClassifier) build() {
	c := &m.config
	rng := newRand(c.Seed, forInit)
	input := newWindow(c, rng)
	sizes := slices.Concat([]int{input.features()}, c.Hidden, []int{len(c.Classes)})
	network := NewNetwork(feedForward(sizes, c.Activation, c.Dropout, c.Init, c.Seed, rng)...)
	symbols(network, c.featureSymbol())
	m.net = net[float32]{input: input, body: network.net.body, head: &m.ce, group: 1}
	for i, l := range m.net.body.layers {
		if l, ok := l.(*linear[float32]); ok {
			l.inputFixed = i == 0 && c.FreezeVectors && c.Cases == 0
			if c.NoBias {
				l.b = nil
			}
		}
	}
}

// newWindow makes the window layer of a config that has been checked.
func newWindow(c *WindowConfig, rng *rand.Rand) *window[float32] {
	words := newSparse[float32]("words", c.Vocab, c.Dim)
	words.Symbol, words.Frozen = "Vd", c.FreezeVectors
	if c.Vectors.Data != nil {
		copy(words.Value, c.Vectors.Data)
	} else {
		fillUniform(rng, 0.25, words.Value)
	}
	w := &window[float32]{words: words, m: c.width(), average: c.Average}
	if c.Cases > 0 {
		w.cases = newParam[float32]("cases", c.Cases, c.CaseDim)
		w.cases.Symbol = fmt.Sprintf("%de", c.Cases)
		fillNormal(rng, 1, w.cases.Value)
	}
	return w
}

// featureSymbol is the length of x in letters: d, md, d+e or m(d+e).
func (c *WindowConfig) featureSymbol() string {
	windowed := !c.Average && c.Radius > 0
	switch {
	case c.Cases > 0 && windowed:
		return "m(d+e)"
	case c.Cases > 0:
		return "(d+e)"
	case windowed:
		return "md"
	}
	return "d"
}

// Config returns the hyper-parameters, with defaults filled in and without the
// vectors.
func (m *WindowClassifier) Config() WindowConfig { return m.config }

// Classes returns the names of the classes.
func (m *WindowClassifier) Classes() []string { return slices.Clone(m.config.Classes) }

// Parameters returns the word vectors (words), the case vectors (cases), and the
// layers' W and b (W1, b1, W2 … if there are hidden layers).
func (m *WindowClassifier) Parameters() []*Parameter {
	return parameters(m.net.params())
}

// Counts returns the sizes of the parameters.
func (m *WindowClassifier) Counts() ParameterCounts { return countParameters(m.Parameters()) }

// Features returns the length of x: m(d+e) concatenated, d+e averaged.
func (m *WindowClassifier) Features() int { return m.net.input.features() }

// String describes the model in a line.
func (m *WindowClassifier) String() string {
	c := &m.config
	how, vectors := "concatenated", "trained"
	if c.Average {
		how = "averaged"
	}
	if c.FreezeVectors {
		vectors = "frozen"
	}
	s := fmt.Sprintf("window classifier: %d words %s, x in R^%d", c.width(), how, m.Features())
	if len(c.Hidden) > 0 {
		s += fmt.Sprintf(", hidden %s %s", strings.Trim(fmt.Sprint(c.Hidden), "[]"), c.Activation)
	}
	return s + fmt.Sprintf(", %d classes, vectors %s", len(c.Classes), vectors)
}

// MIMEBundle shows the model: its description and the sizes of its parameters.
func (m *WindowClassifier) MIMEBundle() map[string]any { return modelBundle(m.String(), m.Counts()) }

// Fit trains the model on labelled windows and returns what it measured. It
// returns a [*DataError] for data that do not fit the model, a
// [*DivergenceError] if the loss or a gradient is not finite, and the context's
// error if that ends first; the history until then comes with both of these.
//
// Where t has a Score, the model has the values of the best epoch afterwards.
func (m *WindowClassifier) Fit(ctx context.Context, train Windows, t Training) (*History, error) {
	c := &m.config
	if err := train.check(c.width(), c.Vocab, c.Cases, len(c.Classes), true); err != nil {
		return nil, err
	}
	if t.Seed == 0 {
		t.Seed = c.Seed
	} else if t.Seed != c.Seed {
		t.Params = append([]Param{{"init_seed", fmt.Sprint(c.Seed)}}, t.Params...)
	}
	t.Name = orElse(t.Name, m.name())
	t.Params = append(m.hyperParameters(), t.Params...)
	t.Tags = append([]Param{{"data_sha256", train.Hash()}}, t.Tags...)
	return Train(ctx, &windowTask{m, &train}, train.Len(), t)
}

// name is the model's kind in a word or two.
func (m *WindowClassifier) name() string {
	switch {
	case len(m.config.Hidden) > 0:
		return "window hidden"
	case m.config.Average:
		return "window average"
	}
	return "window softmax"
}

func (m *WindowClassifier) hyperParameters() []Param {
	c := &m.config
	combine := "concatenate"
	if c.Average {
		combine = "average"
	}
	params := []Param{
		{"model", "window classifier"},
		{"window", fmt.Sprint(c.width())},
		{"combine", combine},
		{"vocabulary", fmt.Sprint(c.Vocab)},
		{"word_dim", fmt.Sprint(c.Dim)},
		{"vectors_trained", fmt.Sprint(!c.FreezeVectors)},
		{"hidden", strings.Trim(fmt.Sprint(c.Hidden), "[]")},
		{"classes", strings.Join(c.Classes, " ")},
	}
	if len(c.Hidden) > 0 {
		params = append(params, Param{"activation", string(c.Activation)}, Param{"dropout", number(c.Dropout)})
	}
	if c.Cases > 0 {
		params = append(params, Param{"case_classes", fmt.Sprint(c.Cases)}, Param{"case_dim", fmt.Sprint(c.CaseDim)})
	}
	return params
}

// windowTask is a window classifier with its data.
type windowTask struct {
	*WindowClassifier
	data *Windows
}

// Gradients implements [Model].
func (t *windowTask) Gradients(batch []int32) float64 {
	t.labels = pick(t.labels, t.data.Labels, batch)
	t.ce.labels = t.labels
	return t.net.gradients(t.net.input.load(t.data, batch))
}

func (t *windowTask) atStep(step int) { t.net.body.atStep(step) }

// predictBatch is how many examples a prediction handles at a time.
const predictBatch = 512

// eachBatch calls f with the outputs for the windows, some at a time.
func eachBatch(n *net[float32], w *Windows, f func(batch []int32, Z matrix[float32])) {
	batch := make([]int32, 0, predictBatch)
	for lo := 0; lo < w.N; lo += predictBatch {
		batch = batch[:0]
		for i := lo; i < min(lo+predictBatch, w.N); i++ {
			batch = append(batch, int32(i))
		}
		f(batch, n.outputs(n.input.load(w, batch)))
	}
}

// mustFit panics with the [*DataError] of data that do not fit the model.
func (m *WindowClassifier) mustFit(w Windows, labelled bool) {
	c := &m.config
	if w.Len() == 0 && len(w.Words) == 0 {
		return
	}
	if err := w.check(c.width(), c.Vocab, c.Cases, len(c.Classes), labelled); err != nil {
		panic(err)
	}
}

// Predict returns the likeliest class of each window, the first of equals. It
// panics with a [*DataError] if the windows do not fit the model.
func (m *WindowClassifier) Predict(w Windows) []int32 {
	m.mustFit(w, false)
	labels := make([]int32, 0, w.Len())
	eachBatch(&m.net, &w, func(batch []int32, Z matrix[float32]) {
		for i := range batch {
			labels = append(labels, argmax(Z.row(i)))
		}
	})
	return labels
}

// Probabilities returns softmax(z) of each window, N×K. It panics as Predict
// does.
func (m *WindowClassifier) Probabilities(w Windows) Matrix {
	m.mustFit(w, false)
	K := len(m.config.Classes)
	P := NewMatrix(w.Len(), K)
	eachBatch(&m.net, &w, func(batch []int32, Z matrix[float32]) {
		gemm.Softmax(Z.Rows, K, Z.Data, P.Data[int(batch[0])*K:])
	})
	return P
}

// Loss returns the mean cross-entropy of labelled windows, in nats. It panics as
// Predict does.
func (m *WindowClassifier) Loss(w Windows) float64 {
	m.mustFit(w, true)
	sum := 0.0
	eachBatch(&m.net, &w, func(batch []int32, Z matrix[float32]) {
		J, _ := CrossEntropy(Matrix(Z), w.Labels[batch[0]:][:len(batch)])
		sum += J * float64(len(batch))
	})
	return sum / float64(max(w.Len(), 1))
}
