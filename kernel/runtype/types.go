package runtype

import (
	"fmt"
	"go/types"
	"reflect"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/types/typeutil"
)

// Config says how types of a program come to be.
type Config struct {
	// Compiled returns the type that a package of the running program declares;
	// false means that the package is the user's and the type is to be made.
	Compiled func(path, name string) (reflect.Type, bool)
	// User reports whether types of the package are to be made. Other types
	// that Compiled does not know are unsupported.
	User func(*types.Package) bool
	// Path returns the package path that the program sees for such a package.
	Path func(*types.Package) string
	// Local says why a type declared inside the function that asks for it cannot
	// be made, or "". It may be nil.
	Local func() string
	// Name returns the name that the program sees for an object of a user's
	// package. It may be nil.
	Name func(string) string
	// Method returns what a method of a made type does; its first argument is
	// the receiver. It is asked for all methods in the method sets of T and *T,
	// promoted ones included, when the type is made.
	Method func(*types.Selection) func(args []reflect.Value) []reflect.Value
}

// Types makes types. It is safe for concurrent use.
type Types struct {
	config Config
	mu     sync.Mutex
	made   typeutil.Map // types.Type -> reflect.Type
	source map[reflect.Type]types.Type
	sets   typeutil.MethodSetCache
	serial uint32
	todo   []func() // what adds methods to the types made
}

// New returns an empty set of types.
func New(config Config) (*Types, error) {
	if !supported() {
		return nil, fmt.Errorf("types can be made at run time by %s, not by %s", release, runtime.Version())
	}
	if config.Name == nil {
		config.Name = func(s string) string { return s }
	}
	return &Types{config: config, source: map[reflect.Type]types.Type{}}, nil
}

// UnsupportedError is a type that cannot be made.
type UnsupportedError struct{ Type, Reason string }

// Error names the type and says why it cannot be made.
func (e *UnsupportedError) Error() string { return e.Type + ": " + e.Reason }

// Of returns the run-time type of t; the error is an [*UnsupportedError].
func (ts *Types) Of(t types.Type) (r reflect.Type, err error) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	defer func() {
		switch v := recover().(type) {
		case nil:
		case *UnsupportedError:
			err = v
		default:
			panic(v)
		}
	}()
	r = ts.of(t)
	for len(ts.todo) > 0 {
		last := ts.todo[len(ts.todo)-1]
		ts.todo = ts.todo[:len(ts.todo)-1]
		last()
	}
	return r, nil
}

// Source returns the type that r was made from, or nil.
func (ts *Types) Source(r reflect.Type) types.Type {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	return ts.source[r]
}

// Learn notes the run-time type of a compiled type that has no name for other
// packages, such as that of binary.LittleEndian.
func (ts *Types) Learn(t types.Type, r reflect.Type) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for {
		p, ok := types.Unalias(t).(*types.Pointer)
		if !ok || r.Kind() != reflect.Pointer {
			break
		}
		t, r = p.Elem(), r.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil && !ts.config.User(n.Obj().Pkg()) && ts.made.At(t) == nil {
		ts.made.Set(t, r)
	}
}

func (ts *Types) unsupported(t types.Type, format string, args ...any) {
	panic(&UnsupportedError{Type: t.String(), Reason: fmt.Sprintf(format, args...)})
}

var basic = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.String: reflect.TypeFor[string](),
	types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
	types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.UnsafePointer: reflect.TypeFor[unsafe.Pointer](),
	types.Complex64:     reflect.TypeFor[complex64](), types.Complex128: reflect.TypeFor[complex128](),
}

// of returns the type of t, which may not be complete yet.
func (ts *Types) of(t types.Type) reflect.Type {
	t = types.Unalias(t)
	if r, ok := ts.made.At(t).(reflect.Type); ok {
		return r
	}
	r := ts.make(t)
	if ts.made.At(t) == nil {
		ts.made.Set(t, r)
	}
	return r
}

