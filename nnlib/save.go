package nnlib

import (
	"encoding/json"
	"fmt"
)

// A saved model is a safetensors file: the parameters by name, and as text the
// kind of the model, its configuration in JSON, and the caller's notes.

const (
	kindText   = "lectern.model"
	configText = "lectern.config"
	notesText  = "lectern.notes"
)

// saveModel writes a model to a file, whole or not at all.
func saveModel(path, kind string, config any, notes map[string]string, params []*Parameter) error {
	text, err := json.Marshal(config)
	if err != nil {
		return fmt.Errorf("nnlib: save %s: %w", path, err)
	}
	noted, err := json.Marshal(notes)
	if err != nil {
		return fmt.Errorf("nnlib: save %s: %w", path, err)
	}
	f := &tensorFile{text: map[string]string{kindText: kind, configText: string(text), notesText: string(noted)}}
	f.addParameters(params)
	if err := f.write(path); err != nil {
		return fmt.Errorf("nnlib: save %s: %w", path, err)
	}
	return nil
}

// loadModel reads a model: build makes one from the configuration, whose
// parameters are then set.
func loadModel[M Counted](path, kind string, config any, build func() (M, error)) (m M, notes map[string]string, err error) {
	fail := func(err error) (M, map[string]string, error) {
		var none M
		return none, nil, fmt.Errorf("nnlib: load %s: %w", path, err)
	}
	f, err := readTensors(path)
	if err != nil {
		return fail(err)
	}
	if got := f.text[kindText]; got != kind {
		return fail(fmt.Errorf("it holds %s, want a %s", orElse(got, "no model of this library"), kind))
	}
	if err := json.Unmarshal([]byte(f.text[configText]), config); err != nil {
		return fail(fmt.Errorf("its configuration: %w", err))
	}
	if err := json.Unmarshal([]byte(f.text[notesText]), &notes); err != nil {
		return fail(fmt.Errorf("its notes: %w", err))
	}
	if m, err = build(); err != nil {
		return fail(err)
	}
	if err := f.loadParameters(m.Parameters()); err != nil {
		return fail(err)
	}
	return m, notes, nil
}

// Counted is a model whose parameters can be listed.
type Counted interface {
	Parameters() []*Parameter
	Counts() ParameterCounts
}

// Save writes the model to one file: parameters, configuration with the words of
// the vocabulary, and notes, such as how the words were normalised. The file is in
// the safetensors format.
func (m *WindowClassifier) Save(path string, notes map[string]string) error {
	return saveModel(path, "window classifier", &m.config, notes, m.Parameters())
}

// LoadWindowClassifier reads a model that [WindowClassifier.Save] wrote, and its
// notes.
func LoadWindowClassifier(path string) (*WindowClassifier, map[string]string, error) {
	var config WindowConfig
	return loadModel(path, "window classifier", &config, func() (*WindowClassifier, error) { return NewWindowClassifier(config) })
}

// Save writes the scorer to one file, as [WindowClassifier.Save] does.
func (m *Scorer) Save(path string, notes map[string]string) error {
	return saveModel(path, "window scorer", &m.config, notes, m.Parameters())
}

// LoadScorer reads a scorer that [Scorer.Save] wrote, and its notes.
func LoadScorer(path string) (*Scorer, map[string]string, error) {
	var config ScorerConfig
	return loadModel(path, "window scorer", &config, func() (*Scorer, error) { return NewScorer(config) })
}

// Save writes the classifier to one file, as [WindowClassifier.Save] does. A
// classifier of a network of one's own cannot be saved: the file would not say
// how to build it.
func (m *Classifier) Save(path string, notes map[string]string) error {
	if m.own {
		return fmt.Errorf("nnlib: save %s: the layers are not of a ClassifierConfig; save their parameters' values", path)
	}
	return saveModel(path, "classifier", &m.config, notes, m.Parameters())
}

// LoadClassifier reads a classifier that [Classifier.Save] wrote, and its notes.
func LoadClassifier(path string) (*Classifier, map[string]string, error) {
	var config ClassifierConfig
	return loadModel(path, "classifier", &config, func() (*Classifier, error) { return NewClassifier(config) })
}
