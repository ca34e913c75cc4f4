package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lectern-go/lectern/notebooks/nbformat"
)

// A source is a notebook and the bytes of the file that it was read from.
type source struct {
	path     string
	data     []byte
	notebook *nbformat.Notebook
}

// readSource reads a notebook.
func readSource(path string) (*source, error) {
	data, err := readNotebookFile(path)
	if err != nil {
		return nil, err
	}
	nb, err := nbformat.Read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &source{path: path, data: data, notebook: nb}, nil
}

// changed returns an error if the file is no longer what was read.
func (s *source) changed() error {
	data, err := os.ReadFile(s.path)
	if err == nil && bytes.Equal(data, s.data) {
		return nil
	}
	return fmt.Errorf("%s: the file changed while the notebook ran; it is left as it is, run it again", s.path)
}

// isAt reports whether path names the file that the notebook was read from.
func (s *source) isAt(path string) bool {
	a, errA := os.Stat(s.path)
	b, errB := os.Stat(path)
	if errA == nil && errB == nil {
		return os.SameFile(a, b)
	}
	return filepath.Clean(s.path) == filepath.Clean(path)
}

// readNotebookFile reads the file of a notebook. One that is not there, or is a
// folder, is bad usage.
func readNotebookFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	var perr *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usageError{fmt.Errorf("%s: there is no such file; give the path of a notebook", path)}
	case errors.As(err, &perr):
		return nil, usageError{fmt.Errorf("%s: %w; give the path of a notebook", path, perr.Err)}
	}
	return data, err
}
