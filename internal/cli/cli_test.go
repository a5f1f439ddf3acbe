package cli

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"strongroom/internal/api/rest"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// everyCommand calls visit with each command of the tree.
func everyCommand(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		everyCommand(sub, visit)
	}
}

func TestEveryCommandIsExplained(t *testing.T) {
	a := &app{env: Env{Personalities: []Personality{{Names: []string{"kmd"}, About: "A program"}}}}
	count := 0
	everyCommand(a.newRoot(), func(c *cobra.Command) {
		count++
		path := c.CommandPath()
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: a short text without a full stop is missing", path)
		}
		if c.Long == "" || !strings.HasSuffix(c.Long, ".") {
			t.Errorf("%s: a description in sentences is missing", path)
		}
		if !strings.Contains(c.Example, "strongroom ") {
			t.Errorf("%s: a worked example is missing", path)
		}
		if !c.Runnable() {
			t.Errorf("%s: does nothing", path)
		}
		if usage := c.UsageString(); !strings.Contains(usage, exitTable()) {
			t.Errorf("%s: the help does not list the exit statuses", path)
		}
		for _, line := range strings.Split(c.Long, "\n") {
			if len(line) > 90 {
				t.Errorf("%s: a line of %d columns", path, len(line))
			}
		}
	})
	if count < 30 {
		t.Errorf("only %d commands", count)
	}
}

func TestExitCode(t *testing.T) {
	for kind, want := range map[fault.Kind]int{
		fault.Internal: 1, fault.Invalid: 1, fault.InvalidPayload: 1, fault.Busy: 1, fault.Unsupported: 1,
		fault.WrongPassword: 3, fault.Locked: 3, fault.SessionExpired: 3,
		fault.Denied: 4, fault.UnknownWallet: 5, fault.UnknownKey: 5,
		fault.WalletExists: 6, fault.KeyExists: 6, fault.Conflict: 6, fault.Storage: 8, fault.Corrupt: 9,
	} {
		if got := exitCode(fmt.Errorf("wrapped: %w", kind.New("x"))); got != want {
			t.Errorf("%s: status %d, want %d", kind, got, want)
		}
	}
	for _, c := range []struct {
		err  error
		want int
	}{
		{errors.New("unclassified"), 1}, {usage("x"), 2}, {interrupted(errors.New("x")), 130}, {otherExit(4), 4}, {notRunning("/x"), 7},
		{alreadyRunning(fault.Busy.New("x")), 7}, {usageFault(errors.New("x")), 2},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%v: status %d, want %d", c.err, got, c.want)
		}
	}
	documented := map[int]bool{}
	for _, e := range exitAbout {
		if documented[e.code] {
			t.Errorf("status %d is documented twice", e.code)
		}
		documented[e.code] = true
	}
	for _, code := range []int{exitOK, exitFailure, exitUsage, exitPassword, exitDenied, exitNotFound, exitConflict, exitDaemon, exitStorage, exitCorrupt, exitInterrupted} {
		if !documented[code] {
			t.Errorf("status %d is not documented", code)
		}
	}
}

func TestParseKey(t *testing.T) {
	seed, err := hex.DecodeString("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{formWords, formHex, formBase64} {
		text, err := formatKey(seed, form)
		if err != nil {
			t.Fatal(err)
		}
		back, err := parseKey(text)
		if err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		if !back.Equal(secret.Copy(seed)) {
			t.Errorf("%s: another key came back", form)
		}
	}
	for name, text := range map[string]string{
		"empty": "", "half": "000102030405060708090a0b0c0d0e0f", "no hex": strings.Repeat("zz", 32),
		"33 bytes": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g", "unpadded": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
		"too few words": "abandon abandon", "not ASCII": "ü",
	} {
		if key, err := parseKey(secret.Copy([]byte(text))); !fault.Is(err, fault.Invalid) || !key.IsEmpty() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add([]byte("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"))
	f.Add([]byte("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="))
	f.Add([]byte(strings.Repeat("abandon ", 25)))
	f.Add([]byte(" \n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := parseKey(secret.Copy(text))
		if err == nil && key.Len() != 32 {
			t.Fatalf("a key of %d bytes", key.Len())
		}
		if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
			t.Fatalf("unexpected error %v", err)
		}
	})
}

func TestDescribeEffect(t *testing.T) {
	for want, e := range map[string]struct{ amount, asset string }{
		"move 0.000001 ALGO":              {"1", "ALGO"},
		"move 1 ALGO":                     {"1000000", "ALGO"},
		"move 12.5 ALGO":                  {"12500000", "ALGO"},
		"move 0 ALGO":                     {"0", "ALGO"},
		"move all ALGO":                   {"all", "ALGO"},
		"move 5 units of x 7":             {"5", "x 7"},
		`move "\x1b[2J" ALGO`:             {"\x1b[2J", "ALGO"},
		"move 18446744073709.551615 ALGO": {"18446744073709551615", "ALGO"},
	} {
		effect := rest.Effect{Kind: "move"}
		effect.Amount, effect.Asset = e.amount, e.asset
		if got := describeEffect(effect, decimalsOn("algorand")); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestShown(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "two words": "two words", "größe": "größe",
		"\x1b]0;x\a": `"\x1b]0;x\a"`, "a\nb": `"a\nb"`, "\xff": `"\xff"`, "\u202ex": `"\u202ex"`,
	} {
		if got := shown(in); got != want {
			t.Errorf("shown(%q) = %s, want %s", in, got, want)
		}
	}
}
