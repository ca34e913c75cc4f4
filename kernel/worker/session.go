package worker

import (
	"context"
	"fmt"
	"os"
	"path"
	"reflect"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/traefik/yaegi/interp"

	"github.com/lectern-go/lectern/kernel/lower"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// sessionPath is the import path under which the interpreter sees the slots.
const sessionPath = "session"

// session is the interpreter and the storage of the session's variables and
// functions.
type session struct {
	worker     *worker
	interp     *interp.Interpreter
	packages   map[string]map[string]reflect.Value // loaded symbols by import path
	names      map[string]string                   // package name in lowered source -> path
	hooks      map[string]reflect.Value            // for compiled cells, by variable
	calls      activations                         // of interpreted functions
	units      *units                              // nil until a cell needs it
	globalSize int                                 // of the interpreter's global frame before any cell
	body       func(func())                        // runs the function literal of the current cell
	evaluating atomic.Int32                        // evaluations that have not ended
	stop       atomic.Pointer[context.Context]     // of the current cell
}

func newSession(w *worker) *session {
	s := &session{
		worker:   w,
		packages: map[string]map[string]reflect.Value{},
		names:    map[string]string{},
	}
	s.hooks = map[string]reflect.Value{
		lower.StopVar:             reflect.ValueOf(w.owners.stopped),
		lower.CheckVar:            reflect.ValueOf(w.owners.check),
		lower.Hook("os.Exit"):     reflect.ValueOf(w.exit),
		lower.Hook("time.Sleep"):  reflect.ValueOf(s.sleep),
		lower.Hook("log.Fatal"):   reflect.ValueOf(w.logFatal),
		lower.Hook("log.Fatalf"):  reflect.ValueOf(w.logFatalf),
		lower.Hook("log.Fatalln"): reflect.ValueOf(w.logFatalln),
		lower.Hook("fmt.Print"):   reflect.ValueOf(w.print),
		lower.Hook("fmt.Printf"):  reflect.ValueOf(w.printf),
		lower.Recovered:           reflect.ValueOf(recovered),
		lower.Hook("fmt.Println"): reflect.ValueOf(w.println),
	}
	s.interp = interp.New(interp.Options{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: frameFilter{}})
	s.must(s.interp.Use(interp.Exports{sessionPath + "/" + sessionPath: {
		lower.Show:  reflect.ValueOf(w.show),
		lower.Check: reflect.ValueOf(w.owners.check),
		lower.Enter: reflect.ValueOf(s.calls.enter),
		lower.Go:    reflect.ValueOf(s.start),
		"Run":       reflect.ValueOf(func(f func()) { s.body(f) }),
	}}))
	s.must(s.interp.Use(interp.Exports{sessionPath + "/" + sessionPath: builtins()}))
	s.must(s.interp.Use(interp.Exports{sessionPath + "/" + sessionPath: failing()}))
	_, err := s.interp.Eval(fmt.Sprintf("import %s %q", lower.Session, sessionPath))
	s.must(err)
	s.globalSize = field(field(reflect.ValueOf(s.interp), "frame"), "data").Len()
	return s
}

// must panics: the interpreter refused what is always the same.
func (s *session) must(err error) {
	if err != nil {
		panic(fmt.Sprintf("worker: set up the interpreter: %v", err))
	}
}

// run runs a program and says why it failed, or nil.
func (s *session) run(ctx context.Context, p *lower.Program) *pipe.Failure {
	if p.Plugin != "" {
		run, err := s.load(p.Plugin, p.Unit)
		if err != nil {
			return &pipe.Failure{Ename: "internal error", Evalue: "load the compiled cell: " + err.Error()}
		}
		return s.call(ctx, run)
	}
	if p.File != "" {
		return s.interpretUnit(ctx, p)
	}
	for _, imp := range p.Imports {
		if err := s.use(imp); err != nil {
			return &pipe.Failure{Ename: "import error", Evalue: err.Error()}
		}
	}
	if len(p.Slots) > 0 {
		slots := map[string]reflect.Value{}
		for _, slot := range p.Slots {
			t, err := s.typeOf(slot.Type)
			if err != nil {
				return &pipe.Failure{Ename: "internal error", Evalue: err.Error()}
			}
			if have, ok := s.packages[sessionPath][slot.Name]; !ok || have.Type().Elem() != t {
				slots[slot.Name] = reflect.New(t)
			}
		}
		s.must(s.interp.Use(interp.Exports{sessionPath + "/" + sessionPath: slots}))
		s.keep(slots)
	}
	if p.Source == "" {
		return nil
	}
	return s.eval(ctx, p.Source)
}

// interpretUnit runs a cell that is written for the compiler.
func (s *session) interpretUnit(ctx context.Context, p *lower.Program) *pipe.Failure {
	if s.units == nil {
		var err error
		if s.units, err = newUnits(s.worker.config, &s.worker.owners); err != nil {
			return rejected(err)
		}
	}
	loaded, err := s.units.load(p.Unit.Path, p.File)
	if err != nil {
		return rejected(err)
	}
	run, err := s.connect(interpretedUnit{loaded}, p.Unit)
	if err != nil {
		return &pipe.Failure{Ename: "internal error", Evalue: "connect the cell: " + err.Error()}
	}
	return s.call(ctx, run)
}

func (s *session) keep(slots map[string]reflect.Value) {
	if s.packages[sessionPath] == nil {
		s.packages[sessionPath] = map[string]reflect.Value{}
	}
	for name, v := range slots {
		s.packages[sessionPath][name] = v
	}
}

// use makes a package importable and imports it under its lowered name.
func (s *session) use(imp lower.Import) error {
	if _, ok := s.names[imp.Name]; ok {
		return nil
	}
	if _, ok := s.packages[imp.Path]; !ok { // compiled cells bring their own
		if err := s.loadSymbols(imp.Path); err != nil {
			return err
		}
	}
	if _, err := s.interp.Eval(fmt.Sprintf("import %s %q", imp.Name, imp.Path)); err != nil {
		return fmt.Errorf("import %s: %w", imp.Path, err)
	}
	s.names[imp.Name] = imp.Path
	return nil
}

// loadSymbols gives the interpreter the symbols of a package.
func (s *session) loadSymbols(importPath string) error {
	key, table, ok := s.worker.config.table(importPath)
	if !ok {
		return fmt.Errorf("package %s is not available to the interpreter", importPath)
	}
	s.restrict(importPath, table)
	s.packages[importPath] = table
	// Under the usual spelling of fmt's key the interpreter would replace
	// functions that print and exit by its own.
	key = path.Dir(key) + "//" + path.Base(key)
	if err := s.interp.Use(interp.Exports{key: table}); err != nil {
		return fmt.Errorf("import %s: %w", importPath, err)
	}
	return nil
}

// restrict replaces what would end the process or could not be interrupted.
func (s *session) restrict(path string, table map[string]reflect.Value) {
	for name := range table {
		if hook, ok := s.hooks[lower.Hook(path+"."+name)]; ok {
			table[name] = hook
		}
	}
}

// eval calls the function literal. An interrupt stops interpreted code at its
// next step, in all goroutines, and blocked channel operations. Code that is blocked
// in a compiled call is left behind and ends when the call returns; while it is busy
// the cell goes on.
func (s *session) eval(ctx context.Context, literal string) *pipe.Failure {
	finished := make(chan *pipe.Failure, 1)
	goroutine := make(chan string, 1)
	s.body = func(f func()) {
		goroutine <- s.worker.owners.enter()
		defer func() { finished <- failure(recover(), s.frames) }()
		s.worker.owners.check()
		f()
	}
	s.stop.Store(&ctx)
	if s.units != nil {
		s.units.program.ForgetTrace()
	}
	evaluated, stop := s.evaluate(lower.Session + ".Run(" + literal + ")")
	var err error
	select {
	case err = <-evaluated:
	case <-ctx.Done():
		id := atomic.LoadUint64(s.runID())
		stop()
		select {
		case id := <-goroutine:
			await(finished, id)
		case <-time.After(stopWait): // it is rejected
		}
		// Closures remember the run that made them and return zeros at once
		// in any other: this run goes on.
		atomic.StoreUint64(s.runID(), id)
	}
	if s.evaluating.Load() == 0 { // nothing that was left behind needs it
		s.forget()
	}
	if s.interrupted(ctx) {
		return interrupted(ctx)
	}
	select {
	case failure := <-finished:
		return failure
	default:
		return &pipe.Failure{Ename: pipe.Rejected, Evalue: fmt.Sprintf("the interpreter does not accept this cell: %v", err)}
	}
}

// sleep is time.Sleep that ends when the cell is interrupted.
func (s *session) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	cell := *s.stop.Load()
	select {
	case <-timer.C:
	case <-cell.Done():
		s.worker.owners.check()
		<-timer.C // a goroutine that outlives its cell
	}
}

// frameFilter drops what the interpreter says about a panic, a line for every
// frame, and passes the rest to standard error.
type frameFilter struct{}

var framePattern = regexp.MustCompile(`^.*/` + regexp.QuoteMeta(lower.FileName) + `:\d+(:\d+)?: panic: `)

// hiddenFrame is the line for the statement wrapped around the cell.
var hiddenFrame = regexp.MustCompile(`^\d+(:\d+)?: panic: `)

func (frameFilter) Write(b []byte) (int, error) {
	if framePattern.Match(b) || hiddenFrame.Match(b) {
		return len(b), nil
	}
	return os.Stderr.Write(b)
}
