package kernel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/compile"
	"github.com/lectern-go/lectern/kernel/lower"
)

// Engine says what runs cells.
type Engine string

const (
	// Auto interprets the cells that the interpreter is known to run right and
	// compiles the others. It is the default.
	Auto Engine = ""
	// Interpret refuses the cells that the interpreter is not known to run
	// right.
	Interpret Engine = "interpret"
	// Compile compiles all cells.
	Compile Engine = "compile"
)

var errSwitchedOff = errors.New("the compiler, which would run this, is switched off")

// builder compiles the cells of a kernel. Its workspace opens in the background,
// so that a kernel starts at once.
type builder struct {
	cancel    context.CancelFunc
	opened    chan struct{} // closed when the fields below are valid
	workspace *compile.Workspace
	err       error           // why cells cannot be compiled here
	warm      sync.WaitGroup  // what runs in the background
	ctx       context.Context // ends with the kernel
	builds    int
	// interpreted has the packages of cells that were not compiled, by path.
	interpreted map[string]bool
}

// wait waits until the workspace is open and returns why cells cannot be
// compiled, or nil.
func (b *builder) wait() error {
	<-b.opened
	return b.err
}

func newBuilder(config Config) *builder {
	ctx, cancel := context.WithCancel(context.Background())
	b := &builder{ctx: ctx, cancel: cancel, opened: make(chan struct{}), interpreted: map[string]bool{}}
	if config.Engine == Interpret {
		b.err = errSwitchedOff
		close(b.opened)
		return b
	}
	b.warm.Go(func() {
		b.workspace, b.err = compile.Open(ctx, compile.Config{Source: config.Source})
		close(b.opened)
		if b.err == nil && config.Interactive {
			// A build that comes first does the work itself and says what is wrong.
			_ = b.workspace.Warm(ctx)
		}
	})
	return b
}

// close ends what runs in the background and removes the workspace.
func (b *builder) close() error {
	b.cancel()
	b.warm.Wait()
	if b.workspace == nil {
		return nil
	}
	return b.workspace.Close()
}

// lowerUnit lowers a cell for the compiler. It does not build. Where the engine is
// not to compile, nothing can be compiled, or the cell uses what was interpreted in
// this way, the worker interprets what the compiler would have built. k.mu is
// held, and given up while the workspace opens.
func (k *Kernel) lowerUnit(c *check.Checked, engine Engine) (*lower.Program, *Error) {
	b := k.builder
	k.mu.Unlock() // the front answers while the toolchain is looked for
	<-b.opened
	k.mu.Lock()
	unit, err := lower.Compile(k.session.Fset(), c, b.nextPath())
	if err != nil {
		return nil, &Error{Ename: "compile error", Evalue: err.Error(), Traceback: []string{"compile error: " + err.Error()}}
	}
	p := &lower.Program{Unit: unit}
	if engine == Interpret || b.err != nil || slices.ContainsFunc(unit.Package.Imports, func(p string) bool { return b.interpreted[p] }) {
		b.interpreted[unit.Path] = true
		p.File = unit.Package.Files["cell.go"]
	}
	return p, nil
}

// nextPath returns the import path of the next compiled package.
func (b *builder) nextPath() string {
	b.builds++
	return fmt.Sprintf("session/c%d", b.builds)
}

// build builds a lowered cell as a plugin, unless it is interpreted.
func (b *builder) build(ctx context.Context, p *lower.Program) *Error {
	if p.Unit == nil || p.File != "" {
		return nil
	}
	file, err := b.workspace.Build(ctx, p.Unit.Package)
	switch {
	case ctx.Err() != nil:
		return interrupted("while compiling")
	case err != nil:
		return internalError(err)
	}
	p.Plugin = file
	return nil
}

// refused shows why neither engine runs a cell.
func (k *Kernel) refused(refusals []check.Diagnostic, why error) *Error {
	e := k.compileError(refusals)
	e.Ename = "refused"
	if why != nil {
		e.Traceback = append(e.Traceback, why.Error())
	}
	return e
}
