package compile

import (
	"go/ast"
	"go/parser"
	"go/types"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/exportdata"
)

func TestEdits(t *testing.T) {
	tests := []struct{ name, src, want, aliases string }{
		{
			"types, fields and methods", "type point struct{ x, Y int }\nfunc (p *point) move(by int) { p.x += by }",
			"type 𞤀_point struct{ 𞤀_x, Y int }\nfunc (p *𞤀_point) 𞤀_move(by int) { p.𞤀_x += by }", "",
		},
		{
			"functions, variables and constants", "var n, N = 1, c\nconst c = 2\nfunc f() int { n := n; return n + f() + N }",
			"var 𞤁_n, N = 1, 𞤁_c\nconst 𞤁_c = 2\nfunc 𞤁_f() int { n := 𞤁_n; return n + 𞤁_f() + N }", "",
		},
		{
			"composite literals", "type t struct{ a int }\nvar x = t{a: 1}\nvar y = map[int]t{c: {a: c}}\nconst c = 0",
			"type 𞤀_t struct{ 𞤀_a int }\nvar 𞤁_x = 𞤀_t{𞤀_a: 1}\nvar 𞤁_y = map[int]𞤀_t{𞤁_c: {𞤀_a: 𞤁_c}}\nconst 𞤁_c = 0", "",
		},
		{
			"local types and labels", "func f() { type t struct{ v int }\nloop: for { _ = t{}.v; break loop } }",
			"func 𞤁_f() { type 𞤀_t struct{ 𞤀_v int }\nloop: for { _ = 𞤀_t{}.𞤀_v; break loop } }", "",
		},
		{
			"interfaces and type parameters", "type i[t any] interface{ m(v t) t; M() }\nfunc f[t i[t]](v t) t { return v.m(v) }",
			"type 𞤀_i[t any] interface{ 𞤀_m(v t) t; M() }\nfunc 𞤁_f[t 𞤀_i[t]](v t) t { return v.𞤀_m(v) }", "",
		},
		{
			"embedded", "type a struct{ B int }\ntype b struct{ a; *int; error; strings.Builder }\nvar x = b{error: nil}.error\nvar y = b{}.a.B",
			"type 𞤀_a struct{ B int }\ntype 𞤀_b struct{ 𞤀_a; *𞤀_int; 𞤀_error; strings.Builder }\nvar 𞤁_x = 𞤀_b{𞤀_error: nil}.𞤀_error\nvar 𞤁_y = 𞤀_b{}.𞤀_a.B",
			"type 𞤀_int = int; type 𞤀_error = error; ",
		},
		{
			"names that stay", "func init() {}\nfunc main() { strings.NewReader(\"init\").Len() }\nvar _ = struct{ _ int }{}",
			"func init() {}\nfunc main() { strings.NewReader(\"init\").Len() }\nvar _ = struct{ _ int }{}", "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := "package main\nimport \"strings\"\nvar _ strings.Builder\n" + tt.src
			im := exportdata.NewImporter()
			f, err := parser.ParseFile(im.FileSet(), "cell.go", src, 0)
			if err != nil {
				t.Fatal(err)
			}
			info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
			pkg, err := (&types.Config{Importer: im}).Check("main", im.FileSet(), []*ast.File{f}, info)
			if err != nil {
				t.Fatal(err)
			}
			edits, aliases := Namer{Session: func(p *types.Package) bool { return p == pkg }}.Edits(f, info)
			got := Apply(src, im.FileSet().File(f.Pos()).Pos(0), edits)
			if diff := cmp.Diff("package main\nimport \"strings\"\nvar _ strings.Builder\n"+tt.want, got); diff != "" {
				t.Errorf("source (-want +got):\n%s", diff)
			}
			if got := Aliases(aliases); got != tt.aliases {
				t.Errorf("aliases %q, want %q", got, tt.aliases)
			}
		})
	}
}

func TestReadable(t *testing.T) {
	tests := []struct{ text, want string }{
		{"session/c7.(*𞤀_point).𞤀_area(0x1)", "main.(*point).area(0x1)"},
		{"session/c12.𞤁_run.func1", "main.run.func1"},
		{"session/c7.Exported", "main.Exported"},
		{"mysession/c7.f and session/ alone", "mysession/c7.f and session/ alone"},
		{"no names", "no names"},
	}
	for _, tt := range tests {
		if got := Readable(tt.text); got != tt.want {
			t.Errorf("Readable(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}
