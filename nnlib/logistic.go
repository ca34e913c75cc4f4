package nnlib

import (
	"context"
	"fmt"
)

// LogisticClassifier is binary logistic regression, one neuron: P(y=1|x) =
// σ(w·x + b).
//
// Source: CS224N 2019, lecture 3, "A neuron can be a binary logistic regression
// unit".
type LogisticClassifier struct {
	Network *Network // one linear layer of one output
	seed    uint64
}

// NewLogistic returns a classifier of vectors of the given length whose w is
// drawn from the seed by Xavier's uniform distribution. It panics if features is
// less than 1.
func NewLogistic(features int, seed uint64) *LogisticClassifier {
	return &LogisticClassifier{FeedForward([]int{features, 1}, Identity, 0, Init{}, seed), seed}
}

// Parameters returns W (D×1) and b.
func (m *LogisticClassifier) Parameters() []*Parameter { return m.Network.Parameters() }

// Fit trains the model on examples X (N×D) with labels (N), 0 or 1, under
// [BinaryCrossEntropy]. Errors are those of [WindowClassifier.Fit].
func (m *LogisticClassifier) Fit(ctx context.Context, X Matrix, labels []int32, t Training) (*History, error) {
	W := m.Parameters()[0]
	switch {
	case X.Rows < 1:
		return nil, &DataError{"no examples", -1}
	case X.Cols != W.Rows:
		return nil, &DataError{fmt.Sprintf("X is %d×%d, the model takes vectors of %d", X.Rows, X.Cols, W.Rows), -1}
	case len(labels) != X.Rows:
		return nil, &DataError{fmt.Sprintf("%d labels for %d examples", len(labels), X.Rows), -1}
	}
	if err := checkLabels(labels, 2); err != nil {
		return nil, err
	}
	Y := NewMatrix(X.Rows, 1)
	for i, label := range labels {
		Y.Data[i] = float32(label)
	}
	t.Seed = orElse(t.Seed, m.seed)
	t.Name = orElse(t.Name, "logistic regression")
	return m.Network.Fit(ctx, X, Y, BinaryCrossEntropy{}, t)
}

// Probabilities returns P(y=1|x) of each example.
func (m *LogisticClassifier) Probabilities(X Matrix) []float32 {
	return Logistic.Of(m.Network.Predict(X).Data)
}

// Predict returns 1 for each example with P(y=1|x) > ½, else 0.
func (m *LogisticClassifier) Predict(X Matrix) []int32 {
	labels := make([]int32, X.Rows)
	for i, z := range m.Network.Predict(X).Data {
		if z > 0 {
			labels[i] = 1
		}
	}
	return labels
}

// String describes the model.
func (m *LogisticClassifier) String() string {
	return fmt.Sprintf("binary logistic classifier of vectors of %d", m.Parameters()[0].Rows)
}

// MIMEBundle shows the model and the sizes of its parameters.
func (m *LogisticClassifier) MIMEBundle() map[string]any {
	return modelBundle(m.String(), m.Network.Counts())
}
