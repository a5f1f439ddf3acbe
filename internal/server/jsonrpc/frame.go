package jsonrpc

import (
	"errors"
	"io"

	"strongroom/internal/server"
)

// Sizes of a framer's buffer, in bytes: the first, and the largest that is kept when
// there is nothing in it.
const (
	firstFrame = 4 << 10
	keptFrame  = 64 << 10
)

// Errors of a framer besides those of what it reads from.
var (
	errFrame     = errors.New("what stands here begins no json value")
	errFrameSize = errors.New("the json value is too large")
)

// framer finds where JSON values end in a stream of bytes, by quotes and brackets alone:
// of valid JSON the ends are right, and everything else shows when the value is read.
// What was returned or skipped is wiped in its buffer.
type framer struct {
	from io.Reader
	most int // bytes of a value
	// lines skips what begins no object and no list up to the end of its line, and tells
	// skipped about it, which may be nil.
	lines   bool
	skipped func()

	buffer     []byte
	start, pos int // of the value under way, and up to where it was looked at
	depth      int
	quoted     bool
	escaped    bool
	isSkipping bool
	err        error // that ended the stream
}

// next is the next value, in memory of its own. io.EOF is the end of the stream between
// two values, io.ErrUnexpectedEOF that within one.
func (f *framer) next() ([]byte, error) {
	for {
		if n, err := f.scan(); n > 0 || err != nil {
			return f.take(n), err
		}
		if f.err == nil {
			if err := f.fill(); err != nil {
				return nil, err
			}
			continue
		}
		rest := len(f.buffer) - f.start
		switch {
		case f.err != io.EOF:
			return nil, f.err
		case rest == 0 || f.isSkipping:
			return nil, io.EOF
		case f.depth > 0 || f.quoted:
			return nil, io.ErrUnexpectedEOF
		}
		return f.take(rest), nil // a number or a word, which only ends with the stream
	}
}

// take gives the next n bytes away.
func (f *framer) take(n int) []byte {
	if n == 0 {
		return nil
	}
	value := make([]byte, n)
	copy(value, f.buffer[f.start:])
	f.drop(n)
	return value
}

// drop wipes the next n bytes.
func (f *framer) drop(n int) {
	clear(f.buffer[f.start : f.start+n])
	f.start += n
	f.pos = f.start
}

// fill reads once, into room that it makes.
func (f *framer) fill() error {
	switch {
	case f.start == len(f.buffer):
		f.start, f.pos, f.buffer = 0, 0, f.buffer[:0]
		if cap(f.buffer) > keptFrame {
			f.buffer = nil // it is wiped already
		}
	case len(f.buffer) == cap(f.buffer) && f.start > 0:
		n := copy(f.buffer, f.buffer[f.start:])
		clear(f.buffer[n:])
		f.buffer, f.pos, f.start = f.buffer[:n], f.pos-f.start, 0
	}
	if len(f.buffer)-f.start > f.most {
		return errFrameSize
	}
	if len(f.buffer) == cap(f.buffer) {
		f.buffer = server.Grow(f.buffer, firstFrame)
	}
	n, err := f.from.Read(f.buffer[len(f.buffer):cap(f.buffer)])
	f.buffer = f.buffer[:len(f.buffer)+n]
	f.err = err
	return nil
}

// scan looks at what is there and gives the size of the value at its start, 0 if its
// end is not there yet.
func (f *framer) scan() (int, error) {
	for ; f.pos < len(f.buffer); f.pos++ {
		c := f.buffer[f.pos]
		switch {
		case f.isSkipping:
			if c == '\n' {
				f.isSkipping = false
				f.leave()
			}
		case f.quoted:
			switch {
			case f.escaped:
				f.escaped = false
			case c == '\\':
				f.escaped = true
			case c == '"':
				if f.quoted = false; f.depth == 0 {
					return f.size(f.pos + 1)
				}
			}
		case f.depth == 0 && f.pos > f.start: // within a number or a word
			switch c {
			case ' ', '\t', '\r', '\n', ',', ':', '"', '{', '[', '}', ']':
				return f.size(f.pos)
			}
		case c == ' ', c == '\t', c == '\r', c == '\n':
			if f.depth == 0 {
				f.leave()
			}
		case c == '{', c == '[':
			f.depth++
		case f.depth == 0 && f.lines:
			f.isSkipping = true
			if f.skipped != nil {
				f.skipped()
			}
		case c == '"':
			f.quoted = true
		case c == '}', c == ']':
			if f.depth--; f.depth == 0 {
				return f.size(f.pos + 1)
			}
			if f.depth < 0 {
				return 0, errFrame
			}
		case f.depth == 0 && (c == ',' || c == ':'):
			return 0, errFrame
		}
		if f.isSkipping && f.pos+1 == len(f.buffer) { // nobody needs to remember it
			f.drop(f.pos + 1 - f.start)
			return 0, nil
		}
	}
	return 0, nil
}

// leave drops everything up to the byte that is looked at.
func (f *framer) leave() {
	f.drop(f.pos + 1 - f.start)
	f.pos-- // the loop moves on
}

// size is that of the value that ends before end.
func (f *framer) size(end int) (int, error) {
	if n := end - f.start; n <= f.most {
		return n, nil
	}
	return 0, errFrameSize
}

// wipe forgets what was read and not given away.
func (f *framer) wipe() { clear(f.buffer[:cap(f.buffer)]) }
