package compile

var sameCells = []testCell{
	{imports: "fmt encoding/json reflect", code: `
type §point struct {
	§x, §y int
	Label  string ` + "`json:\"label\"`" + `
}

func (p §point) §area() int     { return p.§x * p.§y }
func (p §point) Area() int      { return p.§area() }
func (p *§point) §grow(by int)  { p.§x += by }

type §shape interface{ §area() int }

type §inner struct{ §n int }
type §outer struct {
	§inner
	*§point
	Exported §inner
	§list []§inner
	§m map[string]§inner
	§any any
}

type §pair[A, B any] struct {
	§a A
	B B
}

func (p §pair[A, B]) §first() A { return p.§a }

type §celsius float64
func (c §celsius) String() string { return fmt.Sprintf("%.1f°", float64(c)) }

// Only the second cell calls these methods, through interfaces of its own.
type §lonely struct{ §n int }

func (l §lonely) §private() int  { return l.§n }
func (l *§lonely) §private2() int { return l.§n + 1 }
func (l §lonely) Public() int    { return l.§n + 2 }

type §list[T any] struct { §next *§list[T]; §v T }

var ¶anyShape §shape

func ¶sum(ss ...§shape) (n int) {
	for _, s := range ss {
		n += s.§area()
	}
	return n + ¶anyShape.§area()
}

func (§outer) §inner2() §shape { return nil }

type §anon = struct{ §k int; V string }

func ¶newAnon() struct{ §k int; V string } { return struct{ §k int; V string }{1, "v"} }

func ¶show(vs ...any) {
	for _, v := range vs {
		fmt.Printf("%v | %+v | %T | %#v\n", v, v, v, v)
		b, err := json.Marshal(v)
		fmt.Println(string(b), err)
	}
}

func ¶describe(t reflect.Type) {
	fmt.Printf("%v name=%q pkg=%q kind=%v methods=%d\n", t, t.Name(), t.PkgPath(), t.Kind(), t.NumMethod())
	for i := range t.NumMethod() {
		fmt.Println("  method", t.Method(i).Name, t.Method(i).PkgPath, t.Method(i).Type)
	}
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			f := t.Field(i)
			fmt.Println("  field", f.Name, f.PkgPath, f.Type, f.Tag, f.Anonymous, f.IsExported(), f.Offset)
		}
	}
}

func ¶run() {
	p := §point{1, 2, "L"}
	o := §outer{§inner{1}, nil, §inner{2}, []§inner{{3}}, map[string]§inner{"k": {4}}, §inner{5}}
	¶show(p, o, §pair[int, §point]{1, p}, §pair[string, []§celsius]{"s", []§celsius{1.5}}, §celsius(36.6), []§celsius{1, 2},
		¶newAnon(), §list[§point]{nil, p}, map[§point]§celsius{p: 1}, struct{ §c §celsius; D §celsius }{1, 2})
	type §local struct{ §z int }
	¶show(§local{1}, §pair[struct{ §k int; V string "json:\"{ x\"" }, interface{ §area(x struct{ §y int }) int; Close() }]{}, §pair[§local, func(interface{ §a() })]{},
		[]struct{ §pair[int, §local]; §inner; §q interface{ §a() } }{}, §pair[struct{ §inner; §pair[§local, int] }, int]{}, [2]§local{})
	fmt.Printf("%T %T %T %T\n", &p, []*§point{}, func(§point) §shape { return nil }, make(chan §inner))
	for _, v := range []any{p, &p, o, ¶newAnon(), §celsius(1), §pair[§inner, error]{}, (*§shape)(nil)} {
		¶describe(reflect.TypeOf(v))
	}
	¶describe(reflect.TypeOf((*§shape)(nil)).Elem())
	¶describe(reflect.TypeOf((*interface{ §area() int; Close() error })(nil)).Elem())
}
`},
	{imports: "fmt reflect errors", code: `
type §square struct {
	c1.§point
	§side int
}

func (s §square) §area() int { return s.§side * s.§side }

type §circle struct{ §r int }

func (c *§circle) §area() int { return 3 * c.§r * c.§r }
func (c *§circle) §other()    {}

func ¶kind(x any) string {
	switch x := x.(type) {
	case c1.§point:
		return "point"
	case §square:
		return "square"
	case c1.§pair[int, c1.§point]:
		return fmt.Sprint("pair ", x.§a)
	case struct{ §k int; V string }:
		return fmt.Sprint("anon ", x.§k)
	case c1.§shape:
		return fmt.Sprint("shape ", x.§area())
	case interface{ §other() }:
		return "other"
	}
	return "unknown"
}

type §failure struct {
	error
	§code int
}

func (f §failure) Unwrap() error { return f.error }

func ¶run() {
	p := c1.§point{§x: 3, §y: 4}
	p.§grow(2)
	s := §square{p, 6}
	s.§x = 9
	var shapes = []c1.§shape{p, s, &§circle{1}, &p, c1.§outer{}.§inner2()}
	for _, x := range shapes {
		if x != nil {
			fmt.Println(x.§area(), ¶kind(x))
		}
	}
	c1.¶show(p, s, §circle{1}, shapes[:2], c1.§pair[§square, int]{s, 1})
	fmt.Println(¶kind(c1.§pair[int, c1.§point]{7, p}), ¶kind(c1.¶newAnon()), ¶kind(struct{ §k int; V string }{2, ""}), ¶kind(struct{ §k int }{2}))
	fmt.Println(any(c1.¶newAnon()) == any(struct{ §k int; V string }{1, "v"}), any(p) == any(c1.§point{5, 4, ""}))
	m := map[any]int{p: 1, c1.¶newAnon(): 2, s: 3}
	fmt.Println(m[c1.§point{5, 4, ""}], m[struct{ §k int; V string }{1, "v"}], m[s], len(m))
	var i any = s
	_, ok := i.(c1.§shape)
	_, ok2 := i.(interface{ §missing() })
	_, ok3 := i.(interface{ §area() int })
	fmt.Println(ok, ok2, ok3)
	c1.¶describe(reflect.TypeOf(s))
	c1.¶describe(reflect.TypeOf(&§circle{}))
	fmt.Println(reflect.TypeOf(p).Implements(reflect.TypeOf((*c1.§shape)(nil)).Elem()), reflect.TypeOf(s).Implements(reflect.TypeOf((*interface{ §area() int })(nil)).Elem()),
		reflect.TypeOf(§circle{}).Implements(reflect.TypeOf((*c1.§shape)(nil)).Elem()))
	fmt.Println(reflect.DeepEqual(s, §square{c1.§point{9, 4, ""}, 6}), reflect.ValueOf(p).Field(0).CanInterface(), reflect.ValueOf(p).FieldByName("x"))
	_, has := reflect.TypeOf(p).MethodByName("area")
	_, hasExported := reflect.TypeOf(p).MethodByName("Area")
	fmt.Println(has, hasExported, reflect.ValueOf(p).MethodByName("Area").Call(nil)[0])
	func() {
		defer func() { fmt.Println(recover()) }()
		reflect.ValueOf(&p).Elem().Field(0).SetInt(1)
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		fmt.Println(any(p).(interface{ §missing() }))
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		fmt.Println(i.(c1.§point))
	}()
	var err error = §failure{errors.New("inner"), 3}
	var target §failure
	fmt.Println(errors.As(fmt.Errorf("wrapped: %w", err), &target), target.§code, err)
	fmt.Printf("%+v %T\n", target, target)
	c1.¶anyShape = s
	lonely := c1.§lonely{5}
	fmt.Println(any(lonely).(interface{ §private() int }).§private(), any(&lonely).(interface{ §private2() int }).§private2(),
		any(lonely).(interface{ Public() int }).Public())
	fmt.Println(c1.¶sum(shapes[:3]...), c1.§pair[int, string]{4, ""}.§first())
}
`},
}
