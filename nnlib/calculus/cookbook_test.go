package calculus

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// cookbookCase is an equation of Petersen and Pedersen, The Matrix Cookbook
// (version of November 15, 2012), chapter 2. Every case is compared with the
// numbers; where book is set, the Cookbook's own form of the result is evaluated
// too and must be equal.
type cookbookCase struct {
	number  string
	formula string // with declarations
	wrt     string
	want    string // our form
	book    string // the Cookbook's form, where it differs from ours
	// jacobian, differential and hessian say what is asked for instead of a
	// gradient.
	jacobian, differential, hessian bool
}

// cookbookCases leave out what is not a derivative by a whole vector or matrix
// (47, 50, 60, 73 to 75, 79, 80, 90: single entries), complex matrices (45, 89),
// and eigenvalues.
var cookbookCases = []cookbookCase{
	// Differentials. The Cookbook's A in (33) does not depend on X.
	{number: "33", formula: "A + 0 X", wrt: "X", want: "0", differential: true},
	{number: "34", formula: "α X", wrt: "X", want: "α dX", differential: true},
	{number: "35", formula: "X + Y", wrt: "X", want: "dX", differential: true},
	{number: "36", formula: "tr(X)", wrt: "X", want: "tr(dX)", differential: true},
	{number: "37", formula: "X Y X", wrt: "X", want: "dX Y X + X Y dX", differential: true},
	{number: "38", formula: "X ∘ Y", wrt: "X", want: "dX ∘ Y", differential: true},
	{number: "39", formula: "X ⊗ Y; X: 2×3; Y: 2×2", wrt: "X", want: "dX ⊗ Y", differential: true},
	{number: "40", formula: "inv(X)", wrt: "X", want: "−X⁻¹dX X⁻¹", differential: true},
	{number: "42", formula: "det(X)", wrt: "X", want: "det(X)tr(X⁻¹dX)", differential: true},
	{number: "43", formula: "log |det(X)|", wrt: "X", want: "tr(X⁻¹dX)", differential: true},
	{number: "44", formula: "X'", wrt: "X", want: "dXᵀ", differential: true},

	// 2.1 Determinants.
	{number: "46", formula: "det(A + x B); x: scalar", wrt: "x", want: "det(A + x B)tr((A + x B)⁻¹B)"},
	{number: "49", formula: "det(X)", wrt: "X", want: "det(X)X⁻ᵀ"},
	{number: "51", formula: "det(A X B); A: 3×3; B: 3×3", wrt: "X", want: "det(A X B)Aᵀ(BᵀXᵀAᵀ)⁻¹Bᵀ", book: "det(A X B) inv(X)'"},
	{number: "52", formula: "det(X' A X); A: 3×3 symmetric; X: 3×3", wrt: "X", want: "2det(XᵀA X)A X (XᵀA X)⁻¹", book: "2 det(X' A X) inv(X)'"},
	{number: "53", formula: "det(X' A X); A: 4×4 symmetric; X: 4×2", wrt: "X", want: "2det(XᵀA X)A X (XᵀA X)⁻¹"},
	{number: "54", formula: "det(X' A X); A: 4×4; X: 4×2", wrt: "X", want: "det(XᵀA X)(A X (XᵀA X)⁻¹ + AᵀX (XᵀAᵀX)⁻¹)"},
	{number: "55", formula: "log det(X' X); X: 4×2", wrt: "X", want: "2X (XᵀX)⁻¹", book: "2 (inv(X' X) X')'"},
	{number: "57", formula: "log |det(X)|", wrt: "X", want: "X⁻ᵀ"},
	{number: "58", formula: "det(X^3)", wrt: "X", want: "3det(X)³X⁻ᵀ", book: "3 det(X^3) inv(X)'"},

	// 2.2 Inverses.
	{number: "59", formula: "inv(A + x B); x: scalar", wrt: "x", want: "−(A + x B)⁻¹B (A + x B)⁻¹"},
	{number: "61", formula: "a' inv(X) b", wrt: "X", want: "−X⁻ᵀa bᵀX⁻ᵀ"},
	{number: "62", formula: "det(inv(X))", wrt: "X", want: "−X⁻ᵀ / det(X)", book: "−det(inv(X)) inv(X)'"},
	{number: "63", formula: "tr(A inv(X) B)", wrt: "X", want: "−X⁻ᵀAᵀBᵀX⁻ᵀ", book: "−(inv(X) B A inv(X))'"},
	{number: "64", formula: "tr(inv(X + A))", wrt: "X", want: "−(X + A)ᵀ⁻²", book: "−(inv(X + A) inv(X + A))'"},

	// 2.4 Vectors and scalar forms.
	{number: "69a", formula: "x' a", wrt: "x", want: "a"},
	{number: "69b", formula: "a' x", wrt: "x", want: "a"},
	{number: "70", formula: "a' X b", wrt: "X", want: "a bᵀ"},
	{number: "71", formula: "a' X' b", wrt: "X", want: "b aᵀ"},
	{number: "72a", formula: "a' X a", wrt: "X", want: "a aᵀ"},
	{number: "72b", formula: "a' X' a", wrt: "X", want: "a aᵀ"},
	{number: "76", formula: "sum(X)^2", wrt: "X", want: "2sum(X)ones(n, m)"},
	{number: "77", formula: "b' X' X c", wrt: "X", want: "X (b cᵀ + c bᵀ)"},
	{number: "78", formula: "(B x + b)' C (D x + d)", wrt: "x", want: "BᵀC (D x + d) + DᵀCᵀ(B x + b)"},
	{number: "81", formula: "x' B x", wrt: "x", want: "(B + Bᵀ)x"},
	{number: "82", formula: "b' X' D X c", wrt: "X", want: "D X c bᵀ + DᵀX b cᵀ"},
	{number: "83", formula: "(X b + c)' D (X b + c)", wrt: "X", want: "(D + Dᵀ)(X b + c)bᵀ"},
	{number: "84", formula: "(x − A s)' W (x − A s); s: 3; W: n×n symmetric", wrt: "s", want: "−2AᵀW (x − A s)"},
	{number: "85", formula: "(x − s)' W (x − s); s: n; W: n×n symmetric", wrt: "x", want: "2W (x − s)"},
	{number: "86", formula: "(x − s)' W (x − s); s: n; W: n×n symmetric", wrt: "s", want: "−2W (x − s)"},
	{number: "87", formula: "(x − A s)' W (x − A s); s: 3; W: n×n symmetric", wrt: "x", want: "2W (x − A s)"},
	{number: "88", formula: "(x − A s)' W (x − A s); s: 3; W: n×n symmetric", wrt: "A", want: "−2W (x − A s)sᵀ"},
	{number: "91", formula: "a' X^3 b", wrt: "X", want: "a bᵀXᵀ² + Xᵀa bᵀXᵀ + Xᵀ²a bᵀ", book: "a b' (X^2)' + X' a b' X' + (X^2)' a b'"},
	// (92) as printed has the first term transposed, which the numbers refute.
	{number: "92", formula: "a' (X^2)' X^2 b", wrt: "X", want: "", book: "(X a b' (X^2)' + a b' (X^2)' X)' + X' X^2 a b' + X^2 a b' X'"},
	{number: "95", formula: "((A x)' (A x)) / ((B x)' (B x))", wrt: "x", want: "", book: "2 A' A x / (x' B' B x) − 2 (x' A' A x / (x' B' B x)^2) B' B x"},
	{number: "97", formula: "x' A x + b' x", wrt: "x", want: "(A + Aᵀ)x + b"},
	{number: "98", formula: "x' A x + b' x", wrt: "x", want: "A + Aᵀ", hessian: true},

	// 2.5 Traces, first order.
	{number: "99", formula: "tr(X)", wrt: "X", want: "I"},
	{number: "100", formula: "tr(X A)", wrt: "X", want: "Aᵀ"},
	{number: "101", formula: "tr(A X B)", wrt: "X", want: "AᵀBᵀ"},
	{number: "102", formula: "tr(A X' B)", wrt: "X", want: "B A"},
	{number: "103", formula: "tr(X' A)", wrt: "X", want: "A"},
	{number: "104", formula: "tr(A X')", wrt: "X", want: "A"},
	{number: "105", formula: "tr(A ⊗ X)", wrt: "X", want: "tr(A)I"},
	// Second order.
	{number: "106", formula: "tr(X^2)", wrt: "X", want: "2Xᵀ"},
	{number: "107", formula: "tr(X^2 B)", wrt: "X", want: "BᵀXᵀ + XᵀBᵀ", book: "(X B + B X)'"},
	{number: "108", formula: "tr(X' B X)", wrt: "X", want: "(B + Bᵀ)X", book: "B X + B' X"},
	{number: "109", formula: "tr(B X X')", wrt: "X", want: "(B + Bᵀ)X", book: "B X + B' X"},
	{number: "110", formula: "tr(X X' B)", wrt: "X", want: "(B + Bᵀ)X", book: "B X + B' X"},
	{number: "111", formula: "tr(X B X')", wrt: "X", want: "X (B + Bᵀ)", book: "X B' + X B"},
	{number: "112", formula: "tr(B X' X)", wrt: "X", want: "X (B + Bᵀ)", book: "X B' + X B"},
	{number: "113", formula: "tr(X' X B)", wrt: "X", want: "X (B + Bᵀ)", book: "X B' + X B"},
	{number: "114", formula: "tr(A X B X)", wrt: "X", want: "", book: "A' X' B' + B' X' A'"},
	{number: "115a", formula: "tr(X' X)", wrt: "X", want: "2X"},
	{number: "115b", formula: "tr(X X')", wrt: "X", want: "2X"},
	{number: "116", formula: "tr(B' X' C X B)", wrt: "X", want: "(C + Cᵀ)X B Bᵀ", book: "C' X B B' + C X B B'"},
	{number: "117", formula: "tr(X' B X C)", wrt: "X", want: "B X C + BᵀX Cᵀ"},
	{number: "118", formula: "tr(A X B X' C)", wrt: "X", want: "C A X B + AᵀCᵀX Bᵀ", book: "A' C' X B' + C A X B"},
	{number: "119", formula: "tr((A X B + C) (A X B + C)')", wrt: "X", want: "2Aᵀ(A X B + C)Bᵀ"},
	{number: "120", formula: "tr(X ⊗ X)", wrt: "X", want: "2tr(X)I"},
	// Higher order.
	{number: "121", formula: "tr(X^4)", wrt: "X", want: "4Xᵀ³", book: "4 (X^3)'"},
	{number: "122", formula: "tr(A X^3)", wrt: "X", want: "", book: "(A X^2)' + (X A X)' + (X^2 A)'"},
	{number: "123", formula: "tr(B' X' C X X' C X B)", wrt: "X", want: "", book: "C X X' C X B B' + C' X B B' X' C' X + C X B B' X' C X + C' X X' C' X B B'"},
	// Other.
	{number: "124", formula: "tr(A inv(X) B)", wrt: "X", want: "−X⁻ᵀAᵀBᵀX⁻ᵀ", book: "−inv(X)' A' B' inv(X)'"},
	// The Cookbook's (125) to (127) take B and C as symmetric.
	{number: "125", formula: "tr(inv(X' C X) A); C: 4×4 symmetric; X: 4×2", wrt: "X", want: "", book: "−(C X inv(X' C X)) (A + A') inv(X' C X)"},
	{number: "126", formula: "tr(inv(X' C X) (X' B X)); B: 4×4 symmetric; C: 4×4 symmetric; X: 4×2", wrt: "X", want: "", book: "−2 C X inv(X' C X) X' B X inv(X' C X) + 2 B X inv(X' C X)"},
	{number: "127", formula: "tr(inv(A + X' C X) (X' B X)); A: m×m symmetric; B: n×n symmetric; C: n×n symmetric; X: n×m", wrt: "X", want: "", book: "−2 C X inv(A + X' C X) X' B X inv(A + X' C X) + 2 B X inv(A + X' C X)"},

	// 2.6 Norms.
	{number: "129", formula: "‖x − a‖", wrt: "x", want: "(x − a) / ‖x − a‖"},
	{number: "130", formula: "(x − a) / ‖x − a‖", wrt: "x", want: "", book: "I / ‖x − a‖ − (x − a) (x − a)' / ‖x − a‖^3", jacobian: true},
	{number: "131", formula: "‖x‖^2", wrt: "x", want: "2x"},
	{number: "132", formula: "‖X‖_F^2", wrt: "X", want: "2X"},
}

