// Package kmdlog writes log lines in the form of Algorand's kmd, for the file
// kmd.log that its operators' tools read:
//
//	time="2026-01-31T12:00:00.000000 +0000" level=info msg="started kmd on sock: 127.0.0.1:7833" file=server.go function=… line=120
//
// Time and message are always quoted; other values where they hold more than
// letters, digits and -._/@^+. Fields follow the message in the order of their
// names. Lines are guarded as every log of ours is (package telemetry).
package kmdlog

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"strongroom/internal/telemetry"
)

// timeLayout has microseconds and the numeric zone, as the peer writes them.
const timeLayout = "2006-01-02T15:04:05.000000 -0700"

// New makes a handler that writes lines of at least the given level to w, one
// Write each.
func New(w io.Writer, level slog.Leveler) slog.Handler {
	return telemetry.Guard(&handler{out: &output{w: w}, level: level})
}

// output is shared by a handler and all that were derived from it.
type output struct {
	mu sync.Mutex
	w  io.Writer
}

type handler struct {
	out    *output
	level  slog.Leveler
	prefix string // names of the open groups, each with a dot
	fields []field
}

type field struct{ key, value string }

func (h *handler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level.Level() }

func (h *handler) Handle(_ context.Context, r slog.Record) error {
	fields := slices.Clone(h.fields)
	r.Attrs(func(a slog.Attr) bool {
		fields = appendField(fields, h.prefix, a)
		return true
	})
	if r.PC != 0 {
		frame, _ := runtime.CallersFrames([]uintptr{r.PC}).Next()
		fields = append(fields,
			field{"file", filepath.Base(frame.File)}, field{"function", frame.Function}, field{"line", strconv.Itoa(frame.Line)})
	}
	slices.SortStableFunc(fields, func(a, b field) int { return strings.Compare(a.key, b.key) })

	line := make([]byte, 0, 256)
	line = append(line, "time="...)
	line = strconv.AppendQuote(line, r.Time.Format(timeLayout))
	line = append(line, " level="...)
	line = append(line, levelName(r.Level)...)
	line = append(line, " msg="...)
	line = strconv.AppendQuote(line, r.Message)
	for _, f := range fields {
		line = append(line, ' ')
		line = appendBare(line, f.key)
		line = append(line, '=')
		line = appendBare(line, f.value)
	}
	line = append(line, '\n')

	h.out.mu.Lock()
	defer h.out.mu.Unlock()
	_, err := h.out.w.Write(line)
	return err
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	derived := *h
	derived.fields = slices.Clone(h.fields)
	for _, a := range attrs {
		derived.fields = appendField(derived.fields, h.prefix, a)
	}
	return &derived
}

func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	derived := *h
	derived.prefix += name + "."
	return &derived
}

// appendField flattens groups into dotted names.
func appendField(fields []field, prefix string, a slog.Attr) []field {
	if a.Equal(slog.Attr{}) {
		return fields
	}
	if a.Value.Kind() != slog.KindGroup {
		return append(fields, field{prefix + a.Key, a.Value.String()})
	}
	if a.Key != "" {
		prefix += a.Key + "."
	}
	for _, m := range a.Value.Group() {
		fields = appendField(fields, prefix, m)
	}
	return fields
}

// levelName is the peer's word for a level.
func levelName(l slog.Level) string {
	switch {
	case l < slog.LevelInfo:
		return "debug"
	case l < slog.LevelWarn:
		return "info"
	case l < slog.LevelError:
		return "warning"
	}
	return "error"
}

// appendBare appends s, quoted if it could be misread.
func appendBare(line []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && !strings.ContainsRune("-._/@^+", rune(c)) {
			return strconv.AppendQuote(line, s)
		}
	}
	if s == "" {
		return append(line, `""`...)
	}
	return append(line, s...)
}
