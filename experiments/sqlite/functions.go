package sqlite

import (
	"regexp"
	"sync"

	"github.com/mattn/go-sqlite3"
)

// registerFunctions gives a connection the operator REGEXP in the syntax of
// package regexp, and the functions that look steps up.
func registerFunctions(conn *sqlite3.SQLiteConn) error {
	for name, f := range map[string]any{"regexp": matchRegexp, "chunk_at": chunkAt, "tail_at": tailAt} {
		if err := conn.RegisterFunc(name, f, true); err != nil {
			return err
		}
	}
	return nil
}

// patterns holds compiled expressions by their text.
var patterns sync.Map

func matchRegexp(pattern string, text any) (any, error) {
	s, ok := text.(string)
	if !ok { // NULL, which the driver gives as an empty []byte
		return nil, nil
	}
	re, ok := patterns.Load(pattern)
	if !ok {
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			return nil, err
		}
		re, _ = patterns.LoadOrStore(pattern, compiled)
	}
	return re.(*regexp.Regexp).MatchString(s), nil
}
