package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/alecthomas/kong"
)

// cli lists the commands; each is a struct with a Run method in the file of
// its name.
type cli struct {
	Data        dataCmd        `cmd:"" help:"List and fetch corpora and word vectors."`
	DB          dbCmd          `cmd:"" name:"db" help:"Check, collect, back up and merge tracker databases."`
	Experiments experimentsCmd `cmd:"" help:"List, show, rename, delete and restore experiments."`
	Doctor      doctorCmd      `cmd:"" help:"Say what works on this machine and what is missing."`
	Export      exportCmd      `cmd:"" help:"Turn a notebook into HTML, Markdown, a Go program or format 4.5."`
	Kernel      kernelCmd      `cmd:"" help:"Be a kernel of Jupyter's front ends."`
	Repl        replCmd        `cmd:"" help:"Run cells that are typed in the terminal."`
	Run         runCmd         `cmd:"" help:"Run notebooks and save them with their outputs."`
	Runs        runsCmd        `cmd:"" help:"List, show and compare recorded runs."`
	Verify      verifyCmd      `cmd:"" help:"Run notebooks and compare their outputs with the saved ones."`
	Version     versionCmd     `cmd:"" help:"Print the version of Lectern and of the Go that built it."`
	Worker      workerCmd      `cmd:"" hidden:"" help:"Hold the values of a kernel; started by the kernel itself."`
}

func main() {
	os.Exit(run(os.Args[1:]))
}

// run parses args, runs the command and returns the exit code: 0 done,
// 1 failed, 2 bad usage.
func run(args []string) (code int) {
	args, program := cutProgramArgs(args)
	parser, err := kong.New(&cli{Run: runCmd{arguments: program}},
		kong.Name("lectern"),
		kong.Description("An interactive notebook for Go with an experiment tracker built in."),
	)
	if err != nil {
		panic(err) // the struct tags above are wrong
	}
	ctx, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "lectern: %v; see lectern --help\n", err)
		return 2
	}
	if err := ctx.Run(); err != nil {
		return report(err)
	}
	return 0
}

// cutProgramArgs cuts what stands behind -- off the command that runs a program: it
// is the program's.
func cutProgramArgs(args []string) (own, program []string) {
	i := slices.Index(args, "--")
	if i > 0 && args[0] == "run" && slices.ContainsFunc(args[:i], isProgram) {
		return args[:i], args[i+1:]
	}
	return args, nil
}

// A usageError says that a command was called wrongly: with a file that does not
// exist, say, or values that do not go together.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// failures are the errors of several notebooks, each for a line of its own.
type failures []error

func (f failures) Error() string { return errors.Join(f...).Error() }

// report prints an error, of several each on its line, and returns the exit
// code.
func report(err error) (code int) {
	var several failures
	if errors.As(err, &several) {
		for _, e := range several {
			code = max(code, report(e))
		}
		return code
	}
	var status exitStatusError
	if errors.As(err, &status) {
		return int(status)
	}
	fmt.Fprintf(os.Stderr, "lectern: %v\n", err)
	var usage usageError
	if errors.As(err, &usage) {
		return 2
	}
	return 1
}
