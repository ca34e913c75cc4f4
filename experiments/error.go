package experiments

import (
	"errors"
	"fmt"
)

// Code classifies an [Error]. The first ones are MLflow's error codes, so that
// its REST API needs no translation.
type Code string

// The codes.
const (
	CodeInvalid     Code = "INVALID_PARAMETER_VALUE" // the caller gave something that cannot be stored or understood
	CodeNotFound    Code = "RESOURCE_DOES_NOT_EXIST"
	CodeExists      Code = "RESOURCE_ALREADY_EXISTS"
	CodeState       Code = "INVALID_STATE"           // right request, wrong moment: a deleted run, a used database
	CodePermission  Code = "PERMISSION_DENIED"       // read-only file or folder
	CodeFull        Code = "RESOURCE_EXHAUSTED"      // disk full
	CodeUnavailable Code = "TEMPORARILY_UNAVAILABLE" // locked by another process for too long
	CodeDamaged     Code = "DATA_LOSS"               // what is stored fails its checksum, or is no database
	CodeInternal    Code = "INTERNAL_ERROR"
)

// Error is an error of a store: what was done, and for the user what went
// wrong and what to do.
type Error struct {
	Code    Code
	Op      string // the operation, such as "create run"
	Message string // for the user
	Err     error  // the cause, or nil
}

// Error returns operation, message and cause in one line.
func (e *Error) Error() string {
	s := e.Message
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an [*Error] whose message is formatted as by fmt.Sprintf.
func Errorf(code Code, op, format string, args ...any) error {
	return &Error{Code: code, Op: op, Message: fmt.Sprintf(format, args...)}
}

// ErrorCode returns the code of the first [*Error] in err's chain, CodeInternal
// for other errors, and "" for nil.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}
