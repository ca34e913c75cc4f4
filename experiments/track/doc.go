// Package track is what training code and notebook cells call to record a run.
// It buffers and never slows training down: logging appends to memory, and a
// goroutine commits what has gathered to the store every 50 ms. Storage lives
// in the stores.
//
// Training runs of nnlib are recorded by one line, which a kernel has said
// already:
//
//	nnlib.StartRun = track.StartRun
//
// Code of your own starts a run itself:
//
//	run, err := track.Start(ctx, track.RunInfo{Name: "my model", Seed: 1})
//	...
//	defer run.EndWith(&err)
//	run.Log(step, "loss", loss)
//
// # Where runs go
//
// The environment decides, unless [SetSession] does:
//
//	LECTERN_DB          path or URI of the database; default: the nearest
//	                    lectern.db upwards, else one in the project's root
//	LECTERN_EXPERIMENT  name of the experiment; default: Default
//	LECTERN_PARENT_RUN  id of the run that new runs are nested in
//	LECTERN_NOTEBOOK    path of the notebook that runs
//	LECTERN_COMMAND     JSON list of the command that repeats what runs
//
// # What is lost when
//
// What a commit has reached survives the end of the process, however it ends.
// Ending a run, Ctrl-C and SIGTERM commit the rest. Killed processes and
// panics lose what was logged in the last 50 ms at most. A run whose process
// was killed shows as KILLED when its heartbeat has been missing for
// [experiments.HeartbeatTimeout].
//
// If the store fails (a full disk, a read-only file), training goes on: the
// failure is reported once, points wait in memory as long as they fit, and End
// says what could not be stored.
package track
