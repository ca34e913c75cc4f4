package nnlib

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
)

// ScorerConfig are the hyper-parameters of a [Scorer].
type ScorerConfig struct {
	Radius        int      // C: words on each side of the centre
	Vocab         int      // V, number of words
	Words         []string // the V words by id, kept in the file of a saved model; nil for none
	Dim           int      // d, length of a word vector
	Vectors       Matrix
	FreezeVectors bool
	Cases         int        // case classes, 0 for no case embedding
	CaseDim       int        // e, length of a case vector; 0 is 5
	Hidden        int        // neurons; 0 is 8
	Activation    Activation // "" is tanh
	Corrupt       int        // k, corrupt windows sampled for each true one; 0 is 5
	Seed          uint64
}

// Scorer gives a window a score for its centre word being what it looks for, such
// as a location: s = Uᵀf(Wx + b). It learns by [MaxMargin] to score true windows
// above corrupt ones, windows whose centre is something else.
//
//	x  m(d+e)    the window's vectors, concatenated
//	W  m(d+e)×H  (the lecture's transposed), b 1×H, U H×1
//
// It is not safe for concurrent use.
//
// Source: CS224N 2019, lecture 3, "Binary classification with unnormalized
// scores"; notes 3, sections 1.2 and 1.3; Collobert et al. (2011), section 4.
type Scorer struct {
	config ScorerConfig
	net    net[float32]
	loss   *rowHead[float32]
}

// NewScorer returns a scorer with initial values drawn from the config's seed as
// those of [NewWindowClassifier]. The config's Vectors are copied.
func NewScorer(config ScorerConfig) (*Scorer, error) {
	config.Hidden, config.Corrupt = orElse(config.Hidden, 8), orElse(config.Corrupt, 5)
	if config.Hidden < 1 || config.Corrupt < 1 {
		return nil, fmt.Errorf("nnlib: ScorerConfig: %d hidden neurons and %d corrupt windows, want at least 1 of each", config.Hidden, config.Corrupt)
	}
	// A scorer is a window classifier whose last layer has one output and no bias.
	wc := WindowConfig{
		Radius: config.Radius, Vocab: config.Vocab, Words: config.Words, Dim: config.Dim, Vectors: config.Vectors, FreezeVectors: config.FreezeVectors,
		Cases: config.Cases, CaseDim: orElse(config.CaseDim, 5), Activation: orElse(config.Activation, Tanh),
		Hidden: []int{config.Hidden}, Classes: []string{"corrupt", "true"}, Seed: config.Seed,
	}
	if err := wc.check(); err != nil {
		return nil, err
	}
	rng := newRand(config.Seed, forInit)
	m := &Scorer{loss: newRowHead[float32](MaxMargin{})}
	input := newWindow(&wc, rng)
	network := NewNetwork(feedForward([]int{input.features(), config.Hidden, 1}, wc.Activation, 0, Init{}, config.Seed, rng)...)
	m.net = net[float32]{input: input, body: network.net.body, head: m.loss, group: 1 + config.Corrupt}
	first, last := m.net.body.layers[0].(*linear[float32]), m.net.body.layers[2].(*linear[float32])
	first.W.Name, first.b.Name, first.W.Symbol, first.b.Symbol = "W", "b", "H"+wc.featureSymbol(), "H"
	first.inputFixed = wc.FreezeVectors && wc.Cases == 0
	last.W.Name, last.W.Symbol, last.b = "U", "H", nil
	config.Vocab, config.Dim, config.CaseDim, config.Activation = wc.Vocab, wc.Dim, wc.CaseDim, wc.Activation
	config.Vectors = Matrix{}
	m.config = config
	return m, nil
}

// Config returns the hyper-parameters, with defaults filled in and without the
// vectors.
func (m *Scorer) Config() ScorerConfig { return m.config }

// Parameters returns the word vectors (words), the case vectors (cases), W, b and
// U.
func (m *Scorer) Parameters() []*Parameter { return parameters(m.net.params()) }

// Counts returns the sizes of the parameters.
func (m *Scorer) Counts() ParameterCounts { return countParameters(m.Parameters()) }

// String describes the model in a line.
func (m *Scorer) String() string {
	return fmt.Sprintf("window scorer: %d words, x in R^%d, %d hidden %s, max-margin with %d corrupt windows",
		m.net.input.m, m.net.input.features(), m.config.Hidden, m.config.Activation, m.config.Corrupt)
}

// MIMEBundle shows the model: its description and the sizes of its parameters.
func (m *Scorer) MIMEBundle() map[string]any { return modelBundle(m.String(), m.Counts()) }

