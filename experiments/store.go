package experiments

import (
	"context"
	"crypto/sha256"
	"iter"
	"math"
)

// Store keeps experiments. All of its methods are safe for concurrent use, by
// several processes too, and return errors that [ErrorCode] classifies.
type Store interface {
	ExperimentStore
	RunStore
	MetricStore
	ArtifactStore
	// URI returns where the store is, in the form that Open accepts.
	URI() string
	Close() error
}

// View selects by lifecycle stage.
type View string

// The views, by MLflow's names.
const (
	ActiveOnly  View = "ACTIVE_ONLY"
	DeletedOnly View = "DELETED_ONLY"
	All         View = "ALL"
)

// Includes reports whether the view shows what is in stage s.
func (v View) Includes(s Stage) bool {
	return v == All || v == DeletedOnly && s == Deleted || (v == ActiveOnly || v == "") && s == Active
}

// ExperimentStore keeps experiments.
type ExperimentStore interface {
	// CreateExperiment fails with CodeExists if the name is in use, be it by a
	// deleted experiment, and with CodeInvalid if it is no valid name.
	CreateExperiment(ctx context.Context, name string, tags ...Tag) (Experiment, error)
	// Experiment fails with CodeNotFound, as all that take an id do.
	Experiment(ctx context.Context, id string) (Experiment, error)
	ExperimentByName(ctx context.Context, name string) (Experiment, error)
	// Experiments returns the experiments in the order of their creation.
	Experiments(ctx context.Context, view View) ([]Experiment, error)
	RenameExperiment(ctx context.Context, id, name string) error
	SetExperimentTag(ctx context.Context, id string, tag Tag) error
	// DeleteExperiment marks the experiment and its runs as deleted. The
	// default experiment cannot be deleted.
	DeleteExperiment(ctx context.Context, id string) error
	// RestoreExperiment undoes DeleteExperiment.
	RestoreExperiment(ctx context.Context, id string) error
}

// RunStore keeps runs with their params and tags.
type RunStore interface {
	// CreateRun stores a new run with its params and tags. Where they are zero,
	// it chooses the id, a name, the default experiment, the status RUNNING and
	// now as the start. It fails with CodeState if the experiment is deleted.
	CreateRun(ctx context.Context, run Run) (Run, error)
	// Run returns a run with its params, tags and the summaries of its metrics.
	Run(ctx context.Context, id string) (Run, error)
	// FindRun returns the one run whose id begins with prefix, or, if there is
	// none, the one run of that name. It fails with CodeNotFound, or with
	// CodeInvalid if several do.
	FindRun(ctx context.Context, prefix string) (Run, error)
	// UpdateRun changes name, status, end time and heartbeat.
	UpdateRun(ctx context.Context, id string, update RunUpdate) error
	// LogBatch stores params, tags and points of an active run, all or none,
	// and returns when they are stored. Params that exist with another value
	// are CodeInvalid; with the same value they are ignored.
	LogBatch(ctx context.Context, id string, batch Batch) error
	// DeleteTag fails with CodeNotFound if the run lacks the tag.
	DeleteTag(ctx context.Context, id, key string) error
	DeleteRun(ctx context.Context, id string) error
	RestoreRun(ctx context.Context, id string) error
	// SearchRuns returns the runs of a query, with params, tags and summaries.
	SearchRuns(ctx context.Context, query Query) (Page, error)
}

// RunUpdate says what of a run to change: what is zero stays.
type RunUpdate struct {
	Name      string
	Status    Status
	EndTime   int64
	Heartbeat int64
}

// Batch is what is logged at once.
type Batch struct {
	Metrics []Metric
	Params  []Param
	Tags    []Tag
}

// Query selects runs.
type Query struct {
	ExperimentIDs []string // none means all
	// Filter is an expression in the language of experiments/filter; empty
	// means all.
	Filter string
	View   View // the zero value means ActiveOnly
	// OrderBy lists expressions, each with an optional ASC or DESC. Ties, and
	// an empty list, order by start time, newest first, then by id. Runs that
	// lack what is ordered by come last.
	OrderBy    []string
	MaxResults int    // 0 means 1000; at most 50,000
	PageToken  string // from the page before
}

// Page is a part of the answer to a query.
type Page struct {
	Runs          []Run
	NextPageToken string // "" on the last page
}

// MetricStore reads series.
type MetricStore interface {
	// Points yields the points of a series in the order in which they were
	// logged, from the from-th on, as of the moment it begins. It yields none
	// for a metric that the run lacks. A reader follows a live series by
	// counting what it has read. Memory does not grow with the series.
	Points(ctx context.Context, runID, key string, from int64) iter.Seq2[Point, error]
	// Downsample returns up to n summaries of consecutive parts of a series, so
	// that a plot that draws them misses no spike. Only steps in the window
	// count. Parts hold equal numbers of points as far as that can be had
	// without reading points.
	Downsample(ctx context.Context, runID, key string, n int, window Window) ([]Summary, error)
	// Digests returns the hash chain of a series. Two series whose chains agree
	// up to an index have equal steps and values (to the bit) up to there.
	Digests(ctx context.Context, runID, key string) ([]Digest, error)
}

// Window is a range of steps, both ends included.
type Window struct {
	First, Last int64
}

// AllSteps is the window of every step.
var AllSteps = Window{math.MinInt64, math.MaxInt64}

// Contains reports whether the step is in the window.
func (w Window) Contains(step int64) bool { return w.First <= step && step <= w.Last }

// Digest is a link of the hash chain of a series. Hash covers the hash before
// it, steps and values, but not times.
type Digest struct {
	Count int64 // how many points from the first one on it covers
	Hash  [sha256.Size]byte
}

// ArtifactStore keeps the files of runs.
type ArtifactStore interface {
	// PutArtifact stores a file under a relative path with slashes, and
	// replaces what is there.
	PutArtifact(ctx context.Context, runID, path string, data []byte) (Artifact, error)
	// Artifact fails with CodeNotFound if the run lacks it.
	Artifact(ctx context.Context, runID, path string) ([]byte, error)
	// Artifacts returns the artifacts of a run, by path.
	Artifacts(ctx context.Context, runID string) ([]Artifact, error)
	DeleteArtifact(ctx context.Context, runID, path string) error
}
