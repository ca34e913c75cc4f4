package ssainterp

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"runtime"
	"slices"
)

//go:generate go run ./gen

// std has the source of the generic packages of the standard library.
//
//go:embed std.zip
var std []byte

// Base is where an [Importer] gets its packages. Package exportdata has one.
type Base interface {
	types.Importer
	FileSet() *token.FileSet
	Put(pkg *types.Package)
}

// Importer gives type checkers the packages of Base, but the generic ones of the
// standard library from their source.
type Importer struct {
	Base
	sources map[*types.Package]*source
}

// source is a package that is interpreted although it is not the user's.
type source struct {
	files []*ast.File
	info  *types.Info
}

// NewImporter returns an importer. No package may have been imported from base
// before.
func NewImporter(base Base) (*Importer, error) {
	im := &Importer{Base: base, sources: map[*types.Package]*source{}}
	archive, err := zip.NewReader(bytes.NewReader(std), int64(len(std)))
	if err != nil {
		return nil, fmt.Errorf("generic packages: %w", err)
	}
	for _, importPath := range []string{"iter", "cmp", "maps", "slices"} { // each needs only those before it
		texts, err := read(archive, importPath)
		if err == nil {
			err = im.add(importPath, texts)
		}
		if err != nil {
			return nil, fmt.Errorf("generic packages: %w", err)
		}
	}
	return im, nil
}

// iterSource is package iter, with goroutines for the coroutines that are the run
// time's own.
//
//go:embed iter.go.txt
var iterSource string

// read returns the files of a package by name.
func read(archive fs.FS, importPath string) (map[string]string, error) {
	if importPath == "iter" {
		return map[string]string{"iter/iter.go": iterSource}, nil
	}
	texts := map[string]string{}
	names, err := fs.Glob(archive, importPath+"/*.go")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(archive, name)
		if err != nil {
			return nil, err
		}
		texts[name] = string(text)
	}
	return texts, nil
}

func (im *Importer) add(importPath string, texts map[string]string) error {
	s := &source{info: NewInfo()}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		text := texts[name]
		file, err := parser.ParseFile(im.FileSet(), path.Join("$GOROOT/src", name), text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		s.files = append(s.files, file)
	}
	pkg, err := checker(im).Check(importPath, im.FileSet(), s.files, s.info)
	if err != nil {
		return err
	}
	im.Put(pkg)
	im.sources[pkg] = s
	return nil
}

func checker(im types.Importer) *types.Config {
	return &types.Config{Importer: im, Sizes: types.SizesFor("gc", runtime.GOARCH)}
}

// natives has the functions of those packages that have no body.
var natives = map[string]reflect.Value{
	"maps.clone": reflect.ValueOf(cloneMap),
}

func cloneMap(m any) any {
	v := reflect.ValueOf(m)
	if v.IsNil() {
		return m
	}
	c := reflect.MakeMapWithSize(v.Type(), v.Len())
	for it := v.MapRange(); it.Next(); {
		c.SetMapIndex(it.Key(), it.Value())
	}
	return c.Interface()
}
