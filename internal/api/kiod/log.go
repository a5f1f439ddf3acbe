package kiod

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"strongroom/internal/fault"
	"strongroom/internal/telemetry"
)

// newLog writes log lines in the peer's form (§1.4):
//
//	info  2026-01-31T12:00:00.000 kiod      personality.go:120   serve  ] text
//
// Attributes follow the text as key=value. Lines are guarded as every log of ours is.
func newLog(w io.Writer, program string, level slog.Leveler) *slog.Logger {
	return slog.New(telemetry.Guard(&logHandler{out: &logOutput{w: w}, program: program, level: level}))
}

type logOutput struct {
	mu sync.Mutex
	w  io.Writer
}

type logHandler struct {
	out     *logOutput
	program string
	level   slog.Leveler
	suffix  string // of attributes that every line has
	prefix  string // names of the open groups, each with a dot
}

func (h *logHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level.Level() }

func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	place, function := "", ""
	if r.PC != 0 {
		frame, _ := runtime.CallersFrames([]uintptr{r.PC}).Next()
		place = fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		function = frame.Function[strings.LastIndexByte(frame.Function, '.')+1:]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-5s %s %-9s %-20s %-20s ] %s%s", levelName(r.Level), r.Time.Format("2006-01-02T15:04:05.000"),
		h.program, place, function, oneLine(r.Message), h.suffix)
	r.Attrs(func(a slog.Attr) bool {
		writeAttr(&b, h.prefix, a)
		return true
	})
	b.WriteByte('\n')
	h.out.mu.Lock()
	defer h.out.mu.Unlock()
	_, err := io.WriteString(h.out.w, b.String())
	return err
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	derived := *h
	var b strings.Builder
	for _, a := range attrs {
		writeAttr(&b, h.prefix, a)
	}
	derived.suffix += b.String()
	return &derived
}

func (h *logHandler) WithGroup(name string) slog.Handler {
	derived := *h
	if name != "" {
		derived.prefix += name + "."
	}
	return &derived
}

// writeAttr flattens groups into dotted names.
func writeAttr(b *strings.Builder, prefix string, a slog.Attr) {
	if a.Value.Kind() == slog.KindGroup {
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, m := range a.Value.Group() {
			writeAttr(b, prefix, m)
		}
		return
	}
	if a.Key != "" {
		fmt.Fprintf(b, " %s%s=%s", prefix, oneLine(a.Key), oneLine(a.Value.String()))
	}
}

// oneLine keeps a value from looking like lines of its own.
func oneLine(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return s
	}
	return fmt.Sprintf("%q", s)
}

func levelName(l slog.Level) string {
	switch {
	case l < slog.LevelInfo:
		return "debug"
	case l < slog.LevelWarn:
		return "info"
	case l < slog.LevelError:
		return "warn"
	}
	return "error"
}

// levelOff is above every level that is used.
const levelOff = slog.Level(100)

// parseLogConf reads the level of the default logger from logging.json. Appenders
// are not used: everything goes to standard error.
func parseLogConf(text []byte) (slog.Level, error) {
	var conf struct {
		Loggers []struct {
			Name    string `json:"name"`
			Level   string `json:"level"`
			Enabled *bool  `json:"enabled"`
		} `json:"loggers"`
	}
	if err := json.Unmarshal(text, &conf); err != nil {
		return slog.LevelInfo, fault.Invalid.Wrap(err, "the logging configuration is not valid")
	}
	level := slog.LevelInfo
	for _, l := range conf.Loggers {
		if l.Name != "default" {
			continue
		}
		switch l.Level {
		case "all", "debug":
			level = slog.LevelDebug
		case "info", "":
		case "warn":
			level = slog.LevelWarn
		case "error":
			level = slog.LevelError
		case "off":
			level = levelOff
		default:
			return slog.LevelInfo, fault.Invalid.New("the logging configuration has an unknown level %.32q", l.Level)
		}
		if l.Enabled != nil && !*l.Enabled {
			level = levelOff
		}
	}
	return level, nil
}
