package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"log"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

func main() {
	log.SetFlags(0)
	typesFile := flag.String("types", "", "write type data to `FILE`")
	docsFile := flag.String("docs", "", "write documentation to `FILE`")
	positions := flag.Bool("positions", false, "keep the positions of declarations")
	listFile := flag.String("list", "", "take patterns from `FILE` too, one a line")
	flag.Parse()
	patterns, err := readList(*listFile)
	if err != nil {
		log.Fatal("gen: ", err)
	}
	patterns = append(patterns, flag.Args()...)
	if err := run(*typesFile, *docsFile, *positions, patterns); err != nil {
		log.Fatal("gen: ", err)
	}
}

func run(typesFile, docsFile string, positions bool, patterns []string) error {
	pkgs, err := list(patterns, positions)
	if err != nil {
		return err
	}
	typeData, docData := map[string][]byte{}, map[string][]byte{}
	for _, p := range pkgs {
		if typeData[p.ImportPath], err = typesOf(p, positions); err != nil {
			return fmt.Errorf("types of %s: %w", p.ImportPath, err)
		}
		if docData[p.ImportPath], err = docsOf(p); err != nil {
			return fmt.Errorf("docs of %s: %w", p.ImportPath, err)
		}
	}
	return errors.Join(writeArchive(typesFile, typeData), writeArchive(docsFile, docData))
}

// readList returns the lines of a file that are neither empty nor comments.
func readList(name string) ([]string, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Name, Dir, Export string
	GoFiles, CgoFiles             []string
}

// list returns the importable packages that the patterns match, compiled for
// linux/amd64, so that the output is the same wherever it is made. Positions are
// independent of the machine only if the compiler trims them, which takes a
// build of its own.
func list(patterns []string, positions bool) ([]listed, error) {
	args := []string{"list", "-export", "-json=ImportPath,Name,Dir,Export,GoFiles,CgoFiles"}
	if positions {
		args = append(args, "-trimpath")
	}
	args = append(append(args, "--"), patterns...)
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "GOFLAGS=", "GOEXPERIMENT=")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var pkgs []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if importable(p) {
			pkgs = append(pkgs, p)
		}
	}
}

func importable(p listed) bool {
	elements := strings.Split(p.ImportPath, "/")
	return p.Name != "main" && p.Export != "" && elements[0] != "vendor" && !slices.Contains(elements, "internal")
}

// typesOf turns the compiler's export data, which hold function bodies to
// inline, into types alone, a tenth of the size. They are self-contained: what a
// package needs of others is there too.
func typesOf(p listed, positions bool) ([]byte, error) {
	archive, err := os.Open(p.Export)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	r, err := gcexportdata.NewReader(archive) //nolint:staticcheck // there is no other reader until Go 1.28, whose go list writes what Read takes
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	pkg, err := gcexportdata.Read(r, fset, map[string]*types.Package{}, p.ImportPath)
	if err != nil {
		return nil, err
	}
	if !positions {
		fset = token.NewFileSet()
	}
	var out bytes.Buffer
	err = gcexportdata.Write(&out, fset, pkg)
	return out.Bytes(), err
}

// writeArchive writes the entries in the order of their names, without times.
func writeArchive(name string, entries map[string][]byte) error {
	if name == "" {
		return nil
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	paths := make([]string, 0, len(entries))
	for path := range entries {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		f, err := w.Create(path)
		if err != nil {
			return err
		}
		if _, err := f.Write(entries[path]); err != nil {
			return err
		}
	}
	if err := w.SetComment(runtime.Version()); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, out.Bytes(), 0o644)
}
