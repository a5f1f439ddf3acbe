package jsonrpc

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// Codes of errors: those of JSON-RPC 2.0 §5.1, and go-ethereum's own.
const (
	CodeParse          = -32700 // not JSON
	CodeInvalidRequest = -32600 // JSON, but no request; also a batch that is empty or too large
	CodeUnknownMethod  = -32601
	CodeInvalidParams  = -32602
	CodeInternal       = -32603 // the method crashed
	CodeFailed         = -32000 // any failure of a method that has no code of its own
	CodeTimeout        = -32002 // the call was over before it had an answer
	CodeTooLarge       = -32003 // the results of a batch are too large together
)

// Error is an error as the other side is told it, or told us. A method that returns one,
// also wrapped, determines its reply.
type Error struct {
	Code    int
	Message string
	Data    jsontext.Value // nil: the member is left out
}

// Error is the message, or the code where there is none.
func (e *Error) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("json-rpc error %d", e.Code)
	}
	return e.Message
}

// InvalidArgument is the refusal of a parameter, counted from 0, that does not decode.
func InvalidArgument(i int, reason string) *Error {
	return &Error{Code: CodeInvalidParams, Message: fmt.Sprintf("invalid argument %d: %s", i, reason)}
}

// MissingArgument is the refusal of a call without a parameter, counted from 0, that it needs.
func MissingArgument(i int) *Error {
	return &Error{Code: CodeInvalidParams, Message: fmt.Sprintf("missing value for required argument %d", i)}
}

// Timeout is the reply to a call that was over before it had an answer.
func Timeout() *Error { return &Error{Code: CodeTimeout, Message: "request timed out"} }

// Describe is what a caller is told of an error: an [Error] as it is, the text of a
// classified fault, and of anything else only that it happened.
func Describe(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Code: CodeFailed, Message: fault.Text(err)}
}

func invalidRequest() *Error { return &Error{Code: CodeInvalidRequest, Message: "invalid request"} }
func parseError() *Error     { return &Error{Code: CodeParse, Message: "parse error"} }
func tooLarge() *Error       { return &Error{Code: CodeTooLarge, Message: "response too large"} }

func unknownMethod(name string) *Error {
	return &Error{Code: CodeUnknownMethod, Message: "the method " + name + " does not exist/is not available"}
}
