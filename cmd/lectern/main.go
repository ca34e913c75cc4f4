package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

// cli lists the commands; each is a struct with a Run method in the file of
// its name.
type cli struct {
	Version versionCmd `cmd:"" help:"Print the version of Lectern and of the Go that built it."`
}

func main() {
	os.Exit(run(os.Args[1:]))
}

// run parses args, runs the command and returns the exit code: 0 done,
// 1 failed, 2 bad usage.
func run(args []string) (code int) {
	parser, err := kong.New(&cli{},
		kong.Name("lectern"),
		kong.Description("An interactive notebook for Go with an experiment tracker built in."),
		kong.UsageOnError(),
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
		fmt.Fprintf(os.Stderr, "lectern: %v\n", err)
		return 1
	}
	return 0
}
