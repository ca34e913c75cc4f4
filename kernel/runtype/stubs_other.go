//go:build !amd64 && !arm64

package runtype

import (
	"reflect"
	"unsafe"
)

// stubLimit is how many methods there can be.
const stubLimit = 0

// newStub returns nil: there are no stubs for this architecture.
func newStub(reflect.Value) unsafe.Pointer { return nil }
