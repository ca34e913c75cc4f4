package sqlite

import (
	"regexp"
	"sync"

	"github.com/mattn/go-sqlite3"
)

// registerFunctions gives a connection the operator REGEXP in the syntax of
// package regexp.
func registerFunctions(conn *sqlite3.SQLiteConn) error {
	return conn.RegisterFunc("regexp", matchRegexp, true)
}

// patterns holds compiled expressions by their text.
var patterns sync.Map

func matchRegexp(pattern, text string) (bool, error) {
	re, ok := patterns.Load(pattern)
	if !ok {
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			return false, err
		}
		re, _ = patterns.LoadOrStore(pattern, compiled)
	}
	return re.(*regexp.Regexp).MatchString(text), nil
}
