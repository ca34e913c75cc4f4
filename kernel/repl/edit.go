package repl

import (
	"fmt"
	"strings"

	"github.com/reeflective/readline"

	"github.com/lectern-go/lectern/kernel"
)

// newShell returns the line editor.
func (r *repl) newShell() (*readline.Shell, error) {
	shell := readline.NewShell()
	shell.Prompt.Primary(func() string {
		return fmt.Sprintf("%s ", r.screen.paint(cyan, fmt.Sprintf("[%d]", r.Kernel.ExecutionCount()+1)))
	})
	shell.Prompt.Secondary(func() string { return r.screen.paint(grey, "… ") })
	shell.AcceptMultiline = func(line []rune) bool { return accepted(r.Kernel.IsComplete(string(line)), string(line)) }
	shell.Completer = r.complete
	if r.screen.colour {
		shell.SyntaxHighlighter = func(line []rune) string { return highlight(string(line)) }
	}
	cells := &cells{}
	if r.History != nil {
		entries, err := r.History.Tail(historySize)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			cells.add(e.Input)
		}
	}
	shell.History.Delete()
	shell.History.Add("cells", cells)
	return shell, nil
}

// accepted reports whether Enter runs the text: it is complete, or wrong in a way
// that more lines do not mend. A cell magic of one line asks for its body.
func accepted(c kernel.Completeness, text string) bool {
	return c.Status != kernel.Incomplete || strings.HasSuffix(text, "\n\n")
}

// complete asks the kernel for completions. The editor wants whole words, from
// the last blank on.
func (r *repl) complete(line []rune, cursor int) readline.Completions {
	before := string(line[:cursor])
	code := string(line)
	word := strings.LastIndexAny(before, " \t\n") + 1
	found := r.Kernel.Complete(code, len(before))
	if found.Start < word {
		return readline.Completions{}
	}
	list := make([]readline.Completion, len(found.Candidates))
	for i, c := range found.Candidates {
		detail, _, _ := strings.Cut(c.Detail, "\n")
		list[i] = readline.Completion{
			Value: before[word:found.Start] + c.Text, Display: c.Text,
			Description: strings.TrimSpace(c.Kind + " " + detail), Tag: c.Kind,
		}
	}
	completions := readline.CompleteRaw(list)
	completions.PREFIX = before[word:]
	return completions
}

// cells is the history that the arrows and the search walk. The kernel's history
// writes it to disk.
type cells struct{ list []string }

func (c *cells) add(text string) {
	if n := len(c.list); text != "" && (n == 0 || c.list[n-1] != text) {
		c.list = append(c.list, text)
	}
}

// Write adds a cell.
func (c *cells) Write(text string) (int, error) {
	c.add(strings.TrimRight(text, "\n"))
	return len(c.list), nil
}

// GetLine returns the i-th cell, the oldest first.
func (c *cells) GetLine(i int) (string, error) {
	if i < 0 || i >= len(c.list) {
		return "", fmt.Errorf("the history has no cell %d", i)
	}
	return c.list[i], nil
}

// Len returns the number of cells.
func (c *cells) Len() int { return len(c.list) }

// Dump returns the cells.
func (c *cells) Dump() any { return c.list }
