package kmdlog

import (
	"bytes"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"strongroom/internal/fault"
)

func TestLine(t *testing.T) {
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name  string
		level slog.Level
		msg   string
		attrs []slog.Attr
		want  string
	}{
		{"plain", slog.LevelInfo, "successfully executed mlockall", nil, `level=info msg="successfully executed mlockall"`},
		{"one word", slog.LevelInfo, "ok", nil, `level=info msg="ok"`},
		{"warning", slog.LevelWarn, "w", nil, `level=warning msg="w"`},
		{"error", slog.LevelError, "e", nil, `level=error msg="e"`},
		{"debug", slog.LevelDebug, "d", nil, `level=debug msg="d"`},
		{"fields in order", slog.LevelInfo, "m", []slog.Attr{slog.String("b", "x y"), slog.Int("a", 1), slog.String("c", "")}, `level=info msg="m" a=1 b="x y" c=""`},
		{"group", slog.LevelInfo, "m", []slog.Attr{slog.Group("g", "k", "v")}, `level=info msg="m" g.k=v`},
		{"no line can be forged", slog.LevelInfo, "m\nlevel=error", []slog.Attr{slog.String("k", "a\nb"), slog.String("x=1 y", "v")},
			`level=info msg="m\nlevel=error" k="a\nb" "x=1 y"=v`},
		{"fault", slog.LevelError, "m", []slog.Attr{slog.Any("err", fault.Locked.Wrap(errors.New("why"), "locked"))}, `level=error msg="m" err="locked: why" kind=locked`},
		{"bytes", slog.LevelError, "m", []slog.Attr{slog.Any("b", []byte("secret"))}, `level=error msg="m" b="[6 bytes]"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			r := slog.NewRecord(at, tt.level, tt.msg, 0)
			r.AddAttrs(tt.attrs...)
			if err := New(&b, slog.LevelDebug).Handle(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			if want := `time="2026-01-31T12:00:00.000000 +0000" ` + tt.want + "\n"; b.String() != want {
				t.Errorf("got  %swant %s", b.String(), want)
			}
		})
	}
}

func TestPlaceOfTheCall(t *testing.T) {
	var b bytes.Buffer
	l := slog.New(New(&b, slog.LevelInfo)).With("z", 1).WithGroup("g").With("a", 2)
	l.Debug("hidden")
	l.Info("shown", "b", 3)
	want := regexp.MustCompile(`^time="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6} [+-]\d{4}" level=info msg="shown" ` +
		`file=kmdlog_test\.go function=strongroom/internal/telemetry/kmdlog\.TestPlaceOfTheCall g\.a=2 g\.b=3 line=\d+ z=1\n$`)
	if !want.MatchString(b.String()) {
		t.Errorf("got %s", b.String())
	}
}

func TestLinesStayWhole(t *testing.T) {
	var b bytes.Buffer
	l := slog.New(New(&b, slog.LevelInfo))
	var wg sync.WaitGroup
	for range 8 {
		child := l.With("k", "v")
		wg.Go(func() {
			for range 100 {
				child.Info("one line")
			}
		})
	}
	wg.Wait()
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 800 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, `time="`) || !strings.Contains(line, ` msg="one line" `) {
			t.Fatalf("broken line: %s", line)
		}
	}
}
