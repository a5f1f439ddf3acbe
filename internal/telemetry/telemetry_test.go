package telemetry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const canary = "canary-7f3a"

func newLog(t *testing.T, c Config) (*slog.Logger, *bytes.Buffer) {
	t.Helper()
	var b bytes.Buffer
	l, err := New(&b, c)
	if err != nil {
		t.Fatal(err)
	}
	return l, &b
}

// silent fails if the canary stands in text in any spelling that printing bytes can give.
func silent(t *testing.T, text string) {
	t.Helper()
	decimal := strings.Trim(fmt.Sprint([]byte(canary)), "[]")
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), decimal, strings.ReplaceAll(decimal, " ", ","), "Y2FuYXJ5"} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
			t.Errorf("a secret in the log: %s", text)
		}
	}
}

func TestSecretsNeverShow(t *testing.T) {
	arena, err := secret.NewArena(1 << 16)
	if err != nil {
		t.Fatal(err)
	}
	defer arena.Close()
	buffer, err := arena.Alloc(len(canary))
	if err != nil {
		t.Fatal(err)
	}
	defer buffer.Release()
	copy(buffer.Bytes(), canary)
	scratch, err := secret.NewScratch(len(canary))
	if err != nil {
		t.Fatal(err)
	}
	defer scratch.Close()
	copy(scratch.Bytes(), canary)
	password := secret.New([]byte(canary))
	defer password.Wipe()

	type request struct {
		Name     string
		Password secret.Bytes
		Raw      []byte
	}
	values := map[string]any{
		"bytes": password, "pointer": &password, "buffer": buffer, "scratch": scratch,
		"struct": request{"n", password, []byte(canary)}, "struct pointer": &request{"n", password, []byte(canary)},
		"list": []secret.Bytes{password}, "map": map[string]any{"p": password, "raw": []byte(canary)},
		"raw": []byte(canary), "array": [11]byte([]byte(canary)), "payload": Payload(canary), "json": json.RawMessage(canary),
		"error": fault.WrongPassword.New("no: %v %s %x %+v", password, password, password, password),
	}
	for _, format := range []string{"text", "json"} {
		for name, v := range values {
			t.Run(format+"/"+name, func(t *testing.T) {
				l, out := newLog(t, Config{Format: format, Level: "debug"})
				l.Info("m", "v", v)
				l.Info("m", slog.Group("g", "v", v))
				l.With("v", v).WithGroup("g").With("v", v).Debug("m")
				if n := strings.Count(out.String(), "\n"); n != 3 {
					t.Errorf("%d lines: %s", n, out)
				}
				silent(t, out.String())
			})
		}
	}
}

func TestSecretReadsAsSuch(t *testing.T) {
	l, out := newLog(t, Config{})
	l.Info("m", "password", secret.New([]byte(canary)))
	if !strings.Contains(out.String(), "password=[secret]") {
		t.Error(out)
	}
}

func TestPayloadsOnlyAtDebug(t *testing.T) {
	l, out := newLog(t, Config{Level: "debug"})
	l.Debug("m", "body", Payload("abc"))
	l.Info("m", "body", Payload("abc"))
	l.Debug("m", "body", Payload(strings.Repeat("x", maxPayload+1)))
	lines := strings.Split(out.String(), "\n")
	if !strings.Contains(lines[0], "body=616263") || !strings.Contains(lines[1], `body="[3 bytes]"`) ||
		!strings.Contains(lines[2], "[1025 bytes]") || len(lines[2]) > 2*maxPayload+200 {
		t.Error(out)
	}
}

func TestFaultsShowKindAndHint(t *testing.T) {
	err := fmt.Errorf("start: %w", fault.Locked.Wrap(errors.New("the cause"), "wallet %q is locked", "w").WithHint("unlock it"))
	l, out := newLog(t, Config{Format: "json"})
	l.Error("m", KeyError, err, KeyOp, "sign")
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"err": `start: wallet "w" is locked: the cause`, "kind": "locked", "hint": "unlock it", "op": "sign", "level": "ERROR", "msg": "m",
	} {
		if line[key] != want {
			t.Errorf("%s is %v, want %s", key, line[key], want)
		}
	}
	l, out = newLog(t, Config{})
	l.Error("m", KeyError, errors.New("plain"))
	if !strings.HasSuffix(out.String(), "err=plain\n") {
		t.Error(out)
	}
}

type level3 uint8

func TestOtherValues(t *testing.T) {
	l, out := newLog(t, Config{})
	var none *fault.Error
	l.Info("m", "none", nil, "nothing", none, "kind", fault.Locked, "names", []string{"a", "b"}, "n", level3(7), "struct", struct{ A int }{5})
	if want := `none=<nil> nothing=<nil> kind=locked names="[a b]" n=7 struct="[struct { A int }]"`; !strings.Contains(out.String(), want) {
		t.Errorf("got %s, want %s", out, want)
	}
}

func TestLevels(t *testing.T) {
	for name, lines := range map[string]int{"debug": 4, "": 3, "info": 3, "warn": 2, "error": 1} {
		l, out := newLog(t, Config{Level: name})
		l.Debug("d")
		l.Info("i")
		l.Warn("w")
		l.Error("e")
		if n := strings.Count(out.String(), "\n"); n != lines {
			t.Errorf("level %q shows %d lines, want %d", name, n, lines)
		}
	}
	for _, c := range []Config{{Level: "loud"}, {Format: "xml"}} {
		if _, err := New(new(bytes.Buffer), c); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
