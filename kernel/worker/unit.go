package worker

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"path"
	"reflect"
	"runtime"
	"strconv"
	"strings"

	"github.com/lectern-go/lectern/kernel/compile"
	"github.com/lectern-go/lectern/kernel/lower"
	"github.com/lectern-go/lectern/kernel/ssainterp"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// units interprets the packages of cells that are written for the compiler.
type units struct {
	importer *ssainterp.Importer
	packages map[string]*types.Package // of cells, by path
	program  *ssainterp.Program
}

func newUnits(config Config, o *owners) (*units, error) {
	importer, err := config.importer()
	if err != nil {
		return nil, err
	}
	u := &units{importer: importer, packages: map[string]*types.Package{}}
	u.program, err = ssainterp.New(importer, config.symbols, func(name string) string {
		return strings.TrimPrefix(strings.TrimPrefix(name, compile.Marker), compile.ObjectMarker)
	})
	if err != nil {
		return nil, err
	}
	u.program.Interrupts = ssainterp.Interrupts{Flag: o.flag, Check: o.check}
	return u, nil
}

// Import implements [types.Importer].
func (u *units) Import(importPath string) (*types.Package, error) {
	if pkg := u.packages[importPath]; pkg != nil {
		return pkg, nil
	}
	return u.importer.Import(importPath)
}

var errCompiled = errors.New("the cell uses what the compiler has built of an earlier cell: run that cell again to have it interpreted, or this one under the engine auto")

// load checks and translates the package of a cell, and initializes it. It runs
// nothing of the cell.
func (u *units) load(unitPath, text string) (*ssainterp.Package, error) {
	fset := u.importer.FileSet()
	file, err := parser.ParseFile(fset, unitPath, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, spec := range file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err != nil || strings.HasPrefix(p, sessionPath+"/") && u.packages[p] == nil {
			return nil, errCompiled
		}
	}
	info := ssainterp.NewInfo()
	config := &types.Config{Importer: u, Sizes: types.SizesFor("gc", runtime.GOARCH)}
	pkg, err := config.Check(unitPath, fset, []*ast.File{file}, info)
	if err != nil {
		return nil, err
	}
	loaded, err := u.program.Load(pkg, []*ast.File{file}, info)
	if err != nil {
		return nil, err
	}
	u.packages[unitPath] = pkg
	loaded.Run()
	return loaded, nil
}

// frames returns the frames of the panic that is being recovered, those in cells.
func (u *units) frames() []pipe.Frame {
	var frames []pipe.Frame
	for _, pos := range u.program.Trace() {
		if path.Base(pos.Filename) == lower.FileName {
			frames = append(frames, pipe.Frame{Cell: path.Base(path.Dir(pos.Filename)), Line: pos.Line})
		}
	}
	return frames
}

// interpretedUnit is an interpreted package, as [unit].
type interpretedUnit struct{ *ssainterp.Package }

func (u interpretedUnit) variable(name string) (reflect.Value, error) {
	v, ok := u.Var(name)
	if !ok {
		return reflect.Value{}, fmt.Errorf("no variable %s", name)
	}
	return v.Elem(), nil
}

func (u interpretedUnit) function(name string) (func(), error) {
	return func() { u.Call(name) }, nil
}
