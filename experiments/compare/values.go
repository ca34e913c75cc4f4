package compare

import (
	"maps"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/experiments"
)

// Difference is a key under which runs do not all have the same value.
type Difference struct {
	Key string `json:"key"`
	// Values has the value of each run, nil for one that lacks the key.
	Values []*string `json:"values"`
}

// Params returns the params in which the runs differ, by key.
func Params(runs []experiments.Run) []Difference {
	return differences(runs, func(r *experiments.Run, add func(key, value string)) {
		for _, p := range r.Params {
			add(p.Key, p.Value)
		}
	})
}

// Kind is what a tag tells about a run.
type Kind string

// The kinds of tags.
const (
	Code        Kind = "code"        // commit, build, notebook
	Environment Kind = "environment" // machine and versions
	Data        Kind = "data"        // what the run was trained on
	Other       Kind = "tags"        // what somebody tagged
	Identity    Kind = ""            // differs for every run, and says nothing
)

// KindOf returns what the tag of this key tells.
func KindOf(key string) Kind {
	switch key {
	case experiments.TagRunName, experiments.TagNote, experiments.TagParentRun, experiments.TagUser, experiments.TagError, experiments.TagLost,
		experiments.TagDirectory, "lectern.pid":
		return Identity
	case experiments.TagCommand, experiments.TagGitDirty:
		return Code
	case "simd", "threads":
		return Environment
	}
	switch {
	case strings.HasPrefix(key, "mlflow.source."), strings.HasPrefix(key, "lectern.build."):
		return Code
	case strings.HasPrefix(key, "lectern."):
		return Environment
	case strings.HasPrefix(key, "data"), strings.HasSuffix(key, "sha256"), key == "examples":
		return Data
	}
	return Other
}

// Tags returns the tags of a kind in which the runs differ, by key.
func Tags(runs []experiments.Run, kind Kind) []Difference {
	return differences(runs, func(r *experiments.Run, add func(key, value string)) {
		for _, t := range r.Tags {
			if KindOf(t.Key) == kind {
				add(t.Key, t.Value)
			}
		}
	})
}

func differences(runs []experiments.Run, each func(*experiments.Run, func(key, value string))) []Difference {
	values := map[string][]*string{}
	for i := range runs {
		each(&runs[i], func(key, value string) {
			if values[key] == nil {
				values[key] = make([]*string, len(runs))
			}
			values[key][i] = &value
		})
	}
	var found []Difference
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if differ(values[key]) {
			found = append(found, Difference{key, values[key]})
		}
	}
	return found
}

func differ(values []*string) bool {
	for _, v := range values[1:] {
		if (v == nil) != (values[0] == nil) || v != nil && *v != *values[0] {
			return true
		}
	}
	return false
}

// Metric is a metric of several runs.
type Metric struct {
	Key string `json:"key"`
	// Summaries has one of each run, nil for one that lacks the metric.
	Summaries []*experiments.Summary `json:"summaries"`
}

// Metrics returns the metrics of the runs, by key.
func Metrics(runs []experiments.Run) []Metric {
	found := map[string][]*experiments.Summary{}
	for i := range runs {
		for _, m := range runs[i].Metrics {
			if found[m.Key] == nil {
				found[m.Key] = make([]*experiments.Summary, len(runs))
			}
			found[m.Key][i] = &m
		}
	}
	metrics := make([]Metric, 0, len(found))
	for _, key := range slices.Sorted(maps.Keys(found)) {
		metrics = append(metrics, Metric{key, found[key]})
	}
	return metrics
}

// measured are words of metrics that tell about the machine and the moment,
// not about what was computed.
var measured = map[string]bool{
	"time": true, "second": true, "seconds": true, "ms": true, "duration": true, "latency": true, "throughput": true,
}

// Measured reports whether a metric, by the words of its name, tells how long
// or on what a run was computed, and so differs between equal runs.
func Measured(key string) bool {
	if strings.HasPrefix(key, "system/") {
		return true
	}
	words := strings.FieldsFunc(strings.ToLower(key), func(r rune) bool { return r < 'a' || r > 'z' })
	return slices.ContainsFunc(words, func(w string) bool { return measured[w] })
}
