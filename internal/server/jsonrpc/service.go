package jsonrpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/codec/legible"
	"strongroom/internal/fault"
	"strongroom/internal/server"
)

// Bounds that hold unless a [Config] says otherwise: go-ethereum's for HTTP.
const (
	DefaultMaxBatch   = 1000
	DefaultMaxResults = 25_000_000
)

// maxName is the longest name of a method that is looked up, in bytes.
const maxName = 2048

// Config is what a [Service] is made of.
type Config struct {
	Methods []Method
	// Deadline is how long one HTTP request or message of a stream may take, all calls of
	// a batch together; then the context of the call ends, and when the method gives up
	// the caller is told that the request timed out. 0: until the caller goes away. A
	// server that serves it must let answers take longer.
	Deadline time.Duration
	// MaxBatch is the most calls in a batch; 0: [DefaultMaxBatch].
	MaxBatch int
	// MaxResults bounds the results of a batch together, in bytes: the calls after the one
	// that goes over it are not executed. 0: [DefaultMaxResults].
	MaxResults int
	// Describe says what callers are told of an error; nil: [Describe].
	Describe func(error) *Error
	Log      *slog.Logger
	Now      func() time.Time // for the durations in the log
}

// Service is a set of methods. It is safe for concurrent use, and has no state but
// buffers.
type Service struct {
	config  Config
	methods map[string]*Method
	readers readers
	buffers server.Buffers
}

// New checks the configuration. Errors: fault.Invalid.
func New(c Config) (*Service, error) {
	if c.Log == nil || c.Now == nil {
		return nil, fault.Invalid.New("a json-rpc service needs a log and a clock")
	}
	if c.Deadline < 0 || c.MaxBatch < 0 || c.MaxResults < 0 {
		return nil, fault.Invalid.New("the limits of a json-rpc service must not be negative")
	}
	if c.MaxBatch == 0 {
		c.MaxBatch = DefaultMaxBatch
	}
	if c.MaxResults == 0 {
		c.MaxResults = DefaultMaxResults
	}
	if c.Describe == nil {
		c.Describe = Describe
	}
	s := &Service{config: c, methods: make(map[string]*Method, len(c.Methods))}
	for _, m := range c.Methods {
		switch {
		case m.Name == "" || len(m.Name) > maxName || m.Run == nil || m.MinArgs < 0 || m.MaxArgs < m.MinArgs || m.MaxArgs > keptArgs:
			return nil, fault.Invalid.New("the method %q is not complete, or takes more than %d parameters", m.Name, keptArgs)
		case s.methods[m.Name] != nil:
			return nil, fault.Invalid.New("two methods are named %q", m.Name)
		}
		s.methods[m.Name] = &m
	}
	return s, nil
}

// outlet is how replies leave: what the transport adds to a service.
type outlet struct {
	meta   *Meta
	stream bool // many messages may come, so that subscriptions are conceivable
}

// limit gives a context that ends with the deadline of a request.
func (s *Service) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.config.Deadline == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, s.config.Deadline, errOver)
}

// errOver tells our own deadline from one that a context came with.
var errOver = errors.New("the deadline of the call")

func isOver(ctx context.Context) bool { return ctx.Err() != nil && context.Cause(ctx) == errOver }

// answer executes one message and appends its reply, if it gets one. size is that of the
// result, in bytes.
func (s *Service) answer(ctx context.Context, b []byte, m *message, o outlet) (_ []byte, size int) {
	switch m.kind {
	case response:
		return b, 0
	case invalid:
		return appendError(b, m.id, invalidRequest()), 0
	}
	result, err := s.execute(ctx, m, o)
	switch {
	case m.kind == notification:
		return b, 0
	case err != nil:
		return appendError(b, m.id, err), 0
	}
	return appendResult(server.Grow(b, len(result)+len(m.id)+64), m.id, result), len(result)
}

// execute runs one call and logs it if it failed.
func (s *Service) execute(ctx context.Context, m *message, o outlet) (Result, *Error) {
	start := s.config.Now()
	result, err := s.dispatch(ctx, m, o)
	if err == nil {
		if s.config.Log.Enabled(ctx, slog.LevelDebug) {
			s.config.Log.Debug("Served "+m.method, "conn", o.meta.Remote, "reqid", idText(m.id), "duration", s.config.Now().Sub(start))
		}
		return result, nil
	}
	s.config.Log.Warn("Served "+nameText(m.method), "conn", o.meta.Remote, "reqid", idText(m.id),
		"duration", s.config.Now().Sub(start), "err", err)
	if isOver(ctx) {
		return nil, Timeout()
	}
	return nil, s.config.Describe(err)
}

// dispatch finds the method, counts the parameters and runs it.
func (s *Service) dispatch(ctx context.Context, m *message, o outlet) (_ Result, err error) {
	method := s.methods[m.method]
	if method == nil {
		return nil, missing(m, o)
	}
	if k := m.params.Kind(); m.params != nil && k != '[' && k != 'n' {
		return nil, &Error{Code: CodeInvalidParams, Message: "non-array args"}
	}
	if m.argCount > method.MaxArgs {
		return nil, &Error{Code: CodeInvalidParams, Message: "too many arguments, want at most " + strconv.Itoa(method.MaxArgs)}
	}
	if m.argCount < method.MinArgs {
		return nil, MissingArgument(m.argCount)
	}
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.Error("method handler crashed", "method", method.Name, "conn", o.meta.Remote,
				"panic", describePanic(p), "stack", string(debug.Stack()))
			err = &Error{Code: CodeInternal, Message: "method handler crashed"}
		}
	}()
	c := &Call{Method: method.Name, Args: m.args[:m.argCount:m.argCount], Notification: m.kind == notification, Meta: o.meta}
	if m.params.Kind() == '[' {
		c.Params = m.params
	}
	return method.Run(ctx, c)
}

// missing is the reply to a call of a method that is not there. Subscriptions are a
// pseudo method of every namespace, and of none here.
func missing(m *message, o outlet) *Error {
	namespace, isSubscribe := strings.CutSuffix(m.method, "_subscribe")
	switch {
	case isSubscribe && !o.stream:
		return &Error{Code: CodeUnknownMethod, Message: "notifications not supported"}
	case isSubscribe && m.params.Kind() != '[':
		return &Error{Code: CodeInvalidParams, Message: "non-array args"}
	case isSubscribe && m.args[0].Kind() != '"':
		return &Error{Code: CodeInvalidParams, Message: "expected subscription name as first argument"}
	case isSubscribe:
		name, _ := jsontext.AppendUnquote(nil, m.args[0])
		namespace, _, _ = strings.Cut(namespace, "_")
		return &Error{Code: CodeUnknownMethod, Message: fmt.Sprintf("no %q subscription in %s namespace", name, namespace)}
	case len(m.method) > maxName:
		return &Error{Code: CodeInvalidRequest, Message: fmt.Sprintf("method name too long: %d > %d", len(m.method), maxName)}
	}
	return unknownMethod(m.method)
}

// nameText and idText are what the log shows of what a caller wrote.
func nameText(name string) string {
	if len(name) > 64 || !legible.Line(name) {
		return "a method of no name that could be shown"
	}
	return name
}

func idText(id jsontext.Value) string {
	if len(id) > 64 {
		return "(long)"
	}
	return string(id)
}

// describePanic shows what the runtime says. Values of others could hold anything, so
// only their type is shown.
func describePanic(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("value of type %T", p)
}
