package ui

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"strongroom/internal/fault"
	"strongroom/internal/server"
)

// Bounds of what is typed, in bytes.
const (
	maxLine  = 4 << 10  // of one line
	maxAhead = 64 << 10 // read and not asked for yet
)

// settle is how long a terminal may take to give what was typed before it was asked for.
const settle = 5 * time.Millisecond

// keyboard is where answers are typed: a terminal, or a pipe with lines in it. A terminal
// is read only while somebody waits for an answer, and forgets what was typed before; of
// a pipe every line counts.
type keyboard struct {
	in       io.Reader
	terminal *os.File // nil if it is none

	mu      sync.Mutex
	changed *sync.Cond
	started bool
	wanted  bool // somebody waits
	ahead   []byte
	ended   error // of the input, for good
	eof     bool  // a terminal said that its line ends the input, which holds once
	closed  bool
	work    sync.WaitGroup
}

func newKeyboard(in io.Reader) *keyboard {
	k := &keyboard{in: in, ahead: make([]byte, 0, maxAhead)}
	if f, ok := in.(*os.File); ok {
		f = server.Pollable(f)
		if k.in = f; isTerminal(f) {
			k.terminal = f
		}
	}
	k.changed = sync.NewCond(&k.mu)
	return k
}

// isTerminal asks without File.Fd, which may change how the file is read.
func isTerminal(f *os.File) (is bool) {
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Control(func(fd uintptr) { is = term.IsTerminal(int(fd)) })
	return is && err == nil
}

// begin waits for answers from now on. A terminal forgets what was typed before, unless
// keep says that it may be meant.
func (k *keyboard) begin(keep bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.started {
		k.started = true
		k.work.Go(k.read)
	}
	k.wanted = true
	if k.terminal == nil {
		return
	}
	_ = k.terminal.SetReadDeadline(time.Time{})
	k.changed.Broadcast()
	if keep {
		return
	}
	k.mu.Unlock()
	time.Sleep(settle)
	k.mu.Lock()
	clear(k.ahead[:cap(k.ahead)])
	k.ahead, k.eof = k.ahead[:0], false
}

// end stops waiting.
func (k *keyboard) end() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.wanted = false
	if k.terminal != nil {
		_ = k.terminal.SetReadDeadline(time.Unix(1, 0))
		clear(k.ahead[:cap(k.ahead)])
		k.ahead, k.eof = k.ahead[:0], false
	}
}

// close ends the reading, as far as the system lets it.
func (k *keyboard) close() {
	k.mu.Lock()
	k.closed = true
	k.changed.Broadcast()
	k.mu.Unlock()
	if c, ok := k.in.(io.Closer); ok {
		_ = c.Close()
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		k.work.Wait()
	}()
	select {
	case <-ended:
	case <-time.After(time.Second): // the system does not end reads of files that are closed
	}
}

// read takes what is typed off the system.
func (k *keyboard) read() {
	var chunk [512]byte
	for k.room() {
		n, err := k.in.Read(chunk[:])
		k.mu.Lock()
		if k.terminal == nil || k.wanted {
			k.ahead = append(k.ahead, chunk[:min(n, maxAhead-len(k.ahead))]...)
		}
		clear(chunk[:n])
		switch {
		case err == nil || errors.Is(err, os.ErrDeadlineExceeded):
		case errors.Is(err, io.EOF) && k.terminal != nil && isTerminal(k.terminal):
			k.eof = k.wanted
		default:
			k.ended = err
		}
		k.changed.Broadcast()
		k.mu.Unlock()
	}
}

// room waits until there is a reason to read, and is false when there will be none.
func (k *keyboard) room() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for !k.closed && k.ended == nil && (len(k.ahead) == maxAhead || k.terminal != nil && !k.wanted) {
		k.changed.Wait()
	}
	return !k.closed && k.ended == nil
}

// next is the next byte. Errors: io.EOF at the end of the input, that of the context.
func (k *keyboard) next(ctx context.Context) (byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for len(k.ahead) == 0 && !k.eof && k.ended == nil && !k.closed && ctx.Err() == nil {
		k.changed.Wait()
	}
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case len(k.ahead) > 0:
		c := k.ahead[0]
		n := copy(k.ahead, k.ahead[1:])
		k.ahead[n] = 0
		k.ahead = k.ahead[:n]
		k.changed.Broadcast()
		return c, nil
	case k.eof:
		k.eof = false
		return 0, io.EOF
	case k.closed || errors.Is(k.ended, io.EOF) || errors.Is(k.ended, os.ErrClosed):
		return 0, io.EOF
	}
	return 0, fault.Internal.Wrap(k.ended, "the input can not be read")
}

// line is the next line, without its end. The caller wipes it. On a terminal in raw mode
// it is edited here. Errors: as next; fault.TooLarge for a line that is too long, all of
// which is skipped.
func (k *keyboard) line(ctx context.Context, raw bool) (_ []byte, err error) {
	line := make([]byte, 0, maxLine)
	defer func() {
		if err != nil {
			clear(line[:cap(line)])
		}
	}()
	defer context.AfterFunc(ctx, func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.changed.Broadcast()
	})()
	long := false
	for {
		c, err := k.next(ctx)
		switch {
		case errors.Is(err, io.EOF) && len(line) > 0 && !raw:
			c = '\n' // a last line without an end
		case err != nil:
			return line, err
		}
		if c == '\n' || raw && c == '\r' {
			if long {
				return line, fault.TooLarge.New("a line may have at most %d bytes", maxLine)
			}
			if n := len(line); !raw && n > 0 && line[n-1] == '\r' {
				line = line[:n-1]
			}
			return line, nil
		}
		if raw {
			if line, err = edit(line, c); err != nil {
				return line, err
			}
			continue
		}
		if long = long || len(line) == maxLine; !long {
			line = append(line, c)
		}
	}
}

// Control bytes of a line under edit.
const (
	ctrlC, ctrlD, ctrlU = 3, 4, 21
	backspace, del      = 8, 127
)

// errAborted is what a person says with Ctrl-C at a password.
var errAborted error = fault.Denied.New("prompt aborted")

// edit is what a terminal in raw mode leaves to us.
func edit(line []byte, c byte) ([]byte, error) {
	keep := len(line)
	switch c {
	case ctrlC:
		return line, errAborted
	case ctrlD:
		if len(line) == 0 {
			return line, io.EOF
		}
	case backspace, del:
		_, size := utf8.DecodeLastRune(line)
		keep -= size
	case ctrlU:
		keep = 0
	default:
		if len(line) == maxLine {
			return line, fault.TooLarge.New("a line may have at most %d bytes", maxLine)
		}
		return append(line, c), nil
	}
	clear(line[keep:])
	return line[:keep], nil
}
