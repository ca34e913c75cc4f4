package nnlib

import "context"

// Param is a hyper-parameter of a run. It is an alias of an unnamed struct, as
// are [Metric] and [RunInfo], so that a tracker can satisfy [Recorder] without
// importing this package.
type Param = struct{ Key, Value string }

// Metric is a measured value of a run.
type Metric = struct {
	Key   string
	Value float64
}

// RunInfo describes a training run as it starts.
type RunInfo = struct {
	Name   string  // what is trained, in a few words
	Seed   uint64  // the seed of everything random in the run
	Params []Param // hyper-parameters
	Tags   []Param // facts that are not hyper-parameters: data hash, parameter count, …
}

// Recorder keeps what a training run logs. Implementations do not block
// training and are safe for concurrent use.
type Recorder = interface {
	// LogParams adds hyper-parameters.
	LogParams(params []struct{ Key, Value string })
	// LogMetrics adds the values measured at a step. It does not keep metrics.
	LogMetrics(step int64, metrics []struct {
		Key   string
		Value float64
	})
	// End closes the run: finished for nil, failed (or killed, for a cancelled
	// context) otherwise. It returns what could not be stored.
	End(err error) error
}

// StartRun, if not nil, is called at the start of every training run. A kernel
// sets it to its tracker; compiled programs say
//
//	nnlib.StartRun = track.StartRun
//
// Set it to nil to record nothing. It must not be changed while a model trains.
var StartRun func(context.Context, RunInfo) (Recorder, error)
