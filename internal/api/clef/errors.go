package clef

import (
	"context"
	"errors"

	"strongroom/internal/approval"
	"strongroom/internal/fault"
	"strongroom/internal/server/jsonrpc"
)

// describe is what callers are told of an error: what carries a code of its own, such as
// an error of the UI, as it is; everything else with the code -32000 and its text.
func describe(err error) *jsonrpc.Error {
	if e, ok := errors.AsType[*jsonrpc.Error](err); ok {
		return e
	}
	switch {
	case errors.Is(err, approval.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return jsonrpc.Timeout()
	case fault.KindOf(err) == fault.Internal:
		return &jsonrpc.Error{Code: jsonrpc.CodeInternal, Message: "internal error"}
	}
	return &jsonrpc.Error{Code: jsonrpc.CodeFailed, Message: fault.Text(err)}
}
