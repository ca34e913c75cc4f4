package calculus

// A syntax node is a parsed expression with its place in the text, before any
// shape is known.
type syntax struct {
	kind  syntaxKind
	at    span
	text  string  // the name, function or index
	value float64 // the number or exponent
	order int     // primes of a function
	lo    dim     // bounds of a slice
	hi    dim
	args  []*syntax
}

type syntaxKind uint8

const (
	syntaxNumber syntaxKind = iota
	syntaxName
	syntaxAdd
	syntaxSub
	syntaxNeg
	syntaxMul
	syntaxDiv
	syntaxHadamard
	syntaxHadamardDiv
	syntaxKronecker
	syntaxTranspose
	syntaxPow        // args[0]^value
	syntaxElementPow // args[0].^value
	syntaxCall       // text(args), order primes
	syntaxIndex      // args[0][text]
	syntaxSlice      // args[0][lo:hi]
	syntaxNorm       // ‖args[0]‖
	syntaxBars       // |args[0]|
	syntaxConcat     // [args[0]; args[1]; …]
)

// A statement defines or declares a name, or is a bare expression.
type statement struct {
	name  string // empty for a bare expression
	at    span   // of the name
	expr  *syntax
	shape string // the declaration's text: 8×20, onehot 5
	place span   // of the declaration's text
}

// matrixFunctions are the functions that are not element-wise, with their
// numbers of arguments.
var matrixFunctions = map[string]int{
	"det": 1, "logdet": 1, "tr": 1, "inv": 1, "sum": 1, "norm": 1, "softmax": 1, "logsoftmax": 1,
	"logsumexp": 1, "CE": 2, "diag": 1, "diagonal": 1, "vec": 1, "sqrt": 1, "square": 1, "sgn": 1,
	"max": 2, "min": 2,
	// dimensions as arguments
	"ones": -1, "zeros": -1, "eye": -1, "onehot": -1, "commutation": -1,
}

var matrixFunctionAliases = map[string]string{
	"Tr": "tr", "trace": "tr", "Trace": "tr", "inverse": "inv", "lse": "logsumexp", "LSE": "logsumexp",
	"crossentropy": "CE", "cross_entropy": "CE", "CrossEntropy": "CE", "sign": "sgn",
	"log_softmax": "logsoftmax", "Det": "det", "log_det": "logdet",
}

// functionName returns the canonical name of a function, or "".
func functionName(name string) string {
	if alias, ok := matrixFunctionAliases[name]; ok {
		return alias
	}
	if _, ok := matrixFunctions[name]; ok {
		return name
	}
	if f := findElementwise(name); f != nil {
		return f.name
	}
	return ""
}

func isFunctionName(name string) bool { return functionName(name) != "" }
