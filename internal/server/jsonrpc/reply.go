package jsonrpc

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// The members of a reply stand in the order jsonrpc, id, result or error.

func appendHead(b []byte, id jsontext.Value) []byte {
	b = append(b, `{"jsonrpc":"2.0","id":`...)
	if id == nil {
		return append(b, "null"...)
	}
	return append(b, id...)
}

func appendResult(b []byte, id jsontext.Value, result Result) []byte {
	b = append(appendHead(b, id), `,"result":`...)
	if result == nil {
		b = append(b, "null"...)
	}
	return append(append(b, result...), '}')
}

func appendError(b []byte, id jsontext.Value, e *Error) []byte {
	b = append(appendHead(b, id), `,"error":{"code":`...)
	b = strconv.AppendInt(b, int64(e.Code), 10)
	b = quote(append(b, `,"message":`...), e.Error())
	if e.Data != nil {
		b = append(append(b, `,"data":`...), e.Data...)
	}
	return append(b, "}}"...)
}
