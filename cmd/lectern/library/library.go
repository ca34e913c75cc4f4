package library

import (
	_ "embed"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/lectern-go/lectern/kernel/exportdata"
)

var (
	//go:embed types.zip
	typeData []byte
	//go:embed docs.zip
	docData []byte
)

// Types returns the type data of the packages, for the checker's importer.
var Types = sync.OnceValue(func() *exportdata.Archive { return mustOpen(typeData) })

// Docs returns the documentation of the packages, for the inspector.
var Docs = sync.OnceValue(func() *exportdata.Archive { return mustOpen(docData) })

// mustOpen opens an archive that is part of the program; one that does not open is
// a broken build.
func mustOpen(data []byte) *exportdata.Archive {
	a, err := exportdata.OpenArchive(data)
	if err != nil {
		panic(err)
	}
	return a
}

// Paths returns the import paths of the packages, sorted.
func Paths() []string { return slices.Sorted(maps.Keys(tables)) }

// Exports returns the symbols of the package with the given import path as
// yaegi's interp.Use takes them, and reports whether there are any. It builds
// the table anew at each call; the caller owns it. Exports is safe for
// concurrent use.
func Exports(path string) (map[string]map[string]reflect.Value, bool) {
	t, ok := tables[path]
	if !ok {
		return nil, false
	}
	return map[string]map[string]reflect.Value{t.key: t.build()}, true
}
