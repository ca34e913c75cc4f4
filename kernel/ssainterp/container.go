package ssainterp

import (
	"fmt"
	"go/types"
	"reflect"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// indexAddr translates &x[i] of a slice or of an array behind a pointer.
func (tr *translator) indexAddr(instr *ssa.IndexAddr) op {
	x, i, dst := tr.operand(instr.X), tr.operand(instr.Index), tr.dst(instr)
	read, unsigned := readInt(i.typ.Kind()), isUnsigned(i.typ.Kind())
	if pointer, ok := instr.X.Type().Underlying().(*types.Pointer); ok {
		array := tr.typ(pointer.Elem())
		n, size := array.Len(), array.Elem().Size()
		return func(fr *frame) {
			p := *(*unsafe.Pointer)(x.in(fr))
			if p == nil {
				nilDereference()
			}
			k := read(i.in(fr))
			if uint64(k) >= uint64(n) {
				panicIndex(k, unsigned, n)
			}
			set(&dst, fr, unsafe.Add(p, uintptr(k)*size))
		}
	}
	size := x.typ.Elem().Size()
	if i.typ.Kind() == reflect.Int {
		return func(fr *frame) {
			s := (*slice)(x.in(fr))
			k := *(*int)(i.in(fr))
			if uint(k) >= uint(s.len) {
				panicIndex(int64(k), false, s.len)
			}
			set(&dst, fr, unsafe.Add(s.data, uintptr(k)*size))
		}
	}
	return func(fr *frame) {
		s := (*slice)(x.in(fr))
		k := read(i.in(fr))
		if uint64(k) >= uint64(s.len) {
			panicIndex(k, unsigned, s.len)
		}
		set(&dst, fr, unsafe.Add(s.data, uintptr(k)*size))
	}
}

func isUnsigned(k reflect.Kind) bool { return k >= reflect.Uint && k <= reflect.Uintptr }

// index translates x[i] of an array or a string.
func (tr *translator) index(instr *ssa.Index) op {
	x, i, dst := tr.operand(instr.X), tr.operand(instr.Index), tr.dst(instr)
	read, unsigned := readInt(i.typ.Kind()), isUnsigned(i.typ.Kind())
	if x.typ.Kind() == reflect.String {
		return func(fr *frame) {
			s := at[string](&x, fr)
			k := read(i.in(fr))
			if uint64(k) >= uint64(len(s)) {
				panicIndex(k, unsigned, len(s))
			}
			set(&dst, fr, s[k])
		}
	}
	if x.typ.Kind() != reflect.Array {
		tr.refuse(instr.Pos(), "an index of %s", x.typ)
		return nil
	}
	n, size := x.typ.Len(), x.typ.Elem().Size()
	return func(fr *frame) {
		k := read(i.in(fr))
		if uint64(k) >= uint64(n) {
			panicIndex(k, unsigned, n)
		}
		dst.typ.move(dst.in(fr), unsafe.Add(x.in(fr), uintptr(k)*size))
	}
}

// lookup translates m[k].
func (tr *translator) lookup(instr *ssa.Lookup) op {
	x, k, dst := tr.operand(instr.X), tr.operand(instr.Index), tr.dst(instr)
	elem := newTyp(x.typ.Elem())
	var okAt uintptr
	if instr.CommaOk {
		okAt = dst.typ.Field(1).Offset
	}
	return func(fr *frame) {
		v := x.typ.value(x.in(fr)).MapIndex(k.typ.value(k.in(fr)))
		to := dst.in(fr)
		if v.IsValid() {
			elem.value(to).Set(v)
		} else {
			elem.clear(to)
		}
		if instr.CommaOk {
			*(*bool)(unsafe.Add(to, okAt)) = v.IsValid()
		}
	}
}

func (tr *translator) mapUpdate(instr *ssa.MapUpdate) op {
	x, k, v := tr.operand(instr.Map), tr.operand(instr.Key), tr.operand(instr.Value)
	return func(fr *frame) {
		x.typ.value(x.in(fr)).SetMapIndex(k.typ.value(k.in(fr)), v.typ.value(v.in(fr)))
	}
}

func (tr *translator) makeMap(instr *ssa.MakeMap) op {
	dst := tr.dst(instr)
	size := func(*frame) int { return 0 }
	if instr.Reserve != nil {
		n := tr.operand(instr.Reserve)
		read := readInt(n.typ.Kind())
		size = func(fr *frame) int { return int(max(0, min(read(n.in(fr)), 1<<20))) } // only a hint
	}
	return func(fr *frame) { dst.typ.value(dst.in(fr)).Set(reflect.MakeMapWithSize(dst.typ.Type, size(fr))) }
}

func (tr *translator) makeChan(instr *ssa.MakeChan) op {
	dst, n := tr.dst(instr), tr.operand(instr.Size)
	read := readInt(n.typ.Kind())
	elem := max(1, dst.typ.Elem().Size())
	both := reflect.ChanOf(reflect.BothDir, dst.typ.Elem())
	return func(fr *frame) {
		size := read(n.in(fr))
		if size < 0 || uint64(size) > uint64(1<<46)/uint64(elem) {
			_ = make(chan struct{}, max(-1, -size)) // fails
			_ = make(chan int64, int64(1)<<62)
		}
		dst.typ.value(dst.in(fr)).Set(reflect.MakeChan(both, int(size)).Convert(dst.typ.Type))
	}
}

func (tr *translator) makeSlice(instr *ssa.MakeSlice) op {
	dst, n, c := tr.dst(instr), tr.operand(instr.Len), tr.operand(instr.Cap)
	readLen, readCap := readInt(n.typ.Kind()), readInt(c.typ.Kind())
	elem := newTyp(dst.typ.Elem())
	limit := int64(1<<63 - 1)
	if elem.size > 0 {
		limit = (1 << 47) / int64(elem.size)
	}
	return func(fr *frame) {
		size, capacity := readLen(n.in(fr)), readCap(c.in(fr))
		if size < 0 || size > limit {
			_ = make([]int64, size|1<<62) // fails
		}
		if capacity < size || capacity > limit {
			panicMake(int(size))
		}
		set(&dst, fr, slice{unsafeNewArray(elem.rtype, int(capacity)), int(size), int(capacity)})
	}
}

// slice translates x[i:j:k].
func (tr *translator) slice(instr *ssa.Slice) op {
	x, dst := tr.operand(instr.X), tr.dst(instr)
	unsigned := [3]bool{}
	bound := func(n int, v ssa.Value) func(*frame) int {
		if v == nil {
			return nil
		}
		o := tr.operand(v)
		read := readInt(o.typ.Kind())
		unsigned[n] = isUnsigned(o.typ.Kind())
		return func(fr *frame) int { return int(read(o.in(fr))) }
	}
	low, high, top := bound(0, instr.Low), bound(1, instr.High), bound(2, instr.Max)
	kind := x.typ.Kind()
	array := 0
	made := false
	if kind == reflect.Pointer {
		array = tr.typ(instr.X.Type().Underlying().(*types.Pointer).Elem()).Len()
		alloc, ok := instr.X.(*ssa.Alloc)
		made = ok && alloc.Comment == "makeslice"
	}
	size := uintptr(1)
	if kind != reflect.String {
		size = dst.typ.Elem().Size()
	}
	return func(fr *frame) {
		var s slice
		switch kind {
		case reflect.Pointer:
			s = slice{*(*unsafe.Pointer)(x.in(fr)), array, array}
			if s.data == nil {
				nilDereference()
			}
		case reflect.String:
			s = slice{len: len(at[string](&x, fr))}
			s.cap = s.len
		default:
			s = *(*slice)(x.in(fr))
		}
		i, j, k := 0, s.len, s.cap
		if low != nil {
			i = low(fr)
		}
		if high != nil {
			j = high(fr)
		}
		if top != nil {
			k = top(fr)
		}
		if uint(k) > uint(s.cap) || uint(j) > uint(k) || uint(i) > uint(j) {
			if made {
				panicMake(j)
			}
			panicSlice([3]int{i, j, k}, unsigned, s, kind == reflect.Slice, top != nil)
		}
		if kind == reflect.String {
			set(&dst, fr, at[string](&x, fr)[i:j])
			return
		}
		out := slice{s.data, j - i, k - i}
		if out.cap > 0 {
			out.data = unsafe.Add(s.data, uintptr(i)*size)
		}
		set(&dst, fr, out)
	}
}

// panicMake fails as make does, whose capacity is a constant, with a length that
// is out of its range.
func panicMake(n int) {
	_ = make([]int64, n, 1<<62)
}

// panicSlice fails as the slice expression does with bounds i, j and k.
func panicSlice(bounds [3]int, unsigned [3]bool, s slice, isSlice, full bool) {
	i, j, k := bounds[0], bounds[1], bounds[2]
	for n, b := range bounds {
		if unsigned[n] && b < 0 || full && !isSlice && uint(k) > uint(s.cap) && k >= 0 {
			panicLargeBound(uint(i), uint(j), uint(k), s, isSlice, full)
		}
	}
	all := unsafe.Slice((*struct{})(unsafe.Pointer(&zero)), s.cap)[:s.len]
	switch {
	case full:
		_ = all[i:j:k]
	case isSlice:
		_ = all[i:j]
	default: // errors of arrays and strings speak of the length
		text := slice{data: unsafe.Pointer(&zero), len: s.len}
		_ = (*(*string)(unsafe.Pointer(&text)))[i:j]
	}
}

// panicLargeBound fails with the run time's words where its own operation cannot
// be had.
func panicLargeBound(i, j, k uint, s slice, isSlice, full bool) {
	limit := "capacity"
	if !isSlice {
		limit = "length"
	}
	what := ""
	switch {
	case full && k > uint(s.cap):
		what = fmt.Sprintf("[::%d] with %s %d", k, limit, s.cap)
	case full && j > k:
		what = fmt.Sprintf("[:%d:%d]", j, k)
	case full:
		what = fmt.Sprintf("[%d:%d:]", i, j)
	case j > uint(s.cap):
		what = fmt.Sprintf("[:%d] with %s %d", j, limit, s.cap)
	default:
		what = fmt.Sprintf("[%d:%d]", i, j)
	}
	panic(runtimeError("slice bounds out of range " + what))
}

// iterator is what range over a map or a string goes through.
type iterator struct {
	text string
	pos  int
	m    *reflect.MapIter
}

func (tr *translator) ranges(instr *ssa.Range) op {
	x, dst := tr.operand(instr.X), tr.dst(instr)
	if x.typ.Kind() == reflect.String {
		return func(fr *frame) { set(&dst, fr, &iterator{text: at[string](&x, fr)}) }
	}
	return func(fr *frame) {
		m := reflect.New(x.typ.Type).Elem() // the variable may change
		m.Set(x.typ.value(x.in(fr)))
		set(&dst, fr, &iterator{m: m.MapRange()})
	}
}

func (tr *translator) iterate(instr *ssa.Next) op {
	x, dst := tr.operand(instr.Iter), tr.dst(instr)
	keyAt, valueAt := dst.typ.Field(1).Offset, dst.typ.Field(2).Offset
	if instr.IsString {
		return func(fr *frame) {
			it, to := at[*iterator](&x, fr), dst.in(fr)
			more := it.pos < len(it.text)
			*(*bool)(to) = more
			if !more {
				return
			}
			r, n := utf8.DecodeRuneInString(it.text[it.pos:])
			if dst.typ.Field(1).Type.Size() > 0 {
				*(*int)(unsafe.Add(to, keyAt)) = it.pos
			}
			if dst.typ.Field(2).Type.Size() > 0 {
				*(*rune)(unsafe.Add(to, valueAt)) = r
			}
			it.pos += n
		}
	}
	tuple := instr.Type().(*types.Tuple)
	wantKey, wantValue := tuple.At(1).Type() != types.Typ[types.Invalid], tuple.At(2).Type() != types.Typ[types.Invalid]
	key, value := newTyp(dst.typ.Field(1).Type), newTyp(dst.typ.Field(2).Type)
	return func(fr *frame) {
		it, to := at[*iterator](&x, fr), dst.in(fr)
		more := it.m.Next()
		*(*bool)(to) = more
		if more && wantKey {
			key.value(unsafe.Add(to, keyAt)).Set(it.m.Key())
		}
		if more && wantValue {
			value.value(unsafe.Add(to, valueAt)).Set(it.m.Value())
		}
	}
}
