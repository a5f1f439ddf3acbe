package cli

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"strongroom/internal/api/rest"
	"strongroom/internal/config"
	"strongroom/internal/daemon"
	"strongroom/internal/fault"
)

// listenAs opens the admin socket of a data directory as another user. The kernel
// remembers who called listen(2): one thread of this process, with the rights of uid.
func listenAs(t *testing.T, dir string, settings config.Config, uid int) net.Listener {
	t.Helper()
	type result struct {
		l   net.Listener
		err error
	}
	opened := make(chan result)
	go func() {
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		path := daemon.AdminAddress(dir, settings)[len("unix:"):]
		// For this thread only; package syscall's own function would change all of them.
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, uintptr(uid), uintptr(uid), uintptr(uid)); errno != 0 {
			opened <- result{nil, errno}
			return
		}
		l, err := net.Listen("unix", path)
		opened <- result{l, err}
	}()
	r := <-opened
	if r.err != nil {
		t.Fatal(r.err)
	}
	t.Cleanup(func() { _ = r.l.Close() })
	return r.l
}

// Whoever can put a socket where the daemon's is expected must not be told a password.
func TestNothingIsSentToAStranger(t *testing.T) {
	if os.Geteuid() != 0 {
		return // only root can play another user
	}
	settings := config.Default()
	const stranger, owner = 12345, 12346
	for _, c := range []struct {
		name          string
		listens, owns int
		trusted       bool
	}{
		{"a stranger", stranger, 0, false},
		{"another one than the owner", stranger, owner, false},
		{"the owner", owner, owner, true},
		{"us", os.Geteuid(), owner, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			base, err := os.MkdirTemp("/tmp", "sr-") // every user can reach it, and its path is short
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(base) })
			dir := filepath.Join(base, "data")
			if err := errors.Join(os.Chmod(base, 0o755), os.MkdirAll(filepath.Join(dir, "run"), 0o777),
				os.Chmod(dir, 0o777), os.Chmod(filepath.Join(dir, "run"), 0o777), os.Chown(dir, c.owns, -1)); err != nil {
				t.Fatal(err)
			}
			l := listenAs(t, dir, settings, c.listens)
			received := make(chan int, 1)
			go func() {
				conn, err := l.Accept()
				if err != nil {
					received <- 0
					return
				}
				n, _ := conn.Read(make([]byte, 1))
				_ = conn.Close()
				received <- n
			}()
			client := newClient(dir, settings)
			defer client.Close()
			_, err = client.Unlock(t.Context(), "w", rest.Unlock{})
			if n := <-received; (n > 0) != c.trusted {
				t.Errorf("%d bytes were sent", n)
			}
			if fault.Is(err, fault.Denied) == c.trusted {
				t.Errorf("error %v", err)
			}
		})
	}
}
