package ssainterp

import (
	"go/constant"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// constant returns memory with the value of a constant.
func (p *Program) constant(c *ssa.Const, t *typ) unsafe.Pointer {
	v := reflect.New(t.Type)
	if c.Value == nil {
		return v.UnsafePointer()
	}
	e := v.Elem()
	if types.IsInterface(c.Type()) {
		p.refuse(p.pos, "a constant of an interface type")
		return v.UnsafePointer()
	}
	switch t.Kind() {
	case reflect.Bool:
		e.SetBool(constant.BoolVal(c.Value))
	case reflect.String:
		if c.Value.Kind() == constant.String {
			e.SetString(constant.StringVal(c.Value))
		} else {
			e.SetString(string(rune(c.Int64())))
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.SetInt(c.Int64())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		e.SetUint(c.Uint64())
	case reflect.Float32:
		f, _ := constant.Float32Val(c.Value)
		e.SetFloat(float64(f))
	case reflect.Float64:
		f, _ := constant.Float64Val(c.Value)
		e.SetFloat(f)
	case reflect.Complex64:
		re, _ := constant.Float32Val(constant.Real(c.Value))
		im, _ := constant.Float32Val(constant.Imag(c.Value))
		e.SetComplex(complex(float64(re), float64(im)))
	case reflect.Complex128:
		e.SetComplex(c.Complex128())
	case reflect.UnsafePointer:
		p.refuse(p.pos, "pointers as numbers")
	default:
		p.refuse(p.pos, "a constant of type %s", t)
	}
	return v.UnsafePointer()
}
