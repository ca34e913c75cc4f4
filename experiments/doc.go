// Package experiments is the model of the tracker: experiments, runs, params,
// metrics and tags in MLflow's words, the interfaces of the stores that keep
// them, and their errors. Implementations live below it.
package experiments
