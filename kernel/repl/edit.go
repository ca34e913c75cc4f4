package repl

import (
	"fmt"
	"go/doc"
	"maps"
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
	for option, value := range map[string]any{"menu-complete-display-prefix": true} {
		if err := shell.Config.Set(option, value); err != nil {
			return nil, fmt.Errorf("set up the line editor: %w", err)
		}
	}
	// The search of the history has the keys of the menu, but not the next one.
	shell.Config.Binds["menu-select"] = maps.Clone(shell.Config.Binds["menu-select"])
	for _, b := range []struct{ keymap, key, action string }{
		{"emacs", "\t", "menu-complete"},     // shows the candidates; again, it walks through them
		{"menu-select", "\r", "end-of-line"}, // takes the candidate and does not run the cell
	} {
		if err := shell.Config.Bind(b.keymap, b.key, b.action, false); err != nil {
			return nil, fmt.Errorf("set up the line editor: %w", err)
		}
	}
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
		detail := ""
		if len(list) <= mostDescribed {
			detail, _, _ = strings.Cut(c.Detail, "\n")
			if doc := r.synopsis(before[:found.Start] + c.Text); doc != "" {
				detail += "  " + doc
			}
		}
		list[i] = readline.Completion{
			Value: before[word:found.Start] + c.Text, Display: c.Text, Description: detail, Tag: plural(c.Kind),
		}
	}
	completions := readline.CompleteRaw(list)
	if len(list) <= mostDescribed {
		completions = completions.DisplayList()
	}
	completions.PREFIX = before[word:]
	return completions
}

// mostDescribed is up to how many candidates are shown one a line, with their types
// and documentation. More are shown by their names, in columns.
const mostDescribed = 15

// synopsis returns the first sentence of the documentation of the name at the end
// of some code, or "".
func (r *repl) synopsis(code string) string {
	data, ok := r.Kernel.Inspect(code, len(code), 0)
	if !ok {
		return ""
	}
	text, _ := data["text/plain"].(string)
	_, text, _ = strings.Cut(text, "\n\n") // behind the signature
	if strings.HasPrefix(text, "Value:") || strings.HasPrefix(text, "Declared in:") {
		return ""
	}
	return new(doc.Package).Synopsis(text)
}

func plural(kind string) string {
	if kind == "" || strings.HasSuffix(kind, "s") {
		return kind
	}
	return kind + "s"
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
