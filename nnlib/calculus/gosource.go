package calculus

import (
	"fmt"
	"go/format"
	gotoken "go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// GoSource returns the source of a Go function with the given name that computes
// the (first) derivative with gonum's mat package: scalars are float64, indices
// int, vectors and matrices *mat.Dense, in the order of Variables and then the
// indices. The function needs the imports math and gonum.org/v1/gonum/mat; helper
// functions follow it. At a kink it takes the slope 0 (0.01 for leakyrelu), as
// training code does, and it panics where an inverse does not exist.
//
// The error is an [*Error] if the derivative contains a function without a
// definition (see [Formula.Func]) or an operation that has no Go form.
func (d *Derivative) GoSource(name string) (string, error) {
	if !gotoken.IsIdentifier(name) {
		return "", &Error{Op: "GoSource", Message: fmt.Sprintf("%q is not a Go identifier", name)}
	}
	r := d.results[0]
	s := &goSource{d: d, names: map[*node]string{}, used: map[string]bool{"mat": true, "math": true, "t": true, name: true}, helpers: map[string]bool{}, pieces: map[*node]string{}}
	for _, helper := range goHelperNames {
		s.used[helper] = true
	}
	order := topological(r.expr)
	for _, n := range order {
		if n.op == opNamed {
			s.pieces[n.args[0]] = n.name
		}
	}
	params := s.parameters(order)
	s.dimensions(order)
	for _, n := range order {
		if err := s.statement(n); err != nil {
			return "", err
		}
	}
	result := "*mat.Dense"
	if r.expr.shape.isScalar() {
		result = "float64"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "// %s returns %s (%s).\n", name, strings.ReplaceAll(d.Of(r.name).String(), "\n", " "), r.expr.shape)
	fmt.Fprintf(&out, "func %s(%s) %s {\n%sreturn %s\n}\n", name, strings.Join(params, ", "), result, s.body.String(), s.names[r.expr])
	for _, helper := range goHelperNames {
		if s.helpers[helper] {
			out.WriteString("\n" + goHelpers[helper])
		}
	}
	source, err := format.Source([]byte(out.String()))
	if err != nil {
		return "", fmt.Errorf("calculus: GoSource: generated code does not parse: %w", err)
	}
	return string(source), nil
}

// goSource writes one Go statement for every node.
type goSource struct {
	d       *Derivative
	body    strings.Builder
	names   map[*node]string
	used    map[string]bool
	helpers map[string]bool
	// pieces are the names of what stands behind a name: z for W x + b.
	pieces      map[*node]string
	temporaries int
}

// identifier returns an unused Go name like the mathematical one.
func (s *goSource) identifier(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case greekNames[r] != "":
			b.WriteString(greekNames[r])
		case r == 'ŷ':
			b.WriteString("yhat")
		case r == combiningHat:
			b.WriteString("hat")
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_'):
			b.WriteRune(r)
		}
	}
	id := strings.ReplaceAll(b.String(), "_", "")
	if !gotoken.IsIdentifier(id) {
		id = "v" + id
	}
	for base, i := id, 2; s.used[id]; i++ {
		id = base + strconv.Itoa(i)
	}
	s.used[id] = true
	return id
}

func (s *goSource) parameters(order []*node) []string {
	var params []string
	for _, v := range s.d.formula.vars {
		for _, n := range order {
			if n.op != opVar || n.name != v.name {
				continue
			}
			id := s.identifier(v.name)
			s.names[n] = id
			kind := " *mat.Dense"
			if n.shape.isScalar() {
				kind = " float64"
			}
			params = append(params, id+kind)
		}
	}
	if s.d.differential {
		for _, n := range order {
			if n.op == opVar && s.names[n] == "" {
				s.names[n] = s.identifier(n.name)
				params = append(params, s.names[n]+" *mat.Dense")
			}
		}
	}
	for _, index := range s.d.formula.indices {
		if slices.ContainsFunc(order, func(n *node) bool { return n.index == index }) {
			s.used[index] = true
			params = append(params, index+" int")
		}
	}
	return params
}

