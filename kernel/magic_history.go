package kernel

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
)

// UseHistory gives %history the cells of earlier sessions.
func (k *Kernel) UseHistory(h History) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.history = h
}

// magicHistory shows cells of this session, or those of all that match a pattern.
func (x *execution) magicHistory(m cell.Magic, _ *Engine) *Error {
	args := strings.Fields(m.Args)
	numbers := len(args) > 0 && args[0] == "-n"
	if numbers {
		args = args[1:]
	}
	if len(args) > 0 && args[0] == "-g" {
		return x.searchHistory(m, strings.Join(args[1:], " "))
	}
	x.kernel.mu.Lock()
	inputs := x.kernel.inputs
	x.kernel.mu.Unlock()
	from, to := 1, x.count-1 // without this cell
	if len(args) > 0 {
		first, last, ranged := strings.Cut(args[0], "-")
		var err1, err2 error
		from, err1 = strconv.Atoi(first)
		if to = from; ranged {
			to, err2 = strconv.Atoi(last)
		}
		if err1 != nil || err2 != nil || len(args) > 1 {
			return x.magicError(m, "%%history shows a cell or a range of them: %%history 3, %%history 2-5; -g PATTERN searches")
		}
	}
	shown := 0
	for _, in := range inputs {
		if in.Line < from || in.Line > to {
			continue
		}
		shown++
		head := ""
		if numbers {
			head = fmt.Sprintf("%4d: ", in.Line)
		}
		x.printf("%s\n", head+strings.ReplaceAll(in.Input, "\n", "\n"+strings.Repeat(" ", len(head))))
	}
	if shown == 0 && len(args) > 0 {
		return x.magicError(m, "%%history: this session has no cell %s", args[0])
	}
	return nil
}

// searchHistory shows the cells of all sessions that hold the pattern.
func (x *execution) searchHistory(m cell.Magic, pattern string) *Error {
	x.kernel.mu.Lock()
	history := x.kernel.history
	x.kernel.mu.Unlock()
	if pattern == "" {
		return x.magicError(m, "%%history -g needs a pattern, in which * is any text and ? any character: %%history -g Fit")
	}
	if history == nil {
		return x.magicError(m, "%%history -g: this front end keeps no history")
	}
	entries, err := history.Search("*"+pattern+"*", 0, true)
	if err != nil {
		return x.magicError(m, "%%history: %v", err)
	}
	for _, e := range entries {
		if e.Input == x.req.Code {
			continue // this cell
		}
		head := fmt.Sprintf("%d/%d: ", e.Session, e.Line)
		x.printf("%s\n", head+strings.ReplaceAll(e.Input, "\n", "\n"+strings.Repeat(" ", len(head))))
	}
	return nil
}
