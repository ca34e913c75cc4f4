package ssainterp

import (
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
			_ = make([]int64, size, capacity&1<<63|1<<62) // fails
		}
		set(&dst, fr, slice{unsafeNewArray(elem.rtype, int(capacity)), int(size), int(capacity)})
	}
}

// slice translates x[i:j:k].
func (tr *translator) slice(instr *ssa.Slice) op {
	x, dst := tr.operand(instr.X), tr.dst(instr)
	bound := func(v ssa.Value) func(*frame) int {
		if v == nil {
			return nil
		}
		o := tr.operand(v)
		read, unsigned := readInt(o.typ.Kind()), isUnsigned(o.typ.Kind())
		return func(fr *frame) int {
			n := read(o.in(fr))
			if unsigned && n < 0 {
				panicSliceBound(uint64(n))
			}
			return int(n)
		}
	}
	low, high, top := bound(instr.Low), bound(instr.High), bound(instr.Max)
	bounds := func(fr *frame, n int) (i, j int) {
		j = n
		if low != nil {
			i = low(fr)
		}
		if high != nil {
			j = high(fr)
		}
		return i, j
	}
	if x.typ.Kind() == reflect.String {
		return func(fr *frame) {
			s := at[string](&x, fr)
			i, j := bounds(fr, len(s))
			set(&dst, fr, s[i:j])
		}
	}
	array := 0
	if pointer, ok := instr.X.Type().Underlying().(*types.Pointer); ok {
		array = int(pointer.Elem().Underlying().(*types.Array).Len())
	}
	isArray := x.typ.Kind() == reflect.Pointer
	size := dst.typ.Elem().Size()
	return func(fr *frame) {
		var s slice
		if isArray {
			s = slice{*(*unsafe.Pointer)(x.in(fr)), array, array}
			if s.data == nil {
				nilDereference()
			}
		} else {
			s = *(*slice)(x.in(fr))
		}
		i, j := bounds(fr, s.len)
		k := s.cap
		if top != nil {
			k = top(fr)
		}
		if uint(k) > uint(s.cap) || uint(j) > uint(k) || uint(i) > uint(j) {
			panicSlice(i, j, k, s, isArray, top != nil)
		}
		out := slice{s.data, j - i, k - i}
		if out.cap > 0 {
			out.data = unsafe.Add(s.data, uintptr(i)*size)
		}
		set(&dst, fr, out)
	}
}

// panicSliceBound fails as an unsigned bound does that is no int.
func panicSliceBound(n uint64) {
	var s []struct{}
	_ = s[n:]
}

// panicSlice fails as the slice expression does.
func panicSlice(i, j, k int, s slice, isArray, full bool) {
	all := unsafe.Slice((*struct{})(unsafe.Pointer(&zero)), s.cap)[:s.len]
	switch {
	case full:
		_ = all[i:j:k]
	case isArray: // its errors speak of the length
		text := slice{data: unsafe.Pointer(&zero), len: s.len}
		_ = (*(*string)(unsafe.Pointer(&text)))[i:j]
	default:
		_ = all[i:j]
	}
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