func TestMatrixCookbook(t *testing.T) {
	if len(cookbookCases) < 60 {
		t.Fatalf("%d cases, want at least 60", len(cookbookCases))
	}
	for _, tt := range cookbookCases {
		t.Run("eq "+tt.number, func(t *testing.T) {
			t.Parallel()
			f, err := Parse(tt.formula)
			if err != nil {
				t.Fatal(err)
			}
			d := tt.derive(f)
			got := d.Formula()
			if d.results[0].expr.isZero() {
				got = "0"
			}
			if tt.want != "" && got != tt.want {
				t.Errorf("%s by %s\n got %s\nwant %s", tt.formula, tt.wrt, got, tt.want)
			}
			for seed := range uint64(3) {
				if r := d.Check(seed); !r.Passed {
					t.Errorf("%s: %s", d, r)
				}
			}
			if tt.book != "" {
				tt.compareWithBook(t, f, d)
			}
		})
	}
}

func (tt cookbookCase) derive(f *Formula) *Derivative {
	switch {
	case tt.differential:
		return f.Differential(tt.wrt)
	case tt.hessian:
		return f.Hessian(tt.wrt)
	case tt.jacobian:
		return f.Jacobian(tt.wrt)
	}
	return f.Grad(tt.wrt)
}

// compareWithBook evaluates the Cookbook's form at a random point and compares
// it with ours.
func (tt cookbookCase) compareWithBook(t *testing.T, f *Formula, d *Derivative) {
	t.Helper()
	values := cookbookPoint(f)
	ours, err := d.Eval(values)
	if err != nil {
		t.Fatal(err)
	}
	// The book's form gets the shapes of the variables that it has.
	text := tt.book
	given := Values{}
	for _, v := range f.vars {
		if m := values[v.name].(*Matrix); hasName(tt.book, v.name) {
			text += fmt.Sprintf("\n%s: %d×%d", v.name, m.Rows, m.Cols)
			given[v.name] = m
		}
	}
	book, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := book.Eval(given)
	if err != nil {
		t.Fatal(err)
	}
	if theirs.Rows != ours.Rows || theirs.Cols != ours.Cols {
		t.Fatalf("the Cookbook's %s is %d×%d, ours %s is %d×%d", tt.book, theirs.Rows, theirs.Cols, d, ours.Rows, ours.Cols)
	}
	scale := max(1, largest(ours.Data))
	for i := range ours.Data {
		if diff := math.Abs(ours.Data[i] - theirs.Data[i]); !(diff <= checkTolerance*scale) {
			t.Errorf("element %d: the Cookbook's %s is %g, ours %s is %g", i, tt.book, theirs.Data[i], d, ours.Data[i])
		}
	}
}

// cookbookPoint draws values with dominant diagonals, so that inverses exist.
func cookbookPoint(f *Formula) Values {
	values, _ := f.randomValues(rand.New(rand.NewPCG(7, 7)), 2)
	return values
}

func hasName(formula, name string) bool {
	tokens, err := tokenize(formula)
	return err == nil && slices.ContainsFunc(tokens, func(t token) bool { return t.kind == tokenName && t.text == name })
}
