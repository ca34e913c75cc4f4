//go:build !linux

package worker

import (
	"os"
	"runtime/debug"
)

// limitMemory has the collector keep to the bound, if one is set; elsewhere
// than on Linux nothing enforces it.
func limitMemory() error {
	text := os.Getenv(MemoryVariable)
	if text == "" {
		return nil
	}
	limit, err := parseMemory(text)
	if err != nil {
		return err
	}
	debug.SetMemoryLimit(int64(limit))
	return nil
}
