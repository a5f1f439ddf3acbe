package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"unicode"

	"github.com/go-json-experiment/json"
	"golang.org/x/term"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// prefix begins every line for people.
const prefix = "strongroom: "

// noteEvent is a line for people under --json.
type noteEvent struct {
	Event string `json:"event"` // "note"
	Text  string `json:"text"`
}

// say writes a line for people.
func (a *app) say(format string, args ...any) {
	_, _ = io.WriteString(a.env.Stderr, a.line(fmt.Sprintf(format, args...)))
}

func (a *app) line(text string) string {
	if a.global.JSON {
		if b, err := json.Marshal(noteEvent{"note", text}); err == nil {
			return string(b) + "\n"
		}
	}
	return prefix + text + "\n"
}

// explain says something only under --verbose.
func (a *app) explain(format string, args ...any) {
	if a.global.Verbose {
		a.say(format, args...)
	}
}

// failed is a failure under --json. Its fields are a stable interface.
type failed struct {
	Error struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
		Hint string `json:"hint,omitempty"`
		Exit int    `json:"exit"`
	} `json:"error"`
}

// fail reports an error and gives the exit status.
func (a *app) fail(err error) int {
	code := exitCode(err)
	if _, said := errors.AsType[otherExit](err); said {
		return code
	}
	kind, text, hint := fault.KindOf(err).String(), fault.Text(err), fault.Hint(err)
	if t, ok := errors.AsType[*trouble](err); ok {
		kind, text, hint = t.kind, t.text, t.hint
	}
	if a.global.JSON {
		var f failed
		f.Error.Kind, f.Error.Text, f.Error.Hint, f.Error.Exit = kind, text, hint, code
		if b, err := json.Marshal(f); err == nil {
			fmt.Fprintf(a.env.Stderr, "%s\n", b)
		}
		return code
	}
	a.say("%s", text)
	if hint != "" {
		a.say("hint: %s", hint)
	}
	if a.global.Verbose && err.Error() != text {
		a.say("cause: %s", shown(err.Error()))
	}
	return code
}

// put writes the result of a command: v as one line of JSON, or what text writes.
func (a *app) put(v any, text func(w io.Writer)) error {
	if !a.global.JSON {
		w := &checked{w: a.env.Stdout}
		text(w)
		return w.err
	}
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return fault.Internal.Wrap(err, "the result can not be written as JSON")
	}
	defer clear(b)
	return a.write(append(b, '\n'))
}

// write writes raw data to standard output.
func (a *app) write(b []byte) error {
	w := &checked{w: a.env.Stdout}
	_, err := w.Write(b)
	return err
}

// checked remembers the first error of a writer.
type checked struct {
	w   io.Writer
	err error
}

func (c *checked) Write(b []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(b)
	if err != nil {
		c.err = fault.Storage.Wrap(err, "standard output can not be written")
	}
	return n, c.err
}

// done is the result of commands that only do something.
type done struct {
	Done bool `json:"done"`
}

// finished reports that something was done.
func (a *app) finished(format string, args ...any) error {
	if a.global.JSON {
		return a.put(done{Done: true}, nil)
	}
	a.say(format, args...)
	return nil
}

// table writes rows in aligned columns, the first row being the head.
func table(w io.Writer, rows [][]string) {
	var aligned strings.Builder
	t := tabwriter.NewWriter(&aligned, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	_ = t.Flush() // a strings.Builder takes everything
	for line := range strings.Lines(aligned.String()) {
		fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	}
}

// shown is a text that others chose, fit for a terminal: names could hold
// sequences that rewrite the screen.
func shown(s string) string {
	for _, r := range s {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return strconv.Quote(s)
		}
	}
	return s
}

// isTerminal reports whether a stream is a person's.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// logger is the log of a core that runs inside this process: warnings as lines
// for people, everything under --verbose.
func (a *app) logger() *slog.Logger {
	level := slog.LevelWarn
	if a.global.Verbose {
		level = slog.LevelInfo
	}
	return slog.New(&lines{app: a, level: level, mu: new(sync.Mutex)})
}

// lines is a slog handler for people: "strongroom: warning: text (key=value)".
type lines struct {
	app   *app
	level slog.Level
	attrs []slog.Attr
	mu    *sync.Mutex // one line at a time
}

func (l *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= l.level }

func (l *lines) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *l
	c.attrs = append(l.attrs[:len(l.attrs):len(l.attrs)], attrs...)
	return &c
}

// WithGroup keeps names short: nothing in this program groups.
func (l *lines) WithGroup(string) slog.Handler { return l }

func (l *lines) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	if r.Level >= slog.LevelWarn {
		b.WriteString(strings.ToLower(r.Level.String()) + ": ")
	}
	b.WriteString(shown(r.Message))
	add := func(attr slog.Attr) bool {
		fmt.Fprintf(&b, " %s=%s", attr.Key, shown(attr.Value.Resolve().String()))
		return true
	}
	for _, attr := range l.attrs {
		add(attr)
	}
	r.Attrs(add)
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := io.WriteString(l.app.env.Stderr, l.app.line(b.String()))
	return err
}

// writeSecret writes a secret that was asked for, and a line feed, to standard output.
func (a *app) writeSecret(s secret.Bytes) error {
	if err := a.write(s.Expose()); err != nil {
		return err
	}
	return a.write([]byte("\n"))
}

// deliverSecret writes a secret and a line feed to a new file. append would leave a
// copy behind that nobody wipes.
func (a *app) deliverSecret(file string, s secret.Bytes) error {
	line := make([]byte, s.Len()+1)
	defer clear(line)
	line[copy(line, s.Expose())] = '\n'
	return a.deliver(file, line)
}
