package main

import (
	"fmt"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/notebooks/export"
	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/runner"
)

// exportCmd turns a notebook into another kind of file.
type exportCmd struct {
	Notebook string `arg:"" name:"notebook" help:"Notebook to export, of format 3 or 4."`
	To       string `enum:"html,md,go,gotest,ipynb" default:"html" help:"html: a page that needs no network; md: Markdown; go: a Go program; gotest: a Go test that wants what is saved; ipynb: the notebook in format 4.5."`
	Output   string `short:"o" placeholder:"PATH" help:"File to write, - for standard output. Default for A.ipynb: A.html, A.md, A/main.go, A/main_test.go or A.upgraded.ipynb."`
}

// Run exports the notebook. What is lost is said on standard error.
func (c exportCmd) Run() error {
	data, err := readNotebookFile(c.Notebook)
	if err != nil {
		return err
	}
	nb, err := nbformat.Upgrade(data)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Notebook, err)
	}
	output := c.outputPath()
	var exported []byte
	files := map[string][]byte{}
	switch c.To {
	case "html":
		exported, err = c.html(nb)
	case "md":
		folder := strings.TrimSuffix(filepath.Base(output), filepath.Ext(output)) + "_files"
		exported, files, err = export.Markdown(nb, folder)
	case "go":
		exported, err = c.goSource(nb, export.Go)
	case "gotest":
		exported, err = c.goSource(nb, export.GoTest)
	case "ipynb":
		exported, err = nbformat.Marshal(nb)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.Notebook, err)
	}
	return c.write(output, exported, files)
}

// outputPath returns where the export goes.
func (c exportCmd) outputPath() string {
	if c.Output != "" {
		return c.Output
	}
	base := strings.TrimSuffix(c.Notebook, ".ipynb")
	switch c.To {
	case "go":
		// A folder of its own: the notebook's may hold another package.
		return filepath.Join(base, "main.go")
	case "gotest":
		return filepath.Join(base, "main_test.go")
	case "ipynb":
		return base + ".upgraded.ipynb"
	}
	return base + "." + c.To
}

func (c exportCmd) html(nb *nbformat.Notebook) ([]byte, error) {
	folder := os.DirFS(filepath.Dir(c.Notebook))
	return export.HTML(nb, export.HTMLOptions{
		Title: strings.TrimSuffix(filepath.Base(c.Notebook), ".ipynb"),
		File:  func(path string) ([]byte, error) { return fs.ReadFile(folder, filepath.ToSlash(filepath.Clean(path))) },
		Warn:  func(message string) { fmt.Fprintf(os.Stderr, "lectern: %s: %s\n", c.Notebook, message) },
	})
}

// goSource exports with one of the two functions for Go.
func (c exportCmd) goSource(
	nb *nbformat.Notebook,
	source func(*nbformat.Notebook, string, *check.Session, types.Importer) ([]byte, error),
) ([]byte, error) {
	if err := runner.Check(nb); err != nil {
		return nil, err
	}
	session, importer := emptySession()
	return source(nb, filepath.Base(c.Notebook), session, importer)
}

// write writes the export and the files that belong to it.
func (c exportCmd) write(output string, exported []byte, files map[string][]byte) error {
	if output == "-" {
		if len(files) > 0 {
			return usageError{fmt.Errorf("%s: its pictures need a place; name a file with -o", c.Notebook)}
		}
		_, err := os.Stdout.Write(exported)
		return err
	}
	dir := filepath.Dir(output)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return usageError{err}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := nbformat.ReplaceFile(path, files[name]); err != nil {
			return err
		}
	}
	if err := nbformat.ReplaceFile(output, exported); err != nil {
		return err
	}
	fmt.Printf("exported: %s\n", output)
	return nil
}
