package server

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
)

// guard stands between net/http and a handler: it bounds the body and survives panics.
type guard struct {
	next    http.Handler
	maxBody int64
	bodies  bodies
	log     *slog.Logger
}

// exchange is what guard keeps of one request. It is not pooled: a handler that
// wrongly kept its request must not read another client's.
type exchange struct {
	http.ResponseWriter
	body    guardedBody
	started bool // the answer's header is out
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor != 1 {
		// net/http passes on the preface of HTTP/2 as a request.
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusHTTPVersionNotSupported)
		return
	}
	e := &exchange{ResponseWriter: w, body: guardedBody{inner: r.Body, writer: w, ctx: r.Context(), left: g.maxBody, all: &g.bodies}}
	r.Body = &e.body
	defer e.body.release()
	defer func() {
		if p := recover(); p != nil {
			g.recovered(e, r, p)
		}
	}()
	g.next.ServeHTTP(e, r)
}

// recovered answers 500 where that is still possible and cuts the connection otherwise.
func (g *guard) recovered(e *exchange, r *http.Request, p any) {
	if p == http.ErrAbortHandler {
		panic(p) // net/http's way to cut the connection on purpose
	}
	g.log.Error("panic in a request handler", "caller", PeerOf(r.Context()).Address, "method", r.Method, "path", r.URL.Path,
		"panic", describePanic(p), "stack", string(debug.Stack()))
	if e.started {
		panic(http.ErrAbortHandler)
	}
	clear(e.Header())
	e.Header().Set("Connection", "close")
	e.WriteHeader(http.StatusInternalServerError)
}

// describePanic shows what the runtime says. Values of others could hold
// anything, so only their type is shown.
func describePanic(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("value of type %T", p)
}

func (e *exchange) WriteHeader(status int) {
	e.started = e.started || status >= 200
	e.ResponseWriter.WriteHeader(status)
}

func (e *exchange) Write(b []byte) (int, error) {
	e.started = true
	return e.ResponseWriter.Write(b)
}

// WriteString spares a copy where the handler has text.
func (e *exchange) WriteString(s string) (int, error) {
	e.started = true
	return io.WriteString(e.ResponseWriter, s)
}

// Unwrap is for [http.ResponseController].
func (e *exchange) Unwrap() http.ResponseWriter { return e.ResponseWriter }
