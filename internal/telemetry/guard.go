package telemetry

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"reflect"

	"strongroom/internal/fault"
)

// maxPayload is how much of a payload a Debug line shows, in bytes.
const maxPayload = 1024

// Payload is part of a request or an answer. It is shown, in hex and cut, at level
// Debug, and as its length at every other level. It must never hold a password
// or a key: those are secrets at no level whatever.
type Payload []byte

// Guard gives h only what may be logged, and renders errors. Handlers are
// guarded where they are made, so that no logger exists without.
func Guard(h slog.Handler) slog.Handler { return guard{h} }

type guard struct{ inner slog.Handler }

func (g guard) Enabled(ctx context.Context, l slog.Level) bool { return g.inner.Enabled(ctx, l) }

func (g guard) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(rewrite(a, r.Level)...)
		return true
	})
	return g.inner.Handle(ctx, out)
}

// WithAttrs renders the attributes as for a level above Debug: the levels of the
// lines that they will stand in are not known yet.
func (g guard) WithAttrs(attrs []slog.Attr) slog.Handler {
	var out []slog.Attr
	for _, a := range attrs {
		out = append(out, rewrite(a, slog.LevelInfo)...)
	}
	return guard{g.inner.WithAttrs(out)}
}

func (g guard) WithGroup(name string) slog.Handler { return guard{g.inner.WithGroup(name)} }

// rewrite turns one attribute into what may be shown of it.
func rewrite(a slog.Attr, level slog.Level) []slog.Attr {
	a.Value = a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindGroup:
		var inner []slog.Attr
		for _, m := range a.Value.Group() {
			inner = append(inner, rewrite(m, level)...)
		}
		return []slog.Attr{{Key: a.Key, Value: slog.GroupValue(inner...)}}
	case slog.KindAny:
		return rewriteAny(a, level)
	}
	return []slog.Attr{a}
}

func rewriteAny(a slog.Attr, level slog.Level) []slog.Attr {
	value := a.Value.Any()
	if isNil(value) {
		return []slog.Attr{slog.String(a.Key, "<nil>")}
	}
	switch v := value.(type) {
	case Payload:
		return []slog.Attr{slog.String(a.Key, v.at(level))}
	case []byte:
		return []slog.Attr{slog.String(a.Key, byteCount(len(v)))}
	case []string:
		return []slog.Attr{a}
	case error:
		return rewriteError(a.Key, v)
	case fmt.Stringer:
		return []slog.Attr{slog.String(a.Key, v.String())}
	}
	if k := reflect.TypeOf(value).Kind(); k <= reflect.Complex128 || k == reflect.String {
		return []slog.Attr{a} // a number, a truth value or a text with a name of its own
	}
	return []slog.Attr{slog.String(a.Key, fmt.Sprintf("[%T]", value))}
}

// isNil reports whether calling a method of value could meet a nil pointer.
func isNil(value any) bool {
	if value == nil {
		return true
	}
	v := reflect.ValueOf(value)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// rewriteError shows the whole chain of an error, causes included: the log is
// the one place for them. A fault adds what kind it is and what to do about it.
func rewriteError(key string, err error) []slog.Attr {
	attrs := []slog.Attr{slog.String(key, err.Error())}
	if _, ok := errors.AsType[*fault.Error](err); ok && key == KeyError {
		attrs = append(attrs, slog.String("kind", fault.KindOf(err).String()))
		if hint := fault.Hint(err); hint != "" {
			attrs = append(attrs, slog.String("hint", hint))
		}
	}
	return attrs
}

func (p Payload) at(level slog.Level) string {
	switch {
	case level > slog.LevelDebug:
		return byteCount(len(p))
	case len(p) > maxPayload:
		return hex.EncodeToString(p[:maxPayload]) + "… " + byteCount(len(p))
	}
	return hex.EncodeToString(p)
}

func byteCount(n int) string { return fmt.Sprintf("[%d bytes]", n) }
