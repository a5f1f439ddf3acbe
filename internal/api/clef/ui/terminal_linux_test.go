package ui_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"strongroom/internal/api/clef/ui"
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/fault"
)

// desk is a console at a pseudo terminal, with the person on the other side of it.
type desk struct {
	*ui.Console
	t      testing.TB
	person *os.File
	tty    *os.File
	seen   string
}

func sitAtTerminal(t *testing.T) *desk {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	raw, err := person.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var number int
	var ioctl error
	if err := raw.Control(func(fd uintptr) {
		ioctl = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0)
		if ioctl == nil {
			number, ioctl = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	}); err != nil || ioctl != nil {
		t.Fatal(err, ioctl)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tty.Close() })
	if err := person.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, person: person, tty: tty}
	if d.Console, err = ui.NewConsole(ui.ConsoleConfig{In: tty, Out: tty, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// answer waits for a text on the screen and types.
func (d *desk) answer(text, keys string) {
	d.t.Helper()
	from := len(d.seen)
	for !strings.Contains(d.seen[from:], text) {
		var b [256]byte
		n, err := d.person.Read(b[:])
		d.seen += string(b[:n])
		if err != nil {
			d.t.Fatalf("waiting for %q: %v; saw %q", text, err, d.seen)
		}
	}
	if _, err := io.WriteString(d.person, keys); err != nil {
		d.t.Fatal(err)
	}
}

// echoes reports whether the terminal shows what is typed.
func (d *desk) echoes() bool {
	d.t.Helper()
	raw, err := d.tty.SyscallConn()
	if err != nil {
		d.t.Fatal(err)
	}
	var mode *unix.Termios
	var ioctl error
	if err := raw.Control(func(fd uintptr) { mode, ioctl = unix.IoctlGetTermios(int(fd), unix.TCGETS) }); err != nil || ioctl != nil {
		d.t.Fatal(err, ioctl)
	}
	return mode.Lflag&unix.ECHO != 0 && mode.Lflag&unix.ICANON != 0
}

// asked runs an approval in a goroutine.
func (d *desk) asked(ctx context.Context, kind wire.Kind) <-chan error {
	q, done := question(d.t, kind), make(chan error, 1)
	go func() {
		a, err := d.Approve(ctx, q)
		if err == nil && a.Verdict != approval.Approve {
			err = errDeniedHere
		}
		done <- err
	}()
	return done
}

var errDeniedHere = errors.New("denied")

func TestTerminalApproves(t *testing.T) {
	d := sitAtTerminal(t)
	for keys, want := range map[string]error{"y\r": nil, "\ry\r": nil, "n\r": errDeniedHere, "x\x7fy\r": nil, "Y\r": errDeniedHere} {
		done := d.asked(t.Context(), wire.KindTx)
		d.answer("Approve? [y/N]:\r\n> ", keys)
		if err := <-done; err != want {
			t.Errorf("%q: %v", keys, err)
		}
	}
	// Ctrl-D denies this request, and only this one.
	done := d.asked(t.Context(), wire.KindTx)
	d.answer("Approve? [y/N]:\r\n> ", "\x04")
	if err := <-done; !fault.Is(err, fault.Denied) {
		t.Errorf("Ctrl-D: %v", err)
	}
	done = d.asked(t.Context(), wire.KindTx)
	d.answer("Approve? [y/N]:\r\n> ", "y\r")
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestTerminalPassword(t *testing.T) {
	d := sitAtTerminal(t)
	type result struct {
		text string
		err  error
	}
	ask := func(ctx context.Context) <-chan result {
		done := make(chan result, 1)
		go func() {
			got, err := d.AskPassword(ctx, "Master Password", "Please enter it")
			defer got.Wipe()
			done <- result{string(got.Expose()), err}
		}()
		return done
	}
	done := ask(t.Context())
	d.answer("## Master Password\r\n\r\nPlease enter it\r\n> ", "wrong\x15canary horsü\x7fe\r")
	if got := <-done; got.text != "canary horse" || got.err != nil {
		t.Errorf("got %q, %v", got.text, got.err)
	}
	if !d.echoes() {
		t.Error("the terminal did not get its mode back")
	}
	done = ask(t.Context())
	d.answer("Please enter it\r\n> ", "half\x03")
	if got := <-done; got.text != "" || !fault.Is(got.err, fault.Denied) {
		t.Errorf("Ctrl-C: %q, %v", got.text, got.err)
	}
	done = ask(t.Context())
	d.answer("Please enter it\r\n> ", "\x04")
	if got := <-done; got.text != "" || !errors.Is(got.err, io.EOF) {
		t.Errorf("Ctrl-D: %q, %v", got.text, got.err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	done = ask(ctx)
	d.answer("Please enter it\r\n> ", "canary")
	if d.echoes() {
		t.Error("the password shows")
	}
	cancel(approval.ErrTimeout)
	if got := <-done; got.text != "" || !errors.Is(got.err, approval.ErrTimeout) {
		t.Errorf("over: %q, %v", got.text, got.err)
	}
	if !d.echoes() {
		t.Error("the terminal did not get its mode back")
	}
	if strings.Contains(d.seen, "canary") || strings.Contains(d.seen, "horse") {
		t.Errorf("the password is on the screen: %q", d.seen)
	}
}

// TestTerminalLateAnswer: a y that was meant for a request that is over does not approve
// the next one, which the person has not seen yet.
func TestTerminalLateAnswer(t *testing.T) {
	d := sitAtTerminal(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	first := d.asked(ctx, wire.KindTx)
	d.answer("Approve? [y/N]:\r\n> ", "y") // without Enter yet
	second := d.asked(t.Context(), wire.KindNewAccount)
	cancel(approval.ErrTimeout)
	if err := <-first; !errors.Is(err, approval.ErrTimeout) {
		t.Errorf("got %v", err)
	}
	d.answer("This request is over: request timed out. Nothing was approved.\r\n", "")
	d.answer("Press Enter to see the next request.\r\n", "\r")
	d.answer("Approve? [y/N]:\r\n> ", "n\r")
	if err := <-second; err != errDeniedHere {
		t.Errorf("the next: %v", err)
	}
}

// TestTerminalForgetsWhatCameBefore: what was typed before a request was on the screen is no
// answer to it.
func TestTerminalForgetsWhatCameBefore(t *testing.T) {
	d := sitAtTerminal(t)
	if _, err := io.WriteString(d.person, "y\ry\ry\r"); err != nil {
		t.Fatal(err)
	}
	done := d.asked(t.Context(), wire.KindTx)
	d.answer("Approve? [y/N]:\r\n> ", "n\r")
	if err := <-done; err != errDeniedHere {
		t.Errorf("got %v", err)
	}
}

// TestTerminalHangsUp: when the terminal is gone, everything that needs a person is denied.
func TestTerminalHangsUp(t *testing.T) {
	d := sitAtTerminal(t)
	done := d.asked(t.Context(), wire.KindTx)
	d.answer("Approve? [y/N]:\r\n> ", "")
	d.person.Close()
	if err := <-done; !fault.Is(err, fault.Denied) {
		t.Errorf("got %v", err)
	}
	if err := <-d.asked(t.Context(), wire.KindTx); !fault.Is(err, fault.Denied) {
		t.Errorf("the next: %v", err)
	}
}
