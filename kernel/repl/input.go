package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// errScript is why a cell of a script gets no input.
var errScript = errors.New("standard input holds the cells")

// lookEvery is how often a question looks whether its cell still waits.
const lookEvery = 50 * time.Millisecond

// ask asks for a line, which the terminal itself edits: Ctrl-C is a signal,
// Ctrl-D the end.
func (r *repl) ask(ctx context.Context, prompt string, password bool) (string, error) {
	r.asking.Lock()
	defer r.asking.Unlock()
	if ctx.Err() != nil { // the cell has ended: the terminal is the editor's
		return "", context.Cause(ctx)
	}
	fd := int(os.Stdin.Fd())
	if !term.IsTerminal(fd) {
		return "", errScript
	}
	if password {
		restore, err := hide(fd)
		if err != nil {
			return "", err
		}
		defer restore()
	}
	r.screen.ask(prompt)
	line, err := readLine(ctx, fd)
	if err != nil {
		return "", err
	}
	line, whole := bytes.CutSuffix(line, []byte("\n"))
	if whole {
		r.screen.answered()
	}
	return string(line), nil
}

// hide has the terminal show nothing of what is typed but the line's end.
func hide(fd int) (restore func(), err error) {
	mode, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, fmt.Errorf("read the terminal's mode: %w", err)
	}
	before := *mode
	mode.Lflag = mode.Lflag&^unix.ECHO | unix.ECHONL
	if err := unix.IoctlSetTermios(fd, setTermios, mode); err != nil {
		return nil, fmt.Errorf("hide what is typed: %w", err)
	}
	return func() { unix.IoctlSetTermios(fd, setTermios, &before) }, nil //nolint:errcheck // the terminal is gone
}

// readLine reads up to and including a newline, or what Ctrl-D ended. It takes
// nothing from the terminal once ctx has ended.
func readLine(ctx context.Context, fd int) ([]byte, error) {
	var line []byte
	buf := make([]byte, 4096)
	for !bytes.HasSuffix(line, []byte("\n")) {
		if err := waitReadable(ctx, fd); err != nil {
			return nil, err
		}
		n, err := os.Stdin.Read(buf)
		line = append(line, buf[:n]...)
		if errors.Is(err, io.EOF) && len(line) > 0 {
			break
		}
		if err != nil {
			return nil, err //nolint:wrapcheck // io.EOF is a value that the kernel knows
		}
	}
	return line, nil
}

// waitReadable waits until a read does not block. It is by select, since macOS's
// poll(2) is documented not to support devices.
func waitReadable(ctx context.Context, fd int) error {
	for ctx.Err() == nil {
		var ready unix.FdSet
		ready.Set(fd)
		timeout := unix.NsecToTimeval(lookEvery.Nanoseconds())
		switch n, err := unix.Select(fd+1, &ready, nil, nil, &timeout); {
		case err != nil && !errors.Is(err, unix.EINTR):
			return fmt.Errorf("wait for the terminal: %w", err)
		case n > 0 && ctx.Err() == nil:
			return nil
		}
	}
	return context.Cause(ctx)
}
