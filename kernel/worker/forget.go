package worker

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Private fields of yaegi v0.16.1, which keeps for ever what it evaluated: every
// evaluation adds to the global frame, every function value copies that frame, so
// a session of n cells would hold n² of them. No cell needs them: its variables
// are slots, its functions have frames of their own.

// field returns a private field below v, a pointer to a struct, settable.
func field(v reflect.Value, name string) reflect.Value {
	f := v.Elem().FieldByName(name)
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem() //nolint:gosec // see above
}

// globals returns the scopes whose lists grow with each evaluation: that of all
// packages and that of the package that cells are evaluated in.
func (s *session) globals() []reflect.Value {
	interp := reflect.ValueOf(s.interp)
	return []reflect.Value{
		field(interp, "universe"),
		field(interp, "scopes").MapIndex(reflect.ValueOf("main")),
	}
}

// forget drops what the evaluation of a cell left in the interpreter.
func (s *session) forget() {
	interp := reflect.ValueOf(s.interp)
	for _, scope := range s.globals() {
		types := field(scope, "types")
		types.Set(types.Slice3(0, s.globalSize, s.globalSize))
	}
	field(s.globals()[1], "child").SetZero()
	field(interp, "roots").SetZero()
	data := field(field(interp, "frame"), "data")
	data.Set(reflect.AppendSlice(reflect.MakeSlice(data.Type(), 0, s.globalSize), data.Slice(0, s.globalSize)))
}

// runID is the interpreter's private counter of runs, which an interrupt
// raises to stop the code of the run before.
func (s *session) runID() *uint64 {
	return field(reflect.ValueOf(s.interp), "id").Addr().Interface().(*uint64)
}

// evaluate evaluates source as the interpreter's EvalWithContext does, but says
// when the evaluation has ended, be it after stop.
func (s *session) evaluate(source string) (evaluated <-chan error, stop func()) {
	interp := reflect.ValueOf(s.interp)
	stopped, ended := make(chan struct{}), make(chan error, 1)
	mu := field(interp, "mutex").Addr().Interface().(*sync.RWMutex) //nolint:forcetypeassert // see above
	mu.Lock()
	field(interp, "done").Set(reflect.ValueOf(stopped))
	field(interp, "cancelChan").SetBool(true)
	mu.Unlock()
	s.evaluating.Add(1)
	go func() {
		var err error
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("%v", v)
			}
			s.evaluating.Add(-1)
			ended <- err
		}()
		_, err = s.interp.Eval(source)
	}()
	return ended, func() {
		atomic.AddUint64(s.runID(), 1)
		close(stopped)
	}
}
