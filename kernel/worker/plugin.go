package worker

import (
	"fmt"
	"path/filepath"
	"plugin"
	"reflect"

	"github.com/lectern-go/lectern/kernel/lower"
)

// load opens a compiled cell, connects its slots with the session's storage
// and returns the function that runs its statements.
func (s *session) load(file string, u *lower.Unit) (run func(), err error) {
	p, err := plugin.Open(file)
	if err != nil {
		return nil, err
	}
	slots := map[string]reflect.Value{}
	for _, name := range u.Slots {
		v, err := variable(p, name)
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
		v, err := variable(p, name)
		if err != nil {
			return nil, err
		}
		v.Set(s.hooks[name])
	}
	show, err := variable(p, lower.ShowVar)
	if err != nil {
		return nil, err
	}
	show.Set(reflect.ValueOf(s.worker.show))
	if err := s.useTypes(p, u.Path); err != nil {
		return nil, err
	}
	sym, err := p.Lookup(lower.RunFunc)
	if err != nil {
		return nil, err
	}
	run, ok := sym.(func())
	if !ok {
		return nil, fmt.Errorf("%s is a %T", lower.RunFunc, sym)
	}
	return run, nil
}

// useTypes lets the interpreter use the types that a plugin declares, as those of
// a package of its path.
func (s *session) useTypes(p *plugin.Plugin, path string) error {
	v, err := variable(p, lower.TypesVar)
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

// variable returns a package variable of a plugin, settable.
func variable(p *plugin.Plugin, name string) (reflect.Value, error) {
	sym, err := p.Lookup(name)
	if err != nil {
		return reflect.Value{}, err
	}
	return reflect.ValueOf(sym).Elem(), nil
}
