package display

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// ErrNoInput is what [Input] and [Password] return, wrapped, where nobody
// answers: the front end takes no input, as one that runs a notebook unattended,
// or is gone.
var ErrNoInput = errors.New("there is nobody to ask for input")

var ask = askTerminal

// Input asks the user for a line, which is returned without its newline. The
// error wraps [ErrNoInput], or is io.EOF if the user ended the input, or says
// that the cell was interrupted. Outside of a kernel it asks on standard output
// and reads standard input.
//
//	name, err := display.Input("Your name? ")
func Input(prompt string) (string, error) { return asker()(prompt, false) }

// Password is [Input] that does not show what is typed.
func Password(prompt string) (string, error) { return asker()(prompt, true) }

// SetInput sets who asks for lines. A kernel's worker calls it once.
func SetInput(f func(prompt string, password bool) (string, error)) {
	mu.Lock()
	defer mu.Unlock()
	ask = f
}

func asker() func(string, bool) (string, error) {
	mu.Lock()
	defer mu.Unlock()
	return ask
}

// lines reads standard input, outside of a kernel.
var lines = bufio.NewReader(os.Stdin)

func askTerminal(prompt string, password bool) (string, error) {
	fmt.Print(prompt)
	if fd := int(os.Stdin.Fd()); password && term.IsTerminal(fd) {
		line, err := term.ReadPassword(fd)
		fmt.Println()
		return string(line), err
	}
	line, err := lines.ReadString('\n')
	if err != nil && line == "" {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
