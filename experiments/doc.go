// Package experiments is the model of the tracker: experiments, runs, params,
// metrics, tags and artifacts in MLflow's words, the interfaces of the stores
// that keep them, and their errors. Implementations live below it.
//
// # Meaning
//
// An experiment is a named group of runs. A run is one execution of training
// code. It has params (key and value, written once), tags (key and value,
// changeable), artifacts (files) and metrics.
//
// A metric is a series of points. A [Point] is a value measured at a step and
// at a time. The step counts what the training loop counts (updates, epochs);
// several points may have the same step, and they stay in the order in which
// they were logged. Values are kept to the bit, NaN and ±Inf included.
//
// Run ids are 32 hexadecimal digits. Times are milliseconds since the Unix
// epoch. A run is RUNNING until it ends as FINISHED, FAILED or KILLED; one that
// is RUNNING without a sign of life for [HeartbeatTimeout] was killed, and
// [Run.State] says so.
//
// Deleting marks a run or an experiment as deleted; garbage collection removes
// it for good, and until then it can be restored.
package experiments
