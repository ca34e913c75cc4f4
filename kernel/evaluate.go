package kernel

import (
	"context"
	"go/parser"

	"github.com/lectern-go/lectern/kernel/cell"
)

// expressionCell names evaluated expressions in diagnostics.
const expressionCell = "expression"

// ExecutionCount returns the number of the last cell that counted, or 0.
func (k *Kernel) ExecutionCount() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.count
}

// Evaluate returns the value of an expression, or what is wrong with it. It
// declares nothing, counts as no cell and shows nothing; an error means that the
// kernel itself does not work. It waits for the running cell to end.
func (k *Kernel) Evaluate(ctx context.Context, expr string) (MIMEBundle, *Error, error) {
	k.begin()
	defer k.end()
	return k.evaluate(ctx, expr)
}

// evaluate is Evaluate for a caller that holds running.
func (k *Kernel) evaluate(ctx context.Context, expr string) (bundle MIMEBundle, failed *Error, err error) {
	if _, err := parser.ParseExpr(expr); err != nil {
		return nil, &Error{Ename: "compile error", Evalue: err.Error(), Traceback: []string{err.Error()}}, nil
	}
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return nil, nil, ErrClosed
	}
	run := &execution{
		kernel: k, req: ExecuteRequest{Code: expr, Cell: expressionCell}, count: k.count,
		interrupts: make(chan struct{}, 8),
		show: func(o Output) {
			if result, ok := o.(ExecuteResult); ok {
				bundle = result.Data
			} else {
				k.later(o)
			}
		},
	}
	run.ctx, run.cancel = context.WithCancel(ctx)
	defer run.cancel()
	k.texts[expressionCell] = expr
	k.execution = run
	k.mu.Unlock()
	defer func() {
		k.mu.Lock()
		k.execution = nil
		k.mu.Unlock()
	}()
	if failed, err = run.evaluate(k.config.Engine); failed != nil || err != nil {
		return nil, failed, err
	}
	if bundle == nil {
		bundle = MIMEBundle{"text/plain": ""}
	}
	return bundle, nil, nil
}

// evaluate runs an expression by an engine without making it part of the session.
func (x *execution) evaluate(engine Engine) (*Error, error) {
	k := x.kernel
	k.mu.Lock()
	parsed, err := cell.Parse(k.session.Fset(), x.req.Cell, x.req.Code)
	if err != nil {
		defer k.mu.Unlock()
		return k.syntaxError(err), nil
	}
	checked, ds := k.session.Check(parsed)
	if len(ds) > 0 {
		defer k.mu.Unlock()
		return k.compileError(ds), nil
	}
	program, failed := k.lower(checked, engine)
	k.mu.Unlock()
	if failed != nil {
		return failed, nil
	}
	if program.Unit != nil {
		if failed := k.build(x.ctx, program, engine, x.warn); failed != nil {
			return failed, nil
		}
	}
	return x.sendProgram(program)
}
