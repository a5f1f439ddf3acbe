// Package secret is the memory of strongroom for key bytes, passwords and
// recovery words, and the types that carry them without ever printing them.
//
// # Which type for what
//
//   - [Bytes] is a secret in transit on the ordinary heap: a password that came
//     with a request, words, a key on its way out. Whoever receives one wipes
//     it: defer x.Wipe() on the next line.
//   - [Buffer] is a secret at rest in an [Arena]: locked memory that is never
//     swapped, dumped or inherited by a fork. An unlocked wallet's data key
//     lives in one.
//   - [Scratch] is locked memory on the Go heap, for the few library functions
//     that only accept pointers which the garbage collector knows.
//   - [Do] runs a computation on secrets and erases the registers, stack and
//     heap it used, where the build supports that (see [Erasing]).
//
// # Invariants
//
// No type here has a way to text: fmt, log/slog and encoders print "[secret]" or
// fail, also when the value sits in an unexported field of a printed struct.
// Everything is overwritten with zeros on Wipe, Release or Close. On Linux,
// memory that cannot be locked is an error and never a quiet fallback.
//
// What this does not give: copies that the runtime or a library made before the
// bytes arrived here (a read buffer, a parser's string) are not erased.
//
// Everybody may import this package; it imports only fault.
package secret

import (
	"crypto/subtle"
	"slices"
	"unsafe"
)

// Bytes is a secret in transit. The zero value is the empty secret. Copies of a
// value share the same memory, so wiping one wipes all.
//
// Bytes must not be wiped while another goroutine uses it: the owner wipes, and
// only after everybody it was lent to has returned.
type Bytes struct {
	_    [0]func() // not comparable: == would compare addresses; use Equal
	cell *hidden
}

// New makes a secret that owns b: the caller must not use b any more.
func New(b []byte) Bytes {
	if len(b) == 0 {
		return Bytes{}
	}
	return Bytes{cell: hide(b)}
}

// Copy makes a secret from a copy of b, which stays the caller's to wipe.
func Copy(b []byte) Bytes { return New(slices.Clone(b)) }

// Expose gives the bytes themselves, nil if empty or wiped. The caller must not
// keep, grow or print them.
func (s Bytes) Expose() []byte {
	if s.cell == nil {
		return nil
	}
	return s.cell.bytes()
}

// Len is the length in bytes, 0 after Wipe.
func (s Bytes) Len() int { return len(s.Expose()) }

// IsEmpty reports whether there are no bytes.
func (s Bytes) IsEmpty() bool { return s.Len() == 0 }

// Equal compares in time that depends on the lengths only.
func (s Bytes) Equal(other Bytes) bool {
	return subtle.ConstantTimeCompare(s.Expose(), other.Expose()) == 1
}

// Wipe overwrites the bytes, spare capacity included, and empties this value and
// all its copies. It may be called again.
func (s Bytes) Wipe() {
	if s.cell == nil {
		return
	}
	wipe(s.cell.bytes())
	*s.cell = hidden{}
}

// hidden is a slice that printers cannot follow. Methods do not protect a value in
// an unexported field of a printed struct: fmt goes there by reflection, and for
// a verb that does not fit even through a pointer to a struct or slice. A pointer
// to a single byte it only ever prints as an address.
type hidden struct {
	first    *byte
	len, cap int
}

func hide(b []byte) *hidden { return &hidden{unsafe.SliceData(b), len(b), cap(b)} }

// bytes is the slice again, nil for the zero value.
func (h *hidden) bytes() []byte { return unsafe.Slice(h.first, h.cap)[:h.len] }

// wipe overwrites all of b's memory. It is not inlined, so that the compiler
// cannot prove the memory dead and drop the stores.
//
//go:noinline
func wipe(b []byte) { clear(b[:cap(b)]) }