// Fit trains the scorer to tell windows with the label target from all others.
// An epoch is a pass over the windows with that label; with each come corrupt
// windows drawn from the others. Errors are those of [WindowClassifier.Fit]; and a
// [*DataError] if all windows or none have the label.
func (m *Scorer) Fit(ctx context.Context, train Windows, target int32, t Training) (*History, error) {
	task, err := m.task(&train, target, orElse(t.Seed, m.config.Seed))
	if err != nil {
		return nil, err
	}
	c := &m.config
	t.Seed = orElse(t.Seed, c.Seed)
	t.Name = orElse(t.Name, "window scorer")
	t.Params = append([]Param{
		{Key: "model", Value: "window scorer"},
		{Key: "window", Value: fmt.Sprint(m.net.input.m)},
		{Key: "vocabulary", Value: fmt.Sprint(c.Vocab)},
		{Key: "word_dim", Value: fmt.Sprint(c.Dim)},
		{Key: "vectors_trained", Value: fmt.Sprint(!c.FreezeVectors)},
		{Key: "hidden", Value: fmt.Sprint(c.Hidden)},
		{Key: "activation", Value: string(c.Activation)},
		{Key: "corrupt", Value: fmt.Sprint(c.Corrupt)},
		{Key: "target", Value: fmt.Sprint(target)},
	}, t.Params...)
	t.Tags = append([]Param{{Key: "data_sha256", Value: train.Hash()}}, t.Tags...)
	return Train(ctx, task, len(task.good), t)
}

// task pairs the scorer with its data.
func (m *Scorer) task(train *Windows, target int32, seed uint64) (*scorerTask, error) {
	c := &m.config
	if err := train.check(m.net.input.m, c.Vocab, c.Cases, int(slices.Max(append([]int32{target}, train.Labels...)))+1, true); err != nil {
		return nil, err
	}
	task := &scorerTask{Scorer: m, data: train, seed: seed}
	for i, label := range train.Labels {
		if label == target {
			task.good = append(task.good, int32(i))
		} else {
			task.others = append(task.others, int32(i))
		}
	}
	if len(task.good) == 0 || len(task.others) == 0 {
		return nil, &DataError{fmt.Sprintf("%d windows with label %d and %d without it; training needs both", len(task.good), target, len(task.others)), -1}
	}
	task.atStep(1)
	return task, nil
}

// scorerTask is a scorer with its data.
type scorerTask struct {
	*Scorer
	data   *Windows
	good   []int32 // windows with the label
	others []int32 // windows to corrupt with
	seed   uint64
	rng    *rand.Rand
	pcg    rand.PCG
	batch  []int32
}

// atStep makes the corrupt windows of a step depend on the seed and the step
// only.
func (t *scorerTask) atStep(step int) {
	t.pcg.Seed(t.seed, stream(forCorruption, step))
	if t.rng == nil {
		t.rng = rand.New(&t.pcg)
	}
}

// Gradients implements [Model].
func (t *scorerTask) Gradients(batch []int32) float64 {
	t.batch = t.batch[:0]
	for _, i := range batch {
		t.batch = append(t.batch, t.good[i])
		for range t.config.Corrupt {
			t.batch = append(t.batch, t.others[t.rng.IntN(len(t.others))])
		}
	}
	return t.net.gradients(t.net.input.load(t.data, t.batch))
}

// Score returns s of each window. It panics with a [*DataError] if the windows
// do not fit the model.
func (m *Scorer) Score(w Windows) []float32 {
	c := &m.config
	scores := make([]float32, 0, w.Len())
	if w.Len() == 0 {
		return scores
	}
	if err := w.check(m.net.input.m, c.Vocab, c.Cases, 0, false); err != nil {
		panic(err)
	}
	eachBatch(&m.net, &w, func(_ []int32, Z matrix[float32]) { scores = append(scores, Z.Data...) })
	return scores
}

// Threshold returns the score from which on to say yes, so that the F1 of saying
// yes is highest, and that F1 in percent. positive says what is right for each
// score.
func Threshold(scores []float32, positive []bool) (threshold float32, f1 float64) {
	order := byScore(scores)
	right, all := 0, 0
	for _, p := range positive {
		if p {
			all++
		}
	}
	for rank, i := range order {
		if positive[i] {
			right++
		}
		last := rank == len(order)-1 || scores[order[rank+1]] != scores[i]
		if f := 200 * float64(right) / float64(rank+1+all); last && f > f1 {
			threshold, f1 = scores[i], f
		}
	}
	return threshold, f1
}

// AUC returns the area under the ROC curve: the probability that a positive has
// a higher score than a negative, equal scores counting half.
func AUC(scores []float32, positive []bool) float64 {
	order := byScore(scores)
	above, pairs := 0.0, 0.0 // positives seen so far; pairs in the right order
	negatives := 0.0
	for lo := 0; lo < len(order); {
		hi, tiedPos, tiedNeg := lo, 0.0, 0.0
		for ; hi < len(order) && scores[order[hi]] == scores[order[lo]]; hi++ {
			if positive[order[hi]] {
				tiedPos++
			} else {
				tiedNeg++
			}
		}
		pairs += tiedNeg * (above + tiedPos/2)
		above += tiedPos
		negatives += tiedNeg
		lo = hi
	}
	return pairs / (above * negatives)
}

// byScore returns the indexes of the scores, the highest first.
func byScore(scores []float32) []int {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case scores[i] > scores[j]:
			return -1
		case scores[i] < scores[j]:
			return 1
		}
		return 0
	})
	return order
}
