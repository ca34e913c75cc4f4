package kernel

import (
	"context"
	"time"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/lower"
	"github.com/lectern-go/lectern/kernel/plan"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// killAfter is how long busy compiled code may go on after a second interrupt.
const killAfter = time.Second

// execution is the running of one cell.
type execution struct {
	kernel     *Kernel
	req        ExecuteRequest
	count      int
	show       func(Output)
	ctx        context.Context // ends with the first interrupt
	cancel     context.CancelFunc
	interrupts chan struct{} // a value for each interrupt
	undo       func()        // takes back what the cell declared
	nextInput  string        // for the reply
	took       time.Duration // how long the worker ran what it was sent last
}

// run takes the cell from its text to its end.
func (x *execution) run() (*Error, error) {
	parsed, engine, failed := x.parse()
	if failed != nil {
		return failed, nil
	}
	if len(parsed.Magics) > 0 {
		return x.runParts(parsed.Magics)
	}
	return x.runParsed(parsed, engine)
}

// parse reads the cell's text. engine is what the session runs cells with.
func (x *execution) parse() (parsed *cell.Cell, engine Engine, failed *Error) {
	k := x.kernel
	k.mu.Lock()
	defer k.mu.Unlock()
	parsed, err := cell.Parse(k.session.Fset(), x.req.Cell, x.req.Code)
	if err != nil {
		return nil, "", k.syntaxError(err)
	}
	return parsed, k.config.Engine, nil
}

// runCell runs a cell that has no magics.
func (x *execution) runCell(engine Engine) (*Error, error) {
	parsed, _, failed := x.parse()
	if failed != nil {
		return failed, nil
	}
	return x.runParsed(parsed, engine)
}

func (x *execution) runParsed(parsed *cell.Cell, engine Engine) (*Error, error) {
	k := x.kernel
	k.findImports(x.ctx, parsed)
	if parsed.Program {
		return x.program(parsed, engine), nil
	}
	program, failed := x.prepare(parsed, engine)
	if failed != nil {
		return failed, nil
	}
	failed, err := x.sendProgram(program)
	if failed != nil && failed.Ename == pipe.Rejected {
		k.mu.Lock()
		x.undo() // nothing of the cell has run
		k.mu.Unlock()
		switch { // the other interpreter, or the compiler, may accept it
		case program.Unit != nil:
		case engine == Auto:
			return x.runCell(asPackage)
		case engine == Interpret:
			return x.runCell(asInterpreted)
		}
	}
	if failed == nil && err == nil {
		k.mu.Lock()
		k.ran = append(k.ran, ranCell{x.req.Cell, x.req.Code})
		k.mu.Unlock()
	}
	return failed, err
}

// program runs a cell that is a whole program.
func (x *execution) program(parsed *cell.Cell, engine Engine) *Error {
	k := x.kernel
	k.mu.Lock()
	_, ds := k.session.CheckProgram(parsed)
	if len(ds) > 0 {
		defer k.mu.Unlock()
		return k.compileError(ds)
	}
	k.mu.Unlock()
	return k.executeProgram(x.ctx, x.req, engine, x.show)
}

// prepare takes a cell from its syntax to what the worker runs. Either the whole
// cell passes, and the session knows its objects, or nothing has changed.
func (x *execution) prepare(parsed *cell.Cell, engine Engine) (*lower.Program, *Error) {
	k := x.kernel
	k.mu.Lock()
	defer k.mu.Unlock()
	checked, ds := k.session.Check(parsed)
	if len(ds) > 0 {
		return nil, k.compileError(ds)
	}
	program, failed := k.lower(checked, engine)
	if failed != nil {
		return nil, failed
	}
	if program.Unit != nil {
		k.mu.Unlock() // the front answers while the cell builds
		failed = k.build(x.ctx, program, engine, x.warn)
		k.mu.Lock()
		if failed != nil {
			return nil, failed
		}
	}
	var later *lower.Unit
	if k.config.Interactive && program.Unit == nil && engine == Auto {
		later = k.compiledLater(x.req.Cell, x.req.Code)
	}
	x.undo = k.session.Commit(checked)
	if later != nil {
		k.swap(later, checked)
	}
	for _, w := range checked.Warnings {
		x.warn(w)
	}
	return program, nil
}

func (x *execution) warn(text string) {
	x.show(Stream{Name: "stderr", Text: "warning: " + text + "\n"})
}

// lower lowers a cell for the engine that is to run it.
func (k *Kernel) lower(checked *check.Checked, engine Engine) (*lower.Program, *Error) {
	refusals := plan.Interpretable(k.session.Fset(), checked)
	if len(refusals) > 0 || engine != Auto && engine != Interpret {
		return k.lowerUnit(checked, engine)
	}
	program, err := lower.Interpret(k.session.Fset(), checked)
	if err != nil {
		return nil, internalError(err)
	}
	if !k.interpretable(program) {
		return k.lowerAgain(checked, engine)
	}
	return program, nil
}

// lowerAgain lowers a cell for the compiler after the interpreter's lowering,
// which changed its syntax, met a package that the interpreter does not have.
func (k *Kernel) lowerAgain(checked *check.Checked, engine Engine) (*lower.Program, *Error) {
	parsed, err := cell.Parse(k.session.Fset(), checked.Name, checked.Text)
	if err != nil {
		return nil, internalError(err)
	}
	again, ds := k.session.Check(parsed)
	if len(ds) > 0 {
		return nil, k.compileError(ds)
	}
	*checked = *again
	return k.lowerUnit(checked, engine)
}

// sendProgram has the worker run a program.
func (x *execution) sendProgram(program *lower.Program) (*Error, error) {
	return x.send(&pipe.Message{Kind: pipe.Run, Cell: x.req.Cell, Source: x.req.Code, Program: program})
}

// send has the worker do something, and shows what comes back.
func (x *execution) send(run *pipe.Message) (*Error, error) {
	k := x.kernel
	if k.process == nil {
		if err := k.restart(x.ctx); err != nil {
			return nil, err
		}
	}
	p := k.process
	defer func(start time.Time) { x.took = time.Since(start) }(time.Now())
	last := k.tail
	k.tail = tail{}
	var (
		done        = x.ctx.Done()
		interrupts  int
		again, kill <-chan time.Time
	)
	interrupt := func() {
		if interrupts++; interrupts == 1 {
			p.requests.Write(&pipe.Message{Kind: pipe.Interrupt}) //nolint:errcheck // a dead worker shows in events
		} else if kill == nil {
			kill = time.After(killAfter)
		}
	}
	show := func(events []event) {
		for _, e := range events {
			k.route(e, x.count, x.show)
		}
	}
	p.requests.Write(run) //nolint:errcheck // a worker that died between cells shows in events
	for {
		select {
		case e, ok := <-p.events:
			switch {
			case !ok:
				x.closeComms()
				return k.crashed(&last), nil
			case e.message != nil && e.message.Kind == pipe.Done:
				show(last.release())
				return k.failure(e.message.Failure), nil
			case e.message != nil && e.message.Kind == pipe.Ask:
				go x.answer(p, e.message.Question)
			case e.message == nil || !x.req.Silent || e.message.Kind != pipe.Result:
				show(last.pass(e))
			}
		case <-last.expire:
			show(last.release())
		case <-done:
			done = nil
			if len(x.interrupts) == 0 { // the caller's context ended: nobody will ask again
				interrupt()
				again = time.After(killAfter)
			}
		case <-x.interrupts:
			interrupt()
		case <-again:
			interrupt()
		case <-kill:
			last.reason = "compiled code did not stop when interrupted, so the worker was restarted"
			p.kill()
		}
	}
}
