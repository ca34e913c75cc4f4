package kernel

import (
	"context"
	"errors"
	"fmt"
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

// builder compiles the cells of a kernel. Its workspace opens in the background,
// so that a kernel starts at once.
type builder struct {
	cancel    context.CancelFunc
	opened    chan struct{} // closed when the fields below are valid
	workspace *compile.Workspace
	err       error          // why cells cannot be compiled here
	warm      sync.WaitGroup // what runs in the background
	builds    int
}

func newBuilder(config Config) *builder {
	ctx, cancel := context.WithCancel(context.Background())
	b := &builder{cancel: cancel, opened: make(chan struct{})}
	if config.Engine == Interpret {
		b.err = errors.New("compiling is switched off")
		close(b.opened)
		return b
	}
	b.warm.Go(func() {
		b.workspace, b.err = compile.Open(ctx, compile.Config{Source: config.Source})
		close(b.opened)
		if b.err == nil {
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

// compile builds a cell as a plugin. refusals is why the interpreter does not
// run it, for the case that it cannot be compiled either.
func (k *Kernel) compile(ctx context.Context, c *check.Checked, refusals []check.Diagnostic) (*lower.Program, *Error) {
	b := k.builder
	<-b.opened
	if b.err != nil {
		for i := range refusals {
			refusals[i].Msg += fmt.Sprintf(", and it cannot be compiled: %v", b.err)
		}
		return nil, k.compileError(refusals)
	}
	b.builds++
	unit, err := lower.Compile(k.session.Fset(), c, fmt.Sprintf("session/c%d", b.builds))
	if err != nil {
		return nil, &Error{Ename: "compile error", Evalue: err.Error(), Traceback: []string{"compile error: " + err.Error()}}
	}
	file, err := b.workspace.Build(ctx, unit.Package)
	switch {
	case ctx.Err() != nil:
		return nil, &Error{Ename: "interrupt", Evalue: "interrupted while compiling", Traceback: []string{"interrupted while compiling"}}
	case err != nil:
		return nil, internalError(err)
	}
	return &lower.Program{Plugin: file, Unit: unit}, nil
}
