package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/term"

	"github.com/lectern-go/lectern/kernel"
)

func isProgram(path string) bool { return filepath.Ext(path) == ".go" }

// exitStatusError is the error of a command whose process has said itself what is wrong.
type exitStatusError int

func (s exitStatusError) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// runProgram runs a file of package main in the place of this process, as a kernel
// runs a cell of it.
func (c runCmd) runProgram(path string, args []string) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return usageError{fmt.Errorf("%s: there is no such file; give the path of a notebook or a Go program", path)}
	}
	if err != nil {
		return err
	}
	session, err := newSession(path, c.DB, c.Experiment)
	if err != nil {
		return err
	}
	session.engine = engineOf(c.Engine)
	ctx, stop := interruptible()
	defer stop()
	k, err := session.startKernel(ctx)
	if err != nil {
		return err
	}
	reply, err := k.Execute(ctx, kernel.ExecuteRequest{
		Code: string(text), Cell: filepath.Base(path),
		Input:   readLine,
		Process: &kernel.Process{Args: args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr},
	}, printOutput)
	if err = errors.Join(err, k.Close()); err != nil || reply.Error == nil {
		return err
	}
	return exitStatusError(max(reply.Error.Status, 1))
}

// printOutput writes what a file that is a cell shows, and why a file does not
// run, to the terminal.
func printOutput(o kernel.Output) {
	switch o := o.(type) {
	case kernel.Stream:
		if o.Name == "stderr" {
			fmt.Fprint(os.Stderr, o.Text)
		} else {
			fmt.Print(o.Text)
		}
	case kernel.Error:
		if o.Status > 0 {
			return // the program has said why
		}
		text := strings.Join(o.Traceback, "\n")
		if !term.IsTerminal(int(os.Stderr.Fd())) {
			text = colour.ReplaceAllString(text, "")
		}
		fmt.Fprintln(os.Stderr, text)
	case kernel.ExecuteResult:
		fmt.Println(o.Data["text/plain"])
	case kernel.DisplayData:
		fmt.Println(o.Data["text/plain"])
	}
}

var colour = regexp.MustCompile(`\x1b\[[0-9;]*m`)

var stdin = bufio.NewReader(os.Stdin)

// readLine answers a file that is a cell.
func readLine(_ context.Context, prompt string, _ bool) (string, error) {
	fmt.Print(prompt)
	line, err := stdin.ReadString('\n')
	if line != "" {
		err = nil
	}
	return strings.TrimSuffix(line, "\n"), err
}
