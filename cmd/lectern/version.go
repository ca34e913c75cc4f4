package main

import (
	"fmt"
	"runtime"
)

// version is the version of Lectern.
const version = "0.1.0-dev"

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run() error {
	fmt.Printf("lectern %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
