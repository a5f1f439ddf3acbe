package kmd

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// runOnce starts the program, which must end by itself, and gives its exit status.
func (p *program) runOnce(t *testing.T) int {
	t.Helper()
	status := make(chan int, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // one that does start ends at once
	go func() { status <- Main(ctx, p.env(), []string{"-d", p.dir}) }()
	return <-status
}

// Whoever can write to the peer's directory must not be able to hang the start, nor
// to lead it to other files.
func TestPlantedFiles(t *testing.T) {
	statuses := map[string]int{logName: exitLog, tokenName: exitStart, configName: exitStart, lockName: exitStart}
	for name, want := range statuses {
		t.Run("pipe "+name, func(t *testing.T) {
			p := newProgram(t)
			if err := syscall.Mkfifo(filepath.Join(p.dir, name), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := p.runOnce(t); got != want || !strings.Contains(p.stderr.String(), "not a regular file") {
				t.Errorf("status %d, want %d: %s", got, want, &p.stderr)
			}
		})
		for _, mode := range []os.FileMode{0o777, 0o770} {
			t.Run("link "+name+" "+mode.String(), func(t *testing.T) {
				p := newProgram(t)
				writeFile(t, filepath.Join(p.dir, configName), `{"address":"127.0.0.1:0"}`, 0o600)
				target := filepath.Join(t.TempDir(), "target")
				writeFile(t, target, testToken, 0o600)
				link(t, target, filepath.Join(p.dir, name))
				if err := os.Chmod(p.dir, mode); err != nil {
					t.Fatal(err)
				}
				if got := p.runOnce(t); got != want || !strings.Contains(p.stderr.String(), "symbolic link") {
					t.Errorf("status %d, want %d: %s", got, want, &p.stderr)
				}
				if text, err := os.ReadFile(target); err != nil || string(text) != testToken {
					t.Errorf("what the link leads to is now %q (%v)", text, err)
				}
			})
		}
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

// Deployments link the token to where secrets are mounted, and the log to a device.
// The data directory itself may be a link too.
func TestOwnLinksAreFollowed(t *testing.T) {
	for _, mode := range []os.FileMode{0o700, 0o755, 0o777 | os.ModeSticky} {
		p := newProgram(t)
		elsewhere := t.TempDir()
		writeFile(t, filepath.Join(elsewhere, "token"), testToken, 0o600)
		writeFile(t, filepath.Join(elsewhere, "config"), `{"address":"127.0.0.1:0"}`, 0o600)
		link(t, filepath.Join(elsewhere, "token"), filepath.Join(p.dir, tokenName))
		link(t, filepath.Join(elsewhere, "config"), filepath.Join(p.dir, configName))
		link(t, filepath.Join(elsewhere, "lock"), filepath.Join(p.dir, lockName))
		link(t, os.DevNull, filepath.Join(p.dir, logName))
		if err := os.Chmod(p.dir, mode); err != nil {
			t.Fatal(err)
		}
		other := filepath.Join(elsewhere, "data")
		link(t, p.dir, other)
		p.dir = other
		if status := p.runOnce(t); status != exitOK {
			t.Errorf("mode %v: status %d: %s", mode, status, &p.stderr)
		}
		if token := p.read(t, tokenName); token != testToken {
			t.Errorf("mode %v: the token is now %q", mode, token)
		}
		if _, err := os.Stat(filepath.Join(elsewhere, "lock")); err != nil {
			t.Error(err)
		}
	}
}

// A token that somebody else could write is one that somebody else knows.
func TestTokenOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		return // only root can make such files
	}
	p := newProgram(t)
	token := filepath.Join(p.dir, tokenName)
	writeFile(t, token, testToken, 0o600)
	if err := os.Chown(token, 12345, -1); err != nil {
		t.Fatal(err)
	}
	if status := p.runOnce(t); status != exitStart || !strings.Contains(p.stderr.String(), "belongs to another user") {
		t.Errorf("status %d: %s", status, &p.stderr)
	}

	// Nor is a link of theirs followed to a token of ours.
	p = newProgram(t)
	elsewhere := filepath.Join(t.TempDir(), "token")
	writeFile(t, elsewhere, testToken, 0o600)
	link(t, elsewhere, filepath.Join(p.dir, tokenName))
	if err := os.Lchown(filepath.Join(p.dir, tokenName), 12345, -1); err != nil {
		t.Fatal(err)
	}
	if status := p.runOnce(t); status != exitStart || !strings.Contains(p.stderr.String(), "symbolic link") {
		t.Errorf("a link: status %d: %s", status, &p.stderr)
	}
}
