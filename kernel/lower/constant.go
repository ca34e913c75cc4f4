package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"strconv"
	"strings"
)

// constant writes the value of a constant expression as a literal, converted
// to its type where the literal alone would get another.
func (l *lowering) constant(x ast.Expr, tv types.TypeAndValue) ast.Expr {
	t := types.Default(tv.Type)
	lit, plain := literal(tv.Value, t, x.Pos())
	if basic, ok := t.(*types.Basic); ok && plain || ok && basic.Kind() == types.Bool {
		return lit
	}
	typ := &ast.Ident{NamePos: x.Pos(), Name: l.typeText(t)} // printed as it stands
	return &ast.CallExpr{Fun: typ, Lparen: x.Pos(), Args: []ast.Expr{lit}, Rparen: x.Pos()}
}

// literal returns v as a literal, and whether the literal has type t by itself.
func literal(v constant.Value, t types.Type, pos token.Pos) (lit ast.Expr, plain bool) {
	basic, ok := t.Underlying().(*types.Basic)
	if !ok {
		basic = types.Typ[types.Int]
	}
	info := basic.Info()
	switch {
	case info&types.IsBoolean != 0:
		return &ast.Ident{NamePos: pos, Name: strconv.FormatBool(constant.BoolVal(v))}, true
	case info&types.IsString != 0:
		return &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(constant.StringVal(v))}, basic.Kind() == types.String
	case info&types.IsFloat != 0:
		return floatLiteral(v, basic, pos), basic.Kind() == types.Float64
	default:
		text := constant.ToInt(v).ExactString()
		var x ast.Expr = &ast.BasicLit{ValuePos: pos, Kind: token.INT, Value: strings.TrimPrefix(text, "-")}
		if strings.HasPrefix(text, "-") {
			x = &ast.ParenExpr{Lparen: pos, X: &ast.UnaryExpr{OpPos: pos, Op: token.SUB, X: x}, Rparen: pos}
		}
		return x, basic.Kind() == types.Int
	}
}

// floatLiteral writes the nearest float64 or float32 with as many digits as
// identify it.
func floatLiteral(v constant.Value, basic *types.Basic, pos token.Pos) ast.Expr {
	f, _ := constant.Float64Val(constant.ToFloat(v))
	bits := 64
	if basic.Kind() == types.Float32 {
		f32, _ := constant.Float32Val(constant.ToFloat(v))
		f, bits = float64(f32), 32
	}
	text := strconv.FormatFloat(math.Abs(f), 'g', -1, bits)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	var x ast.Expr = &ast.BasicLit{ValuePos: pos, Kind: token.FLOAT, Value: text}
	if f < 0 {
		x = &ast.ParenExpr{Lparen: pos, X: &ast.UnaryExpr{OpPos: pos, Op: token.SUB, X: x}, Rparen: pos}
	}
	return x
}
