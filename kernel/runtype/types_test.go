package runtype_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"sort"
	"strings"
	"testing"

	"github.com/lectern-go/lectern/kernel/runtype"
)

// source declares types that the test makes; methods do what program says.
const source = `package main

type Celsius float64
func (c Celsius) String() string { return "" }

type Point struct { X, Y int }
func (p Point) String() string { return "" }
func (p *Point) Move(dx, dy int) {}
func (p Point) secret() int { return 0 }

type List struct { Next *List; Val any; byName map[string]List; kids []List }
type Tree[T any] struct { Left, Right *Tree[T]; Val T }
type Pair[K comparable, V any] struct { Key K; Val V }
type Named struct { Point; Name string ` + "`json:\"name\"`" + ` }
type ByLen []string
func (b ByLen) Len() int { return 0 }
func (b ByLen) Less(i, j int) bool { return false }
func (b ByLen) Swap(i, j int) {}
type Handler func(a int, b string) error
func (h Handler) Serve() int { return 0 }
type Shape interface { Area() float64; name() string }
type Set map[Point]bool
type Blank struct { A int; _ int }
type Big struct { A, B, C, D, E, F, G, H, I, J, K, L int }
func (b Big) Many(i int, f float64, s string, p Point, big Big, rest ...int) (int, float64, string, Big, error) { return 0, 0, "", b, nil }
type Err struct{ Code int }
func (e *Err) Error() string { return "" }
type Ref struct { P *int }
func (r Ref) Get() int { return 0 }
type Odd struct { e struct { Point; int } }

var T1 Tree[Point]
var T2 Pair[string, []Celsius]
`

type made struct {
	ts  *runtype.Types
	pkg *types.Package
}

