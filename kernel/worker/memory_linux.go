package worker

import (
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// limitMemory bounds the memory of this process. Beyond the bound the runtime
// ends it with "out of memory"; near it the collector works harder.
func limitMemory() error {
	var limit uint64
	if text := os.Getenv(MemoryVariable); text != "" {
		n, err := parseMemory(text)
		if err != nil {
			return err
		}
		limit = n
	} else {
		var info unix.Sysinfo_t
		if err := unix.Sysinfo(&info); err != nil {
			return err
		}
		limit = info.Totalram * uint64(info.Unit) / 4 * 3
	}
	debug.SetMemoryLimit(int64(limit / 10 * 9))
	// A stack grows to twice its size: the run time is to notice a runaway recursion
	// before there is no memory left.
	debug.SetMaxStack(int(min(limit/4, 1_000_000_000)))
	return unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: limit, Max: limit})
}
