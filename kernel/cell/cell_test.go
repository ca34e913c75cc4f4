package cell_test

import (
	"go/scanner"
	"go/token"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/cell"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, text            string
		imports, decls, stmts int
		magics                []cell.Magic
		program               bool
	}{
		{name: "empty"},
		{name: "comment", text: "// nothing"},
		{name: "mixed", text: "import \"fmt\"; x := 1\nfunc f() {}\ntype t int\nfmt.Println(x)\nconst c = 1\nvar v int", imports: 1, decls: 3, stmts: 3},
		{name: "method", text: "func (t T) m(x int) int { return x }", decls: 1},
		{name: "function literal called", text: "func(x int) int { return x }(4)", stmts: 1},
		{name: "function literal with a named result", text: "func(x int) T { return T(x) }(4)", stmts: 1},
		{name: "semicolons in brackets", text: "for i := 0; i < 3; i++ {\n}\nif x := 1; x > 0 {\n} else {\n}", stmts: 2},
		{name: "several results", text: "a, b", stmts: 1},
		{name: "several results with comments", text: "a, // 1\nb // 2", stmts: 1},
		{name: "for without a condition", text: "func f() {}\nfor i := 0; ; i++ {\n}\nfor ;; {\n};;", decls: 1, stmts: 3},
		{name: "program", text: "// doc\npackage main\nfunc main() {}", decls: 1, program: true},
		{
			name: "conditions are no commands", stmts: 5,
			text:   "if x, ok := f(); !ok {\n}\nfor ; !done; {\n}\nif f := func() bool { return true }; !f() {\n}\nz := 1; !ok\n!ls",
			magics: []cell.Magic{{Name: "!", Args: "ls", Line: 8}},
		},
		{
			name: "magics", text: "%engine compile\nx := 5 % 3\n!ls 'it's\ny := !true\n  %get a@v1", stmts: 2,
			magics: []cell.Magic{
				{Name: "%engine", Args: "compile", Line: 1}, {Name: "!", Args: "ls 'it's", Line: 3}, {Name: "%get", Args: "a@v1", Line: 5},
			},
		},
		{name: "cell magic", text: "%%bash -x\necho '", magics: []cell.Magic{{Name: "%%bash", Args: "-x", Body: "echo '", Line: 1}}},
		{name: "compile magic", text: "%%compile\nx := 1", stmts: 1, magics: []cell.Magic{{Name: "%%compile", Line: 1}}},
		{name: "percent in a string", text: "x := `\n%engine\n`", stmts: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := cell.Parse(token.NewFileSet(), "cell 1", tt.text)
			if err != nil {
				t.Fatal(err)
			}
			got := []int{len(c.Imports), len(c.Decls), len(c.Stmts)}
			if diff := cmp.Diff([]int{tt.imports, tt.decls, tt.stmts}, got); diff != "" {
				t.Errorf("imports, decls, stmts (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.magics, c.Magics); diff != "" {
				t.Errorf("magics (-want +got)\n%s", diff)
			}
			if c.Program != tt.program {
				t.Errorf("program %v, want %v", c.Program, tt.program)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"x := ", "cell 1:1:6: expected operand, found the end of the cell"},
		{"a := 1\nif a {", "cell 1:2:7: expected '}', found the end of the cell"},
		{"import 5", `cell 1:1:8: import path must be a string`},
		{"a, b := 1,, 2", "cell 1:1:11: expected operand, found ','"},
		{"é := 1; \"", "cell 1:1:10: string literal not terminated"},
		{"f(\n2) }", "cell 1:2:4: unexpected '}'"},
		{"y := x ? 1 : 2", "cell 1:1:8: illegal character U+003F '?'"},
		{"func f() int {\n\tif true {\n\t\treturn 1\n\t}", "cell 1:4:3: expected ';', found the end of the cell"},
	} {
		_, err := cell.Parse(token.NewFileSet(), "cell 1", tt.text)
		list, ok := err.(scanner.ErrorList) //nolint:errorlint // the documented type
		if !ok || list[0].Error() != tt.want {
			t.Errorf("Parse(%q) = %v, want %s", tt.text, err, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"x := 1", "func f() {}\nf(), 2", "%time f()", "import \"fmt\"\n!ls", "package main", "a, b // c", "\"", "/*", "`", "func(", "//line x:1:1\nx", "a, b\n;;", "%%compile\nx"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fset := token.NewFileSet()
		c, err := cell.Parse(fset, "cell 1", text)
		lines := strings.Count(text, "\n") + 1
		if list, ok := err.(scanner.ErrorList); ok { //nolint:errorlint // the documented type
			for _, e := range list {
				if e.Pos.Line < 1 || e.Pos.Line > lines {
					t.Errorf("Parse(%q): error at line %d of %d", text, e.Pos.Line, lines)
				}
			}
			return
		}
		if err != nil {
			t.Fatalf("Parse(%q): error of type %T", text, err)
		}
		for _, st := range c.Stmts {
			if p := fset.Position(st.Pos()); p.Line < 1 || p.Line > lines && !strings.Contains(text, "//line") && !strings.Contains(text, "/*line") {
				t.Errorf("Parse(%q): statement at line %d of %d", text, p.Line, lines)
			}
		}
	})
}
