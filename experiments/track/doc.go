// Package track is what training code and notebook cells call to record a run.
// It buffers and never slows training down. Storage lives in the stores.
package track
