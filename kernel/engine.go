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

var errSwitchedOff = errors.New("the compiler, which would run this, is switched off (engine interpret)")

// asPackage is the engine of a cell that is lowered for the compiler though the
// session's engine is Auto, and asInterpreted where it is Interpret.
const (
	asPackage     Engine = "as a package"
	asInterpreted Engine = "as an interpreted package"
)

// builder compiles the cells of a kernel. Its workspace opens in the background,
// so that a kernel starts at once, and not at all while nobody needs it.
type builder struct {
	config      Config
	cancel      context.CancelFunc
	opening     sync.Once
	opened      chan struct{} // closed when the fields below are valid
	workspace   *compile.Workspace
	err         error           // why cells cannot be compiled here
	warm        sync.WaitGroup  // what runs in the background
	background  sync.Mutex      // builds for later, one at a time
	ctx         context.Context // ends with the kernel
	builds      int
	interpreted sync.Map // the paths of the cells' packages that were not compiled
}

func newBuilder(config Config) *builder {
	ctx, cancel := context.WithCancel(context.Background())
	b := &builder{config: config, ctx: ctx, cancel: cancel, opened: make(chan struct{})}
	if config.Engine != Interpret {
		b.open()
	}
	return b
}

// open begins to open the workspace, if nobody has.
func (b *builder) open() {
	b.opening.Do(func() {
		b.warm.Go(func() {
			b.workspace, b.err = compile.Open(b.ctx, compile.Config{Source: b.config.Source})
			close(b.opened)
			if b.err == nil && b.config.Interactive {
				// A build that comes first does the work itself and says what is wrong.
				_ = b.workspace.Warm(b.ctx)
			}
		})
	})
}

// wait waits until the workspace is open and returns why cells cannot be
// compiled, or nil.
func (b *builder) wait() error {
	b.open()
	<-b.opened
	return b.err
}

// renew forgets what the worker that has ended had loaded.
func (b *builder) renew() {
	select {
	case <-b.opened:
		if b.workspace != nil {
			b.workspace.Renew()
		}
	default: // nothing was built
	}
}

// unavailable returns why an engine does not compile, or nil.
func (b *builder) unavailable(engine Engine) error {
	if engine == Interpret || engine == asInterpreted {
		return errSwitchedOff
	}
	return b.wait()
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
// this way, the worker interprets what the compiler would have built; but not where
// somebody asked for the compiler. k.mu is held, and given up while the workspace
// opens.
func (k *Kernel) lowerUnit(c *check.Checked, engine Engine) (*lower.Program, *Error) {
	b := k.builder
	k.mu.Unlock() // the front answers while the toolchain is looked for
	why := b.unavailable(engine)
	k.mu.Lock()
	if why != nil && engine == Compile {
		return nil, refusal(why.Error() + "; engine auto interprets them")
	}
	unit, err := lower.Compile(k.session.Fset(), c, b.nextPath())
	if err != nil {
		return nil, &Error{Ename: "compile error", Evalue: err.Error(), Traceback: []string{"compile error: " + err.Error()}}
	}
	p := &lower.Program{Unit: unit}
	if why == nil && slices.ContainsFunc(unit.Package.Imports, b.isInterpreted) {
		why = errors.New("this cell uses what an earlier cell declared, which was interpreted")
	}
	if i := slices.IndexFunc(unit.Package.Imports, k.ofModule); i >= 0 && why != nil {
		return nil, refusal(fmt.Sprintf("only the compiler has package %s; %v", unit.Package.Imports[i], why))
	}
	if why != nil {
		b.interpret(p)
	}
	return p, nil
}

// refusal is the error of a cell that does not run here.
func refusal(why string) *Error {
	return &Error{Ename: "refused", Evalue: why, Traceback: []string{red("refused: " + why)}}
}

// nextPath returns the import path of the next compiled package.
func (b *builder) nextPath() string {
	b.builds++
	return fmt.Sprintf("session/c%d", b.builds)
}

// build builds a lowered cell as a plugin, unless it is interpreted. Where the
// machine does not build, engines that may interpret it do, and warn is told why.
// k.mu is not held.
func (k *Kernel) build(ctx context.Context, p *lower.Program, engine Engine, warn func(string)) *Error {
	if p.Unit == nil || p.File != "" {
		return nil
	}
	file, err := k.builder.workspace.Build(ctx, p.Unit.Package)
	wrong := new(compile.CompilerError)
	switch {
	case err == nil:
		p.Plugin = file
	case ctx.Err() != nil:
		return interrupted("while compiling")
	case errors.As(err, &wrong):
		return k.compilerError(wrong)
	case engine == Compile:
		return refusal(err.Error() + "; engine auto interprets it")
	default:
		warn(fmt.Sprintf("the cell is interpreted, for it cannot be compiled: %v", err))
		k.builder.interpret(p)
	}
	return nil
}

// interpret has the worker interpret what the compiler would have built.
func (b *builder) interpret(p *lower.Program) {
	b.interpreted.Store(p.Unit.Path, true)
	p.File = p.Unit.Package.Files["cell.go"]
}

func (b *builder) isInterpreted(path string) bool {
	_, ok := b.interpreted.Load(path)
	return ok
}
