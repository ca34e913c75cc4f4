package display

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Text returns the plain form of a value: what its own method says, else its
// fields by name, as %+v does. A string is quoted. Long values are elided.
func Text(v any) string { return text(v, defaultLimits) }

func text(v any, l limits) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case error, fmt.Stringer:
		if t, ok := v.(time.Time); ok {
			v = t.Round(0) // without the reading of the monotonic clock
		}
		return shorten(fmt.Sprint(v), l.text) // which survives methods that panic
	case string:
		if len(v) > l.text {
			return fmt.Sprintf("%q… (%d bytes; display.All{x} shows all)", cut(v, l.text/5), len(v))
		}
		return fmt.Sprintf("%q", v)
	}
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Func && !r.IsNil() {
		return r.Type().String() // where it is in memory says nothing
	}
	if s := numbersText(r, l); s != "" {
		return s
	}
	if cost := l.text; fits(r, &cost, l.depth) {
		return fmt.Sprintf("%+v", v)
	}
	p := &printer{limits: l}
	p.value(r, 0)
	return p.out.String() + "\n(elided; display.All{x} shows all)"
}

// shorten elides a text that is longer than n bytes.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return fmt.Sprintf("%s…\n(%d bytes; display.All{x} shows all)", cut(s, n), len(s))
}

// cut returns the first n bytes of s, or fewer where a rune would be cut.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// fits reports whether the text of v is not much longer than cost and not
// deeper than depth. It looks at no more than it must, and ends where values
// contain themselves.
func fits(v reflect.Value, cost *int, depth int) bool {
	if depth == 0 {
		return false
	}
	*cost -= 2
	if *cost < 0 {
		return false
	}
	switch v.Kind() {
	case reflect.String:
		*cost -= v.Len()
	case reflect.Interface:
		return fits(v.Elem(), cost, depth-1)
	case reflect.Pointer:
		if !v.IsNil() && isComposite(v.Elem().Kind()) {
			return fits(v.Elem(), cost, depth-1)
		}
		*cost -= 12
	case reflect.Struct:
		for i := range v.NumField() {
			*cost -= len(v.Type().Field(i).Name)
			if !fits(v.Field(i), cost, depth-1) {
				return false
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if !fits(v.Index(i), cost, depth-1) {
				return false
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if !fits(it.Key(), cost, depth-1) || !fits(it.Value(), cost, depth-1) {
				return false
			}
		}
	}
	return *cost >= 0
}

func isComposite(k reflect.Kind) bool {
	return k == reflect.Struct || k == reflect.Slice || k == reflect.Array || k == reflect.Map
}

// printer writes values as %+v does, but leaves out the middle of long slices,
// the end of long maps and the last digits of numbers, and stops at the limits.
type printer struct {
	limits
	out strings.Builder
}

func (p *printer) value(v reflect.Value, depth int) {
	if depth >= p.depth/3 || p.out.Len() > p.text {
		p.out.WriteString("…")
		return
	}
	if v.IsValid() && v.CanInterface() && v.Kind() != reflect.Interface {
		switch x := v.Interface().(type) {
		case error, fmt.Stringer, fmt.Formatter:
			s := fmt.Sprintf("%+v", x)
			p.out.WriteString(cut(s, 1000))
			if len(s) > 1000 {
				p.out.WriteString("…")
			}
			return
		}
	}
	switch v.Kind() {
	case reflect.Invalid:
		p.out.WriteString("<nil>")
	case reflect.Interface:
		p.value(v.Elem(), depth)
	case reflect.Pointer:
		if depth == 0 && !v.IsNil() && isComposite(v.Elem().Kind()) {
			p.out.WriteString("&")
			p.value(v.Elem(), depth+1)
			return
		}
		fmt.Fprintf(&p.out, "%+v", v)
	case reflect.Struct:
		p.structure(v, depth)
	case reflect.Slice, reflect.Array:
		p.list(v, depth)
	case reflect.Map:
		p.mapping(v, depth)
	case reflect.String:
		p.out.WriteString(cut(v.String(), p.text/5))
		if v.Len() > p.text/5 {
			fmt.Fprintf(&p.out, "… (%d bytes)", v.Len())
		}
	case reflect.Float32, reflect.Float64:
		p.out.WriteString(floatText(v.Float(), v.Type().Bits()))
	default:
		fmt.Fprintf(&p.out, "%+v", v)
	}
}

func (p *printer) structure(v reflect.Value, depth int) {
	p.out.WriteString("{")
	for i := range v.NumField() {
		if i > 0 {
			p.out.WriteString(" ")
		}
		p.out.WriteString(v.Type().Field(i).Name + ":")
		p.value(v.Field(i), depth+1)
	}
	p.out.WriteString("}")
}

// tailItems is how many elements are shown of the end of a long slice.
const tailItems = 3

// count returns how many items are shown of something at a depth: fewer deep
// down, so that nested values do not multiply.
func (p *printer) count(depth int) int { return max(p.items>>(2*min(depth, 10)), 2*tailItems) }

func (p *printer) list(v reflect.Value, depth int) {
	n, most := v.Len(), p.count(depth)
	p.out.WriteString("[")
	for i := 0; i < n; i++ {
		if i > 0 {
			p.out.WriteString(" ")
		}
		if i == most-tailItems && n > most {
			fmt.Fprintf(&p.out, "… %d more … ", n-most)
			i = n - tailItems
		}
		p.value(v.Index(i), depth+1)
	}
	p.out.WriteString("]")
}

func (p *printer) mapping(v reflect.Value, depth int) {
	most := p.count(depth)
	p.out.WriteString("map[")
	for i, key := range firstKeys(v, most) {
		if i > 0 {
			p.out.WriteString(" ")
		}
		p.value(key, depth+1)
		p.out.WriteString(":")
		p.value(v.MapIndex(key), depth+1)
	}
	if more := v.Len() - most; more > 0 {
		fmt.Fprintf(&p.out, " … %d more", more)
	}
	p.out.WriteString("]")
}

// firstKeys returns the first n keys of a map in order.
func firstKeys(m reflect.Value, n int) []reflect.Value {
	keys := make([]reflect.Value, 0, min(n, m.Len())+1)
	for it := m.MapRange(); it.Next(); {
		key := it.Key()
		if len(keys) == n && compareKeys(key, keys[n-1]) >= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(keys, key, compareKeys)
		keys = slices.Insert(keys, at, key)
		keys = keys[:min(len(keys), n)]
	}
	return keys
}

// compareKeys orders keys: numbers by size, others by their text.
func compareKeys(a, b reflect.Value) int {
	if a.Kind() == reflect.Interface {
		a = a.Elem()
	}
	if b.Kind() == reflect.Interface {
		b = b.Elem()
	}
	if a.Kind() != b.Kind() {
		return cmp.Compare(a.Kind(), b.Kind())
	}
	switch {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	case a.Kind() == reflect.String:
		return cmp.Compare(a.String(), b.String())
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
