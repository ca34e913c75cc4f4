//go:build amd64 || arm64

package runtype

import (
	"reflect"
	"sync"
	"unsafe"
)

// stubLimit is how many methods there can be.
const stubLimit = 8192

// stubsAddress is where the code of the stubs begins. Each is stubSize bytes
// long, loads its context from contexts and jumps to the code there, as a call of
// a function value does.
var (
	stubsAddress uintptr
	contexts     [stubLimit]uintptr
)

var stubs struct {
	sync.Mutex
	used int
	live []unsafe.Pointer // the contexts again, for the garbage collector
}

// newStub returns the address of code that calls f, or nil if all are used.
func newStub(f reflect.Value) unsafe.Pointer {
	stubs.Lock()
	defer stubs.Unlock()
	if stubs.used == stubLimit {
		return nil
	}
	variable := reflect.New(f.Type())
	variable.Elem().Set(f)
	context := *(*unsafe.Pointer)(variable.UnsafePointer())
	i := stubs.used
	stubs.used++
	stubs.live = append(stubs.live, context)
	contexts[i] = uintptr(context)
	base := stubsAddress + uintptr(i)*stubSize
	return *(*unsafe.Pointer)(unsafe.Pointer(&base)) // code: not an address of Go's memory
}
