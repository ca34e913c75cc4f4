package nnlib_test

import (
	"context"
	"os"
	"path/filepath"
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

func TestWikiGold(t *testing.T) {
	k := loadTask(t, "wikigold", "vectors/enwiki_sg50.vec", 2, ner.IO, ner.VocabSettings{ZeroDigits: true})
	mean := map[string]float64{}
	for _, seed := range []uint64{1, 2, 3} {
		for _, variant := range []string{"averaged", "concatenated", "hidden"} {
			config := k.config(seed)
			config.Average = variant == "averaged"
			if variant == "hidden" {
				config.Hidden = []int{100}
			}
			f1, h := k.fit(t, config, 10)
			mean[variant] += f1 / 3
			t.Logf("seed %d %s: test %.2f, dev %.2f in epoch %d, %.1f s", seed, variant, f1, h.BestScore, h.BestEpoch, h.Seconds)
			if testing.Verbose() && seed == 1 {
				t.Logf("\n%v", h)
			}
		}
	}
	t.Log(mean)
	if mean["hidden"] < 62 {
		t.Errorf("hidden layer, trained vectors: mean test F1 %.2f, want at least 62", mean["hidden"])
	}
	if !(mean["averaged"] < mean["concatenated"] && mean["concatenated"] < mean["hidden"]) {
		t.Errorf("mean test F1 %v, want averaged < concatenated < hidden", mean)
	}
}
