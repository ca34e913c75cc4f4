package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"

	"github.com/lectern-go/lectern/experiments"
)

// wrap turns an error of SQLite into an [experiments.Error]. It is the one
// place where SQLite's codes become the tracker's.
func wrap(op, path string, err error) error {
	if err == nil {
		return nil
	}
	var known *experiments.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := &experiments.Error{Code: experiments.CodeInternal, Op: op, Message: path, Err: err}
	var se sqlite3.Error
	if !errors.As(err, &se) {
		return e
	}
	switch se.Code {
	case sqlite3.ErrFull:
		e.Code, e.Message = experiments.CodeFull, fmt.Sprintf("the disk of %s is full; make room and go on", path)
	case sqlite3.ErrReadonly:
		e.Code, e.Message = experiments.CodePermission, fmt.Sprintf("%s cannot be written: the file or its folder is read-only", path)
	case sqlite3.ErrPerm, sqlite3.ErrAuth:
		e.Code, e.Message = experiments.CodePermission, "no permission for "+path
	case sqlite3.ErrCantOpen:
		e.Code, e.Message = experiments.CodePermission, fmt.Sprintf("%s cannot be opened; are file and folder there and yours?", path)
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		e.Code, e.Message = experiments.CodeUnavailable, fmt.Sprintf("another process has kept %s locked for %v", path, busyTimeout)
	case sqlite3.ErrNotADB:
		e.Code, e.Message = experiments.CodeDamaged, fmt.Sprintf("%s is not a SQLite database; name another file with --db", path)
	case sqlite3.ErrCorrupt:
		e.Code, e.Message = experiments.CodeDamaged, fmt.Sprintf("%s is damaged; see lectern db check", path)
	case sqlite3.ErrIoErr:
		e.Message = "reading or writing " + path
	}
	return e
}
