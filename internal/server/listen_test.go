package server

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"strongroom/internal/fault"
)

// shortDir is a private directory whose path leaves room for a socket's name.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sr")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func mustListen(t *testing.T, address string) net.Listener {
	t.Helper()
	l, err := Listen(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// answers checks that dialling address reaches l.
func answers(t *testing.T, l net.Listener, address string) {
	t.Helper()
	c, err := Dial(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
}

func TestUnixSocketIsPrivateAndTidy(t *testing.T) {
	old := syscall.Umask(0) // the widest there is; the socket must not depend on it
	defer syscall.Umask(old)
	dir := filepath.Join(shortDir(t), "run")
	path := filepath.Join(dir, "a.sock")
	l := mustListen(t, "unix:"+path)

	for name, want := range map[string]os.FileMode{dir: os.ModeDir | 0o700, path: os.ModeSocket | 0o600} {
		info, err := os.Lstat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode(), want)
		}
	}
	if l.Addr().String() != path {
		t.Errorf("address is %s", l.Addr())
	}
	answers(t, l, "unix:"+path)
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("left after closing: %v", entries)
	}
}

func TestUnixSocketInUse(t *testing.T) {
	path := filepath.Join(shortDir(t), "a.sock")
	l := mustListen(t, "unix:"+path)
	if _, err := Listen(t.Context(), "unix:"+path); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second listener: %v", err)
	}
	c, err := l.Accept() // the probe
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	answers(t, l, "unix:"+path)
}

func TestStaleSocketIsReplaced(t *testing.T) {
	path := filepath.Join(shortDir(t), "a.sock")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	_ = dead.Close()
	answers(t, mustListen(t, "unix:"+path), "unix:"+path)
}

func TestOtherFilesAreNeverReplaced(t *testing.T) {
	dir := shortDir(t)
	precious := filepath.Join(dir, "precious")
	if err := os.WriteFile(precious, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(precious, link); err != nil {
		t.Fatal(err)
	}
	sub := filepath.Join(dir, "sub")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{precious, link, sub} {
		if _, err := Listen(t.Context(), "unix:"+path); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := os.Lstat(path); err != nil {
			t.Error(err)
		}
	}
}

// The socket of a successor must survive the late end of its predecessor.
func TestCloseKeepsTheSuccessorsSocket(t *testing.T) {
	path := filepath.Join(shortDir(t), "a.sock")
	first := mustListen(t, "unix:"+path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	second := mustListen(t, "unix:"+path)
	_ = first.Close()
	answers(t, second, "unix:"+path)
}

func TestSocketDirectoryOpenToOthers(t *testing.T) {
	dir := filepath.Join(shortDir(t), "open")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o770); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(t.Context(), "unix:"+filepath.Join(dir, "s")); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
}

func TestLongSocketPath(t *testing.T) {
	path := filepath.Join(shortDir(t), strings.Repeat("d", 100), strings.Repeat("e", 100), "a.sock")
	l, err := Listen(t.Context(), "unix:"+path)
	if runtime.GOOS != "linux" {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	answers(t, l, "unix:"+path)
	if _, err := Listen(t.Context(), "unix:"+filepath.Join(filepath.Dir(path), strings.Repeat("f", 200))); err == nil {
		t.Error("a name that can never be dialled was accepted")
	}
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"", ":7833", "7833", "unix:", "unix:relative", "127.0.0.1:http-no-such-service"} {
		if _, err := Listen(t.Context(), bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	l := mustListen(t, "127.0.0.1:0")
	answers(t, l, l.Addr().String())
	if _, err := Listen(t.Context(), l.Addr().String()); !fault.Is(err, fault.Conflict) {
		t.Errorf("an address in use: %v", err)
	}
}
