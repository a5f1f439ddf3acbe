package server

import (
	"errors"
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Who writes to a stream that is left and closed is told, and its number is not taken by
// anything else.
func TestLeave(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	number := r.Fd()
	again := Pollable(r)
	if again == r {
		t.Fatal("the pipe is not opened anew")
	}
	if err := Leave(r); err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteString("x"); err != nil {
		t.Fatal(err)
	}
	var b [1]byte
	if _, err := io.ReadFull(again, b[:]); err != nil || b[0] != 'x' {
		t.Fatalf("%q, %v", b, err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteString("x"); !errors.Is(err, unix.EPIPE) {
		t.Errorf("a write that nobody will read: %v", err)
	}
	if _, err := r.Read(b[:]); !errors.Is(err, io.EOF) || r.Fd() != number {
		t.Errorf("what was left: %v", err)
	}
}
