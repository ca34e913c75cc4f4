package symbols

import "reflect"

// Load returns the symbols of the package with the given import path by name,
// and reports whether there are any. It builds the table anew at each call; the
// caller owns it. Load is safe for concurrent use.
func Load(path string) (map[string]reflect.Value, bool) {
	t, ok := tables[path]
	if !ok {
		return nil, false
	}
	return t.build(), true
}

// Exports returns the symbols of the package with the given import path as
// yaegi's interp.Use takes them, under the one key that yaegi looks for:
// "math/rand/v2/rand" for math/rand/v2. Like Load, it builds the table anew.
func Exports(path string) (map[string]map[string]reflect.Value, bool) {
	t, ok := tables[path]
	if !ok {
		return nil, false
	}
	return map[string]map[string]reflect.Value{t.key: t.build()}, true
}
