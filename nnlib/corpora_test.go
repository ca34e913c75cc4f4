package nnlib_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lectern-go/lectern/nnlib"
	"github.com/lectern-go/lectern/nnlib/ner"
)

// task is a corpus made ready for window classifiers.
type task struct {
	corpus           *ner.Corpus
	vocab            *ner.Vocab
	labels           *ner.Labels
	train, dev, test nnlib.Windows
	vectors          *ner.Vectors
}

// dataPath finds a file or folder on LECTERN_DATA and skips the test without it.
func dataPath(t testing.TB, name string) string {
	t.Helper()
	for _, dir := range filepath.SplitList(os.Getenv("LECTERN_DATA")) {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skipf("%s is not on LECTERN_DATA", name)
	return ""
}

func loadTask(t testing.TB, corpus, vectors string, radius int, scheme ner.Scheme, settings ner.VocabSettings) *task {
	t.Helper()
	c, err := ner.ReadCorpus(os.DirFS(dataPath(t, corpus)), ".", corpus)
	if err != nil {
		t.Fatal(err)
	}
	k := &task{corpus: c}
	if k.vectors, err = ner.ReadVectorsFile(dataPath(t, vectors)); err != nil {
		t.Fatal(err)
	}
	k.vocab = ner.NewVocab(settings, c.Train, k.vectors)
	k.labels = ner.NewLabels(c.Train, scheme)
	windows := func(s ner.Sentences) nnlib.Windows {
		w, err := ner.NewWindows(s, k.vocab, k.labels, radius)
		if err != nil {
			t.Fatal(err)
		}
		return nnlib.Windows(*w)
	}
	k.train, k.dev, k.test = windows(c.Train), windows(c.Dev), windows(c.Test)
	return k
}

// config is the set-up of the reference figures.
func (k *task) config(seed uint64) nnlib.WindowConfig {
	return nnlib.WindowConfig{
		Radius: k.train.Radius, Vocab: k.vocab.Len(), Dim: k.vectors.Dim, Cases: ner.CaseClasses, Classes: k.labels.Names, Seed: seed,
		Vectors: nnlib.Matrix{Rows: k.vocab.Len(), Cols: k.vectors.Dim, Data: k.vectors.Table(k.vocab, seed)},
	}
}

func (k *task) f1(m *nnlib.WindowClassifier, gold ner.Sentences, w nnlib.Windows) float64 {
	return ner.Evaluate(gold, k.labels.Decode(gold, m.Predict(w))).F1()
}

// fit trains a model with the reference's settings and returns its test F1.
func (k *task) fit(t testing.TB, config nnlib.WindowConfig, epochs int) (float64, *nnlib.History) {
	t.Helper()
	m, err := nnlib.NewWindowClassifier(config)
	if err != nil {
		t.Fatal(err)
	}
	h, err := m.Fit(context.Background(), k.train, nnlib.Training{
		Epochs: epochs, Score: func(int) float64 { return k.f1(m, k.corpus.Dev, k.dev) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return k.f1(m, k.corpus.Test, k.test), h
}

// reference is a row of what PyTorch 1.13 reaches in the same set-up: test F1,
// mean and standard deviation of three seeds.
type reference struct {
	name     string
	mean, sd float64
	change   func(c *nnlib.WindowConfig)
}

func averaged(c *nnlib.WindowConfig)   { c.Average = true }
func hidden(c *nnlib.WindowConfig)     { c.Hidden = []int{100} }
func frozen(c *nnlib.WindowConfig)     { c.FreezeVectors = true }
func concatenated(*nnlib.WindowConfig) {}

func both(f, g func(c *nnlib.WindowConfig)) func(c *nnlib.WindowConfig) {
	return func(c *nnlib.WindowConfig) { f(c); g(c) }
}

// wantReference trains every row on three seeds; its mean may be below the
// reference's by max(2 sd, 1.5 points). It returns the means.
func wantReference(t *testing.T, k *task, rows []reference) map[string]float64 {
	means := map[string]float64{}
	for _, row := range rows {
		var f1s []float64
		for _, seed := range []uint64{1, 2, 3} {
			config := k.config(seed)
			row.change(&config)
			f1, _ := k.fit(t, config, 12)
			f1s = append(f1s, f1)
			means[row.name] += f1 / 3
		}
		t.Logf("%-22s %6.2f  %.2f  (reference %.2f ± %.2f)", row.name, means[row.name], f1s, row.mean, row.sd)
		if means[row.name] < row.mean-max(2*row.sd, 1.5) {
			t.Errorf("%s: mean test F1 %.2f, want %.2f less at most %.2f", row.name, means[row.name], row.mean, max(2*row.sd, 1.5))
		}
	}
	return means
}

func TestWikiGold(t *testing.T) {
	k := loadTask(t, "wikigold", "vectors/enwiki_sg50.vec", 2, ner.IO, ner.VocabSettings{ZeroDigits: true})
	means := wantReference(t, k, []reference{
		{"averaged, frozen", 5.29, 1.22, both(averaged, frozen)},
		{"averaged, trained", 4.89, 0.83, averaged},
		{"concatenated, frozen", 57.25, 0.75, frozen},
		{"concatenated, trained", 60.74, 1.42, concatenated},
		{"hidden, frozen", 64.53, 2.54, both(hidden, frozen)},
		{"hidden, trained", 65.20, 2.27, hidden},
	})
	if means["hidden, trained"] < 62 {
		t.Errorf("hidden, trained: mean test F1 %.2f, want at least 62", means["hidden, trained"])
	}
	if !(means["averaged, trained"] < means["concatenated, trained"] && means["concatenated, trained"] < means["hidden, trained"]) {
		t.Errorf("mean test F1 %v, want averaged < concatenated < hidden", means)
	}
}

func TestWNUT(t *testing.T) {
	k := loadTask(t, "wnut17", "vectors/enwiki_sg50.vec", 2, ner.IO, ner.VocabSettings{ZeroDigits: true})
	wantReference(t, k, []reference{
		{"averaged, frozen", 0.06, 0.10, both(averaged, frozen)},
		{"averaged, trained", 0.69, 0.18, averaged},
		{"concatenated, frozen", 22.57, 0.80, frozen},
		{"concatenated, trained", 22.34, 1.24, concatenated},
		{"hidden, frozen", 26.73, 0.20, both(hidden, frozen)},
		{"hidden, trained", 26.75, 0.74, hidden},
	})
}

func TestKorean(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a minute")
	}
	k := loadTask(t, "klue_ner_ko", "vectors/kowiki_char50.vec", 3, ner.BIO, ner.VocabSettings{})
	noCases := func(c *nnlib.WindowConfig) { c.Cases = 0 }
	means := map[string]float64{}
	for _, seed := range []uint64{1, 2, 3} {
		config := k.config(seed)
		both(hidden, noCases)(&config)
		f1, h := k.fit(t, config, 8)
		t.Logf("seed %d: test F1 %.2f, best epoch %d, %.1f s", seed, f1, h.BestEpoch, h.Seconds)
		means["hidden"] += f1 / 3
	}
	if means["hidden"] < 47 {
		t.Errorf("hidden: mean test F1 %.2f, want at least 47", means["hidden"])
	}
}

// TestScorerOnWikiGold: is the centre word part of a location?
func TestScorerOnWikiGold(t *testing.T) {
	k := loadTask(t, "wikigold", "vectors/enwiki_sg50.vec", 2, ner.IO, ner.VocabSettings{ZeroDigits: true})
	loc := int32(slices.Index(k.labels.Names, "I-LOC"))
	positive := func(w nnlib.Windows) []bool {
		yes := make([]bool, w.N)
		for i, label := range w.Labels {
			yes[i] = label == loc
		}
		return yes
	}
	mean := 0.0
	for _, seed := range []uint64{1, 2, 3} {
		c := k.config(seed)
		m, err := nnlib.NewScorer(nnlib.ScorerConfig{Radius: 2, Vectors: c.Vectors, Cases: c.Cases, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		h, err := m.Fit(t.Context(), k.train, loc, nnlib.Training{
			Epochs: 30, BatchSize: 64,
			Score: func(int) float64 { _, f1 := nnlib.Threshold(m.Score(k.dev), positive(k.dev)); return f1 },
		})
		if err != nil {
			t.Fatal(err)
		}
		threshold, devF1 := nnlib.Threshold(m.Score(k.dev), positive(k.dev))
		f1 := tokenF1(m.Score(k.test), positive(k.test), threshold)
		margin := k.score(t, m, "museums in Paris are amazing", 2) - k.score(t, m, "Not all museums in Paris", 2)
		t.Logf("seed %d: dev F1 %.2f in epoch %d, test F1 %.2f, AUC %.3f, margin %.2f", seed, devF1, h.BestEpoch, f1, nnlib.AUC(m.Score(k.test), positive(k.test)), margin)
		if margin <= 1 {
			t.Errorf("seed %d: the true window scores %.2f above the corrupt one, want more than 1", seed, margin)
		}
		mean += f1 / 3
	}
	if mean < 67 {
		t.Errorf("mean token F1 %.2f, want at least 67", mean)
	}
}

// score returns the score of one word's window in a sentence.
func (k *task) score(t *testing.T, m *nnlib.Scorer, sentence string, centre int) float32 {
	t.Helper()
	w, err := ner.NewWindows(ner.Sentences{{Tokens: strings.Fields(sentence)}}, k.vocab, nil, 2)
	if err != nil {
		t.Fatal(err)
	}
	return m.Score(nnlib.Windows(*w))[centre]
}

func tokenF1(scores []float32, positive []bool, threshold float32) float64 {
	right, said, all := 0, 0, 0
	for i, yes := range positive {
		if scores[i] >= threshold {
			said++
			if yes {
				right++
			}
		}
		if yes {
			all++
		}
	}
	return 200 * float64(right) / float64(said+all)
}
