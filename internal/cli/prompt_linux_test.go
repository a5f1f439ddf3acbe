package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// person is somebody at a terminal who types only once asked. The terminal of
// testscript types before, while the terminal itself still echoes and interprets.
type person struct {
	t    *testing.T
	ctrl *os.File
	cmd  *exec.Cmd
	seen bytes.Buffer
	errs bytes.Buffer
}

func sit(t *testing.T, args ...string) *person {
	t.Helper()
	return sitAs(t, nil, args...)
}

// sitAs is sit with a place for what goes to standard output.
func sitAs(t *testing.T, stdout io.Writer, args ...string) *person {
	t.Helper()
	ctrl, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ctrl.Close() })
	raw, err := ctrl.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var number int
	if cerr := raw.Control(func(fd uintptr) {
		err = errors.Join(unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0))
		number, _ = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
	}); cerr != nil || err != nil {
		t.Fatal(cerr, err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	p := &person{t: t, ctrl: ctrl}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	p.cmd = exec.CommandContext(ctx, "strongroom", args...)
	p.cmd.ExtraFiles = []*os.File{tty}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3}
	p.cmd.Stdout, p.cmd.Stderr = stdout, &p.errs
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// answer waits for a prompt and types.
func (p *person) answer(prompt, keys string) {
	p.t.Helper()
	_ = p.ctrl.SetReadDeadline(time.Now().Add(time.Minute))
	from := p.seen.Len()
	for !strings.Contains(p.seen.String()[from:], prompt) {
		var b [256]byte
		n, err := p.ctrl.Read(b[:])
		p.seen.Write(b[:n])
		if err != nil {
			p.t.Fatalf("waiting for %q: %v; saw %q, standard error %q", prompt, err, p.seen.String(), p.errs.String())
		}
	}
	if _, err := io.WriteString(p.ctrl, keys); err != nil {
		p.t.Fatal(err)
	}
}

// leave waits for the end and gives the exit status.
func (p *person) leave() int {
	p.t.Helper()
	_ = p.ctrl.SetReadDeadline(time.Now().Add(time.Minute))
	_, _ = io.Copy(&p.seen, p.ctrl) // ends with an error when the other side is closed
	err := p.cmd.Wait()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return failed.ExitCode()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return 0
}

func TestTerminal(t *testing.T) {
	dir := t.TempDir() + "/data"
	if out, err := exec.Command("strongroom", "init", "--data-dir", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Run("passwords are not echoed", func(t *testing.T) {
		p := sit(t, "wallet", "create", "w", "--data-dir", dir)
		p.answer("new password of wallet w: ", "canary horse\r")
		p.answer("the same again: ", "canary horse\r")
		if code := p.leave(); code != 0 {
			t.Fatalf("status %d: %s", code, p.errs.String())
		}
		if strings.Contains(p.seen.String(), "canary") || strings.Contains(p.errs.String(), "canary") {
			t.Errorf("the password is on the screen: %q", p.seen.String())
		}
	})
	t.Run("mistakes are mended", func(t *testing.T) {
		p := sit(t, "key", "new", "w", "--data-dir", dir)
		p.answer("password of wallet w: ", "battery\x15canary horsü\x7fe\r")
		if code := p.leave(); code != 0 {
			t.Fatalf("status %d: %s", code, p.errs.String())
		}
	})
	t.Run("recovery words are not echoed", func(t *testing.T) {
		p := sit(t, "chain", "address", "--chain", "ETH")
		p.answer("recovery words: ", strings.Repeat("abandon ", 11)+"about\r")
		if code := p.leave(); code != 0 {
			t.Fatalf("status %d: %s", code, p.errs.String())
		}
		if strings.Contains(p.seen.String(), "abandon") || strings.Contains(p.errs.String(), "abandon") {
			t.Errorf("the words are on the screen: %q", p.seen.String())
		}
	})
	t.Run("private keys are not echoed", func(t *testing.T) {
		p := sit(t, "key", "import", "w", "--chain", "ETH", "--data-dir", dir)
		p.answer("private key or its 25 words: ", strings.Repeat("5a", 32)+"\r")
		p.answer("password of wallet w: ", "canary horse\r")
		if code := p.leave(); code != 0 {
			t.Fatalf("status %d: %s", code, p.errs.String())
		}
		if strings.Contains(p.seen.String(), "5a5a") || strings.Contains(p.errs.String(), "5a5a") {
			t.Errorf("the key is on the screen: %q", p.seen.String())
		}
	})
	t.Run("names are echoed", func(t *testing.T) {
		p := sit(t, "wallet", "delete", "w", "--data-dir", dir)
		p.answer("type w to go on: ", "vault\r")
		if code := p.leave(); code != 1 || !strings.Contains(p.seen.String(), "vault") {
			t.Errorf("status %d, saw %q", code, p.seen.String())
		}
	})
	t.Run("an interrupt is one", func(t *testing.T) {
		p := sit(t, "key", "new", "w", "--data-dir", dir)
		p.answer("password of wallet w: ", "half\x03")
		if code := p.leave(); code != 130 {
			t.Errorf("status %d, want 130: %s", code, p.errs.String())
		}
	})
	t.Run("a signal ends the waiting", func(t *testing.T) {
		p := sit(t, "key", "new", "w", "--data-dir", dir)
		p.answer("password of wallet w: ", "half")
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if code := p.leave(); code != 130 {
			t.Errorf("status %d, want 130: %s", code, p.errs.String())
		}
	})
}
