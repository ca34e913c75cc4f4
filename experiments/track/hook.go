package track

import "context"

// Param is a hyper-parameter or a tag of a run. Like the other types here it is
// an alias of an unnamed type, so that [StartRun] has the type of nnlib's hook
// although neither package imports the other.
type Param = struct{ Key, Value string }

// Metric is a measured value of a run.
type Metric = struct {
	Key   string
	Value float64
}

// RunInfo describes a run as it starts.
type RunInfo = struct {
	Name   string  // what is trained, in a few words
	Seed   uint64  // the seed of everything random; logged as the param "seed"
	Params []Param // hyper-parameters
	Tags   []Param // facts that are not hyper-parameters
}

// Recorder keeps what a training run logs; [*Run] is one.
type Recorder = interface {
	LogParams(params []struct{ Key, Value string })
	LogMetrics(step int64, metrics []struct {
		Key   string
		Value float64
	})
	End(err error) error
}

var _ Recorder = (*Run)(nil)

// StartRun starts a run in the default tracker. It is [Start] with the type of
// nnlib.StartRun.
func StartRun(ctx context.Context, info RunInfo) (Recorder, error) {
	return Start(ctx, info)
}

// Start starts a run in the default tracker, which the environment and
// [SetSession] describe.
//
// If the store cannot be opened or written, Start says so on standard error
// and returns a run that records nothing and whose End returns the reason, so
// that training goes on. It returns an error only for a RunInfo that cannot be
// recorded, such as a param given twice.
func Start(ctx context.Context, info RunInfo) (*Run, error) {
	return defaultTracker.Start(ctx, info)
}
