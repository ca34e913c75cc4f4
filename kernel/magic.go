package kernel

import (
	"fmt"

	"github.com/lectern-go/lectern/kernel/cell"
)

// magic runs one magic. %%compile changes the engine of its own cell only.
func (x *execution) magic(m cell.Magic, engine *Engine) *Error {
	switch m.Name {
	case "%engine":
		return x.setEngine(m, engine)
	case "%%compile":
		*engine = Compile
		return nil
	case "%replay":
		return x.replay(m)
	}
	message := fmt.Sprintf("there is no magic %s; there are %%engine, %%%%compile and %%replay", m.Name)
	return &Error{Ename: "magic error", Evalue: message, Line: m.Line, Traceback: []string{fmt.Sprintf("%s:%d: %s", x.req.Cell, m.Line, message)}}
}

func (x *execution) setEngine(m cell.Magic, engine *Engine) *Error {
	k := x.kernel
	k.mu.Lock()
	defer k.mu.Unlock()
	switch m.Args {
	case "":
	case "auto":
		k.config.Engine = Auto
	case string(Interpret), string(Compile):
		k.config.Engine = Engine(m.Args)
	default:
		message := fmt.Sprintf("there is no engine %q; there are auto, interpret and compile", m.Args)
		return &Error{Ename: "magic error", Evalue: message, Line: m.Line, Traceback: []string{fmt.Sprintf("%s:%d: %s", x.req.Cell, m.Line, message)}}
	}
	*engine = k.config.Engine
	name := string(*engine)
	if *engine == Auto {
		name = "auto"
	}
	x.show(Stream{Name: "stdout", Text: "engine: " + name + "\n"})
	return nil
}
