package kernel

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
)

// magicCommand is a magic: what people type, what %help says of it and what it
// does. engine is what the rest of the cell runs with.
type magicCommand struct {
	name    string
	args    string // for %help
	help    string // one line
	example string
	run     func(x *execution, m cell.Magic, engine *Engine) *Error
}

// magicCommands returns the magics, sorted by topic.
func magicCommands() []magicCommand {
	return []magicCommand{
		{"%help", "[MAGIC]", "list the magics, or explain one", "%help %time", (*execution).magicHelp},
		{"%time", "CODE", "run a line and say how long it took", "%time total := sum(list)", (*execution).magicTime},
		{"%%time", "", "run the cell and say how long it took", "%%time\nfit(model)", (*execution).magicTime},
		{"%timeit", "CODE", "run a line many times and say how long one takes", "%timeit strings.Repeat(\"x\", 100)", (*execution).magicTimeit},
		{"%%timeit", "[SETUP]", "run the cell many times and say how long one takes", "%%timeit n := 100\nmake([]int, n)", (*execution).magicTimeit},
		{"%who", "", "list the names that cells have declared", "%who", (*execution).magicWho},
		{"%whos", "", "list the session's variables with their types and values", "%whos", (*execution).magicWhos},
		{"%stale", "", "list the cells that use something that was declared again", "%stale", (*execution).magicStale},
		{"%replay", "", "run again the cells of the session that was lost with its worker", "%replay", func(x *execution, m cell.Magic, _ *Engine) *Error { return x.replay(m) }},
		{"%reset", "", "forget everything that cells have declared", "%reset", (*execution).magicReset},
		{"%history", "[-n] [N|N-M] | -g PATTERN", "show this session's cells, with -n their numbers; -g searches all sessions", "%history -n 2-4", (*execution).magicHistory},
		{"%load", "FILE", "offer the text of a file as the next cell", "%load model.go", (*execution).magicLoad},
		{"%%writefile", "[-a] FILE", "write the cell's text to a file, or append it", "%%writefile notes.txt\nhello", (*execution).magicWritefile},
		{"%get", "MODULE[@VERSION] | MODULE => FOLDER", "add a module whose packages cells may import", "%get example.org/module@v1.2.3", func(x *execution, m cell.Magic, _ *Engine) *Error { return x.get(m) }},
		{"%run", "FILE.go", "run a file as if it were a cell; one of package main as a program", "%run setup.go", (*execution).magicRun},
		{"%cd", "[FOLDER]", "change the working folder; without one, to the home folder", "%cd data", (*execution).magicCd},
		{"%env", "[NAME[=VALUE]]", "show the environment or set a variable of it", "%env GODEBUG=gctrace=1", (*execution).magicEnv},
		{"%engine", "[auto|interpret|compile]", "show or set what runs cells", "%engine compile", func(x *execution, m cell.Magic, engine *Engine) *Error { return x.setEngine(m, engine) }},
		{"%%compile", "", "compile the cell, whatever the engine", "%%compile\nfor i := range 1_000_000_000 { n += i }", func(_ *execution, _ cell.Magic, engine *Engine) *Error { *engine = Compile; return nil }},
		{"%%bash", "", "run the cell as a shell script", "%%bash\nls | wc -l", (*execution).magicShell},
		{"!", "COMMAND", "run a shell command", "!go version", (*execution).magicShell},
	}
}

// magic runs one magic.
func (x *execution) magic(m cell.Magic, engine *Engine) *Error {
	var near []string
	for _, c := range magicCommands() {
		if c.name == m.Name {
			return c.run(x, m, engine)
		}
		near = append(near, c.name)
	}
	for _, name := range near {
		if strings.TrimLeft(name, "%") == strings.TrimLeft(m.Name, "%") {
			return x.magicError(m, "there is no magic %s, but %s", m.Name, name)
		}
	}
	if c := check.Nearest(m.Name, near); c != "" {
		return x.magicError(m, "there is no magic %s; do you mean %s?", m.Name, c)
	}
	return x.magicError(m, "there is no magic %s; %%help lists them", m.Name)
}

// magicError says why a magic did not work.
func (x *execution) magicError(m cell.Magic, format string, args ...any) *Error {
	message := fmt.Sprintf(format, args...)
	return &Error{
		Ename: "magic error", Evalue: message, Line: m.Line,
		Traceback: []string{fmt.Sprintf("%s: %s", cyan(fmt.Sprintf("%s:%d", x.req.Cell, m.Line)), red(message))},
	}
}

// printf shows text on the cell's standard output.
func (x *execution) printf(format string, args ...any) {
	x.show(Stream{Name: "stdout", Text: fmt.Sprintf(format, args...)})
}

func (x *execution) magicHelp(m cell.Magic, _ *Engine) *Error {
	list := magicCommands()
	if m.Args != "" {
		i := slices.IndexFunc(list, func(c magicCommand) bool {
			return strings.TrimLeft(c.name, "%") == strings.TrimLeft(m.Args, "%") && (c.name == m.Args || !strings.HasPrefix(m.Args, "%"))
		})
		if i < 0 {
			return x.magic(cell.Magic{Name: m.Args, Line: m.Line}, new(Engine))
		}
		c := list[i]
		x.printf("%s %s\n    %s\nExample:\n    %s\n", c.name, c.args, c.help, strings.ReplaceAll(c.example, "\n", "\n    "))
		return nil
	}
	var b strings.Builder
	b.WriteString("A line that begins with % or !, or a cell that begins with %%, is for the kernel:\n")
	for _, c := range list {
		fmt.Fprintf(&b, "  %-36s %s\n", strings.TrimSpace(c.name+" "+c.args), c.help)
	}
	b.WriteString("%help MAGIC shows an example.\n")
	x.printf("%s", b.String())
	return nil
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
		return x.magicError(m, "there is no engine %q; there are auto, interpret and compile", m.Args)
	}
	*engine = k.config.Engine
	name := string(*engine)
	if *engine == Auto {
		name = "auto"
	}
	x.printf("engine: %s\n", name)
	return nil
}
