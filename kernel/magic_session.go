package kernel

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/display"
)

// objects returns what the session has declared.
func (x *execution) objects() []*check.Object {
	x.kernel.mu.Lock()
	defer x.kernel.mu.Unlock()
	return x.kernel.session.Objects()
}

func (x *execution) magicWho(cell.Magic, *Engine) *Error {
	names := map[string][]string{}
	for _, o := range x.objects() {
		kind := kindOf(o)
		names[kind] = append(names[kind], o.Name())
	}
	if len(names) == 0 {
		x.printf("nothing is declared\n")
	}
	for _, kind := range []string{"variables", "constants", "functions", "types"} {
		if len(names[kind]) > 0 {
			x.printf("%s: %s\n", kind, strings.Join(names[kind], " "))
		}
	}
	return nil
}

func kindOf(o *check.Object) string {
	switch o.Object.(type) {
	case *types.Const:
		return "constants"
	case *types.Func:
		return "functions"
	case *types.TypeName:
		return "types"
	}
	return "variables"
}

// maxValue is how much of a variable's value %whos shows.
const maxValue = 60

func (x *execution) magicWhos(cell.Magic, *Engine) *Error {
	table := &display.Table{Columns: []string{"name", "type", "value"}}
	for _, o := range x.objects() {
		if kindOf(o) != "variables" {
			continue
		}
		value, failed := x.value(o.Name())
		if x.ctx.Err() != nil {
			return failed
		}
		if failed != nil {
			value = failed.Evalue
		}
		value, _, more := strings.Cut(value, "\n")
		if r := []rune(value); more || len(r) > maxValue {
			value = string(r[:min(len(r), maxValue)]) + "…"
		}
		table.Rows = append(table.Rows, []string{o.Name(), types.TypeString(o.Type(), qualifier), value})
	}
	if len(table.Rows) == 0 {
		x.printf("no variables are declared\n")
		return nil
	}
	x.show(DisplayData{Data: table.MIMEBundle()})
	return nil
}

func (x *execution) magicStale(cell.Magic, *Engine) *Error {
	stale := x.kernel.Stale()
	if len(stale) == 0 {
		x.printf("no cell is stale\n")
	}
	for _, s := range stale {
		x.printf("%s uses %s, which %s declared again\n", s.Cell, s.Name, s.By)
	}
	return nil
}

func (x *execution) magicReset(cell.Magic, *Engine) *Error {
	k := x.kernel
	if k.process != nil {
		k.process.end()
	}
	x.closeComms()
	k.mu.Lock()
	n := len(k.session.Objects())
	k.forgetSession()
	k.ran, k.lost = nil, nil
	k.mu.Unlock()
	what := fmt.Sprintf("%d names are", n)
	if n == 1 {
		what = "1 name is"
	}
	x.printf("%s forgotten\n", what)
	return nil
}
