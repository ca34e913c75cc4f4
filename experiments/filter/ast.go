package filter

// Type is the type of an expression.
type Type int

// The types. A param is Any: text that may be a number.
const (
	Number Type = iota
	Text
	Bool
	Any
)

// String names the type as messages do.
func (t Type) String() string { return [...]string{"a number", "text", "a condition", "a param"}[t] }

// Expr is an expression: [*Literal], [*Ref], [*Unary], [*Binary], [*Match],
// [*In] or [*IsNull].
type Expr interface {
	// Type returns the type of the expression.
	Type() Type
	// pos returns where the expression begins, in bytes.
	pos() int
}

type position int

func (p position) pos() int { return int(p) }

// Literal is a number or a string.
type Literal struct {
	position
	Text   string
	Number float64
	IsText bool
}

// Type returns Number or Text.
func (l *Literal) Type() Type {
	if l.IsText {
		return Text
	}
	return Number
}

// Kind says what a Ref refers to.
type Kind int

// The kinds of names.
const (
	Metric Kind = iota
	Param
	Tag
	Attribute
)

// Ref refers to something of a run.
type Ref struct {
	position
	Kind Kind
	Key  string // of a metric, param or tag; or an attribute
	// Stat is "last", "first", "min", "max", "mean", "slope", "count",
	// "nans" or "at" for a metric. Best has become "min" or "max".
	Stat string
	Step int64 // of at
	// AsNumber says that a param is used as a number.
	AsNumber bool
}

// attributes maps the names of attributes and their other spellings.
var attributes = map[string]string{
	"run_id": "run_id", "run_name": "run_name", "run name": "run_name", "name": "run_name", "status": "status",
	"user_id": "user_id", "user": "user_id", "artifact_uri": "artifact_uri", "experiment": "experiment",
	"experiment_id": "experiment_id", "start_time": "start_time", "created": "start_time", "end_time": "end_time",
	"heartbeat": "heartbeat", "duration": "duration",
}

// Type returns the type of what is referred to.
func (r *Ref) Type() Type {
	switch {
	case r.Kind == Metric, r.AsNumber:
		return Number
	case r.Kind == Param:
		return Any
	case r.Kind == Tag:
		return Text
	case r.isTime(), r.Key == "duration":
		return Number
	}
	return Text
}

// isTime reports whether the attribute is a time.
func (r *Ref) isTime() bool {
	return r.Kind == Attribute && (r.Key == "start_time" || r.Key == "end_time" || r.Key == "heartbeat")
}

// Unary is Op X.
type Unary struct {
	position
	Op string // "-", "not" or "abs"
	X  Expr
}

// Type returns Bool for not, else Number.
func (u *Unary) Type() Type {
	if u.Op == "not" {
		return Bool
	}
	return Number
}

// Binary is X Op Y.
type Binary struct {
	position
	Op   string // "+" "-" "*" "/" "=" "!=" "<" "<=" ">" ">=" "and" "or"
	X, Y Expr
}

// Type returns Number for arithmetic, else Bool.
func (b *Binary) Type() Type {
	switch b.Op {
	case "+", "-", "*", "/":
		return Number
	}
	return Bool
}

// Match compares text with a pattern.
type Match struct {
	position
	X       Expr
	Op      string // "like", "ilike" or "=~"
	Pattern string
	Not     bool
}

// Type returns Bool.
func (*Match) Type() Type { return Bool }

// In reports whether X is in a list.
type In struct {
	position
	X    Expr
	List []*Literal // all of X's type
	Not  bool
}

// Type returns Bool.
func (*In) Type() Type { return Bool }

// IsNull reports whether a run lacks X.
type IsNull struct {
	position
	X   Expr
	Not bool
}

// Type returns Bool.
func (*IsNull) Type() Type { return Bool }

// Walk calls f for e and everything in it.
func Walk(e Expr, f func(Expr)) {
	f(e)
	switch e := e.(type) {
	case *Unary:
		Walk(e.X, f)
	case *Binary:
		Walk(e.X, f)
		Walk(e.Y, f)
	case *Match:
		Walk(e.X, f)
	case *In:
		Walk(e.X, f)
	case *IsNull:
		Walk(e.X, f)
	}
}
