//go:build !linux

package server

import "os"

// Pollable is a file whose reads and writes end when it is closed or its deadline passes,
// and that is otherwise the given one: a pipe, socket or terminal that the process was
// started with, such as its standard input. Where that is impossible, as on this system,
// it is f itself.
func Pollable(f *os.File) *os.File { return f }

// Leave has nothing to do on this system, where [Pollable] opens nothing anew.
func Leave(*os.File) error { return nil }
