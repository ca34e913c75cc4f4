// Package compile builds the packages of cells as Go plugins, fast, so that they
// mean what they would mean in one program.
//
//	w, err := compile.Open(ctx, compile.Config{})       // a *ToolchainError if cells cannot be compiled here
//	go w.Warm(ctx, "fmt", "strings")                     // when the session starts
//	file, err := w.Build(ctx, compile.Package{
//		Path:    "session/c7",
//		Files:   map[string]string{"cell.go": source},
//		Imports: []string{"fmt", "session/c3"},
//	})
//
// A worker opens the file with plugin.Open. That needs what Go's plugins need:
// Linux, macOS or FreeBSD, cgo and a C compiler, and the go command of the very
// version that built the program, which Open finds and checks.
//
// # Time
//
// The go command takes 0.3 s to build a small plugin, most of it not for
// compiling. Here it is asked once for each imported package where the compiled
// form of that package is (go list -export); after that Build runs the compiler
// (about 20 ms) and the linker (about 170 ms, a third of it in the C linker)
// itself.
//
// # One package to the user, many to the compiler
//
// Cells see each other's unexported names, fields and methods. Each compiled cell
// is a package of its own, though, because what is compiled stays. So the source
// that Build takes has every unexported name of the session exported, by a
// marker in front of it ([Namer.Edits] writes it), and the package is called
// main. What a program can see of its own names at run time are the type
// descriptors, so Build corrects those, in the object file, between compiler and
// linker:
//
//   - The marker goes from the names of fields and methods, and they become
//     unexported; it goes from the strings of types.
//   - The package path of types becomes main; structs and interfaces that now
//     have unexported members learn their package.
//   - The count of exported methods, which come first in a type's list, shrinks.
//   - Methods that became unexported are marked as needed, because the linker
//     would drop those that this plugin does not call.
//
// All packages of a session are corrected alike, so that types which are
// identical have equal descriptors, and the order of methods stays that in which
// the run time looks for them. Types keep the hash of the compiler's own name for
// them, so two types T of different cells stay different. The names of functions
// in stack traces keep the marker; [Readable] removes it.
//
// This relies on the format of object files and type descriptors of the Go
// release that the program is built with. It is checked where it is read, and
// the tests compare sessions with the same Go as one program.
package compile
