package experiments

import "time"

// DefaultExperiment is the name of the experiment that every store has. Its id
// is "0".
const DefaultExperiment = "Default"

// HeartbeatInterval is how often a live run gives a sign of life, and
// HeartbeatTimeout after how long a silent one counts as killed.
const (
	HeartbeatInterval = 5 * time.Second
	HeartbeatTimeout  = 30 * time.Second
)

// Stage says whether a run or an experiment is in use or deleted: MLflow's
// lifecycle stage.
type Stage string

// The lifecycle stages.
const (
	Active  Stage = "active"
	Deleted Stage = "deleted"
)

// Status is the status of a run.
type Status string

// The statuses.
const (
	Running   Status = "RUNNING"
	Scheduled Status = "SCHEDULED"
	Finished  Status = "FINISHED"
	Failed    Status = "FAILED"
	Killed    Status = "KILLED"
)

// Ended reports whether a run of this status is over.
func (s Status) Ended() bool { return s == Finished || s == Failed || s == Killed }

// Valid reports whether s is one of the statuses.
func (s Status) Valid() bool { return s.Ended() || s == Running || s == Scheduled }

// Experiment is a named group of runs.
type Experiment struct {
	ID               string `json:"experiment_id"` // decimal
	Name             string `json:"name"`
	ArtifactLocation string `json:"artifact_location,omitempty"`
	LifecycleStage   Stage  `json:"lifecycle_stage"`
	CreationTime     int64  `json:"creation_time"`    // ms since the Unix epoch
	LastUpdateTime   int64  `json:"last_update_time"` // ms since the Unix epoch
	Tags             []Tag  `json:"tags,omitempty"`   // by key
}

// Run is one execution of training code.
type Run struct {
	ID             string `json:"run_id"` // 32 hexadecimal digits
	ExperimentID   string `json:"experiment_id"`
	Name           string `json:"run_name"`
	User           string `json:"user_id,omitempty"`
	Status         Status `json:"status"`
	StartTime      int64  `json:"start_time"`         // ms since the Unix epoch
	EndTime        int64  `json:"end_time,omitempty"` // ms since the Unix epoch; 0 until it ends
	Heartbeat      int64  `json:"heartbeat,omitempty"`
	ArtifactURI    string `json:"artifact_uri,omitempty"`
	LifecycleStage Stage  `json:"lifecycle_stage"`

	Params  []Param   `json:"params,omitempty"`  // by key
	Metrics []Summary `json:"metrics,omitempty"` // by key
	Tags    []Tag     `json:"tags,omitempty"`    // by key
}

// State returns the status of the run as it is to be shown at time now: a
// running run without a heartbeat for [HeartbeatTimeout] was killed. Runs that
// never had a heartbeat are believed.
func (r *Run) State(now time.Time) Status {
	if r.Status == Running && r.Heartbeat > 0 && now.UnixMilli()-r.Heartbeat > HeartbeatTimeout.Milliseconds() {
		return Killed
	}
	return r.Status
}

// Duration returns how long the run took, until its last sign of life if it
// has not ended.
func (r *Run) Duration() time.Duration {
	end := r.EndTime
	if end == 0 {
		end = max(r.Heartbeat, r.StartTime)
	}
	return time.Duration(end-r.StartTime) * time.Millisecond
}

// Param returns the value of a param and whether the run has it.
func (r *Run) Param(key string) (string, bool) {
	for _, p := range r.Params {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

// Tag returns the value of a tag, "" if the run lacks it.
func (r *Run) Tag(key string) string {
	for _, t := range r.Tags {
		if t.Key == key {
			return t.Value
		}
	}
	return ""
}

// Metric returns the summary of a metric and whether the run has it.
func (r *Run) Metric(key string) (Summary, bool) {
	for _, m := range r.Metrics {
		if m.Key == key {
			return m, true
		}
	}
	return Summary{}, false
}

// Param is a hyper-parameter of a run. It is written once.
type Param struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Tag is a fact about a run or an experiment. It can be changed.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Metric is a point together with the name of its series.
type Metric struct {
	Key       string
	Value     float64
	Timestamp int64 // ms since the Unix epoch
	Step      int64
}

// Point is a value measured at a step.
type Point struct {
	Step      int64
	Timestamp int64 // ms since the Unix epoch
	Value     float64
}

// Artifact is a file of a run.
type Artifact struct {
	Path   string `json:"path"` // slashes, relative
	Size   int64  `json:"file_size"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// Artifacts that track writes, and the tags of where a run comes from.
const (
	ArtifactCells  = "lectern/cells.txt"  // the cells run in the session before the run ended
	ArtifactOutput = "lectern/output.txt" // what the session had printed
	ArtifactDiff   = "lectern/git.diff"   // what was not committed
	ArtifactGoMod  = "lectern/go.mod"

	TagParentRun  = "mlflow.parentRunId"
	TagNote       = "mlflow.note.content"
	TagSourceName = "mlflow.source.name" // the notebook or the program
	TagSourceType = "mlflow.source.type"
	TagGitCommit  = "mlflow.source.git.commit"
	TagGitBranch  = "mlflow.source.git.branch"
	TagGitRepo    = "mlflow.source.git.repoURL"
	TagUser       = "mlflow.user"
	TagRunName    = "mlflow.runName" // kept equal to Run.Name
	TagGitDirty   = "lectern.git.dirty"
	TagCommand    = "lectern.command" // JSON list of what repeats the run
	TagDirectory  = "lectern.directory"
	TagError      = "lectern.error" // why a run failed
	TagLost       = "lectern.lost"  // what could not be stored
)