func newMade(t *testing.T) *made {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "main.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{}).Check("session/c1", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ts, err := runtype.New(runtype.Config{
		User: func(p *types.Package) bool { return p == pkg },
		Method: func(sel *types.Selection) func([]reflect.Value) []reflect.Value {
			return func(args []reflect.Value) []reflect.Value { return methods(sel, args) }
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &made{ts, pkg}
}

func (m *made) typ(t *testing.T, name string) reflect.Type {
	t.Helper()
	r, err := m.ts.Of(m.pkg.Scope().Lookup(name).Type())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// methods runs the methods of source.
func methods(sel *types.Selection, args []reflect.Value) []reflect.Value {
	recv := args[0]
	if recv.Kind() == reflect.Pointer && recv.Type().String() != "*main.Err" && sel.Obj().Name() != "Move" {
		recv = recv.Elem()
	}
	switch sel.Obj().Name() {
	case "String":
		if recv.Kind() == reflect.Float64 {
			return []reflect.Value{reflect.ValueOf(fmt.Sprintf("%g°C", recv.Float()))}
		}
		if recv.NumField() == 2 && recv.Field(0).Kind() == reflect.Struct {
			recv = recv.Field(0)
		}
		return []reflect.Value{reflect.ValueOf(fmt.Sprintf("(%d|%d)", recv.Field(0).Int(), recv.Field(1).Int()))}
	case "Move":
		p := recv.Elem()
		if p.NumField() == 2 && p.Field(0).Kind() == reflect.Struct {
			p = p.Field(0)
		}
		p.Field(0).SetInt(p.Field(0).Int() + args[1].Int())
		p.Field(1).SetInt(p.Field(1).Int() + args[2].Int())
		return nil
	case "Len":
		return []reflect.Value{reflect.ValueOf(recv.Len())}
	case "Less":
		return []reflect.Value{reflect.ValueOf(recv.Index(int(args[1].Int())).Len() < recv.Index(int(args[2].Int())).Len())}
	case "Swap":
		reflect.Swapper(recv.Interface())(int(args[1].Int()), int(args[2].Int()))
		return nil
	case "Many":
		sum := args[1].Int() + int64(args[6].Len())
		return []reflect.Value{reflect.ValueOf(int(sum)), args[2], args[3], args[5], reflect.Zero(reflect.TypeFor[error]())}
	case "Error":
		return []reflect.Value{reflect.ValueOf(fmt.Sprintf("code %d", recv.Elem().Field(0).Int()))}
	case "Get":
		return []reflect.Value{recv.Field(0).Elem()}
	}
	return []reflect.Value{reflect.ValueOf(7)}
}

func TestFormat(t *testing.T) {
	m := newMade(t)
	point := reflect.New(m.typ(t, "Point")).Elem()
	point.Field(0).SetInt(3)
	named := reflect.New(m.typ(t, "Named")).Elem()
	named.Field(1).SetString("n")
	list := reflect.New(m.typ(t, "List"))
	list.Elem().Field(0).Set(list)
	big := reflect.New(m.typ(t, "Big")).Elem()
	tests := []struct{ got, want string }{
		{fmt.Sprintf("%v %T %T", point, point.Interface(), point.Addr().Interface()), "(3|0) main.Point *main.Point"},
		{fmt.Sprintf("%+v %T", named.Interface(), named.Interface()), "(0|0) main.Named"},
		{fmt.Sprintf("%T %T", reflect.Zero(m.typ(t, "T1")).Interface(), reflect.Zero(m.typ(t, "T2")).Interface()), "main.Tree[main.Point] main.Pair[string,[]main.Celsius]"},
		{fmt.Sprint(reflect.ValueOf(36.6).Convert(m.typ(t, "Celsius"))), "36.6°C"},
		{fmt.Sprint(m.typ(t, "List").Field(2).Type, " ", m.typ(t, "List").Field(2).PkgPath), "map[string]main.List main"},
		{fmt.Sprint(m.typ(t, "Handler"), m.typ(t, "Handler").In(1), m.typ(t, "Handler").NumMethod()), "main.Handler string 1"},
		{fmt.Sprint(m.typ(t, "Shape").NumMethod(), m.typ(t, "Shape").Method(0).Type), "2 func() float64"},
		{fmt.Sprint(m.typ(t, "Odd").Field(0).Type), "struct { main.Point; int }"},
		{fmt.Sprint(big.Method(0).Call([]reflect.Value{
			reflect.ValueOf(40), reflect.ValueOf(1.5), reflect.ValueOf("s"), point, big, reflect.ValueOf(1), reflect.ValueOf(2),
		})[0]), "42"},
		{fmt.Sprint(m.typ(t, "Big").Method(0).Func.Call([]reflect.Value{
			big, reflect.ValueOf(40), reflect.ValueOf(1.5), reflect.ValueOf("s"), point, big,
		})[2]), "s"},
		{fmt.Sprint(m.typ(t, "Point").NumMethod(), reflect.PointerTo(m.typ(t, "Point")).NumMethod()), "1 2"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}

func TestInterfaces(t *testing.T) {
	m := newMade(t)
	point := reflect.New(m.typ(t, "Point"))
	mover, ok := point.Interface().(interface{ Move(dx, dy int) })
	if !ok {
		t.Fatal("*Point has no Move")
	}
	mover.Move(2, 5)
	if s := point.Elem().Interface().(fmt.Stringer).String(); s != "(2|5)" {
		t.Error(s)
	}
	n := 9
	ref := reflect.New(m.typ(t, "Ref")).Elem()
	ref.Field(0).Set(reflect.ValueOf(&n))
	if got := ref.Interface().(interface{ Get() int }).Get(); got != 9 {
		t.Error(got)
	}
	words := reflect.ValueOf([]string{"ccc", "a", "bb"}).Convert(m.typ(t, "ByLen"))
	sort.Sort(words.Interface().(sort.Interface))
	if got := fmt.Sprint(words); got != "[a bb ccc]" {
		t.Error(got)
	}
	e := reflect.New(m.typ(t, "Err"))
	if got := fmt.Errorf("wrapped: %w", e.Interface().(error)).Error(); got != "wrapped: code 0" {
		t.Error(got)
	}
	if _, ok := point.Interface().(error); ok {
		t.Error("*Point is an error")
	}
	shape := m.typ(t, "Shape")
	if point.Type().Implements(shape) {
		t.Error("*Point implements Shape")
	}
}

func TestJSONAndMaps(t *testing.T) {
	m := newMade(t)
	named := reflect.New(m.typ(t, "Named"))
	if err := json.Unmarshal([]byte(`{"X":1,"Y":2,"name":"a"}`), named.Interface()); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(named.Interface())
	if err != nil || string(b) != `{"X":1,"Y":2,"name":"a"}` {
		t.Errorf("%s %v", b, err)
	}
	set := reflect.MakeMap(m.typ(t, "Set"))
	point := reflect.New(m.typ(t, "Point")).Elem()
	for i := range 100 {
		point.Field(0).SetInt(int64(i % 10))
		set.SetMapIndex(point, reflect.ValueOf(true))
	}
	if set.Len() != 10 {
		t.Error(set.Len())
	}
	blank := m.typ(t, "Blank")
	a, c := reflect.New(blank).Elem(), reflect.New(blank).Elem()
	reflect.NewAt(reflect.TypeFor[int](), c.Field(1).Addr().UnsafePointer()).Elem().SetInt(5)
	if a.Interface() != c.Interface() {
		t.Error("blank fields are compared")
	}
}

// TestGarbageCollection keeps values of made types while memory is collected and
// overwritten.
func TestGarbageCollection(t *testing.T) {
	m := newMade(t)
	list := m.typ(t, "List")
	head := reflect.Zero(reflect.PointerTo(list))
	var named []any
	for i := range 2000 {
		node := reflect.New(list)
		node.Elem().Field(0).Set(head)
		node.Elem().Field(1).Set(reflect.ValueOf(strings.Repeat("x", i%50)))
		head = node
		n := reflect.New(m.typ(t, "Named")).Elem()
		n.Field(1).SetString(strings.Repeat("n", i%20))
		named = append(named, n.Interface())
		if i%100 == 0 {
			runtime.GC()
		}
	}
	runtime.GC()
	for i := 1999; i >= 0; i-- {
		if got := head.Elem().Field(1).Interface().(string); len(got) != i%50 {
			t.Fatalf("node %d has %q", i, got)
		}
		head = head.Elem().Field(0)
		if s := named[i].(fmt.Stringer).String(); s != "(0|0)" {
			t.Fatal(s)
		}
	}
}
