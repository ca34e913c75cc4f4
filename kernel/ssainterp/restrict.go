package ssainterp

// runtimeFunctions are those of package runtime that mean the same in
// interpreted code: they do not look at the program's own stack or memory.
var runtimeFunctions = map[string]bool{
	"Breakpoint": true, "GC": true, "GOMAXPROCS": true, "GOROOT": true, "Goexit": true, "Gosched": true,
	"KeepAlive": true, "LockOSThread": true, "NumCPU": true, "UnlockOSThread": true, "Version": true,
}

var debugFunctions = map[string]bool{
	"FreeOSMemory": true, "SetGCPercent": true, "SetMaxThreads": true, "SetMemoryLimit": true, "SetPanicOnFault": true, "SetTraceback": true,
}

// restricted says why a function of a compiled package is not called, or "".
func restricted(path, name string) string {
	switch path {
	case "runtime":
		if !runtimeFunctions[name] {
			return "which would see the interpreter instead of the program"
		}
	case "runtime/debug":
		if !debugFunctions[name] {
			return "which would see the interpreter instead of the program"
		}
	case "runtime/pprof", "runtime/trace", "runtime/coverage", "runtime/metrics", "testing", "plugin", "unsafe":
		return "which would see the interpreter instead of the program"
	}
	return ""
}