func (ts *Types) make(t types.Type) reflect.Type {
	switch t := t.(type) {
	case *types.Basic:
		if r := basic[types.Default(t).(*types.Basic).Kind()]; r != nil {
			return r
		}
		ts.unsupported(t, "it is not available")
	case *types.Named:
		return ts.named(t)
	case *types.Pointer:
		return reflect.PointerTo(ts.of(t.Elem()))
	case *types.Slice:
		return reflect.SliceOf(ts.of(t.Elem()))
	case *types.Array:
		return reflect.ArrayOf(int(t.Len()), ts.of(t.Elem()))
	case *types.Chan:
		return ts.chanOf(t)
	case *types.Map:
		return reflect.MapOf(ts.of(t.Key()), ts.of(t.Elem()))
	case *types.Signature:
		return ts.funcOf(t)
	case *types.Struct:
		return ts.structOf(t)
	case *types.Interface:
		return ts.interfaceOf(t)
	}
	ts.unsupported(t, "no values have such a type")
	return nil
}

func (ts *Types) chanOf(t *types.Chan) reflect.Type {
	elem := ts.of(t.Elem())
	if elem.Size() >= 1<<16 {
		ts.unsupported(t, "its elements are too large")
	}
	dir := map[types.ChanDir]reflect.ChanDir{
		types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir,
	}[t.Dir()]
	return reflect.ChanOf(dir, elem)
}

func (ts *Types) funcOf(t *types.Signature) reflect.Type {
	if t.TypeParams().Len() > 0 {
		ts.unsupported(t, "it is generic")
	}
	in, out := ts.tuple(t.Params()), ts.tuple(t.Results())
	if len(in)+len(out) > 128 {
		ts.unsupported(t, "it has more than 128 parameters and results")
	}
	return reflect.FuncOf(in, out, t.Variadic())
}

func (ts *Types) tuple(t *types.Tuple) []reflect.Type {
	list := make([]reflect.Type, t.Len())
	for i := range list {
		list[i] = ts.of(t.At(i).Type())
	}
	return list
}

// named returns a compiled type or makes one.
func (ts *Types) named(t *types.Named) reflect.Type {
	obj := t.Obj()
	switch {
	case t.TypeParams().Len() > t.TypeArgs().Len():
		ts.unsupported(t, "it is generic")
	case obj.Pkg() == nil && obj.Name() == "error":
		return reflect.TypeFor[error]()
	case obj.Pkg() == nil:
		if _, ok := t.Underlying().(*types.Interface); !ok {
			return ts.of(t.Underlying()) // of package ssa
		}
		ts.unsupported(t, "no values have such a type")
	case ts.config.User(obj.Pkg()):
		origin := t.Origin().Obj()
		if ts.config.Local != nil && origin.Pkg().Scope().Lookup(origin.Name()) != origin {
			if why := ts.config.Local(); why != "" {
				ts.unsupported(t, "%s", why)
			}
		}
		if t.TypeArgs().Len() > 0 && ts.config.Compiled != nil { // compiled code may have the type
			if r, ok := ts.config.Compiled(obj.Pkg().Path(), ts.nameWithArgs(t)); ok {
				return r
			}
		}
		return ts.declare(t)
	}
	if t.TypeArgs().Len() > 0 {
		ts.unsupported(t, "generic types of compiled packages are not there for each type argument")
	}
	if r, ok := ts.config.Compiled(obj.Pkg().Path(), obj.Name()); ok {
		return r
	}
	ts.unsupported(t, "the type is not available")
	return nil
}

// structOf returns an unnamed struct type.
func (ts *Types) structOf(t *types.Struct) reflect.Type {
	plain := true
	fields := make([]reflect.StructField, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		plain = plain && !f.Embedded() && f.Name() != "_"
		name := ts.config.Name(f.Name())
		fields[i] = reflect.StructField{Name: name, Type: ts.of(f.Type()), Tag: reflect.StructTag(t.Tag(i))}
		if !f.Exported() || !exported(name) {
			fields[i].PkgPath = pkgPath
		}
	}
	if plain {
		return reflect.StructOf(fields)
	}
	return ts.declare(t)
}
