package exportdata

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

//go:embed std.zip
var stdTypes []byte

//go:embed std-docs.zip
var stdDocs []byte

// An Archive is a set of entries named by import path, read one at a time: type
// data for an [Importer] or documentation for [Docs]. The generator writes it as
// a zip file. An Archive is safe for concurrent use.
type Archive struct {
	version string
	entries map[string]*zip.File
}

// OpenArchive reads the index of an archive that the generator wrote. It keeps
// data and reads the entries from it later.
func OpenArchive(data []byte) (*Archive, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("open export data: %w", err)
	}
	a := &Archive{version: r.Comment, entries: make(map[string]*zip.File, len(r.File))}
	for _, f := range r.File {
		a.entries[f.Name] = f
	}
	return a, nil
}

// GoVersion returns the version of the Go release that the archive was made
// with, for example "go1.26.8".
func (a *Archive) GoVersion() string { return a.version }

// Paths returns the import paths of the archive's packages, sorted.
func (a *Archive) Paths() []string {
	paths := make([]string, 0, len(a.entries))
	for path := range a.entries {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// Has reports whether the archive has an entry for the import path.
func (a *Archive) Has(path string) bool {
	_, ok := a.entries[path]
	return ok
}

// read returns the entry for path; the caller has checked that there is one.
func (a *Archive) read(path string) ([]byte, error) {
	entry := a.entries[path]
	r, err := entry.Open()
	if err != nil {
		return nil, fmt.Errorf("export data for %q: %w", path, err)
	}
	defer r.Close()
	data := make([]byte, entry.UncompressedSize64)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, fmt.Errorf("export data for %q: %w", path, err)
	}
	return data, nil
}

// std opens an embedded archive when it is first wanted. The archives are part
// of the program, so one that does not open is a broken build.
func std(data *[]byte) func() *Archive {
	return sync.OnceValue(func() *Archive {
		a, err := OpenArchive(*data)
		if err != nil {
			panic(err)
		}
		return a
	})
}

var (
	stdTypesArchive = std(&stdTypes)
	stdDocsArchive  = std(&stdDocs)
)

// Std returns the import paths of the standard library's packages that cells may
// import, sorted. Package unsafe is not among them.
func Std() []string { return stdTypesArchive().Paths() }

// IsStd reports whether path is one of [Std].
func IsStd(path string) bool { return stdTypesArchive().Has(path) }

// Docs are the doc comments of packages. The zero value holds none. Docs are
// safe for concurrent use once the last Add has returned.
type Docs struct {
	archives []*Archive
	mu       sync.Mutex
	read     map[string]map[string]string
}

// StdDocs returns the documentation of the standard library.
func StdDocs() *Docs { return &Docs{archives: []*Archive{stdDocsArchive()}} }

// Add adds the documentation of more packages. Where two archives have one
// package the earlier counts.
func (d *Docs) Add(a *Archive) { d.archives = append(d.archives, a) }

// Lookup returns the doc comment, without comment markers, of a name in the
// package path: "Client", "Client.Do", "Server.Addr" for a field, "" for the
// package itself. It reports whether there is one.
func (d *Docs) Lookup(path, name string) (string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	comments, ok := d.read[path]
	if !ok {
		comments = d.load(path)
		if d.read == nil {
			d.read = map[string]map[string]string{}
		}
		d.read[path] = comments
	}
	text, ok := comments[name]
	return strings.TrimRight(text, "\n"), ok
}

// load reads a package's comments. A package without an entry, or with one that
// cannot be read, has no documentation: inspection then shows types alone.
func (d *Docs) load(path string) map[string]string {
	for _, a := range d.archives {
		if !a.Has(path) {
			continue
		}
		var comments map[string]string
		data, err := a.read(path)
		if err != nil || json.Unmarshal(data, &comments) != nil {
			return nil
		}
		return comments
	}
	return nil
}
