package clef

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"

	"strongroom/internal/telemetry"
)

// newLog writes log lines in the peer's form (§14):
//
//	INFO [01-31|12:00:00.000] Message                                  key=value other="two words"
//
// Lines are guarded as every log of ours is.
func newLog(w io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(telemetry.Guard(&logHandler{out: &logOutput{w: w, widths: map[string]int{}}, level: level}))
}

// Levels beyond those of slog.
const (
	levelTrace = slog.Level(-8)
	levelOff   = slog.Level(100) // above every level that is used
)

// verbosity is the level that a value of --loglevel stands for.
func verbosity(n int64) slog.Level {
	switch {
	case n <= 0:
		return levelOff
	case n == 1:
		return slog.LevelError
	case n == 2:
		return slog.LevelWarn
	case n == 3:
		return slog.LevelInfo
	case n == 4:
		return slog.LevelDebug
	}
	return levelTrace
}

const (
	messageWidth  = 40 // to which messages are padded where attributes follow
	maxValueWidth = 40 // up to which values are padded to the longest of their key so far
	maxKeys       = 1000
)

type logOutput struct {
	mu     sync.Mutex
	w      io.Writer
	widths map[string]int // of the longest values so far, by key
}

type logHandler struct {
	out    *logOutput
	level  slog.Leveler
	attrs  []slog.Attr // that every line has
	prefix string      // names of the open groups, each with a dot
}

func (h *logHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level.Level() }

func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	attrs := append([]slog.Attr(nil), h.attrs...)
	r.Attrs(func(a slog.Attr) bool {
		attrs = flatten(attrs, h.prefix, a)
		return true
	})
	message := oneLine(r.Message)
	h.out.mu.Lock()
	defer h.out.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "%-5s[%s] ", levelName(r.Level), r.Time.Format("01-02|15:04:05.000"))
	b.WriteString(message)
	for i, a := range attrs {
		if i == 0 {
			b.WriteString(strings.Repeat(" ", max(0, messageWidth-len(message))))
		}
		value := valueText(a.Value)
		fmt.Fprintf(&b, " %s=%s", quoted(a.Key), value)
		if width := h.out.width(a.Key, len(value)); i < len(attrs)-1 {
			b.WriteString(strings.Repeat(" ", max(0, width-len(value))))
		}
	}
	b.WriteByte('\n')
	_, err := io.WriteString(h.out.w, b.String())
	return err
}

// width is what values of a key are padded to, so that columns form.
func (o *logOutput) width(key string, length int) int {
	width := o.widths[key]
	if length > width && length <= maxValueWidth && len(o.widths) < maxKeys {
		width = length
		o.widths[key] = width
	}
	return width
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	derived := *h
	derived.attrs = append([]slog.Attr(nil), h.attrs...)
	for _, a := range attrs {
		derived.attrs = flatten(derived.attrs, h.prefix, a)
	}
	return &derived
}

func (h *logHandler) WithGroup(name string) slog.Handler {
	derived := *h
	if name != "" {
		derived.prefix += name + "."
	}
	return &derived
}

// flatten adds an attribute, and those of a group with dotted names.
func flatten(list []slog.Attr, prefix string, a slog.Attr) []slog.Attr {
	switch {
	case a.Value.Kind() == slog.KindGroup:
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, m := range a.Value.Group() {
			list = flatten(list, prefix, m)
		}
	case a.Key == "kind": // what our guard adds to an error; readers of the peer's log do not know it
	case a.Key != "":
		list = append(list, slog.Attr{Key: prefix + a.Key, Value: a.Value})
	}
	return list
}

func levelName(l slog.Level) string {
	switch {
	case l < slog.LevelDebug:
		return "TRACE"
	case l < slog.LevelInfo:
		return "DEBUG"
	case l < slog.LevelWarn:
		return "INFO"
	case l < slog.LevelError:
		return "WARN"
	}
	return "ERROR"
}

// valueText is a value as one word. Large numbers have separators.
func valueText(v slog.Value) string {
	switch v.Kind() {
	case slog.KindInt64:
		if n := v.Int64(); n < 0 {
			return "-" + grouped(uint64(-(n+1))+1)
		}
		return grouped(uint64(v.Int64()))
	case slog.KindUint64:
		return grouped(v.Uint64())
	case slog.KindFloat64:
		return strconv.FormatFloat(v.Float64(), 'f', 3, 64)
	}
	return quoted(v.String())
}

// grouped writes a number with a comma between thousands if it has more than five
// digits.
func grouped(n uint64) string {
	s := strconv.FormatUint(n, 10)
	if len(s) < 6 {
		return s
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// quoted puts quotes around what would not be one word.
func quoted(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && r <= '"' || r > '~' }) {
		return strconv.Quote(s)
	}
	if strings.ContainsAny(s, " =") {
		return `"` + s + `"`
	}
	return s
}

// oneLine keeps a message from looking like lines of its own.
func oneLine(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return strconv.Quote(s)
	}
	return s
}