// dimensions reads the symbolic dimensions that constants need off the
// parameters.
func (s *goSource) dimensions(order []*node) {
	needed := map[string]bool{}
	need := func(d dim) {
		for _, t := range d.terms {
			if t.coef != 0 {
				needed[t.symbol] = true
			}
		}
	}
	for _, n := range order {
		switch n.op {
		case opZero, opOnes, opIdentity, opOneHot, opSlice:
			need(n.shape.rows)
			need(n.offset)
			if n.op == opZero || n.op == opOnes {
				need(n.shape.cols)
			}
		}
	}
	for symbolName := range needed {
		if len(symbolName) > 0 {
			s.used[symbolName] = true
		}
	}
	for _, n := range order {
		if n.op != opVar {
			continue
		}
		for axis, d := range []dim{n.shape.rows, n.shape.cols} {
			t := d.terms[0]
			if t.coef == 1 && d == symbol(t.symbol) && needed[t.symbol] {
				pattern := "%s, _ := %s.Dims()\n"
				if axis == 1 {
					pattern = "_, %s := %s.Dims()\n"
				}
				fmt.Fprintf(&s.body, pattern, t.symbol, s.names[n])
				delete(needed, t.symbol)
			}
		}
	}
}

// goDim writes a dimension as a Go expression.
func goDim(d dim) string {
	var parts []string
	for _, t := range d.terms {
		switch t.coef {
		case 0:
		case 1:
			parts = append(parts, t.symbol)
		default:
			parts = append(parts, strconv.Itoa(t.coef)+"*"+t.symbol)
		}
	}
	if d.number != 0 || len(parts) == 0 {
		parts = append(parts, strconv.Itoa(d.number))
	}
	return strings.Join(parts, "+")
}

func (s *goSource) statement(n *node) error {
	if n.op == opVar {
		return nil
	}
	args := make([]string, len(n.args))
	for i, a := range n.args {
		args[i] = s.names[a]
	}
	if n.op == opNamed {
		s.names[n] = args[0] // which carries the name already
		return nil
	}
	if n.op == opConst {
		s.names[n] = "float64(" + strconv.FormatFloat(n.val, 'g', -1, 64) + ")"
		return nil
	}
	expr, err := s.expression(n, args)
	if err != nil {
		return err
	}
	s.names[n] = s.resultName(n)
	comment := ""
	if s.pieces[n] != "" {
		comment = " // " + printer{}.print(n)
	}
	fmt.Fprintf(&s.body, "%s := %s%s\n", s.names[n], expr, comment)
	return nil
}

// resultName returns the name of the piece that n is, or t1, t2, ….
func (s *goSource) resultName(n *node) string {
	if name, ok := s.pieces[n]; ok {
		return s.identifier(name)
	}
	s.temporaries++
	return s.identifier("t" + strconv.Itoa(s.temporaries))
}

func (s *goSource) call(helper string, args ...string) string {
	s.helpers[helper] = true
	for _, other := range goHelperUses[helper] {
		s.helpers[other] = true
	}
	return helper + "(" + strings.Join(args, ", ") + ")"
}

