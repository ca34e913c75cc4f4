package worker

import (
	"fmt"
	"path/filepath"
	"plugin"
	"reflect"
	"strings"

	"github.com/lectern-go/lectern/kernel/lower"
)

// unit is the package of a cell: a plugin, or interpreted.
type unit interface {
	variable(name string) (reflect.Value, error) // settable
	function(name string) (func(), error)
}

// load opens a compiled cell.
func (s *session) load(file string, u *lower.Unit) (run func(), err error) {
	p, err := plugin.Open(file)
	if err != nil {
		if _, name, ok := strings.Cut(err.Error(), "different version of package "); ok {
			return nil, fmt.Errorf("the source of package %s has changed since this program was built from it; build the program again", name)
		}
		return nil, err
	}
	if err := shareItabs(file); err != nil {
		return nil, fmt.Errorf("share method tables: %w", err)
	}
	return s.connect(compiledUnit{p}, u)
}

// connect connects the slots of a cell's package with the session's storage and
// returns the function that runs its statements.
func (s *session) connect(p unit, u *lower.Unit) (run func(), err error) {
	slots := map[string]reflect.Value{}
	for _, name := range u.Slots {
		v, err := p.variable(name)
		if err != nil {
			return nil, err
		}
		have, ok := s.packages[sessionPath][name]
		switch {
		case !ok:
			slots[name] = v.Elem().Addr()
		case !have.CanConvert(v.Type()):
			return nil, fmt.Errorf("the storage of %s has type %v, the compiled cell wants %v", name, have.Type(), v.Type())
		default:
			// What reflect made before the plugin was there is another type to it
			// than the plugin's own; converting tells that they are the same.
			v.Set(have.Convert(v.Type()))
		}
	}
	s.must(s.interp.Use(map[string]map[string]reflect.Value{sessionPath + "/" + sessionPath: slots}))
	s.keep(slots)
	for _, name := range u.Hooks {
		v, err := p.variable(name)
		if err != nil {
			return nil, err
		}
		v.Set(s.hooks[name])
	}
	show, err := p.variable(lower.ShowVar)
	if err != nil {
		return nil, err
	}
	show.Set(reflect.ValueOf(s.worker.show))
	if err := s.useTypes(p, u.Path); err != nil {
		return nil, err
	}
	return p.function(lower.RunFunc)
}

// useTypes lets the interpreter use the types that a cell's package declares, as
// those of a package of its path.
func (s *session) useTypes(p unit, path string) error {
	v, err := p.variable(lower.TypesVar)
	if err != nil {
		return err
	}
	table := map[string]reflect.Value{}
	for name, pointer := range v.Interface().(map[string]any) {
		table[name] = reflect.ValueOf(pointer)
	}
	s.packages[path] = table
	return s.interp.Use(map[string]map[string]reflect.Value{path + "/" + filepath.Base(path): table})
}

// compiledUnit is a plugin, as [unit].
type compiledUnit struct{ *plugin.Plugin }

func (u compiledUnit) variable(name string) (reflect.Value, error) {
	sym, err := u.Lookup(name)
	if err != nil {
		return reflect.Value{}, err
	}
	return reflect.ValueOf(sym).Elem(), nil
}

func (u compiledUnit) function(name string) (func(), error) {
	sym, err := u.Lookup(name)
	if err != nil {
		return nil, err
	}
	f, ok := sym.(func())
	if !ok {
		return nil, fmt.Errorf("%s is a %T", name, sym)
	}
	return f, nil
}
