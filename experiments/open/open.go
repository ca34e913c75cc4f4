package open

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/sqlite"
)

// FileName is the name of the database that is used if none is named.
const FileName = "lectern.db"

// Store opens the store that uri names and creates it if there is none. It
// returns CodeInvalid for a URI that it does not know, and the errors of the
// store.
func Store(uri string) (experiments.Store, error) {
	path, err := Path(uri)
	if err != nil {
		return nil, err
	}
	return sqlite.Open(path)
}

// Existing opens the store that uri names, and returns CodeNotFound if there
// is none.
func Existing(uri string) (experiments.Store, error) {
	path, err := Path(uri)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, experiments.Errorf(experiments.CodeNotFound, "open the tracker database",
			"there is no %s yet; train something, or name a database with --db or LECTERN_DB", path)
	}
	return sqlite.Open(path)
}

// Path returns the file of a URI that names a SQLite file.
func Path(uri string) (string, error) {
	scheme, rest, found := strings.Cut(uri, ":")
	switch {
	case uri == "":
		return "", experiments.Errorf(experiments.CodeInvalid, "open the tracker database", "the URI is empty")
	case !found || len(scheme) == 1 || strings.ContainsAny(scheme, `/\.`): // a path, perhaps with a drive
		return uri, nil
	case scheme == "sqlite":
		// Both sqlite:path and sqlite:///path, as MLflow writes it.
		return strings.TrimPrefix(rest, "//"), nil
	}
	return "", experiments.Errorf(experiments.CodeInvalid, "open the tracker database",
		"unknown kind of database %q in %q; use a path or sqlite:PATH", scheme, uri)
}

// Locate returns the URI of the store to use in the folder dir: named, if it is
// not empty; else the environment variable LECTERN_DB; else the nearest
// lectern.db upwards from dir; else, not existing yet, lectern.db in the root
// of the project (the nearest folder upwards that holds go.mod or .git), or in
// dir itself.
func Locate(named, dir string) string {
	if named != "" {
		return named
	}
	if env := os.Getenv("LECTERN_DB"); env != "" {
		return env
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	if found := upwards(dir, FileName); found != "" {
		return filepath.Join(found, FileName)
	}
	if root := upwards(dir, "go.mod", ".git"); root != "" {
		return filepath.Join(root, FileName)
	}
	return filepath.Join(dir, FileName)
}

// upwards returns the nearest folder from dir up that holds one of the names.
func upwards(dir string, names ...string) string {
	for {
		for _, name := range names {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				return dir
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}
