package main

import (
	"encoding/json"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
)

// docsOf returns the doc comments of a package as a JSON object by name.
func docsOf(p listed) ([]byte, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range append(p.GoFiles, p.CgoFiles...) {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	pkg, err := doc.NewFromFiles(fset, files, p.ImportPath)
	if err != nil {
		return nil, err
	}
	c := comments{}
	c.add("", pkg.Doc)
	c.values(pkg.Consts)
	c.values(pkg.Vars)
	c.funcs("", pkg.Funcs)
	for _, t := range pkg.Types {
		c.add(t.Name, t.Doc)
		c.values(t.Consts)
		c.values(t.Vars)
		c.funcs("", t.Funcs)
		c.funcs(t.Name+".", t.Methods)
		c.members(t)
	}
	return json.Marshal(c) // sorted by name
}

// comments maps a name to its doc comment; names without one are left out.
type comments map[string]string

func (c comments) add(name, text string) {
	if text != "" {
		c[name] = text
	}
}

func (c comments) funcs(prefix string, funcs []*doc.Func) {
	for _, f := range funcs {
		c.add(prefix+f.Name, f.Doc)
	}
}

// values gives each name its own comment or, without one, that of its group.
func (c comments) values(values []*doc.Value) {
	for _, v := range values {
		for _, spec := range v.Decl.Specs {
			spec, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			text := own(spec.Doc, spec.Comment)
			if text == "" {
				text = v.Doc
			}
			for _, name := range spec.Names {
				if name.IsExported() {
					c.add(name.Name, text)
				}
			}
		}
	}
}

// members adds the fields of a struct type and the methods of an interface type.
func (c comments) members(t *doc.Type) {
	for _, spec := range t.Decl.Specs {
		spec, ok := spec.(*ast.TypeSpec)
		if !ok || spec.Name.Name != t.Name {
			continue
		}
		var fields *ast.FieldList
		switch typ := spec.Type.(type) {
		case *ast.StructType:
			fields = typ.Fields
		case *ast.InterfaceType:
			fields = typ.Methods
		default:
			continue
		}
		for _, field := range fields.List {
			for _, name := range field.Names {
				if name.IsExported() {
					c.add(t.Name+"."+name.Name, own(field.Doc, field.Comment))
				}
			}
		}
	}
}

// own returns the comment above a declaration or, without one, that behind it.
func own(above, behind *ast.CommentGroup) string {
	if above != nil {
		return above.Text()
	}
	return behind.Text()
}
