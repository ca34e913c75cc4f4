// The functions without a body in memory.go are those of package reflect.
