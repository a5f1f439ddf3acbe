package clef

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"strongroom/internal/fault"
)

// logged is what a logger makes of one call, with the time masked as the recordings do.
func logged(log func(*slog.Logger)) string {
	var b strings.Builder
	l := newLog(&b, levelTrace)
	log(l)
	return maskTimes(b.String())
}

func TestLogForm(t *testing.T) {
	for want, log := range map[string]func(*slog.Logger){
		"INFO [MM-DD|HH:MM:SS.mmm] Using CLI as UI-channel\n": func(l *slog.Logger) { l.Info("Using CLI as UI-channel") },
		"INFO [MM-DD|HH:MM:SS.mmm] Loaded 4byte database                    embeds=268,621 locals=0 local=/c/4b.json\n": func(l *slog.Logger) {
			l.Info("Loaded 4byte database", "embeds", 268621, "locals", 0, "local", "/c/4b.json")
		},
		"WARN [MM-DD|HH:MM:SS.mmm] Failed to open master, rules disabled    err=\"failed stat on /c/masterseed.json: stat /c/masterseed.json: no such file or directory\"\n": func(l *slog.Logger) {
			l.Warn("Failed to open master, rules disabled", "err", "failed stat on /c/masterseed.json: stat /c/masterseed.json: no such file or directory")
		},
		"INFO [MM-DD|HH:MM:SS.mmm] Starting signer                          chainid=1337 keystore=/k light-kdf=true advanced=false\n": func(l *slog.Logger) {
			l.Info("Starting signer", "chainid", int64(1337), "keystore", "/k", "light-kdf", true, "advanced", false)
		},
		"INFO [MM-DD|HH:MM:SS.mmm] Clef is in advanced mode: will warn instead of reject\n": func(l *slog.Logger) {
			l.Info("Clef is in advanced mode: will warn instead of reject")
		},
		"INFO [MM-DD|HH:MM:SS.mmm] Rule-based approval error, going to manual error=\"unknown response\"\n": func(l *slog.Logger) {
			l.Info("Rule-based approval error, going to manual", "error", errors.New("unknown response"))
		},
		"WARN [MM-DD|HH:MM:SS.mmm] Served account_list                      conn=1.2.3.4:5 reqid=1 duration=1.5s err=\"request denied\"\n": func(l *slog.Logger) {
			l.Warn("Served account_list", "conn", "1.2.3.4:5", "reqid", "1", "duration", 1500*time.Millisecond, "err", fault.Denied.New("request denied"))
		},
		"WARN [MM-DD|HH:MM:SS.mmm] Rule hash not attested, disabling        hash=3e attested=\n": func(l *slog.Logger) {
			l.Warn("Rule hash not attested, disabling", "hash", "3e", "attested", "")
		},
		"ERROR[MM-DD|HH:MM:SS.mmm] x                                        hint=do err=\"a \\\"b\\\"\\n\" n=-1,234,567 f=0.500\n": func(l *slog.Logger) {
			l.Error("x", "hint", "do", "err", "a \"b\"\n", "n", -1234567, "f", 0.5)
		},
		"DEBUG[MM-DD|HH:MM:SS.mmm] \"two\\nlines\"                             g.a=1 b=\"[2 bytes]\"\n": func(l *slog.Logger) {
			l.Debug("two\nlines", slog.Group("g", "a", 1), "b", []byte{1, 2})
		},
		"TRACE[MM-DD|HH:MM:SS.mmm] t                                        a=1 g.b=\"x=y\"\n": func(l *slog.Logger) {
			l.With("a", 1).WithGroup("g").Log(context.Background(), levelTrace, "t", "b", "x=y")
		},
	} {
		if got := logged(log); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// Values are padded to the longest of their key so far, so that columns form.
func TestLogColumns(t *testing.T) {
	got := logged(func(l *slog.Logger) {
		l.Info("m", "a", "long", "b", 1)
		l.Info("m", "a", "x", "b", 2)
		l.Info("m", "b", 3, "a", "x")
	})
	lines := strings.Split(got, "\n")
	if !strings.HasSuffix(lines[0], " a=long b=1") || !strings.HasSuffix(lines[1], " a=x    b=2") || !strings.HasSuffix(lines[2], " b=3 a=x") {
		t.Errorf("got %q", got)
	}
}

func TestVerbosity(t *testing.T) {
	for n, shown := range map[int64]string{-1: "", 0: "", 1: "E", 2: "EW", 3: "EWI", 4: "EWID", 5: "EWIDT", 9: "EWIDT"} {
		var b strings.Builder
		l := newLog(&b, verbosity(n))
		for _, level := range []slog.Level{slog.LevelError, slog.LevelWarn, slog.LevelInfo, slog.LevelDebug, levelTrace} {
			l.Log(context.Background(), level, "m")
		}
		got := ""
		for line := range strings.Lines(b.String()) {
			got += line[:1]
		}
		if got != shown {
			t.Errorf("level %d shows %q, want %q", n, got, shown)
		}
	}
}
