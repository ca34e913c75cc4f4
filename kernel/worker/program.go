package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"reflect"

	"github.com/lectern-go/lectern/kernel/exportdata"
	"github.com/lectern-go/lectern/kernel/lower"
	"github.com/lectern-go/lectern/kernel/ssainterp"
	"github.com/lectern-go/lectern/kernel/symbols"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// ProgramVariable is the environment variable that makes the process interpret
// one program instead of serving a kernel. It names the program; a [Program] comes
// as the only request, and what is refused goes back as the only message, a
// [pipe.Failure], before the program runs, both as JSON.
const ProgramVariable = "LECTERN_PROGRAM"

// Program is a whole program and its arguments without the first, its name.
type Program struct {
	Text string
	Args []string
}

// runProgram interprets a whole program. It returns only an error of the worker's
// own or after the program has ended in good order.
func runProgram(config Config, name string, requests io.Reader, messages io.WriteCloser) error {
	if err := os.Unsetenv(ProgramVariable); err != nil {
		return err
	}
	var request Program
	if err := json.NewDecoder(requests).Decode(&request); err != nil {
		return fmt.Errorf("read program: %w", err)
	}
	importer, err := config.importer()
	if err != nil {
		return err
	}
	program, err := ssainterp.Main(importer, config.symbols, name, request.Text)
	if err != nil {
		return errors.Join(json.NewEncoder(messages).Encode(rejected(err)), messages.Close())
	}
	if err := messages.Close(); err != nil {
		return err
	}
	os.Args = append([]string{name}, request.Args...)
	defer func() {
		if v := recover(); v != nil {
			program.Crash(v)
		}
	}()
	program.Run()
	program.Call("main")
	return nil
}

// rejected says why the interpreter does not run a cell or a program.
func rejected(err error) *pipe.Failure {
	f := &pipe.Failure{Ename: pipe.Rejected, Evalue: err.Error()}
	var refusals ssainterp.RefusedError
	if errors.As(err, &refusals) {
		for _, r := range refusals {
			cell := r.Pos.Filename
			if path.Base(cell) == lower.FileName {
				cell = path.Base(path.Dir(cell))
			}
			f.Refusals = append(f.Refusals, pipe.Refusal{Frame: pipe.Frame{Cell: cell, Line: r.Pos.Line}, Msg: r.Message()})
		}
	}
	return f
}

// importer reads the types of what cells may import.
func (c Config) importer() (*ssainterp.Importer, error) {
	importer := exportdata.NewImporter()
	if c.Packages != nil {
		importer.Add(c.Packages())
	}
	return ssainterp.NewImporter(importer)
}

// table returns the symbols of a package, and yaegi's name for it.
func (c Config) table(importPath string) (key string, table map[string]reflect.Value, ok bool) {
	exports, ok := symbols.Exports(importPath)
	if !ok && c.Exports != nil {
		exports, ok = c.Exports(importPath)
	}
	for key, table := range exports { // the one package
		return key, table, ok
	}
	return "", nil, false
}

// symbols returns the symbols of a package for package ssainterp.
func (c Config) symbols(importPath string) (map[string]reflect.Value, bool) {
	_, table, ok := c.table(importPath)
	return table, ok
}
