package server_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"strongroom/internal/server"
)

// TestPollable: a read of what a process is started with can be ended.
func TestPollable(t *testing.T) {
	sockets, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer write.Close()
	far := os.NewFile(uintptr(sockets[1]), "far")
	defer far.Close()
	for name, f := range map[string]*os.File{"pipe": read, "socket": os.NewFile(uintptr(sockets[0]), "near")} {
		defer f.Close()
		f.Fd() // makes it a file whose reads block, as those are that a process is started with
		p := server.Pollable(f)
		if runtime.GOOS != "linux" {
			if p != f {
				t.Errorf("%s: another file", name)
			}
			continue
		}
		if p == f {
			t.Fatalf("%s: the same file", name)
		}
		if err := p.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		if err := p.SetReadDeadline(time.Time{}); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			_, err := p.Read(make([]byte, 1))
			ended <- err
		}()
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	plain, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if server.Pollable(plain) != plain {
		t.Error("a file is opened anew")
	}
}
