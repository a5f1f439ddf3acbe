package kiod

import (
	"bytes"
	"log/slog"
	"regexp"
	"testing"
)

func TestLogLines(t *testing.T) {
	var b bytes.Buffer
	log := newLog(&b, "kiod", slog.LevelInfo)
	log.Debug("not shown")
	log.With("a", 1).WithGroup("g").Warn("the disk\nis full", "err", "x\ny", "n", 2)
	want := regexp.MustCompile(`^warn  \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3} kiod +log_test\.go:\d+ +TestLogLines +\] "the disk\\nis full" a=1 g\.err="x\\ny" g\.n=2\n$`)
	if !want.MatchString(b.String()) {
		t.Errorf("%q", b.String())
	}
}

func TestLogConf(t *testing.T) {
	for text, want := range map[string]slog.Level{
		`{}`: slog.LevelInfo,
		`{"includes":[],"appenders":[{"name":"x","type":"console","args":{},"enabled":true}],"loggers":[{"name":"default","level":"debug","enabled":true,"additivity":false,"appenders":["x"]}]}`: slog.LevelDebug,
		`{"loggers":[{"name":"default","level":"all"}]}`:                  slog.LevelDebug,
		`{"loggers":[{"name":"default","level":"warn"}]}`:                 slog.LevelWarn,
		`{"loggers":[{"name":"default","level":"error"}]}`:                slog.LevelError,
		`{"loggers":[{"name":"default","level":"off"}]}`:                  levelOff,
		`{"loggers":[{"name":"default","level":"info","enabled":false}]}`: levelOff,
		`{"loggers":[{"name":"http_plugin","level":"off"}]}`:              slog.LevelInfo,
	} {
		if got, err := parseLogConf([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "{", "[]", `{"loggers":[{"name":"default","level":"loud"}]}`, `{"loggers":1}`} {
		if got, err := parseLogConf([]byte(text)); err == nil || got != slog.LevelInfo {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}
