package jsonrpc

import (
	"context"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Method is one method of a [Service].
type Method struct {
	// Name is the whole name, "namespace_method". Case matters.
	Name string
	// MinArgs and MaxArgs bound the number of positional parameters. A call with fewer
	// or more is refused before Run sees it.
	MinArgs, MaxArgs int
	// Run executes a call. The context ends with the call's deadline and with its caller;
	// a method that waits must heed it. Its parameters are its own until it returns.
	Run func(ctx context.Context, c *Call) (Result, error)
}

// Call is one call of a method.
type Call struct {
	Method string
	// Args are the positional parameters as they stand in the request: valid JSON without
	// duplicate names, at least MinArgs and at most MaxArgs of the method.
	Args []jsontext.Value
	// Params is the list of them as it stands in the request; nil where there is none.
	Params       jsontext.Value
	Notification bool // nobody reads the result
	Meta         *Meta
}

// Arg is the parameter i, or nil if it is absent or null.
func (c *Call) Arg(i int) jsontext.Value {
	if i >= len(c.Args) || c.Args[i].Kind() == 'n' {
		return nil
	}
	return c.Args[i]
}

// Result is what a method gives back: one JSON value. Nil stands for null.
type Result []byte

// Text is the result that is a string. Bytes that are no UTF-8 become U+FFFD.
func Text(s string) Result { return Result(quote(make([]byte, 0, len(s)+2), s)) }

// Value is the result that v marshals to.
func Value(v any) (Result, error) { return json.Marshal(v) }

// quote appends a JSON string.
func quote(b []byte, s string) []byte {
	// The only error is that of bytes which are no UTF-8; they are replaced.
	b, _ = jsontext.AppendQuote(b, s)
	return b
}

// Meta is who calls, as far as the transport knows. It is shared by the calls of a
// connection or request, and nobody changes it.
type Meta struct {
	Remote    string // "IP:port" over HTTP; "NA" where there is no address
	Local     string // the Host header; "NA" without HTTP
	Scheme    string // "http", "ipc"
	UserAgent string
	Origin    string
	Headers   http.Header // of an HTTP request; nil without HTTP
	UID       int64       // of the process at the other end; -1 where unknown
	PID       int64       // the same
	Conn      uint64      // number of the connection; 0 where connections have none
}

// Modules is the method rpc_modules, which lists the namespaces with their versions.
func Modules(versions map[string]string) (Method, error) {
	result, err := json.Marshal(versions, json.Deterministic(true))
	return Method{Name: "rpc_modules", Run: func(context.Context, *Call) (Result, error) { return result, nil }}, err
}
