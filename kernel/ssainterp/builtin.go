package ssainterp

import (
	"reflect"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// builtin translates the call of a predeclared function.
func (tr *translator) builtin(b *ssa.Builtin, c *ssa.CallCommon, dst operand) op {
	var args []operand
	for _, a := range c.Args {
		args = append(args, tr.operand(a))
	}
	switch b.Name() {
	case "append":
		return tr.appends(args, dst)
	case "cap", "len":
		return length(b.Name(), args[0], dst)
	case "clear":
		x := args[0]
		return func(fr *frame) { x.typ.value(x.in(fr)).Clear() }
	case "close":
		x := args[0]
		return func(fr *frame) { x.typ.value(x.in(fr)).Close() }
	case "complex":
		return complexOf(args[0], args[1], dst)
	case "copy":
		to, from := args[0], args[1]
		return func(fr *frame) {
			n := reflect.Copy(to.typ.value(to.in(fr)), from.typ.value(from.in(fr)))
			if dst.typ != nil {
				set(&dst, fr, n)
			}
		}
	case "delete":
		m, k := args[0], args[1]
		return func(fr *frame) {
			v := m.typ.value(m.in(fr))
			if v.IsNil() {
				return
			}
			v.SetMapIndex(k.typ.value(k.in(fr)), reflect.Value{})
		}
	case "imag", "real":
		return part(b.Name(), args[0], dst)
	case "max", "min":
		return tr.extreme(b.Name(), args, dst)
	case "panic":
		x := args[0]
		return func(fr *frame) { panic(*(*any)(x.in(fr))) }
	case "print", "println":
		return prints(args, b.Name() == "println")
	case "recover":
		return func(fr *frame) {
			v := fr.recovered()
			if dst.typ != nil {
				set(&dst, fr, v)
			}
		}
	case "ssa:wrapnilchk":
		return tr.wrapNilCheck(args, dst)
	case "ssa:deferstack":
		tr.f.defers = true
		return func(fr *frame) { set(&dst, fr, fr.defers) }
	}
	if o := unsafeBuiltin(b.Name(), args, dst); o != nil {
		return o
	}
	tr.refuse(tr.pos, "the builtin %s", b.Name())
	return nil
}

// recovered ends the panic of the frame that calls this one for its deferred
// call, and returns its value.
func (fr *frame) recovered() any {
	by := fr.calledBy
	if by == nil || !by.panicking {
		return nil
	}
	by.panicking = false
	v := by.panicked
	by.panicked = nil
	fr.g.trace = nil
	fr.fn.program.ForgetTrace()
	return v
}

func (tr *translator) appends(args []operand, dst operand) op {
	if len(args) == 1 {
		x := args[0]
		return func(fr *frame) { dst.typ.move(dst.in(fr), x.in(fr)) }
	}
	x, y := args[0], args[1]
	if y.typ.Kind() == reflect.String {
		return func(fr *frame) {
			set(&dst, fr, append(at[[]byte](&x, fr), at[string](&y, fr)...))
		}
	}
	elem := newTyp(x.typ.Elem())
	return func(fr *frame) {
		s, more := at[slice](&x, fr), at[slice](&y, fr)
		if more.len == 1 && s.len < s.cap {
			elem.move(unsafe.Add(s.data, uintptr(s.len)*elem.size), more.data)
			s.len++
			set(&dst, fr, s)
			return
		}
		if s.len+more.len < 0 {
			var nothing struct{}
			_ = append(unsafe.Slice(&nothing, s.len), unsafe.Slice(&nothing, more.len)...) // fails
		}
		dst.typ.value(dst.in(fr)).Set(reflect.AppendSlice(x.typ.value(x.in(fr)), y.typ.value(y.in(fr))))
	}
}

func length(name string, x, dst operand) op {
	switch x.typ.Kind() {
	case reflect.String:
		return func(fr *frame) { set(&dst, fr, len(at[string](&x, fr))) }
	case reflect.Slice:
		if name == "len" {
			return func(fr *frame) { set(&dst, fr, at[slice](&x, fr).len) }
		}
		return func(fr *frame) { set(&dst, fr, at[slice](&x, fr).cap) }
	case reflect.Pointer: // to an array
		n := x.typ.Elem().Len()
		return func(fr *frame) { set(&dst, fr, n) }
	case reflect.Chan:
		if name == "cap" {
			return func(fr *frame) { set(&dst, fr, x.typ.value(x.in(fr)).Cap()) }
		}
	}
	return func(fr *frame) { set(&dst, fr, x.typ.value(x.in(fr)).Len()) }
}

func complexOf(x, y, dst operand) op {
	if x.typ.Kind() == reflect.Float32 {
		return func(fr *frame) { set(&dst, fr, complex(at[float32](&x, fr), at[float32](&y, fr))) }
	}
	return func(fr *frame) { set(&dst, fr, complex(at[float64](&x, fr), at[float64](&y, fr))) }
}

func part(name string, x, dst operand) op {
	switch single := x.typ.Kind() == reflect.Complex64; {
	case single && name == "real":
		return func(fr *frame) { set(&dst, fr, real(at[complex64](&x, fr))) }
	case single:
		return func(fr *frame) { set(&dst, fr, imag(at[complex64](&x, fr))) }
	case name == "real":
		return func(fr *frame) { set(&dst, fr, real(at[complex128](&x, fr))) }
	}
	return func(fr *frame) { set(&dst, fr, imag(at[complex128](&x, fr))) }
}

// extreme translates min and max.
func (tr *translator) extreme(name string, args []operand, dst operand) op {
	pick := extremeOf(name, dst.typ.Kind())
	if pick == nil {
		tr.refuse(tr.pos, "%s of %s", name, dst.typ)
		return nil
	}
	return func(fr *frame) {
		best := args[0].in(fr)
		temp := dst.typ.new()
		dst.typ.move(temp, best)
		for i := range args[1:] {
			pick(temp, args[i+1].in(fr))
		}
		dst.typ.move(dst.in(fr), temp)
	}
}

func extremeOf(name string, kind reflect.Kind) func(best, x unsafe.Pointer) {
	switch kind {
	case reflect.Int, reflect.Int64:
		return better[int64](name)
	case reflect.Int8:
		return better[int8](name)
	case reflect.Int16:
		return better[int16](name)
	case reflect.Int32:
		return better[int32](name)
	case reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return better[uint64](name)
	case reflect.Uint8:
		return better[uint8](name)
	case reflect.Uint16:
		return better[uint16](name)
	case reflect.Uint32:
		return better[uint32](name)
	case reflect.Float32:
		return better[float32](name)
	case reflect.Float64:
		return better[float64](name)
	case reflect.String:
		return better[string](name)
	}
	return nil
}

func better[T orderable](name string) func(best, x unsafe.Pointer) {
	if name == "min" {
		return func(best, x unsafe.Pointer) { *(*T)(best) = min(*(*T)(best), *(*T)(x)) }
	}
	return func(best, x unsafe.Pointer) { *(*T)(best) = max(*(*T)(best), *(*T)(x)) }
}

// wrapNilCheck translates the check of a method made for *T from one of T.
func (tr *translator) wrapNilCheck(args []operand, dst operand) op {
	x, method := args[0], args[2]
	recv := x.typ.Elem()
	typeName, _, generic := strings.Cut(recv.Name(), "[")
	if generic {
		typeName += "[...]"
	}
	return func(fr *frame) {
		p := *(*unsafe.Pointer)(x.in(fr))
		if p == nil {
			name := at[string](&method, fr)
			if tr.name != nil {
				name = tr.name(name)
			}
			panic(plainError("value method " + recv.PkgPath() + "." + typeName + "." + name +
				" called using nil *" + typeName + " pointer"))
		}
		set(&dst, fr, p)
	}
}

// prints translates print and println, which write to standard error.
func prints(args []operand, line bool) op {
	var writers []func(*frame)
	for i := range args {
		if line && i > 0 {
			writers = append(writers, func(*frame) { print(" ") })
		}
		writers = append(writers, printer(args[i]))
	}
	if line {
		writers = append(writers, func(*frame) { print("\n") })
	}
	return func(fr *frame) {
		for _, w := range writers {
			w(fr)
		}
	}
}

func printer(x operand) func(*frame) {
	switch k := x.typ.Kind(); {
	case k == reflect.Bool:
		return func(fr *frame) { print(at[bool](&x, fr)) }
	case k == reflect.String:
		return func(fr *frame) { print(at[string](&x, fr)) }
	case k == reflect.Float32:
		return func(fr *frame) { print(at[float32](&x, fr)) }
	case k == reflect.Float64:
		return func(fr *frame) { print(at[float64](&x, fr)) }
	case k == reflect.Complex64:
		return func(fr *frame) { print(at[complex64](&x, fr)) }
	case k == reflect.Complex128:
		return func(fr *frame) { print(at[complex128](&x, fr)) }
	case k == reflect.Interface:
		return func(fr *frame) { print(at[any](&x, fr)) }
	case k == reflect.Slice:
		return func(fr *frame) { print(at[[]byte](&x, fr)) }
	case isInteger(k):
		read := readInt(k)
		if isUnsigned(k) {
			return func(fr *frame) { print(uint64(read(x.in(fr)))) }
		}
		return func(fr *frame) { print(read(x.in(fr))) }
	}
	return func(fr *frame) { print(at[unsafe.Pointer](&x, fr)) }
}

// unsafeBuiltin translates the functions of package unsafe where they are no
// constants.
func unsafeBuiltin(name string, args []operand, dst operand) op {
	x := args[0]
	number := func(o *operand) func(*frame) int {
		read := readInt(o.typ.Kind())
		return func(fr *frame) int { return int(read(o.in(fr))) }
	}
	switch name {
	case "Add":
		n := number(&args[1])
		return func(fr *frame) { set(&dst, fr, unsafe.Add(at[unsafe.Pointer](&x, fr), n(fr))) }
	case "Alignof":
		return func(fr *frame) { set(&dst, fr, uintptr(x.typ.Align())) }
	case "Sizeof":
		return func(fr *frame) { set(&dst, fr, x.typ.size) }
	case "Slice":
		n := number(&args[1])
		elem := newTyp(x.typ.Elem())
		return func(fr *frame) {
			p, n := at[unsafe.Pointer](&x, fr), n(fr)
			_ = unsafe.Slice((*byte)(p), n) // fails where it has to
			if elem.size > 0 && n > int(^uintptr(0)>>1/elem.size) {
				_ = unsafe.Slice((*int64)(p), 1<<62)
			}
			set(&dst, fr, slice{p, n, n})
		}
	case "String":
		n := number(&args[1])
		return func(fr *frame) { set(&dst, fr, unsafe.String((*byte)(at[unsafe.Pointer](&x, fr)), n(fr))) }
	case "SliceData", "StringData": // the first word
		return func(fr *frame) { set(&dst, fr, at[unsafe.Pointer](&x, fr)) }
	}
	return nil
}
