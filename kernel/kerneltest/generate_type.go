package kerneltest

import (
	"fmt"
	"strings"
)

// genType is a type of generated cells.
type genType struct {
	kind   genKind
	name   string // of a basic, predeclared or declared type
	key    *genType
	elem   *genType
	size   int
	fields []*genType // of a struct, named A, B, C
	tag    string     // of each field, with a space before it
	params []*genType
}

type genKind int

const (
	kindInt genKind = iota
	kindUint
	kindFloat
	kindString
	kindBool
	kindSlice
	kindArray
	kindMap
	kindStruct
	kindPointer
	kindFunc
	kindAny
	kindChan
	kindError
	kindComplex
	kindInterface // with methods
)

var (
	genInt    = &genType{kind: kindInt, name: "int"}
	genString = &genType{kind: kindString, name: "string"}
	genBool   = &genType{kind: kindBool, name: "bool"}
	genFloat  = &genType{kind: kindFloat, name: "float64"}
	genAny    = &genType{kind: kindAny, name: "any"}
	genError  = &genType{kind: kindError, name: "error"}
	duration  = &genType{kind: kindInt, name: "time.Duration"}
	complexes = []*genType{{kind: kindComplex, name: "complex128"}, {kind: kindComplex, name: "complex64"}}
	basics    = []*genType{
		genInt, genInt, genInt, genString, genString, genBool,
		{kind: kindInt, name: "int8"},
		{kind: kindInt, name: "int16"},
		{kind: kindInt, name: "int32"},
		{kind: kindInt, name: "int64"},
		{kind: kindInt, name: "rune"},
		{kind: kindUint, name: "uint8"},
		{kind: kindUint, name: "byte"},
		{kind: kindUint, name: "uint16"},
		{kind: kindUint, name: "uint32"},
		{kind: kindUint, name: "uint64"},
		{kind: kindUint, name: "uint"},
		{kind: kindFloat, name: "float64"},
		{kind: kindFloat, name: "float64"},
		{kind: kindFloat, name: "float32"},
	}
)

func (t *genType) String() string {
	list := func(ts []*genType) string {
		var texts []string
		for _, t := range ts {
			texts = append(texts, t.String())
		}
		return strings.Join(texts, ", ")
	}
	if t.name != "" {
		return t.name
	}
	switch t.kind {
	case kindSlice:
		return "[]" + t.elem.String()
	case kindArray:
		return fmt.Sprintf("[%d]%s", t.size, t.elem)
	case kindMap:
		return fmt.Sprintf("map[%s]%s", t.key, t.elem)
	case kindPointer:
		return "*" + t.elem.String()
	case kindChan:
		return "chan " + t.elem.String()
	case kindFunc:
		return fmt.Sprintf("func(%s) %s", list(t.params), t.elem)
	case kindStruct:
		var fields []string
		for i, f := range t.fields {
			fields = append(fields, fmt.Sprintf("%c %s%s", 'A'+i, f, t.tag))
		}
		return "struct{ " + strings.Join(fields, "; ") + " }"
	}
	return t.name
}

func (t *genType) equal(u *genType) bool {
	return aliases.Replace(t.String()) == aliases.Replace(u.String())
}

var aliases = strings.NewReplacer("byte", "uint8", "rune", "int32")

func (t *genType) numeric() bool { return t.kind <= kindFloat }

func (t *genType) integer() bool { return t.kind <= kindUint }

// printable reports whether values of the type print the same in every run.
func (t *genType) printable() bool {
	switch t.kind {
	case kindPointer, kindFunc, kindChan:
		return false
	case kindSlice, kindArray:
		return t.elem.printable()
	case kindMap:
		return t.elem.printable()
	case kindStruct:
		for _, f := range t.fields {
			if !f.printable() {
				return false
			}
		}
	}
	return true
}

// declared reports whether the snippet declares the type.
func (t *genType) declared() bool { return strings.HasPrefix(t.name, "T") }

func (t *genType) nilable() bool {
	switch t.kind {
	case kindSlice, kindMap, kindPointer, kindFunc, kindChan, kindAny, kindError, kindInterface:
		return true
	}
	return false
}

// comparable reports whether the operator == is defined for values of the type and
// cannot panic.
func (t *genType) comparable() bool {
	switch t.kind {
	case kindSlice, kindMap, kindFunc, kindAny, kindInterface:
		return false
	case kindArray:
		return t.elem.comparable()
	case kindStruct:
		for _, f := range t.fields {
			if !f.comparable() {
				return false
			}
		}
	}
	return true
}

func (g *generator) basicType() *genType {
	if g.whole && g.rand.IntN(6) == 0 {
		for _, t := range g.types { // the numbers among the declared types
			if t.numeric() && g.rand.IntN(2) == 0 {
				return t
			}
		}
	}
	if g.rand.IntN(25) == 0 {
		return duration
	}
	return basics[g.rand.IntN(len(basics))]
}

// anyType returns a type of limited depth.
func (g *generator) anyType(depth int) *genType {
	if g.whole {
		switch n := g.rand.IntN(12); {
		case n < 3 && len(g.types) > 0:
			return g.types[g.rand.IntN(len(g.types))]
		case n == 3:
			return complexes[g.rand.IntN(len(complexes))]
		}
	}
	if depth == 0 || g.rand.IntN(5) < 2 {
		return g.basicType()
	}
	switch g.rand.IntN(10) {
	case 0, 1:
		return &genType{kind: kindSlice, elem: g.dataType(depth - 1)}
	case 2:
		return &genType{kind: kindArray, elem: g.dataType(depth - 1), size: 3}
	case 3:
		key := genInt
		if g.rand.IntN(2) == 0 {
			key = genString
		}
		return &genType{kind: kindMap, key: key, elem: g.dataType(depth - 1)}
	case 4, 5:
		t := &genType{kind: kindStruct}
		for range 1 + g.rand.IntN(3) {
			t.fields = append(t.fields, g.dataType(depth-1))
		}
		if g.rand.IntN(8) == 0 {
			t.tag = " `json:\"x\"`"
		}
		return t
	case 6:
		return &genType{kind: kindPointer, elem: g.dataType(depth - 1)}
	case 7:
		t := &genType{kind: kindFunc, elem: g.anyType(depth - 1)}
		for range 1 + g.rand.IntN(2) {
			t.params = append(t.params, g.dataType(depth-1))
		}
		return t
	case 8:
		return genError
	}
	return genAny
}

// dataType returns a printable type.
func (g *generator) dataType(depth int) *genType {
	for {
		if t := g.anyType(depth); t.printable() {
			return t
		}
	}
}
