package kernel

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/exportdata"
)

// Completion is how the text before a cursor may go on.
type Completion struct {
	Start, End int // byte offsets: what the candidates replace
	Candidates []Candidate
}

// A Candidate is one completion.
type Candidate struct {
	Text   string // what to insert
	Kind   string // "function", "method", "variable", "field", "type", "constant", "package", "keyword", "magic"
	Detail string // the signature or type, or ""
}

// Complete returns the completions at a cursor, a byte offset: those that begin
// as the cell does come before those that do so only without regard to case. It
// answers while a cell runs.
func (k *Kernel) Complete(code string, cursor int) Completion {
	cursor = clamp(code, cursor)
	if c, ok := k.completeMagic(code, cursor); ok {
		return c
	}
	inside, importPath := inLiteral(code[:cursor])
	if importPath >= 0 {
		return k.completeImport(code, importPath, cursor)
	}
	start, end := nameAt(code, cursor)
	c := Completion{Start: start, End: cursor}
	if inside || start < cursor && isDigit(code[start]) {
		return c
	}
	var found []ranked
	k.ask(code, start, end, code[start:cursor]+marker, func(q *check.Query) {
		found = k.candidates(q, code[start:cursor])
	})
	c.Candidates = order(found, code[start:cursor])
	return c
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// ranked is a candidate and how near it is: -1 for the fields of a literal, 0 for
// the session's own.
type ranked struct {
	Candidate
	rank int
}

// candidates finds what may stand for the marked name.
func (k *Kernel) candidates(q *check.Query, prefix string) []ranked {
	node, around := q.Find(identifier(prefix + marker))
	if node == nil {
		return nil
	}
	var out []ranked
	if len(around) > 0 {
		if sel, ok := around[len(around)-1].(*ast.SelectorExpr); ok && sel.Sel == node {
			for _, obj := range q.Members(sel.X) {
				out = append(out, ranked{candidate(obj), 0})
			}
			return out
		}
	}
	if st, set := q.Literal(around); st != nil {
		for f := range st.Fields() {
			if !set[f.Name()] {
				out = append(out, ranked{candidate(f), -1})
			}
		}
	}
	for name, obj := range q.Visible(node.Pos()) {
		switch {
		case obj.Parent() == types.Universe && prefix == "":
			continue
		case obj.Parent() == types.Universe:
			out = append(out, ranked{candidate(obj), 2})
		default:
			c := candidate(obj)
			c.Text = name // of an import, maybe not the package's own
			out = append(out, ranked{c, 0})
		}
	}
	if prefix == "" {
		return out
	}
	for name, path := range k.session.KnownNames() {
		out = append(out, ranked{Candidate{Text: name, Kind: "package", Detail: path}, 1})
	}
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		out = append(out, ranked{Candidate{Text: tok.String(), Kind: "keyword"}, 2})
	}
	return out
}

// order keeps the candidates that begin with the prefix, without regard to case,
// and puts the likelier first. Of several with one text the nearest stays.
func order(found []ranked, prefix string) []Candidate {
	found = slices.DeleteFunc(found, func(r ranked) bool {
		return len(r.Text) < len(prefix) || !strings.EqualFold(r.Text[:len(prefix)], prefix) || strings.Contains(r.Text, marker)
	})
	slices.SortStableFunc(found, func(a, b ranked) int {
		if x, y := strings.HasPrefix(a.Text, prefix), strings.HasPrefix(b.Text, prefix); x != y {
			if x {
				return -1
			}
			return 1
		}
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return strings.Compare(a.Text, b.Text)
	})
	var out []Candidate
	seen := map[string]bool{}
	for _, r := range found {
		if !seen[r.Text] {
			seen[r.Text] = true
			out = append(out, r.Candidate)
		}
	}
	return out
}

// candidate describes an object.
func candidate(obj types.Object) Candidate {
	c := Candidate{Text: obj.Name(), Kind: "variable"}
	switch obj := obj.(type) {
	case *types.Func:
		c.Kind = "function"
		if obj.Signature().Recv() != nil {
			c.Kind = "method"
		}
		c.Detail = types.TypeString(obj.Type(), qualifier)
		return c
	case *types.Builtin:
		c.Kind, c.Detail = "function", builtins[obj.Name()].signature
		return c
	case *types.TypeName:
		c.Kind = "type"
		c.Detail = types.TypeString(obj.Type().Underlying(), qualifier)
		if len(c.Detail) > 60 {
			c.Detail = c.Detail[:strings.IndexAny(c.Detail+" ", " {")]
		}
		return c
	case *types.PkgName:
		c.Kind, c.Detail = "package", obj.Imported().Path()
		return c
	case *types.Const:
		c.Kind = "constant"
	case *types.Var:
		if obj.IsField() {
			c.Kind = "field"
		}
	}
	if obj.Type() != nil {
		c.Detail = types.TypeString(obj.Type(), qualifier)
	}
	return c
}

// qualifier writes packages in types as cells do.
func qualifier(p *types.Package) string {
	if p.Path() == "main" {
		return ""
	}
	return p.Name()
}

// completeImport completes the path of an import.
func (k *Kernel) completeImport(code string, start, cursor int) Completion {
	c := Completion{Start: start, End: cursor}
	paths := exportdata.Std()
	if k.config.Packages != nil {
		paths = append(slices.Clone(paths), k.config.Packages.Paths()...)
	}
	prefix := code[start:cursor]
	for _, p := range paths {
		if strings.HasPrefix(p, prefix) || prefix != "" && strings.HasPrefix(path.Base(p), prefix) {
			c.Candidates = append(c.Candidates, Candidate{Text: p, Kind: "package"})
		}
	}
	return c
}
