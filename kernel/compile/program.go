package compile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// BuildProgram builds the text of a package main as an ordinary program and
// returns the path of the executable. name is what positions in its traces and
// in the compiler's errors, which are a [*CompilerError], call the file. Cancelling
// the context ends the tools.
func (w *Workspace) BuildProgram(ctx context.Context, name, text string) (executable string, err error) {
	dir, err := os.MkdirTemp(w.dir, "program-")
	if err != nil {
		return "", fmt.Errorf("build %s: %w", name, err)
	}
	text = fmt.Sprintf("//line %s:1:1\n%s", name, text)
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("build %s: %w", name, err)
	}
	executable = filepath.Join(dir, "program")
	if _, err := w.tools.run(ctx, w.dir, w.tools.command, "build", "-o", executable, "./"+filepath.Base(dir)); err != nil {
		if said := new(commandError); errors.As(err, &said) && strings.Contains(said.output, "\n"+name+":") {
			return "", &CompilerError{said.output}
		}
		return "", fmt.Errorf("build %s: %w", name, err)
	}
	return executable, nil
}
