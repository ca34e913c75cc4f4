// Package runtype makes types at run time: for a type that go/types knows, the
// type descriptor that the compiler would have written, methods included.
//
// Package reflect can make types too, but none with a name or with methods.
// Programs see both: %T prints names, type switches and assertions compare types,
// fmt and encoding/json look for methods. So the descriptor of a declared type is
// written here, in the form that the compiler writes (internal/abi), from what
// reflect makes for its underlying type. The run time and package reflect then
// know no difference. What is unnamed and has no methods, reflect makes.
//
// A method's code is one of a fixed number of stubs in assembly, which load a
// closure and jump to it; the closure is what [reflect.MakeFunc] makes. There are
// stubs for amd64 and arm64; elsewhere types with methods are an [UnsupportedError].
//
// All this relies on the type descriptors of the Go release that builds the
// program. The package's tests compare with what the compiler makes, and [New]
// refuses to work with another release than it was written for.
//
// Types are never freed, as those of package reflect are not.
package runtype
