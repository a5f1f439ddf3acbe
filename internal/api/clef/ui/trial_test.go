package ui_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"strongroom/internal/api/clef/ui"
)

func atOnce(context.Context) error { return nil }

// obedient answers as the messages of the trial say.
func obedient(t testing.TB) func(method string) string {
	asked := 0
	return func(method string) string {
		result := `{"approved":false}`
		switch method {
		case "ui_onInputRequired":
			result = `{"text":"yes"}`
		case "ui_approveListing":
			result = `{"accounts":null}`
		case "ui_approveSignData":
			if asked++; asked <= 3 {
				result = `{"approved":true}`
			}
		}
		return `{"jsonrpc":"2.0","id":%s,"result":` + result + `}`
	}
}

func TestTrial(t *testing.T) {
	for name, test := range map[string]struct {
		answer   func(string) string
		failures int
	}{
		"obedient":     {obedient(t), 0},
		"says nothing": {always(`{}`), 6},
		"yes to all":   {always(`{"approved":true,"accounts":[],"text":"yes"}`), 5},
	} {
		u, p, _ := start(t, false, test.answer)
		failures, err := (&ui.Trial{UI: u, Wait: atOnce}).Run(t.Context())
		if err != nil || len(failures) != test.failures {
			t.Errorf("%s: %d failures, want %d, %v: %q", name, len(failures), test.failures, err, failures)
		}
		saw := p.saw()
		var methods []string
		for _, line := range saw {
			_, rest, _ := strings.Cut(line, `"method":"`)
			method, _, _ := strings.Cut(rest, `"`)
			methods = append(methods, method)
		}
		data, one := []string{"ui_showInfo", "ui_approveSignData"}, func(m string) []string { return []string{"ui_showInfo", m} }
		want := slices.Concat([]string{"ui_showInfo", "ui_onInputRequired", "ui_showError", "ui_onInputRequired"}, data, data, data, data,
			one("ui_approveTx"), one("ui_approveListing"), one("ui_approveNewAccount"), one("ui_approveListing"), []string{"ui_onInputRequired", "ui_showInfo"})
		if !slices.Equal(methods, want) && !slices.Equal(methods[:len(want)-1], want[:len(want)-1]) {
			t.Errorf("%s: asked %q\nwant %q", name, methods, want)
		}
		// As it was recorded, as far as the peer got.
		for i, want := range []string{
			`{"jsonrpc":"2.0","method":"ui_showInfo","params":[{"text":"If you see this message, enter 'yes' to next question"}]}`,
			`{"jsonrpc":"2.0","id":2,"method":"ui_onInputRequired","params":[{"title":"Testing","prompt":"Did you see the message? [yes/no]","isPassword":false}]}`,
			`{"jsonrpc":"2.0","method":"ui_showError","params":[{"text":"If you see this message, enter 'yes' to the next question"}]}`,
			`{"jsonrpc":"2.0","id":4,"method":"ui_onInputRequired","params":[{"title":"Testing","prompt":"Did you see the message? [yes/no]","isPassword":false}]}`,
			`{"jsonrpc":"2.0","method":"ui_showInfo","params":[{"text":"Please approve the next request for signing a clique header"}]}`,
		} {
			if saw[i] != want {
				t.Errorf("%s: message %d is %s", name, i, saw[i])
			}
		}
		if typed := saw[7]; !strings.Contains(typed, `"hash":"0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"`) {
			t.Errorf("the typed data is not the example of EIP-712: %s", typed)
		}
	}
}

func TestTrialAtTheConsole(t *testing.T) {
	s := sit(t)
	go func() {
		_, _ = io.WriteString(s.keys, "yes\nyes\ny\ny\ny\nn\nn\nn\nn\nn\nyes\n")
	}()
	failures, err := (&ui.Trial{UI: s.Console, Wait: atOnce}).Run(t.Context())
	if err != nil || len(failures) != 0 {
		t.Errorf("%v, %q", err, failures)
	}
	if out := s.out.String(); !strings.HasSuffix(out, "The test is over. Errors: 0\n") || !strings.Contains(out, `Origin: "https://origin.example"`) {
		t.Errorf("the screen has %s", out)
	}
}

func TestTrialEnds(t *testing.T) {
	u, p, _ := start(t, false, func(string) string { return "" })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := (&ui.Trial{UI: u, Wait: atOnce}).Run(ctx)
		done <- err
	}()
	for len(p.saw()) < 2 {
	}
	cancel()
	if err := <-done; err != context.Canceled {
		t.Errorf("got %v", err)
	}
}