// expression returns the Go expression of a node.
func (s *goSource) expression(n *node, args []string) (string, error) {
	list := strings.Join(args, ", ")
	if n.shape.isScalar() && len(n.args) > 0 && n.args[0].shape.isScalar() {
		return s.scalarExpression(n, args)
	}
	switch n.op {
	case opZero:
		return fmt.Sprintf("mat.NewDense(%s, %s, nil)", goDim(n.shape.rows), goDim(n.shape.cols)), nil
	case opOnes:
		return s.call("ones", goDim(n.shape.rows), goDim(n.shape.cols)), nil
	case opIdentity:
		return s.call("identity", goDim(n.shape.rows)), nil
	case opOneHot:
		return s.call("oneHot", n.index, goDim(n.shape.rows)), nil
	case opAdd:
		return s.call("sum", list), nil
	case opHadamard:
		return s.call("hadamard", list), nil
	case opMul:
		return s.product(n, args), nil
	case opTranspose:
		return "mat.DenseCopyOf(" + list + ".T())", nil
	case opPower:
		return s.call("power", args[0], strconv.Itoa(n.k)), nil
	case opDet:
		return "mat.Det(" + list + ")", nil
	case opTrace:
		return "mat.Trace(" + list + ")", nil
	case opSum:
		return "mat.Sum(" + list + ")", nil
	case opNorm:
		return "mat.Norm(" + list + ", 2)", nil
	case opLogDet:
		return s.call("logDet", list), nil
	case opElementwise, opElementPow:
		f, err := s.function(n)
		return s.call("apply", f, args[0]), err
	case opSoftmax:
		return s.call("softmax", list), nil
	case opLogSumExp:
		return s.call("logSumExp", list), nil
	case opConcat:
		for i, a := range n.args {
			if a.shape.isScalar() {
				args[i] = s.call("column", "[]float64{"+args[i]+"}")
			}
		}
		return s.call("stack", strings.Join(args, ", ")), nil
	case opSlice:
		if n.shape.isScalar() {
			return fmt.Sprintf("%s.At(%s, 0)", args[0], goDim(n.offset)), nil
		}
		return s.call("rows", args[0], goDim(n.offset), goDim(n.shape.rows)), nil
	case opIndex:
		return fmt.Sprintf("%s.At(%s, 0)", args[0], n.index), nil
	case opRow:
		return s.call("column", fmt.Sprintf("mat.Row(nil, %s, %s)", n.index, args[0])), nil
	case opDiag:
		return s.call("diag", list), nil
	case opDiagonal:
		return s.call("diagonal", list), nil
	case opVec:
		return s.call("column", "mat.DenseCopyOf("+list+").RawMatrix().Data"), nil
	case opKronecker:
		return s.call("kronecker", list), nil
	}
	return "", &Error{Op: "GoSource", Message: "there is no Go form of " + printer{}.print(n)}
}

// scalarExpression writes operations on float64.
func (s *goSource) scalarExpression(n *node, args []string) (string, error) {
	switch n.op {
	case opAdd:
		return strings.Join(args, " + "), nil
	case opMul:
		return s.product(n, args), nil
	case opElementwise, opElementPow:
		f, err := s.function(n)
		return f + "(" + args[0] + ")", err
	}
	return "", &Error{Op: "GoSource", Message: "there is no Go form of " + printer{}.print(n)}
}

// product multiplies from the side of the vector, so that no matrix product is
// formed where a vector will do.
func (s *goSource) product(n *node, args []string) string {
	var factors []string
	if n.val != 1 {
		factors = append(factors, strconv.FormatFloat(n.val, 'g', -1, 64))
	}
	factors = append(factors, args[:n.scalars]...)
	scalar := strings.Join(factors, "*")
	chain := args[n.scalars:]
	if len(chain) == 0 {
		return scalar
	}
	product := chain[0]
	if n.chain()[len(chain)-1].shape.isColumn() {
		product = chain[len(chain)-1]
		for i := len(chain) - 2; i >= 0; i-- {
			product = s.call("multiply", chain[i], product)
		}
	} else {
		for _, c := range chain[1:] {
			product = s.call("multiply", product, c)
		}
	}
	switch {
	case n.shape.isScalar() && scalar != "":
		return scalar + "*" + product + ".At(0, 0)"
	case n.shape.isScalar():
		return product + ".At(0, 0)"
	case scalar != "":
		return s.call("scale", scalar, product)
	}
	return product
}

// function returns a Go function value for an element-wise node.
func (s *goSource) function(n *node) (string, error) {
	if n.op == opElementPow {
		return fmt.Sprintf("func(v float64) float64 { return math.Pow(v, %s) }", strconv.FormatFloat(n.val, 'g', -1, 64)), nil
	}
	name := n.name
	if defined, ok := s.d.formula.functions[name]; ok {
		name = defined
	}
	forms, ok := goFunctions[name]
	if !ok || n.k >= len(forms) {
		return "", &Error{Op: "GoSource", Message: fmt.Sprintf("%s has no Go form", printer{}.print(n)), Hint: `give it a meaning with Func("` + n.name + `", "tanh")`}
	}
	if strings.Contains(forms[n.k], "sigmoid(") {
		s.helpers["sigmoid"] = true
	}
	return "func(v float64) float64 { " + forms[n.k] + " }", nil
}
