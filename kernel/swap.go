package kernel

import (
	"go/ast"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/lower"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// compiledLater lowers the functions of an interpreted cell for the compiler,
// from its text: the interpreter's lowering changes the syntax. It returns nil if
// there are none. It must be called before the cell is committed.
func (k *Kernel) compiledLater(name, text string) *lower.Unit {
	parsed, err := cell.Parse(k.session.Fset(), name, text)
	if err != nil {
		return nil
	}
	checked, ds := k.session.Check(parsed)
	if len(ds) > 0 || !declaresFunctions(checked) {
		return nil
	}
	checked.Body, checked.Result, checked.Variables = &ast.BlockStmt{}, nil, 0
	unit, err := lower.Compile(k.session.Fset(), checked, k.builder.nextPath())
	if err != nil {
		return nil // it stays interpreted
	}
	return unit
}

func declaresFunctions(c *check.Checked) bool {
	for _, d := range c.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name != "init" && f.Name.Name != "_" {
			return true
		}
	}
	return false
}

// swap builds the functions of a cell in the background and puts them in the
// place of the interpreted ones, when no cell runs and unless one of them has
// been declared again.
func (k *Kernel) swap(unit *lower.Unit, checked *check.Checked) {
	b := k.builder
	b.warm.Go(func() {
		program := &lower.Program{Unit: unit}
		if !k.buildLater(program, checked) {
			return // they stay interpreted
		}
		k.begin()
		defer k.end()
		if k.closed || k.process == nil || !k.current(checked) {
			return
		}
		p := k.process
		if p.requests.Write(&pipe.Message{Kind: pipe.Run, Cell: checked.Name, Program: program}) != nil {
			return // the next cell finds the worker dead
		}
		for e := range p.events {
			if e.message != nil && e.message.Kind == pipe.Done {
				return
			}
			k.route(e, 0, k.later) // of a goroutine that outlived its cell
		}
	})
}

// buildLater builds a program when no other is built in the background, unless what
// it declares has been declared again: cells may come much faster than builds.
func (k *Kernel) buildLater(program *lower.Program, checked *check.Checked) bool {
	b := k.builder
	b.background.Lock()
	defer b.background.Unlock()
	return b.wait() == nil && k.current(checked) && k.build(b.ctx, program, Compile, nil) == nil
}

// current reports whether the session still has what the cell declared.
func (k *Kernel) current(c *check.Checked) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, o := range c.Objects {
		if k.session.Lookup(o.Name()) != o {
			return false
		}
	}
	return true
}
